/// Distinguishes LaTeX from the text notation.
enum LaTeXDetection {
  /// Whether a range of a text is LaTeX: it has a command, or braces after `_` or `^` and no word of the text notation.
  static func isLaTeX(_ source: SourceText, _ range: SourceRange) -> Bool {
    let bytes = source.bytes
    let expression = asked(source, range)
    let first = (expression.start..<expression.end).first { bytes[$0] > 0x20 }
    if let first, bytes[first] == UInt8(ascii: "\\"), first + 1 < range.end,
      Letters.isASCIILetter(bytes[first + 1])
    {
      return true
    }
    var index = range.start
    var hasBraces = false
    while index + 1 < range.end {
      let (byte, next) = (bytes[index], bytes[index + 1])
      if byte == UInt8(ascii: "\\"), isCommand(bytes, index + 1, range.end) { return true }
      if byte == UInt8(ascii: "_") || byte == UInt8(ascii: "^"), next == UInt8(ascii: "{") {
        hasBraces = true
      }
      index += 1
    }
    return hasBraces && !isPlain(source, expression)
  }

  /// The expression of a question, without the words around it.
  private static func asked(_ source: SourceText, _ range: SourceRange) -> SourceRange {
    let bytes = source.bytes[range.start..<range.end]
    var word = range.start
    while word < range.end, Letters.isASCIILetter(bytes[word]) { word += 1 }
    guard word < range.end, bytes[word] == UInt8(ascii: " "),
      QuestionKind(rawValue: source.text(SourceRange(start: range.start, end: word))) != nil
    else { return range }
    let mark = Array(" wrt ".utf8)
    let last = (word..<range.end).last {
      $0 + mark.count <= range.end && bytes[$0..<($0 + mark.count)].elementsEqual(mark)
    }
    return SourceRange(start: word, end: last ?? range.end)
  }

  private static let symbols = Set(",;:!{}|".utf8)

  private static func isCommand(_ bytes: [UInt8], _ start: Int, _ end: Int) -> Bool {
    if symbols.contains(bytes[start]) { return true }
    var stop = start
    while stop < end, Letters.isASCIILetter(bytes[stop]) { stop += 1 }
    let name = String(decoding: bytes[start..<stop], as: UTF8.self)
    return stop > start && (LaTeXCommands.isKnown(name) || LaTeXCommands.unread.contains(name))
  }

  /// Whether a text without commands has a sign or a word that only the text notation has.
  private static func isPlain(_ source: SourceText, _ range: SourceRange) -> Bool {
    let bytes = source.bytes
    var index = range.start
    while index < range.end {
      if bytes[index] == UInt8(ascii: "*") { return true }
      var end = index
      while end < range.end, Letters.isASCIILetter(bytes[end]) || end > index && Letters.isDigit(bytes[end]) {
        end += 1
      }
      if end > index + 1 {
        let word = String(decoding: bytes[index..<end], as: UTF8.self)
        let isCall = end < range.end && bytes[end] == UInt8(ascii: "(")
        if Letters.greekNames.contains(word) || !isCall && Signature.builtins[word] != nil || word.count > 3 {
          return true
        }
        if word.contains(where: \.isNumber) { return true }
      }
      index = max(end, index + 1)
    }
    return false
  }
}
