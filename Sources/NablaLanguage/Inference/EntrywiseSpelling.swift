/// Texts in the notation of NumPy, PyTorch and R, where `*` and `/` are elementwise.
enum EntrywiseSpelling {
  /// Whether an expression has a sign or a name that only these have; a module before its first name counts.
  static func isMarked(_ range: SourceRange, of source: SourceText) -> Bool {
    var start = range.start
    while start > 0,
      Letters.isASCIILetter(source.bytes[start - 1]) || source.bytes[start - 1] == UInt8(ascii: ".")
    {
      start -= 1
    }
    let text = source.text(SourceRange(start: start, end: range.end))
    if text.utf8.contains(UInt8(ascii: "@")) || text.contains("%*%") { return true }
    guard text.utf8.contains(UInt8(ascii: ".")) else { return false }
    return modules.contains { module in
      text.ranges(of: module + ".").contains { range in
        range.lowerBound == text.startIndex || !text[text.index(before: range.lowerBound)].isLetter
      }
    }
  }

  private static let modules = ["np", "numpy", "jnp", "torch", "tf"]

  /// Whether the text between two factors is the sign of a product of entries.
  static func isProduct(_ sign: String) -> Bool { sign.contains("*") && !sign.contains("%") }
}

extension SourceText {
  /// The text between two consecutive ranges.
  func between(_ left: SourceRange, _ right: SourceRange) -> String {
    left.end < right.start ? text(SourceRange(start: left.end, end: right.start)) : ""
  }
}
