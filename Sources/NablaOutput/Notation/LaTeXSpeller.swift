/// Writes marks for LaTeX's math mode.
package struct LaTeXSpeller {
  private var text = ""
  private var lines: [String] = []
  private var frames: [(frame: Mark.Frame, isBroken: Bool)] = []
  /// Set if the next text is a factor next to the previous one.
  private var join: Bool?

  package static func spell(_ marks: [Mark]) -> String {
    var speller = LaTeXSpeller()
    for mark in marks { speller.add(mark) }
    return speller.text
  }

  /// The lines of a formula that are at most this wide, in points at a size of ten points, as far as there are places
  /// where a line may end.
  package static func lines(_ marks: [Mark], width: Double) -> [String] {
    let places = LineBreaks(marks).places(width: width)
    let broken = broken(marks, places)
    let starts = Set(places)
    var speller = LaTeXSpeller()
    for (index, mark) in marks.enumerated() {
      if starts.contains(index) {
        speller.lines.append(speller.text)
        (speller.text, speller.join) = ("", nil)
      }
      speller.add(mark, isBroken: broken.contains(index))
    }
    return speller.lines + [speller.text]
  }

  /// The estimated width of a formula on one line, in points at a size of ten points.
  package static func width(of marks: [Mark]) -> Double { LineBreaks(marks).width }

  /// The indices of the fences in which a line ends.
  private static func broken(_ marks: [Mark], _ places: [Int]) -> Set<Int> {
    var result: Set<Int> = []
    var open: [Int] = []
    let starts = Set(places)
    for (index, mark) in marks.enumerated() {
      if starts.contains(index) { result.formUnion(open) }
      switch mark {
      case .begin: open.append(index)
      case .end: _ = open.popLast()
      case .number, .name, .function, .symbol, .join, .next, .row: continue
      }
    }
    return result
  }

  private mutating func add(_ mark: Mark, isBroken: Bool = false) {
    switch mark {
    case .number(let digits): write(digits)
    case .name(let name): write(Names.latex(name))
    case .function(let name): write(name)
    case .symbol(let symbol): write(symbol.latex)
    case .join(let isWide): join = isWide
    case .begin(let frame):
      frames.append((frame, isBroken))
      write(Self.opening(frame, isBroken: isBroken))
    case .next: frames.last.map { write(Self.middle($0.frame)) }
    case .row: write(" \\\\ ")
    case .end: frames.popLast().map { write(Self.closing($0.frame, isBroken: $0.isBroken)) }
    }
  }

  private mutating func write(_ piece: String) {
    if piece.isEmpty { return }
    if let isWide = join { text += Self.gap(text, piece, isWide: isWide) }
    join = nil
    text += piece
  }

  private static func opening(_ frame: Mark.Frame, isBroken: Bool) -> String {
    // The size of brackets in different lines is not adapted to what they hold.
    let left = isBroken ? "\\Bigl" : "\\left"
    return switch frame {
    case .fraction: "\\frac{"
    case .root: "\\sqrt{"
    case .superscript, .subscript, .primed: ""
    case .indexSum: "\\sum_{"
    case .fence(.round, let isTall): isTall ? left + "(" : "("
    case .fence(.square, let isTall): isTall ? left + "[" : "["
    case .fence(.bars, let isTall): isTall ? left + "\\lvert " : "\\lvert "
    case .fence(.doubleBars, let isTall): isTall ? left + "\\lVert " : "\\lVert "
    case .blocks: "\\begin{bmatrix} "
    case .cases: "\\begin{cases} "
    }
  }

  private static func middle(_ frame: Mark.Frame) -> String {
    switch frame {
    case .fraction: "}{"
    case .superscript: "^{"
    case .subscript(let isBraced): isBraced ? "_{" : "_"
    case .indexSum: "}^{"
    case .blocks, .cases: " & "
    case .root, .primed, .fence: ""
    }
  }

  private static func closing(_ frame: Mark.Frame, isBroken: Bool) -> String {
    let right = isBroken ? "\\Bigr" : "\\right"
    return switch frame {
    case .fraction, .root, .superscript: "}"
    case .subscript(let isBraced): isBraced ? "}" : ""
    case .primed: ""
    case .indexSum: "} "
    case .fence(.round, let isTall): isTall ? right + ")" : ")"
    case .fence(.square, let isTall): isTall ? right + "]" : "]"
    case .fence(.bars, let isTall): isTall ? " " + right + "\\rvert" : " \\rvert"
    case .fence(.doubleBars, let isTall): isTall ? " " + right + "\\rVert" : " \\rVert"
    case .blocks: " \\end{bmatrix}"
    case .cases: " \\end{cases}"
    }
  }

  /// The separator between two factors.
  private static func gap(_ left: String, _ right: String, isWide: Bool) -> String {
    guard let first = right.unicodeScalars.first else { return "" }
    if first.properties.numericType != nil { return " \\cdot " }
    // A letter that denotes a function before a bracket.
    if ["(", "\\left(", "\\Bigl("].contains(where: right.hasPrefix),
      functionLetters.contains(where: left.hasSuffix)
    {
      return " \\cdot "
    }
    if isWide { return " \\, " }
    if first == "\\" { return " " }
    if left.hasSuffix("}"), left.last != nil, endsWithFraction(left) { return " " }
    if first.properties.isAlphabetic, endsWithCommand(left) { return " " }
    return ""
  }

  /// Letters that denote functions before a bracket.
  static let functionLetters = ["\\sigma", "\\psi", "\\Phi", "\\Gamma"]

  /// Whether the text ends in a command of letters, such as `\lambda`.
  private static func endsWithCommand(_ text: String) -> Bool {
    for scalar in text.unicodeScalars.reversed() {
      if scalar == "\\" { return true }
      guard scalar.isASCII, scalar.properties.isAlphabetic else { return false }
    }
    return false
  }

  /// Whether the last group is the denominator of a fraction.
  private static func endsWithFraction(_ text: String) -> Bool {
    var depth = 0
    var previous: Unicode.Scalar?
    for scalar in text.unicodeScalars.reversed() {
      if depth == 0, let open = previous, open == "{" { return scalar == "}" }
      if scalar == "}" { depth += 1 }
      if scalar == "{" { depth -= 1 }
      previous = scalar
    }
    return false
  }

}
