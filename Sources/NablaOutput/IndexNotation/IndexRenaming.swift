import NablaCore
import NablaTypes

/// Substitutes positions for indices throughout a formula.
struct IndexRenaming {
  /// The value of each free index.
  var values: [String: Dimension]
  /// New names for bound indices.
  var bound: [String: String] = [:]
  /// The bounds that decide deltas.
  let bounds: IndexBounds

  func callAsFunction(_ formula: Formula) -> Formula {
    if values.isEmpty, bound.isEmpty { return formula }
    var memo: [Formula: Formula] = [:]
    for node in formula.nodesChildrenFirst {
      let children = node.children.map { memo[$0] ?? $0 }
      memo[node] = renewed(node, children)
    }
    return memo[formula] ?? formula
  }

  private func renewed(_ node: Formula, _ children: [Formula]) -> Formula {
    let shape = node.shape.substituting(values)
    switch node.kind {
    case .number, .constant: return node
    case .variable(let variable):
      return variable.role == .index ? values[variable.name].map { .dimension($0) } ?? node : node
    case .dimension(let name): return values[name].map { .dimension($0) } ?? node
    case .zeros: return .zeros(shape)
    case .ones: return .ones(shape)
    case .identity: return .identity(shape.rows)
    case .differential(let inner): return .differential(of: self(inner))
    case .sum: return .sum(children, shape)
    case .times, .product, .power, .inverse, .transpose, .apply(.blocks, _):
      return children == node.children ? node : node.rebuilt(children)
    case .apply(.slice(let rows, let columns), _):
      if let places = node.deltaPlaces, children[0].isIdentity {
        return bounds.delta(
          places.row.substituting(values), places.column.substituting(values), children[0].shape.rows)
      }
      return .slice(children[0], rows: rows.substituting(values), columns: columns.substituting(values))
    case .apply(.indexSum(let name, let first, let last), let arguments):
      // The sum rebinds its own index, unless that index is being renamed.
      let isShadowing = values[name] != nil && bound[name] == nil
      let body =
        isShadowing
        ? IndexRenaming(values: values.filter { $0.key != name }, bound: bound, bounds: bounds)(arguments[0])
        : children[0]
      return .apply(
        .indexSum(bound[name] ?? name, first.substituting(values), last.substituting(values)), [body], shape)
    case .apply(let operation, _): return .apply(operation, children, shape)
    }
  }
}

extension Operation.Range {
  func substituting(_ values: [String: Dimension]) -> Operation.Range {
    Operation.Range(first: first.substituting(values), last: last.substituting(values))
  }
}

/// The generated indices that are free in formulas, found once for each node.
final class FreeIndices {
  private var known: [Formula: Set<String>] = [:]

  func of(_ formula: Formula) -> Set<String> {
    if let names = known[formula] { return names }
    for node in formula.nodes(without: { known[$0] != nil }) {
      var names = Set(node.sizesInIt.flatMap(\.names).filter { $0.first == IndexBounds.mark })
      for child in node.children { names.formUnion(known[child] ?? []) }
      if case .apply(.indexSum(let name, let first, let last), _) = node.kind {
        names.remove(name)
        names.formUnion((first.names + last.names).filter { $0.first == IndexBounds.mark })
      }
      if case .differential(let inner) = node.kind { names.formUnion(of(inner)) }
      known[node] = names
    }
    return known[formula] ?? []
  }
}

extension Formula {
  /// The sizes in the node itself.
  fileprivate var sizesInIt: [Dimension] {
    let own = [shape.rows, shape.columns]
    switch kind {
    case .dimension(let name): return own + [Dimension(name: name)]
    case .apply(.slice(let rows, let columns), _):
      return own + [rows.first, rows.last, columns.first, columns.last]
    case .number, .constant, .variable, .zeros, .ones, .identity, .sum, .times, .product, .power, .inverse,
      .transpose, .apply, .differential:
      return own
    }
  }
}
