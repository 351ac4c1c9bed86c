import NablaCore
import NablaLanguage
import NablaTypes

/// A part of the typed expression that has a value only on a domain.
/// The canonical form may lose it: sqrt(c)^2 is c there, but sqrt(-1)^2 has no value.
struct Presupposition: Hashable, Sendable {
  /// The formula that must have a value: `sqrt(c)`, `1/c`, `inv(A)`.
  let formula: Formula
  /// The properties that it requires, if properties can express it.
  let needs: [DomainNeed]

  init(_ formula: Formula, _ needs: [DomainNeed]) {
    self.formula = formula
    self.needs = needs
  }

  init(_ formula: Formula, _ argument: Formula, _ property: Property) {
    self.init(formula, [DomainNeed(argument: argument, property: property)])
  }
}

extension Lowering {
  /// The domain conditions of an expression and of the definitions that it uses; without those under an index, which
  /// have no value outside their sum.
  func presuppositions(
    of expression: TypedExpression, book: RuleBook,
    definitions: (String) -> TypedExpression?
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
      guard let made = presupposition(node, book), !made.formula.isInvalid, !made.formula.isNumeric,
        !made.formula.variables.contains(where: { $0.variable?.role == .index }), seen.insert(made).inserted
      else { continue }
      found.append(made)
    }
    return found
  }

  private func presupposition(
    _ node: TypedExpression, _ book: RuleBook
  ) -> Presupposition? {
    switch node.kind {
    case .divide(_, let below), .elementwiseDivide(_, let below):
      let argument = formula(below)
      return Presupposition(.power(argument, .number(-1)), argument, .nonzero)
    case .matrixPower(let base, let exponent):
      if exponent >= 0 { return nil }
      let argument = formula(base)
      return Presupposition(.inverse(argument), argument, argument.isScalar ? .nonzero : .invertible)
    case .elementwisePower(let base, let exponent):
      let power = formula(exponent)
      if let whole = power.number?.integer, whole >= 0 { return nil }
      guard let number = power.number else { return Presupposition(formula(node), []) }
      let property: Property = number.isInteger ? .nonzero : number.isNegative ? .positive : .nonnegative
      return Presupposition(formula(node), formula(base), property)
    case .call(let name, let arguments):
      if name == "sqrt" { return Presupposition(formula(node), formula(arguments[0]), .nonnegative) }
      return book.needs(of: name, arguments.map(formula), node.shape).map {
        Presupposition(formula(node), $0)
      }
    case .number, .constant, .name, .dimension, .index, .negate, .add, .subtract, .multiply,
      .elementwiseMultiply, .kronecker, .transpose, .compare, .apply, .identity, .ones, .zeros, .fill,
      .blocks,
      .entry, .sum, .sized, .differential:
      return nil
    }
  }
}

extension [Presupposition] {
  /// The conditions that the formulas no longer contain.
  func lost(from formulas: [Formula]) -> [Presupposition] {
    if isEmpty { return [] }
    let nodes = Set(formulas.flatMap(\.nodesChildrenFirst))
    return filter { !nodes.contains($0.formula) }
  }
}
