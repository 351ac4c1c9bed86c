import NablaCore
import NablaNumerics
import NablaTypes

extension RuleClaim {
  private static let numbers: [Rational] = [
    1, 2, -1, Rational(1, over: 2), Rational(-1, over: 2), -2, 3, -3, Rational(3, over: 2),
    Rational(-3, over: 2), 4, -4,
  ]
  private static let (wanted, tries) = (4, 20_000)

  /// The claim with exact numbers in place of its number variables, for several choices that satisfy the conditions.
  func withNumbers(_ restrictions: [NumberCondition]) -> [RuleClaim] {
    let places = variables.filter(\.isNumberVariable)
    var generator = SplitMix64(seed: 1)
    var seen: Set<[Rational]> = []
    var result: [RuleClaim] = []
    for _ in 0..<Self.tries where result.count < Self.wanted {
      let values = places.map { _ in Self.numbers[generator.integer(in: 0...(Self.numbers.count - 1))] }
      guard seen.insert(values).inserted else { continue }
      let chosen = Dictionary(uniqueKeysWithValues: zip(places, values.map { Formula.number($0) }))
      if let claim = replacingNumbers(chosen, restrictions) { result.append(claim) }
    }
    return result
  }

  /// `nil` if the numbers violate a condition.
  private func replacingNumbers(
    _ values: [Formula: Formula], _ restrictions: [NumberCondition]
  ) -> RuleClaim? {
    for restriction in restrictions {
      let value = restriction.formula.replacing(values)
      // Other formulas are restricted for the sake of programs; the claim holds for all.
      if value.variables.isEmpty, !restriction.holds(of: value) { return nil }
    }
    var result = self
    result.conditions = []
    for condition in conditions {
      switch condition {
      case .property(let formula, let property):
        let formula = formula.replacing(values)
        guard let number = formula.number else {
          result.conditions.append(.property(formula, property))
          continue
        }
        guard property.traits.holdsOfEntry?(number) == true else { return nil }
      case .regular: result.conditions.append(condition)
      }
    }
    guard case .equal(let left, let right) = statement else { return nil }
    result.statement = .equal(left.replacing(values), right.replacing(values))
    return result
  }
}
