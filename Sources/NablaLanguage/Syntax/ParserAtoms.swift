extension Parser {
  /// A number, a name, a call, a bracket, a norm or a matrix of blocks.
  mutating func atom() throws(Diagnostic) -> SyntaxTree {
    let token = token
    switch token.kind {
    case .number: return try number(token)
    case .name: return try nameOrCall(token)
    case .leftParenthesis:
      advance()
      let inner = try expression()
      try close(.rightParenthesis, opening: token)
      return SyntaxTree(inner.kind, range: SourceRange(start: token.range.start, end: previousEnd))
    case .bar:
      advance()
      let inner = try expression()
      try close(.bar, opening: token)
      return try make(.norm(inner), from: token.range.start)
    case .leftBracket: return try blocks(token)
    case .superscript, .transposeMark, .prime, .plus, .minus, .star, .slash, .dotStar, .dotSlash, .caret,
      .dotCaret,
      .otimes, .less, .lessOrEqual, .greater, .greaterOrEqual, .equals, .doubleEquals, .colon, .comma,
      .semicolon,
      .arrow, .rightParenthesis, .rightBracket, .newline, .end, .bad:
      throw unexpected(wanted: "an expression")
    }
  }

  private mutating func number(_ token: Token) throws(Diagnostic) -> SyntaxTree {
    let text = source.text(token.range)
    advance()
    guard exponentIsShort(text), let value = Rational(text: text), !value.isOverflow else {
      throw Diagnostic(.numberTooLarge(text), at: token.range)
    }
    return SyntaxTree(.number(value), range: token.range)
  }

  private func exponentIsShort(_ text: String) -> Bool {
    guard let mark = text.utf8.lastIndex(where: { $0 | 0x20 == UInt8(ascii: "e") }) else { return true }
    return text.utf8.distance(from: mark, to: text.utf8.endIndex) < 8
  }

  /// Steps over a closing bracket; where it is missing, the opening one is to blame.
  mutating func close(_ wanted: Token.Kind, opening: Token) throws(Diagnostic) {
    if take(wanted) { return }
    let open = source.text(opening.range)
    let isOver = kind == .end || kind == .newline || kind == .name && Words.connectives.contains(token.text)
    if isOver { throw Diagnostic(.unclosed(open), at: opening.range) }
    let closing = wanted == .rightParenthesis ? ")" : wanted == .rightBracket ? "]" : open
    if case .bad = kind { throw unexpected(wanted: closing) }
    if kind == .number || kind == .name {
      let left = source.text(SourceRange(start: opening.range.end, end: previousEnd))
      throw Diagnostic(.missingOperator(left: left, right: source.text(token.range)), at: token.range)
    }
    throw unexpected(wanted: "`\(closing)`")
  }

  private mutating func nameOrCall(_ token: Token) throws(Diagnostic) -> SyntaxTree {
    let start = token.range.start
    if token.text == "wrt" { throw unexpected(wanted: "an expression") }
    if Words.questions.contains(token.text) {
      throw Diagnostic(.wordInExpression(token.text), at: token.range)
    }
    advance()
    if kind == .leftParenthesis { return try call(token) }
    // phi'(z): primes with a bracket behind them; anywhere else a prime transposes.
    var primes = 0
    while kind(at: position + primes) == .prime { primes += 1 }
    if primes > 0, kind(at: position + primes) == .leftParenthesis {
      for _ in 0..<primes { advance() }
      let arguments = try arguments()
      return try make(
        .derivative(.prime(primes), of: token.text, nameRange: token.range, arguments), from: start)
    }
    return SyntaxTree(.name(token.text), range: token.range)
  }

  private mutating func call(_ name: Token) throws(Diagnostic) -> SyntaxTree {
    let start = name.range.start
    if name.text == "sum", kind(at: position + 1) == .name, kind(at: position + 2) == .equals {
      return try indexedSum(name)
    }
    let arguments = try arguments()
    if let derivative = Words.derivatives[name.text], kind == .leftParenthesis {
      guard arguments.count == 1, let function = arguments[0].name else {
        throw Diagnostic(.derivativeOfNoFunction(name.text), at: name.range)
      }
      let points = try self.arguments()
      return try make(
        .derivative(derivative, of: function, nameRange: arguments[0].range, points), from: start)
    }
    return try make(
      .call(name.text, nameRange: name.range, isGreekLetter: name.isGreekLetter, arguments), from: start)
  }

  private mutating func arguments() throws(Diagnostic) -> [SyntaxTree] {
    let opening = token
    advance()
    var result: [SyntaxTree] = []
    if kind != .rightParenthesis {
      repeat { result.append(try expression()) } while take(.comma)
    }
    try close(.rightParenthesis, opening: opening)
    return result
  }

  /// `sum(i = 1:n, e)`.
  private mutating func indexedSum(_ name: Token) throws(Diagnostic) -> SyntaxTree {
    let opening = token
    advance()
    let index = token
    advance()
    advance()
    let lower = try expression()
    guard take(.colon) else {
      throw Diagnostic(.rangeNeedsTwoEnds, at: token.range)
    }
    let upper = try expression()
    guard take(.comma) else { throw unexpected(wanted: "`,` and the summand") }
    let summand = try expression()
    try close(.rightParenthesis, opening: opening)
    return try make(
      .sum(index: index.text, indexRange: index.range, lower: lower, upper: upper, summand),
      from: name.range.start)
  }

  /// `[A, B; C, D]`.
  private mutating func blocks(_ opening: Token) throws(Diagnostic) -> SyntaxTree {
    advance()
    if kind == .rightBracket { throw Diagnostic(.emptyBlocks, at: opening.range) }
    var rows: [[SyntaxTree]] = [[]]
    while true {
      rows[rows.count - 1].append(try block())
      if take(.comma) { continue }
      if take(.semicolon) {
        rows.append([])
        continue
      }
      break
    }
    try close(.rightBracket, opening: opening)
    return try make(.blocks(rows), from: opening.range.start)
  }

  private mutating func block() throws(Diagnostic) -> SyntaxTree {
    let result = try expression()
    if kind == .colon { throw unexpected(wanted: "`,`, `;` or `]`") }
    return result
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

/// The language's own words.
public enum Words {
  /// What starts a question.
  public static let questions: Set<String> = Set(QuestionKind.allCases.map(\.rawValue))
  /// What a declared function's derivatives are called.
  static let derivatives: [String: FunctionDerivative] = [
    "grad": .gradient, "jac": .jacobian, "hess": .hessian,
  ]
  static let types: Set<String> = ["scalar", "vector", "row", "matrix"]
  static let connectives: Set<String> = ["wrt"]

  /// Whether a name is one of the language's words (functions aside) and cannot be declared.
  public static func isReserved(_ name: String) -> Bool {
    questions.contains(name) || types.contains(name) || connectives.contains(name) || derivatives[name] != nil
      || Property(rawValue: name) != nil
  }
}
