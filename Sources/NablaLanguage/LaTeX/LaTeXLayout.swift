extension LaTeXLexer {
  /// The tokens of one formula, without what lays it out on paper: displays, and alignment marks and ends of
  /// rows where the formula goes on.
  ///
  /// Marks inside matrices and cases are kept, and so is a mark between two formulas.
  static func formula(of source: SourceText, in range: SourceRange) -> [LaTeXToken] {
    var depth = 0
    var kept: [LaTeXToken] = []
    let tokens = tokens(of: source, in: range)
    for (index, token) in tokens.enumerated() {
      switch token.kind {
      case .begin:
        if LaTeXCommands.displays.contains(token.text), depth == 0 { continue }
        depth += 1
      case .finish:
        if LaTeXCommands.displays.contains(token.text), depth == 0 { continue }
        depth = max(depth - 1, 0)
      case .align, .row:
        let next = tokens[(index + 1)...].first { $0.kind != .align && $0.kind != .row }
        if depth == 0, kept.last.map(\.isOpenBehind) ?? true || next.map(\.isOpenBefore) ?? true { continue }
      case .command, .letter, .number, .word, .beginGroup, .endGroup, .sub, .sup, .prime, .opening, .closing,
        .bar, .doubleBar, .plus, .minus, .star, .slash, .comma, .semicolon, .colon, .dot, .equals, .less,
        .greater, .end, .bad:
        break
      }
      kept.append(token)
    }
    return kept
  }
}

extension LaTeXToken {
  /// Whether a formula continues after it.
  fileprivate var isOpenBehind: Bool {
    switch kind {
    case .plus, .minus, .star, .slash, .equals, .less, .greater, .opening, .beginGroup, .comma, .colon: true
    case .command: isSign
    case .letter, .number, .word, .begin, .finish, .endGroup, .sub, .sup, .prime, .align, .row, .closing,
      .bar, .doubleBar, .semicolon, .dot, .end, .bad:
      false
    }
  }

  /// Whether it continues or ends the part before it.
  fileprivate var isOpenBefore: Bool {
    switch kind {
    case .plus, .minus, .star, .slash, .equals, .less, .greater, .closing, .endGroup, .comma, .semicolon,
      .dot, .colon, .end, .finish:
      true
    case .command: isSign
    case .letter, .number, .word, .begin, .beginGroup, .sub, .sup, .prime, .align, .row, .opening, .bar,
      .doubleBar, .bad:
      false
    }
  }

  private var isSign: Bool {
    LaTeXCommands.operators[text] != nil || LaTeXCommands.comparisons[text] != nil
      || LaTeXParser.relations.contains(text)
  }
}
