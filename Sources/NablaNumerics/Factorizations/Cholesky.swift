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
public struct Cholesky: Sendable {
  /// The lower triangular factor with positive diagonal, n×n.
  public let lower: Matrix

  /// Factors a symmetric matrix, or returns nil when it is not positive definite.
  public init?(_ matrix: Matrix) {
    precondition(matrix.isSquare, "Only a square matrix has a Cholesky factorization.")
    var lower = matrix
    guard lower.withMutablePointer({ Cholesky.factor(matrix.rows, $0) }) else { return nil }
    self.lower = lower
  }

  /// The solution X of AX = B for an n×k matrix B.
  public func solve(_ right: Matrix) -> Matrix {
    precondition(right.rows == lower.rows, "A linear system needs as many rows on the right.")
    var x = right
    lower.withPointer { l in
      x.withMutablePointer { Cholesky.solve(lower.rows, l, right.columns, $0) }
    }
    return x
  }

  /// The logarithm of the determinant of A.
  public var logDeterminant: Double {
    lower.withPointer { Cholesky.logDeterminant(lower.rows, $0) }
  }

  /// Overwrites an n×n matrix with its factor L, upper triangle zero; false when it has none.
  ///
  /// On false the array holds a partial result and must not be used.
  public static func factor(_ n: Int, _ a: UnsafeMutablePointer<Double>) -> Bool {
    firstBadPivot(n, a) == nil
  }

  /// Factors as `factor` does and returns the first pivot that is not positive and finite.
  static func firstBadPivot(_ n: Int, _ a: UnsafeMutablePointer<Double>) -> Int? {
    for k in 0..<n {
      let column = a + k &* n
      for j in 0..<k {
        Kernels.axpy(n &- k, -a[k &+ j &* n], a + (k &+ j &* n), into: column + k)
      }
      let pivot = column[k]
      guard pivot > 0, pivot.isFinite else { return k }
      let root = pivot.squareRoot()
      column[k] = root
      for i in 0..<k { column[i] = 0 }
      for i in (k &+ 1)..<Swift.max(n, k &+ 1) { column[i] /= root }
    }
    return nil
  }

  /// Overwrites the n×k matrix B with the solution X of LL'X = B.
  public static func solve(
    _ n: Int, _ lower: UnsafePointer<Double>, _ k: Int, _ b: UnsafeMutablePointer<Double>
  ) {
    for j in 0..<k {
      let x = b + j &* n
      for i in 0..<n {
        x[i] /= lower[i &+ i &* n]
        Kernels.axpy(n &- i &- 1, -x[i], lower + (i &+ 1 &+ i &* n), into: x + (i &+ 1))
      }
      for i in (0..<n).reversed() {
        let tail = Kernels.dot(n &- i &- 1, lower + (i &+ 1 &+ i &* n), x + (i &+ 1))
        x[i] = (x[i] - tail) / lower[i &+ i &* n]
      }
    }
  }

  /// The logarithm of the determinant of LL'.
  public static func logDeterminant(_ n: Int, _ lower: UnsafePointer<Double>) -> Double {
    var total = 0.0
    for i in 0..<n { total += log(lower[i &+ i &* n]) }
    return 2 * total
  }
}
