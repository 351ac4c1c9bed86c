import Nabla
import NablaLanguage
import Testing

/// Formulas without declarations are read as they are meant, or refused.
@Suite struct InferenceTests {
  struct Row {
    let text: String
    let variable: String
    let answer: String
    /// Declarations that must have been assumed.
    let assumed: [String]

    init(_ text: String, _ variable: String, _ answer: String, _ assumed: String...) {
      (self.text, self.variable, self.answer, self.assumed) = (text, variable, answer, assumed)
    }
  }

  static let answered = [
    Row("x'*A*x + b'*x + c", "x", "(A + A')*x + b", "c : scalar"),
    Row("norm2(X*w - y)^2/n + s*norm2(w)^2", "w", "2/n * X'*(X*w - y) + 2*s*w", "s : scalar"),
    Row("x'*A*x + c*sin(y)'*x", "x", "(A + A')*x + c*sin(y)", "c : scalar", "y : vector(n)"),
    Row(
      "1/2*(x - mu)'*inv(Sigma)*(x - mu)", "mu", "(inv(Sigma) + inv(Sigma'))*(mu - x)/2", "mu : vector(n)"),
    Row("w'*Sigma*w - lambda*(mu'*w)", "w", "(Sigma + Sigma')*w - lambda*mu", "lambda : scalar"),
    Row(
      "max(0, norm2(a - p)^2 - norm2(a - q)^2 + m)", "a",
      "2*(norm2(a - q)^2 < norm2(a - p)^2 + m)*(q - p)", "m : scalar"),
    Row("-1/2*sum(1 + logvar - mu.^2 - exp(logvar))", "mu", "mu", "mu : vector(n)", "logvar : vector(n)"),
    Row("theta'*x", "theta", "x", "theta : vector(n)", "x : vector(n)"),
    Row("t*c'*x - logdet(A)", "x", "t*c", "t : scalar"),
    Row("f + l1*(w1'*w1 - 1)", "w1", "2*l1*w1", "f : scalar", "l1 : scalar"),
    Row("k - cos(x)", "x", "sin(x)", "k : scalar"),
    Row("sum(i = 1:n, delta[i]*(X[i,:]*b))", "b", "X'*delta", "delta : vector(n)"),
    Row("log(1'*exp(x))", "x", "softmax(x)", "x : vector(n)"),
    Row("tr(A*B)", "A", "B'"), Row("(Y - X*b)'*(Y - X*b)", "b", "2*X'*(X*b - Y)", "Y : vector(n)"),
    Row("norm2(x - s*d)^2", "x", "2*(x - s*d)", "s : scalar"),
    Row("x'A x + 2b'x + c", "x", "(A + A')*x + 2*b"), Row("‖y − Xβ‖²", "β", "2*X'*(X*beta - y)"),
    Row("X'*(X*w - y)", "w", "X'*X", "X : matrix(n, m)", "w : vector(m)"),
    Row("norm2(y - Xw)^2", "w", "2*X'*(X*w - y)", "X : matrix(n, m)", "w : vector(m)"),
    Row("||y - Xw||_2^2 + s*||w||_2^2", "w", "2*X'*(X*w - y) + 2*s*w", "X : matrix(n, m)"),
    Row("sum(log(1 + exp(-y .* (Xw))))", "w", "-X'*(y .* sigmoid(-y .* (X*w)))", "X : matrix(n, m)"),
    Row("(y-Xb)'(y-Xb)", "b", "2*X'*(X*b - y)", "X : matrix(n, m)"),
    Row("tr(XX')", "X", "2*X", "X : matrix(n, m)"), Row("tr((XX)')", "X", "2*X'", "X : matrix(n, n)"),
    Row("logdet(XX' + s*I)", "X", "2*inv(X*X' + s*I)*X", "X : matrix(n, m)"),
    Row("u'Av/sqrt(v'v)", "u", "A*v/norm2(v)", "A : matrix(n, m)"),
    Row("x'Ax", "x", "(A + A')*x", "A : matrix(n, n)"),
    Row("1/2*x'Qx - b'x", "x", "(Q + Q')*x/2 - b", "Q : matrix(n, n)"),
    Row("norm2(Y - XW)^2", "W", "2*X'*(X*W - Y)", "W : matrix(k, m)"), Row("tr(AX)", "X", "A'"),
    Row("norm2(Wx*x + b)^2", "x", "2*Wx'*(Wx*x + b)", "Wx : matrix(n, m)"),
    Row("norm2(Wx'*x)^2", "x", "2*Wx*Wx'*x", "Wx : matrix(n, m)"),
    Row("norm2((Wx + V)*x)^2", "x", "2*(V + Wx)'*(V + Wx)*x", "Wx : matrix(n, m)"),
    Row("sum(i = 1:n, sum(k = 1:K, t[i, k]*log(y[i, k])))", "y", "t ./ y", "y : matrix(n, K)"),
    Row(
      #"\frac{\exp(w_k^\top x)}{\sum_j \exp(w_j^\top x)}"#, "x",
      "exp(W[k, :]*x)*(W[k, :]' - W'*softmax(W*x))/sum(exp(W*x))", "W : matrix(n, m)"),
    Row(
      #"x^\top A x \quad (\text{if } A \text{ is symmetric})"#, "x", "2*A*x", "A : matrix(n, n), symmetric"),
    Row(#"\log\det A, \quad A \succ 0"#, "A", "inv(A)", "A : matrix(n, n), spd"),
    Row("x @ A @ x", "x", "(A + A')*x", "x : vector(n)"),
    Row("np.sum(y * np.log(p))", "p", "y ./ p", "y : vector(n)"),
    Row("n*R*T/V", "V", "-n*R*T/V^2", "R : scalar", "T : scalar"),
    Row("1/2*m*v^2 - G*m*M/r", "r", "G*M*m/r^2", "G : scalar", "m : scalar"),
    Row("-G*M*m/norm2(q)", "q", "G*M*m*q/norm2(q)^3", "G : scalar", "m : scalar", "q : vector(n)"),
    Row("Q/(4*pi*norm2(x - z))", "x", "Q*(z - x)/(4*pi*norm2(x - z)^3)", "Q : scalar"),
    Row("(r - Rf)/S", "S", "(Rf - r)/S^2", "r : scalar", "Rf : scalar"),
    Row("A*cos(omega*t) + B*sin(omega*t)", "omega", "t*(B*cos(omega*t) - A*sin(omega*t))", "A : scalar"),
    Row("exp(t*A)*x", "t", "(A .* exp(t*A))*x", "A : matrix(n, m)", "t : scalar"),
    Row("(A + t*B)*x", "t", "B*x", "A : matrix(n, m)", "x : vector(m)"),
    Row(
      "norm2(b - A*x)^2/2 + mu*sum(sqrt(x.^2 + eps^2))", "x",
      "mu*x ./ sqrt(eps^2 + x.^2) + A'*(A*x - b)", "eps : scalar", "x : vector(m)"),
    Row("np.diag(x) @ y", "x", "diag(y)", "x : vector(n)"),
    Row("np.sum(np.tanh(W @ x + b))", "x", "W'*(1 - tanh(W*x + b).^2)", "W : matrix(n, m)", "b : vector(n)"),
    Row("tf.matmul(A, x)", "x", "A'", "A : matrix(n, m)"),
    Row("norm2(x - X*w*C)^2", "w", "2*C*X'*(C*X*w - x)", "C : scalar", "w : vector(m)"),
    Row("sum(huber(r, d))", "r", "clip(r, -d, d)", "r : vector(n)", "d : scalar"),
    Row("sum(huber(r, d))", "d", "sum(relu(abs(r) - d))", "d : scalar"),
    Row("sum(huber(X*w - y, d))", "w", "X'*clip(X*w - y, -d, d)", "y : vector(n)", "d : scalar"),
    Row("huber(t, d)", "t", "clip(t, -d, d)", "t : scalar"),
    Row("norm2(x[1:k])^2", "x", "[2*x[1:k]; zeros(n)]", "x : vector(k + n)"),
    Row("norm2(A[:, 1:k]*w - y)^2", "w", "2*A[:, 1:k]'*(A[:, 1:k]*w - y)", "A : matrix(n, k + m)"),
    Row("norm2(x[2:k])^2", "x", "[0; 2*x[2:k]]", "x : vector(k)"),
    Row("sum(x[1:n - 1] .* x[2:n])", "x", "[0; x[1:n - 1]] + [x[2:n]; 0]", "x : vector(n)"),
    Row("norm2(x[1:k])^2 + sum(i = 1:k, x[i])", "x", "2*x + 1", "x : vector(k)"),
    Row("A[end, end]", "A", "[zeros(n - 1, m - 1), zeros(n - 1); zeros(1, m - 1), 1]"),
  ]

  private static func session(_ text: String) -> Session {
    var options = SessionOptions()
    options.checks = false
    return Session(SourceText(text + "\n"), options: options)
  }

  @Test(arguments: answered.indices)
  func answersAreThoseMeant(index: Int) throws {
    let row = Self.answered[index]
    let session = Self.session("gradient \(row.text) wrt \(row.variable)")
    let question = try #require(session.questions.first, "\(row.text): \(session.diagnostics)")
    guard case .answers(let answers) = session.answer(question) else {
      Issue.record("\(row.text) has no answer")
      return
    }
    let answer = try #require(answers.first)
    #expect(answer.formula.text == row.answer, "\(row.text)")
    for declaration in row.assumed {
      #expect(answer.assumed.contains(declaration), "\(row.text): \(answer.assumed)")
    }
  }

  /// A product without a sign is one in every line of a file.
  @Test func productsWithoutSigns() throws {
    let rows = [
      ("r = Xw - y\nJ = norm2(r)^2 + s*norm2(w)^2\ngradient J wrt w", "2*X'*r + 2*s*w"),
      ("check gradient x'Ax wrt x == (A + A')x", nil),
      ("check gradient norm2(Ax - b)^2 wrt x == 2A'(Ax - b)", nil),
      ("Xw : vector(n)\nw : vector(k)\ngradient norm2(Xw - y)^2 + norm2(w)^2 wrt w", "2*w"),
    ]
    for (text, formula) in rows {
      let session = Session(SourceText(text))
      let question = try #require(session.questions.first, "\(text)")
      guard case .answers(let answers) = session.answer(question) else {
        Issue.record("no answer: \(text)")
        continue
      }
      #expect(answers.first?.verdict?.status == .verified, "\(text)")
      if let formula { #expect(answers.first?.formula.text == formula, "\(text)") }
    }
  }

  /// A doubtful typing of one question is not an error of another statement.
  @Test func aDoubtIsReportedAtItsStatement() throws {
    let session = Self.session(
      "Y : matrix(n, n)\ngradient sum(Y*z) wrt z\ngradient tr(Y)*sum(x*log(x)) wrt x")
    #expect(session.diagnostics.map { session.source.line(at: $0.range.start) } == [3])
    #expect(session.questions.count == 1)
  }

  @Test func anInterceptIsAScalar() throws {
    let session = Self.session("gradient 1/2*w'*w + C*sum(max(0, 1 - y .* (X*w + b))) wrt w, b")
    let question = try #require(session.questions.first)
    guard case .answers(let answers) = session.answer(question) else {
      Issue.record("no answer")
      return
    }
    #expect(Set(answers[1].assumed).isSuperset(of: ["C : scalar", "b : scalar", "y : vector(m)"]))
  }

  /// Text, variable, and an excerpt of the error or its hint.
  static let refused = [
    ("A*X*B", "X", "`jacobian A*X*B wrt X`"), ("X*X'", "X", "`jacobian X*X' wrt X`"),
    ("X'*X", "X", "`jacobian X'*X wrt X`"), ("X'*X + l*I", "X", "`jacobian X'*X + l*I wrt X`"),
    ("A*x", "A", "`jacobian A*x wrt A`"), ("A*X", "X", "`jacobian A*X wrt X`"),
    ("exp(X)", "X", "`jacobian exp(X) wrt X`"), ("inv(X)", "X", "`jacobian inv(X) wrt X`"),
    ("tr((A*X*A)^(1/2))", "X", "an integer if the base is a matrix"),
    ("sum(a*x)", "x", "declare `a : scalar; x : vector(n)` or `a : vector(n); x : scalar`"),
    ("norm2(2*Xw)^2 + norm2(w)^2", "w", "write `X*w` for the product"),
    ("norm2(X*W + b - Y*inv(Y'*Y)*Y'*inv(Y))^2", "b", "`ones(n)*b'`"),
    ("Y*inv(Y)*logdet(Y)*softmax(X*W + b')", "b", "lower-case names are not read as matrices"),
    ("norm2(x'*Wx + b')", "x", "write `W*x` for the product"),
    ("tr(AX^2)", "X", "write `A*X` for the product"), ("sum(Xw.^2)", "w", "write `X*w` for the product"),
    ("(Fx'*x)^2", "x", "write `F*x` for the product"), ("KL(p, q)", "q", "`sum(p .* log(p ./ q))`"),
    ("sum(x)/Nx", "x", "write `N*x` for the product"), ("x*x'", "x", "`jacobian x*x' wrt x`"),
    ("sum((x - y)^2)", "x", "`.^` raises entry by entry"),
    ("sum(x^2)", "x", "`.^` raises entry by entry"), ("norm2(x^2 - y)", "x", "`.^` raises entry by entry"),
    ("P*V - n*R*T", "V", "`jacobian P*V - n*R*T wrt V`"),
    ("B*log(1 + P/(N0*B))", "P", "declare `P : scalar`"),
    ("A*K^alpha*L^(1 - alpha)", "K", "declare `K : scalar`"), ("A^(1/2)", "A", "declare `A : scalar`"),
    ("C/(1 + y)^T", "y", "give the exponent another name"), ("x^H*A*x", "x", "write `x'`"),
    ("norm2(x - x')^2", "x", "another point another name"),
    (#"\|x - x'\|^2"#, "x", "another point another name"),
    (#"\operatorname{tr}(A^{1/2}B)"#, "A", "declare `A : scalar`"),
    (#"\sum_i (r_i - u_i^\top v)^2"#, "u", "write `wrt U`"), ("A(1, 2)", "A", "`A[i]` is an entry"),
    (#"x^\top A x \quad \text{where } A = B"#, "x", "next to the formula"),
    ("Norm[x]", "x", "write `Norm(...)`"),
    ("A(:, 1)'*x", "x", "`A[:, 1]` is a column"), ("softmax(z, dim=0)", "z", "`dim =` is not supported"),
    (#"\min_{w} \|Xw - y\|^2"#, "y", "leave the extremum out"),
    ("r[i]'*w", "w", "`A[i, :]` is a row of a matrix"),
    ("sum(i = 1:n, (y[i] - x[i]'*w)^2)", "w", "`A[i, :]` is a row of a matrix"),
    ("sum(i = 1:n, norm2(x[i] - c)^2)", "c", "`A[i, :]` is a row of a matrix"),
    ("sum(C ./ (1 + y).^t)", "y", "declare `y : vector(n)` or `y : scalar`"),
    ("sum((y - m*x - c).^2)", "c", "declare `c : vector(n)` or `c : scalar`"),
    ("sum((y - a - b*x).^2)", "a", "declare `a : vector(n)` or `a : scalar`"),
    ("sum((y - m*x - c).^2)", "m", "declare `m : scalar; x : vector(n)` or"),
    ("sum((y - a*sin(w*t + p)).^2)", "w", "declare `w : scalar; t : vector(n)` or"),
    ("sum(i = 1:n, (y_i - w*x_i)^2)", "w", "`y[i]` is an entry"),
    ("sum(i = 1:n, sum(j = 1:n, a_ij*x[i]))", "x", "`a[i, j]` is an entry"),
    ("sum(c_t/(1 + r)^t)", "r", "`c[t]` is an entry"),
    ("sum(x*log(x))", "x", "declare `x : matrix(n, n)`"),
    (#"\sum_{i<j} \frac{q_i q_j}{|x_i - x_j|}"#, "x", "sum over all indices"),
    (#"\sum_{i<n} x_i"#, "x", "sum over all indices"),
    ("1/2x'x", "x", "has two meanings"), ("tr A*B", "A", "write `tr(A*B)` or `tr(A)*B`"),
  ]

  @Test(arguments: refused.indices)
  func othersAreRefused(index: Int) throws {
    let (text, variable, reason) = Self.refused[index]
    let session = Self.session("gradient \(text) wrt \(variable)")
    var diagnostics = session.diagnostics
    for question in session.questions {
      switch session.answer(question) {
      case .answers(let answers): Issue.record("\(text) is answered: \(answers.map(\.formula.text))")
      case .failure(let diagnostic): diagnostics.append(diagnostic)
      case .defect: Issue.record("\(text) is a defect")
      }
    }
    let words = diagnostics.map { $0.message + " | " + ($0.hint ?? "") }.joined()
    #expect(words.contains(reason), "\(text): \(words)")
  }
}
