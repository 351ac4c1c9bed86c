import NablaTypes

extension Factoring {
  /// The sum in which other terms are a multiple of the bracket beside a factor that was taken out:
  /// A*(B - I) - B + I is (A - I)*(B - I).
  mutating func completed(
    at place: Place, _ group: [Int], _ sum: Formula, _ found: (taken: Formula, indices: Set<Int>)?
  ) -> Formula? {
    let isLeft: Bool
    let factor: Formula
    switch place {
    case .left(let end): (isLeft, factor) = (true, end)
    case .right(let end): (isLeft, factor) = (false, end)
    case .entry, .number, .operation, .kronLeft, .kronRight: return nil
    }
    let terms = sum.terms
    guard factor.shape.isMatrix, factor.shape.rows == factor.shape.columns, terms.count >= 4,
      group.count < terms.count
    else { return nil }
    // A term that is the factor itself leaves I.
    let isFound = found?.indices.count == group.count
    guard let (taken, indices) = isFound ? found : takenOut(place, group, sum, leavesIdentity: true) else {
      return nil
    }
    let (scalars, array) = taken.splitScalars
    guard let chain = array?.chain, chain.count == 2, chain[isLeft ? 0 : 1] === factor else { return nil }
    let bracket = chain[isLeft ? 1 : 0]
    guard case .sum(let parts) = bracket.kind else { return nil }
    var others = terms.indices.filter { !indices.contains($0) }.map { terms[$0] }
    guard let multiple = multiple(of: parts, among: others) else { return nil }
    for part in parts {
      guard let index = others.firstIndex(where: { $0 === Formula.times([multiple, part]) }) else {
        return nil
      }
      others.remove(at: index)
    }
    let size = factor.shape.rows
    let sum = Formula.sum([.times(scalars + [factor]), .times([multiple, .identity(size)])], factor.shape)
    let product = Formula.product(isLeft ? [sum, bracket] : [bracket, sum])
    return .sum([product] + others, taken.shape)
  }

  /// The sum in which other terms are a multiple of an entrywise factor: a .* (x - z) + x - z is (a + 1) .* (x - z).
  mutating func completed(by base: Formula, _ group: [Int], _ sum: Formula) -> Formula? {
    let terms = sum.terms
    guard case .sum(let parts) = base.kind, base.shape == sum.shape, group.count + parts.count <= terms.count,
      group.allSatisfy({ Self.exponent(of: base, in: terms[$0]) == 1 })
    else { return nil }
    var others = terms.indices.filter { !group.contains($0) }.map { terms[$0] }
    guard let multiple = multiple(of: parts, among: others) else { return nil }
    for part in parts {
      guard let index = others.firstIndex(where: { $0 === Formula.times([multiple, part]) }) else {
        return nil
      }
      others.remove(at: index)
    }
    work -= 1
    let chosen = group.map { terms[$0] } + [.times([multiple, base])]
    guard let bracket = bracket(Self.divided(chosen, by: base, sum.shape)) else { return nil }
    return .sum([.times([base, bracket])] + others, sum.shape)
  }

  /// The products that equal a short sum of matrices whose terms all have the same factor at an end: (A - I)*B for A*B - B.
  static func sharedEnds(of sum: Formula) -> [Formula] {
    guard case .sum(let terms) = sum.kind, terms.count <= 3, sum.shape.isMatrix else { return [] }
    var factoring = Factoring()
    return places(of: terms[0]).compactMap { place in
      switch place {
      case .left, .right: break
      case .entry, .number, .operation, .kronLeft, .kronRight: return nil
      }
      let found = factoring.takenOut(place, Array(terms.indices), sum, leavesIdentity: true)
      guard let (taken, indices) = found, indices.count == terms.count else { return nil }
      return taken
    }
  }

  /// The scalar whose products with all parts are among the terms.
  private func multiple(of parts: [Formula], among terms: [Formula]) -> Formula? {
    let (scalars, array) = parts[0].splitScalars
    for term in terms {
      let (others, same) = term.splitScalars
      guard same === array else { continue }
      let multiple = Formula.times(others + scalars.map { .power($0, .number(-1)) })
      let isWhole = array != nil || !multiple.hasDenominators
      if isWhole, parts.allSatisfy({ part in terms.contains { $0 === Formula.times([multiple, part]) } }) {
        return multiple
      }
    }
    return nil
  }
}
