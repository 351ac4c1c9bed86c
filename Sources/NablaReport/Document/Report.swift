/// The contents and results of a formula file, before they become a page, an article or Markdown.
package struct Report: Sendable {
  package var title: String
  package var sections: [Section] = []

  /// A question, or the names of the file.
  package struct Section: Sendable {
    var heading: [Span]
    var blocks: [Block] = []
  }

  /// A formula in all notations of documents.
  package struct Equation: Sendable {
    /// The elements inside `math`.
    let mathML: String
    let latex: String
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
    /// Empty if it continues the previous line.
    let left: Equation?
    let right: Equation
    let reason: String
  }

  package enum Status: String, Sendable {
    case verified, refuted, skipped
  }
}
