/// What other systems and textbooks write, and how it is written here.
enum ForeignNames {
  /// The hint for a function that goes by another name, or by an operator.
  static func hint(for function: String) -> String? {
    functions[function.lowercased()].map { "write `\($0)`" }
  }

  /// The hint for a character that formulas elsewhere have.
  static func hint(for character: Character) -> String? {
    switch character {
    case "|": "`abs(x)` of a scalar, `norm2(x)` or `‖x‖` of a vector, `det(A)` of a matrix"
    case ".": "a function stands before its arguments, `dot(x, y)`; the transpose is `A'`"
    case "\\": "LaTeX is printed, not read: `A'*x`, `norm2(x)`, `sum(x)`"
    case "{", "}": "brackets are `(` and `)`"
    case "&": "`(a < b) .* (b < c)` is 1 where both hold"
    default: nil
    }
  }

  private static let functions: [String: String] = {
    let sameArguments = [
      "tr": ["trace"], "inv": ["inverse", "invert"], "pinv": ["pinverse", "pseudoinverse"],
      "det": ["determinant"],
      "logdet": ["slogdet", "logabsdet", "log_det"], "adj": ["adjugate"], "chol": ["cholesky"], "log": ["ln"],
      "sign": ["sgn", "signum"], "step": ["heaviside"], "abs": ["fabs"], "sigmoid": ["logistic", "expit"],
      "logsumexp": ["lse", "log_sum_exp"], "logsoftmax": ["log_softmax"], "leakyrelu": ["leaky_relu"],
      "lgamma": ["gammaln", "loggamma"], "digamma": ["psi"], "diag": ["diagonal", "diagflat"],
      "eye": ["identity"], "vec": ["vectorize", "flatten", "ravel"], "kron": ["kronecker"],
      "dot": ["inner", "vdot"], "normF": ["frobenius", "norm_fro"], "nucnorm": ["norm_nuc"],
      "max": ["maximum", "amax"], "min": ["minimum", "amin"], "sqrt": ["root"], "expm": ["matrix_exp"],
    ]
    let otherwise = [
      "A'": ["transpose", "ctranspose", "adjoint"], "A*B": ["matmul", "mul", "multiply"],
      "A .* B": ["hadamard", "times"], "x^p": ["pow"], "x^2": ["square"], "log(x)/log(2)": ["log2"],
      "log(x)/log(10)": ["log10"], "1/cos(x)": ["sec"], "1/sin(x)": ["csc"], "1/tan(x)": ["cot"],
      "inv(A)*b": ["solve"],
    ]
    var table: [String: String] = [:]
    for (name, others) in sameArguments { for other in others { table[other] = name } }
    for (form, others) in otherwise { for other in others { table[other] = form } }
    return table
  }()
}
