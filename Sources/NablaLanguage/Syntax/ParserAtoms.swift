import NablaTypes

extension Parser {
  /// A number, a name, a call, a bracket, a norm or a matrix of blocks.
  mutating func atom() throws(Diagnostic) -> SyntaxTree {
    let token = token
    switch token.kind {
    case .number: return try number(token)
    case .name: return try nameOrCall(token)
    case .leftParenthesis:
      advance()
      let inner = try apart { parser throws(Diagnostic) in try parser.expression() }
      try close(.rightParenthesis, opening: token)
      return SyntaxTree(inner.kind, range: SourceRange(start: token.range.start, end: previousEnd))
    case .bar, .singleBar:
      advance()
      let inner = try apart(bar: token.kind) { parser throws(Diagnostic) in try parser.expression() }
      if token.kind == .singleBar, kind == .bar { splitBar() } else { try close(token.kind, opening: token) }
      return try measured(inner, by: token)
    case .less, .leftAngle: return try innerProduct(token)
    case .leftBracket: return try blocks(token)
    case .superscript, .transposeMark, .prime, .plus, .minus, .star, .slash, .backslash, .dotStar, .dotSlash,
      .caret, .dotCaret, .otimes, .centeredDot, .lessOrEqual, .greater, .greaterOrEqual, .equals,
      .doubleEquals, .colon, .comma, .semicolon, .arrow, .rightParenthesis, .rightBracket, .leftBrace,
      .rightBrace, .rightAngle, .normMark, .underscore, .nabla, .method, .newline, .end, .bad:
      throw unexpected(wanted: "an expression")
    }
  }

  /// `‖x‖`, `‖x‖₁`, `|x|`.
  private mutating func measured(_ inner: SyntaxTree, by bar: Token) throws(Diagnostic) -> SyntaxTree {
    let start = bar.range.start
    func called(_ name: String, _ arguments: SyntaxTree...) -> SyntaxTree.Kind {
      .call(name, nameRange: bar.range, isGreekLetter: false, arguments)
    }
    if bar.kind == .singleBar { return try make(called(Bars.absolute.rawValue, inner), from: start) }
    guard kind == .normMark, token.range.start == previousEnd else {
      return try make(.norm(inner), from: start)
    }
    let mark = token
    advance()
    let kind: SyntaxTree.Kind
    switch mark.text {
    case "1": kind = called(Bars.sum.rawValue, inner)
    case "2": kind = called(Bars.euclidean.rawValue, inner)
    case "inf", "infty": kind = called(Bars.largest.rawValue, inner)
    case "F": kind = called("normF", inner)
    case "*": kind = called("nucnorm", inner)
    default:
      let order = Rational(text: mark.text[...]).map { SyntaxTree.Kind.number($0) } ?? .name(mark.text)
      kind = called("norm", inner, SyntaxTree(order, range: mark.range))
    }
    return try make(kind, from: start)
  }

  /// `<x, y>`.
  private mutating func innerProduct(_ opening: Token) throws(Diagnostic) -> SyntaxTree {
    advance()
    let left = try apart { parser throws(Diagnostic) in try parser.sum() }
    guard take(.comma) else { throw unexpected(wanted: "`,` and a second vector") }
    let right = try apart { parser throws(Diagnostic) in try parser.sum() }
    try close(opening.kind == .less ? .greater : .rightAngle, opening: opening)
    return try make(
      .call("dot", nameRange: opening.range, isGreekLetter: false, [left, right]), from: opening.range.start)
  }

  private mutating func number(_ token: Token) throws(Diagnostic) -> SyntaxTree {
    let text = token.text.isEmpty ? source.text(token.range) : token.text
    advance()
    let parts = text.split(separator: "/")
    if parts.count == 2, let top = Rational(text: parts[0]), let bottom = Rational(text: parts[1]) {
      return SyntaxTree(.number(top * bottom.reciprocal), range: token.range)
    }
    guard exponentIsShort(text), let value = Rational(text: text), !value.isOverflow else {
      throw Diagnostic(.numberTooLarge(text), at: token.range)
    }
    return SyntaxTree(.number(value), range: token.range)
  }

  private func exponentIsShort(_ text: String) -> Bool {
    guard let mark = text.utf8.lastIndex(where: { $0 | 0x20 == UInt8(ascii: "e") }) else { return true }
    return text.utf8.distance(from: mark, to: text.utf8.endIndex) < 8
  }

  /// Consumes a closing bracket; if it is missing, the error is at the opening one.
  mutating func close(_ wanted: Token.Kind, opening: Token) throws(Diagnostic) {
    if take(wanted) { return }
    let open = source.text(opening.range)
    let isOver = kind == .end || kind == .newline || kind == .name && Words.connectives.contains(token.text)
    if isOver { throw Diagnostic(.unclosed(open), at: opening.range) }
    let closing =
      switch wanted {
      case .rightParenthesis: ")"
      case .rightBracket: "]"
      case .greater: ">"
      case .rightAngle: "⟩"
      default: open
      }
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
      throw Diagnostic(.derivativeInside(token.text), at: token.range)
    }
    advance()
    if kind == .leftParenthesis, joins || self.token.range.start == token.range.end {
      return try call(token)
    }
    if kind == .underscore, token.text == "sum" || token.text == "prod" { return try writtenSum(token) }
    // The catalogue of functions comes last: this parser also reads the sizes in the heads of its blocks.
    if startsOperand, Self.takesOperand(token.text) { return try application(of: token) }
    // phi'(z): primes followed by a bracket; elsewhere a prime transposes.
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
    if name.text == "sum", kind(at: position + 1) == .name,
      kind(at: position + 2) == .equals
        || kind(at: position + 2) == .name && token(at: position + 2).text == "in"
    {
      return try apart { parser throws(Diagnostic) in try parser.indexedSum(name) }
    }
    if kind(at: position + 1) == .prime {
      // `einsum('ij,j->i', A, x)`.
      let absent = ForeignNames.absent(name.text)
      if absent.isKnown { throw Diagnostic(.absent(name.text, instead: absent.instead), at: name.range) }
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
      repeat {
        if kind == .colon { throw Diagnostic(.colonInCall, at: token.range) }
        if kind == .name, kind(at: position + 1) == .equals {
          // `norm(x, ord=1)`.
          guard token.text == "ord" else { throw Diagnostic(.keyword(token.text), at: token.range) }
          advance()
          advance()
        }
        if let word = quotedWord() {
          result.append(word)
        } else {
          result.append(try apart { parser throws(Diagnostic) in try parser.expression() })
        }
      } while take(.comma)
    }
    try close(.rightParenthesis, opening: opening)
    return result
  }

  /// `x.sum()`: the function of that name, with the part before the dot as its first argument.
  mutating func method(of value: SyntaxTree) throws(Diagnostic) -> SyntaxTree {
    let name = token
    advance()
    let place = SourceRange(start: name.range.start + 1, end: name.range.end)
    let function = Self.methods[name.text] ?? name.text
    let arguments = [value] + (try arguments())
    return try make(
      .call(function, nameRange: place, isGreekLetter: false, arguments), from: value.range.start)
  }

  /// Methods with another name than the function.
  private static let methods: [String: String] = ["t": "transpose", "dot": "dotproduct", "mT": "transpose"]

  /// `'fro'` as an argument.
  private mutating func quotedWord() -> SyntaxTree? {
    guard kind == .prime, kind(at: position + 1) == .name, kind(at: position + 2) == .prime,
      kind(at: position + 3) == .rightParenthesis
    else { return nil }
    let word = token(at: position + 1)
    position += 3
    return SyntaxTree(.name(word.text), range: word.range)
  }

  // MARK: Functions before one operand

  /// Whether a name is that of a function of one argument, which may precede it without brackets.
  private static func takesOperand(_ name: String) -> Bool {
    let canonical = ForeignNames.sameFunction(as: name) ?? name
    guard let signature = Signature.builtins[canonical], !signature.takesSizes else { return false }
    return signature.arity.contains(1) && !Words.types.contains(name) && !Letters.greekNames.contains(name)
  }

  private var startsOperand: Bool {
    kind == .number || kind != .leftParenthesis && startsFactor
  }

  /// `tr A`, `log det(A)`: one operand with its exponents and primes, not followed by a factor.
  private mutating func application(of name: Token) throws(Diagnostic) -> SyntaxTree {
    try enter()
    defer { depth -= 1 }
    let operand = try power()
    let end = previousEnd
    let continues: Bool =
      switch kind {
      case .star, .slash, .backslash, .dotStar, .dotSlash, .otimes, .centeredDot: true
      default: joins && startsFactor
      }
    if continues {
      let (function, argument) = (name.text, source.text(operand.range))
      if !(joins && startsFactor) { advance() }
      _ = try signed()
      let rest = source.text(SourceRange(start: end, end: previousEnd))
      throw Diagnostic(
        .operandOrFactor(function: function, operand: argument, rest: rest),
        at: SourceRange(start: name.range.start, end: previousEnd))
    }
    return try make(
      .call(name.text, nameRange: name.range, isGreekLetter: name.isGreekLetter, [operand]),
      from: name.range.start)
  }

  // MARK: Sums

  /// `sum_{i=1}^n e`: the summand extends to the next `+` or `-`.
  private mutating func writtenSum(_ name: Token) throws(Diagnostic) -> SyntaxTree {
    advance()
    let opening = token
    guard take(.leftBrace), kind == .name else { throw unexpected(wanted: "`{i = 1}`") }
    let index = token
    advance()
    guard take(.equals) else { throw unexpected(wanted: "`=` and where the index starts") }
    let lower = try apart { parser throws(Diagnostic) in try parser.sum() }
    guard take(.rightBrace) else { throw Diagnostic(.unclosed("{"), at: opening.range) }
    guard take(.caret) else { throw unexpected(wanted: "`^` and where the index ends") }
    let isBraced = take(.leftBrace)
    let upper: SyntaxTree
    if isBraced {
      upper = try apart { parser throws(Diagnostic) in try parser.sum() }
    } else if kind == .name {
      // A bracket behind it opens the summand.
      upper = SyntaxTree(.name(token.text), range: token.range)
      advance()
    } else {
      upper = try atom()
    }
    if isBraced, !take(.rightBrace) { throw unexpected(wanted: "`}`") }
    let isProduct = name.text == "prod"
    if isProduct, lower.integerLiteral != 1 { throw Diagnostic(.productFromOne, at: lower.range) }
    let factor = try product()
    let summand = isProduct ? factor.atPlace(of: index.text, index.range) : factor
    let sum = try make(
      .sum(index: index.text, indexRange: index.range, lower: lower, upper: upper, summand),
      from: name.range.start)
    if !isProduct { return sum }
    return try make(
      .call("prod", nameRange: name.range, isGreekLetter: false, [sum]), from: name.range.start)
  }

  /// `sum(i = 1:n, e)`.
  mutating func indexedSum(_ name: Token) throws(Diagnostic) -> SyntaxTree {
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
}
