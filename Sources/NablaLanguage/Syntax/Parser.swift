import NablaTypes

/// Parses expressions from tokens; stops at the first token that does not fit.
struct Parser {
  let source: SourceText
  private(set) var tokens: [Token]
  var position: Int
  /// The index after the last available token.
  let limit: Int
  var depth = 0
  /// The nesting depth allowed for this text.
  private var nesting = Limits.nesting
  private var isStackAsked = false
  /// Whether juxtaposition is a product; directly in `[ ]` it is not.
  var joins = true
  /// The open bars, innermost last; a bracket hides the outer ones.
  var bars: [Token.Kind] = []

  /// A parser of the tokens in a range, followed by a token of kind `end`.
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

  /// The next token.
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

  /// Consumes the next token if it is of this kind.
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

  /// Splits `||` into two bars if the first closes an open bar.
  mutating func splitBar() {
    let range = token.range
    let middle = range.start + 1
    guard kind == .bar, range.end == range.start + 2 else { return }
    tokens[position] = Token(kind: .singleBar, range: SourceRange(start: middle, end: range.end))
  }

  /// Parses with separate bars and a separate meaning of juxtaposition.
  mutating func apart<T>(
    joins: Bool = true, bar: Token.Kind? = nil, _ body: (inout Parser) throws(Diagnostic) -> T
  ) throws(Diagnostic) -> T {
    let before = (self.joins, bars)
    self.joins = joins
    bars = bar.map { [$0] } ?? []
    defer { (self.joins, bars) = before }
    return try body(&self)
  }

  /// The error for a token that does not fit.
  func unexpected(wanted: String) -> Diagnostic {
    let token = token
    if token.kind == .leftBrace || token.kind == .rightBrace {
      return Diagnostic(.unknownCharacter(source.text(token.range)), at: token.range)
    }
    if let problem = token.problem { return Diagnostic(problem, at: token.range) }
    if token.kind == .end { return Diagnostic(.unexpectedEnd(wanted: wanted), at: token.range) }
    return Diagnostic(.unexpected(found: source.text(token.range), wanted: wanted), at: token.range)
  }

  mutating func enter() throws(Diagnostic) {
    depth += 1
    try admit(depth, at: token.range)
  }

  /// Rejects nesting beyond the limit or the thread's stack.
  private mutating func admit(_ depth: Int, at range: SourceRange) throws(Diagnostic) {
    if depth > StackSpace.levelsUnasked, !isStackAsked {
      isStackAsked = true
      nesting = min(nesting, self.depth + StackSpace.levels)
    }
    if depth > nesting { throw Diagnostic(.tooDeep(limit: nesting), at: range) }
  }

  /// A tree; throws if it is too deep.
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

  mutating func sum() throws(Diagnostic) -> SyntaxTree {
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

  /// Associates to the left, but splits a very long sum in halves to limit nesting.
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

  mutating func product() throws(Diagnostic) -> SyntaxTree {
    var result = try signed()
    var isNumberUnderSlash = false
    while true {
      if let operation = productOperator(kind) {
        let isSolving = kind == .backslash
        advance()
        let right = try signed()
        isNumberUnderSlash = false
        if isSolving {
          result = try solution(result, right)
        } else {
          if operation == .divide, case .number = right.kind { isNumberUnderSlash = true }
          result = try make(.binary(operation, result, right), from: result.range.start)
        }
      } else if joins, startsFactor {
        let right = try power()
        if isNumberUnderSlash {
          let left = source.text(SourceRange(start: result.range.start, end: result.range.end))
          throw Diagnostic(
            .fractionBefore(fraction: left, factor: source.text(right.range)),
            at: SourceRange(start: result.range.start, end: previousEnd))
        }
        result = try make(.binary(.multiply, result, right), from: result.range.start)
      } else {
        return result
      }
    }
  }

  /// `A\b`: `inv(A)*b`.
  private mutating func solution(_ matrix: SyntaxTree, _ right: SyntaxTree) throws(Diagnostic) -> SyntaxTree {
    let inverse = try make(
      .call("inv", nameRange: matrix.range, isGreekLetter: false, [matrix]), from: matrix.range.start,
      to: matrix.range.end)
    return try make(.binary(.multiply, inverse, right), from: matrix.range.start)
  }

  /// Whether the next token starts a juxtaposed factor.
  var startsFactor: Bool {
    switch kind {
    case .name: !Words.connectives.contains(token.text)
    case .leftParenthesis, .leftAngle: true
    case .bar: bars.isEmpty
    case .singleBar: bars.isEmpty
    case .number, .superscript, .transposeMark, .prime, .plus, .minus, .star, .slash, .backslash, .dotStar,
      .dotSlash, .caret, .dotCaret, .otimes, .centeredDot, .less, .lessOrEqual, .greater, .greaterOrEqual,
      .equals, .doubleEquals, .colon, .comma, .semicolon, .arrow, .rightParenthesis, .leftBracket,
      .rightBracket, .leftBrace, .rightBrace, .rightAngle, .normMark, .underscore, .nabla, .method, .newline,
      .end,
      .bad:
      false
    }
  }

  private func productOperator(_ kind: Token.Kind) -> BinaryOperator? {
    if kind == .star || kind == .backslash { return .multiply }
    if kind == .centeredDot { return .centeredDot }
    if kind == .slash { return .divide }
    if kind == .dotStar { return .elementwiseMultiply }
    if kind == .dotSlash { return .elementwiseDivide }
    return kind == .otimes ? .kronecker : nil
  }

  mutating func signed() throws(Diagnostic) -> SyntaxTree {
    guard kind == .minus || kind == .plus else { return try power() }
    try enter()
    defer { depth -= 1 }
    let start = token.range.start
    let isNegative = kind == .minus
    advance()
    let operand = try signed()
    return isNegative ? try make(.negate(operand), from: start) : operand
  }

  /// An atom with its suffixes: primes, subscripts, exponents.
  mutating func power() throws(Diagnostic) -> SyntaxTree {
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
        // `[A [1 2]]` has two blocks.
        if !joins, token.range.start > previousEnd { return result }
        result = try entry(of: result)
      case .caret, .dotCaret:
        result = try raised(result, isElementwise: kind == .dotCaret)
      case .method: result = try method(of: result)
      case .number:
        if !joins { return result }
        throw missingOperator(after: start)
      case .name, .leftParenthesis, .plus, .minus, .star, .slash, .backslash, .dotStar, .dotSlash, .otimes,
        .centeredDot, .less, .lessOrEqual, .greater, .greaterOrEqual, .equals, .doubleEquals, .colon, .comma,
        .semicolon, .arrow, .rightParenthesis, .rightBracket, .leftBrace, .rightBrace, .leftAngle,
        .rightAngle, .bar, .singleBar, .normMark, .underscore, .nabla, .newline, .end, .bad:
        return result
      }
    }
  }

  private func missingOperator(after start: Int) -> Diagnostic {
    let left = source.text(SourceRange(start: start, end: previousEnd))
    return Diagnostic(.missingOperator(left: left, right: source.text(token.range)), at: token.range)
  }

  /// `base ^ exponent`; the exponent may be a mark of transposition.
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
    let exponent = kind == .leftBrace ? try braced() : try exponent()
    return try make(.binary(isElementwise ? .elementwisePower : .power, base, exponent), from: start)
  }

  /// `{-1}`: an exponent in braces.
  private mutating func braced() throws(Diagnostic) -> SyntaxTree {
    let opening = token
    advance()
    let isMark = kind == .transposeMark || kind == .minus && kind(at: position + 1) == .transposeMark
    let inner: SyntaxTree
    if isMark {
      let isNegative = take(.minus)
      let mark = SyntaxTree(.name("T"), range: token.range)
      advance()
      inner = isNegative ? SyntaxTree(.negate(mark), range: mark.range) : mark
    } else {
      inner = try apart { parser throws(Diagnostic) in try parser.expression() }
    }
    guard take(.rightBrace) else { throw Diagnostic(.unclosed("{"), at: opening.range) }
    return inner
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

extension Parser {
  /// Parses a text that is one expression in the text notation.
  static func expression(in source: SourceText) throws(Diagnostic) -> SyntaxTree {
    let tokens = Lexer.tokens(of: source).filter { $0.kind != .newline }
    var parser = try Parser(source, tokens: tokens, 0..<max(tokens.count - 1, 0))
    let tree = try parser.expression()
    if parser.kind != .end { throw parser.unexpected(wanted: "an operator") }
    return tree
  }
}
