/// An equation of a paper: its sides in order, and the remarks next to it.
struct PaperEquation {
  var sides: [[LaTeXToken]]
  /// Prose after the formula, such as `if A is symmetric`.
  var remark = ""
  /// The relation that ended the equation, if it is not an equality.
  var relation: String?
  /// The set after `\in`.
  var set: [LaTeXToken]?

  var range: SourceRange {
    let all = sides.joined()
    guard let first = all.first, let last = all.last else { return SourceRange(start: 0, end: 0) }
    return SourceRange(start: first.range.start, end: last.range.end)
  }
}

/// Splits a formula into equations at row ends, `\Rightarrow`, commas and wide gaps.
struct PaperSplitter {
  private let source: SourceText
  private let tokens: [LaTeXToken]
  private var equations: [PaperEquation] = []
  private var current = PaperEquation(sides: [[]])
  private var brackets = 0
  private var environments = 0
  private var depth: Int { brackets + environments }
  /// The part of an equation being read.
  private enum Mode { case sides, set, remark }
  private var mode = Mode.sides

  private static let transparent = LaTeXCommands.displays.union(["array"])
  private static let arrows: Set<String> = [
    "Rightarrow", "implies", "iff", "Longrightarrow", "Leftrightarrow", "Longleftrightarrow", "to",
  ]

  static func equations(of source: SourceText, in range: SourceRange) -> [PaperEquation] {
    var splitter = PaperSplitter(source, range)
    splitter.run()
    return splitter.equations
  }

  private init(_ source: SourceText, _ range: SourceRange) {
    self.source = source
    tokens = LaTeXLexer.tokens(of: source, in: range)
  }

  private mutating func run() {
    for index in tokens.indices {
      if depth == 0, index > 0, isGap(index) { gap(before: tokens[index]) }
      step(tokens[index], index)
    }
    finish()
  }

  /// Whether there is a wide space before a token.
  private func isGap(_ index: Int) -> Bool {
    let between = SourceRange(start: tokens[index - 1].range.end, end: tokens[index].range.start)
    guard between.end - between.start > 5 else { return false }
    return source.text(between).contains("\\quad") || source.text(between).contains("\\qquad")
  }

  private mutating func gap(before token: LaTeXToken) {
    switch token.kind {
    case .opening, .word:
      mode = .remark
    case .equals, .end, .row, .plus, .minus, .align: break
    case .letter, .number, .command, .begin, .finish, .beginGroup, .endGroup, .sub, .sup, .prime, .closing,
      .bar, .doubleBar, .star, .slash, .comma, .semicolon, .colon, .dot, .less, .greater, .bad:
      finish()
    }
  }

  private mutating func step(_ token: LaTeXToken, _ index: Int) {
    switch token.kind {
    case .begin:
      if Self.transparent.contains(token.text), depth == 0 { return }
      environments += 1
    case .finish:
      if Self.transparent.contains(token.text), environments == 0 { return }
      environments = max(environments - 1, 0)
    // Brackets opened within an environment close in it, or never.
    case .beginGroup, .opening: if environments == 0 { brackets += 1 }
    case .endGroup, .closing: if environments == 0 { brackets = max(brackets - 1, 0) }
    case .row where depth == 0: return row(index)
    case .align where depth == 0: return align(index)
    case .equals where depth == 0 && mode != .remark:
      mode = .sides
      current.sides.append([])
      return
    case .comma where depth == 0, .semicolon where depth == 0, .dot where depth == 0:
      if mode != .remark { return finish() }
    case .command where depth == 0 && Self.arrows.contains(token.text): return finish()
    case .command where depth == 0 && token.text == "in" && mode == .sides:
      mode = .set
      current.set = []
      return
    case .command where depth == 0 && mode == .sides && LaTeXParser.relations.contains(token.text):
      current.relation = "\\" + token.text
      mode = .remark
      return
    case .word where depth == 0 && mode == .sides && isProse(token):
      if current.sides.allSatisfy(\.isEmpty) { return }
      if token.text.contains("where") { return finish() }
      mode = .remark
    case .end: return
    case .letter, .number, .command, .word, .sub, .sup, .prime, .row, .align, .bar, .doubleBar, .plus, .minus,
      .star, .slash, .comma, .semicolon, .colon, .dot, .equals, .less, .greater, .bad:
      break
    }
    switch mode {
    case .sides: current.sides[current.sides.count - 1].append(token)
    case .set: current.set?.append(token)
    case .remark: current.remark += token.kind == .word ? " \(token.text) " : source.text(token.range)
    }
  }

  private func isProse(_ token: LaTeXToken) -> Bool {
    token.text.contains(" ") || token.text.contains(":")
      || ["if", "for", "where", "and", "when", "since"].contains(token.text)
  }

  /// The end of a row; a row that starts with a relation or a sign continues the previous equation.
  private mutating func row(_ index: Int) {
    var next = index + 1
    while next < tokens.count, tokens[next].kind == .align { next += 1 }
    mode = mode == .set ? .sides : mode
    guard next < tokens.count else { return finish() }
    switch tokens[next].kind {
    case .equals, .plus, .minus:
      // The remark of a row concerns its own step.
      mode = .sides
    case .letter, .number, .command, .word, .begin, .finish, .beginGroup, .endGroup, .sub, .sup, .prime,
      .align,
      .row, .opening, .closing, .bar, .doubleBar, .star, .slash, .comma, .semicolon, .colon, .dot, .less,
      .greater, .end, .bad:
      finish()
    }
  }

  /// An alignment mark separates equations if no relation follows it and one precedes it.
  private mutating func align(_ index: Int) {
    guard index + 1 < tokens.count, tokens[index + 1].kind != .equals, current.sides.count > 1,
      current.sides.last?.isEmpty == false
    else { return }
    finish()
  }

  private mutating func finish() {
    mode = .sides
    brackets = 0
    if current.sides.contains(where: { !$0.isEmpty }) {
      // A row that starts with `=` continues the previous equation, whatever ended that.
      if current.sides[0].isEmpty, current.sides.count > 1, var last = equations.popLast() {
        last.sides += current.sides.dropFirst()
        last.remark += current.remark
        equations.append(last)
      } else {
        equations.append(current)
      }
    }
    current = PaperEquation(sides: [[]])
  }
}
