import NablaArrays
import NablaKernels

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// The factorization A = LL' of a symmetric positive definite n×n matrix, L lower triangular.
///
/// Source: Golub and Van Loan, Matrix Computations, 4th edition, section 4.2. Only the lower triangle
/// of A is read.
package struct Cholesky: Sendable {
  /// The lower triangular factor with positive diagonal, n×n.
  package let lower: Matrix

  /// Factors a symmetric matrix, or returns nil when it is not positive definite.
  package init?(_ matrix: Matrix) {
    require(matrix.isSquare, "Only a square matrix has a Cholesky factorization.")
    var lower = matrix
    guard lower.withMutablePointer({ Cholesky.factor(matrix.rows, $0) }) else { return nil }
    self.lower = lower
  }

  /// The solution X of AX = B for an n×k matrix B.
  package func solve(_ right: Matrix) -> Matrix {
    require(right.rows == lower.rows, "A linear system needs as many rows on the right.")
    var x = right
    lower.withPointer { l in
      x.withMutablePointer { Cholesky.solve(lower.rows, l, right.columns, $0) }
    }
    return x
  }

  /// The logarithm of the determinant of A.
  package var logDeterminant: Double {
    lower.withPointer { Cholesky.logDeterminant(lower.rows, $0) }
  }

  /// Overwrites an n×n matrix with its factor L, upper triangle zero; false when it has none.
  ///
  /// On false the array holds a partial result and must not be used.
  package static func factor(_ n: Int, _ a: UnsafeMutablePointer<Double>) -> Bool {
    firstBadPivot(n, a) == nil
  }

  /// Factors as `factor` does and returns the first pivot that is not positive and finite.
  static func firstBadPivot(_ n: Int, _ a: UnsafeMutablePointer<Double>) -> Int? {
    if let bad = factorBlock(n, a, stride: n) { return bad }
    for j in 0..<n { Kernels.fill(j, 0, into: a + j &* n) }
    return nil
  }

  /// Factors the lower triangle by halves, so that most of the work is products.
  private static func factorBlock(_ n: Int, _ a: UnsafeMutablePointer<Double>, stride: Int) -> Int? {
    if n <= 24 { return factorColumns(n, a, stride: stride) }
    let half = (n / 2 + 7) / 8 * 8
    let rest = n - half
    let (below, corner) = (a + half, a + half * (stride + 1))
    if let bad = factorBlock(half, a, stride: stride) { return bad }
    // L21 = A21 inv(L11'), that is L11 L21' = A21'.
    Kernels.solveTriangle(
      .lower, unit: false, half, rest, a, stride: stride, below, rowStep: stride, columnStep: 1)
    nabla_gemm(
      nabla_kernels_active(), rest, rest, half, -1, below, 1, stride, below, stride, 1, 1, corner, stride,
      NABLA_LOWER)
    return factorBlock(rest, corner, stride: stride).map { half + $0 }
  }

  private static func factorColumns(_ n: Int, _ a: UnsafeMutablePointer<Double>, stride: Int) -> Int? {
    for k in 0..<n {
      let column = a + k &* stride
      let pivot = column[k]
      guard pivot > 0, pivot.isFinite else { return k }
      let root = pivot.squareRoot()
      column[k] = root
      for i in (k &+ 1)..<Swift.max(n, k &+ 1) { column[i] /= root }
      for j in (k &+ 1)..<Swift.max(n, k &+ 1) {
        let target = a + j &* stride
        let factor = column[j]
        for i in j..<n { target[i] -= factor * column[i] }
      }
    }
    return nil
  }

  /// Overwrites the n×k matrix B with the solution X of LL'X = B.
  package static func solve(
    _ n: Int, _ lower: UnsafePointer<Double>, _ k: Int, _ b: UnsafeMutablePointer<Double>
  ) {
    Kernels.solveTriangle(.lower, unit: false, n, k, lower, stride: n, b, rowStep: 1, columnStep: n)
    Kernels.solveTriangle(.lowerTransposed, unit: false, n, k, lower, stride: n, b, rowStep: 1, columnStep: n)
  }

  /// Overwrites the k×n matrix B with the solution X of XLL' = B.
  package static func solveRight(
    _ n: Int, _ lower: UnsafePointer<Double>, _ k: Int, _ b: UnsafeMutablePointer<Double>
  ) {
    Kernels.solveTriangle(.lower, unit: false, n, k, lower, stride: n, b, rowStep: k, columnStep: 1)
    Kernels.solveTriangle(.lowerTransposed, unit: false, n, k, lower, stride: n, b, rowStep: k, columnStep: 1)
  }

  /// Writes the inverse of LL', inv(L)'*inv(L), which is symmetric.
  package static func inverse(
    _ n: Int, _ lower: UnsafePointer<Double>, into x: UnsafeMutablePointer<Double>
  ) {
    guard n > 0, let inverse = nabla_packing_memory(NABLA_PACKING_FACTORS, n &* n) else {
      Kernels.identity(n, into: x)
      return solve(n, lower, n, x)
    }
    LU.inverseOfLower(n, lower, unit: false, into: inverse)
    for start in stride(from: 0, to: n, by: LU.inverseColumns) {
      let end = Swift.min(start &+ LU.inverseColumns, n)
      // Rows of the lower triangle; the terms above them are zero.
      nabla_gemm(
        nabla_kernels_active(), end &- start, end, n &- start, 1, inverse + start &* (n &+ 1), n, 1,
        inverse + start, 1, n, 0, x + start, n, NABLA_WHOLE)
    }
    nabla_mirror(nabla_kernels_active(), n, x, n)
  }

  /// The logarithm of the determinant of LL'.
  package static func logDeterminant(_ n: Int, _ lower: UnsafePointer<Double>) -> Double {
    var total = 0.0
    for i in 0..<n { total += log(lower[i &+ i &* n]) }
    return 2 * total
  }
}
