import NablaCore
import NablaLanguage
import NablaTypes

/// A part of the typed expression that has a value only on a domain.
/// The canonical form may lose it: sqrt(c)^2 is c there, but sqrt(-1)^2 has no value.
struct DomainCondition: Hashable, Sendable {
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
  func domainConditions(
    of expression: TypedExpression, book: RuleBook,
    definitions: (String) -> TypedExpression?
  ) -> [DomainCondition] {
    var found: [DomainCondition] = []
    var seen: Set<DomainCondition> = []
    var named: Set<String> = []
    var open = [expression]
    while let node = open.popLast() {
      node.forEachChild { open.append($0) }
      if case .name(let name) = node.kind, named.insert(name).inserted, let definition = definitions(name) {
        open.append(definition)
      }
      guard let made = domainCondition(node, book), !made.formula.isInvalid, !made.formula.isNumeric,
        !made.formula.variables.contains(where: { $0.variable?.role == .index }), seen.insert(made).inserted
      else { continue }
      found.append(made)
    }
    return found
  }

  private func domainCondition(
    _ node: TypedExpression, _ book: RuleBook
  ) -> DomainCondition? {
    switch node.kind {
    case .divide(_, let below), .elementwiseDivide(_, let below):
      let argument = formula(below)
      return DomainCondition(.power(argument, .number(-1)), argument, .nonzero)
    case .matrixPower(let base, let exponent):
      if exponent >= 0 { return nil }
      let argument = formula(base)
      return DomainCondition(.inverse(argument), argument, argument.isScalar ? .nonzero : .invertible)
    case .elementwisePower(let base, let exponent):
      let power = formula(exponent)
      if let whole = power.number?.integer, whole >= 0 { return nil }
      guard let number = power.number else { return DomainCondition(formula(node), []) }
      let property: Property = number.isInteger ? .nonzero : number.isNegative ? .positive : .nonnegative
      return DomainCondition(formula(node), formula(base), property)
    case .call(let name, let arguments):
      if name == "sqrt" { return DomainCondition(formula(node), formula(arguments[0]), .nonnegative) }
      return book.needs(of: name, arguments.map(formula), node.shape).map {
        DomainCondition(formula(node), $0)
      }
    case .number, .constant, .name, .dimension, .index, .negate, .add, .subtract, .multiply,
      .elementwiseMultiply, .kronecker, .transpose, .compare, .apply, .identity, .ones, .zeros, .fill,
      .blocks,
      .entry, .sum, .sized, .differential:
      return nil
    }
  }
}

extension [DomainCondition] {
  /// The conditions that the formulas no longer contain.
  func lost(from formulas: [Formula]) -> [DomainCondition] {
    if isEmpty { return [] }
    let nodes = Set(formulas.flatMap(\.nodesChildrenFirst))
    return filter { !nodes.contains($0.formula) }
  }
}
