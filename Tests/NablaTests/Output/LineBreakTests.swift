import Testing

@testable import NablaCore
@testable import NablaLanguage
@testable import NablaOutput

@Suite("Long formulas continue on the next line") struct LineBreakTests {
  /// The lines as one text, with brackets that adapt to what they hold.
  private func joined(_ lines: [String]) -> String {
    lines.joined().replacing("\\Bigl", with: "\\left").replacing("\\Bigr", with: "\\right")
  }

  @Test("the lines together are the formula, and no frame is cut", arguments: [20.0, 60, 150, 427])
  func linesAreTheFormula(_ width: Double) throws {
    var broken = 0
    for form in SeedForms.fundamentals + SeedForms.learning + SeedForms.rest + SeedForms.corners {
      let marks = try #require(form.formula.marks())
      let lines = LaTeXSpeller.lines(marks, width: width)
      #expect(joined(lines) == LaTeXSpeller.spell(marks))
      for line in lines { #expect(line.count { $0 == "{" } == line.count { $0 == "}" }, "\(line)") }
      for line in lines.dropFirst() {
        #expect([" + ", " - ", " \\odot ", " \\times ", " \\otimes ", "="].contains(where: line.hasPrefix))
      }
      if lines.count > 1 { broken += 1 }
    }
    if width < 100 { #expect(broken > 0) }
  }

  @Test("a sum is broken between its terms, into as few lines as hold it")
  func sumsAreBrokenBetweenTerms() throws {
    let names = (1...60).map { Formula.scalar("x\($0)") }
    let marks = try #require(Formula.sum(names, .scalar).marks())
    let (whole, page) = (LaTeXSpeller.width(of: marks), LineBreaks.page)
    let lines = LaTeXSpeller.lines(marks, width: page)
    #expect(lines.count == Int((whole / (page - LineBreaks.indentation)).rounded(.up)))
    #expect(joined(lines) == LaTeXSpeller.spell(marks))
  }

  @Test("brackets are broken only if nothing outside them can be")
  func bracketsAreBrokenLast() throws {
    let (a, b, c, x) = (
      Formula.scalar("alpha"), Formula.scalar("beta"), Formula.scalar("gamma"), Formula.vector("x", "n")
    )
    let marks = try #require(
      Formula(parsing: "(alpha + beta)*x + (beta + gamma)*x", in: [a, b, c, x]).marks())
    #expect(LaTeXSpeller.lines(marks, width: 80) == ["(\\alpha + \\beta)x", " + (\\beta + \\gamma)x"])
    let product = try #require(Formula(parsing: "(alpha/2 + beta/gamma)*x", in: [a, b, c, x]).marks())
    #expect(
      LaTeXSpeller.lines(product, width: 20)
        == ["\\Bigl(\\frac{\\beta}{\\gamma}", " + \\frac{\\alpha}{2}\\Bigr)x"])
  }

  @Test("equations that fit have their words beside them, others below")
  func wordsOfEquations() throws {
    func row(_ count: Int) throws -> LaTeXAlignment.Row {
      let terms = (1...count).map { Formula.scalar("x\($0)") }
      return .init(
        left: [.name("y")], right: try #require(Formula.sum(terms, .scalar).marks()), reason: "\\text{why}")
    }
    #expect(
      LaTeXAlignment([try row(3)]).latex
        == "\\begin{align*}\ny &= x_1 + x_2 + x_3 && \\text{why}\n\\end{align*}")
    let long = LaTeXAlignment([try row(3), try row(40)]).latex.split(separator: " \\\\\n")
    #expect(!long.contains { $0.contains("&&") })
    #expect(long.filter { $0.contains("why") }.count == 2)
    #expect(long.count > 5)
  }
}
