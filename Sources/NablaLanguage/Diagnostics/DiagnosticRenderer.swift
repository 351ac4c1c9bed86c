/// Renders diagnostics for people and tools: location, message, source line, caret, hint.
package struct DiagnosticRenderer: Sendable {
  private let source: SourceText
  /// Number of characters shown of a long line.
  private static let width = 120

  package init(_ source: SourceText) { self.source = source }

  /// All diagnostics, in text order.
  package func render(_ diagnostics: [Diagnostic]) -> String {
    let ordered = diagnostics.enumerated().sorted { a, b in
      (a.element.range.start, a.offset) < (b.element.range.start, b.offset)
    }
    return ordered.map { render($0.element) }.joined()
  }

  /// One diagnostic; each line ends in a line feed.
  package func render(_ diagnostic: Diagnostic) -> String {
    var result = header(diagnostic.range, kind: "error", diagnostic.message)
    result += excerpt(diagnostic.range)
    if let hint = diagnostic.hint { result += "hint: \(hint)\n" }
    for note in diagnostic.notes {
      if let range = note.range {
        result += header(range, kind: "note", note.message)
      } else {
        result += "note: \(note.message)\n"
      }
    }
    return result
  }

  private func header(_ range: SourceRange, kind: String, _ message: String) -> String {
    let place = source.position(at: range.start)
    let plain = String(message.map { Self.isControl($0) ? " " : $0 })
    return "\(source.name):\(place.line):\(place.column): \(kind): \(plain)\n"
  }

  private static func isControl(_ character: Character) -> Bool {
    character.unicodeScalars.contains { $0.value < 0x20 || $0.value == 0x7F }
  }

  /// The source line and the carets under the range.
  private func excerpt(_ range: SourceRange) -> String {
    let place = source.position(at: range.start)
    let lineRange = source.lineRange(place.line)
    let line = source.text(lineRange).map { Self.isControl($0) ? " " : $0 }
    let start = min(place.column - 1, line.count)
    let end = min(range.end, lineRange.end)
    let length = end > range.start ? source.text(SourceRange(start: range.start, end: end)).count : 1
    if line.count <= Self.width {
      return String(line) + "\n" + String(repeating: " ", count: start)
        + String(repeating: "^", count: max(1, min(length, line.count - start))) + "\n"
    }
    let first = max(0, min(start - Self.width / 2, line.count - Self.width))
    let last = min(line.count, first + Self.width)
    let lead = first > 0 ? "…" : ""
    let tail = last < line.count ? "…" : ""
    return lead + String(line[first..<last]) + tail + "\n"
      + String(repeating: " ", count: start - first + lead.count)
      + String(repeating: "^", count: max(1, min(length, last - start))) + "\n"
  }
}
