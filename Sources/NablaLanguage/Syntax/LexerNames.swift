// Names, superscripts and other characters beyond ASCII.

extension Lexer {
  /// The Unicode scalar at a byte and its length; `nil` if the bytes are not UTF-8.
  func scalar(at start: Int) -> (value: UInt32, length: Int)? {
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

  /// `∑`, `∏`, `√`.
  private static let functionSigns: [UInt32: String] = [0x2211: "sum", 0x220F: "prod", 0x221A: "sqrt"]
  /// `½` and its like.
  private static let fractions: [UInt32: String] = [
    0xBD: "1/2", 0xBC: "1/4", 0xBE: "3/4", 0x2153: "1/3", 0x2154: "2/3",
  ]

  mutating func nonASCII() {
    guard let (value, length) = scalar(at: position) else { return controlBytes() }
    if Letters.isSpace(value) {
      position += length
    } else if let kind = Letters.sign(value) {
      add(kind, length: length)
    } else if Letters.superscript(value) != nil {
      superscript()
    } else if value == 0x2207 {
      nabla(length)
    } else if let name = Self.functionSigns[value] {
      let range = SourceRange(start: position, end: position + length)
      tokens.append(Token(kind: .name, range: range, text: name))
      position += length
    } else if let fraction = Self.fractions[value] {
      let range = SourceRange(start: position, end: position + length)
      tokens.append(Token(kind: .number, range: range, text: fraction))
      position += length
    } else if let digit = Letters.subscriptDigit(value), tokens.last?.kind == .bar,
      tokens.last?.range.end == position
    {
      let range = SourceRange(start: position, end: position + length)
      tokens.append(Token(kind: .normMark, range: range, text: String(digit)))
      position += length
    } else if Letters.spelling(value) != nil || Unicode.Scalar(value)?.properties.isAlphabetic == true {
      name()
    } else {
      let text = Unicode.Scalar(value).map { String($0) } ?? "?"
      addBad(.unknownCharacter(text), length: length)
    }
  }

  /// A superscript with a number, or a superscript T, with an optional sign.
  mutating func superscript() {
    let start = position
    var text = ""
    while position < bytes.count, bytes[position] >= 0x80, let (value, length) = scalar(at: position),
      let character = Letters.superscript(value)
    {
      if text.isEmpty || text == "-" || text == "+" {
        // The first character, or one that follows a sign.
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

  private static let modules: Set<String> = [
    "np", "numpy", "jnp", "jax", "torch", "linalg", "nn", "functional", "math", "scipy", "special", "tf",
    "LinearAlgebra", "stats", "sympy", "sp", "cvxpy", "cvx", "cp",
  ]

  mutating func name() {
    let start = position
    var folded: String?
    var pieces = 0
    while position < bytes.count {
      let next = bytes[position]
      if next == UInt8(ascii: "_"), byte(1) == UInt8(ascii: "{") {
        // `W_{ij}` is a name; `sum_{i=1}^n` is not.
        guard let length = bracedIndex() else { break }
        if folded == nil { folded = String(decoding: bytes[start..<position], as: UTF8.self) }
        folded?.append("_" + String(decoding: bytes[(position + 2)..<(position + length - 1)], as: UTF8.self))
        position += length
      } else if Letters.isASCIILetter(next) || Letters.isDigit(next) || next == UInt8(ascii: "_") {
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
    // `np.log` is `log`.
    if Self.modules.contains(text) || text == "F" && byte(0) == UInt8(ascii: ".") && isTorchFunction(),
      byte(0) == UInt8(ascii: "."),
      Letters.isASCIILetter(byte(1)),
      byte(1) != UInt8(ascii: "T") || Letters.isASCIILetter(byte(2))
    {
      position += 1
      name()
      // The `dot` of arrays multiplies matrices.
      if let last = tokens.last, last.kind == .name, last.text == "dot" {
        tokens[tokens.count - 1] = Token(kind: .name, range: last.range, text: "dotproduct")
      }
      return
    }
    // `norm.cdf` of SciPy.
    if text == "norm", let function = densityFunction() {
      position += 4
      let range = SourceRange(start: start, end: position)
      return tokens.append(Token(kind: .name, range: range, text: function))
    }
    let range = SourceRange(start: start, end: position)
    let isGreekLetter = pieces == 1 && folded != nil && !text.contains("_")
    if text.utf8.count > Limits.nameLength {
      tokens.append(
        Token(
          kind: .bad, range: range, problem: .tooLong(what: "a name", limit: Limits.nameLength, unit: "bytes")
        ))
    } else {
      tokens.append(Token(kind: .name, range: range, text: text, isGreekLetter: isGreekLetter))
    }
  }

  /// Whether `F.` at the position is followed by a function that PyTorch keeps there.
  func isTorchFunction() -> Bool {
    var end = position + 1
    while end < bytes.count, Letters.isASCIILetter(bytes[end]) || bytes[end] == UInt8(ascii: "_") { end += 1 }
    let name = String(decoding: bytes[min(position + 1, bytes.count)..<end], as: UTF8.self)
    return Self.torchFunctions.contains(name)
  }

  private static let torchFunctions: Set<String> = [
    "relu", "softmax", "log_softmax", "sigmoid", "logsigmoid", "tanh", "softplus", "elu", "gelu", "silu",
    "leaky_relu", "mse_loss", "cross_entropy", "cosine_similarity", "relu6", "kl_div",
  ]

  private func densityFunction() -> String? {
    let following = bytes[position..<min(position + 5, bytes.count)]
    if following.elementsEqual(".cdf(".utf8) { return "normcdf" }
    return following.elementsEqual(".pdf(".utf8) ? "normpdf" : nil
  }

  /// The length of `_{ij}`, if it contains only letters and digits.
  func bracedIndex() -> Int? {
    var length = 2
    while Letters.isASCIILetter(byte(length)) || Letters.isDigit(byte(length)) { length += 1 }
    return length > 2 && byte(length) == UInt8(ascii: "}") ? length + 1 : nil
  }

  func namePiece(_ value: UInt32) -> String? {
    if let spelling = Letters.spelling(value) { return spelling }
    if let digit = Letters.subscriptDigit(value) { return String(digit) }
    if Letters.superscript(value) != nil || Letters.sign(value) != nil { return nil }
    guard let scalar = Unicode.Scalar(value), scalar.properties.isAlphabetic else { return nil }
    return String(scalar)
  }
}
