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
    return lines[0].utf8.contains(UInt8(ascii: "=")) || value(of: .kernel, entry) != nil
      || value(of: .body, entry) != nil
  }

  /// The marks a formula must have for the entry to apply: the operations of its pattern, or of either side of an
  /// equality.
  func marks(_ entry: Entry, _ operations: [String: Marks], takingSizes: Set<String>) -> [Marks] {
    switch entry.kind {
    case .declaration: return []
    case .function, .operation, .notation: return [Marks(operation: name(entry))]
    case .kernel: return [Marks(operation: Lowering.kernelName(name(entry)))]
    case .rule, .stable, .fact: break
    }
    var text = line(entry)[...]
    for mark in [" says ", " for "] { if let (before, _) = Self.split(text, mark) { text = before } }
    for mark in [" -> ", " => ", " is "] {
      if let (left, _) = Self.split(text, mark) { return [Self.marks(left, operations, takingSizes)] }
    }
    guard let (left, right) = Self.split(text, " == ") else { return [Marks()] }
    return [Self.marks(left, operations, takingSizes), Self.marks(right, operations, takingSizes)]
  }

  /// The bytes of an entry on one line, without comments.
  private func line(_ entry: Entry) -> [UInt8] {
    var result: [UInt8] = []
    result.reserveCapacity(entry.range.end - entry.range.start)
    var isComment = false
    for byte in source.bytes[entry.range.start..<entry.range.end] {
      if byte == UInt8(ascii: "\n") {
        isComment = false
        result.append(UInt8(ascii: " "))
      } else if byte == UInt8(ascii: "#") {
        isComment = true
      } else if !isComment {
        result.append(byte)
      }
    }
    return result
  }

  /// The parts before and after the first occurrence of a mark.
  private static func split(
    _ text: ArraySlice<UInt8>, _ mark: String
  ) -> (ArraySlice<UInt8>, ArraySlice<UInt8>)? {
    let pattern = Array(mark.utf8)
    var index = text.startIndex
    while index <= text.endIndex - pattern.count {
      if text[index] == pattern[0], text[index + 1] == pattern[1], text[index...].starts(with: pattern) {
        return (text[..<index], text[(index + pattern.count)...])
      }
      index += 1
    }
    return nil
  }

  /// The marks of arithmetic, comparisons, and of the names before opening brackets, in a text.
  private static func marks(
    _ text: ArraySlice<UInt8>, _ operations: [String: Marks], _ takingSizes: Set<String>
  ) -> Marks {
    var result = Marks()
    var arithmetic = Marks()
    var hasSizes = false
    var start = text.startIndex
    for index in text.indices {
      switch text[index] {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"):
        continue
      case UInt8(ascii: "("):
        if start < index {
          let name = String(decoding: text[start..<index], as: UTF8.self)
          if let mark = operations[name] { result.formUnion(mark) }
          if takingSizes.contains(name) { hasSizes = true }
        }
      case UInt8(ascii: "["): hasSizes = true
      case UInt8(ascii: "<"), UInt8(ascii: ">"):
        let isStrict = index + 1 == text.endIndex || text[index + 1] != UInt8(ascii: "=")
        if let mark = operations[isStrict ? "less" : "lessequal"] { result.formUnion(mark) }
      case UInt8(ascii: "+"), UInt8(ascii: "-"):
        // A sign has no space after it.
        if text[(index + 1)...].first == UInt8(ascii: " ") { arithmetic.formUnion(.sum) }
      case UInt8(ascii: "^"):
        if text[(index + 1)...].first == UInt8(ascii: "2") { arithmetic.formUnion(.power) }
      default: break
      }
      start = index + 1
    }
    // The arithmetic may be that of sizes.
    return hasSizes ? result : result.union(arithmetic)
  }
}

/// The text without spaces at its ends.
func trimmed(_ text: some StringProtocol) -> String { trimmed(Array(text.utf8)[...]) }

/// The text without spaces at its ends.
private func trimmed(_ text: ArraySlice<UInt8>) -> String {
  var bytes = text
  while let first = bytes.first, first == 32 || first == 9 || first == 13 { bytes = bytes.dropFirst() }
  while let last = bytes.last, last == 32 || last == 9 || last == 13 { bytes = bytes.dropLast() }
  return String(decoding: bytes, as: UTF8.self)
}
