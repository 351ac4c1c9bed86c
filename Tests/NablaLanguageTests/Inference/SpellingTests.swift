import Testing

@testable import NablaLanguage

/// Notations of other systems, each next to the language's own.
@Suite struct SpellingTests {
  static let declarations = """
    A, B, C, D, S, K : matrix(n, n); X, Z : matrix(n, d); x, y, b, c : vector(n); w, beta : vector(d);
    s, t, x_1, lambda : scalar; W_ij : scalar
    """

  /// As it is typed, and as it is read.
  static let spellings: [(typed: String, read: String)] = [
    ("2t", "2*t"), ("2X'x", "2*X'*x"), ("x'x", "x'*x"), ("X'X", "X'*X"), ("x'A x", "x'*A*x"), ("A x", "A*x"),
    ("2(x + y)", "2*(x + y)"), ("(A + B)x", "(A + B)*x"), ("x'(A x + b)", "x'*(A*x + b)"),
    ("(x - y)'(x - y)", "(x - y)'*(x - y)"), ("A (x + y)", "A*(x + y)"), ("2t^2", "2*t^2"),
    ("-2t x", "-2*t*x"), ("3.5x", "3.5*x"), ("2 π t", "2*pi*t"), ("x'A'A x", "x'*A'*A*x"),
    ("λS", "lambda*S"), ("Xβ", "X*beta"), ("x'Xβ", "x'*X*beta"),
    ("tr A", "tr(A)"), ("det A", "det(A)"), ("log det(A)", "log(det(A))"), ("sin t", "sin(t)"),
    ("tr A'", "tr(A')"), ("exp t + 1", "exp(t) + 1"), ("log det A", "log(det(A))"), ("sin t^2", "sin(t^2)"),
    ("A\\b", "inv(A)*b"), ("b'/A", "b'*inv(A)"), ("(x - y)'/A*(x - y)", "(x - y)'*inv(A)*(x - y)"),
    ("x'*(A\\b)", "x'*(inv(A)*b)"),
    ("A^{-1}", "A^-1"), ("x^{T}*y", "x'*y"), ("A^{-T}", "A^-T"), ("A^{T}", "A'"), ("t^{2}", "t^2"),
    ("t^{s + 1}", "t^(s + 1)"), ("x_1", "x_1"), ("x_{1}", "x_1"), ("W_{ij}", "W_ij"),
    ("t**2", "t^2"), ("A @ B", "A*B"), ("A.T", "A'"), ("A.T @ x", "A'*x"), ("x·y", "dot(x, y)"),
    ("x⋅y", "dot(x, y)"), ("A·B", "A*B"), ("t·x", "t*x"), ("A·x", "A*x"), ("A∘B", "A .* B"),
    ("<x, y>", "dot(x, y)"), ("⟨x, y⟩", "dot(x, y)"), ("inner(x, y)", "dot(x, y)"),
    ("<x + y, A*x>^2", "dot(x + y, A*x)^2"), ("2⟨x, y⟩", "2*dot(x, y)"),
    ("|t|", "abs(t)"), ("|A|", "det(A)"), ("log|A|", "logdet(A)"), ("|t - s|^2", "abs(t - s)^2"),
    ("log|t|", "log(abs(t))"), ("|t||s|", "abs(t)*abs(s)"), ("2|t|", "2*abs(t)"),
    ("‖x‖₂²", "norm2(x)^2"), ("||x||_2^2", "norm2(x)^2"), ("||A||_F^2", "normF(A)^2"),
    ("||x||_1", "norm1(x)"),
    ("||x||_inf", "norminf(x)"), ("‖x‖_∞", "norminf(x)"), ("||A||_*", "nucnorm(A)"), ("||x||", "norm2(x)"),
    ("norm(x, 1)", "norm1(x)"), ("norm(x, 2)", "norm2(x)"), ("norm(x, inf)", "norminf(x)"),
    ("norm(A, 'fro')", "normF(A)"), ("norm(A, 'nuc')", "nucnorm(A)"), ("norm(x)", "norm2(x)"),
    ("norm(x, 3)", "sum(abs(x) .^ 3)^(1/3)"), ("norm(x, s)", "sum(abs(x) .^ s)^(1/s)"),
    ("||x - y||^2 + ||A*x - b||_1", "norm2(x - y)^2 + norm1(A*x - b)"),
    ("trace(A)", "tr(A)"), ("Tr(A)", "tr(A)"), ("ln(t)", "log(t)"), ("lndet(A)", "logdet(A)"),
    ("inverse(A)", "inv(A)"), ("transpose(A)", "A'"), ("pow(t, 2)", "t .^ 2"), ("expit(x)", "sigmoid(x)"),
    ("np.log(x)", "log(x)"), ("np.linalg.det(A)", "det(A)"), ("torch.sigmoid(x)", "sigmoid(x)"),
    ("matmul(A, x)", "A*x"), ("np.square(x)", "x .^ 2"), ("maximum(0, x)", "max(0, x)"), ("Tr A", "tr(A)"),
    ("hadamard(A, B)", "A .* B"), ("solve(A, b)", "inv(A)*b"), ("slogdet(A)", "logdet(A)"),
    ("log10(t)", "log(t)/log(10)"), ("arctan(t)", "atan(t)"), ("sgn(t)", "sign(t)"),
    ("1'*x", "ones(n)'*x"), ("A*I_n", "A*eye(n)"), ("x'*1_n", "x'*ones(n)"), ("x + 0_n", "x + zeros(n)"),
    ("1_n'*x", "ones(n)'*x"),
    ("[A B; C D]", "[A, B; C, D]"), ("[x y]", "[x, y]"), ("[A' B]", "[A', B]"), ("[1 2 3]", "[1, 2, 3]"),
    ("[A (B + C)]", "[A, (B + C)]"), ("[A - B, C]", "[A - B, C]"), ("[A-B, C]", "[A-B, C]"),
    ("sum(i in 1:n, x[i]^2)", "sum(i = 1:n, x[i]^2)"), ("sum(i=1..n, x[i]^2)", "sum(i = 1:n, x[i]^2)"),
    ("sum_{i=1}^n x[i]^2", "sum(i = 1:n, x[i]^2)"),
    ("sum_{i=1}^n (x[i] - y[i])^2", "sum(i = 1:n, (x[i] - y[i])^2)"),
    ("sum_{i=1}^{n} x[i]*y[i] + t", "sum(i = 1:n, x[i]*y[i]) + t"),
    ("x.T @ A @ x", "x'*A*x"), ("x @ y", "dot(x, y)"), ("x @ A", "A'*x"), ("A.dot(x)", "A*x"),
    ("x.dot(y)", "dot(x, y)"), ("np.dot(A, B)", "A*B"), ("x.sum()", "sum(x)"),
    ("(x - y).norm()", "norm2(x - y)"),
    ("A.t()", "A'"), ("A.transpose()", "A'"), ("A.trace()", "tr(A)"), ("A.inverse()", "inv(A)"),
    ("A.det()", "det(A)"),
    ("np.exp(x).mean()", "mean(exp(x))"), ("F.relu(x)", "relu(x)"), ("np.sum(x * y)", "sum(x .* y)"),
    ("np.sum(x / y)", "sum(x ./ y)"), ("np.sum(t * x)", "sum(t .* x)"), ("x**2", "x .^ 2"), ("A**2", "A^2"),
    ("np.sum((X @ w - y)**2)", "sum((X*w - y) .^ 2)"), ("np.logaddexp(s, t)", "log(exp(s) + exp(t))"),
    ("np.linalg.matrix_power(A, 3)", "A^3"), ("np.linalg.norm(x, ord=1)", "norm1(x)"),
    ("A %*% x", "A*x"), ("x' %*% A", "x'*A"), ("sum((A %*% x - y)^2)", "sum((A*x - y) .^ 2)"),
    ("crossprod(A)", "A'*A"), ("crossprod(A, x)", "A'*x"), ("solve(A)", "inv(A)"),
    ("abs.(x)", "abs(x)"), ("exp.(-x .* y)", "exp(-x .* y)"), ("sum(abs2, x)", "sum(abs(x) .^ 2)"),
    ("dot(x, A, y)", "x'*A*y"), ("½x", "0.5*x"), ("√t", "sqrt(t)"), ("√(x'*x)", "sqrt(x'*x)"),
    ("Total(x)", "sum(x)"), ("tf.reduce_sum(tf.square(x))", "sum(x.^2)"), ("tf.reduce_mean(x)", "mean(x)"),
    ("tf.linalg.matvec(A, x)", "A*x"), ("np.matmul(A, B)", "A*B"), ("np.matmul(x, y)", "dot(x, y)"),
    ("scipy.stats.norm.cdf(x)", "normcdf(x)"), ("norm.pdf(t)", "normpdf(t)"), ("pnorm(x)", "normcdf(x)"),
    ("dnorm(x)", "normpdf(x)"), ("opnorm(A)", "specnorm(A)"), ("A %x% B", "kron(A, B)"),
    ("x %*% y", "dot(x, y)"), ("x %*% A %*% x", "dot(A'*x, x)"), ("max.(0, x)", "max(0, x)"),
    ("sum(min.(x, y))", "sum(min(x, y))"), ("ifelse(x > 0, x, 0)", "where(x > 0, x, 0)"),
    ("pmax(x, 0)", "max(x, 0)"), ("sp.trace(A*B)", "tr(A*B)"),
    ("cp.sum_squares(A @ x - b)", "sum((A*x - b).^2)"),
    ("prod_{i=1}^n x[i]", "prod(sum(i = 1:n, x[i]*I[:, i]))"),
    ("A[end, end]", "A[n, n]"), ("x[end]", "x[n]"), ("X[end, :]", "X[n, :]"), ("x[2:end]", "x[2:n]"),
  ]

  private func read(_ text: String) throws -> String {
    var environment = Environment()
    for piece in Self.declarations.split(separator: ";") {
      for declaration in try parseDeclaration(SourceText(String(piece))) {
        try environment.declare(declaration)
      }
    }
    environment.infersUndeclared = false
    let source = SourceText(text)
    let typed = try infer([try parseExpression(source)], in: environment, source: source).expressions[0]
    return "\(typed.shape): \(typed.debugDescription)"
  }

  @Test(arguments: spellings.indices)
  func everySpellingIsRead(index: Int) throws {
    let (typed, meant) = Self.spellings[index]
    #expect(try read(typed) == read(meant), "\(typed)")
  }

  /// Undeclared, and as it is read; the typed trees are compared.
  @Test(arguments: [
    ("x'A x + 2b'x + c", "x'*A*x + 2*b'*x + c"), ("‖y − Xβ‖²", "norm2(y - X*beta)^2"),
    ("log(1'*exp(x))", "log(ones(n)'*exp(x))"), ("log|Σ| + tr(Σ^{-1}S)", "logdet(Sigma) + tr(Sigma^-1*S)"),
    ("(x - μ)'/Σ*(x - μ)", "(x - mu)'*inv(Sigma)*(x - mu)"), ("x.T @ A @ x", "x'*A*x"),
    ("e'*P*e", "r'*P*r"),
  ])
  func spellingsAreReadUndeclared(typed: String, meant: String) throws {
    func tree(_ text: String) throws -> String {
      let source = SourceText(text)
      let result = try infer([try parseExpression(source)], in: Environment(), source: source)
      return result.expressions[0].debugDescription.replacing("e", with: "r")
    }
    #expect(try tree(typed) == tree(meant))
  }
}
