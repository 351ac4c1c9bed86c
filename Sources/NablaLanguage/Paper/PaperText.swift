/// The parts of a paper in TeX or Markdown: formulas, declarations for Nabla, and prose.
struct PaperText {
  enum Part {
    /// The contents of a formula, without delimiters.
    case formula(SourceRange, isDisplayed: Bool)
    /// A line of `% nabla: ...` or `<!-- nabla: ... -->`.
    case directive(SourceRange)
    case prose(SourceRange)
  }

  private let bytes: [UInt8]
  private let isMarkdown: Bool
  private var position = 0
  private var proseStart = 0
  private var parts: [Part] = []

  /// Environments that are formulas.
  private static let environments: Set<String> = [
    "equation", "align", "gather", "multline", "eqnarray", "displaymath", "math", "flalign", "alignat",
  ]

  static func parts(of source: SourceText, isMarkdown: Bool) -> [Part] {
    var text = PaperText(source, isMarkdown)
    text.run()
    return text.parts
  }

  private init(_ source: SourceText, _ isMarkdown: Bool) {
    bytes = source.bytes
    self.isMarkdown = isMarkdown
  }

  private func starts(_ text: String, at place: Int) -> Bool {
    let wanted = text.utf8
    return place + wanted.count <= bytes.count && bytes[place..<(place + wanted.count)].elementsEqual(wanted)
  }

  /// The next position of a text; `nil` if there is none.
  private func find(_ text: String, from start: Int, upTo limit: Int? = nil) -> Int? {
    let wanted = Array(text.utf8)
    var place = start
    let last = min(limit ?? bytes.count, bytes.count) - wanted.count
    while place <= last {
      if bytes[place] == wanted[0], bytes[place..<(place + wanted.count)].elementsEqual(wanted) {
        return place
      }
      // An escaped character closes nothing.
      place += bytes[place] == UInt8(ascii: "\\") && wanted[0] == UInt8(ascii: "$") ? 2 : 1
    }
    return nil
  }

  private mutating func run() {
    while position < bytes.count { step() }
    endProse(at: bytes.count)
  }

  private mutating func endProse(at end: Int) {
    if end > proseStart { parts.append(.prose(SourceRange(start: proseStart, end: end))) }
  }

  private mutating func step() {
    switch bytes[position] {
    case UInt8(ascii: "\\"): command()
    case UInt8(ascii: "$"): dollar()
    case UInt8(ascii: "%") where !isMarkdown: comment()
    case UInt8(ascii: "<") where isMarkdown && starts("<!--", at: position): markdownComment()
    case UInt8(ascii: "`") where isMarkdown: code()
    default: position += 1
    }
  }

  private mutating func formula(from start: Int, to end: Int, next: Int, isDisplayed: Bool) {
    endProse(at: position)
    parts.append(.formula(SourceRange(start: start, end: end), isDisplayed: isDisplayed))
    position = next
    proseStart = next
  }

  private mutating func command() {
    if starts("\\[", at: position), let end = find("\\]", from: position + 2) {
      return formula(from: position + 2, to: end, next: end + 2, isDisplayed: true)
    }
    if starts("\\(", at: position), let end = find("\\)", from: position + 2) {
      return formula(from: position + 2, to: end, next: end + 2, isDisplayed: false)
    }
    if starts("\\begin{", at: position), let close = find("}", from: position + 7, upTo: position + 40) {
      let name = String(decoding: bytes[(position + 7)..<close], as: UTF8.self)
      let base = name.hasSuffix("*") ? String(name.dropLast()) : name
      if Self.environments.contains(base), let end = find("\\end{\(name)}", from: close + 1) {
        return formula(from: close + 1, to: end, next: end + name.utf8.count + 6, isDisplayed: true)
      }
      if base == "verbatim" || base == "lstlisting", let end = find("\\end{\(name)}", from: close + 1) {
        position = end
        return
      }
    }
    position += 2
  }

  private mutating func dollar() {
    if starts("$$", at: position) {
      guard let end = find("$$", from: position + 2) else {
        position = bytes.count
        return
      }
      return formula(from: position + 2, to: end, next: end + 2, isDisplayed: true)
    }
    // An inline formula does not cross a blank line.
    let limit = find("\n\n", from: position) ?? bytes.count
    guard let end = find("$", from: position + 1, upTo: limit) else {
      position += 1
      return
    }
    formula(from: position + 1, to: end, next: end + 1, isDisplayed: false)
  }

  private mutating func directives(_ range: SourceRange) {
    var start = range.start
    for index in range.start...range.end {
      let isEnd = index == range.end || bytes[index] == 0x0A || bytes[index] == UInt8(ascii: ";")
      guard isEnd else { continue }
      if index > start { parts.append(.directive(SourceRange(start: start, end: index))) }
      start = index + 1
    }
  }

  private mutating func comment() {
    let end = find("\n", from: position) ?? bytes.count
    endProse(at: position)
    var start = position
    while start < end, bytes[start] == UInt8(ascii: "%") || bytes[start] == 0x20 { start += 1 }
    if starts("nabla:", at: start) { directives(SourceRange(start: start + 6, end: end)) }
    position = end
    proseStart = end
  }

  private mutating func markdownComment() {
    let end = find("-->", from: position + 4) ?? bytes.count
    endProse(at: position)
    var start = position + 4
    while start < end, bytes[start] <= 0x20 { start += 1 }
    if starts("nabla:", at: start) { directives(SourceRange(start: start + 6, end: end)) }
    position = min(end + 3, bytes.count)
    proseStart = position
  }

  /// Code is skipped, in blocks and within lines.
  private mutating func code() {
    let isBlock = starts("```", at: position)
    let mark = isBlock ? "```" : "`"
    let limit = isBlock ? nil : find("\n", from: position) ?? bytes.count
    guard let end = find(mark, from: position + mark.utf8.count, upTo: limit) else {
      position += mark.utf8.count
      return
    }
    position = end + mark.utf8.count
  }

  /// The parts reordered: definitions after a displayed formula, introduced by "where", go before it.
  static func definitionsFirst(_ parts: [Part], _ source: SourceText) -> [Part] {
    var result: [Part] = []
    var index = 0
    while index < parts.count {
      guard case .formula(_, isDisplayed: true) = parts[index], index + 1 < parts.count,
        case .prose(let range) = parts[index + 1], source.text(range).trimmed.hasPrefix("where")
      else {
        result.append(parts[index])
        index += 1
        continue
      }
      var next = index + 1
      while next < parts.count {
        if case .formula(_, isDisplayed: true) = parts[next] { break }
        if case .prose(let range) = parts[next], next > index + 1, source.text(range).contains(".") { break }
        result.append(parts[next])
        next += 1
      }
      result.append(parts[index])
      index = next
    }
    return result
  }
}
