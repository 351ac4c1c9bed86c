/// A line of the rule set, for listing.
package struct RuleEntry: Sendable {
  package let name: String
  /// The statement as written in the file.
  package let statement: String
  package let file: String
  package let line: Int
  package let saying: String?
}

extension RuleBook {
  /// Every rule, fact and function, in the order of the files.
  package var entries: [RuleEntry] {
    let lines =
      rules.map { RuleEntry($0.name, $0.source, $0.saying) }
      + facts.map { RuleEntry($0.name, $0.source, nil) }
      + operations.map { RuleEntry($0.name, $0.source, nil) }
      + (functions.names + functions.kernels).compactMap { name in
        functions[name].map { RuleEntry(name, $0.source, nil) }
      }
    return lines.enumerated().sorted {
      ($0.element.file, $0.element.line, $0.offset) < ($1.element.file, $1.element.line, $1.offset)
    }.map(\.element)
  }
}

extension RuleEntry {
  fileprivate init(_ name: String, _ source: Rule.Source, _ saying: String?) {
    self.init(
      name: name, statement: source.text.split(separator: " ").joined(separator: " "), file: source.file,
      line: source.line, saying: saying)
  }
}
