import NablaArrays

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

extension MatrixFunctions {
  /// The places `exponential` needs for an n×n matrix.
  package static func exponentialWorkspace(_ n: Int) -> Int { 6 * n * n + n }

  /// Writes the exponential of an n×n matrix by scaling and squaring with the Padé approximant of
  /// degree 13.
  ///
  /// Source: Higham, The scaling and squaring method for the matrix exponential revisited, SIAM J.
  /// Matrix Anal. Appl. 26 (2005), algorithm 2.3 with its coefficients and θ₁₃.
  package static func exponential(
    _ n: Int, _ a: UnsafePointer<Double>, into x: UnsafeMutablePointer<Double>,
    work a1: UnsafeMutablePointer<Double>
  ) {
    let size = n &* n
    var norm = 0.0
    for j in 0..<n {
      var total = 0.0
      for i in 0..<n { total += a[i &+ j &* n].magnitude }
      if !(total <= norm) { norm = total }
      if norm.isNaN { break }
    }
    guard norm.isFinite else { return Kernels.fill(size, .nan, into: x) }
    let theta = 5.371920351148152
    let squarings = norm > theta ? Int(log2(norm / theta).rounded(.up)) : 0
    // Two exact factors, since 2^-squarings alone may leave the range.
    let half = squarings / 2
    let factor = Double(sign: .plus, exponent: -half, significand: 1)
    let rest = Double(sign: .plus, exponent: half - squarings, significand: 1)
    for i in 0..<size { a1[i] = a[i] * factor * rest }

    let a2 = a1 + size
    let a4 = a2 + size
    let a6 = a4 + size
    let u = a6 + size
    let t = u + size
    let pivots = t + size
    func product(
      _ p: UnsafePointer<Double>, _ q: UnsafePointer<Double>, _ r: UnsafeMutablePointer<Double>
    ) {
      Kernels.multiply(n, n, n, p, transA: false, q, transB: false, into: r)
    }
    func combine(
      _ c6: Double, _ c4: Double, _ c2: Double, _ c0: Double, _ r: UnsafeMutablePointer<Double>
    ) {
      for i in 0..<size { r[i] += c6 * a6[i] + c4 * a4[i] + c2 * a2[i] }
      for i in 0..<n { r[i &+ i &* n] += c0 }
    }
    product(a1, a1, a2)
    product(a2, a2, a4)
    product(a2, a4, a6)
    // U = A (A6 (A6 + 16380 A4 + 40840800 A2) + ...), in x until multiplied by A.
    Kernels.fill(size, 0, into: t)
    combine(1, 16380, 40_840_800, 0, t)
    product(a6, t, x)
    combine(33_522_128_640, 10_559_470_521_600, 1_187_353_796_428_800, 32_382_376_266_240_000, x)
    product(a1, x, u)
    // V = A6 (182 A6 + 960960 A4 + 1323241920 A2) + ..., in x.
    Kernels.fill(size, 0, into: t)
    combine(182, 960_960, 1_323_241_920, 0, t)
    product(a6, t, x)
    combine(
      670_442_572_800, 129_060_195_264_000, 7_771_770_303_897_600, 64_764_752_532_480_000, x)
    // Solve (V - U) X = V + U.
    Kernels.subtract(size, x, u, into: t)
    Kernels.add(size, x, u, into: x)
    LU.factor(n, t, pivots: pivots)
    LU.solve(n, t, pivots: pivots, n, x)
    for _ in 0..<squarings {
      product(x, x, t)
      Kernels.copy(size, t, into: x)
    }
  }
}
