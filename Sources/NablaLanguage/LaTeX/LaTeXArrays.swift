import NablaTypes

/// Letters in a font, constant arrays, indicators and matrices.
extension LaTeXParser {
  /// `\mathbf{x}`, `\mathbf 1_n`, `\mathbb{1}[x > 0]`, `\mathbf{Ax}`.
  mutating func inFont() throws(Diagnostic) -> SyntaxTree {
    let start = token.range.start
    let font = token.text
    let isGroup = token(1).kind == .beginGroup
    let inner = token(isGroup ? 2 : 1)
    let isAlone = !isGroup || token(3).kind == .endGroup
    if isAlone, inner.kind == .number, inner.text == "1" || inner.text == "0" {
      position += isGroup ? 4 : 2
      if inner.text == "1", let indicator = try indicator(from: start) { return indicator }
      return try filled(inner.text == "1" ? "ones" : "zeros", from: start)
    }
    if font == "mathbb" || font == "mathbbm", isAlone, inner.text == "I" {
      position += isGroup ? 4 : 2
      if let indicator = try indicator(from: start) { return indicator }
      return try named(Base(name: "I", start: start), from: start)
    }
    if font == "mathbb", isAlone, ["E", "P", "V"].contains(inner.text), names.known(like: inner.text).isEmpty
    {
      position = min(position + (isGroup ? 4 : 2), tokens.count - 1)
      if kind == .opening || kind == .sub {
        throw error(.randomVariable(source.text(SourceRange(start: start, end: previousEnd))), from: start)
      }
      return try named(Base(name: inner.text, start: start), from: start)
    }
    if isAlone || LaTeXCommands.accents[inner.text] != nil || inner.kind == .word {
      return try nameOrCall()
    }
    advance()
    return try argument()
  }

  /// `[x > 0]`, `\{x > 0\}`, `(x > 0)` or `_{x > 0}` after a 1; `nil` if no comparison follows.
  private mutating func indicator(from start: Int) throws(Diagnostic) -> SyntaxTree? {
    let isLowered = kind == .sub && token(1).kind == .beginGroup
    guard isLowered || kind == .opening else { return nil }
    let first = isLowered ? position + 1 : position
    guard holdsComparison(from: first) else { return nil }
    if isLowered { advance() }
    if isLowered {
      let tree = try argument()
      return SyntaxTree(tree.kind, range: SourceRange(start: start, end: previousEnd))
    }
    let arguments = try arguments()
    guard arguments.count == 1 else { throw error(.badCondition, from: start) }
    return SyntaxTree(arguments[0].kind, range: SourceRange(start: start, end: previousEnd))
  }

  /// Whether a comparison occurs before the bracket that opens at a token closes.
  private func holdsComparison(from first: Int) -> Bool {
    var depth = 0
    for index in first..<tokens.count {
      let token = tokens[index]
      switch token.kind {
      case .opening, .beginGroup: depth += 1
      case .closing, .endGroup:
        depth -= 1
        if depth <= 0 { return false }
      case .less, .greater: return true
      case .command: if LaTeXCommands.comparisons[token.text] != nil { return true }
      case .letter, .number, .word, .begin, .finish, .sub, .sup, .prime, .align, .row, .bar, .doubleBar,
        .plus,
        .minus, .star, .slash, .comma, .semicolon, .colon, .dot, .equals, .end, .bad:
        continue
      }
    }
    return false
  }

  /// Ones or zeros; sizes that are not written are inferred.
  private mutating func filled(_ name: String, from start: Int) throws(Diagnostic) -> SyntaxTree {
    guard kind == .sub else {
      let isRow = kind == .prime || kind == .sup && isTransposition(behind: 1)
      if name == "zeros", !isRow { return try call(Signature.openZeros, [], from: start) }
      return try call(
        "vector",
        [SyntaxTree(.number(name == "ones" ? 1 : 0), range: SourceRange(start: start, end: previousEnd))],
        from: start)
    }
    advance()
    guard kind == .beginGroup else { return try call(name, [try argument()], from: start) }
    let opening = token.range.start
    advance()
    var sizes = [try sizeExpression()]
    if token.isCommand("times") || kind == .comma {
      advance()
      sizes.append(try sizeExpression())
    }
    try close(.endGroup, "{", from: opening)
    return try call(name, sizes, from: start)
  }

  /// A size; `\times` separates sizes here.
  mutating func sizeExpression() throws(Diagnostic) -> SyntaxTree {
    let start = token.range.start
    var result = try sizeTerm()
    while kind == .plus || kind == .minus {
      let isNegative = kind == .minus
      advance()
      result = try make(.binary(isNegative ? .subtract : .add, result, try sizeTerm()), from: start)
    }
    return result
  }

  private mutating func sizeTerm() throws(Diagnostic) -> SyntaxTree {
    let start = token.range.start
    var result = try factor()
    while startsFactor || token.isCommand("cdot") {
      if token.isCommand("cdot") { advance() }
      result = try make(.binary(.multiply, result, try factor()), from: start)
    }
    return result
  }

  // MARK: Environments

  mutating func environment() throws(Diagnostic) -> SyntaxTree {
    let opening = token
    switch opening.text {
    case "bmatrix", "pmatrix", "matrix", "array", "smallmatrix", "bmatrix*", "pmatrix*": return try matrix()
    case "vmatrix":
      let inner = try matrix()
      return try call("det", [inner], from: opening.range.start)
    case "cases", "dcases", "rcases": return try cases()
    default: throw LaTeXProblem.badEnvironment(opening.text).diagnostic(at: opening.range)
    }
  }

  private mutating func matrix() throws(Diagnostic) -> SyntaxTree {
    let opening = token
    advance()
    var rows: [[SyntaxTree]] = []
    try inBrackets { parser throws(Diagnostic) in
      while parser.kind != .finish {
        if parser.kind == .end { throw LaTeXProblem.unclosed("\\begin").diagnostic(at: opening.range) }
        var row = [try parser.expression()]
        while parser.take(.align) { row.append(try parser.expression()) }
        rows.append(row)
        guard parser.take(.row) else { break }
      }
    }
    try finish(opening)
    guard !rows.isEmpty else { throw LaTeXProblem.blocksWithoutRows.diagnostic(at: opening.range) }
    return try make(.blocks(rows), from: opening.range.start)
  }

  mutating func finish(_ opening: LaTeXToken) throws(Diagnostic) {
    if kind == .finish, token.text == opening.text { return advance() }
    if kind == .end {
      throw LaTeXProblem.unclosed("\\begin{\(opening.text)}").diagnostic(at: opening.range)
    }
    throw unexpected(wanted: "`\\end{\(opening.text)}`")
  }
}
