import NablaTypes

extension Formula {
  /// A first derivative of an expression, to be computed: where a norm is zero, the subgradient 0 is taken.
  ///
  /// x/norm2(x) is computed as x/(norm2(x) + (norm2(x) <= 0)). A quotient by a norm that the expression has itself
  /// stays without a value there.
  package func takingSubgradients(of expression: Formula) -> Formula {
    let divisors = Set(expression.nodesChildrenFirst.compactMap(\.divisor))
    var replacements: [Formula: Formula] = [:]
    for node in nodesChildrenFirst {
      guard case .power(let norm, let exponent) = node.kind, exponent.number == -1,
        case .apply(.array(.norm2), _) = norm.kind, !divisors.contains(norm)
      else { continue }
      let isZero = Formula.apply(.elementwise("lessequal"), [norm, .zero], .scalar)
      replacements[node] = .power(.adding(norm, isZero), exponent)
    }
    return replacing(replacements)
  }

  /// What a negative power is one of.
  private var divisor: Formula? {
    guard case .power(let base, let exponent) = kind, exponent.number?.isNegative == true else { return nil }
    return base
  }
}
