/// Matrices of blocks, and entries of arrays.
extension Parser {
  /// `[A, B; C, D]`.
  mutating func blocks(_ opening: Token) throws(Diagnostic) -> SyntaxTree {
    advance()
    if kind == .rightBracket { throw Diagnostic(.emptyBlocks, at: opening.range) }
    let rows = try apart(joins: false) { parser throws(Diagnostic) in try parser.blockRows() }
    try close(.rightBracket, opening: opening)
    return try make(.blocks(rows), from: opening.range.start)
  }

  private mutating func blockRows() throws(Diagnostic) -> [[SyntaxTree]] {
    var rows = [try blockRow()]
    while take(.semicolon) { rows.append(try blockRow()) }
    return rows
  }

  /// Blocks in a row, separated by commas, or by spaces if they contain no operators.
  private mutating func blockRow() throws(Diagnostic) -> [SyntaxTree] {
    var row: [SyntaxTree] = []
    var run = position
    var isRun = false
    while true {
      let start = position
      let block = try self.block()
      try refuseSign(in: start..<position)
      if isRun, let last = row.last, hasOperator(run..<position) { throw twoMeanings(last, block.range) }
      row.append(block)
      if take(.comma) {
        (run, isRun) = (position, false)
      } else if startsFactor || kind == .number || kind == .leftBracket {
        if token.range.start == previousEnd || hasOperator(run..<position) {
          throw twoMeanings(block, token.range)
        }
        isRun = true
      } else {
        return row
      }
    }
  }

  private mutating func block() throws(Diagnostic) -> SyntaxTree {
    let result = try expression()
    if kind == .colon { throw unexpected(wanted: "`,`, `;` or `]`") }
    return result
  }

  private func twoMeanings(_ left: SyntaxTree, _ right: SourceRange) -> Diagnostic {
    let (left, range) = (source.text(left.range), left.range.joined(with: right))
    return Diagnostic(.blocksOrFactors(left: left, right: source.text(right)), at: range)
  }

  /// Whether the tokens of a range contain an operator outside brackets.
  private func hasOperator(_ range: Range<Int>) -> Bool {
    var depth = 0
    for index in range {
      if tokens[index].opensBracket { depth += 1 }
      if tokens[index].closesBracket { depth -= 1 }
      guard depth == 0 else { continue }
      switch tokens[index].kind {
      case .plus, .minus, .star, .slash, .backslash, .dotStar, .dotSlash, .otimes, .centeredDot, .less,
        .lessOrEqual, .greater, .greaterOrEqual:
        return true
      default: continue
      }
    }
    return false
  }

  /// Rejects `[A -B]`, which is two blocks in some systems and a difference in others.
  private func refuseSign(in range: Range<Int>) throws(Diagnostic) {
    var depth = 0
    for index in range {
      if tokens[index].opensBracket { depth += 1 }
      if tokens[index].closesBracket { depth -= 1 }
      let sign = tokens[index]
      guard depth == 0, sign.kind == .plus || sign.kind == .minus, index > range.lowerBound,
        index + 1 < range.upperBound, tokens[index - 1].range.end < sign.range.start,
        sign.range.end == tokens[index + 1].range.start, !tokens[index - 1].continuesLine
      else { continue }
      let left = source.text(
        SourceRange(start: tokens[range.lowerBound].range.start, end: tokens[index - 1].range.end))
      let right = source.text(tokens[index + 1].range)
      throw Diagnostic(.blocksOrSum(left: left, sign: source.text(sign.range), right: right), at: sign.range)
    }
  }

  /// `x[i]`, `A[i, :]`, `A[1:h, :]`.
  mutating func entry(of array: SyntaxTree) throws(Diagnostic) -> SyntaxTree {
    let opening = token
    advance()
    var subscripts: [SyntaxTree.SubscriptTree] = []
    repeat { subscripts.append(try oneSubscript()) } while take(.comma)
    try close(.rightBracket, opening: opening)
    if subscripts.count > 2 {
      let range = SourceRange(start: opening.range.start, end: previousEnd)
      throw Diagnostic(.tooManySubscripts(subscripts.count), at: range)
    }
    return try make(.entry(array, subscripts), from: array.range.start)
  }

  private mutating func oneSubscript() throws(Diagnostic) -> SyntaxTree.SubscriptTree {
    let colon = token
    if take(.colon) {
      if kind == .comma || kind == .rightBracket { return .all(colon.range) }
      throw Diagnostic(.rangeNeedsTwoEnds, at: colon.range)
    }
    let lower = try expression()
    let second = token
    guard take(.colon) else { return .index(lower) }
    if kind == .comma || kind == .rightBracket { throw Diagnostic(.rangeNeedsTwoEnds, at: second.range) }
    return .range(lower, try expression())
  }
}
