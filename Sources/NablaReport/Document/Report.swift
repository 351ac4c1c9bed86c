/// What a formula file says and what was found, before it is a page, an article or Markdown.
package struct Report: Sendable {
  package var title: String
  package var sections: [Section] = []

  /// A question, or the names of the file.
  package struct Section: Sendable {
    var heading: [Span]
    var blocks: [Block] = []
  }

  /// A formula in the notations that documents need.
  package struct Equation: Sendable {
    /// The elements inside `math`.
    let mathML: String
    let latex: String
  }

  package enum Span: Sendable {
    case words(String)
    /// The language itself.
    case code(String)
    case formula(Equation)
  }

  package enum Block: Sendable {
    case paragraph([Span])
    case equation(Equation)
    /// Facts, a line each.
    case list([[Span]])
    /// Names and values.
    case table([(name: String, value: String)])
    case verdict(Status, String)
    /// Equations below each other, each with its reason.
    case steps([Step])
    /// Drawn in pages alone.
    case picture(svg: String, caption: String)
  }

  package struct Step: Sendable {
    /// Nothing where it goes on with the line before.
    let left: Equation?
    let right: Equation
    let reason: String
  }

  package enum Status: String, Sendable {
    case verified, refuted, skipped
  }
}
