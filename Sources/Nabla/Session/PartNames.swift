import NablaCore

/// Conventional names for repeated parts of answers.
struct PartNames {
  private let book: RuleBook
  private let taken: Set<String>
  private var used: Set<String>

  /// Avoids two sets of names; the first, that of a whole file, is not copied.
  init(_ book: RuleBook, taken: Set<String>, _ used: Set<String>) {
    self.book = book
    self.taken = taken
    self.used = used
  }

  /// An unused name for a part.
  mutating func name(of part: Formula) -> String {
    let stem = stem(of: part)
    var name = stem
    var number = 0
    while name == Self.anything || taken.contains(name) || used.contains(name) {
      number += 1
      name = "\(stem)\(number)"
    }
    used.insert(name)
    return name
  }

  /// Always followed by a number.
  private static let anything = "t"

  /// The letter of the function or operation, `r` for residuals, `K` for inverses; a capital for a matrix.
  private func stem(of part: Formula) -> String {
    func letter(_ letter: String?) -> String {
      letter.map { part.shape.isMatrix ? $0.uppercased() : $0 } ?? Self.anything
    }
    switch part.kind {
    case .apply(.elementwise(let name), _): return letter(book.functions[name]?.about.letter)
    case .apply(.array(let operation), _): return letter(book.letter(of: operation.name))
    case .inverse: return "K"
    case .sum(let terms):
      let isDifference = terms.contains { $0.splitCoefficient.0.isNegative }
      return isDifference && !part.isScalar ? letter("r") : Self.anything
    case .number, .constant, .variable, .dimension, .zeros, .ones, .identity, .times, .product, .power,
      .transpose, .apply, .differential:
      return Self.anything
    }
  }
}
