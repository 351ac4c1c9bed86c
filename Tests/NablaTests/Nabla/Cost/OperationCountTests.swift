import NablaLanguage
import Testing

@testable import Nabla

@Suite("The operations of an answer, as a polynomial in its sizes")
struct OperationCountTests {
  @Test(arguments: [
    ("simplify A*x", "2*m*n"), ("simplify A*B*y", "2*k*n + 2*m*n"), ("simplify norm2(x)^2", "2*n"),
    ("gradient norm2(A*x - b)^2 wrt x", "4*m*n + m + n"), ("simplify diag(x)*B", "k*n"),
    ("simplify inv(S)*x", "n^3 + 2*n^2"), ("simplify sum(i = 1:n, x[i]^2)", "2*n"), ("simplify x", nil),
  ])
  func counts(_ question: String, _ expected: String?) throws {
    let text = """
      x : vector(n)
      b : vector(m)
      A : matrix(m, n)
      B : matrix(n, k)
      S : matrix(n, n)
      y : vector(k)

      """
    let session = Session(SourceText(text + question + "\n"))
    let asked = try #require(session.questions.first, "\(session.diagnostics)")
    guard case .answers(let answers) = session.answer(asked), let answer = answers.first else {
      Issue.record("no answer to \(question)")
      return
    }
    #expect(OperationCount.text(answer.expanded) == expected)
  }

  @Test("sizes whose polynomial could overflow have no count")
  func hugeSizes() throws {
    let session = Session(SourceText("A : matrix(100000, 100000)\nsimplify A*A*A\n"))
    let asked = try #require(session.questions.first)
    guard case .answers(let answers) = session.answer(asked), let answer = answers.first else {
      Issue.record("no answer")
      return
    }
    #expect(OperationCount.text(answer.expanded) == nil)
  }
}
