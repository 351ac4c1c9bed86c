import NablaTypes

/// A condition on exact numbers in a stable form: `for c odd`, `for a - b number`.
///
/// A variable with such a condition matches only an exact number; a coefficient or an exponent that is not written
/// is 1.
package struct NumberCondition: Sendable {
  package enum Kind: String, Sendable, CaseIterable {
    case number, integer, odd

    func holds(of value: Rational) -> Bool {
      switch self {
      case .number: !value.isOverflow
      case .integer: value.integer != nil
      case .odd: value.integer.map { !$0.isMultiple(of: 2) } ?? false
      }
    }
  }

  package let formula: Formula
  package let kind: Kind

  /// Whether a formula has one number in every entry, of this kind.
  package func holds(of value: Formula) -> Bool {
    value.uniformValue?.number.map(kind.holds) ?? false
  }
}

extension Formula {
  /// Whether this is a variable of a pattern that matches only exact numbers.
  package var isNumberVariable: Bool { variable?.role == .number }

  /// The same variable, matching only exact numbers.
  var asNumberVariable: Formula? {
    variable.map {
      .variable(Variable(name: $0.name, shape: $0.shape, properties: $0.properties, role: .number))
    }
  }

  /// The number q with self = q*other, if both are multiples of one formula.
  func multiple(of other: Formula) -> Rational? {
    if self === other { return 1 }
    let (a, x) = splitCoefficient
    let (b, y) = other.splitCoefficient
    if x === y { return b.isZero ? nil : a / b }
    // A sum has no coefficient of its own.
    guard case .sum(let terms) = x.kind, case .sum(let others) = y.kind, terms.count == others.count else {
      return nil
    }
    let (c, d) = (terms[0].coefficient, others[0].coefficient)
    let ratio = c / d
    return x === Formula.sum(others.map { $0.scaled(by: ratio) }, y.shape) ? a / b * ratio : nil
  }
}
