import NablaLanguage
import NablaNumerics

/// Replaces elementwise functions that have a formula by it.
struct Definitions {
  let lookup: FunctionDefinitions
  /// How deep definitions may refer to each other.
  static let depth = 32

  func inlined(_ formula: Formula) throws(CompileError) -> Formula {
    var current = formula
    for _ in 0..<Self.depth {
      let next = once(current)
      if next === current { return next }
      current = next
    }
    throw .unknownFunction("defined by itself")
  }

  private func once(_ formula: Formula) -> Formula {
    var memo: [Formula: Formula] = [:]
    for node in formula.nodesChildrenFirst {
      let children = node.children
      let renewed = children.map { memo[$0] ?? $0 }
      let rebuilt = renewed == children ? node : node.rebuilt(renewed)
      memo[node] = expanded(rebuilt) ?? rebuilt
    }
    return memo[formula] ?? formula
  }

  private func expanded(_ node: Formula) -> Formula? {
    guard case .apply(.elementwise(let name), let arguments) = node.kind, name != "less", name != "lessequal",
      LibraryFunction(rawValue: name) == nil, let definition = lookup(name),
      definition.parameters.count == arguments.count
    else { return nil }
    return definition.body.lifted(definition.parameters, arguments, node.shape)
  }
}

extension Formula {
  /// A formula in scalar parameters with arrays put in, entry by entry.
  func lifted(_ parameters: [Formula], _ arguments: [Formula], _ shape: Shape) -> Formula {
    var memo: [Formula: Formula] = [:]
    for (parameter, argument) in zip(parameters, arguments) { memo[parameter] = argument }
    /// The shape of an entry-by-entry combination.
    func common(_ parts: [Formula]) -> Shape { parts.first { !$0.isScalar }?.shape ?? .scalar }
    func wide(_ part: Formula, _ shape: Shape) -> Formula {
      part.shape == shape ? part : .times([part, .ones(shape)])
    }
    for node in nodesChildrenFirst where memo[node] == nil {
      let parts = node.children.map { memo[$0] ?? $0 }
      if parts == node.children {
        memo[node] = node
        continue
      }
      let target = common(parts)
      switch node.kind {
      case .sum: memo[node] = .sum(parts.map { wide($0, target) }, target)
      case .times: memo[node] = .times(parts)
      case .power: memo[node] = .power(parts[0], parts[1])
      case .apply(.elementwise(let name), _): memo[node] = .apply(.elementwise(name), parts, target)
      case .number, .constant, .variable, .dimension, .zeros, .ones, .identity, .product, .inverse,
        .transpose,
        .apply, .differential:
        memo[node] = node.rebuilt(parts)
      }
    }
    return wide(memo[self] ?? self, shape)
  }
}
