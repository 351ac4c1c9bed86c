/// A piece of a formula as it is set in two dimensions; LaTeX and MathML spell a row of these.
///
/// A row is flat: what has parts begins, goes on after `next` or `row`, and ends.
package enum Mark: Sendable {
  case number(String)
  /// A variable's name: `W1`, `delta_z`, `lambda`.
  case name(String)
  /// The name of a function, as LaTeX has it: `\sin`, `\operatorname{diag}`.
  case function(String)
  case symbol(Symbol)
  /// The next mark is a factor beside what is there.
  case join(isWide: Bool)
  case begin(Frame)
  case next
  /// The next row of a table.
  case row
  case end

  /// What has parts.
  package enum Frame: Sendable {
    /// Above and below a line.
    case fraction
    case root
    /// What is raised and the exponent.
    case superscript
    /// What has an index and the index; a single letter goes without braces in LaTeX.
    case `subscript`(isBraced: Bool)
    /// A function's name and its primes.
    case primed
    /// The sign of a sum with what is below and above it.
    case indexSum
    case fence(Fence, isTall: Bool)
    /// A matrix of blocks: cells and rows.
    case blocks
    /// Values and where they hold: cells and rows.
    case cases
  }

  package enum Fence: Sendable {
    case round, square, bars, doubleBars
  }

  /// A sign with its two spellings.
  package struct Symbol: Sendable {
    let latex: String
    let mathML: String

    init(_ latex: String, _ mathML: String) {
      self.latex = latex
      self.mathML = mathML
    }
  }
}

extension Mark.Symbol {
  package static let pi = Self("\\pi", "<mi>π</mi>")
  package static let e = Self("\\mathrm{e}", upright("e"))
  package static let differential = Self("\\mathrm{d}", upright("d"))
  package static let zeros = Self("\\mathbf{0}", "<mn>𝟎</mn>")
  package static let ones = Self("\\mathbf{1}", "<mn>𝟏</mn>")
  package static let identity = Self("I", "<mi>I</mi>")
  package static let indicator = Self("\\mathbb{1}", "<mn>𝟙</mn>")
  package static let commutation = Self("K", "<mi>K</mi>")
  package static let jacobian = Self("J", "<mi>J</mi>")
  package static let jacobianOperator = Self("\\mathrm{D}", upright("D"))
  package static let nabla = Self("\\nabla", "<mo>∇</mo>")

  package static let plus = Self(" + ", "<mo>+</mo>")
  package static let minus = Self(" - ", "<mo>−</mo>")
  /// The sign of a number or of a first term.
  package static let negative = Self("-", prefix("−"))
  package static let positive = Self("+", prefix("+"))
  package static let times = Self(" \\times ", "<mo>×</mo>")
  package static let hadamard = Self(" \\odot ", "<mo>⊙</mo>")
  /// In front of the exponent of an elementwise power.
  package static let hadamardPower = Self("\\odot ", prefix("⊙"))
  package static let hadamardQuotient = Self(" \\oslash ", "<mo>⊘</mo>")
  package static let kronecker = Self(" \\otimes ", "<mo>⊗</mo>")
  package static let slash = Self("/", "<mo>/</mo>")
  package static let equals = Self("=", "<mo>=</mo>")
  package static let less = Self(" < ", "<mo>&lt;</mo>")
  package static let lessOrEqual = Self(" \\le ", "<mo>≤</mo>")
  package static let greater = Self(" > ", "<mo>&gt;</mo>")
  package static let greaterOrEqual = Self(" \\ge ", "<mo>≥</mo>")
  package static let comma = Self(", ", separator(","))
  package static let placeComma = Self(",", separator(","))
  package static let rangeComma = Self(",\\ ", separator(",") + "<mspace width=\"0.3em\"/>")
  package static let placeRange = Self(":", "<mo>:</mo>")
  package static let dots = Self(",\\dots,", separator(",") + "<mo>…</mo>" + separator(","))
  /// The array whose entry is described.
  package static let entry = Self("[\\,\\cdot\\,]", "<mrow><mo>[</mo><mo>⋅</mo><mo>]</mo></mrow>")

  package static let transpose = Self("\\top", "<mo>⊤</mo>")
  package static let prime = Self("'", "<mo>′</mo>")
  package static let infinity = Self("\\infty", "<mi>∞</mi>")
  package static let frobenius = Self("F", "<mi>F</mi>")
  package static let nuclear = Self("*", "<mo>*</mo>")

  /// Between a function and its argument.
  package static let application = Self("", "<mo>&#x2061;</mo>")
  /// Where LaTeX needs a blank behind a command.
  package static let blank = Self(" ", "")
  package static let thinSpace = Self("\\,", "<mspace width=\"0.17em\"/>")

  private static func upright(_ letter: String) -> String { "<mi mathvariant=\"normal\">\(letter)</mi>" }
  private static func prefix(_ sign: String) -> String { "<mo form=\"prefix\">\(sign)</mo>" }
  private static func separator(_ sign: String) -> String { "<mo separator=\"true\">\(sign)</mo>" }
}
