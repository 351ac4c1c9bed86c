extension RuleParser {
  /// One entry: its first line's number, and its lines joined.
  struct Entry: Sendable {
    let line: Int
    let kind: Kind
    var head: String
    /// Indented lines that follow, for function blocks.
    var body: [String] = []

    enum Kind: Sendable {
      case rule, fact, function, declaration
    }

    init(line: Int, head: String) {
      self.line = line
      self.head = head
      kind =
        if head.hasPrefix("rule ") {
          .rule
        } else if head.hasPrefix("fact ") {
          .fact
        } else if head.hasPrefix("function ") {
          .function
        } else {
          .declaration
        }
    }
  }

  /// The entries of a text: indented lines continue the one before, `#` starts a comment.
  static func entries(_ text: String) -> [Entry] {
    var result: [Entry] = []
    let lines = Array(text.utf8).split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    for (index, raw) in lines.enumerated() {
      let bytes = raw.firstIndex(of: UInt8(ascii: "#")).map { raw[..<$0] } ?? raw
      let line = trimmed(bytes)
      if line.isEmpty { continue }
      if let first = bytes.first, first == 32 || first == 9, !result.isEmpty {
        result[result.count - 1].body.append(line)
      } else {
        result.append(Entry(line: index + 1, head: line))
      }
    }
    return result
  }

  /// The names of the functions that a text defines, with their number of parameters.
  static func functionHeads(_ entries: [Entry]) -> [(String, Int)] {
    entries.compactMap { entry in
      guard entry.head.hasPrefix("function ") else { return nil }
      let head = entry.head.dropFirst(9)
      guard let open = head.firstIndex(of: "("), let close = head[open...].firstIndex(of: ")") else {
        return nil
      }
      return (trimmed(head[..<open]), head[open..<close].split(separator: ",").count)
    }
  }
}

extension RuleParser.Entry {
  /// The name of a rule or fact.
  var name: String {
    let words = head.split(separator: " ", maxSplits: 2)
    return words.count > 1 ? String(words[1]) : ""
  }

  /// The name in LaTeX that a function block gives.
  var latex: String? { body.first { $0.hasPrefix("latex ") }.map { trimmed($0.dropFirst(6)) } }

  /// What a formula must have for the entry to be of use: the operations of what it looks for, of one of its sides
  /// where it is an equality.
  func marks(_ operations: [Substring: Marks]) -> [Marks] {
    switch kind {
    case .declaration: return []
    case .function:
      let name = RuleParser.functionHeads([self]).first?.0 ?? ""
      return [Marks(operation: name)]
    case .rule, .fact: break
    }
    var text = ([head] + body).joined(separator: " ")
    if let (before, _) = split(text, " for ") { text = before }
    if let (left, _) = split(text, " -> ") ?? split(text, " is ") { return [Self.marks(left, operations)] }
    guard let (left, right) = split(text, " == ") else { return [Marks()] }
    return [Self.marks(left, operations), Self.marks(right, operations)]
  }

  /// The marks of the names that open a bracket in a text.
  private static func marks(_ text: String, _ operations: [Substring: Marks]) -> Marks {
    var result = Marks()
    let bytes = text.utf8
    var start = bytes.startIndex
    for index in bytes.indices {
      switch bytes[index] {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"):
        continue
      case UInt8(ascii: "("):
        if start < index, let mark = operations[text[start..<index]] { result.formUnion(mark) }
      default: break
      }
      start = bytes.index(after: index)
    }
    return result
  }
}
