import Testing

@testable import Nabla
@testable import NablaLanguage
@testable import NablaOutput
@testable import NablaVerify

/// Zeros of gradients, in closed form or rejected.
@Suite struct StationaryTests {
  static let declarations = """
    X : matrix(n, d)
    y : vector(n)
    w, b : vector(d)
    S : matrix(d, d), spd
    M : matrix(d, d)
    V : matrix(d, k)
    Y : matrix(n, k)
    T : matrix(d, d), orthogonal
    lambda, mu : scalar, positive
    a : scalar

    """

  private func outcome(_ question: String) throws -> Outcome {
    let session = Session(SourceText(Self.declarations + question + "\n", name: "test"))
    #expect(session.diagnostics.isEmpty)
    return session.answer(try #require(session.questions.first))
  }

  @Test(arguments: [
    ("b'*w + lambda*norm2(w)^2 wrt w", "a minimum: the Hessian 2*lambda*eye(d) is positive semidefinite"),
    ("b'*w - w'*S*w wrt w", "a maximum: the Hessian -2*S is negative semidefinite"),
    ("-lambda*a^2 + a wrt a", "a maximum: the second derivative -2*lambda is negative"),
    (
      "w'*M*w wrt w",
      "a minimum where the Hessian M + M' is positive definite, a maximum where it is negative definite"
    ),
  ])
  func nature(_ question: String, _ note: String) throws {
    guard case .answers(let answers) = try outcome("stationary " + question) else {
      Issue.record("no answer to \(question)")
      return
    }
    #expect(answers[0].notes == [note])
  }

  @Test func severalVariablesAreSolvedForOneByOne() throws {
    guard case .answers(let answers) = try outcome("stationary norm2(w - b)^2 + norm2(w)^2 wrt w, b") else {
      Issue.record("no answer")
      return
    }
    #expect(answers.map(\.formula.text) == ["b/2", "w"])
    for answer in answers { #expect(answer.notes.contains("where the other variables are fixed")) }
  }

  @Test(arguments: [
    ("norm2(X*w - y)^2 wrt w", "inv(X'*X)*X'*y", ["X'*X is invertible"]),
    ("norm2(X*w - y)^2 + lambda*norm2(w)^2 wrt w", "inv(X'*X + lambda*I)*X'*y", []),
    ("1/2*w'*S*w - b'*w wrt w", "inv(S)*b", []),
    ("1/2*w'*M*w - b'*w wrt w", "2*inv(M + M')*b", ["M + M' is invertible"]),
    ("lambda*a^2 - 3*a wrt a", "3/(2*lambda)", []),
    ("norm2(X*V - Y)^2 wrt V", "inv(X'*X)*X'*Y", ["kron(eye(k), X'*X) is invertible"]),
    ("norm2(X*V - Y)^2 + lambda*norm2(V)^2 wrt V", "inv(X'*X + lambda*I)*X'*Y", []),
    ("norm2(Y' - V'*X')^2 + lambda*norm2(V)^2 wrt V", "inv(X'*X + lambda*I)*X'*Y", []),
    ("norm2(M - T)^2 wrt M", "T", []),
  ])
  func hasClosedForm(_ question: String, _ point: String, _ conditions: [String]) throws {
    guard case .answers(let answers) = try outcome("stationary " + question) else {
      Issue.record("no answer to \(question)")
      return
    }
    #expect(answers[0].formula.text == point)
    #expect(answers[0].conditions == conditions)
    #expect(answers[0].verdict?.status == .verified)
  }

  @Test(arguments: [
    "norm2(X*w - y)^2 + lambda*norm1(w) wrt w", "sum(log(1 + exp(-y .* (X*w)))) wrt w",
    "sum(relu(X*w - y)) wrt w", "b'*w wrt w", "a^4 wrt a", "sum(max(0, X*w)) + norm2(w)^2 wrt w",
  ])
  func isRefused(_ question: String) throws {
    guard case .failure(let diagnostic) = try outcome("stationary " + question) else {
      Issue.record("an answer to \(question)")
      return
    }
    #expect(diagnostic.message.hasPrefix("no closed form is known"))
  }
}
