import NablaArrays

/// The thin factorization A = QR of an m×n matrix by Householder reflections.
///
/// With p = min(m, n), Q is m×p with orthonormal columns and R is p×n, upper triangular (trapezoidal
/// when m < n) with a nonnegative diagonal, which makes it unique at full rank. Source: Golub and Van
/// Loan, Matrix Computations, 4th edition, sections 5.1 and 5.2.
package struct QR: Sendable {
  /// The factor with orthonormal columns, m×p.
  package let q: Matrix
  /// The upper triangular factor, p×n.
  package let r: Matrix

  /// Factors a matrix.
  package init(_ matrix: Matrix) {
    let (m, n) = (matrix.rows, matrix.columns)
    let p = Swift.min(m, n)
    var a = matrix
    var q = Matrix(rows: m, columns: p)
    var r = Matrix(rows: p, columns: n)
    var work = Matrix(rows: p, columns: 1)
    a.withMutablePointer { a in
      q.withMutablePointer { q in
        r.withMutablePointer { r in
          work.withMutablePointer { QR.factor(m, n, a, q: q, r: r, work: $0) }
        }
      }
    }
    self.q = q
    self.r = r
  }

  /// Writes Q, m×p, and R, p×n, of an m×n matrix, which is destroyed; `work` has p places.
  package static func factor(
    _ m: Int, _ n: Int, _ a: UnsafeMutablePointer<Double>,
    q: UnsafeMutablePointer<Double>, r: UnsafeMutablePointer<Double>,
    work: UnsafeMutablePointer<Double>
  ) {
    let p = Swift.min(m, n)
    reflections(m, n, a, work)
    for j in 0..<n {
      for i in 0..<p { r[i &+ j &* p] = i <= j ? a[i &+ j &* m] : 0 }
    }
    Kernels.fill(m &* p, 0, into: q)
    for k in (0..<p).reversed() {
      q[k &+ k &* m] = 1
      for j in k..<p { reflect(m &- k, a + (k &+ k &* m), work[k], q + (k &+ j &* m)) }
    }
    for k in 0..<p where r[k &+ k &* p] < 0 {
      for j in k..<n { r[k &+ j &* p] = -r[k &+ j &* p] }
      for i in 0..<m { q[i &+ k &* m] = -q[i &+ k &* m] }
    }
  }

  /// Replaces an m×n matrix by R, with the vectors of the reflections below its diagonal; `work` gets their factors.
  static func reflections(
    _ m: Int, _ n: Int, _ a: UnsafeMutablePointer<Double>, _ work: UnsafeMutablePointer<Double>
  ) {
    for k in 0..<Swift.min(m, n) {
      let v = a + (k &+ k &* m)
      let size = m &- k
      let norm = Kernels.norm(size, v)
      work[k] = 0
      guard norm != 0 else { continue }
      // v = x - alpha e1 with alpha of the sign that avoids cancellation, scaled to v[0] = 1.
      let alpha = v[0] > 0 ? -norm : norm
      let head = v[0] - alpha
      for i in 1..<Swift.max(size, 1) { v[i] /= head }
      work[k] = -head / alpha
      v[0] = alpha
      for j in (k &+ 1)..<Swift.max(n, k &+ 1) { reflect(size, v, work[k], a + (k &+ j &* m)) }
    }
  }

  /// Overwrites c columns x with Q*x, for the Q of the reflections of an m×n matrix, m ≥ n.
  static func applyQ(
    _ m: Int, _ n: Int, _ a: UnsafePointer<Double>, _ work: UnsafePointer<Double>, _ c: Int,
    _ x: UnsafeMutablePointer<Double>
  ) {
    for j in 0..<c {
      // By index: a reversed range may allocate where it is not specialized.
      for back in 0..<n {
        let k = n &- 1 &- back
        reflect(m &- k, a + (k &+ k &* m), work[k], x + (k &+ j &* m))
      }
    }
  }

  /// Applies I - tau v v' to x, where v has an implied leading one.
  @inline(__always)
  private static func reflect(
    _ size: Int, _ v: UnsafePointer<Double>, _ tau: Double, _ x: UnsafeMutablePointer<Double>
  ) {
    guard tau != 0 else { return }
    let factor = tau * (x[0] + Kernels.dot(size &- 1, v + 1, x + 1))
    x[0] -= factor
    Kernels.axpy(size &- 1, -factor, v + 1, into: x + 1)
  }
}
