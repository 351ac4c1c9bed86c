@testable import NablaCore
@testable import NablaTypes

/// Where formulas are computed, and which.
enum ExtremePoints {
  /// Magnitudes and kinks, each with both signs.
  static let scalars: [Double] = {
    let magnitudes: [Double] = [
      Double.leastNonzeroMagnitude, 0x1p-1030, 1e-300, 1e-160, 1e-16, 1e-8, 1e-5, 1e-3, 0.25, 0.5,
      1 - 0x1p-53,
      1, 1 + 0x1p-52, 1.5, 2, 5.5, 20, 30, 36.8, 37.5, 40, 300, 354.9, 372.5, 700, 709.5, 710, 745, 746, 1e3,
      1e5, 1e8,
      1e16, 1e150, 1e154, 1e200, 1e300, 0.99999998, 1.00000003, 0.123,
    ]
    return [0] + magnitudes.flatMap { [$0, -$0] }
  }()

  /// Second arguments.
  static let parameters: [Formula] = [
    .number(Rational(1, over: 8)), .number(2), .number(-3), .number(Rational(5, over: 2)),
  ]

  /// Forms that lose digits in doubles beyond the tolerance; `certified` and `eval` give their values.
  static let lossy: Set<String> = [
    "acosh(x)", "asinh(x)", "1/sqrt(x^2 - 1)", "-x/(x^2 - 1)^(3/2)", "log(1/x - 1)", "1/(exp(x) - 1)",
    "exp(x)/(exp(x) - 1)", "normpdf(x)*x^2 - normpdf(x)",
    "2*sigmoid(x)*(sigmoid(x)*(1 - softplus(x)) + softplus(x))",
  ]

  /// Expressions in x, with as many derivatives.
  ///
  /// Fewer than two where the next one is 0/0 at a point of the expression, such as sin(x)/x, or tends to zero as a
  /// difference of numbers that do not, such as log(x + 1) - log(x): there no form of the same parts has digits.
  static let compositions: [(text: String, derivatives: Int)] =
    [
      "log(1 + exp(x))", "log(1 + exp(-x))", "x - log(1 + exp(x))", "sigmoid(x)*(1 - sigmoid(x))",
      "1 - tanh(x)^2", "log(sigmoid(x))", "log(1 - sigmoid(x))", "1/(1 + exp(-x))", "exp(x)/(1 + exp(x))",
      "log(cosh(x))", "exp(-x^2/2)", "x*sigmoid(x)", "sqrt(1 + x^2)", "x/sqrt(1 + x^2)", "1/(1 + x^2)",
      "(exp(x) - exp(-x))/(exp(x) + exp(-x))", "log(exp(x) + exp(2*x))", "log(1 - x)", "1 - x^2", "x*log(x)",
      "sqrt(x^2)", "log(1 + exp(x))^2", "exp(x)*exp(-x)", "2^x/3^x", "1 - exp(-x)", "1 - exp(-exp(x))",
      "log(1 - exp(-x))", "x*tanh(log(1 + exp(x)))", "tanh(x/2)", "abs(x)/(1 + abs(x))", "max(0, x)^2",
      "-x*log(x) - (1 - x)*log(1 - x)", "1/cosh(x)^2", "exp(x)*erf(x)", "1 - erf(x)", "log(x/(1 - x))",
      "x*erf(x) + exp(-x^2)/sqrt(pi)", "sinh(x)/cosh(x)", "cosh(x)^2 - sinh(x)^2", "log(exp(x) - 1)",
      "sigmoid(x) - 1/2", "sigmoid(2*x)*2 - 1", "x^2/(1 + x^2)",
    ].map { ($0, 2) }
    + [
      "log(x^2 + 1)", "log(1 + x^2/3)", "log(1 - x^2)", "exp(x)/(exp(x) - 1)", "log(1 + erf(x))",
      "x^3/(1 + x^2)", "1/x - 1/(x - 1)",
    ].map { ($0, 1) }
    + ["log(1 + x)/x", "1 - cos(x)", "sin(x)/x", "tanh(x)/x", "sqrt(x + 1) - sqrt(x)", "1/(exp(x) - 1)"].map {
      ($0, 0)
    }

  /// Expressions in arrays: A of n x n, x, y, z, p vectors of n; with gradients, and with Hessians, by the names.
  static let arrays: [(text: String, names: String, derivatives: Int)] = [
    ("norm2(x)", "x", 2), ("x/norm2(x)", "x", 1), ("sqrt(x'*x)", "x", 2), ("norm1(x)", "x", 1),
    ("norminf(x)", "x", 1), ("max(x)", "x", 1), ("norm2(x)^2", "x", 2), ("1/norm2(x)", "x", 1),
    ("x'*y/(norm2(x)*norm2(y))", "xy", 0), ("norm2(x - y)", "xy", 1), ("log(norm2(x))", "x", 2),
    ("sqrt(sum(x.^2))", "x", 1), ("sum(sqrt(x.^2 + y.^2))", "xy", 1), ("norm2(A)", "A", 1),
    ("norm2(A*x)", "x", 0), ("A/norm2(A)", "A", 0), ("x'*A*x/(x'*x)", "x", 1),
    ("log(sum(exp(z)))", "z", 1), ("logsumexp(z)", "z", 1), ("exp(z)/sum(exp(z))", "z", 0),
    ("softmax(z)", "z", 0), ("log(softmax(z))", "z", 0), ("-sum(p .* log(softmax(z)))", "z", 1),
    ("logsumexp(z) - p'*z", "z", 1), ("sum(log(1 + exp(-z)))", "z", 2), ("sum(log(sigmoid(z)))", "z", 2),
    ("sum(sigmoid(z) .* (1 - sigmoid(z)))", "z", 1), ("sum(log(cosh(z)))", "z", 2),
    ("-sum(p .* log(sigmoid(z)) + (1 - p) .* log(1 - sigmoid(z)))", "z", 2), ("sum(1 - tanh(z).^2)", "z", 2),
    ("sum(z - log(1 + exp(z)))", "z", 1), ("softmax(z)'*p", "z", 0), ("sum(1 ./ (1 + exp(-z)))", "z", 1),
    ("sum(abs(z))", "z", 1), ("x'*A*x", "x", 2), ("logdet(A)", "A", 1), ("log(det(A))", "A", 1),
    ("tr(A)", "A", 1),
    ("tr(inv(A))", "A", 0), ("x'*inv(A)*x", "x", 1), ("sum(sqrt(1 + x.^2))", "x", 2),
    ("sum(log(1 + x.^2))", "x", 1),
    ("sum(erf(z))", "z", 2), ("sum(gelu(z))", "z", 2), ("exp(-x'*x/2)", "x", 1),
    ("sum(exp(-(x - y).^2))", "xy", 1),
    ("sum((x - mean(x)).^2)/n", "x", 1),
  ]

  static let magnitudes: [Double] = [1e-300, 1e-160, 1e-8, 1, 30, 745, 1e3, 1e150, 1e300]
}
