import NablaTypes

/// An operation on whole arrays that a block of `Rules/` defines.
package final class DefinedOperation: Hashable, Sendable {
  package let name: String
  /// Variables, and sizes as formulas.
  package let parameters: [Formula]
  package let result: Shape
  /// The definition in terms of other operations.
  package let body: Formula?
  /// The numeric kernel that evaluates the operation; without one, its body is evaluated.
  package let kernel: String?
  /// Whether it is linear in each array among its arguments.
  package let isLinear: Bool

  init(
    name: String, parameters: [Formula], result: Shape, body: Formula?, kernel: String?, isLinear: Bool
  ) {
    self.name = name
    self.parameters = parameters
    self.result = result
    self.body = body
    self.kernel = kernel
    self.isLinear = isLinear
  }

  package static func == (a: DefinedOperation, b: DefinedOperation) -> Bool {
    a === b
      || a.name == b.name && a.parameters == b.parameters && a.result == b.result && a.body == b.body
        && a.kernel == b.kernel && a.isLinear == b.isLinear
  }

  package func hash(into hasher: inout Hasher) { hasher.combine(name) }

  /// The body applied to these arguments; `nil` without a body.
  package func unfolded(_ arguments: [Formula]) -> Formula? {
    guard let body, arguments.count == parameters.count else { return nil }
    var bindings = Bindings()
    for (parameter, argument) in zip(parameters, arguments) {
      if case .dimension(let name) = parameter.kind {
        guard let size = argument.size else { return .invalid }
        bindings.sizes.append((name, size))
      }
    }
    for (parameter, argument) in zip(parameters, arguments) where parameter.isVariable {
      bindings.formulas.append((parameter, argument))
      for (pattern, size) in [
        (parameter.shape.rows, argument.shape.rows), (parameter.shape.columns, argument.shape.columns),
      ] {
        if let name = pattern.name, bindings[name] == nil { bindings.sizes.append((name, size)) }
      }
    }
    return bindings.instantiate(body)
  }
}

/// An operation or notation that a block of `Rules/` defines.
package enum BlockOperation: Sendable {
  case operation(DefinedOperation)
  /// Notation that is replaced by its body on reading.
  case notation(DefinedOperation)
}

extension Formula {
  /// The body of a defined operation at the root; `nil` for anything else.
  package var unfoldedAtRoot: Formula? {
    guard case .apply(.defined(let operation), let arguments) = kind else { return nil }
    return operation.unfolded(arguments)
  }

  /// The dimension that a formula of sizes and integers denotes.
  package var size: Dimension? {
    switch kind {
    case .number(let value): return value.integer.map { Dimension($0) }
    case .dimension(let name): return Dimension(name: name)
    case .sum(let terms): return Self.sizes(terms)?.reduce(0, +)
    case .times(let factors): return Self.sizes(factors)?.reduce(1, *)
    case .power(let base, let exponent):
      guard let size = base.size, let count = exponent.number?.integer, (1...8).contains(count) else {
        return nil
      }
      return (1..<count).reduce(size) { power, _ in power * size }
    case .constant, .variable, .zeros, .ones, .identity, .product, .inverse, .transpose, .apply,
      .differential:
      return nil
    }
  }

  private static func sizes(_ parts: [Formula]) -> [Dimension]? {
    let sizes = parts.compactMap(\.size)
    return sizes.count == parts.count ? sizes : nil
  }
}
