/// Checks that brackets and paired commands of a LaTeX text match.
enum FuzzBrackets {
  private static let pairs: [Character: Character] = [")": "(", "]": "[", "}": "{"]
  private static let commands = [
    ("\\left", "\\right"), ("\\lVert", "\\rVert"), ("\\lvert", "\\rvert"), ("\\begin", "\\end"),
  ]

  /// The mismatch; nil if everything matches.
  static func problem(in latex: String) -> String? {
    var open: [Character] = []
    for character in latex {
      if pairs.values.contains(character) { open.append(character) }
      if let wanted = pairs[character], open.popLast() != wanted { return "a stray \(character)" }
    }
    if !open.isEmpty { return "\(open.count) open brackets" }
    let words = latex.split(separator: "\\").map { "\\" + $0.prefix { $0.isLetter } }
    for (left, right) in commands
    where words.count(where: { $0 == left }) != words.count(where: { $0 == right }) {
      return "\(left) without a counterpart"
    }
    return nil
  }
}
