#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

extension SpecialFunctions {
  /// The larger of two numbers, NaN when one is NaN.
  package static func larger(_ x: Double, _ y: Double) -> Double {
    x.isNaN || y.isNaN ? .nan : (x >= y ? x : y)
  }

  /// The smaller of two numbers, NaN when one is NaN.
  package static func smaller(_ x: Double, _ y: Double) -> Double {
    x.isNaN || y.isNaN ? .nan : (x <= y ? x : y)
  }

  /// The power x^p, NaN when one is NaN; 1 when p is zero.
  package static func power(_ x: Double, _ p: Double) -> Double {
    if x.isNaN || p.isNaN { return .nan }
    if p == 2 { return x * x }
    if p == 1 { return x }
    if p == -1 { return 1 / x }
    // Like any other negative number; C takes the limit at minus infinity.
    if x == -.infinity && p != p.rounded() { return .nan }
    return pow(x, p)
  }
}
