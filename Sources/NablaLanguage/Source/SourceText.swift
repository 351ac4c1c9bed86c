/// A range of bytes of a source text: `start` is the first, `end` the one after the last.
package struct SourceRange: Hashable, Sendable {
  package let start: Int
  package let end: Int

  package init(start: Int, end: Int) {
    self.start = start
    self.end = end
  }

  /// The smallest range that contains both.
  package func joined(with other: SourceRange) -> SourceRange {
    SourceRange(start: min(start, other.start), end: max(end, other.end))
  }
}

/// A human-readable location: lines and columns start at 1, and columns count characters.
package struct SourcePosition: Hashable, Sendable {
  package let line: Int
  package let column: Int
}

/// An input text, with the name that messages use.
package struct SourceText: Sendable {
  /// The file's name or its substitute.
  package let name: String
  package let bytes: [UInt8]
  /// The byte at which each line starts.
  private let lineStarts: [Int]

  package init(_ text: String, name: String = "<expression>") {
    self.init(bytes: Array(text.utf8), name: name)
  }

  /// A text from a file; bytes that are not UTF-8 are reported as errors when it is parsed.
  package init(bytes: [UInt8], name: String) {
    self.name = name
    self.bytes = bytes
    var starts = [0]
    for (index, byte) in bytes.enumerated() where byte == UInt8(ascii: "\n") { starts.append(index + 1) }
    lineStarts = starts
  }

  /// The whole text.
  package var text: String { String(decoding: bytes, as: UTF8.self) }

  /// The text of a range.
  package func text(_ range: SourceRange) -> String {
    let start = min(max(range.start, 0), bytes.count)
    return String(decoding: bytes[start..<min(max(range.end, start), bytes.count)], as: UTF8.self)
  }

  /// The number of the line with a byte, starting at 1.
  package func line(at offset: Int) -> Int {
    var low = 0
    var high = lineStarts.count
    while high - low > 1 {
      let middle = (low + high) / 2
      if lineStarts[middle] <= offset { low = middle } else { high = middle }
    }
    return low + 1
  }

  /// The line and the column of a byte.
  package func position(at offset: Int) -> SourcePosition {
    let line = line(at: offset)
    let start = lineStarts[line - 1]
    return SourcePosition(line: line, column: text(SourceRange(start: start, end: offset)).count + 1)
  }

  /// The range of a line, counted from 1, without its line end.
  package func lineRange(_ line: Int) -> SourceRange {
    guard line >= 1, line <= lineStarts.count else {
      return SourceRange(start: bytes.count, end: bytes.count)
    }
    let start = lineStarts[line - 1]
    var end = line < lineStarts.count ? lineStarts[line] - 1 : bytes.count
    if end > start, bytes[end - 1] == UInt8(ascii: "\r") { end -= 1 }
    return SourceRange(start: start, end: end)
  }
}
