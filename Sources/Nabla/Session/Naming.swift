import NablaLanguage

/// Puts the person's names for intermediates back into a formula.
struct Naming {
  /// Definitions in the order of the file; the formulas hold no names of definitions.
  let definitions: [(name: String, formula: Formula)]
  private let symbols: [Formula]

  init(definitions: [(name: String, formula: Formula)]) {
    // A name for a variable or a number says nothing.
    self.definitions = definitions.filter { $0.formula.height > 0 }
    symbols = self.definitions.map {
      .variable(Variable(name: $0.name, shape: $0.formula.shape, properties: [], role: .definition))
    }
  }

  /// The formula with names, and the definitions that it then uses, each in terms of earlier ones.
  func named(_ formula: Formula) -> (Formula, [(name: String, formula: Formula)]) {
    let result = replaced(formula, before: definitions.count)
    var used: [(name: String, formula: Formula)] = []
    var open = names(in: result)
    for index in definitions.indices.reversed() where open.contains(definitions[index].name) {
      let body = replaced(definitions[index].formula, before: index)
      used.append((definitions[index].name, body))
      open.formUnion(names(in: body))
    }
    return (result, used.reversed())
  }

  private func names(in formula: Formula) -> Set<String> {
    Set(formula.nodesChildrenFirst.compactMap { $0.variable?.role == .definition ? $0.variable?.name : nil })
  }

  /// Every occurrence of the definitions before a place: as a node, negated, transposed, or as part of a product
  /// or sum. Later definitions are made of earlier ones, so they go first.
  private func replaced(_ formula: Formula, before end: Int) -> Formula {
    var memo: [Formula: Formula] = [:]
    for index in (0..<end).reversed() {
      let (target, symbol) = (definitions[index].formula, symbols[index])
      for (form, replacement) in [
        (target, symbol), (target.negated, symbol.negated), (target.transposed, symbol.transposed),
        (target.transposed.negated, symbol.transposed.negated),
      ] where memo[form] == nil {
        memo[form] = replacement
      }
    }
    for node in formula.nodes(without: { memo[$0] != nil }) {
      let shortened = withPart(node, before: end)
      let children = shortened.children
      memo[node] = children.isEmpty ? shortened : shortened.rebuilt(children.map { memo[$0] ?? $0 })
    }
    return memo[formula] ?? formula
  }

  /// A product or sum with its runs of factors or groups of terms that have names replaced by them.
  private func withPart(_ node: Formula, before end: Int) -> Formula {
    switch node.kind {
    case .product(let chain):
      for index in (0..<end).reversed() {
        guard case .product = definitions[index].formula.kind else { continue }
        for (target, symbol) in [
          (definitions[index].formula, symbols[index]),
          (definitions[index].formula.transposed, symbols[index].transposed),
        ] {
          if let shorter = replacing(target.chain, by: symbol, inChain: chain) { return shorter }
        }
      }
      return node
    case .sum(let terms):
      for index in (0..<end).reversed() {
        let target = definitions[index].formula
        guard case .sum(let wanted) = target.kind, wanted.count < terms.count, target.shape == node.shape else {
          continue
        }
        for (part, symbol) in [
          (wanted, symbols[index]), (target.negatedTermwise.terms, symbols[index].negated),
        ] where part.allSatisfy(terms.contains) {
          return .sum([symbol] + terms.filter { !part.contains($0) }, node.shape)
        }
      }
      return node
    case .number, .constant, .variable, .dimension, .zeros, .ones, .identity, .times, .power, .inverse,
      .transpose, .apply, .differential:
      return node
    }
  }

  private func replacing(_ run: [Formula], by symbol: Formula, inChain chain: [Formula]) -> Formula? {
    guard run.count < chain.count else { return nil }
    for start in 0...(chain.count - run.count) where Array(chain[start..<start + run.count]) == run {
      return .product(Array(chain[..<start]) + [symbol] + Array(chain[(start + run.count)...]))
    }
    return nil
  }
}
