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
      "1/2*(x - mu)'*inv(Sigma)*(x - mu)", "mu", "1/2*(inv(Sigma) + inv(Sigma'))*(mu - x)", "mu : vector(n)"),
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
    Row("A[end, end]", "A", "[zeros(m - 1, n - 1), zeros(m - 1); zeros(1, n - 1), 1]'"),
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

  @Test func anInterceptIsAScalar() throws {
    let session = Self.session("gradient 1/2*w'*w + C*sum(max(0, 1 - y .* (X*w + b))) wrt w, b")
    let question = try #require(session.questions.first)
    guard case .answers(let answers) = session.answer(question) else {
      Issue.record("no answer")
      return
    }
    #expect(Set(answers[1].assumed).isSuperset(of: ["C : scalar", "b : scalar", "y : vector(m)"]))
  }

  /// Text, variable, and what the error or its hint says.
  static let refused = [
    ("A*X*B", "X", "`jacobian A*X*B wrt X`"), ("X*X'", "X", "`jacobian X*X' wrt X`"),
    ("X'*X", "X", "`jacobian X'*X wrt X`"), ("X'*X + l*I", "X", "`jacobian X'*X + l*I wrt X`"),
    ("A*x", "A", "`jacobian A*x wrt A`"), ("A*X", "X", "`jacobian A*X wrt X`"),
    ("exp(X)", "X", "`jacobian exp(X) wrt X`"), ("inv(X)", "X", "`jacobian inv(X) wrt X`"),
    ("tr((A*X*A)^(1/2))", "X", "a whole number if the base is a matrix"),
    ("sum(a*x)", "x", "declare `a : scalar; x : vector(n)` or `a : vector(n); x : scalar`"),
    ("norm2(y - Xw)^2", "w", "write `X*w` for the product"),
    ("||y - Xw||_2^2 + s*||w||_2^2", "w", "write `X*w` for the product"),
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
