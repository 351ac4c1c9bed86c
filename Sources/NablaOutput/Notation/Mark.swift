/// A piece of a formula in two-dimensional layout; LaTeX and MathML write a sequence of these.
/// The sequence is flat: a frame begins, continues after `next` or `row`, and ends.
package enum Mark: Sendable {
  case number(String)
  /// A variable's name: `W1`, `delta_z`, `lambda`.
  case name(String)
  /// The name of a function as in LaTeX: `\sin`, `\operatorname{diag}`.
  case function(String)
  case symbol(Symbol)
  /// The next mark is a factor next to the previous one.
  case join(isWide: Bool)
  case begin(Frame)
  case next
  /// The next row of a table.
  case row
  case end

  /// A construct with parts.
  package enum Frame: Sendable {
    /// Numerator and denominator.
    case fraction
    case root
    /// Base and exponent.
    case superscript
    /// Base and subscript; in LaTeX a single letter needs no braces.
    case `subscript`(isBraced: Bool)
    /// A function's name and its primes.
    case primed
    /// The sign of a sum with its bounds.
    case indexSum
    case fence(Fence, isTall: Bool)
    /// A matrix of blocks: cells and rows.
    case blocks
    /// Values and their conditions: cells and rows.
    case cases
  }

  package enum Fence: Sendable {
    case round, square, bars, doubleBars
  }

  /// A sign in both notations.
  package struct Symbol: Sendable, Equatable {
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
  package static let indicator = Self("\\mathbf{1}", "<mn>𝟙</mn>")
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
  /// The sign before the exponent of an elementwise power.
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
  /// The array on the left side of an entry's equation.
  package static let entry = Self("[\\,\\cdot\\,]", "<mrow><mo>[</mo><mo>⋅</mo><mo>]</mo></mrow>")

  package static let transpose = Self("\\top", "<mo>⊤</mo>")
  package static let prime = Self("'", "<mo>′</mo>")
  package static let infinity = Self("\\infty", "<mi>∞</mi>")
  package static let frobenius = Self("F", "<mi>F</mi>")
  package static let nuclear = Self("*", "<mo>*</mo>")

  /// The invisible operator between a function and its argument.
  package static let application = Self("", "<mo>&#x2061;</mo>")
  /// A space that LaTeX needs after a command.
  package static let blank = Self(" ", "")
  package static let thinSpace = Self("\\,", "<mspace width=\"0.17em\"/>")

  private static func upright(_ letter: String) -> String { "<mi mathvariant=\"normal\">\(letter)</mi>" }
  private static func prefix(_ sign: String) -> String { "<mo form=\"prefix\">\(sign)</mo>" }
  private static func separator(_ sign: String) -> String { "<mo separator=\"true\">\(sign)</mo>" }
}
