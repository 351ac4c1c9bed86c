import NablaCore

/// How large a formula may be to be printed.
public enum PrintLimit {
  /// About how many symbols the printed form may have.
  public static let symbols = 20_000
  /// How deep a formula may nest.
  public static let height = 3_000
}

/// Spells a layout in the language itself, so that it reads back to the same formula.
struct TextPrinter {
  func spell(_ layout: Layout) -> String { LinearSpeller(isUnicode: false).spell(layout) }
}

/// Spells a layout with the signs of paper: `Aᵀ`, `⊙`, `λ`, `‖x‖₂`, `X⁻¹`.
struct UnicodePrinter {
  func spell(_ layout: Layout) -> String { LinearSpeller(isUnicode: true).spell(layout) }
}

extension Formula: CustomStringConvertible {
  public var description: String { text }

  /// The formula in the language of Nabla; what is too large to print is named by its size.
  public var text: String { text(limit: PrintLimit.symbols) ?? tooLarge }

  /// The formula with the signs of paper.
  public var unicode: String { unicode(limit: PrintLimit.symbols) ?? tooLarge }

  /// The formula for LaTeX's mathematics mode.
  public var latex: String { latex(functionNames: RuleBook.standard.latexNames) }

  /// The formula for LaTeX's mathematics mode, with names for functions that go before the usual ones.
  public func latex(functionNames: [String: String]) -> String {
    latex(functionNames: functionNames, limit: PrintLimit.symbols) ?? "\\text{\(tooLarge)}"
  }

  /// The formula as a `math` element of MathML Core.
  public var mathML: String { mathML(functionNames: RuleBook.standard.latexNames) }

  /// The formula as a `math` element of MathML Core, with LaTeX's names for functions that go before the usual ones.
  public func mathML(functionNames: [String: String]) -> String {
    MathML.block(mathMLRow(functionNames: functionNames))
  }

  /// The equation of a name and the formula as a `math` element.
  public func mathML(of name: String, functionNames: [String: String] = RuleBook.standard.latexNames)
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

  /// As `text`; nil for what would have more than about so many symbols or is too deep.
  public func text(limit: Int) -> String? { layout(limit: limit).map { TextPrinter().spell($0) } }

  /// As `unicode`; nil for what would have more than about so many symbols or is too deep.
  public func unicode(limit: Int) -> String? { layout(limit: limit).map { UnicodePrinter().spell($0) } }

  /// As `latex`; nil for what would have more than about so many symbols or is too deep.
  public func latex(functionNames: [String: String], limit: Int) -> String? {
    marks(functionNames: functionNames, limit: limit).map(LaTeXSpeller.spell)
  }

  /// What LaTeX and MathML spell; nil for what is too large or too deep.
  package func marks(
    functionNames: [String: String] = RuleBook.standard.latexNames, limit: Int = PrintLimit.symbols
  ) -> [Mark]? {
    layout(limit: limit).map(Typesetter(functionNames: functionNames).marks)
  }

  /// What every notation spells; nil for what is too large or too deep.
  func layout(limit: Int) -> Layout? {
    guard cost / Cost.symbol <= limit, height <= PrintLimit.height else { return nil }
    return Presenter.layout(of: self)
  }

  private var tooLarge: String { "a formula of about \(cost / Cost.symbol) symbols" }
}
