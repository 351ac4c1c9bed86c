/// Texts in the notation of NumPy, PyTorch and R, where `*` and `/` are elementwise.
enum EntrywiseSpelling {
  /// Whether an expression has a sign or a name that only these have; a module before its first name counts.
  static func isMarked(_ range: SourceRange, of source: SourceText) -> Bool {
    // A tree may have been parsed from another text than the one that errors show.
    guard range.end <= source.bytes.count else { return false }
    var start = range.start
    while start > 0,
      Letters.isASCIILetter(source.bytes[start - 1]) || source.bytes[start - 1] == UInt8(ascii: ".")
    {
      start -= 1
    }
    let bytes = source.bytes[start..<max(range.end, start)]
    for (index, byte) in zip(bytes.indices, bytes) {
      switch byte {
      case UInt8(ascii: "@"): return true
      case UInt8(ascii: "%"):
        if ["%*%", "%x%"].contains(where: { bytes[index...].starts(with: $0.utf8) }) { return true }
      case UInt8(ascii: "."):
        let before = bytes[..<index].reversed().prefix { Letters.isASCIILetter($0) || $0 >= 0x80 }
        if modules.contains(String(decoding: before.reversed(), as: UTF8.self)) { return true }
      case _: break
      }
    }
    return false
  }

  private static let modules: Set<String> = ["np", "numpy", "jnp", "torch", "tf"]

  /// Whether the text between two factors is the sign of a product of entries.
  static func isProduct(_ sign: String) -> Bool { sign.contains("*") && !sign.contains("%") }
}

extension SourceText {
  /// The text between two consecutive ranges.
  func between(_ left: SourceRange, _ right: SourceRange) -> String {
    left.end < right.start ? text(SourceRange(start: left.end, end: right.start)) : ""
  }
}
