import Foundation
import TestSupport
import Testing

@testable import Nabla
@testable import NablaCore
@testable import NablaFuzz
@testable import NablaLanguage
@testable import NablaOutput

/// Printed MathML is well-formed, and has only elements of MathML Core with the right number of children.
@Suite struct MathMLTests {
  /// Text of the language, LaTeX, and the elements inside `math`.
  static let table: [(text: String, latex: String, mathML: String)] = [
    ("2/n", #"\frac{2}{n}"#, "<mfrac><mn>2</mn><mi>n</mi></mfrac>"),
    ("X'", #"X^{\top}"#, "<msup><mi>X</mi><mo>⊤</mo></msup>"),
    (
      "inv(X')", #"X^{-\top}"#,
      #"<msup><mi>X</mi><mrow><mo form="prefix">−</mo><mo>⊤</mo></mrow></msup>"#
    ),
    ("W1*x", "W_1x", "<msub><mi>W</mi><mn>1</mn></msub><mo>&#x2062;</mo><mi>x</mi>"),
    ("W1'", #"W_1^{\top}"#, "<msubsup><mi>W</mi><mn>1</mn><mo>⊤</mo></msubsup>"),
    ("lambda*x", #"\lambda x"#, "<mi>λ</mi><mo>&#x2062;</mo><mi>x</mi>"),
    (
      "Sigma*yhat", #"\Sigma \hat{y}"#,
      #"<mi mathvariant="normal">Σ</mi><mo>&#x2062;</mo><mover accent="true"><mi>y</mi><mo>^</mo></mover>"#
    ),
    (
      "lambda*loss", #"\lambda \, \mathrm{loss}"#, #"<mi>λ</mi><mspace width="0.17em"/><mi>loss</mi>"#
    ),
    (
      "sin(x)", #"\sin(x)"#,
      #"<mi>sin</mi><mo>&#x2061;</mo><mrow><mo stretchy="false">(</mo><mi>x</mi>"#
        + #"<mo stretchy="false">)</mo></mrow>"#
    ),
    (
      "norm2(x)^2", #"\lVert x \rVert_2^{2}"#,
      #"<msubsup><mrow><mo stretchy="false">‖</mo><mi>x</mi>"#
        + #"<mo stretchy="false">‖</mo></mrow><mn>2</mn><mn>2</mn></msubsup>"#
    ),
    ("x .* y", #"x \odot y"#, "<mi>x</mi><mo>⊙</mo><mi>y</mi>"),
    (
      "a*det(A)", #"a \det(A)"#,
      #"<mi>a</mi><mspace width="0.17em"/><mi>det</mi><mo>&#x2061;</mo><mrow><mo stretchy="false">"#
        + #"(</mo><mi>A</mi><mo stretchy="false">)</mo></mrow>"#
    ),
    ("sqrt(a)", #"\sqrt{a}"#, "<msqrt><mi>a</mi></msqrt>"),
    ("kron(A, B)", #"A \otimes B"#, "<mi>A</mi><mo>⊗</mo><mi>B</mi>"),
    (
      "[A, B]", #"\begin{bmatrix} A & B \end{bmatrix}"#,
      #"<mrow><mo>[</mo><mtable><mtr><mtd><mi>A</mi></mtd>"#
        + #"<mtd><mi>B</mi></mtd></mtr></mtable><mo>]</mo></mrow>"#
    ),
    (
      "digamma(a)", #"\psi(a)"#,
      #"<mi>ψ</mi><mo>&#x2061;</mo><mrow><mo stretchy="false">"#
        + #"(</mo><mi>a</mi><mo stretchy="false">)</mo></mrow>"#
    ),
  ]

  @Test(arguments: table)
  func spells(_ text: String, _ latex: String, _ mathML: String) throws {
    let declared: [Formula] = [
      .matrix("A", "n", "n"), .matrix("B", "n", "n"), .matrix("W1", "n", "n"), .matrix("Sigma", "n", "n"),
      .matrix("X", "n", "n"), .vector("x", "n"), .vector("y", "n"), .vector("yhat", "n"),
      .scalar("a"), .scalar("lambda"), .scalar("loss"), .dimension("n"),
    ]
    let formula = try Formula(parsing: text, in: declared)
    #expect(formula.latex == latex)
    #expect(formula.mathMLRow() == mathML)
  }

  @Test(arguments: SeedForms.fundamentals + SeedForms.learning + SeedForms.rest + SeedForms.corners)
  func seedFormsAreWellFormed(_ form: PrintedForm) { expectWellFormed(form.formula.mathML) }

  @Test func randomFormulasAreWellFormed() {
    var generator = FormulaGenerator(seed: 11)
    for _ in 0..<Sample.count(50, of: 1000) {
      let formula = generator.next()
      if formula.isInvalid || formula.cost > 3000 { continue }
      expectWellFormed(formula.mathML)
      if let components = formula.components { expectWellFormed(components.mathML) }
    }
  }

  /// Every answer of the examples, with its steps and its entries.
  @Test func answersAreWellFormed() throws {
    let names = SessionOptions().book.latexNames
    for session in Documents.examples + Documents.derivations {
      for question in session.sampledQuestions {
        guard case .answers(let answers) = session.sharedAnswer(question) else { continue }
        for answer in answers {
          expectWellFormed(answer.formula.mathML(functionNames: names))
          if let components = answer.components { expectWellFormed(components.mathML) }
          if let derivation = session.derivation(of: answer) { expectWellFormed(derivation.mathML) }
        }
      }
    }
  }

  /// Left sides of derivations name functions as right sides do.
  @Test func functionsOfDerivationsAreNamedAlike() throws {
    let session = Session(SourceText("X : matrix(n, d)\nhessian sum(sigmoid(X*w)) wrt w\n"))
    let question = try #require(session.questions.first)
    guard case .answers(let answers) = session.answer(question) else { return }
    let derivation = try #require(session.derivation(of: answers[0]))
    #expect(!derivation.latex.contains("operatorname{sigmoid}"))
    #expect(!derivation.mathML.contains("<mi>sigmoid</mi>") && derivation.mathML.contains("σ"))
  }

  @Test func namesOfRulesAreEscaped() {
    #expect(MathMLNames.function(#"\foo<b>"#) == #"<mtext>\foo&lt;b&gt;</mtext>"#)
    #expect(MathMLNames.function(#"\psi'"#) == "<msup><mi>ψ</mi><mo>′</mo></msup>")
    #expect(MathMLNames.function(#"\operatorname{a<b}"#) == "<mi>a&lt;b</mi>")
    #expect(MathML.escaped("<a href=\"x\">'&\u{1}") == "&lt;a href=&quot;x&quot;&gt;&#39;&amp;\u{FFFD}")
  }

  @Test func theCheckOfTheseTestsFindsWhatIsWrong() {
    #expect(MathMLReader.problem(in: "<math><mi>x</math>") != nil)
    #expect(MathMLReader.problem(in: "<math><mfenced></mfenced></math>") != nil)
    #expect(MathMLReader.problem(in: "<math><msup><mi>x</mi></msup></math>") != nil)
    #expect(MathMLReader.problem(in: "<math><mi onclick=\"x\">x</mi></math>") != nil)
    #expect(MathMLReader.problem(in: "<math><mi>x</mi></math>") == nil)
  }

  private func expectWellFormed(_ text: String) {
    if let problem = MathMLReader.problem(in: text) { Issue.record("\(problem): \(text.prefix(2000))") }
  }
}

/// Reads MathML strictly: tags in pairs, known elements and attributes, as many children as each element must have.
private enum MathMLReader {
  /// The elements that are printed, and how many children each must have.
  static let elements: [String: Int?] = [
    "math": nil, "mrow": nil, "mi": 0, "mn": 0, "mo": 0, "mtext": 0, "mspace": 0, "mfrac": 2, "msqrt": nil,
    "msup": 2, "msub": 2, "msubsup": 3, "mover": 2, "munderover": 3, "mtable": nil, "mtr": nil, "mtd": nil,
  ]
  static let attributes: Set<String> = [
    "xmlns", "display", "displaystyle", "mathvariant", "form", "stretchy", "separator", "accent",
    "width",
  ]

  /// The problem with a text; nil if there is none.
  static func problem(in text: String) -> String? {
    var open: [(name: String, children: Int)] = [("", 0)]
    func isClosed() -> String? {
      guard let last = open.popLast() else { return "a stray end" }
      guard let wanted = elements[last.name] else { return "<\(last.name)> is not expected" }
      if let wanted, wanted != last.children { return "<\(last.name)> has \(last.children) children" }
      return nil
    }
    var rest = text[...]
    while let start = rest.firstIndex(of: "<") {
      if let problem = problem(inContent: rest[..<start]) { return problem }
      guard let end = rest[start...].firstIndex(of: ">") else { return "a tag is not closed" }
      var tag = String(rest[rest.index(after: start)..<end])
      rest = rest[rest.index(after: end)...]
      if tag.hasPrefix("/") {
        guard open.last?.name == String(tag.dropFirst()) else { return "</\(tag)> is not of \(open)" }
        if let problem = isClosed() { return problem }
        continue
      }
      let isEmpty = tag.hasSuffix("/")
      if isEmpty { tag.removeLast() }
      let words = tag.split(separator: " ").map(String.init)
      open[open.count - 1].children += 1
      open.append((words.first ?? "", 0))
      for attribute in words.dropFirst() {
        let parts = attribute.split(separator: "=", maxSplits: 1).map(String.init)
        guard parts.count == 2, attributes.contains(parts[0]), parts[1].wholeMatch(of: /"[^"]*"/) != nil
        else { return "\(attribute) is not expected" }
      }
      if isEmpty, let problem = isClosed() { return problem }
    }
    if let problem = problem(inContent: rest) { return problem }
    return open.count == 1 && open[0].children == 1 ? nil : "\(open) are open"
  }

  private static func problem(inContent text: Substring) -> String? {
    var rest = text
    while let mark = rest.firstIndex(of: "&") {
      guard let end = rest[mark...].firstIndex(of: ";"),
        ["&amp", "&lt", "&gt", "&quot", "&#39", "&#x2061", "&#x2062"].contains(String(rest[mark..<end]))
      else { return "a stray &" }
      rest = rest[end...]
    }
    return text.contains(">") ? "a stray >" : nil
  }
}
