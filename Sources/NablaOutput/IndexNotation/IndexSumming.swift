import NablaCore
import NablaTypes

/// The laws of index sums and of Kronecker's delta.
extension IndexReader {
  /// The product of scalars; a power of a delta is that delta.
  static func product(_ factors: [Formula]) -> Formula {
    let product = Formula.times(factors)
    let isPlain = product.factors.allSatisfy { factor in
      if case .power(let base, _) = factor.kind { return base.deltaPlaces == nil }
      return true
    }
    if isPlain { return product }
    return .times(
      product.factors.map { factor in
        guard case .power(let base, let exponent) = factor.kind, base.deltaPlaces != nil,
          let count = exponent.number, !count.isNegative
        else { return factor }
        return base
      })
  }

  /// The sum over several indices, the last one innermost.
  func total(_ ranges: [IndexRange], _ body: Formula) -> Formula {
    ranges.reversed().reduce(body) { total($1, $0) }
  }

  /// The sum over an index: a delta selects one value, and factors without the index come out.
  private func total(_ range: IndexRange, _ body: Formula) -> Formula {
    if body.isZero { return .zero }
    if !depends(body, range) {
      // The number of terms of an empty range is zero, not negative.
      let count = range.last - range.first + 1
      return bounds.isNonnegative(count)
        ? Self.product([.dimension(count), body]) : bound(range, body)
    }
    if let terms = picked(body, range, times: []) { return terms }
    let fixed = body.factors.filter { !depends($0, range) }
    var moving = body.factors.filter { depends($0, range) }
    for (index, factor) in moving.enumerated() {
      if let place = solution(factor, range) {
        moving.remove(at: index)
        let rest = IndexRenaming(values: [range.name: place], bounds: bounds)(.times(moving))
        return Self.product(fixed + [rest])
      }
    }
    for (index, factor) in moving.enumerated() {
      let others = Array(moving[..<index] + moving[(index + 1)...])
      if let terms = picked(factor, range, times: others) { return Self.product(fixed + [terms]) }
    }
    return Self.product(fixed + [bound(range, .times(moving))])
  }

  /// A sum in which deltas select a value, split into the terms with such a delta and all others together.
  private func picked(_ factor: Formula, _ range: IndexRange, times others: [Formula]) -> Formula? {
    guard case .sum(let terms) = factor.kind else { return nil }
    let isPicked = terms.map { term in term.factors.contains { solution($0, range) != nil } }
    guard isPicked.contains(true) else { return nil }
    let rest = zip(terms, isPicked).filter { !$1 }.map(\.0)
    let parts = zip(terms, isPicked).filter(\.1).map(\.0) + (rest.isEmpty ? [] : [.sum(rest, .scalar)])
    return withCommonFactors(.sum(parts.map { total(range, Self.product(others + [$0])) }, .scalar))
  }

  private func bound(_ range: IndexRange, _ body: Formula) -> Formula {
    .apply(.indexSum(range.name, range.first, range.last), [body], .scalar)
  }

  private func depends(_ formula: Formula, _ range: IndexRange) -> Bool {
    free.of(formula).contains(range.name)
  }

  /// The value at which a delta is 1, if it certainly lies in the index's range.
  private func solution(_ delta: Formula, _ range: IndexRange) -> Dimension? {
    guard let places = delta.deltaPlaces else { return nil }
    let index = Dimension(name: range.name)
    for (one, other) in [(places.row, places.column), (places.column, places.row)] {
      // index + shift = other
      let shift = one - index
      if shift.names.contains(range.name) || other.names.contains(range.name) { continue }
      let place = other - shift
      return bounds.isWithin(place, range.first, range.last) ? place : nil
    }
    return nil
  }

  /// Takes common factors out of sums with deltas: `s_i*(delta_ij - s_j)`.
  func gathered(_ formula: Formula) -> Formula {
    var memo: [Formula: Formula] = [:]
    for node in formula.nodes(without: { $0.isEntry }) {
      let children = node.children.map { memo[$0] ?? $0 }
      let rebuilt = children == node.children ? node : node.rebuilt(children)
      memo[node] = rebuilt.isScalar ? factored(rebuilt) : rebuilt
    }
    return memo[formula] ?? formula
  }

  private func factored(_ sum: Formula) -> Formula {
    sum.terms.contains { delta(in: $0) != nil } ? withCommonFactors(sum) : sum
  }

  /// A sum as its common factors times the rest; next to a delta a factor may have either index.
  private func withCommonFactors(_ sum: Formula) -> Formula {
    guard case .sum(let terms) = sum.kind, let model = terms.first(where: { delta(in: $0) == nil }) else {
      return sum
    }
    var rests = terms.map(\.factors)
    var common: [Formula] = []
    for factor in model.factors where factor.number == nil {
      let places = rests.indices.map { index in
        rests[index].firstIndex { isSame($0, factor, at: delta(in: terms[index])) }
      }
      let found = places.compactMap { $0 }
      guard found.count == rests.count else { continue }
      for (index, place) in found.enumerated() { rests[index].remove(at: place) }
      common.append(factor)
    }
    if common.isEmpty { return sum }
    return .times(common + [.sum(rests.map { .times($0) }, .scalar)])
  }

  private func delta(in term: Formula) -> (row: Dimension, column: Dimension)? {
    term.factors.lazy.compactMap(\.deltaPlaces).first
  }

  /// Whether two factors are equal where the delta next to the first is 1.
  private func isSame(_ a: Formula, _ b: Formula, at delta: (row: Dimension, column: Dimension)?) -> Bool {
    if a == b { return true }
    guard let delta, let name = delta.column.name, a.deltaPlaces == nil else { return false }
    let renaming = IndexRenaming(values: [name: delta.row], bounds: bounds)
    return renaming(a) == renaming(b)
  }
}
