/// Splits LaTeX into tokens; drops commands that only affect layout.
/// It never fails: an unreadable part becomes a `bad` token that holds its problem.
struct LaTeXLexer {
  private let bytes: [UInt8]
  private let limit: Int
  private var position: Int
  private var tokens: [LaTeXToken] = []
  /// The side that the last `\left`, `\right` or `\big` assigned to the next bracket.
  private var side: LaTeXToken.Side?

  /// The tokens of a range of a text, terminated by one of kind `end`.
  static func tokens(of source: SourceText, in range: SourceRange) -> [LaTeXToken] {
    var lexer = LaTeXLexer(source.bytes, range)
    while lexer.position < lexer.limit { lexer.step() }
    lexer.add(.end, length: 0)
    return lexer.tokens
  }

  private init(_ bytes: [UInt8], _ range: SourceRange) {
    self.bytes = bytes
    position = max(range.start, 0)
    limit = min(range.end, bytes.count)
    tokens.reserveCapacity(max(limit - position, 0) / 2 + 2)
  }

  private func byte(_ offset: Int) -> UInt8 { position + offset < limit ? bytes[position + offset] : 0 }

  private mutating func add(
    _ kind: LaTeXToken.Kind, _ text: String = "", length: Int, side: LaTeXToken.Side = .either
  ) {
    let range = SourceRange(start: position, end: position + length)
    tokens.append(LaTeXToken(kind: kind, range: range, text: text, side: self.side ?? side))
    position += length
    self.side = nil
  }

  private mutating func addBad(_ problem: LaTeXProblem, length: Int) {
    let range = SourceRange(start: position, end: position + length)
    tokens.append(LaTeXToken(kind: .bad, range: range, problem: problem))
    position += length
    side = nil
  }

  private mutating func step() {
    let first = bytes[position]
    switch first {
    case 0x20, 0x09...0x0D, UInt8(ascii: "~"), UInt8(ascii: "$"): position += 1
    case UInt8(ascii: "%"): while position < limit, bytes[position] != 0x0A { position += 1 }
    case UInt8(ascii: "\\"): command()
    case UInt8(ascii: "0")...UInt8(ascii: "9"): number()
    case _ where Letters.isASCIILetter(first):
      add(.letter, String(Unicode.Scalar(first)), length: 1)
    case 0x80...: nonASCII()
    default: punctuation(first)
    }
  }

  private mutating func punctuation(_ first: UInt8) {
    switch first {
    case UInt8(ascii: "{"): add(.beginGroup, length: 1)
    case UInt8(ascii: "}"): add(.endGroup, length: 1)
    case UInt8(ascii: "_"): add(.sub, length: 1)
    case UInt8(ascii: "^"): add(.sup, length: 1)
    case UInt8(ascii: "'"): add(.prime, length: 1)
    case UInt8(ascii: "&"): add(.align, length: 1)
    case UInt8(ascii: "("): add(.opening, "(", length: 1)
    case UInt8(ascii: ")"): add(.closing, ")", length: 1)
    case UInt8(ascii: "["): add(.opening, "[", length: 1)
    case UInt8(ascii: "]"): add(.closing, "]", length: 1)
    case UInt8(ascii: "|"): add(.bar, length: 1)
    case UInt8(ascii: "+"): add(.plus, length: 1)
    case UInt8(ascii: "-"): add(.minus, length: 1)
    case UInt8(ascii: "*"): add(.star, length: 1)
    case UInt8(ascii: "/"): add(.slash, length: 1)
    case UInt8(ascii: ","): add(.comma, length: 1)
    case UInt8(ascii: ";"): add(.semicolon, length: 1)
    case UInt8(ascii: ":"): add(.colon, length: 1)
    case UInt8(ascii: "="): add(.equals, length: byte(1) == first ? 2 : 1)
    case UInt8(ascii: "<"): add(.less, length: 1)
    case UInt8(ascii: ">"): add(.greater, length: 1)
    case UInt8(ascii: "."): if Letters.isDigit(byte(1)) { number() } else { dot() }
    case 0x21...0x7E: addBad(.unknownCharacter(String(Unicode.Scalar(first))), length: 1)
    default: addBad(.notText, length: 1)
    }
  }

  /// A dot ends a sentence; after `\left` or `\right` it is an invisible bracket.
  private mutating func dot() {
    if side != nil {
      side = nil
      position += 1
    } else {
      add(.dot, length: 1)
    }
  }

  private mutating func number() {
    var length = 0
    while Letters.isDigit(byte(length)) { length += 1 }
    if byte(length) == UInt8(ascii: "."), Letters.isDigit(byte(length + 1)) {
      length += 1
      while Letters.isDigit(byte(length)) { length += 1 }
    }
    add(.number, String(decoding: bytes[position..<(position + length)], as: UTF8.self), length: length)
  }

  // MARK: Commands

  private mutating func command() {
    var length = 1
    while Letters.isASCIILetter(byte(length)), byte(length) != 0 { length += 1 }
    if length == 1 {
      guard position + 1 < limit else { return addBad(.unknownCharacter("\\"), length: 1) }
      length = 2
      if byte(1) == UInt8(ascii: "\\") { return row() }
      if byte(1) >= 0x80 { return addBad(.unknownCharacter("\\"), length: 1) }
    }
    let name = String(decoding: bytes[(position + 1)..<(position + length)], as: UTF8.self)
    if LaTeXCommands.switches.contains(name) {
      position += length
      switchedWord()
    } else if LaTeXCommands.spacing.contains(name) || byte(1) <= 0x20 {
      position += length
    } else if LaTeXCommands.dropped.contains(name) {
      position += length
      skipArgument()
    } else if LaTeXCommands.distances.contains(name) {
      position += length
      skipDistance()
    } else if let side = LaTeXCommands.sizes[name] {
      position += length
      while position < limit, bytes[position] <= 0x20 { position += 1 }
      self.side = side
    } else if let bracket = LaTeXCommands.brackets[name] {
      add(bracket.opens ? .opening : .closing, bracket.text, length: length)
    } else if let bar = LaTeXCommands.bars[name] {
      add(bar.isDouble ? .doubleBar : .bar, length: length, side: bar.side)
    } else if let letter = LaTeXCommands.letters[name] {
      add(.letter, letter, length: length)
    } else if name == "begin" || name == "end" {
      environment(name == "begin" ? .begin : .finish, length)
    } else if LaTeXCommands.words.contains(name), word(length) {
      return
    } else {
      add(.command, name, length: length)
    }
  }

  /// `\\`, with an optional distance.
  private mutating func row() {
    add(.row, length: 2)
    if byte(0) == UInt8(ascii: "[") {
      var length = 1
      while position + length < limit, length < 16, byte(length) != UInt8(ascii: "]") { length += 1 }
      let inside = bytes[(position + 1)..<min(position + length, limit)]
      let isDistance = inside.allSatisfy {
        Letters.isDigit($0) || Letters.isASCIILetter($0) || $0 == 0x2E || $0 == 0x2D
      }
      if byte(length) == UInt8(ascii: "]"), isDistance, inside.contains(where: Letters.isDigit) {
        position += length + 1
      }
    }
  }

  /// The end of the group that starts at a byte; `nil` if none starts there or it is never closed.
  private func groupEnd(_ start: Int) -> Int? {
    guard start < limit, bytes[start] == UInt8(ascii: "{") else { return nil }
    var depth = 0
    var index = start
    while index < limit {
      let next = bytes[index]
      if next == UInt8(ascii: "\\") { index += 1 } else if next == UInt8(ascii: "{") { depth += 1 }
      if next == UInt8(ascii: "}") {
        depth -= 1
        if depth == 0 { return index }
      }
      index += 1
    }
    return nil
  }

  private mutating func skipArgument() {
    if byte(0) == UInt8(ascii: "*") { position += 1 }
    if let end = groupEnd(position) { position = end + 1 }
  }

  /// The letters behind `\rm`, which are one word.
  private mutating func switchedWord() {
    while byte(0) == UInt8(ascii: " ") { position += 1 }
    var length = 0
    while Letters.isASCIILetter(byte(length)) { length += 1 }
    guard length > 0 else { return }
    let text = String(decoding: bytes[position..<(position + length)], as: UTF8.self)
    if tokens.last?.kind == .beginGroup, byte(length) == UInt8(ascii: "}") {
      // `{\rm tr}` is `\mathrm{tr}`.
      tokens.removeLast()
      length += 1
    }
    add(.word, text, length: length)
  }

  /// `-1.5mu` behind `\mkern`.
  private mutating func skipDistance() {
    var length = 0
    while byte(length) == UInt8(ascii: "-") || byte(length) == UInt8(ascii: " ") { length += 1 }
    while Letters.isDigit(byte(length)) || byte(length) == UInt8(ascii: ".") { length += 1 }
    guard Letters.isASCIILetter(byte(length)), Letters.isASCIILetter(byte(length + 1)) else { return }
    position += length + 2
  }

  private mutating func environment(_ kind: LaTeXToken.Kind, _ length: Int) {
    guard let end = groupEnd(position + length), end - position < 60 else {
      return addBad(.missing("the name of an environment"), length: length)
    }
    let name = String(decoding: bytes[(position + length + 1)..<end], as: UTF8.self)
    add(kind, name.trimmed, length: end + 1 - position)
    // The column specification of an array does not matter.
    if kind == .begin, name == "array" || name == "tabular" { skipArgument() }
  }

  /// `\mathrm{name}`; the parser handles a group that contains commands or is not closed.
  private mutating func word(_ length: Int) -> Bool {
    var start = position + length
    if start < limit, bytes[start] == UInt8(ascii: "*") { start += 1 }
    while start < limit, bytes[start] == 0x20 { start += 1 }
    guard let end = groupEnd(start) else {
      // `\mathrm d`.
      guard start < limit, Letters.isASCIILetter(bytes[start]) else { return false }
      add(.word, String(Unicode.Scalar(bytes[start])), length: start + 1 - position)
      return true
    }
    let text = String(decoding: bytes[(start + 1)..<end], as: UTF8.self).trimmed
    if text.allSatisfy({ ".,;: ".contains($0) }) {
      position = end + 1
    } else {
      add(.word, text, length: end + 1 - position)
    }
    return true
  }

  // MARK: Letters outside ASCII

  private mutating func nonASCII() {
    guard let (value, length) = UTF8Scalar.scalar(in: bytes, at: position, limit: limit) else {
      return addBad(.notText, length: 1)
    }
    let text = String(Unicode.Scalar(value).map(Character.init) ?? "?")
    if Letters.isSpace(value) {
      position += length
    } else if let letter = Letters.spelling(value) {
      add(.letter, letter, length: length)
    } else if let kind = Self.sign(value) {
      add(kind, length: length)
    } else {
      addBad(.unknownCharacter(text), length: length)
    }
  }

  private static func sign(_ value: UInt32) -> LaTeXToken.Kind? {
    switch value {
    case 0x2212: .minus
    case 0xB7, 0x22C5, 0xD7, 0x2217: .star
    case 0x2016, 0x2225: .doubleBar
    case 0x2032, 0x2019: .prime
    default: nil
    }
  }
}

/// Scalars of UTF-8 text.
enum UTF8Scalar {
  /// The scalar at a byte and its length; `nil` if the bytes are not UTF-8.
  static func scalar(in bytes: [UInt8], at start: Int, limit: Int) -> (value: UInt32, length: Int)? {
    let first = bytes[start]
    let length =
      first >= 0xF0 && first < 0xF8
      ? 4 : first >= 0xE0 && first < 0xF0 ? 3 : first >= 0xC2 && first < 0xE0 ? 2 : 0
    guard length > 0, start + length <= limit else { return nil }
    var value = UInt32(first) & (0xFF >> UInt32(length + 1))
    for next in bytes[(start + 1)..<(start + length)] {
      guard next & 0xC0 == 0x80 else { return nil }
      value = value << 6 | UInt32(next & 0x3F)
    }
    return Unicode.Scalar(value) == nil ? nil : (value, length)
  }
}

extension String {
  /// The text without spaces at either end.
  var trimmed: String {
    let start = drop { $0 == " " || $0.isNewline || $0 == "\t" }
    var end = start[...]
    while let last = end.last, last == " " || last.isNewline || last == "\t" { end = end.dropLast() }
    return String(end)
  }
}
