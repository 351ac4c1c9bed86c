/// A function of another system that is written differently here.
package struct ForeignNotation {
  /// How it is called elsewhere: `matmul(a, b)`.
  package let usage: String
  package let meaning: String

  /// The function of the language with the same arguments and another name elsewhere: `tr` for `trace`.
  package static func function(sameAs name: String) -> String? { ForeignNames.sameFunction(as: name) }

  /// `nil` if the name is unknown.
  package init?(_ name: String) {
    let letters = ["a", "b", "c"]
    for count in 1...letters.count {
      guard let form = ForeignNames.form(of: name, arguments: count) else { continue }
      let arguments = letters.prefix(count)
      usage = "\(name)(\(arguments.joined(separator: ", ")))"
      let written = arguments.enumerated().reduce(form) { text, argument in
        text.replacing("($\(argument.offset + 1))", with: argument.element)
          .replacing("$\(argument.offset + 1)", with: argument.element)
      }
      meaning = "another notation for `\(written)`, and read as that"
      return
    }
    guard let instead = ForeignNames.absent(name).instead else { return nil }
    usage = name
    meaning = "not a function here: \(instead)"
  }
}

/// Notations of other systems and textbooks, and their equivalents here.
enum ForeignNames {
  /// The function of the language with another name elsewhere and the same arguments.
  static func sameFunction(as name: String) -> String? {
    let lower = name.lowercased()
    if let other = same[name] ?? same[lower] { return other }
    return name != lower && Letters.isCapital(name) && Signature.builtins[lower] != nil ? lower : nil
  }

  /// The expression equivalent to a function with these arguments; `nil` if unknown.
  static func form(of name: String, arguments: Int) -> String? {
    let name = name.lowercased()
    let known = forms[name].flatMap { $0.arguments == arguments ? $0.form : nil }
    return known ?? formsByCount["\(name)/\(arguments)"]
  }

  /// Forms of what takes another number of arguments elsewhere, by name and number.
  private static let formsByCount: [String: String] = [
    "solve/1": "inv($1)", "crossprod/1": "($1)'*($1)", "crossprod/2": "($1)'*($2)",
    "tcrossprod/1": "($1)*($1)'", "tcrossprod/2": "($1)*($2)'",
  ]

  /// Whether a name is known elsewhere and has no equivalent in Nabla, and a substitute if there is one.
  static func absent(_ name: String) -> (isKnown: Bool, instead: String?) {
    let name = name.lowercased()
    if let instead = substitutes[name] { return (true, instead) }
    return (missing.contains(name) || forms[name] != nil, nil)
  }

  private static let same: [String: String] = {
    let names = [
      "tr": "trace", "inv": "inverse invert minv", "pinv": "pinverse pseudoinverse", "det": "determinant",
      "logdet": "slogdet logabsdet log_det lndet", "adj": "adjugate", "chol": "cholesky", "log": "ln",
      "sign": "sgn signum", "step": "heaviside", "abs": "fabs absolute", "sigmoid": "logistic expit plogis",
      "logit": "qlogis",
      "logsumexp": "lse log_sum_exp reduce_logsumexp", "logsoftmax": "log_softmax", "leakyrelu": "leaky_relu",
      "lgamma": "gammaln loggamma", "digamma": "psi", "diag": "diagonal diagflat diagm",
      "eye": "identity identitymatrix", "vec": "vectorize", "kron": "kronecker kroneckerproduct",
      "dot": "inner vdot", "normF": "frobenius norm_fro", "nucnorm": "norm_nuc",
      "max": "maximum amax reduce_max pmax",
      "min": "minimum amin reduce_min pmin", "expm": "matrix_exp matrixexp", "asin": "arcsin",
      "acos": "arccos",
      "atan": "arctan", "asinh": "arcsinh", "acosh": "arccosh", "atanh": "arctanh",
      "normcdf": "cdfnormal pnorm ndtr",
      "normpdf": "dnorm", "where": "ifelse", "specnorm": "opnorm", "mean": "reduce_mean",
      "clip": "clamp", "tril": "lowertriangularize", "triu": "uppertriangularize",
      "prod": "product reduce_prod",
      "sum": "total reduce_sum",
    ]
    var table: [String: String] = [:]
    for (name, others) in names {
      for other in others.split(separator: " ") { table[String(other)] = name }
    }
    return table
  }()

  /// Expressions in the arguments, which are `$1` and `$2`.
  private static let forms: [String: (arguments: Int, form: String)] = [
    "transpose": (1, "($1)'"), "ctranspose": (1, "($1)'"), "permutedims": (1, "($1)'"),
    "matmul": (2, "($1)·($2)"), "mm": (2, "($1)·($2)"), "mv": (2, "($1)·($2)"),
    "matvec": (2, "($1)·($2)"), "l2_loss": (1, "sum(($1) .^ 2)/2"),
    "bmm": (2, "($1)·($2)"),
    "hadamard": (2, "($1) .* ($2)"), "times": (2, "($1) .* ($2)"), "multiply": (2, "($1) .* ($2)"),
    "mul": (2, "($1) .* ($2)"), "add": (2, "($1) + ($2)"), "subtract": (2, "($1) - ($2)"),
    "divide": (2, "($1) ./ ($2)"), "negative": (1, "-($1)"), "pow": (2, "($1) .^ ($2)"),
    "power": (2, "($1) .^ ($2)"), "square": (1, "($1) .^ 2"), "reciprocal": (1, "1 ./ ($1)"),
    "exp2": (1, "2 .^ ($1)"), "log2": (1, "log($1)/log(2)"), "log10": (1, "log($1)/log(10)"),
    "rsqrt": (1, "1 ./ sqrt($1)"), "sec": (1, "1 ./ cos($1)"), "csc": (1, "1 ./ sin($1)"),
    "cot": (1, "1 ./ tan($1)"), "csch": (1, "1 ./ sinh($1)"), "coth": (1, "1 ./ tanh($1)"),
    "solve": (2, "inv($1)*($2)"), "linsolve": (2, "inv($1)*($2)"), "mldivide": (2, "inv($1)*($2)"),
    "logsigmoid": (1, "log(sigmoid($1))"), "swish": (1, "silu($1)"),
    "sumsq": (1, "sum(($1) .^ 2)"), "sum_squares": (1, "sum(($1) .^ 2)"), "norm_inf": (1, "norminf($1)"),
    "quad_form": (2, "($1)'*($2)*($1)"),
    "dotproduct": (2, "($1)·($2)"), "logaddexp": (2, "log(exp($1) + exp($2))"),
    "matrix_power": (2, "($1)^($2)"), "mpower": (2, "($1)^($2)"), "matrixpower": (2, "($1)^($2)"),
    "abs2": (1, "abs($1) .^ 2"), "deg2rad": (1, "($1)*pi/180"), "rad2deg": (1, "($1)*180/pi"),
    "mtimes": (2, "($1)*($2)"), "rdivide": (2, "($1) ./ ($2)"), "sqr": (1, "($1) .^ 2"),
  ]

  private static let substitutes: [String: String] = [
    "var": "`mean((x - mean(x)).^2)` is the variance of the entries of x",
    "variance": "`mean((x - mean(x)).^2)` is the variance of the entries of x",
    "sd": "`sqrt(mean((x - mean(x)).^2))` is the standard deviation of the entries of x",
    "std": "`sqrt(mean((x - mean(x)).^2))` is the standard deviation of the entries of x",
    "cov": "`1/n*(X - ones(n)*m')'*(X - ones(n)*m')` is the covariance of the rows of X with mean m",
    "cumsum": "`tril(ones(n, n))*x` are the partial sums of x",
    "cross": "the products of entries can be written out: `x[2]*y[3] - x[3]*y[2]`",
    "argmax": "`argmaxhot(x)` is one-hot at the largest entry",
    "vech": "`vec(tril(A))` holds the same entries",
    "entr": "`-x*log(x)`", "tensordot": "`sum(A .* B)` is the sum of the products of entries",
    "view": "`vec(A)` stacks the columns of A",
    "logpdf": "`log(normpdf(x))` is that of the normal distribution",
    "mvnpdf":
      "`exp(-1/2*(x - mu)'*inv(S)*(x - mu))/sqrt(det(2*pi*S))` is the density of the normal distribution",
    "sum2": nil,
    "diff": "`gradient E wrt x` asks for a derivative; `x[2:n] - x[1:n-1]` are the differences of neighbours",
    "grad": "`gradient E wrt x` asks for a derivative, on a line of its own",
    "jac": "`jacobian E wrt x` asks for a Jacobian, on a line of its own",
    "hess": "`hessian E wrt x` asks for a Hessian, on a line of its own",
    "derivative": "`gradient E wrt x` asks for a derivative, on a line of its own",
    "differentiate": "`gradient E wrt x` asks for a derivative, on a line of its own",
    "autograd": "`gradient E wrt x` asks for a derivative, on a line of its own",
    "value_and_grad": "`gradient E wrt x` asks for a derivative, on a line of its own",
    "lstsq": "`inv(A'*A)*A'*b` is the solution of least squares where A has independent columns",
    "multi_dot": "write the product: `A*B*C`", "chain_matmul": "write the product: `A*B*C`",
    "size": "a dimension's name is a scalar: `X : matrix(n, d)`, `norm2(x)^2 / n`",
    "length": "a dimension's name is a scalar: `x : vector(n)`, `sum(x) / n`",
    "len": "a dimension's name is a scalar: `x : vector(n)`, `sum(x) / n`",
    "numel": "a dimension's name is a scalar: `X : matrix(m, n)`, `sum(X) / (m*n)`",
    "nrow": "a dimension's name is a scalar: `X : matrix(n, d)`",
    "ncol": "a dimension's name is a scalar: `X : matrix(n, d)`",
    "bsxfun": "a scalar next to an array acts on every entry; `ones(n)*r` repeats a row",
    "rowsum": "`rowsums(A)`", "colsum": "`colsums(A)`", "rowmeans": "`rowsums(A)/n`",
    "colmeans": "`colsums(A)/m`",
    "max_norm": "`norminf(A)`", "frobenius_norm": "`normF(A)`",
    "sumsquares": "`sum(x.^2)`", "rank": nil, "flatten": "`vec(A)` stacks columns, `vec(A')` rows",
    "ravel": "`vec(A)` stacks columns, `vec(A')` rows", "reshape": "`vec(A)` stacks the columns of A",
    "eigmax": "`specnorm(A)` is the largest singular value",
    "lambda_max": "`specnorm(A)` is the largest singular value",
    "matrix_norm":
      "`norm2(A)` is the Frobenius norm, `specnorm(A)` the spectral norm, `nucnorm(A)` the nuclear norm",
    "cosine_similarity": "`dot(x, y)/(norm2(x)*norm2(y))`", "mse_loss": "`mean((x - y).^2)`",
    "cross_entropy": "`-sum(y .* logsoftmax(z))`", "kl": "`sum(p .* log(p ./ q))`",
    "kl_div": "`sum(p .* log(p ./ q))`", "einsum": "`sum(i = 1:n, ...)` sums over an index",
    "relu6": "`clip(x, 0, 6)`", "hypot": "`sqrt(a.^2 + b.^2)`", "cbrt": "`x^(1/3)` of a positive x",
    "root": "`x^(1/p)`", "range": "`max(x) - min(x)`", "gamma": "`lgamma(x)` is its logarithm",
    "beta": "`lgamma(a) + lgamma(b) - lgamma(a + b)` is its logarithm",
    "factorial": "`lgamma(n + 1)` is its logarithm",
    "binomial": "`lgamma` gives its logarithm", "sinc": "`sin(x)/x`", "norminv": nil,
  ].compactMapValues { $0 }

  /// Well-known functions that Nabla lacks.
  private static let missing: Set<String> = Set(
    """
    sqrtm logm funm expectation expected_value sort sortrows unique median mode quantile prctile eig eigh eigs eigvals eigvalsh svd svds qr lu ldl \
    schur hess null orth rank cond trapz cumprod cummax cummin conv conv2 filter fft ifft toeplitz hankel vander circshift \
    repmat tile repeat cat hstack vstack horzcat vertcat stack concatenate roll flip fliplr flipud rot90 meshgrid linspace \
    arange find any all isnan floor ceil round fix mod rem real imag conj angle erfinv erfcinv norminv besselj airy zeta \
    lambertw dilog polylog hypergeom corr corrcoef corrcoeff cosm sinm tanm mexp kl_div bincount histogram interp1 \
    cummin argmin argsort topk gather scatter index_select rand randn argmaximum permute squeeze sub2ind gammainc betainc \
    apply item detach cdist pdist normalize symmetric hermitian lowertriangular uppertriangular mvnrnd randsample \
    cosd sind tand acosd asind atand sinpi cospi expint ei si ci beta gamma factorial nchoosek integrate int limit laplacian divergence curl grad2 rank nullity minor cofactor charpoly
    """.split(separator: " ").map(String.init))
}
