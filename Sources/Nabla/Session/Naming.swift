import NablaLanguage

/// Puts the person's names for intermediates back into a formula.
struct Naming {
  /// Definitions in the order of the file; the formulas hold no names of definitions.
  let definitions: [(name: String, formula: Formula)]

  /// The formula with names, and the definitions that it then uses, each in terms of earlier ones.
  func named(_ formula: Formula) -> (Formula, [(name: String, formula: Formula)]) {
    var result = formula
    // Later definitions are made of earlier ones, so they go first.
    for index in definitions.indices.reversed() { result = replaced(result, index) }
    var used: [(name: String, formula: Formula)] = []
    var open = names(in: result)
    for index in definitions.indices.reversed() where open.contains(definitions[index].name) {
      var body = definitions[index].formula
      for earlier in definitions.indices[..<index].reversed() { body = replaced(body, earlier) }
      used.append((definitions[index].name, body))
      open.formUnion(names(in: body))
    }
    return (result, used.reversed())
  }

  private func names(in formula: Formula) -> Set<String> {
    Set(formula.nodesChildrenFirst.compactMap { $0.variable?.role == .definition ? $0.variable?.name : nil })
  }

  /// Every occurrence of one definition replaced: as a node, negated, transposed, or as part of a product.
  private func replaced(_ formula: Formula, _ index: Int) -> Formula {
    let (name, target) = definitions[index]
    guard target.height > 0 else { return formula }
    let symbol = Formula.variable(
      Variable(name: name, shape: target.shape, properties: [], role: .definition))
    var memo: [Formula: Formula] = [target: symbol]
    func offer(_ form: Formula, _ replacement: Formula) { if memo[form] == nil { memo[form] = replacement } }
    offer(target.negated, symbol.negated)
    offer(target.transposed, symbol.transposed)
    offer(target.transposed.negated, symbol.transposed.negated)
    for node in formula.nodesChildrenFirst where memo[node] == nil {
      let children = node.children
      let rebuilt: Formula
      if let shortened = withRun(of: target, symbol, in: node) {
        rebuilt = shortened.rebuilt(shortened.children.map { memo[$0] ?? $0 })
      } else {
        rebuilt = children.isEmpty ? node : node.rebuilt(children.map { memo[$0] ?? $0 })
      }
      memo[node] = rebuilt
    }
    return memo[formula] ?? formula
  }

  /// A product in which the definition's own chain is a run of factors.
  private func withRun(of target: Formula, _ symbol: Formula, in node: Formula) -> Formula? {
    guard case .product(let chain) = node.kind, case .product(let wanted) = target.kind else { return nil }
    for (run, replacement) in [(wanted, symbol), (target.transposed.chain, symbol.transposed)]
    where run.count < chain.count {
      for start in 0...(chain.count - run.count) where Array(chain[start..<start + run.count]) == run {
        return .product(Array(chain[..<start]) + [replacement] + Array(chain[(start + run.count)...]))
      }
    }
    return nil
  }
}
