#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

// Functions that programs compute in place of formulas that overflow or cancel.

extension SpecialFunctions {
  /// log(cosh(x)): for large x it is |x| - log(2), near zero log1p(2 sinh²(x/2)).
  package static func logCosh(_ x: Double) -> Double {
    let size = x.magnitude
    if size > 1 { return size + log1p(exp(-2 * size)) - 0.6931471805599453 }
    let root = sinh(size / 2)
    return log1p(2 * root * root)
  }

  /// log(1 - eˣ) for x ≤ 0, NaN above.
  package static func logOneMinusExp(_ x: Double) -> Double {
    x > -0.6931471805599453 ? log(-expm1(x)) : log1p(-exp(x))
  }

  /// log(1 + x²); above 1e8 the 1 is negligible.
  package static func logOnePlusSquare(_ x: Double) -> Double {
    x.magnitude > 1e8 ? 2 * log(x.magnitude) : log1p(x * x)
  }

  /// log(1 - x²), NaN for |x| > 1.
  package static func logOneMinusSquare(_ x: Double) -> Double {
    x.magnitude < 0.5 ? log1p(-x * x) : log((1 - x) * (1 + x))
  }

  /// log(erfc(x)); for large x by the continued fraction of erfc (NIST DLMF 7.9.2).
  package static func logErrorComplement(_ x: Double) -> Double {
    if x < 0.5 { return log1p(-erf(x)) }
    if !(x > 10) { return log(erfc(x)) }
    var fraction = 0.0
    for k in stride(from: 30.0, through: 1, by: -1) { fraction = k / 2 / (x + fraction) }
    return -x * x - log((x + fraction) * 1.772453850905516)
  }

  /// (eˣ - 1)eᵘ, where eᵘ may be as small as eˣ is large.
  package static func dampedExpMinusOne(_ x: Double, _ u: Double) -> Double {
    x > 1 ? exp(u + x) * -expm1(-x) : exp(u) * expm1(x)
  }

  /// √(x² + y²) without overflow of the squares, NaN when one is NaN.
  package static func hypotenuse(_ x: Double, _ y: Double) -> Double {
    x.isNaN || y.isNaN ? .nan : hypot(x, y)
  }
}
