import NablaNumerics

/// Mutates texts: bytes, words and lines are changed, moved, duplicated, and mixed with those of others.
package struct FuzzMutator {
  package var random: SplitMix64
  /// Longer inputs are truncated: large inputs have their own tests.
  package var limit = 20_000

  private let pieces: [String]

  package init(random: SplitMix64) { self.init(random: random, pieces: Self.pieces) }

  init(random: SplitMix64, pieces: [String]) {
    self.random = random
    self.pieces = pieces
  }

  /// Pieces of the language and of data that readers stumble over.
  static let pieces: [String] = [
    "\0", "\r\n", "\n", "\t", " ", "#", "\"", "'", "''", "ᵀ", "⁻¹", "⁻ᵀ", "²", "‖", "⊙", "⊗", "σ", "λ", "Σ",
    "∂",
    "\u{FEFF}", "\u{200B}", "\u{202E}", "é", "e\u{301}", "😀", "𝒙", "(", ")", "[", "]", ":", ";", ",", "=",
    "==",
    "->", "^", ".^", "*", ".*", "/", "./", "+", "-", "<", "<=", "|", "%", "1e308", "1e-400", "0", "0.0",
    "1/0",
    "99999999999999999999", "170141183460469231731687303715884105727", "9223372036854775807", "-1", "2^63",
    ".",
    "..", "1.2.3", "n", "I", "e", "pi", "T", "x", "A", "inv(", "sum(i = 1:n, ", "kron(", "eye(n)", "[1:n]",
    "[i, :]",
    "wrt", "gradient ", "hessian ", "check ", "vector(", "matrix(", "scalar", "symmetric", "n*n*n*n", "n - n",
    "nan", "inf", "-inf", "null", "true", "{", "}", "\\u0000", "\\ud800", "\"\"", "1e5", "0x10", "1_000",
  ]

  package mutating func spoiled(_ input: [UInt8], others: [[UInt8]]) -> [UInt8] {
    var bytes = input
    for _ in 0..<random.integer(in: 1...6) { bytes = once(bytes, others) }
    return bytes.count > limit ? Array(bytes[..<limit]) : bytes
  }

  private mutating func place(_ bytes: [UInt8]) -> Int { random.integer(in: 0...bytes.count) }

  /// A range, usually short.
  private mutating func stretch(_ bytes: [UInt8]) -> Range<Int> {
    let start = place(bytes)
    let longest = bytes.count - start
    return start..<(start + random.integer(in: 0...(random.coin() ? min(longest, 12) : longest)))
  }

  private mutating func once(_ input: [UInt8], _ others: [[UInt8]]) -> [UInt8] {
    var bytes = input
    switch random.integer(in: 0...13) {
    case 0 where !bytes.isEmpty:
      bytes[random.integer(in: 0...(bytes.count - 1))] ^= 1 << UInt8(random.integer(in: 0...7))
    case 1 where !bytes.isEmpty:
      bytes[random.integer(in: 0...(bytes.count - 1))] = UInt8(truncatingIfNeeded: random.next())
    case 2: bytes.removeSubrange(stretch(bytes))
    case 3:
      let part = Array(bytes[stretch(bytes)])
      bytes.insert(contentsOf: part, at: place(bytes))
    case 4:
      let part = Array(bytes[stretch(bytes)])
      let count = random.integer(in: 2...(random.integer(in: 0...20) == 0 ? 4_000 : 40))
      var repeated: [UInt8] = []
      for _ in 0..<count where repeated.count < limit { repeated += part }
      bytes.insert(contentsOf: repeated, at: place(bytes))
    case 5...8:
      let piece = pieces.randomElement(using: &random) ?? ""
      if random.coin() {
        bytes.insert(contentsOf: Array(piece.utf8), at: place(bytes))
      } else {
        bytes.replaceSubrange(stretch(bytes), with: Array(piece.utf8))
      }
    case 9:
      let other = others.randomElement(using: &random) ?? []
      bytes.replaceSubrange(stretch(bytes), with: other[stretch(other)])
    case 10: bytes = exchanged(bytes, at: UInt8(ascii: "\n"))
    case 11: bytes = exchanged(bytes, at: UInt8(ascii: " "))
    case 12: bytes = exchanged(bytes, at: UInt8(ascii: ","))
    default: bytes = Array(bytes[..<place(bytes)])
    }
    return bytes
  }

  /// Swaps two parts between separators, or duplicates or removes one.
  private mutating func exchanged(_ bytes: [UInt8], at separator: UInt8) -> [UInt8] {
    var parts = bytes.split(separator: separator, omittingEmptySubsequences: false).map(Array.init)
    let (a, b) = (random.integer(in: 0...(parts.count - 1)), random.integer(in: 0...(parts.count - 1)))
    switch random.integer(in: 0...2) {
    case 0: parts.swapAt(a, b)
    case 1: parts.insert(parts[a], at: b)
    default: parts.remove(at: a)
    }
    return Array(parts.joined(separator: [separator]))
  }
}
