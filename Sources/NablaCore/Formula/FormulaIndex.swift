/// The place of each formula in a list that grows; few are looked through one by one, which is faster than hashing.
struct FormulaIndex {
  private(set) var formulas: [Formula] = []
  private var places: [Formula: Int] = [:]
  private static let few = 64

  /// The place of a formula; nil where it is not in the list.
  func place(of formula: Formula) -> Int? {
    if formulas.count <= Self.few { return formulas.firstIndex { $0 === formula } }
    return places[formula]
  }

  /// Appends a formula that is not in the list.
  mutating func append(_ formula: Formula) {
    formulas.append(formula)
    if formulas.count == Self.few + 1 {
      for (place, formula) in formulas.enumerated() { places[formula] = place }
    } else if formulas.count > Self.few {
      places[formula] = formulas.count - 1
    }
  }
}
