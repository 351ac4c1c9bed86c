import NablaLanguage

/// Puts the person's names for intermediates back into a formula.
struct Naming {
  /// A definition with the forms in which it is recognised, each with what is written for it.
  private struct Entry {
    let name: String
    let formula: Formula
    /// As a node: itself, negated, transposed.
    let nodes: [(form: Formula, replacement: Formula)]
    /// As part of a longer chain of factors.
    let chains: [(run: [Formula], replacement: Formula)]
    /// As part of a longer sum or elementwise product.
    let sums: [(terms: [Formula], replacement: Formula)]
    let factors: [Formula]
    let symbol: Formula

    init(name: String, formula: Formula) {
      self.name = name
      self.formula = formula
      symbol = .variable(Variable(name: name, shape: formula.shape, properties: [], role: .definition))
      let turned = formula.transposed
      nodes = [
        (formula, symbol), (formula.negated, symbol.negated), (turned, symbol.transposed),
        (turned.negated, symbol.transposed.negated),
      ]
      if case .product(let run) = formula.kind {
        chains = [(run, symbol), (turned.chain, symbol.transposed)]
      } else {
        chains = []
      }
      if case .sum(let terms) = formula.kind {
        sums = [(terms, symbol), (formula.negatedTermwise.terms, symbol.negated)]
      } else {
        sums = []
      }
      if case .times(let factors) = formula.kind { self.factors = factors } else { factors = [] }
    }
  }

  /// In the order of the file; the formulas hold no names of definitions.
  private let entries: [Entry]

  init(definitions: [(name: String, formula: Formula)]) {
    // A name for a variable or a number says nothing.
    entries = definitions.filter { $0.formula.height > 0 }.map { Entry(name: $0.name, formula: $0.formula) }
  }

  /// The formulas with names, and the definitions that they then use, each in terms of earlier ones.
  func named(_ formulas: [Formula]) -> (formulas: [Formula], used: [(name: String, formula: Formula)]) {
    let results = formulas.map { replaced($0, before: entries.count) }
    var used: [(name: String, formula: Formula)] = []
    var open = results.reduce(into: Set<String>()) { $0.formUnion(names(in: $1)) }
    for index in entries.indices.reversed() where open.contains(entries[index].name) {
      let body = replaced(entries[index].formula, before: index)
      used.append((entries[index].name, body))
      open.formUnion(names(in: body))
    }
    return (results, used.reversed())
  }

  private func names(in formula: Formula) -> Set<String> {
    Set(formula.nodesChildrenFirst.compactMap { $0.variable?.role == .definition ? $0.variable?.name : nil })
  }

  /// Every occurrence of the definitions before a place. Later definitions are made of earlier ones, so they go
  /// first.
  private func replaced(_ formula: Formula, before end: Int) -> Formula {
    var memo: [Formula: Formula] = [:]
    for entry in entries[..<end].reversed() {
      for (form, replacement) in entry.nodes where memo[form] == nil { memo[form] = replacement }
    }
    for node in formula.nodes(without: { memo[$0] != nil }) {
      let shortened = withPart(node, before: end)
      let children = shortened.children
      memo[node] = children.isEmpty ? shortened : shortened.rebuilt(children.map { memo[$0] ?? $0 })
    }
    return memo[formula] ?? formula
  }

  /// A product or sum in which a run of factors or a group of terms has a name.
  private func withPart(_ node: Formula, before end: Int) -> Formula {
    switch node.kind {
    case .product(let chain):
      for entry in entries[..<end].reversed() {
        for (run, replacement) in entry.chains where run.count < chain.count {
          for start in 0...(chain.count - run.count) where chain[start..<start + run.count].elementsEqual(run)
          {
            return .product(Array(chain[..<start]) + [replacement] + Array(chain[(start + run.count)...]))
          }
        }
      }
      return node
    case .sum(let terms):
      let present = Set(terms)
      for entry in entries[..<end].reversed() where entry.formula.shape == node.shape {
        for (part, replacement) in entry.sums where part.count < terms.count && present.isSuperset(of: part) {
          let named = Set(part)
          return .sum([replacement] + terms.filter { !named.contains($0) }, node.shape)
        }
      }
      return node
    case .times(let factors):
      let present = Set(factors)
      for entry in entries[..<end].reversed() where entry.formula.shape == node.shape {
        guard !entry.factors.isEmpty, entry.factors.count < factors.count else { continue }
        if present.isSuperset(of: entry.factors) {
          let named = Set(entry.factors)
          return .times([entry.symbol] + factors.filter { !named.contains($0) })
        }
      }
      return node
    case .number, .constant, .variable, .dimension, .zeros, .ones, .identity, .power, .inverse, .transpose,
      .apply, .differential:
      return node
    }
  }
}
