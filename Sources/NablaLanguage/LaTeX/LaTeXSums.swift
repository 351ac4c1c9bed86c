import NablaTypes

/// Roots, sums and products over indices, and extrema in front of objectives.
extension LaTeXParser {
  mutating func root() throws(Diagnostic) -> SyntaxTree {
    let start = token.range.start
    advance()
    guard kind == .opening, token.text == "[" else {
      return try call("sqrt", [try argument()], from: start)
    }
    let degree = try bracketed()
    let radicand = try argument()
    let one = SyntaxTree(.number(1), range: degree.range)
    let exponent = try make(.binary(.divide, one, degree), from: degree.range.start)
    return try make(.binary(.power, radicand, exponent), from: start)
  }

  /// `\sum_{i=1}^{n} E` and `\prod_{i=1}^{n} E`: E goes as far as the next plus or minus of this level.
  mutating func indexSum() throws(Diagnostic) -> SyntaxTree {
    try enter()
    defer { leave() }
    let start = token.range.start
    let isProduct = token.text == "prod"
    advance()
    var before: SyntaxTree?
    if kind == .sup {
      advance()
      before = try argument()
    }
    guard kind == .sub else { throw error(.noIndex, from: start) }
    advance()
    let below = token.range
    var head = try sumHead(isProduct: isProduct)
    head.upper = head.upper ?? before
    if kind == .sup {
      advance()
      head.upper = try argument()
    }
    head = withConditions(head)
    let (indices, lower, upper) = (head.indices, head.lower, head.upper)
    if upper == nil, let lower, lower.integerLiteral != 1 { throw error(.rangeNeedsEnd, from: start) }
    if isProduct, let lower, lower.integerLiteral != 1 { throw error(.productFromOne, from: start) }
    bound += head.names
    for name in head.names { ranges[name] = upper }
    var result = try product()
    bound.removeLast(indices.count)
    if !head.conditions.isEmpty {
      guard !isProduct, result.isTotal(in: head.names), head.names.allSatisfy({ result.mentions([$0]) })
      else {
        let whole = SourceRange(start: below.start, end: max(head.end, below.end))
        let text = source.text(whole).trimmed.filter { $0 != "{" && $0 != "}" }
        throw LaTeXProblem.sumOverCondition(text, isProduct: isProduct).diagnostic(at: whole)
      }
      for condition in head.conditions.reversed() {
        result = try make(.binary(.multiply, condition, result), from: start)
      }
    }
    for index in indices.reversed() {
      if isProduct { result = result.atPlace(of: index.text, index.range) }
      if let upper {
        let first = lower ?? SyntaxTree(.number(1), range: index.range)
        result = try make(
          .sum(index: index.text, indexRange: index.range, lower: first, upper: upper, result), from: start)
      } else {
        let name = SyntaxTree(.name(index.text), range: index.range)
        result = try call("sum", [name, result], from: start)
      }
      if isProduct { result = try call("prod", [result], from: start) }
    }
    return result
  }

  /// `{i=1}`, `{i}`, `i`, `{i,j}`, `{ij}`.
  private mutating func sumHead(isProduct: Bool) throws(Diagnostic) -> SumHead {
    let start = token.range.start
    let first = position
    guard kind == .beginGroup else {
      let index = token
      guard kind == .letter else { throw unexpected(wanted: "an index") }
      advance()
      return SumHead(indices: [index], end: index.range.end)
    }
    if var head = sumCondition(first) {
      position = groupEnd(first)
      head.end = token.range.end
      advance()
      return head
    }
    advance()
    var indices: [LaTeXToken] = []
    while kind == .letter {
      indices.append(token)
      advance()
      _ = take(.comma)
    }
    guard !indices.isEmpty, Set(indices.map(\.text)).count == indices.count else {
      throw error(.badIndex(source.text(SourceRange(start: start, end: token.range.end))), from: start)
    }
    var lower: SyntaxTree?
    if kind == .equals {
      advance()
      lower = try sum()
    }
    if kind != .endGroup {
      let whole = SourceRange(start: start, end: tokens[groupEnd(first)].range.end)
      let inside = tokens[(first + 1)..<max(groupEnd(first), first + 1)]
      let isCondition = inside.contains { token in
        switch token.kind {
        case .less, .greater: true
        case .command: LaTeXCommands.comparisons[token.text] != nil || Self.conditions.contains(token.text)
        default: false
        }
      }
      guard isCondition else { throw LaTeXProblem.badIndex(source.text(whole)).diagnostic(at: whole) }
      let text = source.text(SourceRange(start: start + 1, end: max(whole.end - 1, start + 1)))
      throw LaTeXProblem.sumOverCondition(text.trimmed, isProduct: isProduct).diagnostic(at: whole)
    }
    let end = token.range.end
    advance()
    return SumHead(indices: indices, lower: lower, end: end)
  }

  private static let conditions: Set<String> = [
    "ne", "neq", "in", "notin", "subset", "subseteq", "mid", "sim",
  ]

  // MARK: Extrema

  /// Skips `\min_{w}` and its like in front of an objective, and notes its variables.
  mutating func skipExtremum() throws(Diagnostic) {
    while let (end, over) = extremum() {
      position = end
      extremized += over
    }
  }

  /// The end of `\min_w`, `\arg\max_{w, b}`, `\underset{w}{\text{minimize}}`, and its variables; nil if there is none.
  private func extremum() -> (end: Int, over: [String])? {
    var next = position
    func token(_ index: Int) -> LaTeXToken { tokens[min(index, tokens.count - 1)] }
    if token(next).isCommand("underset"), token(next + 1).kind == .beginGroup {
      let end = groupEnd(next + 1)
      guard let over = variables(in: tokens[(next + 2)..<max(end, next + 2)]),
        token(end + 1).kind == .beginGroup
      else { return nil }
      let last = groupEnd(end + 1)
      guard tokens[(end + 2)..<max(last, end + 2)].contains(where: Self.isExtremum) else { return nil }
      return (last + 1, over)
    }
    if token(next).isCommand("arg") { next += 1 }
    guard Self.isExtremum(token(next)) else { return nil }
    guard token(next + 1).kind == .sub else {
      return token(next).kind == .word && token(next).text.hasSuffix("mize") ? (next + 1, []) : nil
    }
    guard token(next + 2).kind == .beginGroup else {
      return variables(in: tokens[min(next + 2, tokens.count - 1)...].prefix(1)).map { (next + 3, $0) }
    }
    let end = groupEnd(next + 2)
    return variables(in: tokens[(next + 3)..<max(end, next + 3)]).map { (end + 1, $0) }
  }

  private static func isExtremum(_ token: LaTeXToken) -> Bool {
    switch token.kind {
    case .command: ["min", "max", "inf", "sup", "argmin", "argmax"].contains(token.text)
    case .word:
      ["min", "max", "argmin", "argmax", "minimize", "maximize", "minimise", "maximise", "inf", "sup"]
        .contains(token.text.filter(\.isLetter))
    default: false
    }
  }

  /// The names in a list such as `w, b \in \mathbb{R}^d`; nil for anything else, or if one of them is an index.
  private func variables(in list: ArraySlice<LaTeXToken>) -> [String]? {
    let names = list.prefix { !$0.isCommand("in") }
    var result: [String] = []
    for token in names {
      switch token.kind {
      case .letter: result.append(token.text)
      case .comma, .beginGroup, .endGroup, .sub, .number: continue
      case .command:
        guard LaTeXCommands.fonts.contains(token.text) || LaTeXCommands.accents[token.text] != nil else {
          return nil
        }
      case .word, .begin, .finish, .sup, .prime, .align, .row, .opening, .closing, .bar, .doubleBar, .plus,
        .minus, .star, .slash, .semicolon, .colon, .dot, .equals, .less, .greater, .end, .bad:
        return nil
      }
    }
    let isIndex = zip(tokens, tokens.dropFirst()).contains { sub, letter in
      sub.kind == .sub && letter.kind == .letter && letter.range.start >= (list.last?.range.end ?? 0)
        && result.contains(letter.text)
    }
    return result.isEmpty || isIndex ? nil : result
  }
}
