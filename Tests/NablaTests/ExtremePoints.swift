import NablaLanguage

@testable import Nabla

/// Where formulas are computed, and which.
enum ExtremePoints {
  /// Magnitudes and kinks, each with both signs.
  static let scalars: [Double] = {
    let magnitudes: [Double] = [
      Double.leastNonzeroMagnitude, 0x1p-1030, 1e-300, 1e-160, 1e-16, 1e-8, 1e-5, 1e-3, 0.25, 0.5, 1 - 0x1p-53,
      1, 1 + 0x1p-52, 1.5, 2, 5.5, 20, 30, 36.8, 37.5, 40, 300, 354.9, 372.5, 700, 709.5, 710, 745, 746, 1e3, 1e5, 1e8,
      1e16, 1e150, 1e154, 1e200, 1e300, 0.99999998, 1.00000003, 0.123,
    ]
    return [0] + magnitudes.flatMap { [$0, -$0] }
  }()

  /// Second arguments.
  static let parameters: [Formula] = [
    .number(Rational(1, over: 8)), .number(2), .number(-3), .number(Rational(5, over: 2)),
  ]

  /// Expressions in x, with their first and second derivatives.
  static let compositions = [
    "log(1 + exp(x))", "log(1 + exp(-x))", "x - log(1 + exp(x))", "sigmoid(x)*(1 - sigmoid(x))", "1 - tanh(x)^2",
    "log(sigmoid(x))", "log(1 - sigmoid(x))", "1/(1 + exp(-x))", "exp(x)/(1 + exp(x))", "log(cosh(x))",
    "exp(-x^2/2)", "x*sigmoid(x)", "sqrt(1 + x^2)", "x/sqrt(1 + x^2)", "log(x^2 + 1)", "1/(1 + x^2)",
    "(exp(x) - 1)/x", "(exp(x) - exp(-x))/2", "(exp(x) - exp(-x))/(exp(x) + exp(-x))", "log(exp(x) + exp(2*x))",
    "log(1 - x)", "log(1 - x^2)", "1 - x^2", "x*log(x)", "log(1 + x)/x", "log(x/(1 - x))",
    "sqrt(x^2)", "x^2/(1 + x^2)", "x^3/(1 + x^2)", "log(1 + exp(x))^2", "exp(x)*exp(-x)", "2^x/3^x", "1 - exp(-x)",
    "1 - exp(-exp(x))", "log(1 - exp(-x))", "x*tanh(log(1 + exp(x)))", "tanh(x/2)", "abs(x)/(1 + abs(x))",
    "max(0, x)^2", "log(1 + x^2/3)", "-x*log(x) - (1 - x)*log(1 - x)", "exp(x)/(exp(x) - 1)", "1/(exp(x) - 1)",
    "x/(exp(x) - 1)", "x/(1 - exp(-x))", "sin(x)/x", "(1 - cos(x))/x^2", "1/cosh(x)^2", "tanh(x)/x",
    "exp(x)*erf(x)", "1 - erf(x)", "log(1 + erf(x))", "x*erf(x) + exp(-x^2)/sqrt(pi)", "sinh(x)/cosh(x)",
    "cosh(x)^2 - sinh(x)^2", "log(exp(x) - 1)", "lgamma(x + 1) - lgamma(x)", "sigmoid(x) - 1/2", "sigmoid(2*x)*2 - 1",
    "sqrt(x + 1) - sqrt(x)", "log(x + 1) - log(x)", "1/x - 1/(x + 1)", "x^x", "(1 + 1/x)^x",
  ]

  /// Expressions in arrays: A of n x n, x, y, z vectors of n; with gradients by the names.
  static let arrays: [(text: String, names: String, hessian: Bool)] = [
    ("norm2(x)", "x", true), ("x/norm2(x)", "x", false), ("sqrt(x'*x)", "x", true), ("norm1(x)", "x", false),
    ("norminf(x)", "x", false), ("max(x)", "x", false), ("norm2(x)^2", "x", true), ("1/norm2(x)", "x", false),
    ("x'*y/(norm2(x)*norm2(y))", "xy", false), ("norm2(x - y)", "xy", false), ("log(norm2(x))", "x", true),
    ("sqrt(sum(x.^2))", "x", false), ("sum(sqrt(x.^2 + y.^2))", "xy", false), ("norm2(A)", "A", false),
    ("norm2(A*x)", "x", false), ("A/norm2(A)", "x", false), ("x'*A*x/(x'*x)", "x", false),
    ("log(sum(exp(z)))", "z", true), ("logsumexp(z)", "z", true), ("exp(z)/sum(exp(z))", "z", false),
    ("softmax(z)", "z", false), ("log(softmax(z))", "z", false), ("-sum(p .* log(softmax(z)))", "z", true),
    ("logsumexp(z) - p'*z", "z", false), ("sum(log(1 + exp(-z)))", "z", true), ("sum(log(sigmoid(z)))", "z", true),
    ("sum(sigmoid(z) .* (1 - sigmoid(z)))", "z", false), ("sum(log(cosh(z)))", "z", true),
    ("-sum(p .* log(sigmoid(z)) + (1 - p) .* log(1 - sigmoid(z)))", "z", true), ("sum(1 - tanh(z).^2)", "z", true),
    ("sum(z - log(1 + exp(z)))", "z", false), ("log(sum(exp(z))/n)", "z", false), ("softmax(z)'*p", "z", false),
    ("sum(1 ./ (1 + exp(-z)))", "z", false), ("sum(abs(z))", "z", false), ("x'*A*x", "x", true),
    ("logdet(A)", "A", false), ("log(det(A))", "A", false), ("tr(A)", "A", false), ("tr(inv(A))", "A", false),
    ("x'*inv(A)*x", "x", false), ("sum(sqrt(1 + x.^2))", "x", true), ("sum(log(1 + x.^2))", "x", true),
    ("sum(x.^2)/(1 + sum(x.^2))", "x", false), ("sum(erf(z))", "z", true), ("sum(gelu(z))", "z", true),
    ("exp(-x'*x/2)", "x", true), ("sum(exp(-(x - y).^2))", "xy", false), ("sum((x - mean(x)).^2)/n", "x", false),
  ]

  static let magnitudes: [Double] = [1e-300, 1e-160, 1e-8, 1, 30, 745, 1e3, 1e150, 1e300]
}
