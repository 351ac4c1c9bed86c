import NablaCore
import NablaTypes

// Polynomials over sums of squares; see `StableForms`.

extension Formula {
  /// u and c > 0 for a formula c*u^2; `nil` and c for a number c > 0 in every entry.
  private var positiveSquare: (u: Formula?, scale: Rational)? {
    let (coefficient, core) = splitCoefficient
    guard !coefficient.isNegative, !coefficient.isZero else { return nil }
    if core.isOne || core.isOnes { return (nil, coefficient) }
    guard case .power(let base, let exponent) = core.kind, exponent.number == 2, base.shape == shape else {
      return nil
    }
    return (base, coefficient)
  }

  /// The squared formula in a sum of a square and a number.
  fileprivate var squared: Formula? {
    guard case .sum(let terms) = kind, terms.count == 2 else { return nil }
    let parts = terms.compactMap(\.positiveSquare)
    guard parts.count == 2, parts.contains(where: { $0.u == nil }) else { return nil }
    return parts.lazy.compactMap(\.u).first
  }
}

extension StableForms {
  /// A polynomial in x over (x^2 + c)^k, term by term: the polynomial overflows, its quotients do not.
  @Sendable static func polynomialOverSum(_ node: Formula) -> Formula? {
    guard case .times(let factors) = node.kind else { return nil }
    for factor in factors {
      let (base, power) = factor.splitPower
      guard power.isNegative, let side = base.squared else { continue }
      for (place, other) in factors.enumerated() {
        guard case .sum(let terms) = other.kind, terms.count <= 6,
          terms.allSatisfy({ term in
            let core = term.splitCoefficient.1
            return core.isOne || core.isOnes || core.splitPower.base === side
          })
        else { continue }
        let rest = factors.indices.filter { $0 != place }.map { factors[$0] }
        return .sum(terms.map { .times(rest + [$0, .ones(node.shape)]) }, node.shape)
      }
    }
    return nil
  }
}
