/// Splits a text into tokens and converts typographic notation (`Aᵀ`, `x²`, `⊙`, `λ`) to ASCII.
/// It never fails: an unreadable part becomes a `bad` token that holds its problem.
struct Lexer {
  let bytes: [UInt8]
  var position: Int
  let end: Int
  var tokens: [Token] = []

  /// The tokens of a text, or of a range of it, terminated by one of kind `end`.
  static func tokens(of source: SourceText, in range: SourceRange? = nil) -> [Token] {
    var lexer = Lexer(source.bytes, range ?? SourceRange(start: 0, end: source.bytes.count))
    lexer.run()
    return lexer.tokens
  }

  private init(_ bytes: [UInt8], _ range: SourceRange) {
    self.bytes = bytes
    position = range.start
    end = range.end
    tokens.reserveCapacity((end - position) / 3 + 2)
  }

  func byte(_ offset: Int) -> UInt8 { position + offset < bytes.count ? bytes[position + offset] : 0 }

  private mutating func run() {
    while position < end { step() }
    add(.end, length: 0)
  }

  mutating func add(_ kind: Token.Kind, length: Int) {
    tokens.append(Token(kind: kind, range: SourceRange(start: position, end: position + length)))
    position += length
  }

  mutating func addBad(_ problem: Problem, length: Int) {
    let range = SourceRange(start: position, end: position + length)
    tokens.append(Token(kind: .bad, range: range, problem: problem))
    position += length
  }

  mutating func step() {
    let first = bytes[position]
    switch first {
    case 0x20, 0x09, 0x0C, 0x0B: position += 1
    case 0x0A: add(.newline, length: 1)
    case 0x0D: if byte(1) == 0x0A { position += 1 } else { add(.newline, length: 1) }
    case UInt8(ascii: "#"): while position < bytes.count, bytes[position] != 0x0A { position += 1 }
    case UInt8(ascii: "0")...UInt8(ascii: "9"): number()
    case _ where Letters.isASCIILetter(first): name()
    case 0x80...: nonASCII()
    default: punctuation(first)
    }
  }

  mutating func punctuation(_ first: UInt8) {
    let next = byte(1)
    let equals = UInt8(ascii: "=")
    switch first {
    case UInt8(ascii: "+"): add(.plus, length: 1)
    case UInt8(ascii: "-"):
      if next == UInt8(ascii: ">") { add(.arrow, length: 2) } else { add(.minus, length: 1) }
    case UInt8(ascii: "*"):
      if next == first { add(.caret, length: 2) } else { add(.star, length: 1) }
    case UInt8(ascii: "/"): add(.slash, length: 1)
    case UInt8(ascii: "^"): add(.caret, length: 1)
    case UInt8(ascii: "'"): add(.prime, length: 1)
    case UInt8(ascii: "."): dot(next)
    case UInt8(ascii: "<"): if next == equals { add(.lessOrEqual, length: 2) } else { add(.less, length: 1) }
    case UInt8(ascii: ">"):
      if next == equals { add(.greaterOrEqual, length: 2) } else { add(.greater, length: 1) }
    case equals: if next == equals { add(.doubleEquals, length: 2) } else { add(.equals, length: 1) }
    case UInt8(ascii: ":"): add(.colon, length: 1)
    case UInt8(ascii: ","): add(.comma, length: 1)
    case UInt8(ascii: ";"): add(.semicolon, length: 1)
    case UInt8(ascii: "("): add(.leftParenthesis, length: 1)
    case UInt8(ascii: ")"): add(.rightParenthesis, length: 1)
    case UInt8(ascii: "["): add(.leftBracket, length: 1)
    case UInt8(ascii: "]"): add(.rightBracket, length: 1)
    case UInt8(ascii: "{"): add(.leftBrace, length: 1)
    case UInt8(ascii: "}"): add(.rightBrace, length: 1)
    case UInt8(ascii: "|"):
      if next == first { add(.bar, length: 2) } else { add(.singleBar, length: 1) }
    case UInt8(ascii: "@"): add(.star, length: 1)
    case UInt8(ascii: "%") where next == UInt8(ascii: "*") && byte(2) == first: add(.star, length: 3)
    case UInt8(ascii: "%") where next == UInt8(ascii: "x") && byte(2) == first: add(.otimes, length: 3)
    case UInt8(ascii: "\\"): add(.backslash, length: 1)
    case UInt8(ascii: "_"): subscriptMark()
    case 0x21...0x7E: addBad(.unknownCharacter(String(Unicode.Scalar(first))), length: 1)
    default: controlBytes()
    }
  }

  private mutating func dot(_ next: UInt8) {
    switch next {
    case UInt8(ascii: "*"): add(.dotStar, length: 2)
    case UInt8(ascii: "/"): add(.dotSlash, length: 2)
    case UInt8(ascii: "^"): add(.dotCaret, length: 2)
    case UInt8(ascii: "+"): add(.plus, length: 2)
    case UInt8(ascii: "-"): add(.minus, length: 2)
    case UInt8(ascii: "'"): add(.prime, length: 2)
    case UInt8(ascii: "."): add(.colon, length: 2)
    case UInt8(ascii: "(") where lastIsElementwise: position += 1
    case _ where Letters.isASCIILetter(next) && method(): break
    case UInt8(ascii: "T") where !Letters.isASCIILetter(byte(2)) && !Letters.isDigit(byte(2)):
      add(.prime, length: 2)
    case UInt8(ascii: "0")...UInt8(ascii: "9"): number()
    default: addBad(.unknownCharacter("."), length: 1)
    }
  }

  /// Whether `f` of `f.(x)` acts entry by entry anyway.
  private var lastIsElementwise: Bool {
    guard let name = tokens.last, name.kind == .name, name.range.end == position else { return false }
    // `max.(0, x)`; with one argument it would be the largest entry.
    if name.text == "max" || name.text == "min" { return hasTwoArguments }
    if name.isGreekLetter { return name.text == "sigma" }
    return Signature.builtins[ForeignNames.sameFunction(as: name.text) ?? name.text]?.rule == .elementwise
  }

  /// Whether the brackets of `f.(a, b)` have a comma.
  private var hasTwoArguments: Bool {
    var depth = 0
    for index in position..<min(position + Limits.nameLength * 16, bytes.count) {
      switch bytes[index] {
      case UInt8(ascii: "("), UInt8(ascii: "["): depth += 1
      case UInt8(ascii: ")"), UInt8(ascii: "]"):
        depth -= 1
        if depth == 0 { return false }
      case UInt8(ascii: ",") where depth == 1: return true
      default: break
      }
    }
    return false
  }

  /// `.sum` before a bracket.
  private mutating func method() -> Bool {
    var end = position + 1
    while end < bytes.count,
      Letters.isASCIILetter(bytes[end]) || Letters.isDigit(bytes[end])
        || bytes[end] == UInt8(ascii: "_")
    { end += 1 }
    guard end < bytes.count, bytes[end] == UInt8(ascii: "("), end - position <= Limits.nameLength else {
      return false
    }
    let name = String(decoding: bytes[(position + 1)..<end], as: UTF8.self)
    tokens.append(Token(kind: .method, range: SourceRange(start: position, end: end), text: name))
    position = end
    return true
  }

  /// `_2` after the bars of a norm, or the `_` of `sum_{i=1}^n`.
  mutating func subscriptMark() {
    guard tokens.last?.kind == .bar, tokens.last?.range.end == position else {
      return byte(1) == UInt8(ascii: "{")
        ? add(.underscore, length: 1) : addBad(.unknownCharacter("_"), length: 1)
    }
    var end = position + 1
    let isBraced = end < bytes.count && bytes[end] == UInt8(ascii: "{")
    if isBraced { end += 1 }
    let start = end
    while end < bytes.count, let length = normMark(at: end) {
      end += length
      if bytes[start] == UInt8(ascii: "*") { break }
    }
    let text = String(decoding: bytes[start..<end], as: UTF8.self)
    if isBraced, end < bytes.count, bytes[end] == UInt8(ascii: "}") { end += 1 }
    guard !text.isEmpty else { return addBad(.unknownCharacter("_"), length: 1) }
    let range = SourceRange(start: position, end: end)
    tokens.append(Token(kind: .normMark, range: range, text: text == "∞" ? "inf" : text))
    position = end
  }

  /// The length of a norm's name: a letter, a digit, `*` or `∞`.
  func normMark(at place: Int) -> Int? {
    let next = bytes[place]
    if Letters.isASCIILetter(next) || Letters.isDigit(next) || next == UInt8(ascii: "*") { return 1 }
    return next >= 0x80 ? scalar(at: place).flatMap { $0.value == 0x221E ? $0.length : nil } : nil
  }

  /// `∇_x`.
  mutating func nabla(_ length: Int) {
    var end = position + length
    guard end < bytes.count, bytes[end] == UInt8(ascii: "_") else {
      return addBad(.unknownCharacter("∇"), length: length)
    }
    end += 1
    let isBraced = end < bytes.count && bytes[end] == UInt8(ascii: "{")
    let start = position
    position = end + (isBraced ? 1 : 0)
    let count = tokens.count
    if position < bytes.count, Letters.isASCIILetter(bytes[position]) || bytes[position] >= 0x80 { name() }
    guard tokens.count == count + 1, let variable = tokens.popLast(), variable.kind == .name else {
      tokens.removeLast(tokens.count - count)
      position = start
      return addBad(.unknownCharacter("∇"), length: length)
    }
    if isBraced, byte(0) == UInt8(ascii: "}") { position += 1 }
    let range = SourceRange(start: start, end: position)
    tokens.append(Token(kind: .nabla, range: range, text: variable.text))
  }

  /// Consumes a run of control bytes as one bad token.
  mutating func controlBytes() {
    let value = bytes[position]
    var length = 0
    while position + length < bytes.count {
      let next = bytes[position + length]
      if next >= 0x80 && scalar(at: position + length) != nil { break }
      if next < 0x80 && (next >= 0x20 && next != 0x7F || next == 0x0A || next == 0x09 || next == 0x0D) {
        break
      }
      length += 1
    }
    addBad(.notText(byte: value), length: max(length, 1))
  }

  mutating func number() {
    let start = position
    while Letters.isDigit(byte(0)) { position += 1 }
    if constantArray(start) { return }
    if byte(0) == UInt8(ascii: "."), dotIsDecimal() {
      position += 1
      while Letters.isDigit(byte(0)) { position += 1 }
    }
    if byte(0) | 0x20 == UInt8(ascii: "e") {
      let signed = byte(1) == UInt8(ascii: "+") || byte(1) == UInt8(ascii: "-")
      if Letters.isDigit(byte(signed ? 2 : 1)) {
        position += signed ? 2 : 1
        while Letters.isDigit(byte(0)) { position += 1 }
      }
    }
    tokens.append(Token(kind: .number, range: SourceRange(start: start, end: position)))
  }

  /// `1_n` and `0_n`: a vector of ones or zeros, parsed as a call of `ones` or `zeros`.
  private mutating func constantArray(_ start: Int) -> Bool {
    guard position == start + 1, bytes[start] == UInt8(ascii: "0") || bytes[start] == UInt8(ascii: "1"),
      byte(0) == UInt8(ascii: "_")
    else { return false }
    let isBraced = byte(1) == UInt8(ascii: "{")
    let first = position + (isBraced ? 2 : 1)
    var end = first
    while end < bytes.count, Letters.isASCIILetter(bytes[end]) || Letters.isDigit(bytes[end]) { end += 1 }
    guard end > first, Letters.isASCIILetter(bytes[first]) else { return false }
    let size = SourceRange(start: first, end: end)
    let name = String(decoding: bytes[first..<end], as: UTF8.self)
    if isBraced, end < bytes.count, bytes[end] == UInt8(ascii: "}") { end += 1 }
    let head = SourceRange(start: start, end: first)
    let tail = SourceRange(start: size.end, end: end)
    let function = bytes[start] == UInt8(ascii: "1") ? "ones" : "zeros"
    tokens.append(Token(kind: .name, range: head, text: function))
    tokens.append(Token(kind: .leftParenthesis, range: SourceRange(start: first, end: first)))
    tokens.append(Token(kind: .name, range: size, text: name))
    tokens.append(Token(kind: .rightParenthesis, range: tail))
    position = end
    return true
  }

  /// Whether the dot at the position is a decimal point and not the start of `.*` or a similar operator.
  private func dotIsDecimal() -> Bool {
    switch byte(1) {
    case UInt8(ascii: "*"), UInt8(ascii: "/"), UInt8(ascii: "^"), UInt8(ascii: "+"), UInt8(ascii: "-"),
      UInt8(ascii: "'"), UInt8(ascii: "."):
      false
    case UInt8(ascii: "T"): Letters.isASCIILetter(byte(2)) || Letters.isDigit(byte(2))
    default: true
    }
  }
}
