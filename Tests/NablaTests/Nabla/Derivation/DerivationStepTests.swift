import Testing

@testable import Nabla
@testable import NablaLanguage
@testable import NablaVerify

@Suite("Checking a derivation step by step")
struct DerivationStepTests {
  private func answer(_ text: String) throws -> Answer {
    let session = Session(SourceText(text))
    try #require(session.diagnostics.map(\.message) == [])
    let question = try #require(session.questions.last)
    guard case .answers(let answers) = session.answer(question), let answer = answers.first else {
      throw DerivationFailure()
    }
    return answer
  }

  private struct DerivationFailure: Error {}

  private let head = "X : matrix(m, n)\nx : vector(n)\nb : vector(m)\n"

  @Test("all steps right")
  func verified() throws {
    let answer = try answer(
      head + """
        check norm2(X*x - b)^2 == (X*x - b)'*(X*x - b)
          == x'*X'*X*x - 2*b'*X*x + b'*b   # a comment
          == norm2(X*x)^2 - 2*x'*X'*b + norm2(b)^2
        """)
    #expect(answer.verdict?.status == .verified)
    #expect(answer.verdict?.certificate != nil)
    #expect(answer.refutation == nil)
    #expect(answer.question.hasSuffix("== norm2(X*x)^2 - 2*x'*X'*b + norm2(b)^2"))
  }

  @Test("the first wrong step is named", arguments: [false, true])
  func wrong(operatorsEndLines: Bool) throws {
    let steps = ["(X*x - b)'*(X*x - b)", "x'*X'*X*x - b'*X*x + b'*b", "3*norm2(b)^2"]
    let joint = operatorsEndLines ? " ==\n  " : "\n  == "
    let text = head + "check norm2(X*x - b)^2" + joint + steps.joined(separator: joint) + "\n"
    let answer = try answer(text)
    #expect(answer.verdict?.status == .refuted)
    let refutation = try #require(answer.refutation)
    let step = try #require(refutation.step)
    #expect(step.number == 2 && step.count == 3 && step.verified == 1)
    #expect(step.left == steps[0] && step.right == steps[1])
    #expect(step.place.line == 6 && step.place.column == (operatorsEndLines ? 3 : 6))
    #expect(
      step.words
        == "at step 2 of 3 (line 6, column \(operatorsEndLines ? 3 : 6)): \(steps[0]) == \(steps[1]) does not hold; "
        + "step 1 is verified")
    #expect(
      refutation.hints == [
        "true with x'*X'*X*x - 2*b'*X*x + b'*b on the right side: 2*b'*X*x for b'*X*x"
      ])
    let slip = try #require(refutation.slip)
    #expect(try self.answer(head + "check \(slip.claim)").verdict?.status == .verified)
  }

  @Test("a derivation that begins with a derivative")
  func derivative() throws {
    let answer = try answer(
      head
        + "check gradient norm2(X*x - b)^2 wrt x\n == 2*X'*(X*x - b)\n == 2*X'*X*x - 2*X'*b\n == 2*X'*X*x - X'*b\n"
    )
    let refutation = try #require(answer.refutation)
    #expect(refutation.step?.number == 3 && refutation.step?.verified == 2)
    #expect(refutation.step?.words.hasSuffix("; steps 1 to 2 are verified") == true)
    #expect(refutation.derived.isEmpty)
    #expect(refutation.slip?.text == "2*X'*X*x - 2*X'*b")
  }

  @Test("the first step may be the wrong one; two sides are no derivation")
  func first() throws {
    let chain = try answer("x : vector(n)\ncheck x == 2*x == 2*x\n")
    #expect(chain.refutation?.step?.number == 1)
    #expect(chain.refutation?.step?.words == "at step 1 of 2 (line 2, column 12): x == 2*x does not hold")
    #expect(try answer("x : vector(n)\ncheck x == 2*x\n").refutation?.step == nil)
  }

  @Test("sides of different shape are an error at their place")
  func shapes() {
    let session = Session(SourceText("x : vector(n)\ncheck x'*x == norm2(x)^2\n  == x\n"))
    #expect(session.diagnostics.count == 1)
    #expect(session.diagnostics.first.map { session.source.position(at: $0.range.start).line } == 3)
  }

  @Test("a line that begins with == belongs to a check alone")
  func lines() {
    let session = Session(SourceText("r = x'*x\n== 3\ncheck r == x'*x\n\n\n== norm2(x)^2\n"))
    #expect(session.diagnostics.count == 1)
    #expect(session.questions.first?.otherSides.count == 2)
  }
}
