import NablaTypes

/// A remark behind a formula: `\quad (\text{if } A \text{ is symmetric})`, `, \quad A \succ 0`.
struct LaTeXRemark {
  let range: SourceRange
  /// The properties that it gives to names.
  let properties: [String: Property]
  /// Whether it has words alone.
  let isProse: Bool

  private static let introductions: Set<String> = [
    "if", "for", "where", "when", "and", "with", "since", "as", "for all", "subject to", "s.t.", "such that",
    "is symmetric", "symmetric", "is invertible", "invertible",
  ]

  /// Nil where nothing but the formula is there.
  init?(_ source: SourceText, in range: SourceRange) {
    let tokens = LaTeXLexer.formula(of: source, in: range)
    var depth = 0
    var first: Int?
    for (index, token) in tokens.enumerated() where first == nil {
      let next = tokens[min(index + 1, tokens.count - 1)]
      if depth == 0, index > 0 {
        if Self.isWord(token) { first = index }
        if token.kind == .opening, Self.isWord(next) { first = index }
        let behind = tokens[(index + 1)...]
        if token.kind == .comma,
          behind.contains(where: { Self.isWord($0) || Self.relations.contains($0.text) })
        {
          first = index
        }
      }
      switch token.kind {
      case .beginGroup, .opening, .begin: depth += 1
      case .endGroup, .closing, .finish: depth -= 1
      case .command, .letter, .number, .word, .sub, .sup, .prime, .align, .row, .bar, .doubleBar, .plus,
        .minus,
        .star, .slash, .comma, .semicolon, .colon, .dot, .equals, .less, .greater, .end, .bad:
        continue
      }
    }
    guard let first else { return nil }
    let inside = tokens[first...].filter { $0.kind != .end && $0.kind != .comma }
    let words = inside.map { $0.kind == .word ? " \($0.text) " : source.text($0.range) }
    properties = RemarkSentences.properties(in: words.joined())
    isProse = inside.allSatisfy { [.word, .opening, .closing, .dot].contains($0.kind) }
    self.range = SourceRange(start: tokens[first].range.start, end: range.end)
  }

  private static let relations: Set<String> = ["succ", "succeq", "in"]

  private static func isWord(_ token: LaTeXToken) -> Bool {
    token.kind == .word && (introductions.contains(token.text) || token.text.contains(" "))
  }
}
