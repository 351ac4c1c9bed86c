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
