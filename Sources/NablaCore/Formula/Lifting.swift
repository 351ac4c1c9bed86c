import NablaTypes

extension Formula {
  /// Applies a formula in scalar parameters to arrays, entry by entry.
  package func lifted(_ parameters: [Formula], _ arguments: [Formula], _ shape: Shape) -> Formula {
    var memo: [Formula: Formula] = [:]
    for (parameter, argument) in zip(parameters, arguments) { memo[parameter] = argument }
    /// The shape of an elementwise combination.
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
