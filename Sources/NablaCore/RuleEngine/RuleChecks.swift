import NablaTypes

extension Rule {
  /// The problem with the text of the rule, before any numeric test: an unbound name, different shapes, or an arrow
  /// that does not simplify.
  var problem: String? {
    if left.isInvalid || right.isInvalid { return "the shapes on one side do not fit" }
    let bound = left.patternLeaves
    for leaf in right.patternLeaves where !bound.contains(leaf) {
      // The right side of a differential contains the differentials of variables bound on the left.
      if case .differential(let inner) = leaf.kind, table == .differential, bound.contains(inner) { continue }
      return "the right side uses '\(leaf.patternName)', which the left side does not bind"
    }
    let dimensions = left.dimensionNames
    for name in right.dimensionNames where !dimensions.contains(name) {
      return "the right side uses the size '\(name)', which the left side does not bind"
    }
    if left.shape != right.shape { return "the sides have shapes \(left.shape) and \(right.shape)" }
    if table == .identity, arrow == .rewrites, right.cost >= left.cost {
      return "'->' must simplify; use '==' for identities that do not"
    }
    return nil
  }
}

extension Formula {
  /// The variables, and differentials of variables, that a pattern binds, including those inside differentials.
  package var patternLeaves: Set<Formula> {
    var result: Set<Formula> = []
    for node in nodesChildrenFirst {
      switch node.kind {
      case .variable: result.insert(node)
      case .differential(let inner):
        if inner.isVariable { result.insert(node) } else { result.formUnion(inner.patternLeaves) }
      case .number, .constant, .dimension, .zeros, .ones, .identity, .sum, .times, .product, .power, .inverse,
        .transpose, .apply:
        break
      }
    }
    return result
  }

  package var patternName: String {
    if case .differential(let inner) = kind { return "d" + inner.patternName }
    return variable?.name ?? "?"
  }

  /// The names of sizes in the shapes of its nodes.
  var dimensionNames: Set<String> {
    var result: Set<String> = []
    for node in nodesChildrenFirst {
      result.formUnion(node.shape.rows.names + node.shape.columns.names)
      if case .dimension(let name) = node.kind { result.insert(name) }
      if case .differential(let inner) = node.kind { result.formUnion(inner.dimensionNames) }
    }
    return result
  }
}
