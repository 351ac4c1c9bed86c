/// The elementwise functions of the library, by the names they have in formulas.
package enum LibraryFunction: String, CaseIterable, Sendable {
  case exp, log, log1p, expm1, sqrt, abs, sign
  case sin, cos, tan, asin, acos, atan, sinh, cosh, tanh, sech, erf
  case sigmoid, logit, softplus, relu, leakyrelu, elu, silu, gelu, step
  case max, min, lgamma, digamma, polygamma, power
  // The kernels of `Stable.rules`; users cannot type their names.
  case logsigmoid = "stable.logsigmoid"
  case erfc = "stable.erfc"
  case logerfc = "stable.logerfc"
  case logcosh = "stable.logcosh"
  case log1mexp = "stable.log1mexp"
  case log1psquare = "stable.log1psquare"
  case log1msquare = "stable.log1msquare"
  case hypot = "stable.hypot"
  case ratio = "stable.ratio"
  case damped = "stable.damped"
  case dampedexpm1 = "stable.dampedexpm1"

  /// The number of arguments, 1 or 2.
  package var arity: Int {
    switch self {
    case .leakyrelu, .elu, .max, .min, .polygamma, .power, .hypot, .ratio, .damped, .dampedexpm1: 2
    case .exp, .log, .log1p, .expm1, .sqrt, .abs, .sign, .sin, .cos, .tan, .asin, .acos, .atan, .sinh, .cosh,
      .tanh, .sech, .erf, .sigmoid, .logit, .softplus, .relu, .silu, .gelu, .step, .logsigmoid, .lgamma,
      .digamma,
      .erfc, .logerfc, .logcosh, .log1mexp, .log1psquare, .log1msquare:
      1
    }
  }

  /// The value of a function of one argument; NaN for a function of two.
  package func evaluate(_ x: Double) -> Double {
    SpecialFunctions.evaluate(self, x)
  }

  /// The value of a function of two arguments; NaN for a function of one.
  ///
  /// The arguments are `leakyrelu(x, slope)`, `elu(x, scale)`, `max(x, y)`, `min(x, y)`,
  /// `polygamma(order, x)`, `power(base, exponent)`, `hypot(x, y)`, `ratio(x, y)` = x/y and
  /// `damped(x, u)` = x*exp(u), `dampedexpm1(x, u)` = (exp(x) - 1)*exp(u). NaN in either argument gives NaN.
  package func evaluate(_ x: Double, _ y: Double) -> Double {
    SpecialFunctions.evaluate(self, x, y)
  }

  /// Writes the values of a function of one argument at `count` numbers; in place is allowed.
  package static func apply(
    _ function: LibraryFunction, _ count: Int, _ x: UnsafePointer<Double>,
    into y: UnsafeMutablePointer<Double>
  ) {
    SpecialFunctions.apply(function, count, x, into: y)
  }

  /// Writes the values of a function of two arguments at `count` pairs; in place is allowed.
  ///
  /// A stride of zero repeats one argument; it must then not coincide with the output unless
  /// `count` is 1.
  package static func apply(
    _ function: LibraryFunction, _ count: Int,
    _ x: UnsafePointer<Double>, xStride: Int = 1,
    _ y: UnsafePointer<Double>, yStride: Int = 1,
    into z: UnsafeMutablePointer<Double>
  ) {
    SpecialFunctions.apply(function, count, x, xStride, y, yStride, into: z)
  }
}
