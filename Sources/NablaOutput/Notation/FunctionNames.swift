import NablaCore

/// How functions are named on paper, as LaTeX has it.
enum FunctionNames {
  /// Elementwise functions with a name of their own on paper.
  private static let elementwise: [String: String] = [
    "exp": "\\exp", "log": "\\log", "sin": "\\sin", "cos": "\\cos", "tan": "\\tan", "sinh": "\\sinh",
    "cosh": "\\cosh", "tanh": "\\tanh", "asin": "\\arcsin", "acos": "\\arccos", "atan": "\\arctan",
    "sigmoid": "\\sigma", "max": "\\max", "min": "\\min", "digamma": "\\psi", "trigamma": "\\psi'",
    "lgamma": "\\log\\Gamma", "normalcdf": "\\Phi", "Phi": "\\Phi", "phi": "\\varphi",
    "relu": "\\operatorname{ReLU}",
    "sign": "\\operatorname{sign}",
  ]

  static func elementwise(_ name: String, _ overrides: [String: String]) -> String {
    overrides[name] ?? elementwise[name] ?? operatorName(name)
  }

  static func operatorName(_ name: String) -> String { "\\operatorname{" + name + "}" }

  /// An operation on whole arrays that is written with brackets.
  static func array(_ operation: ArrayOperation, _ overrides: [String: String]) -> String {
    if let name = overrides[operation.rawValue] ?? overrides[operation.name] { return name }
    switch operation {
    case .determinant: return "\\det"
    case .maximum: return "\\max"
    case .minimum: return "\\min"
    case .trace, .exponential, .logDeterminant, .norm1, .norm2, .norminf, .specnorm, .nucnorm, .dot,
      .logsumexp, .softmax,
      .logsoftmax, .pseudoInverse, .adjugate, .cholesky, .diagonalMatrix, .diagonalVector, .vec, .kron, .tril,
      .triu,
      .commutation, .lowhalf, .argmaxhot, .polar, .leftsv, .rightsv:
      return operatorName(operation.name)
    }
  }
}
