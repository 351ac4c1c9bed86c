import NablaArrays
import NablaKernels

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
    let memory = nabla_packing_memory(NABLA_PACKING_FACTORS, workspace(m, n))
    reflections(m, n, a, work, memory)
    for j in 0..<n {
      for i in 0..<p { r[i &+ j &* p] = i <= j ? a[i &+ j &* m] : 0 }
    }
    Kernels.fill(m &* p, 0, into: q)
    for k in 0..<p { q[k &+ k &* m] = 1 }
    applyQ(m, p, a, work, p, q, isIdentity: true, memory)
    for k in 0..<p where r[k &+ k &* p] < 0 {
      for j in k..<n { r[k &+ j &* p] = -r[k &+ j &* p] }
      for i in 0..<m { q[i &+ k &* m] = -q[i &+ k &* m] }
    }
  }

  /// The places that `reflections` and `applyQ` need, for at most n columns.
  static func workspace(_ m: Int, _ n: Int) -> Int {
    m &* Householder.block &+ Householder.workspace(n)
  }

  /// Columns whose reflections are applied one by one.
  private static let narrow = 8

  /// Replaces an m×n matrix by R, with the vectors of the reflections below its diagonal; `factors` gets their factors.
  /// Without memory for blocks, reflections are applied one by one.
  static func reflections(
    _ m: Int, _ n: Int, _ a: UnsafeMutablePointer<Double>, _ factors: UnsafeMutablePointer<Double>,
    _ memory: UnsafeMutablePointer<Double>?
  ) {
    guard let memory, n > narrow else { return factorColumns(m, n, a, m, factors) }
    factorBlocks(m, n, width: Householder.block, a, m, factors, memory)
  }

  private static func factorColumns(
    _ m: Int, _ n: Int, _ a: UnsafeMutablePointer<Double>, _ lda: Int,
    _ factors: UnsafeMutablePointer<Double>
  ) {
    for k in 0..<Swift.min(m, n) {
      let v = a + k &* (lda &+ 1)
      let (value, factor) = Householder.make(m &- k, v)
      factors[k] = factor
      for j in (k &+ 1)..<Swift.max(n, k &+ 1) { reflect(m &- k, v, factor, v + (j &- k) &* lda) }
      v[0] = value
    }
  }

  private static func factorBlocks(
    _ m: Int, _ n: Int, width: Int, _ a: UnsafeMutablePointer<Double>, _ lda: Int,
    _ factors: UnsafeMutablePointer<Double>, _ memory: UnsafeMutablePointer<Double>
  ) {
    let p = Swift.min(m, n)
    for start in stride(from: 0, to: p, by: width) {
      let count = Swift.min(width, p &- start)
      let rows = m &- start
      let panel = a + start &* (lda &+ 1)
      if width > narrow {
        factorBlocks(rows, count, width: narrow, panel, lda, factors + start, memory)
      } else {
        factorColumns(rows, count, panel, lda, factors + start)
      }
      let rest = n &- start &- count
      guard rest > 0 else { continue }
      copyVectors(rows, count, panel, lda, into: memory)
      Householder.apply(
        rows, count, memory, rows, factors + start, transposed: true, rest, panel + count &* lda, lda,
        work: memory + rows &* count)
    }
  }

  /// Writes the vectors of reflections, with their zeros and ones.
  private static func copyVectors(
    _ m: Int, _ count: Int, _ a: UnsafePointer<Double>, _ lda: Int,
    into v: UnsafeMutablePointer<Double>
  ) {
    for k in 0..<count {
      Kernels.fill(k, 0, into: v + k &* m)
      v[k &* (m &+ 1)] = 1
      Kernels.copy(m &- k &- 1, a + k &* (lda &+ 1) + 1, into: v + k &* (m &+ 1) + 1)
    }
  }

  /// Overwrites c columns x with Q*x, for the Q of the n reflections of a matrix with m rows, m ≥ n. Of the identity,
  /// columns left of a reflection stay as they are.
  static func applyQ(
    _ m: Int, _ n: Int, _ a: UnsafePointer<Double>, _ factors: UnsafePointer<Double>, _ c: Int,
    _ x: UnsafeMutablePointer<Double>, isIdentity: Bool = false, _ memory: UnsafeMutablePointer<Double>?
  ) {
    let width = memory == nil || c <= narrow ? 1 : Householder.block
    // By index: a reversed range may allocate where it is not specialized.
    var end = n
    while end > 0 {
      let start = (end &- 1) / width &* width
      let (count, rows) = (end &- start, m &- start)
      let first = isIdentity ? start : 0
      let panel = a + start &* (m &+ 1)
      if width > 1, let memory {
        copyVectors(rows, count, panel, m, into: memory)
        Householder.apply(
          rows, count, memory, rows, factors + start, transposed: false, c &- first,
          x + (start &+ first &* m), m, work: memory + rows &* count)
      } else {
        for j in first..<c { reflect(rows, panel, factors[start], x + (start &+ j &* m)) }
      }
      end = start
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
