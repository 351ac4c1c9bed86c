import Nabla
import NablaLanguage
import Testing

/// Surprising circumstances are reported.
@Suite struct SaidTests {
  private func answer(_ text: String) throws -> Answer {
    let session = Session(SourceText(text + "\n"))
    let question = try #require(session.questions.first, "\(session.diagnostics)")
    guard case .answers(let answers) = session.answer(question) else {
      throw FormulaProblem.noAnswer
    }
    return try #require(answers.first)
  }

  private enum FormulaProblem: Error { case noAnswer }

  @Test func aGradientOfAnArraySaysSo() throws {
    let notes = try answer("gradient A*x wrt x").notes
    #expect(notes.first?.hasPrefix("the expression is a vector(n), not a scalar") == true)
    #expect(try answer("gradient x'*A*x wrt x").notes.isEmpty)
  }

  @Test func whatCancelsIsNotSaidToBeAbsent() throws {
    let cancelled = try answer("t : scalar\ngradient inv([1, t; 2*t, 2])*[1, t; 2*t, 2] wrt t").notes
    #expect(cancelled.contains("the expression does not depend on t, so the derivative is zero"))
    let defined = try answer("t : scalar\nf = t - t\ngradient f + 1 wrt t").notes
    #expect(defined.contains("the expression does not depend on t, so the derivative is zero"))
    let absent = try answer("s, t : scalar\ngradient s wrt t").notes
    #expect(absent.contains("t does not occur in the expression, so the derivative is zero"))
  }

  @Test func twoVariablesOfOneNameAreRefused() throws {
    let (x, other) = (Formula.vector("x", "n"), Formula.scalar("x"))
    let sum = norm2(x) + other
    #expect(throws: FormulaError.self) { try sum.gradient(wrt: x) }
    #expect(throws: FormulaError.self) { try norm2(x).gradient(wrt: other) }
    #expect(throws: FormulaError.self) { try sum.jacobian(wrt: x) }
    #expect(throws: FormulaError.self) { try sum.hessian(wrt: x) }
    #expect(throws: FormulaError.self) { try sum.differential(wrt: x) }
    #expect(throws: FormulaError.self) { try sum.compiled() }
    #expect(throws: FormulaError.self) { try sum.exported(to: .numpy) }
    #expect(throws: FormulaError.self) { try Formula("x + 1", in: [x, other]) }
    let positive = Formula.vector("x", "n", .positive)
    #expect(throws: FormulaError.self) { try (x + positive).gradient(wrt: x) }
    #expect(sum.checked(equalTo: sum + 0 * x[1]).status != .verified)
  }

  @Test func derivativesInExpressionsAreRefused() {
    for text in [
      "hessian f wrt w \\ gradient f wrt w", "simplify 1 + gradient(f, w)", "g = inv(hessian(f, w))",
    ] {
      let session = Session(SourceText(text + "\n"))
      let found = session.diagnostics.first
      #expect(found?.message.contains("is a question and cannot be used in an expression") == true, "\(text)")
      #expect(found?.hint?.contains("`inv(H)*g`") == true)
    }
  }
}
