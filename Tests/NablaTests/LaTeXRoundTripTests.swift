import NablaLanguage
import Testing

@testable import Nabla

/// What is printed as LaTeX reads back to the same formula.
@Suite struct LaTeXRoundTripTests {
  @Test(arguments: SeedForms.fundamentals + SeedForms.learning + SeedForms.rest + SeedForms.corners)
  func seedForms(_ form: PrintedForm) throws {
    if form.formula.containsDifferential { return }
    let again = try Reader.readLaTeX(form.formula.latex, like: form.formula)
    #expect(
      again === form.formula || again.latex == form.formula.latex,
      "\(form.formula.latex) came back as \(again.text)")
  }

  @Test func randomFormulas() throws {
    var generator = FormulaGenerator(seed: 7)
    for _ in 0..<1000 {
      let formula = generator.next()
      if formula.isInvalid || formula.cost > 3000 { continue }
      let latex = formula.latex
      let again: Formula
      do {
        again = try Reader.readLaTeX(latex, like: formula)
      } catch {
        Issue.record("\(latex) does not read: \(error)")
        continue
      }
      if again.isInvalid, formula.text.contains("sqrt(0)") { continue }
      #expect(again === formula || Evaluation.agree(again, formula), "\(latex) came back as \(again.text)")
    }
  }
}
