import NablaTypes

/// The context of a question for the simplifier: the sums that have names, and the properties that hold wherever the
/// question has a value.
package struct Surroundings: Sendable {
  /// Sums that are not expanded, because the user named them.
  var named: Set<Formula> = []
  /// Properties that a part must have for the expression to have a value.
  var presumed: Set<Presumed> = []

  package struct Presumed: Hashable, Sendable {
    let formula: Formula
    let property: Property
  }

  package init() {}

  /// The context of an expression. Named sums stay together, as do their transposes and multiples.
  init(of expression: Formula, definitions: [Formula] = [], functions: FunctionTable) {
    for definition in definitions {
      for form in [definition, definition.transposed] { named.formUnion([form, form.negatedTermwise]) }
    }
    presume(expression, functions)
  }

  // MARK: Presumed properties

  mutating func presume(_ expression: Formula, _ functions: FunctionTable) {
    for node in expression.nodesChildrenFirst {
      switch node.kind {
      case .inverse(let inner): add(inner, .invertible)
      case .apply(.array(.logDeterminant), let arguments): add(arguments[0], .invertible)
      case .power(let base, let exponent):
        guard let value = exponent.number else { continue }
        if !value.isInteger {
          add(base, value.isNegative ? .positive : .nonnegative)
        } else if value.isNegative {
          add(base, .nonzero)
        }
      case .apply(.elementwise(let name), let arguments):
        guard let function = functions[name], !function.domain.isEmpty else { continue }
        for need in function.needs(of: arguments, node.shape) { add(need.argument, need.property) }
      case .number, .constant, .variable, .dimension, .zeros, .ones, .identity, .sum, .times, .product,
        .transpose, .apply, .differential:
        break
      }
    }
  }

  /// Adds a property of a formula and its consequences for the parts.
  mutating func add(_ formula: Formula, _ property: Property) {
    // A property at one value of an index says nothing about the array.
    if formula.number != nil || formula.variables.contains(where: { $0.variable?.role == .index }) { return }
    // The transpose has the same property, and so has the negative if signs do not matter.
    var forms = [formula, formula.transposed]
    if property == .invertible || property == .nonzero { forms += forms.map(\.negatedTermwise) }
    for form in forms {
      for implied in Set([property]).closed { presumed.insert(Presumed(formula: form, property: implied)) }
    }
    if property == .positive || property == .nonzero,
      case .apply(.array(.determinant), let arguments) = formula.kind
    {
      add(arguments[0], .invertible)
    }
    guard property == .invertible else { return }
    switch formula.kind {
    case .product(let chain):
      // Only square factors are invertible; the product of factors between two of them is square.
      guard chain.allSatisfy({ $0.shape == formula.shape }) else { return }
      for factor in chain { add(factor, .invertible) }
    case .transpose(let inner), .inverse(let inner): add(inner, .invertible)
    case .apply(.array(.pseudoInverse), let arguments): add(arguments[0], .invertible)
    case .apply(.array(.kron), let sides):
      for side in sides where side.shape.rows == side.shape.columns { add(side, .invertible) }
    case .apply(.array(.diagonalMatrix), let arguments): add(arguments[0], .nonzero)
    case .times(let factors):
      for factor in factors where factor.isScalar { add(factor, .nonzero) }
      if let array = formula.splitScalars.array, array !== formula { add(array, .invertible) }
    case .number, .constant, .variable, .dimension, .zeros, .ones, .identity, .sum, .power, .apply,
      .differential:
      break
    }
  }
}
