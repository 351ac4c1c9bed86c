import NablaLanguage

/// A part of an expression that has a value on a domain only, as it was typed.
///
/// The canonical form may lose it: sqrt(c)^2 is c there, but sqrt(-1)^2 has no value.
struct Presupposition: Hashable, Sendable {
  /// What has to have a value: `sqrt(c)`, `1/c`, `inv(A)`.
  let formula: Formula
  /// What has to have which property for that, where a property says it.
  let argument: Formula
  let property: Property?
}

extension Lowering {
  /// What an expression presupposes, the definitions that it names included; without what stands under an index, which
  /// has no value by itself.
  func presuppositions(
    of expression: TypedExpression, definitions: (String) -> TypedExpression?
  ) -> [Presupposition] {
    var found: [Presupposition] = []
    var seen: Set<Presupposition> = []
    var named: Set<String> = []
    var open = [expression]
    while let node = open.popLast() {
      node.forEachChild { open.append($0) }
      if case .name(let name) = node.kind, named.insert(name).inserted, let definition = definitions(name) {
        open.append(definition)
      }
      guard let made = presupposition(node), !made.formula.isInvalid, !made.formula.isNumeric,
        !made.formula.variables.contains(where: { $0.variable?.role == .index }), seen.insert(made).inserted
      else { continue }
      found.append(made)
    }
    return found
  }

  private func presupposition(_ node: TypedExpression) -> Presupposition? {
    switch node.kind {
    case .divide(_, let below), .elementwiseDivide(_, let below):
      let argument = formula(below)
      return Presupposition(
        formula: .power(argument, .number(-1)), argument: argument, property: .nonzero)
    case .matrixPower(let base, let exponent):
      if exponent >= 0 { return nil }
      let argument = formula(base)
      return Presupposition(formula: .inverse(argument), argument: argument, property: .invertible)
    case .elementwisePower(let base, let exponent):
      let power = formula(exponent)
      if let whole = power.number?.integer, whole >= 0 { return nil }
      let property: Property? =
        power.number.map { $0.isInteger ? .nonzero : $0.isNegative ? .positive : .nonnegative }
      return Presupposition(formula: formula(node), argument: formula(base), property: property)
    case .call(let name, let arguments):
      guard let first = arguments.first else { return nil }
      let property: Property?
      switch name {
      case "sqrt": property = .nonnegative
      case "log": property = .positive
      case "inv", "logdet": property = .invertible
      case "chol": property = .spd
      case "log1p", "logit", "asin", "acos", "lgamma", "digamma", "polygamma", "trigamma": property = nil
      default: return nil
      }
      return Presupposition(formula: formula(node), argument: formula(first), property: property)
    case .number, .constant, .name, .dimension, .index, .negate, .add, .subtract, .multiply,
      .elementwiseMultiply, .kronecker, .transpose, .compare, .apply, .identity, .ones, .zeros, .fill,
      .blocks,
      .entry, .sum, .commutation, .differential:
      return nil
    }
  }
}

extension [Presupposition] {
  /// Those that the formulas do not hold any more.
  func lost(from formulas: [Formula]) -> [Presupposition] {
    if isEmpty { return [] }
    let nodes = Set(formulas.flatMap(\.nodesChildrenFirst))
    return filter { !nodes.contains($0.formula) }
  }
}
