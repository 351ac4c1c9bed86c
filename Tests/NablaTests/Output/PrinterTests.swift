import Testing

@testable import NablaCore
@testable import NablaOutput

/// A formula and the two ways in which it must be printed.
struct PrintedForm: CustomTestStringConvertible {
  let formula: Formula
  let text: String
  let latex: String

  init(_ formula: Formula, _ text: String, _ latex: String) {
    self.formula = formula
    self.text = text
    self.latex = latex
  }

  var testDescription: String { text }
}

@Suite struct PrinterTests {
  @Test(arguments: SeedForms.fundamentals + SeedForms.learning + SeedForms.rest + SeedForms.corners)
  func prints(_ form: PrintedForm) {
    #expect(!form.formula.isInvalid)
    #expect(form.formula.text == form.text)
    #expect(form.formula.latex == form.latex)
    #expect(unbalanced(form.formula.latex) == nil)
  }
}
