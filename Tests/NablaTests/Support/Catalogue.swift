import NablaCore
import NablaLanguage

/// Expressions with every operation and every function of the language.
enum Catalogue {
  static let declarations = """
    x : vector(n)
    p : vector(n), positive
    X : matrix(m, n)
    A, B : matrix(n, n)
    S : matrix(n, n), spd
    s : scalar

    """

  /// An expression with the operation; the switch makes a new operation need one.
  static func expression(_ operation: ArrayOperation) -> String {
    switch operation {
    case .trace: "tr(A)"
    case .determinant: "det(A)"
    case .logDeterminant: "logdet(A)"
    case .norm1: "norm1(X)"
    case .norm2: "norm2(X)"
    case .norminf: "norminf(X)"
    case .specnorm: "specnorm(X)"
    case .nucnorm: "nucnorm(X)"
    case .maximum: "max(X)"
    case .minimum: "min(X)"
    case .dot: "dot(A, B)"
    case .logsumexp: "logsumexp(X)"
    case .softmax: "softmax(X)"
    case .logsoftmax: "logsoftmax(X)"
    case .pseudoInverse: "pinv(X)"
    case .adjugate: "adj(A)"
    case .exponential: "expm(A)"
    case .cholesky: "chol(S)"
    case .diagonalMatrix: "diag(x)"
    case .diagonalVector: "diag(A)"
    case .vec: "vec(X)"
    case .kron: "kron(X, A)"
    case .tril: "tril(A)"
    case .triu: "triu(A)"
    case .commutation: "commutation(m, n)"
    case .lowhalf: "lowhalf(A)"
    case .argmaxhot: "argmaxhot(x)"
    case .polar: "polar(X)"
    case .leftsv: "leftsv(X)"
    case .rightsv: "rightsv(X)"
    }
  }

  static let others = [
    "X*A", "X'*X", "x*x'", "x'*A*x", "A + x*ones(n)'", "A - ones(n)*x'", "diag(x)*A*diag(p)", "inv(A)*x",
    "x'*inv(A)", "inv(A)", "inv(S)*x", "inv(A')*x", "log(det(A))", "log(det(S))", "[A, B; B, A]", "[x; p]",
    "A[1, 2]",
    "A[2, :]", "x[2:3]", "sum(i = 1:n, x[i]*p[i])", "sum(i = 1:n, A[:, i])", "s*eye(n)", "A^3", "p.^s",
    "1 ./ p",
    "pi*e*s", "n*s/m", "where(x > 0, log(p), x)", "(x >= p) .* x", "mean(X)", "rowsums(X)", "colsums(X)",
    "sqrt(sum(x.^2))", "outer(x, p)", "tr(A*B)", "X*inv(S)*X'", "relu(x)", "dot(x, A*p)", "0*x",
  ]

  /// Arguments of the functions that have no values at `p` between 0 and 1.
  private static let domains = ["polygamma": "2, p", "acosh": "1 + p"]

  /// A call of every function that users can type, including those with a body.
  static let functionCalls: [String] = RuleBook.standard.functions.names.compactMap { name in
    guard let function = RuleBook.standard.functions[name], RuleBook.standard.userSignatures[name] != nil
    else {
      return nil
    }
    let arguments = (0..<function.parameters.count).map { ["p", "s", "2"][$0] }
    return "\(name)(\(domains[name] ?? arguments.joined(separator: ", ")))"
  }
}
