import NablaTypes

extension Formula {
  /// Prepares a first derivative of an expression for evaluation: where a norm is zero, it takes the subgradient 0.
  /// x/norm2(x) is evaluated as x/(norm2(x) + (norm2(x) <= 0)). A quotient by a norm that the expression itself
  /// contains keeps having no value there.
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

  /// The base of a negative power.
  private var divisor: Formula? {
    guard case .power(let base, let exponent) = kind, exponent.number?.isNegative == true else { return nil }
    return base
  }
}
