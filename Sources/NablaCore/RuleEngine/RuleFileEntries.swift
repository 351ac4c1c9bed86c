import NablaLanguage
import NablaTypes

extension RuleFile {
  /// The lines of an entry, without comments and the spaces around them.
  private func lines(_ entry: Entry) -> [String] {
    source.bytes[entry.range.start..<entry.range.end].split(separator: UInt8(ascii: "\n")).compactMap {
      line in
      let line = trimmed(line.prefix { $0 != UInt8(ascii: "#") })
      return line.isEmpty ? nil : line
    }
  }

  /// The place of the name of a rule, a fact or a block.
  func nameRange(_ entry: Entry) -> SourceRange {
    let bytes = source.bytes[entry.range.start..<entry.range.end]
    let start = bytes.dropFirst(entry.kind.rawValue.utf8.count).drop { $0 == UInt8(ascii: " ") }
    let isBlock = entry.kind.isBlock || entry.kind == .declaration
    let name = start.prefix { $0 > UInt8(ascii: " ") && !(isBlock && $0 == UInt8(ascii: "(")) }
    return SourceRange(start: name.startIndex, end: name.endIndex)
  }

  /// The functions of `kernel` blocks with their signatures.
  var kernels: [String: Signature] {
    var result: [String: Signature] = [:]
    for entry in entries where entry.kind == .kernel { result[name(entry)] = signature(entry)?.signature }
    return result
  }

  func name(_ entry: Entry) -> String { source.text(nameRange(entry)) }

  /// The text of a line of a block.
  func value(of key: RuleStatement.Key, _ entry: Entry) -> String? {
    lines(entry).dropFirst().first { $0.hasPrefix(key.rawValue + " ") }.map {
      trimmed($0.dropFirst(key.rawValue.utf8.count))
    }
  }

  /// Whether it is an operation or a notation with a body or a kernel.
  func isDefinition(_ entry: Entry) -> Bool {
    guard entry.kind == .operation || entry.kind == .notation else { return false }
    let lines = lines(entry)
    return lines[0].utf8.contains(UInt8(ascii: "="))
      || lines.dropFirst().contains { line in
        [RuleStatement.Key.kernel, .body].contains { line.hasPrefix($0.rawValue + " ") }
      }
  }

  /// The property that a fact derives; `nil` if the entry is not a fact or names no property.
  func property(_ entry: Entry) -> Property? {
    guard entry.kind == .fact else { return nil }
    let bytes = source.bytes
    var start = entry.range.start
    while start + 4 < entry.range.end {
      if bytes[start] == 0x20, bytes[start + 1] == UInt8(ascii: "i"), bytes[start + 2] == UInt8(ascii: "s"),
        bytes[start + 3] == 0x20
      {
        let words = source.text(SourceRange(start: start + 4, end: entry.range.end))
          .split(whereSeparator: \.isWhitespace).prefix { $0 != "for" && !$0.hasPrefix("#") }
        return Property(rawValue: words.joined(separator: " "))
      }
      start += 1
    }
    return nil
  }

  /// The marks a formula must have for the entry to apply: the operations of its pattern, or of either side of an
  /// equality.
  func marks(_ entry: Entry, _ names: PatternNames) -> [Marks] {
    switch entry.kind {
    case .declaration: return []
    case .function, .operation, .notation: return [Marks(operation: name(entry))]
    case .kernel: return [Marks(operation: Lowering.kernelName(name(entry)))]
    case .rule, .stable, .fact: break
    }
    var scan = PatternScan(names)
    return scan.marks(of: source.bytes[entry.range.start..<entry.range.end])
  }
}

/// The marks that the names of operations in a pattern require of formulas that it matches.
struct PatternNames {
  private struct Meaning {
    var marks = Marks()
    var takesSizes = false
  }

  /// By the hash of the name, so that texts are scanned without making strings.
  private var meanings: [UInt64: Meaning] = [:]

  /// The names of functions and operations; those that constructors replace leave no marks.
  init(_ signatures: [String: Signature]) {
    for (name, signature) in Signature.builtins.merging(signatures, uniquingKeysWith: { _, own in own })
    where signature.takesSizes {
      meanings[Self.hash(name.utf8), default: Meaning()].takesSizes = true
    }
    for name in signatures.keys where !Self.unmarked.contains(name) { add(name, Marks(operation: name)) }
    for name in ["sum", "mean", "rowsums", "colsums", "ones"] { add(name, .ones) }
  }

  /// Adds the kernels of a file.
  mutating func add(kernels: some Sequence<String>) {
    for name in kernels { add(name, Marks(operation: Lowering.kernelName(name))) }
  }

  private mutating func add(_ name: String, _ marks: Marks) {
    meanings[Self.hash(name.utf8), default: Meaning()].marks = marks
  }

  func meaning(of name: ArraySlice<UInt8>) -> (marks: Marks, takesSizes: Bool) {
    let meaning = meanings[Self.hash(name)] ?? Meaning()
    return (meaning.marks, meaning.takesSizes)
  }

  private static func hash(_ name: some Sequence<UInt8>) -> UInt64 {
    var hash = StructuralHash(0)
    for byte in name { hash.combine(UInt64(byte)) }
    return hash.value
  }

  /// Names that are parsed as another operation, or as none.
  private static let unmarked: Set<String> = [
    "dot", "vec", "power", "sum", "prod", "mean", "norm", "normF", "rowsums", "colsums", "outer", "eye",
    "ones", "zeros",
  ]
}

/// Reads the marks of a pattern from its text: those of arithmetic, comparisons, and the names before opening brackets.
private struct PatternScan {
  private let names: PatternNames
  private var found = Marks()
  private var arithmetic = Marks()
  private var hasSizes = false

  init(_ names: PatternNames) { self.names = names }

  /// The marks of the sides that are matched, in the text of a rule, a stable form or a fact.
  mutating func marks(of text: ArraySlice<UInt8>) -> [Marks] {
    var sides: [Marks] = []
    var index = text.startIndex
    // The start of the name that ends here.
    var start = index
    while index < text.endIndex {
      let byte = text[index]
      if Self.isInName(byte) {
        index += 1
        continue
      }
      if byte == UInt8(ascii: "(") { note(name: text[start..<index]) } else { note(text, index) }
      if isSpace(byte) {
        switch Separator(in: text, after: index) {
        case .arrow: return sides.isEmpty ? [taken()] : sides
        case .equality: sides.append(taken())
        case .end: return sides.isEmpty ? [Marks()] : sides + [taken()]
        case nil: break
        }
      } else if byte == UInt8(ascii: "#") {
        while index < text.endIndex, text[index] != UInt8(ascii: "\n") { index += 1 }
      }
      index += 1
      start = index
    }
    return sides.isEmpty ? [Marks()] : sides + [taken()]
  }

  private mutating func taken() -> Marks {
    // The arithmetic may be that of sizes.
    let result = hasSizes ? found : found.union(arithmetic)
    (found, arithmetic, hasSizes) = (Marks(), Marks(), false)
    return result
  }

  private mutating func note(name: ArraySlice<UInt8>) {
    if name.isEmpty { return }
    let (marks, takesSizes) = names.meaning(of: name)
    found.formUnion(marks)
    if takesSizes { hasSizes = true }
  }

  private mutating func note(_ text: ArraySlice<UInt8>, _ index: Int) {
    let next = index + 1 < text.endIndex ? text[index + 1] : UInt8(ascii: " ")
    switch text[index] {
    case UInt8(ascii: "["): hasSizes = true
    case UInt8(ascii: "<"), UInt8(ascii: ">"):
      // The `>` of an arrow does not compare.
      let before = index > text.startIndex ? text[index - 1] : UInt8(ascii: " ")
      let isArrow = before == UInt8(ascii: "-") || before == UInt8(ascii: "=")
      if !isArrow { found.formUnion(Marks(operation: next == UInt8(ascii: "=") ? "lessequal" : "less")) }
    case UInt8(ascii: "+"), UInt8(ascii: "-"):
      // A sign has no space after it.
      if next == UInt8(ascii: " ") { arithmetic.formUnion(.sum) }
    case UInt8(ascii: "^"):
      if next == UInt8(ascii: "2") { arithmetic.formUnion(.power) }
    case _: break
    }
  }

  /// The words that end a side of a statement.
  private enum Separator {
    case arrow, equality, end

    /// The word after a space, if it is a separator.
    init?(in text: ArraySlice<UInt8>, after space: Int) {
      func isWord(_ word: StaticString) -> Bool {
        let end = space + 1 + word.utf8CodeUnitCount
        guard end < text.endIndex, isSpace(text[end]) else { return false }
        for place in 0..<word.utf8CodeUnitCount where text[space + 1 + place] != word.utf8Start[place] {
          return false
        }
        return true
      }
      if isWord("->") || isWord("=>") || isWord("is") {
        self = .arrow
      } else if isWord("==") {
        self = .equality
      } else if isWord("for") || isWord("says") {
        self = .end
      } else {
        return nil
      }
    }
  }

  private static func isInName(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"):
      true
    case _: false
    }
  }

}

private func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x0A || byte == 0x09 }

/// The text without spaces at its ends.
func trimmed(_ text: some StringProtocol) -> String { trimmed(Array(text.utf8)[...]) }

/// The text without spaces at its ends.
private func trimmed(_ text: ArraySlice<UInt8>) -> String {
  var bytes = text
  while let first = bytes.first, first == 32 || first == 9 || first == 13 { bytes = bytes.dropFirst() }
  while let last = bytes.last, last == 32 || last == 9 || last == 13 { bytes = bytes.dropLast() }
  return String(decoding: bytes, as: UTF8.self)
}
