/// Reads expressions from tokens; stops at the first thing that it cannot read.
struct Parser {
  let source: SourceText
  let tokens: [Token]
  var position: Int
  /// The token after the last that may be read.
  let limit: Int
  var depth = 0
  /// How deep this text may nest.
  private var nesting = Limits.nesting
  private var isStackAsked = false

  /// A parser of the tokens in a range; a token of kind `end` is seen after them.
  init(_ source: SourceText, tokens: [Token], _ range: Range<Int>) throws(Diagnostic) {
    self.source = source
    self.tokens = tokens
    position = range.lowerBound
    limit = range.upperBound
    if range.count > Limits.statementTokens {
      let start = tokens[range.lowerBound].range
      throw Diagnostic(
        .tooLong(what: "a statement", limit: Limits.statementTokens, unit: "symbols"), at: start)
    }
  }

  /// The token to be read next.
  var token: Token { token(at: position) }

  func token(at index: Int) -> Token {
    if index < limit { return tokens[index] }
    let end = limit > 0 ? tokens[limit - 1].range.end : 0
    return Token(kind: .end, range: SourceRange(start: end, end: end))
  }

  var kind: Token.Kind { position < limit ? tokens[position].kind : .end }
  func kind(at index: Int) -> Token.Kind { index < limit ? tokens[index].kind : .end }

  mutating func skipNewlines() { while kind == .newline { position += 1 } }

  mutating func advance() {
    position += 1
    skipNewlines()
  }

  /// Steps over a token of a kind, if it is next.
  mutating func take(_ wanted: Token.Kind) -> Bool {
    if kind != wanted { return false }
    advance()
    return true
  }

  var previousEnd: Int {
    var index = position - 1
    while index > 0, tokens[index].kind == .newline { index -= 1 }
    return index >= 0 ? tokens[index].range.end : 0
  }

  /// The error of a token that does not fit.
  func unexpected(wanted: String) -> Diagnostic {
    let token = token
    if let problem = token.problem { return Diagnostic(problem, at: token.range) }
    if token.kind == .end { return Diagnostic(.unexpectedEnd(wanted: wanted), at: token.range) }
    return Diagnostic(.unexpected(found: source.text(token.range), wanted: wanted), at: token.range)
  }

  mutating func enter() throws(Diagnostic) {
    depth += 1
    try admit(depth, at: token.range)
  }

  /// Refuses what nests deeper than is read, or than the thread's stack has room for.
  private mutating func admit(_ depth: Int, at range: SourceRange) throws(Diagnostic) {
    if depth > StackSpace.levelsUnasked, !isStackAsked {
      isStackAsked = true
      nesting = min(nesting, self.depth + StackSpace.levels)
    }
    if depth > nesting { throw Diagnostic(.tooDeep(limit: nesting), at: range) }
  }

  /// A tree, refused where it is too deep.
  mutating func make(_ kind: SyntaxTree.Kind, from start: Int, to end: Int? = nil) throws(Diagnostic)
    -> SyntaxTree
  {
    let tree = SyntaxTree(kind, range: SourceRange(start: start, end: end ?? previousEnd))
    try admit(tree.depth, at: tree.range)
    return tree
  }

  /// An expression: a sum, or a comparison of two.
  mutating func expression() throws(Diagnostic) -> SyntaxTree {
    try enter()
    defer { depth -= 1 }
    let left = try sum()
    guard let comparison = comparison(kind) else { return left }
    advance()
    let right = try sum()
    if self.comparison(kind) != nil { throw Diagnostic(.chainedComparison, at: token.range) }
    return try make(.binary(.compare(comparison), left, right), from: left.range.start)
  }

  private func comparison(_ kind: Token.Kind) -> Comparison? {
    if kind == .less { return .less }
    if kind == .lessOrEqual { return .lessOrEqual }
    if kind == .greater { return .greater }
    return kind == .greaterOrEqual ? .greaterOrEqual : nil
  }

  private mutating func sum() throws(Diagnostic) -> SyntaxTree {
    let first = try product()
    guard kind == .plus || kind == .minus else { return first }
    var terms: [(isNegative: Bool, tree: SyntaxTree)] = [(false, first)]
    while kind == .plus || kind == .minus {
      let isNegative = kind == .minus
      advance()
      terms.append((isNegative, try product()))
    }
    return try combine(terms[...])
  }

  /// Left to right, but a very long sum as halves, so that it does not nest.
  private mutating func combine(_ terms: ArraySlice<(isNegative: Bool, tree: SyntaxTree)>) throws(Diagnostic)
    -> SyntaxTree
  {
    var result = terms[terms.startIndex].tree
    if terms.count > 16 {
      let middle = terms.startIndex + terms.count / 2
      var rest = terms[middle...]
      let flips = rest[middle].isNegative
      if flips { for index in rest.indices { rest[index].isNegative.toggle() } }
      let left = try combine(terms[..<middle])
      let right = try combine(rest)
      return try make(
        .binary(flips ? .subtract : .add, left, right), from: left.range.start, to: right.range.end)
    }
    for term in terms.dropFirst() {
      result = try make(
        .binary(term.isNegative ? .subtract : .add, result, term.tree), from: result.range.start,
        to: term.tree.range.end)
    }
    return result
  }

  private mutating func product() throws(Diagnostic) -> SyntaxTree {
    var result = try signed()
    while let operation = productOperator(kind) {
      advance()
      let right = try signed()
      result = try make(.binary(operation, result, right), from: result.range.start)
    }
    return result
  }

  private func productOperator(_ kind: Token.Kind) -> BinaryOperator? {
    if kind == .star { return .multiply }
    if kind == .slash { return .divide }
    if kind == .dotStar { return .elementwiseMultiply }
    if kind == .dotSlash { return .elementwiseDivide }
    return kind == .otimes ? .kronecker : nil
  }

  private mutating func signed() throws(Diagnostic) -> SyntaxTree {
    guard kind == .minus || kind == .plus else { return try power() }
    try enter()
    defer { depth -= 1 }
    let start = token.range.start
    let isNegative = kind == .minus
    advance()
    let operand = try signed()
    return isNegative ? try make(.negate(operand), from: start) : operand
  }

  /// An atom with what is written behind it: primes, subscripts, exponents.
  private mutating func power() throws(Diagnostic) -> SyntaxTree {
    let start = token.range.start
    var result = try atom()
    while true {
      switch kind {
      case .prime, .transposeMark:
        advance()
        result = try make(.transpose(result), from: start)
      case .superscript:
        result = try superscript(of: result)
      case .leftBracket:
        result = try entry(of: result)
      case .caret, .dotCaret:
        result = try raised(result, isElementwise: kind == .dotCaret)
      case .name where Words.connectives.contains(token.text):
        return result
      case .number, .name, .leftParenthesis:
        throw missingOperator(after: start)
      case .plus, .minus, .star, .slash, .dotStar, .dotSlash, .otimes, .less, .lessOrEqual, .greater,
        .greaterOrEqual, .equals, .doubleEquals, .colon, .comma, .semicolon, .arrow, .rightParenthesis,
        .rightBracket, .bar, .newline, .end, .bad:
        return result
      }
    }
  }

  private func missingOperator(after start: Int) -> Diagnostic {
    let left = source.text(SourceRange(start: start, end: previousEnd))
    if kind == .leftParenthesis {
      return Diagnostic(.notCallable(left), at: token.range)
    }
    return Diagnostic(.missingOperator(left: left, right: source.text(token.range)), at: token.range)
  }

  /// `base ^ exponent`; a mark of transposition may stand as the exponent.
  private mutating func raised(_ base: SyntaxTree, isElementwise: Bool) throws(Diagnostic) -> SyntaxTree {
    let start = base.range.start
    advance()
    if !isElementwise, kind == .transposeMark {
      advance()
      return try make(.transpose(base), from: start)
    }
    if !isElementwise, kind == .minus, kind(at: position + 1) == .transposeMark {
      advance()
      advance()
      return try make(.inverseTranspose(base), from: start)
    }
    let exponent = try exponent()
    return try make(.binary(isElementwise ? .elementwisePower : .power, base, exponent), from: start)
  }

  /// A signed number, name or bracket; further powers belong to it, a prime does not.
  private mutating func exponent() throws(Diagnostic) -> SyntaxTree {
    try enter()
    defer { depth -= 1 }
    let start = token.range.start
    if kind == .minus || kind == .plus {
      let isNegative = kind == .minus
      advance()
      let operand = try exponent()
      return isNegative ? try make(.negate(operand), from: start) : operand
    }
    var base = try atom()
    while kind == .superscript || kind == .leftBracket {
      base = kind == .superscript ? try superscript(of: base) : try entry(of: base)
    }
    guard kind == .caret || kind == .dotCaret else { return base }
    return try raised(base, isElementwise: kind == .dotCaret)
  }

  private mutating func superscript(of base: SyntaxTree) throws(Diagnostic) -> SyntaxTree {
    let token = token
    advance()
    if token.text == "-T" { return try make(.inverseTranspose(base), from: base.range.start) }
    let isNegative = token.text.first == "-"
    let digits = token.text.drop { $0 == "+" || $0 == "-" }
    let value: SyntaxTree
    if let number = Rational(text: digits) {
      if number.isOverflow { throw Diagnostic(.numberTooLarge(String(digits)), at: token.range) }
      value = SyntaxTree(.number(number), range: token.range)
    } else if digits == "T" {
      throw Diagnostic(.unknownSuperscript, at: token.range)
    } else {
      value = SyntaxTree(.name(String(digits)), range: token.range)
    }
    let exponent = isNegative ? SyntaxTree(.negate(value), range: token.range) : value
    return try make(.binary(.power, base, exponent), from: base.range.start)
  }
}
