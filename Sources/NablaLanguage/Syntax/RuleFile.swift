import NablaTypes

/// A rule file, split into entries that are parsed one by one.
package struct RuleFile: Sendable {
  /// A line that is not indented, and the indented lines that follow.
  package struct Entry: Sendable {
    package let kind: Kind
    package let range: SourceRange
    /// The words of the heading `says "…"` above it, if no empty line is in between.
    package var heading: String?

    package enum Kind: String, Sendable, CaseIterable {
      case rule, stable, fact, function, kernel, operation, notation
      case declaration = ""

      /// Whether it starts a block, which has a head with parameters.
      package var isBlock: Bool {
        switch self {
        case .function, .kernel, .operation, .notation: true
        case .rule, .stable, .fact, .declaration: false
        }
      }
    }
  }

  package let source: SourceText
  package let entries: [Entry]

  package init(_ source: SourceText) {
    self.source = source
    let bytes = source.bytes
    var entries: [Entry] = []
    var heading: String?
    var start = 0
    while start < bytes.count {
      var end = start
      var first: UInt8?
      while end < bytes.count, bytes[end] != UInt8(ascii: "\n") {
        if first == nil, !Self.isSpace(bytes[end]) { first = bytes[end] }
        end += 1
      }
      if first == nil { heading = nil }
      if let first, first != UInt8(ascii: "#") {
        let line = SourceRange(start: start, end: end)
        if Self.isSpace(bytes[start]), let open = entries.popLast() {
          let range = SourceRange(start: open.range.start, end: end)
          entries.append(Entry(kind: open.kind, range: range, heading: open.heading))
        } else if first == UInt8(ascii: "s"), let words = Self.heading(bytes[start..<end]) {
          heading = words
        } else {
          let word = String(decoding: bytes[start..<end].prefix { $0 != UInt8(ascii: " ") }, as: UTF8.self)
          entries.append(
            Entry(kind: Entry.Kind(rawValue: word) ?? .declaration, range: line, heading: heading))
        }
      }
      start = end + 1
    }
    self.entries = entries
  }

  /// The words of a line `says "…"`.
  private static func heading(_ line: ArraySlice<UInt8>) -> String? {
    let opening = "says \"".utf8
    guard line.starts(with: opening) else { return nil }
    return String(decoding: line.dropFirst(opening.count).prefix { $0 != UInt8(ascii: "\"") }, as: UTF8.self)
  }

  private static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 || byte == 0x0D }

  /// The parsed entry.
  package func statement(_ entry: Entry) throws(Diagnostic) -> RuleStatement {
    let reader = RuleReader(source, entry)
    return try reader.statement()
  }

  /// The signature of a block, without parsing its formulas; `nil` if it is not a valid block.
  package func signature(_ entry: Entry) -> (name: String, signature: Signature)? {
    switch entry.kind {
    case .function, .kernel, .operation, .notation:
      let bytes = source.bytes[entry.range.start..<entry.range.end]
      let end = bytes.firstIndex(of: UInt8(ascii: "\n")) ?? bytes.endIndex
      let head = Entry(kind: entry.kind, range: SourceRange(start: entry.range.start, end: end))
      return try? RuleReader(source, head).signature()
    case .declaration, .rule, .stable, .fact: return nil
    }
  }
}
