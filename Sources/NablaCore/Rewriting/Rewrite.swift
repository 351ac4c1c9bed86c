/// The replacement of a formula by an equal one.
package struct Rewrite: Sendable {
  enum Reason: Sendable {
    case rule(Rule)
    case arithmetic(Arithmetic)
  }

  /// The kinds of arithmetic on sums and products.
  enum Arithmetic: String, CaseIterable, Sendable {
    case commonFactor = "common factor"
    case collected = "collected terms"
    case multipliedOut = "multiplied out"
    case transposedInside = "transposed inside"
  }

  let reason: Reason
  package let before: Formula
  package let after: Formula

  /// The name of the rule, or of the arithmetic.
  package var name: String {
    switch reason {
    case .rule(let rule): rule.name
    case .arithmetic(let arithmetic): arithmetic.rawValue
    }
  }
}
