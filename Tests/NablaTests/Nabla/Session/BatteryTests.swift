import Testing

@testable import Nabla
@testable import NablaLanguage
@testable import NablaOutput
@testable import NablaVerify

/// The 29 expressions on which symbolic matrix calculus tools are compared, with the expected answers.
private let battery: [(question: String, printed: String)] = [
  ("gradient x'*A*x wrt x", "(A + A')*x"),
  ("gradient (A*x - b)'*(A*x - b) wrt x", "2*A'*(A*x - b)"),
  ("gradient tr(A*X) wrt X", "A'"),
  ("gradient tr(X'*A*X) + tr(X) wrt X", "(A + A')*X + I"),
  ("gradient 3*tr(X'*X) + 5 wrt X", "6*X"),
  ("gradient tr(A*X^-1*B) wrt X", "-(inv(X)*B*A*inv(X))'"),
  ("gradient tr(X^3) wrt X", "3*(X')^2"),
  ("gradient det(X) wrt X", "adj(X)'"),
  ("gradient log(det(X)) wrt X", "inv(X')"),
  ("gradient log(tr(X'*X)) wrt X", "2*X/norm2(X)^2"),
  ("gradient sqrt(tr(X'*X)) wrt X", "X/norm2(X)"),
  ("gradient (x'*x)^2 wrt x", "4*(x'*x)*x"),
  ("gradient x'*x * a'*x wrt x", "(a*x' + 2*x*a')*x"),
  ("gradient log(x'*A*x) wrt x", "(A + A')*x/(x'*A*x)"),
  ("gradient sum(exp(A*x)) wrt x", "A'*exp(A*x)"),
  ("gradient sum(log(1 + exp(-y .* (A*x)))) wrt x", "-A'*(y .* sigmoid(-y .* (A*x)))"),
  ("jacobian exp(A*x) wrt x", "diag(exp(A*x))*A"),
  ("jacobian sigmoid(A*x + b) wrt x", "diag(sigmoid(A*x + b) .* (1 - sigmoid(A*x + b)))*A"),
  ("gradient tr((A .* X)*B) wrt X", "A .* B'"),
  ("gradient tr(X'*(X .* X)) wrt X", "3*X.^2"),
  ("jacobian X*a wrt X", "kron(a', eye(n))"),
  ("jacobian A*X*B wrt X", "kron(B', A)"),
  ("jacobian X^-1 wrt X", "-kron(inv(X'), inv(X))"),
  ("gradient a'*X^-1*b wrt X", "-inv(X')*a*b'*inv(X')"),
  ("jacobian diag(x)*a wrt x", "diag(a)"),
  ("gradient tr(kron(A, X)) wrt X", "tr(A)*eye(n)"),
  ("jacobian x/(x'*x) wrt x", "(I - 2*x*x'/(x'*x))/(x'*x)"),
  ("gradient norm2(A - X*X')^2 wrt X", "2*(2*X*X' - A - A')*X"),
  ("gradient log(ones(n)'*exp(x)) wrt x", "softmax(x)"),
]

/// Hessians and other second-order forms with their expected text.
private let hessians: [(question: String, printed: String)] = [
  ("hessian x'*A*x wrt x", "A + A'"),
  ("hessian (A*x - b)'*(A*x - b) wrt x", "2*A'*A"),
  ("hessian sum(exp(A*x)) wrt x", "A'*diag(exp(A*x))*A"),
  ("hessian log(sum(exp(x))) wrt x", "diag(softmax(x)) - softmax(x)*softmax(x)'"),
  ("hessian x'*S*x wrt x", "2*S"),
  ("hessian log(x'*A*x) wrt x", "(A + A' - (A + A')*x*x'*(A + A')/(x'*A*x))/(x'*A*x)"),
  ("hessian tr(X'*A*X) wrt X", "kron(eye(n), A + A')"),
  ("hessian norm2(x) wrt x", "(I - x*x'/(x'*x))/norm2(x)"),
]

private let declarations = """
  A, B, X : matrix(n, n)
  S : matrix(n, n), symmetric
  x, a, b, y : vector(n)

  """

@Suite("The battery of 29 expressions")
struct BatteryTests {
  @Test("derived, printed and verified", arguments: battery.indices)
  func expression(index: Int) throws {
    let (question, printed) = battery[index]
    switch try outcome(question) {
    case .answers(let answers):
      #expect(answers.map(\.verdict?.status) == [.verified])
      #expect(answers.map(\.formula.text) == [printed])
    case .failure(let diagnostic):
      Issue.record("\(diagnostic.message)")
    case .defect:
      Issue.record("an answer that failed its own check")
    }
  }

  @Test("second derivatives", arguments: hessians.indices)
  func hessian(index: Int) throws {
    let (question, printed) = hessians[index]
    guard case .answers(let answers) = try outcome(question) else {
      Issue.record("no answer")
      return
    }
    #expect(answers.map(\.formula.text) == [printed])
    #expect(answers.map(\.verdict?.status) == [.verified])
  }

  @Test("29 of them")
  func count() { #expect(battery.count == 29) }

  private func outcome(_ question: String) throws -> Outcome {
    let session = Session(SourceText(declarations + question + "\n", name: "battery"))
    try #require(session.diagnostics.isEmpty, "\(session.diagnostics.map(\.message))")
    return session.answer(try #require(session.questions.first))
  }
}
