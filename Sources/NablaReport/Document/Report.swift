import NablaOutput

/// The contents and results of a formula file, before they become a page, an article or Markdown.
package struct Report: Sendable {
  package var title: String
  package var sections: [Section] = []

  /// A question, or the names of the file.
  package struct Section: Sendable {
    var heading: [Span]
    var blocks: [Block] = []
  }

  /// A formula after a left side with its sign; either may be missing.
  package struct Equation: Sendable {
    let left: [Mark]
    let right: [Mark]

    /// The elements inside `math`.
    var mathML: String { MathML.row(left) + MathML.row(right) }
    var latex: String { LaTeXSpeller.spell(left) + LaTeXSpeller.spell(right) }
  }

  package enum Span: Sendable {
    case words(String)
    /// Text of the language.
    case code(String)
    case formula(Equation)
  }

  package enum Block: Sendable {
    case paragraph([Span])
    case equation(Equation)
    /// Facts, one on each line.
    case list([[Span]])
    /// Names and values.
    case table([(name: String, value: String)])
    case verdict(Status, String)
    /// Equations below each other, each with its justification.
    case steps([Step])
    /// Shown only in HTML.
    case picture(svg: String, caption: String)
  }

  package struct Step: Sendable {
    /// The left side without its sign; `nil` if it is that of the previous line.
    let left: Equation?
    let right: Equation
    let reason: String
  }

  package enum Status: String, Sendable {
    case verified, refuted, skipped
  }
}
