#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

extension SpecialFunctions {
  /// The sign of x: -1, 0 or 1.
  package static func sign(_ x: Double) -> Double {
    x > 0 ? 1 : (x < 0 ? -1 : (x.isNaN ? x : 0))
  }

  /// One where x > 0, zero elsewhere, also at zero.
  package static func step(_ x: Double) -> Double {
    x > 0 ? 1 : (x.isNaN ? x : 0)
  }

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

  /// The hyperbolic secant 2 / (eˣ + e⁻ˣ), written 2e / (1 + e²) with e = exp(-|x|) ≤ 1.
  package static func sech(_ x: Double) -> Double {
    let e = exp(-x.magnitude)
    return 2 * e / (1 + e * e)
  }

  /// The logistic function 1 / (1 + e⁻ˣ), with the exponential of -|x| only.
  package static func sigmoid(_ x: Double) -> Double {
    if x >= 0 { return 1 / (1 + exp(-x)) }
    let e = exp(x)
    return e / (1 + e)
  }

  /// The log-odds log(x / (1 - x)), the inverse of the logistic function.
  ///
  /// Near 1/2 it is log1p((2x - 1) / (1 - x)), whose numerator is exact there.
  package static func logit(_ x: Double) -> Double {
    x > 0.25 && x < 0.75 ? log1p((2 * x - 1) / (1 - x)) : log(x) - log1p(-x)
  }

  /// log(1 + eˣ), written max(x, 0) + log1p(exp(-|x|)).
  package static func softplus(_ x: Double) -> Double {
    (x > 0 ? x : 0) + log1p(exp(-x.magnitude))
  }

  /// The logarithm of the logistic function, -softplus(-x).
  package static func logSigmoid(_ x: Double) -> Double { -softplus(-x) }

  /// x where positive, zero elsewhere.
  package static func relu(_ x: Double) -> Double {
    x > 0 || x.isNaN ? x : 0
  }

  /// x where positive, slope * x elsewhere.
  package static func leakyRelu(_ x: Double, slope: Double) -> Double {
    if x.isNaN || slope.isNaN { return .nan }
    return x > 0 ? x : slope * x
  }

  /// x where positive, scale * (eˣ - 1) elsewhere.
  package static func elu(_ x: Double, scale: Double) -> Double {
    if x.isNaN || scale.isNaN { return .nan }
    return x > 0 ? x : scale * expm1(x)
  }

  /// x times the logistic function of x; minus zero at minus infinity.
  package static func silu(_ x: Double) -> Double {
    x == -.infinity ? -0.0 : x * sigmoid(x)
  }

  /// x Φ(x) with the normal distribution function Φ; minus zero at minus infinity.
  package static func gelu(_ x: Double) -> Double {
    x == -.infinity ? -0.0 : x * normalDistribution(x)
  }

  /// The normal distribution function Φ(x) = erfc(-x / √2) / 2.
  ///
  /// In the lower tail the rounding of -x / √2 is corrected to first order by the derivative of erfc,
  /// -2/√π exp(-z²).
  package static func normalDistribution(_ x: Double) -> Double {
    let root = 0.7071067811865476  // √½ rounded; its error follows.
    let rootError = -4.833646656726457e-17
    let z = -x * root
    var tail = erfc(z)
    if z > 1 && z < 27 {
      let error = (-z).addingProduct(-x, root) + -x * rootError
      tail -= 1.1283791670955126 * exp(-z * z) * error
    }
    return tail / 2
  }
}
