import NablaCore
import NablaTypes

/// Restores the names of intermediates in a formula.
struct Naming {
  /// A name for a formula, or for a run of factors or a group of terms in a longer one.
  private struct Replacement {
    /// The index of its definition.
    let index: Int
    let parts: [Formula]
    let symbol: Formula
  }

  private var definitions: [(name: String, formula: Formula)] = []
  // Replacements by their formula or by the first of their parts; the last definition comes first.
  private var nodes: [Formula: [Replacement]] = [:]
  private var chains: [Formula: [Replacement]] = [:]
  private var sums: [Formula: [Replacement]] = [:]
  private var factors: [Formula: [Replacement]] = [:]
  /// Definitions that are powers, by their bases.
  private var powers: [Formula: [(index: Int, exponent: Rational, symbol: Formula)]] = [:]

  /// The definitions in an order in which each uses only earlier ones; no formula contains a name.
  init(_ definitions: [(name: String, formula: Formula)]) {
    for (name, formula) in definitions { add(name, formula) }
  }

  mutating func add(_ name: String, _ formula: Formula) {
    // A name for a variable or a number adds nothing.
    guard formula.height > 0 else { return }
    let index = definitions.count
    definitions.append((name, formula))
    let symbol = Formula.variable(
      Variable(name: name, shape: formula.shape, properties: [], role: .definition))
    func put(_ table: inout [Formula: [Replacement]], _ key: Formula?, _ parts: [Formula], _ symbol: Formula)
    {
      guard let key else { return }
      table[key, default: []].insert(Replacement(index: index, parts: parts, symbol: symbol), at: 0)
    }
    let transposed = formula.transposed.withoutTransposesOfSymmetric
    for (form, symbol) in [
      (formula, symbol), (formula.negated, symbol.negated), (transposed, symbol.transposed),
      (transposed.negated, symbol.transposed.negated),
    ] where nodes[form]?.first?.index != index {
      put(&nodes, form, [], symbol)
    }
    switch formula.kind {
    case .product(let run):
      put(&chains, run.first, run, symbol)
      put(&chains, transposed.chain.first, transposed.chain, symbol.transposed)
    case .sum(let terms):
      put(&sums, terms.first, terms, symbol)
      let opposite = formula.negatedTermwise.terms
      put(&sums, opposite.first, opposite, symbol.negated)
    case .times(let parts):
      put(&factors, parts.first, parts, symbol)
      // Of g = Z'*r/n, Z'*r is n*g.
      let (scalars, array) = formula.splitScalars
      guard let array, case .product(let run) = array.kind, scalars.allSatisfy(\.isNumberOrSize) else {
        break
      }
      let whole = Formula.times([symbol] + scalars.map { .power($0, .number(-1)) })
      let transposedRun = array.transposed.withoutTransposesOfSymmetric
      put(&nodes, array, [], whole)
      put(&nodes, transposedRun, [], whole.transposed)
      put(&chains, run.first, run, whole)
      put(&chains, transposedRun.chain.first, transposedRun.chain, whole.transposed)
    case .power(let base, let exponent):
      guard base.height > 0, let value = exponent.number, value.magnitude != 1 else { break }
      powers[base, default: []].insert((index, value, symbol), at: 0)
    case .number, .constant, .variable, .dimension, .zeros, .ones, .identity, .inverse, .transpose, .apply,
      .differential:
      break
    }
  }

  /// The formulas with names, and the definitions that they use, each in terms of earlier ones.
  func named(_ formulas: [Formula]) -> (formulas: [Formula], used: [(name: String, formula: Formula)]) {
    var memo: [Formula: Formula] = [:]
    let results = formulas.map { replaced($0, before: definitions.count, &memo) }
    var used: [(name: String, formula: Formula)] = []
    var open = names(in: results)
    for index in definitions.indices.reversed() where open.contains(definitions[index].name) {
      var memo: [Formula: Formula] = [:]
      let body = replaced(definitions[index].formula, before: index, &memo)
      used.append((definitions[index].name, body))
      open.formUnion(names(in: [body]))
    }
    return (results, used.reversed())
  }

  /// The formula with names.
  func shortened(_ formula: Formula) -> Formula {
    var memo: [Formula: Formula] = [:]
    return replaced(formula, before: definitions.count, &memo)
  }

  /// The names of definitions in formulas; shared parts are visited once.
  private func names(in formulas: [Formula]) -> Set<String> {
    var result: Set<String> = []
    var seen: Set<Formula> = []
    var open = formulas
    while let next = open.popLast() {
      guard seen.insert(next).inserted else { continue }
      if let variable = next.variable, variable.role == .definition { result.insert(variable.name) }
      open += next.children
    }
    return result
  }

  /// Replaces every occurrence of the definitions before an index. Later definitions contain earlier ones, so they go
  /// first.
  private func replaced(
    _ formula: Formula, before end: Int, _ memo: inout [Formula: Formula]
  ) -> Formula {
    func known(_ node: Formula) -> Formula? { symbol(of: node, before: end) ?? memo[node] }
    // From the whole to its parts: what a name takes is not visited.
    var stack: [(node: Formula, shortened: Formula?)] = [(formula, nil)]
    while let (node, shortened) = stack.popLast() {
      if let shortened {
        let children = shortened.children
        memo[node] = children.isEmpty ? shortened : shortened.rebuilt(children.map { known($0) ?? $0 })
      } else if known(node) == nil {
        let shortened = withPart(node, before: end)
        stack.append((node, shortened))
        for child in shortened.children where known(child) == nil { stack.append((child, nil)) }
      }
    }
    return known(formula) ?? formula
  }

  private func symbol(of formula: Formula, before end: Int) -> Formula? {
    if let whole = nodes[formula]?.first(where: { $0.index < end })?.symbol { return whole }
    if powers.isEmpty { return nil }
    var (base, exponent) = (formula, Rational(1))
    if case .power(let inner, let outer) = formula.kind, let value = outer.number {
      (base, exponent) = (inner, value)
    }
    // Of s = sqrt(u), u is s^2 and 1/u^(3/2) is 1/s^3.
    for power in powers[base] ?? [] where power.index < end {
      let quotient = exponent * power.exponent.reciprocal
      if quotient.isInteger { return .power(power.symbol, .number(quotient)) }
    }
    return nil
  }

  /// A product or sum in which runs of factors or a group of terms have names.
  private func withPart(_ node: Formula, before end: Int) -> Formula {
    let next = withOnePart(node, before: end)
    if case .product = node.kind, next !== node { return withPart(next, before: end) }
    return next
  }

  private func withOnePart(_ node: Formula, before end: Int) -> Formula {
    switch node.kind {
    case .product(let chain):
      let found = chain.indices.flatMap { start in
        (chains[chain[start]] ?? []).filter {
          $0.index < end && $0.parts.count < chain.count && chain[start...].starts(with: $0.parts)
        }.map { (start: start, replacement: $0) }
      }
      guard let best = found.max(by: { $0.replacement.index < $1.replacement.index }) else { return node }
      let rest = chain[(best.start + best.replacement.parts.count)...]
      return .product(Array(chain[..<best.start]) + [best.replacement.symbol] + Array(rest))
    case .sum(let terms):
      guard let best = group(terms, node, in: sums, before: end) else { return node }
      let named = Set(best.parts)
      return .sum([best.symbol] + terms.filter { !named.contains($0) }, node.shape)
    case .times(let parts):
      guard let best = group(parts, node, in: factors, before: end, takesScalars: true) else { return node }
      let named = Set(best.parts)
      return .times([best.symbol] + parts.filter { !named.contains($0) })
    case .number, .constant, .variable, .dimension, .zeros, .ones, .identity, .power, .inverse, .transpose,
      .apply, .differential:
      return node
    }
  }

  /// The last definition whose parts are among these.
  private func group(
    _ parts: [Formula], _ node: Formula, in table: [Formula: [Replacement]], before end: Int,
    takesScalars: Bool = false
  ) -> Replacement? {
    if table.isEmpty { return nil }
    let candidates = parts.flatMap { part in
      (table[part] ?? []).filter {
        $0.index < end && ($0.symbol.shape == node.shape || takesScalars && $0.symbol.isScalar)
          && $0.parts.count < parts.count
      }
    }
    if candidates.isEmpty { return nil }
    let present = Set(parts)
    return candidates.sorted { $0.index > $1.index }.first { present.isSuperset(of: $0.parts) }
  }
}

extension Formula {
  /// Whether it is a number, a size or a power of one, so that it is not zero.
  fileprivate var isNumberOrSize: Bool {
    switch kind {
    case .number(let value): !value.isZero
    case .dimension: true
    case .power(let base, let exponent): exponent.number != nil && base.isNumberOrSize
    case .constant, .variable, .zeros, .ones, .identity, .sum, .times, .product, .inverse, .transpose, .apply,
      .differential:
      false
    }
  }

  /// The formula without transposes of variables that are declared symmetric.
  var withoutTransposesOfSymmetric: Formula {
    // Long definitions of deep models are not searched.
    guard cost <= 80 * Cost.symbol else { return self }
    let transposes = nodesChildrenFirst.filter { node in
      guard case .transpose(let inner) = node.kind, let variable = inner.variable else { return false }
      return variable.properties.closed.contains(.symmetric)
    }
    if transposes.isEmpty { return self }
    return replacing(Dictionary(transposes.map { ($0, $0.transposed) }) { first, _ in first })
  }
}
