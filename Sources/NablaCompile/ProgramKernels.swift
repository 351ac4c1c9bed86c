import NablaArrays
import NablaNumerics

/// Operations on whole arrays that the kernel library lacks.
enum ArrayKernels {
  /// tr(A*B) of an m × n and an n × m array.
  static func traceOfProduct<T: KernelNumber>(
    _ m: Int, _ n: Int, _ a: UnsafePointer<T>, _ b: UnsafePointer<T>
  ) -> T {
    var total = 0.0
    for j in 0..<n {
      for i in 0..<m { total += Double(a[i &+ j &* m] * b[j &+ i &* n]) }
    }
    return T(total)
  }

  static func norm1<T: KernelNumber>(_ count: Int, _ x: UnsafePointer<T>) -> T {
    var total = 0.0
    for i in 0..<count { total += Double(x[i].magnitude) }
    return T(total)
  }

  /// The largest singular value and the sum of all; `values` has min(m, n) entries.
  static func singularValues(
    _ m: Int, _ n: Int, _ x: UnsafePointer<Double>, _ values: UnsafeMutablePointer<Double>
  ) -> (first: Double, sum: Double) {
    let p = min(m, n)
    if p == 0 { return (0, 0) }
    SVD.singularValues(m, n, x, into: values)
    return (values[0], Kernels.sum(p, values))
  }

  /// The left singular vector of the largest singular value, with m entries; `work` has n additional entries.
  static func leading(
    _ m: Int, _ n: Int, _ x: UnsafePointer<Double>, left: UnsafeMutablePointer<Double>,
    _ work: UnsafeMutablePointer<Double>
  ) {
    _ = MatrixFunctions.leadingSingularVectors(m, n, x, u: left, v: work, work: work + n)
  }

  /// The right singular vector of the largest singular value, with n entries; `work` has m additional entries.
  static func leading(
    _ m: Int, _ n: Int, _ x: UnsafePointer<Double>, right: UnsafeMutablePointer<Double>,
    _ work: UnsafeMutablePointer<Double>
  ) {
    _ = MatrixFunctions.leadingSingularVectors(m, n, x, u: work, v: right, work: work + m)
  }

  /// 1 at the largest entry and 0 elsewhere. Tied entries share the 1, which is the mean of the subgradients.
  static func argmaxHot<T: KernelNumber>(
    _ count: Int, _ x: UnsafePointer<T>, into z: UnsafeMutablePointer<T>
  ) {
    let largest = Kernels.maximum(count, x)
    if largest.isNaN { return Kernels.fill(count, .nan, into: z) }
    var ties = T.zero
    for i in 0..<count where x[i] == largest { ties += 1 }
    for i in 0..<count { z[i] = x[i] == largest ? 1 / ties : 0 }
  }
}

/// Factorizations in the layout of programs: n² factors, n pivots, then the sign of the permutation.
/// A Cholesky factorization has its factor in the first n² entries, and 1 for success or 0 in place of the sign. If a
/// matrix is singular or not definite, results computed from its factors are NaN or infinite.
enum FactorKernels {
  static func factorLU(_ n: Int, _ a: UnsafePointer<Double>, into z: UnsafeMutablePointer<Double>) {
    Kernels.copy(n &* n, a, into: z)
    z[n &* n &+ n] = LU.factor(n, z, pivots: z + n &* n)
  }

  static func factorCholesky(_ n: Int, _ a: UnsafePointer<Double>, into z: UnsafeMutablePointer<Double>) {
    Kernels.copy(n &* n, a, into: z)
    if !Cholesky.factor(n, z) { Kernels.fill(n &* n, .nan, into: z) }
    z[n &* n &+ n] = 1
  }

  /// Solves for n right-hand sides with m entries each.
  static func solve(
    _ m: Int, _ n: Int, _ factors: UnsafePointer<Double>, _ b: UnsafePointer<Double>, _ flags: StepFlags,
    into z: UnsafeMutablePointer<Double>
  ) {
    Kernels.copy(m &* n, b, into: z)
    solveInPlace(m, n, factors, flags, z)
  }

  private static func solveInPlace(
    _ m: Int, _ n: Int, _ factors: UnsafePointer<Double>, _ flags: StepFlags,
    _ z: UnsafeMutablePointer<Double>
  ) {
    if flags.contains(.positiveDefinite) { return Cholesky.solve(m, factors, n, z) }
    let pivots = factors + m &* m
    if flags.contains(.transposeA) {
      LU.solveTransposed(m, factors, pivots: pivots, n, z)
    } else {
      LU.solve(m, factors, pivots: pivots, n, z)
    }
  }

  /// X with X*A = B or X*A' = B, where B is m × n.
  static func solveRight(
    _ m: Int, _ n: Int, _ factors: UnsafePointer<Double>, _ b: UnsafePointer<Double>, _ flags: StepFlags,
    into z: UnsafeMutablePointer<Double>
  ) {
    Kernels.copy(m &* n, b, into: z)
    if flags.contains(.positiveDefinite) { return Cholesky.solveRight(n, factors, m, z) }
    LU.solveRight(n, factors, pivots: factors + n &* n, transposed: flags.contains(.transposeA), m, z)
  }

  static func inverse(
    _ n: Int, _ factors: UnsafePointer<Double>, _ flags: StepFlags, into z: UnsafeMutablePointer<Double>
  ) {
    if flags.contains(.positiveDefinite) { return Cholesky.inverse(n, factors, into: z) }
    if !flags.contains(.transposeA) { return LU.inverse(n, factors, pivots: factors + n &* n, into: z) }
    Kernels.identity(n, into: z)
    solveInPlace(n, n, factors, flags, z)
  }

  static func determinant(_ n: Int, _ factors: UnsafePointer<Double>, _ flags: StepFlags) -> Double {
    if flags.contains(.positiveDefinite) {
      var product = 1.0
      for i in 0..<n { product *= factors[i &* (n &+ 1)] * factors[i &* (n &+ 1)] }
      return product
    }
    // A pivot that is exactly zero makes the determinant zero, whatever the others are.
    let sign = factors[n &* n &+ n]
    return LU.determinant(n, factors, sign: sign)
  }

  static func logDeterminant(_ n: Int, _ factors: UnsafePointer<Double>, _ flags: StepFlags) -> Double {
    flags.contains(.positiveDefinite)
      ? Cholesky.logDeterminant(n, factors) : LU.logAbsDeterminant(n, factors)
  }

  /// log(det(A)); NaN for a negative determinant.
  static func logSignedDeterminant(
    _ n: Int, _ factors: UnsafePointer<Double>, _ flags: StepFlags
  ) -> Double {
    if flags.contains(.positiveDefinite) { return Cholesky.logDeterminant(n, factors) }
    var sign = factors[n &* n &+ n]
    for i in 0..<n where factors[i &* (n &+ 1)] < 0 { sign = -sign }
    return sign < 0 ? .nan : LU.logAbsDeterminant(n, factors)
  }

  /// The lower factor of the symmetric part; NaN if that is not positive definite.
  static func cholesky(_ n: Int, _ a: UnsafePointer<Double>, into z: UnsafeMutablePointer<Double>) {
    for j in 0..<n {
      for i in 0..<n { z[i &+ j &* n] = 0.5 * a[i &+ j &* n] + 0.5 * a[j &+ i &* n] }
    }
    if !Cholesky.factor(n, z) { Kernels.fill(n &* n, .nan, into: z) }
  }
}
