/// The scalar functions that every target has, or has its own line for.
enum ScalarFunction: String, CaseIterable, Hashable, Sendable {
  case exp, log, log1p, expm1, sqrt, abs, sign
  case sin, cos, tan, asin, acos, atan, sinh, cosh, tanh
  case erf, erfc, lgamma
  case maximum, minimum, hypot, power
  /// 1 where the first argument is less than the second, or not greater; otherwise 0.
  case less, lessEqual
  /// The second argument where the first is not 0, otherwise the third.
  case choose

  var arity: Int {
    switch self {
    case .exp, .log, .log1p, .expm1, .sqrt, .abs, .sign, .sin, .cos, .tan, .asin, .acos, .atan, .sinh, .cosh,
      .tanh, .erf, .erfc, .lgamma:
      1
    case .maximum, .minimum, .hypot, .power, .less, .lessEqual: 2
    case .choose: 3
    }
  }
}

/// The scalar functions defined in terms of `ScalarFunction`, once for all targets.
/// Each form keeps its digits and stays in range wherever its value does.
enum ScalarHelper: String, CaseIterable, Hashable, Sendable {
  case sech, sigmoid, softplus, logit, leakyrelu, elu, gelu
  case digamma, polygamma
  case logerfc, logcosh, log1mexp, log1psquare, log1msquare, dampedexpm1

  var parameters: [String] {
    switch self {
    case .sech, .sigmoid, .softplus, .logit, .gelu, .digamma, .logerfc, .logcosh, .log1mexp, .log1psquare,
      .log1msquare:
      ["x"]
    case .leakyrelu: ["x", "slope"]
    case .elu: ["x", "scale"]
    case .polygamma: ["order", "x"]
    case .dampedexpm1: ["x", "u"]
    }
  }

  /// Its meaning in common notation.
  var summary: String {
    switch self {
    case .sech: "The hyperbolic secant 1/cosh(x)."
    case .sigmoid: "The logistic function 1/(1 + exp(-x))."
    case .softplus: "log(1 + exp(x))."
    case .logit: "log(x/(1 - x))."
    case .leakyrelu: "x where positive, slope*x elsewhere."
    case .elu: "x where positive, scale*(exp(x) - 1) elsewhere."
    case .gelu: "x times the normal distribution function of x."
    case .digamma: "The derivative of the logarithm of the gamma function, for x > 0."
    case .polygamma: "The derivative of that order of digamma, for x > 0."
    case .logerfc: "log(erfc(x))."
    case .logcosh: "log(cosh(x))."
    case .log1mexp: "log(1 - exp(x)) for x <= 0."
    case .log1psquare: "log(1 + x^2)."
    case .log1msquare: "log(1 - x^2)."
    case .dampedexpm1: "(exp(x) - 1)*exp(u)."
    }
  }
}
