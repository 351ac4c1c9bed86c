import NablaOutput

/// Text outside formulas in LaTeX.
enum LaTeXText {
  /// The text with all LaTeX commands escaped.
  static func escaped(_ text: String) -> String { text.unicodeScalars.map { escaped($0) }.joined() }

  /// A text for `\text{...}` inside a formula, reduced to letters that every reader supports.
  static func mathematicsText(_ text: String) -> String {
    String(text.filter { !"\\{}$&#^_%~".contains($0) })
  }

  private static func escaped(_ scalar: Unicode.Scalar) -> String {
    switch scalar {
    case "\\": "\\textbackslash{}"
    case "{", "}", "$", "&", "#", "_", "%": "\\\(scalar)"
    case "^": "\\textasciicircum{}"
    case "~": "\\textasciitilde{}"
    case "'": "\\textquotesingle{}"
    case "`": "\\textasciigrave{}"
    case "<": "\\textless{}"
    case ">": "\\textgreater{}"
    case "|": "\\textbar{}"
    case "\"": "\\textquotedbl{}"
    case "-": "{-}"
    case "\n", "\r", "\t": " "
    case _ where scalar.isASCII && scalar.value >= 0x20 && scalar.value < 0x7F: String(scalar)
    case _ where scalar.isASCII: ""
    case _ where scalar.properties.isAlphabetic: letter(scalar)
    default: symbols[scalar].map { "\\ensuremath{\($0)}" } ?? number(scalar)
    }
  }

  /// Greek letters by their commands; Latin letters unchanged.
  private static func letter(_ scalar: Unicode.Scalar) -> String {
    if Names.startsGreek(String(scalar)) { return "\\ensuremath{\(Names.latex(String(scalar)))}" }
    return (0xC0...0x17F).contains(scalar.value) ? String(scalar) : number(scalar)
  }

  private static func number(_ scalar: Unicode.Scalar) -> String {
    "U+" + String(scalar.value, radix: 16, uppercase: true)
  }

  private static let symbols: [Unicode.Scalar: String] = [
    "∇": "\\nabla", "∂": "\\partial", "‖": "\\Vert", "⊙": "\\odot", "⊗": "\\otimes", "⊘": "\\oslash",
    "·": "\\cdot", "×": "\\times", "−": "-", "≤": "\\le", "≥": "\\ge", "∈": "\\in", "∑": "\\sum",
    "√": "\\surd", "∞": "\\infty", "⊤": "\\top", "≠": "\\ne", "…": "\\dots", "⟨": "\\langle",
    "⟩": "\\rangle", "²": "^2", "³": "^3",
  ]
}
