/// The colours of answers and messages on a terminal.
package enum Colours {
  /// The words that have a colour where they begin a line, or follow the place of an error.
  private static let words: [(word: String, code: String)] = [
    ("each verified", "32"), ("verified", "32"), ("REFUTED", "1;31"), ("not checked", "33"),
    ("unchecked", "33"), ("hint:", "36"), ("note:", "36"),
  ]

  /// The text with colours in escape sequences.
  package static func painted(_ text: String) -> String {
    text.split(separator: "\n", omittingEmptySubsequences: false).map { painted(line: $0) }
      .joined(separator: "\n")
  }

  private static func painted(line: Substring) -> String {
    let margin = line.prefix { $0 == " " }
    let rest = line.dropFirst(margin.count)
    for (word, code) in words where rest.hasPrefix(word) {
      return margin + coloured(word, code) + rest.dropFirst(word.count)
    }
    for mark in [": error: ", ": defect: "] {
      guard let place = line.firstRange(of: mark) else { continue }
      return line[..<place.lowerBound] + ": " + coloured(String(mark.dropFirst(2).dropLast()), "1;31") + " "
        + line[place.upperBound...]
    }
    return String(line)
  }

  private static func coloured(_ text: String, _ code: String) -> String { "\u{1B}[\(code)m\(text)\u{1B}[0m" }
}

/// A bar that shows how much of some work is done.
package enum Bar {
  private static let width = 30

  /// `[##########                    ]  33%`.
  package static func text(done: Int, total: Int) -> String {
    let share = total > 0 ? min(max(Double(done) / Double(total), 0), 1) : 1
    let filled = Int(share * Double(width))
    let percent = "\(Int(share * 100))%"
    return "[" + String(repeating: "#", count: filled) + String(repeating: " ", count: width - filled) + "] "
      + String(repeating: " ", count: 4 - percent.count) + percent
  }
}
