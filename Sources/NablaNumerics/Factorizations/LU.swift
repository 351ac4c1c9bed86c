import NablaArrays
import NablaKernels

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// The factorization PA = LU of an n×n matrix with partial pivoting.
///
/// Source: Golub and Van Loan, Matrix Computations, 4th edition, section 3.4. The factors share one
/// array: U on and above the diagonal, L with unit diagonal below. Row i was exchanged with row
/// `pivots[i]`, in the order of i. Pivots are stored as doubles so that one workspace of doubles
/// serves everything.
package struct LU: Sendable {
  /// U on and above the diagonal, L without its unit diagonal below, n×n.
  package let factors: Matrix
  /// The row exchanged with row i at step i.
  package let pivots: [Double]
  /// The determinant of the permutation, or zero when a pivot is exactly zero.
  package let sign: Double

  /// Factors a square matrix.
  package init(_ matrix: Matrix) {
    require(matrix.isSquare, "a \(matrix.rows) × \(matrix.columns) matrix has no inverse and no determinant")
    let n = matrix.rows
    var factors = matrix
    var pivots = Matrix(rows: n, columns: 1)
    sign = factors.withMutablePointer { a in
      pivots.withMutablePointer { LU.factor(n, a, pivots: $0) }
    }
    self.factors = factors
    self.pivots = pivots.storage
  }

  /// Whether a pivot is exactly zero.
  package var isSingular: Bool { sign == 0 }

  /// The determinant.
  package var determinant: Double {
    factors.withPointer { LU.determinant(factors.rows, $0, sign: sign) }
  }

  /// The logarithm of the absolute value of the determinant; minus infinity when singular.
  package var logAbsDeterminant: Double {
    factors.withPointer { LU.logAbsDeterminant(factors.rows, $0) }
  }

  /// The solution X of AX = B for an n×k matrix B, or nil when A is singular.
  package func solve(_ right: Matrix, transposed: Bool = false) -> Matrix? {
    require(right.rows == factors.rows, "A linear system needs as many rows on the right.")
    guard !isSingular else { return nil }
    var x = right
    let n = factors.rows
    factors.withPointer { f in
      pivots.withUnsafeBufferPointer { buffer in
        guard let p = buffer.baseAddress else { return }
        x.withMutablePointer {
          transposed
            ? LU.solveTransposed(n, f, pivots: p, right.columns, $0)
            : LU.solve(n, f, pivots: p, right.columns, $0)
        }
      }
    }
    return x
  }

  /// The inverse, or nil when a pivot is exactly zero.
  package var inverse: Matrix? {
    guard !isSingular else { return nil }
    let n = factors.rows
    var x = Matrix(rows: n, columns: n)
    factors.withPointer { f in
      pivots.withUnsafeBufferPointer { buffer in
        guard let p = buffer.baseAddress else { return }
        x.withMutablePointer { LU.inverse(n, f, pivots: p, into: $0) }
      }
    }
    return x
  }

  /// Factors an n×n matrix in place and returns the determinant of its permutation.
  ///
  /// Returns zero when a pivot is exactly zero; the factors are then still those of the matrix, and
  /// solving with them gives infinities or NaN. `pivots` has n places.
  @discardableResult
  package static func factor(
    _ n: Int, _ a: UnsafeMutablePointer<Double>, pivots: UnsafeMutablePointer<Double>
  ) -> Double {
    factorBlock(n, n, a, stride: n, pivots, offset: 0)
  }

  /// Factors m×n columns, m ≥ n, by halves, so that most of the work is products; rows are numbered from `offset`.
  private static func factorBlock(
    _ m: Int, _ n: Int, _ a: UnsafeMutablePointer<Double>, stride: Int,
    _ pivots: UnsafeMutablePointer<Double>, offset: Int
  ) -> Double {
    if n <= 12 { return factorColumns(m, n, a, stride: stride, pivots, offset: offset) }
    let half = n / 2
    let rest = n - half
    let right = a + half * stride
    let first = factorBlock(m, half, a, stride: stride, pivots, offset: offset)
    exchangeRows(right, stride: stride, columns: rest, pivots, offset: offset, count: half)
    Kernels.solveTriangle(
      .lower, unit: true, half, rest, a, stride: stride, right, rowStep: 1, columnStep: stride)
    nabla_gemm(
      nabla_kernels_active(), m - half, rest, half, -1, a + half, 1, stride, right, 1, stride, 1,
      right + half,
      stride, NABLA_WHOLE)
    let second = factorBlock(
      m - half, rest, right + half, stride: stride, pivots + half, offset: offset + half)
    exchangeRows(a + half, stride: stride, columns: half, pivots + half, offset: offset + half, count: rest)
    return first * second
  }

  /// Exchanges rows as the pivots say, which number the first row `offset`.
  private static func exchangeRows(
    _ a: UnsafeMutablePointer<Double>, stride: Int, columns: Int, _ pivots: UnsafePointer<Double>,
    offset: Int,
    count: Int
  ) {
    for j in 0..<columns {
      let x = a + j &* stride
      for i in 0..<count { swap(x, i, Int(pivots[i]) &- offset) }
    }
  }

  private static func factorColumns(
    _ m: Int, _ n: Int, _ a: UnsafeMutablePointer<Double>, stride: Int,
    _ pivots: UnsafeMutablePointer<Double>, offset: Int
  ) -> Double {
    var sign = 1.0
    for k in 0..<n {
      let column = a + k &* stride
      var row = k
      var largest = column[k].magnitude
      for i in (k &+ 1)..<Swift.max(m, k &+ 1) where column[i].magnitude > largest {
        largest = column[i].magnitude
        row = i
      }
      pivots[k] = Double(row &+ offset)
      if largest == 0 {
        sign = 0
        continue
      }
      if row != k {
        sign = -sign
        for j in 0..<n { swap(a, k &+ j &* stride, row &+ j &* stride) }
      }
      let pivot = column[k]
      for i in (k &+ 1)..<Swift.max(m, k &+ 1) { column[i] /= pivot }
      for j in (k &+ 1)..<Swift.max(n, k &+ 1) {
        let target = a + j &* stride
        Kernels.axpy(m &- k &- 1, -target[k], column + (k &+ 1), into: target + (k &+ 1))
      }
    }
    return sign
  }

  /// Overwrites the n×k matrix B with the solution X of AX = B, given the factors of A.
  package static func solve(
    _ n: Int, _ factors: UnsafePointer<Double>, pivots: UnsafePointer<Double>,
    _ k: Int, _ b: UnsafeMutablePointer<Double>
  ) {
    exchangeRows(b, stride: n, columns: k, pivots, offset: 0, count: n)
    Kernels.solveTriangle(.lower, unit: true, n, k, factors, stride: n, b, rowStep: 1, columnStep: n)
    Kernels.solveTriangle(.upper, unit: false, n, k, factors, stride: n, b, rowStep: 1, columnStep: n)
  }

  /// Overwrites the n×k matrix B with the solution X of A'X = B, given the factors of A.
  package static func solveTransposed(
    _ n: Int, _ factors: UnsafePointer<Double>, pivots: UnsafePointer<Double>,
    _ k: Int, _ b: UnsafeMutablePointer<Double>
  ) {
    Kernels.solveTriangle(
      .upperTransposed, unit: false, n, k, factors, stride: n, b, rowStep: 1, columnStep: n)
    Kernels.solveTriangle(
      .lowerTransposed, unit: true, n, k, factors, stride: n, b, rowStep: 1, columnStep: n)
    for j in 0..<k {
      let x = b + j &* n
      for i in stride(from: n - 1, through: 0, by: -1) { swap(x, i, Int(pivots[i])) }
    }
  }

  /// Overwrites the k×n matrix B with the solution X of XA = B, or XA' = B, given the factors of A.
  package static func solveRight(
    _ n: Int, _ factors: UnsafePointer<Double>, pivots: UnsafePointer<Double>, transposed: Bool,
    _ k: Int, _ b: UnsafeMutablePointer<Double>
  ) {
    // XA = B is A'X' = B'.
    if transposed {
      for i in 0..<n { swapColumns(b, k, i, Int(pivots[i])) }
      Kernels.solveTriangle(.lower, unit: true, n, k, factors, stride: n, b, rowStep: k, columnStep: 1)
      Kernels.solveTriangle(.upper, unit: false, n, k, factors, stride: n, b, rowStep: k, columnStep: 1)
    } else {
      Kernels.solveTriangle(
        .upperTransposed, unit: false, n, k, factors, stride: n, b, rowStep: k, columnStep: 1)
      Kernels.solveTriangle(
        .lowerTransposed, unit: true, n, k, factors, stride: n, b, rowStep: k, columnStep: 1)
      for i in stride(from: n - 1, through: 0, by: -1) { swapColumns(b, k, i, Int(pivots[i])) }
    }
  }

  private static func swapColumns(_ b: UnsafeMutablePointer<Double>, _ m: Int, _ i: Int, _ j: Int) {
    if i != j { Rotation.exchange(m, b + i &* m, b + j &* m) }
  }

  /// Writes the n×n inverse of A, given its factors.
  package static func inverse(
    _ n: Int, _ factors: UnsafePointer<Double>, pivots: UnsafePointer<Double>,
    into x: UnsafeMutablePointer<Double>
  ) {
    // inv(A) = inv(U)*inv(L)*P.
    inverseOfLower(n, factors, unit: true, into: x)
    Kernels.solveTriangle(.upper, unit: false, n, n, factors, stride: n, x, rowStep: 1, columnStep: n)
    for i in stride(from: n - 1, through: 0, by: -1) { swapColumns(x, n, i, Int(pivots[i])) }
  }

  /// Writes the inverse of the lower triangle of an n×n array. Entries known to be zero are not computed.
  static func inverseOfLower(
    _ n: Int, _ a: UnsafePointer<Double>, unit: Bool, into x: UnsafeMutablePointer<Double>
  ) {
    Kernels.identity(n, into: x)
    for start in stride(from: 0, to: n, by: Self.inverseColumns) {
      let corner = start &* (n &+ 1)
      Kernels.solveTriangle(
        .lower, unit: unit, n &- start, Swift.min(Self.inverseColumns, n &- start), a + corner, stride: n,
        x + corner, rowStep: 1, columnStep: n)
    }
  }

  /// Columns of an inverse that are computed together.
  static let inverseColumns = 64

  /// The determinant of A, given its factors and the sign `factor` returned.
  package static func determinant(
    _ n: Int, _ factors: UnsafePointer<Double>, sign: Double
  ) -> Double {
    var product = sign
    for i in 0..<n { product *= factors[i &+ i &* n] }
    return product
  }

  /// The logarithm of the absolute value of the determinant of A, given its factors.
  package static func logAbsDeterminant(_ n: Int, _ factors: UnsafePointer<Double>) -> Double {
    var total = 0.0
    for i in 0..<n { total += log(factors[i &+ i &* n].magnitude) }
    return total
  }

  /// Exchanges two places.
  @inline(__always)
  private static func swap(_ x: UnsafeMutablePointer<Double>, _ i: Int, _ j: Int) {
    let value = x[i]
    x[i] = x[j]
    x[j] = value
  }
}
