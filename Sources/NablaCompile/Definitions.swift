import NablaCore
import NablaNumerics

/// Replaces functions and operations that have a body by that body.
package struct Definitions {
  package let lookup: FunctionDefinitions

  package init(lookup: @escaping FunctionDefinitions) {
    self.lookup = lookup
  }
  /// How deeply definitions may refer to each other.
  static let depth = 32

  package func inlined(_ formula: Formula) throws(CompileError) -> Formula {
    var current = formula
    for _ in 0..<Self.depth {
      let next = once(current)
      if next === current { return next }
      current = next
    }
    throw .unknownFunction("defined in terms of itself")
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
    if let unfolded = node.unfoldedAtRoot { return unfolded }
    guard case .apply(.elementwise(let name), let arguments) = node.kind, name != "less", name != "lessequal",
      LibraryFunction(rawValue: name) == nil, let definition = lookup(name),
      let body = definition.body, definition.parameters.count == arguments.count
    else { return nil }
    return definition.applied(body, arguments, node.shape)
  }
}
