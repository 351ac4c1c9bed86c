import NablaArrays
import NablaKernels

/// The thin singular value decomposition A = U diag(values) V' of an m×n matrix.
///
/// With p = min(m, n), U is m×p and V is n×p, both with orthonormal columns, also where singular
/// values vanish; values descend. One-sided Jacobi rotations; source: Demmel and Veselić, Jacobi's
/// method is more accurate than QR, SIAM J. Matrix Anal. Appl. 13 (1992). Of a tall matrix the triangular factor is
/// rotated; source: Drmač and Veselić, New fast and accurate Jacobi SVD algorithm, SIAM J. Matrix Anal. Appl. 29 (2008).
package struct SVD: Sendable {
  /// The left singular vectors, m×p.
  package let u: Matrix
  /// The singular values, descending.
  package let values: [Double]
  /// The right singular vectors, n×p.
  package let v: Matrix

  /// Decomposes a matrix.
  package init(_ matrix: Matrix) {
    let (m, n) = (matrix.rows, matrix.columns)
    let p = Swift.min(m, n)
    var u = Matrix(rows: m, columns: p)
    var v = Matrix(rows: n, columns: p)
    var values = Matrix(rows: p, columns: 1)
    matrix.withPointer { a in
      u.withMutablePointer { u in
        values.withMutablePointer { s in
          v.withMutablePointer { SVD.decompose(m, n, a, u: u, values: s, v: $0) }
        }
      }
    }
    self.u = u
    self.v = v
    self.values = values.storage
  }

  /// The singular values of a matrix, descending.
  package static func values(of matrix: Matrix) -> [Double] {
    var values = Matrix(rows: Swift.min(matrix.rows, matrix.columns), columns: 1)
    matrix.withPointer { a in
      values.withMutablePointer { singularValues(matrix.rows, matrix.columns, a, into: $0) }
    }
    return values.storage
  }

  /// Writes U, m×p, the p descending singular values, and V, n×p, of an m×n matrix.
  ///
  /// The matrix is only read. Everything is NaN when it is not finite.
  package static func decompose(
    _ m: Int, _ n: Int, _ a: UnsafePointer<Double>,
    u: UnsafeMutablePointer<Double>, values: UnsafeMutablePointer<Double>,
    v: UnsafeMutablePointer<Double>
  ) {
    decompose(m, n, a, values, (u, v))
  }

  /// Writes the descending singular values of an m×n matrix, which is only read. They are NaN when it is not finite.
  package static func singularValues(
    _ m: Int, _ n: Int, _ a: UnsafePointer<Double>, into values: UnsafeMutablePointer<Double>
  ) {
    decompose(m, n, a, values, nil)
  }

  private typealias Factors = (u: UnsafeMutablePointer<Double>, v: UnsafeMutablePointer<Double>)

  private static func decompose(
    _ m: Int, _ n: Int, _ a: UnsafePointer<Double>, _ values: UnsafeMutablePointer<Double>,
    _ factors: Factors?
  ) {
    let p = Swift.min(m, n)
    let size = Kernels.maxAbs(m &* n, a)
    guard size.isFinite else { return fail(m, n, values, factors) }
    // No square leaves the range then, and equal columns of equal entries become ones, whose differences are exact.
    let unit = size > 0 ? size : 1
    let (long, isTall) = (Swift.max(m, n), p > 1 && Swift.max(m, n) >= 2 &* p)
    let rows = isTall ? p : long
    let front = isTall ? (long &+ 1) &* p &+ QR.workspace(long, p) : 0
    let places = front &+ coreWorkspace(rows, p, vectors: factors != nil)
    guard let memory = nabla_packing_memory(NABLA_PACKING_FACTORS, places) else {
      return fail(m, n, values, factors)
    }
    if m >= n { Kernels.copy(m &* n, a, into: memory) } else { Kernels.transpose(m, n, a, into: memory) }
    for i in 0..<(m &* n) { memory[i] /= unit }
    let ordered = m >= n ? factors : factors.map { ($0.v, $0.u) }
    if isTall {
      let scales = memory + long &* p
      QR.reflections(long, p, memory, scales, scales + p)
      let core = memory + front
      for j in 0..<p {
        for i in 0..<p { core[i &+ j &* p] = i <= j ? memory[i &+ j &* long] : 0 }
      }
      if let u = ordered?.u { Kernels.fill(long &* p, 0, into: u) }
      decomposeCore(rows, p, core, values, ordered, stride: long)
      if let u = ordered?.u { QR.applyQ(long, p, memory, scales, p, u, scales + p) }
    } else {
      decomposeCore(rows, p, memory, values, ordered, stride: rows)
    }
    for i in 0..<p { values[i] *= unit }
  }

  private static func fail(
    _ m: Int, _ n: Int, _ values: UnsafeMutablePointer<Double>, _ factors: Factors?
  ) {
    let p = Swift.min(m, n)
    Kernels.fill(p, .nan, into: values)
    if let factors {
      Kernels.fill(m &* p, .nan, into: factors.u)
      Kernels.fill(n &* p, .nan, into: factors.v)
    }
  }

  /// Columns from which a matrix is reduced to bidiagonal form.
  static let leastDivided = 24

  private static func coreWorkspace(_ m: Int, _ n: Int, vectors: Bool) -> Int {
    if n < leastDivided { return (m &+ n) &* n }
    return Bidiagonal.workspace(m, n) &+ BidiagonalSVD.workspace(n, vectors: vectors) &+ 2 &* n
  }

  /// Decomposes an m×n array, m ≥ n, at the beginning of memory. Columns of U are `stride` apart, and zero below row m.
  private static func decomposeCore(
    _ m: Int, _ n: Int, _ memory: UnsafeMutablePointer<Double>, _ values: UnsafeMutablePointer<Double>,
    _ factors: Factors?, stride: Int
  ) {
    guard n >= leastDivided else {
      let right = memory + m &* n
      rotate(m, n, memory, values, right)
      guard let factors else { return }
      for j in 0..<n { Kernels.copy(m, memory + j &* m, into: factors.u + j &* stride) }
      return Kernels.copy(n &* n, right, into: factors.v)
    }
    let reduction = Bidiagonal(m, n, memory)
    reduction.reduce()
    let ends = memory + Bidiagonal.workspace(m, n)
    var vectors = BidiagonalSVD.Vectors.ends(ends, ends + n)
    if let factors {
      for j in 0..<n { Kernels.fill(m, 0, into: factors.u + j &* stride) }
      Kernels.fill(n &* n, 0, into: factors.v)
      vectors = .all(factors.u, stride, factors.v, n)
    }
    BidiagonalSVD(
      n, diagonal: reduction.diagonal, above: reduction.above, vectors, ends + 2 &* n
    ).solve(0, n, extra: 0)
    Kernels.copy(n, reduction.diagonal, into: values)
    if let factors {
      reduction.applyLeft(n, factors.u, stride: stride)
      reduction.applyRight(n, factors.v, stride: n)
    }
    sort(n, values, factors, m, stride: stride)
  }

  /// Sorts the values descending, and their vectors, of which m rows of U are not zero.
  private static func sort(
    _ n: Int, _ values: UnsafeMutablePointer<Double>, _ factors: Factors?, _ m: Int, stride: Int
  ) {
    for k in 0..<n {
      var most = k
      for i in k..<n where values[i] > values[most] { most = i }
      guard most != k else { continue }
      Rotation.exchange(1, values + k, values + most)
      guard let factors else { continue }
      Rotation.exchange(m, factors.u + k &* stride, factors.u + most &* stride)
      Rotation.exchange(n, factors.v + k &* n, factors.v + most &* n)
    }
  }

  /// Rows from which rotations are vectorized. A fused multiplication leaves a remainder of equal columns, which
  /// small matrices of whole numbers have.
  private static let vectorized = 8

  /// Rotates the m×n array w, m ≥ n, into U, with its singular values and the n×n matrix V.
  static func rotate(
    _ m: Int, _ n: Int, _ w: UnsafeMutablePointer<Double>,
    _ values: UnsafeMutablePointer<Double>, _ v: UnsafeMutablePointer<Double>
  ) {
    Kernels.identity(n, into: v)
    var quiet = 0
    for _ in 0..<60 {
      let rotated = sweep(m, n, w, values, v)
      if rotated == .none { break }
      quiet = rotated == .rounding ? quiet + 1 : 0
      if quiet == Self.quietSweeps { break }
    }
    for j in 0..<n { values[j] = Kernels.norm(m, w + j &* m) }
    sort(n, values, (w, v), m, stride: m)
    let negligible = n > 0 ? values[0] * Double(m) * Double.ulpOfOne : 0
    for k in 0..<n {
      let column = w + k &* m
      if values[k] > negligible {
        for i in 0..<m { column[i] /= values[k] }
      } else {
        complete(m, k, w)
      }
    }
  }

  /// The kind of columns that a sweep had to rotate.
  private enum Rotated {
    /// Every pair was orthogonal.
    case none
    /// Only columns at the level of rounding, which may need another rotation in the next sweep.
    case rounding
    case columns
  }
  /// Sweeps over columns at the level of rounding; if it converges at all, it does so in these.
  private static let quietSweeps = 5

  /// Makes every pair of columns of w orthogonal once; `squares` has n places for the squares of their lengths.
  private static func sweep(
    _ m: Int, _ n: Int, _ w: UnsafeMutablePointer<Double>, _ squares: UnsafeMutablePointer<Double>,
    _ v: UnsafeMutablePointer<Double>
  ) -> Rotated {
    let set = nabla_kernels_active()
    var rotated = Rotated.none
    var largest = 0.0
    for j in 0..<n {
      squares[j] = Kernels.dot(m, w + j &* m, w + j &* m)
      largest = Swift.max(largest, squares[j])
    }
    let floor = largest * 1e-40
    let rounding = largest * Double(m &* m) * Double.ulpOfOne * Double.ulpOfOne
    let tolerance = Double.ulpOfOne * Swift.max(4, Double(m).squareRoot())
    for p in 0..<Swift.max(n &- 1, 0) {
      for q in (p &+ 1)..<n {
        let (x, y) = (w + p &* m, w + q &* m)
        let (alpha, beta) = (squares[p], squares[q])
        let gamma = Kernels.dot(m, x, y)
        // A column this small has no influence; `complete` orthogonalizes it at the end.
        if alpha <= floor || beta <= floor { continue }
        if gamma.magnitude <= tolerance * alpha.squareRoot() * beta.squareRoot() { continue }
        if Swift.min(alpha, beta) > rounding {
          rotated = .columns
        } else if rotated == .none {
          rotated = .rounding
        }
        let zeta = (beta - alpha) / (2 * gamma)
        let root = zeta.magnitude + (1 + zeta * zeta).squareRoot()
        let t = zeta < 0 ? -1 / root : 1 / root
        let c = 1 / (1 + t * t).squareRoot()
        if m < Self.vectorized {
          Rotation.apply(m, x, y, c, c * t)
        } else {
          nabla_rotate(set, m, c, c * t, x, y)
        }
        nabla_rotate(set, n, c, c * t, v + p &* n, v + q &* n)
        squares[p] = alpha - t * gamma
        squares[q] = beta + t * gamma
        // A difference of nearly equal numbers has few digits left.
        if squares[p] < 0.25 * alpha { squares[p] = Kernels.dot(m, x, x) }
        if squares[q] < 0.25 * beta { squares[q] = Kernels.dot(m, y, y) }
      }
    }
    return rotated
  }

  /// Replaces column k by a unit vector orthogonal to the k columns before it, near it if possible.
  private static func complete(_ m: Int, _ k: Int, _ w: UnsafeMutablePointer<Double>) {
    let column = w + k &* m
    var candidate = -1
    while true {
      let start = Kernels.norm(m, column)
      if start > 0 {
        for i in 0..<m { column[i] /= start }
        var size = 1.0
        for _ in 0..<3 {
          for j in 0..<k {
            Kernels.axpy(m, -Kernels.dot(m, w + j &* m, column), w + j &* m, into: column)
          }
          let left = Kernels.norm(m, column)
          size *= left
          guard size > 0 else { break }
          for i in 0..<m { column[i] /= left }
        }
        // Some unit vector keeps at least 1/sqrt(m) of its length.
        if size > 0.5 / Double(m).squareRoot() { return }
      }
      candidate &+= 1
      guard candidate < m else { return }
      Kernels.fill(m, 0, into: column)
      column[candidate] = 1
    }
  }
}
