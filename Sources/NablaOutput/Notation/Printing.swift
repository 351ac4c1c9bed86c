import NablaCore

/// Limits on the size of printed formulas.
package enum PrintLimit {
  /// Approximate number of symbols in the printed form.
  package static let symbols = 20_000
  /// Nesting depth.
  package static let height = 3_000
}

/// Writes a layout in the language itself; it reads back to the same formula.
struct TextPrinter {
  func spell(_ layout: Layout) -> String { LinearSpeller(isUnicode: false).spell(layout) }
}

/// Writes a layout with typographic signs: `Aᵀ`, `⊙`, `λ`, `‖x‖₂`, `X⁻¹`.
struct UnicodePrinter {
  func spell(_ layout: Layout) -> String { LinearSpeller(isUnicode: true).spell(layout) }
}

extension Formula: CustomStringConvertible {
  /// The formula in the language of Nabla.
  public var description: String { text }

  /// The formula in the language of Nabla; if it is too large to print, a text that gives its size.
  public var text: String { text(limit: PrintLimit.symbols) ?? tooLarge }

  /// The formula with typographic signs.
  public var unicode: String { unicode(limit: PrintLimit.symbols) ?? tooLarge }

  /// The formula for LaTeX's math mode.
  public var latex: String { latex(functionNames: RuleBook.standard.latexNames) }

  /// The formula for LaTeX's math mode, with names of functions that override the usual ones.
  package func latex(functionNames: [String: String]) -> String {
    latex(functionNames: functionNames, limit: PrintLimit.symbols) ?? "\\text{\(tooLarge)}"
  }

  /// The formula as a `math` element of MathML Core.
  public var mathML: String { mathML(functionNames: RuleBook.standard.latexNames) }

  /// The formula as a `math` element of MathML Core, with LaTeX names of functions that override the usual ones.
  package func mathML(functionNames: [String: String]) -> String {
    MathML.block(mathMLRow(functionNames: functionNames))
  }

  /// The equation of a name and the formula, as a `math` element.
  package func mathML(of name: String, functionNames: [String: String] = RuleBook.standard.latexNames)
    -> String
  {
    MathML.block(
      MathML.row([.name(name), .symbol(.equals)]) + mathMLRow(functionNames: functionNames))
  }

  /// The elements inside `math`.
  package func mathMLRow(functionNames: [String: String] = RuleBook.standard.latexNames) -> String {
    marks(functionNames: functionNames, limit: PrintLimit.symbols).map(MathML.row)
      ?? "<mtext>\(tooLarge)</mtext>"
  }

  /// Like `text`; `nil` if it would have more than about this many symbols or is too deep.
  package func text(limit: Int) -> String? { layout(limit: limit).map { TextPrinter().spell($0) } }

  /// Like `unicode`; `nil` if it would have more than about this many symbols or is too deep.
  package func unicode(limit: Int) -> String? { layout(limit: limit).map { UnicodePrinter().spell($0) } }

  /// Like `latex`; `nil` if it would have more than about this many symbols or is too deep.
  package func latex(functionNames: [String: String], limit: Int) -> String? {
    marks(functionNames: functionNames, limit: limit).map(LaTeXSpeller.spell)
  }

  /// The marks for LaTeX and MathML; `nil` if the formula is too large or too deep.
  package func marks(
    functionNames: [String: String] = RuleBook.standard.latexNames, limit: Int = PrintLimit.symbols
  ) -> [Mark]? {
    layout(limit: limit).map(Typesetter(functionNames: functionNames).marks)
  }

  /// The marks for LaTeX and MathML; words if the formula is too large or too deep.
  package func printedMarks(functionNames: [String: String]) -> [Mark] {
    marks(functionNames: functionNames) ?? [.function("\\text{\(tooLarge)}")]
  }

  /// The layout for every notation; `nil` if the formula is too large or too deep.
  func layout(limit: Int) -> Layout? {
    guard cost / Cost.symbol <= limit, height <= PrintLimit.height else { return nil }
    return Presenter.layout(of: self)
  }

  private var tooLarge: String { "a formula of about \(cost / Cost.symbol) symbols" }
}
