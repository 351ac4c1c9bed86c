/// Joins continuation lines: inside a bracket, after an operator, or in a check before `==`.
enum LogicalLines {
  static func ranges(of tokens: [Token]) -> [Range<Int>] {
    let isMatched = matchedBrackets(tokens)
    var result: [Range<Int>] = []
    var start = 0
    var depth = 0
    for (index, token) in tokens.enumerated() {
      if token.opensBracket, isMatched[index] { depth += 1 }
      if token.closesBracket, isMatched[index] { depth -= 1 }
      guard token.kind == .newline || token.kind == .end else { continue }
      if token.kind == .newline, index > start {
        let last = tokens[index - 1]
        if depth > 0 || last.kind == .newline {
          if depth > 0 || continues(tokens, before: index) { continue }
        }
        if last.continuesLine, !startsStatement(tokens, index + 1, after: last.kind) { continue }
        if tokens[start].text == QuestionKind.check.rawValue, equationGoesOn(tokens, index) { continue }
      }
      var end = index
      while end > start, tokens[end - 1].kind == .newline { end -= 1 }
      if end > start { result.append(start..<end) }
      start = index + 1
    }
    return result
  }

  /// The names that unreadable lines would have declared or defined.
  static func unreadNames(of source: SourceText, _ statements: [Statement]) -> [String] {
    let tokens = Lexer.tokens(of: source)
    let read = Set(statements.map(\.range.start))
    var result: [String] = []
    for line in ranges(of: tokens) where !read.contains(tokens[line.lowerBound].range.start) {
      var names: [String] = []
      var index = line.lowerBound
      while line.contains(index), tokens[index].kind == .name {
        names.append(tokens[index].text)
        index += 1
        guard line.contains(index) else { break }
        if tokens[index].kind == .colon || tokens[index].kind == .equals { result += names }
        guard tokens[index].kind == .comma else { break }
        index += 1
      }
    }
    return result.filter { !Words.isReserved($0) }
  }

  /// Whether the last token before blank lines needs a continuation.
  private static func continues(_ tokens: [Token], before index: Int) -> Bool {
    var last = index - 1
    while last >= 0, tokens[last].kind == .newline { last -= 1 }
    return last >= 0 && tokens[last].continuesLine
      && !startsStatement(tokens, index + 1, after: tokens[last].kind)
  }

  /// Whether the next line starts with `==`, like the steps of a derivation.
  private static func equationGoesOn(_ tokens: [Token], _ index: Int) -> Bool {
    var next = index
    while next < tokens.count, tokens[next].kind == .newline { next += 1 }
    return next < tokens.count && tokens[next].kind == .doubleEquals
  }

  /// The brackets that have a partner; an unmatched one must not swallow the rest of the file.
  private static func matchedBrackets(_ tokens: [Token]) -> [Bool] {
    var result = [Bool](repeating: false, count: tokens.count)
    var open: [Int] = []
    for (index, token) in tokens.enumerated() {
      if token.opensBracket {
        open.append(index)
      } else if token.closesBracket, let partner = open.popLast() {
        result[partner] = true
        result[index] = true
      }
    }
    return result
  }

  /// Whether a new statement obviously starts here, so that the previous line is incomplete.
  private static func startsStatement(_ tokens: [Token], _ index: Int, after kind: Token.Kind) -> Bool {
    guard index + 1 < tokens.count, tokens[index].kind == .name else { return false }
    let next = tokens[index + 1].kind
    if next == .colon || next == .equals { return true }
    return kind != .doubleEquals && Words.questions.contains(tokens[index].text) && next == .name
  }
}
