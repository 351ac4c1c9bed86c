import TestSupport
import Testing

@testable import Nabla
@testable import NablaCore
@testable import NablaLanguage
@testable import NablaOutput
@testable import NablaVerify

private let declarations = """
  A, B : matrix(n, n)
  X : matrix(m, n)
  S : matrix(n, n), spd
  x : vector(n)
  t : scalar

  """

/// Questions through operations on whole arrays, with the forms in which the answers print.
private let answers: [(question: String, text: String)] = [
  ("gradient sum(vec(A).^2) wrt A", "2*A"),
  ("gradient sum(exp(vec(X))) wrt X", "exp(X)"),
  ("gradient vec(A)'*vec(B) wrt A", "B"),
  (
    "gradient vec(X)'*kron(S, eye(m))*vec(X) wrt X",
    "2*X*S"
  ),
  ("gradient sum(kron(A, X).^2) wrt X", "2*norm2(A)^2*X"),
  ("gradient sum(kron(A, exp(X))) wrt X", "sum(A)*exp(X)"),
  ("gradient tr(kron(A, B)) wrt A", "tr(B)*eye(n)"),
  ("jacobian vec(A*X') wrt A", "kron(X, eye(n))"),
  ("jacobian kron(A, x) wrt A", "kron(eye(n^2), x)"),
  ("jacobian diag(x)*A wrt x", "diag(vec(A))*kron(ones(n), eye(n))"),
  ("jacobian A*diag(x)*B wrt x", "kron(ones(n), A) .* kron(B', ones(n))"),
  ("jacobian diag(A) wrt A", "kron(eye(n), ones(n)') .* kron(ones(n)', eye(n))"),
  ("jacobian tril(A) wrt A", "diag(vec(tril(ones(n, n))))"),
  ("jacobian A[1:2, :]*B wrt A", "kron(B', [eye(2), zeros(2, n - 2)])"),
  ("jacobian [A, B] wrt A", "kron([eye(n); zeros(n, n)], eye(n))"),
  ("jacobian diag(diag(A*diag(x)*B))*x wrt x", "diag((A .* B')*x) + diag(x)*(A .* B')"),
  ("gradient tr(expm(A)) wrt A", "expm(A)'"),
  ("gradient expm(t*A)*x wrt t", "A*expm(t*A)*x"),
  ("gradient tr(B*expm(A)) wrt A", "dexpm(A', B')"),
  ("gradient sum(argmaxhot(x) .* x.^2) wrt x", "2*x .* argmaxhot(x)"),
  ("gradient tr(lowhalf(A)*B) wrt A", "lowhalf(B')"),
  (
    "gradient tr(chol(S)) wrt S",
    "inv(chol(S)')*(lowhalf(chol(S)') + lowhalf(chol(S)')')*inv(chol(S))/2"
  ),
  ("gradient sum(log(diag(chol(exp(t)*S)))) wrt t", "n/2"),
  ("simplify chol(S)*chol(S)'", "S"),
]

@Suite("Derivatives through operations on whole arrays")
struct ArrayDerivativeTests {
  @Test(arguments: answers.map(\.question)) func form(_ question: String) throws {
    let expected = try #require(answers.first { $0.question == question })
    let session = Session(SourceText(declarations + question + "\n", name: "<test>"))
    #expect(session.diagnostics.isEmpty, "\(session.diagnostics.map(\.message))")
    guard case .answers(let found) = session.answer(try #require(session.questions.first)) else {
      Issue.record("no answer to \(question)")
      return
    }
    #expect(found[0].formula.text == expected.text)
    #expect(found[0].verdict?.status == .verified, "\(question)")
  }

  /// Too long to compare as forms, so verified numerically.
  @Test(
    arguments: Sample.of(
      [
        "hessian nucnorm(X) wrt X", "hessian specnorm(X) wrt X", "gradient sum(polar(X) .* X.^2) wrt X",
        "gradient sum(leftsv(X)*rightsv(X)') wrt X", "gradient sum(kron(A, X)*kron(B, X)') wrt X",
        "jacobian chol(S) wrt S", "jacobian kron(A, A) wrt A", "gradient logdet(expm(A) + S) wrt A",
      ], oneIn: 6)) func verified(_ question: String) throws
  {
    let session = Session(SourceText(declarations + question + "\n", name: "<test>"))
    guard case .answers(let found) = session.answer(try #require(session.questions.first)) else {
      Issue.record("no answer to \(question)")
      return
    }
    #expect(found[0].verdict?.status == .verified, "\(question)")
    #expect(!found[0].formula.isZero)
  }
}
