import NablaCore

extension Differentiator {
  /// Whether the differential simply moves inside: the node is a sum, or linear in its only variable part.
  func isLinear(_ node: Formula) -> Bool {
    switch node.kind {
    case .sum, .transpose, .apply(.blocks, _), .apply(.slice, _): true
    case .times(let factors), .product(let factors): factors.count(where: depends) == 1
    case .apply(.array(let operation), let arguments):
      operation.isLinear && arguments.count(where: depends) == 1
    case .apply(.defined(let operation), let arguments):
      operation.isLinear && arguments.count(where: depends) == 1
    case .number, .constant, .variable, .dimension, .zeros, .ones, .identity, .power, .inverse, .differential,
      .apply(.elementwise, _), .apply(.function, _), .apply(.indexSum, _):
      false
    }
  }

  /// Whether a use of a rule is too trivial to show.
  func isBookkeeping(_ use: RuleUse) -> Bool {
    guard case .differential(let node) = use.before.kind else { return false }
    return !depends(node) || isLinear(node)
  }
}

extension Formula {
  /// The terms of a sum of differentials that contain the differential of a part; each term has one.
  func keepingChange(of part: Formula) -> Formula {
    var others: [Formula: Formula] = [:]
    for other in differentialLeaves where other !== part {
      others[.differential(of: other)] = .zeros(other.shape)
    }
    return replacing(others)
  }

  /// Whether the formula is this node or contains it.
  func containsNode(_ node: Formula) -> Bool { self === node || contains(node) }
}

/// Recorded rewrites as a table, which simplify a formula without any search.
struct RewriteTable {
  private var table: [Formula: Formula] = [:]

  init(_ rewrites: some Sequence<Rewrite>) {
    for rewrite in rewrites where table[rewrite.before] == nil { table[rewrite.before] = rewrite.after }
  }

  /// The formula with every part replaced, children first, until no entry gives a new form.
  func applied(to formula: Formula) -> Formula {
    var memo: [Formula: Formula] = [:]
    var budget = 100_000
    return applied(to: formula, &memo, &budget)
  }

  private func applied(
    to formula: Formula, _ memo: inout [Formula: Formula], _ budget: inout Int
  ) -> Formula {
    for node in formula.nodes(without: { memo[$0] != nil }) {
      let children = node.children
      var current = children.isEmpty ? node : node.rebuilt(children.map { memo[$0] ?? $0 })
      // Forms found by looking ahead may lead back to where they came from.
      var seen: Set<Formula> = [current]
      while let next = table[current], budget > 0 {
        budget -= 1
        let parts = next.children
        let settled =
          parts.isEmpty ? next : next.rebuilt(parts.map { applied(to: $0, &memo, &budget) })
        guard seen.insert(settled).inserted else { break }
        current = settled
      }
      memo[node] = current
    }
    return memo[formula] ?? formula
  }
}
