import Testing

@testable import NablaLanguage

/// LaTeX is parsed to the same typed expression as the text notation.
@Suite struct LaTeXReadingTests {
  private static let declarations = """
    A, B, S : matrix(n, n); X : matrix(m, n); Y : matrix(m, k); W : matrix(n, k); C : matrix(n, m);
    x, y, w, a, b, mu : vector(n); z, p : vector(m); s, t, lambda, sigma : scalar; yhat, r : vector(m);
    W1, W2 : matrix(n, n); delta_z : vector(n); wstar : vector(n); loss : scalar;
    f : vector(n) -> scalar; g : vector(n) -> vector(m); phi : scalar -> scalar
    """

  /// LaTeX, and the same in text notation.
  static let forms: [(String, String)] = [
    // Products, names and fonts.
    (#"Xw"#, "X*w"), (#"X w"#, "X*w"), (#"X\,w"#, "X*w"), (#"\lambda w^\top x"#, "lambda*w'*x"),
    (#"2x"#, "2*x"), (#"2\cdot x"#, "2*x"), (#"s \times x"#, "s*x"), (#"\mathbf{X}\mathbf{w}"#, "X*w"),
    (#"\boldsymbol{\mu}"#, "mu"), (#"\bm{x}"#, "x"), (#"\vec{x}"#, "x"), (#"\mathbf x"#, "x"),
    (#"\hat{y}"#, "yhat"), (#"\hat{\mathbf{y}}"#, "yhat"), (#"W^{(1)}x"#, "W1*x"), (#"W_1 W_{2}"#, "W1*W2"),
    (#"\delta_{z}"#, "delta_z"), (#"w^*"#, "wstar"), (#"w^{\star}"#, "wstar"),
    (#"\mathrm{loss} \, x"#, "loss*x"),
    (#"\mathbf{Xw}"#, "X*w"), (#"\left( x + y \right)"#, "x + y"), (#"\bigl[ x + y \bigr]^\top"#, "(x + y)'"),
    (#"\{x + y\}"#, "x + y"), (#"-Ax"#, "-(A*x)"), (#"x - y + w"#, "x - y + w"),
    (#"\varepsilon x"#, "epsilon*x"),
    (#"x = y"#, ""),
    // Superscripts.
    (#"X^\top"#, "X'"), (#"X^T"#, "X'"), (#"X^{T}"#, "X'"), (#"X^{\mathsf T}"#, "X'"),
    (#"X^{\intercal}"#, "X'"),
    (#"X^\prime"#, "X'"), (#"\mathbf{X}'"#, "X'"), (#"A^{-1}"#, "A^-1"), (#"A^{-\top}"#, "A^-T"),
    (#"A^{-T}"#, "A^-T"),
    (#"X^{\dagger}"#, "pinv(X)"), (#"X^{+}"#, "pinv(X)"), (#"\mathbf{s}^2"#, "s^2"),
    (#"\lambda^{1/2}"#, "lambda^(1/2)"),
    (#"A^{2}"#, "A^2"), (#"x^{\odot 2}"#, "x .^ 2"), (#"x^{\circ -1}"#, "x .^ (-1)"),
    (#"(Ax)^\top y"#, "(A*x)'*y"),
    // Quotients and roots.
    (#"\frac{x}{s}"#, "x/s"), (#"\tfrac12 x"#, "1/2*x"), (#"\dfrac{1}{2}x"#, "1/2*x"),
    (#"\frac1{2}x"#, "1/2*x"),
    (#"\frac1s x"#, "1/s*x"), (#"x/s"#, "x/s"), (#"\mathbf{x}/2 + y"#, "x/2 + y"),
    (#"\sqrt{\lambda}"#, "sqrt(lambda)"),
    (#"\sqrt[3]{\lambda}"#, "lambda^(1/3)"), (#"x \oslash y"#, "x ./ y"),
    // Norms and bars.
    (#"\lVert x\rVert_2^2"#, "norm2(x)^2"), (#"\|x\|_2"#, "norm2(x)"), (#"\left\|x\right\|_1"#, "norm1(x)"),
    (#"\|X\|_F^2"#, "normF(X)^2"), (#"\lVert x \rVert"#, "norm2(x)"), (#"\|x\|_\infty"#, "norminf(x)"),
    (#"\|X\|_*"#, "nucnorm(X)"), (#"\|X\|_2"#, "specnorm(X)"),
    (#"||x||^2 + ||y||"#, #"norm2(x)^2 + norm2(y)"#),
    (#"\left|\lambda\right|"#, "abs(lambda)"), (#"\lvert x\rvert"#, "abs(x)"), (#"\lvert A\rvert"#, "det(A)"),
    (#"\log|A| + \lambda"#, "logdet(A) + lambda"), (#"|\lambda||s|"#, "abs(lambda)*abs(s)"),
    (#"\langle x, y\rangle"#, "dot(x, y)"), (#"\langle A, B\rangle_F"#, "dot(A, B)"),
    (#"I_{2n}"#, "eye(2*n)"), (#"I_{m n}"#, "eye(m*n)"),
    (#"\langle A, B\rangle_{\mathrm{F}}"#, "dot(A, B)"), (#"\lVert |x| \rVert"#, "norm2(abs(x))"),
    (#"\lVert \operatorname{vec}(X) \rVert_1"#, "norm1(vec(X))"),
    // Functions.
    (#"\operatorname{tr}(A)"#, "tr(A)"), (#"\mathrm{tr}(A)"#, "tr(A)"), (#"\text{Tr}(A)"#, "tr(A)"),
    (#"\operatorname{tr} A + s"#, "tr(A) + s"), (#"\log\det A"#, "logdet(A)"), (#"\ln s"#, "log(s)"),
    (#"\exp(-x)"#, "exp(-x)"), (#"e^{-x}"#, "exp(-x)"), (#"\det(A)"#, "det(A)"),
    (#"\operatorname{diag}(x)"#, "diag(x)"),
    (#"\text{sign}(w)"#, "sign(w)"), (#"\max(0, x)"#, "max(0, x)"), (#"\max\{0, 1 - x\}"#, "max(0, 1 - x)"),
    (#"\sigma(z)"#, "sigmoid(z)"), (#"\sigma^2"#, "sigma^2"), (#"\operatorname{softmax}(z)"#, "softmax(z)"),
    (#"\operatorname{ReLU}(z)"#, "relu(z)"), (#"\sin x"#, "sin(x)"), (#"\cos s \sin t"#, "cos(s)*sin(t)"),
    (#"\tanh^2(z)"#, "tanh(z) .^ 2"), (#"\log_2 s"#, "log(s)/log(2)"),
    (#"\log \sigma(z)"#, "log(sigmoid(z))"),
    (#"\log\Gamma(s)"#, "lgamma(s)"), (#"\psi(s)"#, "digamma(s)"), (#"\psi^{(2)}(s)"#, "polygamma(2, s)"),
    (#"tr(X^\top X)"#, "tr(X'*X)"), (#"f(x)"#, "f(x)"), (#"\nabla f(x)"#, "grad(f)(x)"),
    (#"J_g(x)"#, "jac(g)(x)"),
    (#"\nabla^2 f(x)"#, "hess(f)(x)"), (#"\phi'(z)"#, "phi'(z)"), (#"\phi^{(4)}(z)"#, "phi''''(z)"),
    (#"\exp\left[-\frac{s^2}{2}\right]"#, "exp(-(s^2/2))"),
    // Entry by entry, Kronecker, constants.
    (#"x \odot y"#, "x .* y"), (#"x \circ y"#, "x .* y"), (#"A x \odot B y"#, "(A*x) .* (B*y)"),
    (#"A \otimes B"#, "kron(A, B)"), (#"I_n"#, "eye(n)"), (#"A + \lambda I"#, "A + lambda*I"),
    (#"\mathbf{1}_n^\top x"#, "ones(n)'*x"), (#"\mathbf 1^\top x"#, "vector(1)'*x"),
    (#"x - \mathbf{1}"#, "x - vector(1)"),
    (#"\mathbf{0}_{m \times n} + X"#, "zeros(m, n) + X"), (#"\mathbb I x"#, "I*x"), (#"\pi s"#, "pi*s"),
    // Sums over an index.
    (#"\sum_{i=1}^n x_i y_i + s"#, "sum(i = 1:n, x[i]*y[i]) + s"), (#"\sum_i x_i"#, "sum(i, x[i])"),
    (#"\sum\nolimits_{i=1}^{n} x_i^2"#, "sum(i = 1:n, x[i]^2)"),
    (#"\frac1n\sum_{i=1}^n x_i"#, "1/n*sum(i = 1:n, x[i])"),
    (#"\sum_{i=1}^m\sum_{j=1}^n X_{ij} x_j"#, "sum(i = 1:m, sum(j = 1:n, X[i, j]*x[j]))"),
    (#"\sum_{i,j} X_{i,j}"#, "sum(i, sum(j, X[i, j]))"),
    (#"\sum_{i=1}^m (w^\top X_{i,:}^\top - z_i)^2"#, "sum(i = 1:m, (w'*X[i, :]' - z[i])^2)"),
    (#"X_{1,2} + A_{12}"#, "X[1, 2] + A[1, 2]"), (#"x_{1:2}"#, "x[1:2]"), (#"A_{:,1}"#, "A[:, 1]"),
    (#"(Ax)_1"#, "(A*x)[1]"),
    (#"-\sum_{i=1}^m p_i \log \frac{p_i}{z_i}"#, "-sum(i = 1:m, p[i]*log(p[i]/z[i]))"),
    // Indicators, cases, matrices.
    (#"\mathbb{1}[x > 0]"#, "x > 0"), (#"\mathbf 1\{x \le y\}"#, "x <= y"),
    (#"\mathbb{1}_{x \geq 0}"#, "x >= 0"),
    (#"[\![x < 0]\!]"#, "x < 0"), (#"\mathbb{1}(x > 0) \odot y"#, "(x > 0) .* y"),
    (#"\begin{cases} s & s > 0 \\ 0 & s \le 0 \end{cases}"#, "s .* (s > 0) + 0 .* (s <= 0)"),
    (
      #"\begin{cases} s, & \text{if } s > 0, \\ \lambda s & \text{otherwise} \end{cases}"#,
      "where(s > 0, s, lambda*s)"
    ),
    (#"\begin{bmatrix} A & x \\ y^\top & s \end{bmatrix}"#, "[A, x; y', s]"),
    (#"\begin{pmatrix} x \\ y \end{pmatrix}"#, "[x; y]"),
    // Spacing and layout commands.
    (#"x \quad + \; y \! \label{eq:1}"#, "x + y"), (#"\displaystyle x + y,"#, "x + y"),
    (#"x % a comment"#, "x"),
    (#"x + y."#, "x + y"), (#"λ x"#, "lambda*x"), (#"w_{t+1}"#, "w_tplus1"),
    (#"\theta_{\text{MAP}}"#, "theta_MAP"),
    // Products over an index, ranges, norms of any order, positive parts.
    (#"\prod_{i=1}^n x_i"#, "prod(sum(i = 1:n, x[i]*I[:, i]))"),
    (#"\prod_i x_i"#, "prod(sum(i, x[i]*I[:, i]))"),
    (#"x_{2:n}"#, "x[2:n]"), (#"\|x\|_3^3"#, "norm(x, 3)^3"),
    (#"(s - t)_+"#, "relu(s - t)"), (#"[x]_{+}"#, "relu(x)"),
    // Displays and alignment.
    (#"\begin{align} &x + y \\ &\quad - w \end{align}"#, "x + y - w"), (#"\[ x + y \]"#, "x + y"),
    (#"x + y \label{eq:1} \tag{3} \\"#, "x + y"), (#"x^{\mkern-1.5mu\mathsf{T}} y"#, "x'*y"),
    (#"\begin{equation*} \begin{split} x & + y \end{split} \end{equation*}"#, "x + y"),
    // Macros of papers, extrema, inner products, constants.
    (#"\tr(A)"#, "tr(A)"), (#"\diag(x)"#, "diag(x)"), (#"X^\T"#, "X'"), (#"x \cdot y"#, "dot(x, y)"),
    (#"s \cdot x"#, "s*x"), (#"\min_{x} x^\top A x"#, "x'*A*x"), (#"\arg\min_{x, w} x^\top w"#, "x'*w"),
    (#"\underset{x}{\text{minimize}} \; x^\top x"#, "x'*x"),
    (#"\operatorname*{argmax}_{x} x^\top x"#, "x'*x"),
    (#"\log 2\pi + s"#, "log(2*pi) + s"),
    // Cases with equalities.
    (
      #"\begin{cases} s & t = 1 \\ 0 & \text{otherwise} \end{cases}"#,
      "((t >= 1) .* (t <= 1)) .* s + (1 - (t >= 1) .* (t <= 1)) .* 0"
    ),
    (#"\begin{cases} 1 & s > 0 \\ 0 & s = 0 \\ -1 & s < 0 \end{cases}"#, "1 .* (s > 0) + (-1) .* (s < 0)"),
    (
      #"\begin{cases} s & s > 1 \\ t & s > 0 \\ 0 & \text{else} \end{cases}"#,
      "where(s > 1, s, where(s > 0, t, 0))"
    ),
  ]

  @Test(arguments: forms.filter { !$0.1.isEmpty })
  func readsAs(_ latex: String, _ plain: String) throws {
    var environment = Environment()
    for piece in Self.declarations.split(separator: ";") {
      for declaration in try parseDeclaration(SourceText(String(piece))) {
        try environment.declare(declaration)
      }
    }
    let expected = SourceText(plain)
    let typed = try infer([try parseExpression(expected)], in: environment, source: expected).expressions[0]
    let source = SourceText(latex)
    do throws(NablaError) {
      let tree = try parseLaTeX(source, in: &environment)
      let found = try infer([tree], in: environment, source: source).expressions[0]
      #expect(found.debugDescription == typed.debugDescription)
      #expect(found.shape == typed.shape)
    } catch {
      Issue.record("\(latex): \(error.diagnostics.map(\.message))")
    }
  }

  /// LaTeX, the part that the error points at, and a part of its message.
  static let errors: [(String, String, String)] = [
    (#"\frac{x}{y"#, "{", "never closed"), (#"\foo x"#, #"\foo"#, "is not known"),
    (#"x^10"#, "10", "one digit"),
    (#"x_12"#, "12", "one digit"), (#"x^-1"#, "-", "one digit"), (#"1/2x"#, "1/2x", "how far the divisor"),
    (#"\operatorname{tr} A B"#, #"\operatorname{tr} A B"#, "how far the argument"),
    (#"q(x)"#, "q(x)", "not declared"),
    (#"\sin^{-1} x"#, #"\sin^"#, "two meanings"), (#"exp x"#, "exp", "name of a function"),
    (#"x 2"#, "2", "without a sign"),
    (#"\sum x_i"#, #"\sum"#, "no index"), (#"\sum_{i=2} x_i"#, #"\sum_{i=2}"#, "both bounds"),
    (#"\prod_{i=2}^n x_i"#, #"\prod_{i=2}^n"#, "starts at 1"), (#"\max_i x_i"#, #"\max"#, "over an index"),
    (#"\mathbb{E}[x]"#, #"\mathbb{E}"#, "expectation"), (#"\phi(x + y)"#, #"\phi"#, "not declared"),
    (#"\ell(x, y)"#, #"\ell"#, "not a function"), (#"x^\top x \\ y^\top y"#, #"\\"#, "an operator"),
    (#"\|x\|_{2,1}"#, #"\|x\|_{2,1}"#, "does not name a norm"), (#"\lVert x"#, #"\lVert"#, "never closed"),
    (#"(x + y"#, "(", "never closed"), (#"\begin{cases} x & y \end{cases}"#, "y", "condition"),
    (#"x +"#, "", "an expression"),
    (#"\nabla_x f(x) + x"#, #"\nabla_x f(x)"#, "inside an expression"),
    (#"\nabla (x)"#, #"\nabla"#, "its variable"),
    (#"\int x"#, #"\int"#, "is not read"), (#"x \pm y"#, #"\pm"#, "is not read"),
    (#"A \backslash x"#, #"\backslash"#, "is not read"), (#"x \oplus y"#, #"\oplus"#, "is not read"),
    (#"\sum_{i<j} x_i / x_j"#, "{i<j}", "a condition or a set"),
    (#"\sum_{i \ne j} \log(x_i - x_j)"#, #"{i \ne j}"#, "a condition or a set"),
    (#"\sum_{i<j} x_i"#, "{i<j}", "a condition or a set"),
    (#"\prod_{i \in S} x_i"#, #"{i \in S}"#, "a condition or a set"),
    (#"\langle x, y \rangle_A"#, #"\langle x, y \rangle_A"#, "does not name an inner product"),
    (#"\operatorname{tr}(A)_i"#, "i", "has no entries"), (#"x^H y"#, "H", "conjugate transpose"),
    (#"\begin{tabular} x \end{tabular}"#, #"\begin{tabular}"#, "environment"),
  ]

  @Test(arguments: errors)
  func isRefused(_ latex: String, _ place: String, _ message: String) throws {
    var environment = Environment()
    for declaration in try parseDeclaration(SourceText("f : vector(n) -> scalar")) {
      try environment.declare(declaration)
    }
    let source = SourceText(latex)
    do throws(NablaError) {
      let tree = try parseLaTeX(source, in: &environment)
      _ = try infer([tree], in: environment, source: source)
      Issue.record("\(latex) is read")
    } catch {
      let first = try #require(error.diagnostics.first)
      #expect(first.message.contains(message), "\(first.message)")
      #expect(source.text(first.range) == place)
    }
  }

  @Test func fontsTypeNames() throws {
    var environment = Environment()
    let source = SourceText(#"\mathbf{c} + \mathbf{c}"#)
    let tree = try parseLaTeX(source, in: &environment)
    let result = try infer([tree], in: environment, source: source)
    #expect(result.assumed.map(\.description) == ["c : vector(n)"])
  }
}
