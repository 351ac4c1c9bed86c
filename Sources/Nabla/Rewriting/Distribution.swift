import NablaLanguage

/// The arithmetic of sums and products: distributing, collecting, taking out common factors, common denominators.
///
/// These are the laws of a ring, which is why they stand in Swift like the canonical constructors and unlike
/// identities of functions, which are rules.
enum Distribution {
  /// Sums longer than this are not rearranged.
  static let longestSum = 24
  /// Distribution stops where it would make more terms than this.
  static let mostTerms = 48

  /// Forms of a formula worth comparing with it by cost.
  static func candidates(for formula: Formula) -> [Formula] {
    switch formula.kind {
    case .sum(let terms):
      guard terms.count <= longestSum else { return [] }
      var result: [Formula] = []
      if let factored = factored(formula) { result.append(factored) }
      if let joined = overCommonDenominator(formula) { result.append(joined) }
      return result + cancelled(formula)
    case .times, .product:
      return cancelled(formula)
    case .number, .constant, .variable, .dimension, .zeros, .ones, .identity, .power, .inverse, .transpose,
      .apply, .differential:
      return []
    }
  }

  // MARK: Distributing

  /// The formula multiplied out, when terms cancel by that; what came factored and stays as long is left alone.
  private static func cancelled(_ formula: Formula) -> [Formula] {
    guard let terms = distributed(formula), let expanded = cancelling(terms, formula.shape) else { return [] }
    return [expanded] + (factored(expanded).map { [$0] } ?? [])
  }

  /// The sum of the terms, when some of them cancel: like terms that only merge are no reason to multiply out.
  private static func cancelling(_ terms: [Formula], _ shape: Shape) -> Formula? {
    let expanded = Formula.sum(terms, shape)
    let count = expanded.isZero ? 0 : expanded.terms.count
    return count < Set(terms.map { $0.splitCoefficient.1 }).count ? expanded : nil
  }

  /// The terms of every product over a sum, before like ones are collected.
  private static func distributed(_ formula: Formula) -> [Formula]? {
    guard termCount(formula) <= mostTerms else { return nil }
    var terms: [Formula] = []
    var open = [formula]
    var steps = 0
    while let next = open.popLast() {
      steps += 1
      if steps > 4 * mostTerms || terms.count > mostTerms { return nil }
      if case .sum(let parts) = next.kind {
        open += parts.reversed()
      } else if let distributed = distributedOnce(next) {
        open += distributed.reversed()
      } else {
        terms.append(next)
      }
    }
    return terms
  }

  /// About how many terms multiplying out would make; stops counting past the limit.
  private static func termCount(_ formula: Formula) -> Int {
    switch formula.kind {
    case .sum(let terms):
      var count = 0
      for term in terms where count <= mostTerms { count += termCount(term) }
      return count
    case .times(let parts), .product(let parts):
      var count = 1
      for part in parts where count <= mostTerms { count *= termCount(part) }
      return count
    case .power(let base, let exponent):
      guard isExpandable(formula), let times = exponent.number?.integer else { return 1 }
      var count = 1
      for _ in 0..<times where count <= mostTerms { count *= termCount(base) }
      return count
    case .number, .constant, .variable, .dimension, .zeros, .ones, .identity, .inverse, .transpose, .apply,
      .differential:
      return 1
    }
  }

  /// The terms after one sum among the factors is multiplied out; nil when there is none.
  ///
  /// Sums whose terms have denominators go first, so that these meet what they cancel with.
  private static func distributedOnce(_ formula: Formula) -> [Formula]? {
    switch formula.kind {
    case .times(let factors):
      let sums = factors.indices.filter { isExpandable(factors[$0]) }
      guard let index = sums.first(where: { hasDenominators(factors[$0]) }) ?? sums.first else {
        // A scalar or a coefficient before a product with a sum inside.
        for (index, factor) in factors.enumerated() {
          if case .product = factor.kind, let inner = distributedOnce(factor) {
            return inner.map { .times(replacing(factors, index, $0)) }
          }
        }
        return nil
      }
      if sums.count == 1, factors.count == 2, factors[0].number != nil, case .sum = factors[index].kind {
        return factors[index].terms.map { .times([factors[0], $0]) }
      }
      return pieces(factors[index]).map { .times(replacing(factors, index, $0)) }
    case .product(let chain):
      guard let index = chain.firstIndex(where: isExpandable) else { return nil }
      return pieces(chain[index]).map { .product(replacing(chain, index, $0)) }
    case .number, .constant, .variable, .dimension, .zeros, .ones, .identity, .sum, .power, .inverse,
      .transpose,
      .apply, .differential:
      return nil
    }
  }

  private static func replacing(_ list: [Formula], _ index: Int, _ part: Formula) -> [Formula] {
    var copy = list
    copy[index] = part
    return copy
  }

  private static func isExpandable(_ formula: Formula) -> Bool {
    switch formula.kind {
    case .sum: true
    case .power(let base, let exponent):
      if case .sum = base.kind, let count = exponent.number?.integer {
        (2...4).contains(count)
      } else {
        false
      }
    case .times(let factors): factors.contains(where: isExpandable)
    case .number, .constant, .variable, .dimension, .zeros, .ones, .identity, .product, .inverse, .transpose,
      .apply, .differential:
      false
    }
  }

  /// The terms of a sum; of a power of a sum, the terms of one factor times the remaining power.
  private static func pieces(_ formula: Formula) -> [Formula] {
    switch formula.kind {
    case .power(let base, let exponent):
      let rest = Formula.power(base, .adding(exponent, .number(-1)))
      return base.terms.map { .times([$0, rest]) }
    case .times:
      return distributedOnce(formula) ?? [formula]
    case .number, .constant, .variable, .dimension, .zeros, .ones, .identity, .sum, .product, .inverse,
      .transpose, .apply, .differential:
      return formula.terms
    }
  }

  private static func hasDenominators(_ formula: Formula) -> Bool {
    formula.terms.contains { term in term.factors.contains { denominator($0) != nil } }
  }

  private static func denominator(_ factor: Formula) -> (base: Formula, exponent: Int)? {
    guard case .power(let base, let exponent) = factor.kind, let value = exponent.number?.integer, value < 0
    else {
      return nil
    }
    return (base, -value)
  }

  // MARK: Common denominators

  /// The sum over one denominator, when that lets terms of the numerator cancel.
  private static func overCommonDenominator(_ formula: Formula) -> Formula? {
    var bases: [Formula] = []
    var exponents: [Formula: Int] = [:]
    for term in formula.terms {
      for factor in term.factors {
        guard let (base, exponent) = denominator(factor), base.number == nil else { continue }
        if exponents[base] == nil { bases.append(base) }
        exponents[base] = max(exponents[base] ?? 0, exponent)
      }
    }
    guard !bases.isEmpty else { return nil }
    let common = bases.map { Formula.power($0, .number(exponents[$0] ?? 1)) }
    let scaled = formula.terms.map { Formula.times(common + [$0]) }
    let parts = scaled.compactMap(distributed)
    guard parts.count == scaled.count, let numerator = cancelling(parts.flatMap { $0 }, formula.shape) else {
      return nil
    }
    let plain = factored(numerator).flatMap { $0.cost < numerator.cost ? $0 : nil } ?? numerator
    return .times([plain] + common.map { .power($0, .number(-1)) })
  }

  // MARK: Common factors

  /// The cheapest form found by taking common factors out of groups of terms; nil when nothing gets cheaper.
  static func factored(_ formula: Formula) -> Formula? {
    guard case .sum(let terms) = formula.kind, terms.count <= longestSum else { return nil }
    var current = formula
    for _ in 0..<terms.count {
      var best: Formula?
      for candidate in factorings(current)
      where !candidate.isInvalid && candidate.cost < (best ?? current).cost {
        best = candidate
      }
      guard let best else { break }
      current = best
      guard case .sum = current.kind else { break }
    }
    return current === formula ? nil : current
  }

  /// Where in a term a factor stands: as a scalar or entry factor, or at an end of the matrix product.
  private enum Place: Hashable {
    case entry(Formula)
    case left(Formula)
    case right(Formula)
  }

  private static func places(of term: Formula) -> [Place] {
    var result: [Place] = []
    for factor in term.factors where factor.number == nil && !factor.isOnes {
      switch factor.kind {
      case .power(let base, let exponent) where (exponent.number?.integer ?? 0) > 0:
        result.append(.entry(base))
      case .number, .constant, .variable, .dimension, .zeros, .ones, .identity, .sum, .times, .product,
        .power,
        .inverse, .transpose, .apply, .differential:
        result.append(.entry(factor))
      }
    }
    for chain in orientations(of: term) {
      for (end, place) in [(chain.first, Place.left), (chain.last, Place.right)] {
        if let end, !end.isIdentity, !end.isOnes { result.append(place(end)) }
      }
    }
    return result
  }

  /// The matrix product in a term, both ways round when it is a scalar.
  private static func orientations(of term: Formula) -> [[Formula]] {
    if term.isScalar {
      return term.factors.flatMap { factor -> [[Formula]] in
        guard case .product(let chain) = factor.kind else { return [] }
        return [chain, chain.reversed().map(\.transposed)]
      }
    }
    guard let array = term.splitScalars.array else { return [] }
    return [array.chain]
  }

  private static func factorings(_ sum: Formula) -> [Formula] {
    let terms = sum.terms
    var order: [Place] = []
    var groups: [Place: [Int]] = [:]
    for (index, term) in terms.enumerated() {
      var seen: Set<Place> = []
      for place in places(of: term) where seen.insert(place).inserted {
        if groups[place] == nil { order.append(place) }
        groups[place, default: []].append(index)
      }
    }
    var result: [Formula] = []
    var isDone = false
    for place in order {
      guard let group = groups[place], group.count > 1 else { continue }
      if group.count == terms.count, case .entry = place {
        // What all terms share comes out together.
        if isDone { continue }
        isDone = true
      }
      let chosen = group.map { terms[$0] }
      let others = terms.indices.filter { !group.contains($0) }.map { terms[$0] }
      guard let taken = takenOut(place, chosen, sum.shape) else { continue }
      result.append(.sum([taken] + others, sum.shape))
    }
    if let content = withoutContent(sum) { result.append(content) }
    return result
  }

  /// The terms divided by their common exact coefficient.
  private static func withoutContent(_ sum: Formula) -> Formula? {
    let (content, rest) = sum.splitContent
    guard content.magnitude != 1 else { return nil }
    if !content.isInteger, hasDenominators(sum) { return nil }
    return .times([.number(content), rest])
  }

  /// The group with the factor at that place taken out, and then whatever else its terms share.
  private static func takenOut(_ place: Place, _ terms: [Formula], _ shape: Shape) -> Formula? {
    guard let (factor, rest) = parts(place, terms, shape) else { return nil }
    switch place {
    case .entry: return .times([factor, rest])
    case .left: return .product([factor, rest])
    case .right: return .product([rest, factor])
    }
  }

  private static func parts(
    _ place: Place, _ terms: [Formula], _ shape: Shape
  ) -> (factor: Formula, rest: Formula)? {
    func bracket(_ rest: [Formula]) -> Formula? {
      guard rest.count == terms.count, let first = rest.first else { return nil }
      return inner(.sum(rest, first.shape))
    }
    switch place {
    case .entry(let base):
      let exponents = terms.map { exponent(of: base, in: $0) }
      guard let least = exponents.min(by: <), !least.isZero else { return nil }
      let factor = Formula.power(base, .number(least))
      return bracket(divided(terms, by: [factor], shape)).map { (factor, $0) }
    case .left(let factor):
      return bracket(terms.compactMap { stripped($0, factor, fromLeft: true) }).map { (factor, $0) }
    case .right(let factor):
      return bracket(terms.compactMap { stripped($0, factor, fromLeft: false) }).map { (factor, $0) }
    }
  }

  /// What remains in the bracket, with everything that all its terms share taken out when that is no dearer.
  private static func inner(_ sum: Formula) -> Formula {
    guard case .sum = sum.kind else { return sum }
    var best = sum
    if let content = withoutContent(sum), content.cost < sum.cost + Cost.bracket { best = content }
    let (coefficient, core) = best.splitCoefficient
    guard case .sum(let terms) = core.kind else { return best }
    var factors: [Formula] = []
    for case .entry(let base) in commonPlaces(terms) {
      let least = terms.map { exponent(of: base, in: $0) }.min(by: <) ?? 0
      factors.append(.power(base, .number(least)))
    }
    if factors.isEmpty { return best }
    let whole = Formula.times(
      factors + [.number(coefficient), .sum(divided(terms, by: factors, core.shape), core.shape)])
    return whole.cost <= best.cost ? whole : best
  }

  /// The places whose factors all terms have.
  private static func commonPlaces(_ terms: [Formula]) -> [Place] {
    var common = places(of: terms[0])
    for term in terms.dropFirst() where !common.isEmpty {
      let present = Set(places(of: term))
      common.removeAll { !present.contains($0) }
    }
    return common
  }

  /// The terms without factors that all have; what is left a scalar then stands for every entry.
  private static func divided(_ terms: [Formula], by factors: [Formula], _ shape: Shape) -> [Formula] {
    let inverse = factors.map { Formula.power($0, .number(-1)) }
    let isScaling = factors.allSatisfy(\.isScalar)
    return terms.map { term in
      let quotient = Formula.times([term] + inverse)
      return quotient.shape == shape || isScaling ? quotient : .times([quotient, .ones(shape)])
    }
  }

  private static func exponent(of base: Formula, in term: Formula) -> Rational {
    for factor in term.factors {
      if factor === base { return 1 }
      if case .power(let other, let exponent) = factor.kind, other === base, let value = exponent.number {
        return value
      }
    }
    return 0
  }

  /// The term without the factor at an end of its matrix product.
  private static func stripped(_ term: Formula, _ factor: Formula, fromLeft: Bool) -> Formula? {
    for chain in orientations(of: term) {
      guard let end = fromLeft ? chain.first : chain.last, end === factor else { continue }
      var rest = fromLeft ? Array(chain.dropFirst()) : Array(chain.dropLast())
      if rest.isEmpty {
        // (A + s*I)*x is no plainer than A*x + s*x, but (A - s*I)*(A*x - b) is plainer than its two terms.
        let size = fromLeft ? factor.shape.columns : factor.shape.rows
        var isBracket = false
        if case .sum = factor.kind { isBracket = !factor.shape.isMatrix }
        guard size.isOne || isBracket else { return nil }
        rest = [.identity(size)]
      }
      let scalars: [Formula]
      if term.isScalar {
        scalars = removingOne(term.factors, chain)
      } else {
        scalars = term.splitScalars.scalars
      }
      return .product(scalars + rest)
    }
    return nil
  }

  private static func removingOne(_ factors: [Formula], _ chain: [Formula]) -> [Formula] {
    let whole = Formula.product(chain)
    var rest = factors
    if let index = rest.firstIndex(where: { $0 === whole }) { rest.remove(at: index) }
    return rest
  }
}
