/// The index of each formula in a growing list. Short lists are searched linearly, which is faster than hashing.
struct FormulaIndex {
  private(set) var formulas: [Formula] = []
  private var places: [Formula: Int] = [:]
  private static let few = 64

  /// The index of a formula; `nil` if the list does not contain it.
  func place(of formula: Formula) -> Int? {
    if formulas.count <= Self.few { return formulas.firstIndex { $0 === formula } }
    return places[formula]
  }

  /// Appends a formula that the list does not contain.
  mutating func append(_ formula: Formula) {
    formulas.append(formula)
    if formulas.count == Self.few + 1 {
      for (place, formula) in formulas.enumerated() { places[formula] = place }
    } else if formulas.count > Self.few {
      places[formula] = formulas.count - 1
    }
  }
}

/// A set of formulas. Small sets are searched linearly, which is faster than hashing.
struct FormulaSet {
  private var few: [Formula] = []
  private var many: Set<Formula> = []
  private static let most = 32

  func contains(_ formula: Formula) -> Bool {
    many.isEmpty ? few.contains { $0 === formula } : many.contains(formula)
  }

  /// Adds a formula; returns whether it is new.
  mutating func insert(_ formula: Formula) -> Bool {
    if !many.isEmpty { return many.insert(formula).inserted }
    if few.contains(where: { $0 === formula }) { return false }
    few.append(formula)
    if few.count > Self.most { many = Set(few) }
    return true
  }
}
