import NablaTypes

/// Reads what sentences state about names.
enum RemarkSentences {
  private static let words: [(String, Property)] = [
    ("positive semidefinite", .psd), ("positive semi-definite", .psd), ("positive definite", .spd),
    ("symmetric", .symmetric), ("invertible", .invertible), ("nonsingular", .invertible),
    ("orthogonal", .orthogonal), ("diagonal", .diagonal), ("skew-symmetric", .skew),
  ]

  /// `if A is symmetric`, `for A symmetric`, `A invertible`, `A \succ 0` next to a formula.
  static func properties(in remark: String) -> [String: Property] {
    var text = remark
    text = text.replacing("\\succeq", with: " ⪰ ").replacing("\\succ", with: " ≻ ")
    for mark in ["(", ")", ",", "."] { text = text.split(separator: mark).joined(separator: " ") }
    var tokens = text.split(separator: " ").map(String.init)
    while let first = tokens.first, ["if", "for", "when", "with", "since", "where", "as"].contains(first) {
      tokens.removeFirst()
    }
    guard let name = tokens.first, !name.isEmpty else { return [:] }
    let rest = tokens.dropFirst().joined(separator: " ")
    let bare = name.trimmingFonts
    guard bare.count == 1 || bare.hasPrefix("\\") else { return [:] }
    let key = bare.hasPrefix("\\") ? String(bare.dropFirst()) : bare
    if rest.hasPrefix("⪰") { return [key: .psd] }
    if rest.hasPrefix("≻") { return [key: .spd] }
    let claim = rest.hasPrefix("is ") ? String(rest.dropFirst(3)) : rest
    for (word, property) in words where claim.hasPrefix(word) { return [key: property] }
    return [:]
  }
}

extension String {
  /// `A` for `\mathbf{A}`.
  fileprivate var trimmingFonts: String {
    guard hasPrefix("\\"), let open = firstIndex(of: "{"), hasSuffix("}") else { return self }
    return String(self[index(after: open)...].dropLast())
  }
}
