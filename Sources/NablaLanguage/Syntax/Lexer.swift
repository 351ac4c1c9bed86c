/// Cuts a text into tokens and folds the spellings of paper (`Aᵀ`, `x²`, `⊙`, `λ`) into the plain ones.
///
/// It never fails: what cannot be read becomes a `bad` token that holds its problem.
struct Lexer {
  private let bytes: [UInt8]
  private var position = 0
  private var tokens: [Token] = []

  /// The tokens of a text, ended by one of kind `end`.
  static func tokens(of source: SourceText) -> [Token] {
    var lexer = Lexer(source.bytes)
    lexer.run()
    return lexer.tokens
  }

  private init(_ bytes: [UInt8]) {
    self.bytes = bytes
    tokens.reserveCapacity(bytes.count / 3 + 2)
  }

  private func byte(_ offset: Int) -> UInt8 { position + offset < bytes.count ? bytes[position + offset] : 0 }

  private mutating func run() {
    while position < bytes.count { step() }
    add(.end, length: 0)
  }

  private mutating func add(_ kind: Token.Kind, length: Int) {
    tokens.append(Token(kind: kind, range: SourceRange(start: position, end: position + length)))
    position += length
  }

  private mutating func addBad(_ problem: Problem, length: Int) {
    let range = SourceRange(start: position, end: position + length)
    tokens.append(Token(kind: .bad, range: range, problem: problem))
    position += length
  }

  private mutating func step() {
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

  private mutating func punctuation(_ first: UInt8) {
    let next = byte(1)
    let equals = UInt8(ascii: "=")
    switch first {
    case UInt8(ascii: "+"): add(.plus, length: 1)
    case UInt8(ascii: "-"):
      if next == UInt8(ascii: ">") { add(.arrow, length: 2) } else { add(.minus, length: 1) }
    case UInt8(ascii: "*"):
      if next == first {
        addBad(.foreignOperator("**", instead: "^"), length: 2)
      } else {
        add(.star, length: 1)
      }
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
    case UInt8(ascii: "|") where next == first: add(.bar, length: 2)
    case UInt8(ascii: "@"): addBad(.foreignOperator("@", instead: "*"), length: 1)
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
    case UInt8(ascii: "0")...UInt8(ascii: "9"): number()
    default: addBad(.unknownCharacter("."), length: 1)
    }
  }

  /// Swallows a run of bytes that are no text, as one bad token.
  private mutating func controlBytes() {
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

  private mutating func number() {
    let start = position
    while Letters.isDigit(byte(0)) { position += 1 }
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

  /// Whether the dot at the position is a decimal point and not the start of `.*` and its like.
  private func dotIsDecimal() -> Bool {
    switch byte(1) {
    case UInt8(ascii: "*"), UInt8(ascii: "/"), UInt8(ascii: "^"), UInt8(ascii: "+"), UInt8(ascii: "-"),
      UInt8(ascii: "'"), UInt8(ascii: "."):
      false
    default: true
    }
  }

  /// The Unicode scalar at a byte and its length; nil where the bytes are not UTF-8.
  private func scalar(at start: Int) -> (value: UInt32, length: Int)? {
    let first = bytes[start]
    let length =
      first >= 0xF0 && first < 0xF8
      ? 4 : first >= 0xE0 && first < 0xF0 ? 3 : first >= 0xC2 && first < 0xE0 ? 2 : 0
    guard length > 0, start + length <= bytes.count else { return nil }
    var value = UInt32(first) & (0xFF >> UInt32(length + 1))
    for next in bytes[(start + 1)..<(start + length)] {
      guard next & 0xC0 == 0x80 else { return nil }
      value = value << 6 | UInt32(next & 0x3F)
    }
    return Unicode.Scalar(value) == nil ? nil : (value, length)
  }

  private mutating func nonASCII() {
    guard let (value, length) = scalar(at: position) else { return controlBytes() }
    if Letters.isSpace(value) {
      position += length
    } else if let kind = Letters.sign(value) {
      add(kind, length: length)
    } else if Letters.superscript(value) != nil {
      superscript()
    } else if Letters.spelling(value) != nil || Unicode.Scalar(value)?.properties.isAlphabetic == true {
      name()
    } else {
      let text = Unicode.Scalar(value).map { String($0) } ?? "?"
      addBad(.unknownCharacter(text), length: length)
    }
  }

  /// A raised sign and number, or a raised T with or without a sign.
  private mutating func superscript() {
    let start = position
    var text = ""
    while position < bytes.count, bytes[position] >= 0x80, let (value, length) = scalar(at: position),
      let character = Letters.superscript(value)
    {
      if text.isEmpty || text == "-" || text == "+" {
        // The first, or what follows a sign.
      } else if !character.isNumber || !(text.last?.isNumber ?? false) {
        break
      }
      text.append(character)
      position += length
    }
    let range = SourceRange(start: start, end: position)
    let unsigned = text.drop { $0 == "+" || $0 == "-" }
    if text == "T" {
      tokens.append(Token(kind: .transposeMark, range: range))
    } else if unsigned.isEmpty || text.count - unsigned.count > 1 {
      tokens.append(Token(kind: .bad, range: range, problem: .unknownSuperscript))
    } else {
      tokens.append(Token(kind: .superscript, range: range, text: text))
    }
  }

  private mutating func name() {
    let start = position
    var folded: String?
    var pieces = 0
    while position < bytes.count {
      let next = bytes[position]
      if Letters.isASCIILetter(next) || Letters.isDigit(next) || next == UInt8(ascii: "_") {
        folded?.unicodeScalars.append(Unicode.Scalar(next))
        position += 1
      } else if next >= 0x80, let (value, length) = scalar(at: position), let piece = namePiece(value) {
        if folded == nil { folded = String(decoding: bytes[start..<position], as: UTF8.self) }
        folded?.append(piece)
        position += length
      } else {
        break
      }
      pieces += 1
    }
    let text = folded ?? String(decoding: bytes[start..<position], as: UTF8.self)
    let range = SourceRange(start: start, end: position)
    let isGreekLetter = pieces == 1 && folded != nil
    if text.utf8.count > Limits.nameLength {
      tokens.append(
        Token(
          kind: .bad, range: range, problem: .tooLong(what: "a name", limit: Limits.nameLength, unit: "bytes")
        ))
    } else {
      tokens.append(Token(kind: .name, range: range, text: text, isGreekLetter: isGreekLetter))
    }
  }

  private func namePiece(_ value: UInt32) -> String? {
    if let spelling = Letters.spelling(value) { return spelling }
    if let digit = Letters.subscriptDigit(value) { return String(digit) }
    if Letters.superscript(value) != nil || Letters.sign(value) != nil { return nil }
    guard let scalar = Unicode.Scalar(value), scalar.properties.isAlphabetic else { return nil }
    return String(scalar)
  }
}
