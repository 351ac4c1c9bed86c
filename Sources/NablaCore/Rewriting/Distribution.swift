import NablaTypes

/// Distributes products over sums, collects terms and finds common denominators; see `Factoring` for common factors.
/// These are the laws of a ring, so they are written in Swift like the canonical constructors. Identities of functions
/// are rules.
struct Distribution {
  /// Sums that are kept, because the user named them.
  var named: Set<Formula> = []

  /// Distribution stops before it makes more terms than this.
  static let mostTerms = 48

  /// Expansions up to this many terms compete by cost even if nothing cancels.
  static let fewTerms = 8

  /// Memo of factorings, since the same sums recur.
  private let memo = Memo()

  private final class Memo {
    var factored: [Formula: Formula] = [:]
    var termCounts: [Formula: Int] = [:]
  }

  init(named: Set<Formula> = []) { self.named = named }

  private func factored(_ formula: Formula) -> Formula? {
    Factoring.factored(formula, &memo.factored)
  }

  /// Equivalent forms of a formula that are worth comparing by cost.
  func candidates(for formula: Formula) -> [Formula] {
    switch formula.kind {
    case .sum(let terms):
      if terms.count > Factoring.longestSum { return factored(formula).map { [$0] } ?? [] }
      var result: [Formula] = []
      if let factored = factored(formula) { result.append(factored) }
      if let joined = overCommonDenominator(formula) { result.append(joined) }
      if let blocks = Blocks.collected(formula) { result.append(blocks) }
      result += Factoring.overOneBar(formula)
      result += normsMultipliedOut(formula)
      return result + multipliedOut(formula)
    case .times(let factors):
      return multipliedOut(formula) + multipliedOnce(factors, formula.shape) { .times($0) }
        + withoutInnerDenominators(factors) + withoutSharedEntries(factors) + multipliedInside(factors)
    case .product(let chain):
      return multipliedOut(formula) + multipliedOnce(chain, formula.shape) { .product($0) }
        + withoutSharedEnds(chain) + Blocks.distributed(chain)
    case .apply(.array(.kron), let sides):
      return Blocks.kronecker(sides[0], sides[1]).map { [$0] } ?? []
    case .power:
      return withoutInnerDenominators([formula])
    case .number, .constant, .variable, .dimension, .zeros, .ones, .identity, .inverse, .transpose, .apply,
      .differential:
      return []
    }
  }

  /// Equivalent forms of a part that may simplify its parent although they are no cheaper.
  func sidewise(_ part: Formula) -> [Formula] {
    guard case .times(let factors) = part.kind else { return [] }
    return withoutInnerDenominators(factors)
  }

  // MARK: Distributing

  /// The expanded and then factored formula, if terms cancel or there are few. Formulas that were already factored and
  /// do not get shorter are kept.
  private func multipliedOut(_ formula: Formula) -> [Formula] {
    guard let terms = distributed(formula), terms.count > 1 else { return [] }
    let expanded = Formula.sum(terms, formula.shape)
    guard terms.count <= Self.fewTerms || cancels(terms, expanded) else { return [] }
    return [expanded] + (factored(expanded).map { [$0] } ?? [])
  }

  /// The sum with the squared norms of sums expanded, if terms cancel: norm2(x + y)^2 - norm2(x - y)^2 is 4*x'*y.
  private func normsMultipliedOut(_ sum: Formula) -> [Formula] {
    var count = 0
    let terms = sum.terms.map { term in
      Formula.times(
        term.factors.map { factor in
          guard case .power(let norm, let exponent) = factor.kind, exponent.number == 2,
            case .apply(.array(.norm2), let arguments) = norm.kind, case .sum = arguments[0].kind,
            arguments[0].shape.isVector, !named.contains(arguments[0])
          else { return factor }
          count += 1
          return .product([arguments[0].transposed, arguments[0]])
        })
    }
    guard count > 1, let open = distributed(.sum(terms, sum.shape)) else { return [] }
    let expanded = Formula.sum(open, sum.shape)
    return cancels(open, expanded) ? [expanded] : []
  }

  /// Expands one sum among the factors and keeps the others.
  private func multipliedOnce(
    _ factors: [Formula], _ shape: Shape, _ product: ([Formula]) -> Formula
  ) -> [Formula] {
    factors.indices.compactMap { index in
      guard case .sum(let terms) = factors[index].kind, terms.count <= Self.fewTerms,
        !named.contains(factors[index])
      else { return nil }
      return .sum(terms.map { product(replacing(factors, index, $0)) }, shape)
    }
  }

  /// Takes out the common factors of the terms of a sum among the factors: s .* (w - w .* t) is s .* w .* (1 - t).
  private func withoutSharedEntries(_ factors: [Formula]) -> [Formula] {
    factors.indices.compactMap { index in
      guard !named.contains(factors[index]), let (shared, rest) = Factoring.sharedEntries(of: factors[index])
      else { return nil }
      return .times(replacing(factors, index, rest) + shared)
    }
  }

  /// A scalar factor multiplied into a sum of a matrix product that is divided by it: s*(A/s + B)*x is (A + s*B)*x.
  private func multipliedInside(_ factors: [Formula]) -> [Formula] {
    guard case .product(let chain)? = factors.last?.kind else { return [] }
    let others = Array(factors.dropLast())
    return others.indices.flatMap { index -> [Formula] in
      let scalar = others[index]
      guard scalar.isScalar, scalar.number == nil else { return [] }
      return chain.indices.compactMap { place in
        guard case .sum(let terms) = chain[place].kind, !named.contains(chain[place]),
          terms.contains(where: { $0.factors.contains { $0.denominator?.base === scalar } })
        else { return nil }
        let sum = Formula.sum(terms.map { .times([scalar, $0]) }, chain[place].shape)
        return .times(replacing(others, index, .product(replacing(chain, place, sum))))
      }
    }
  }

  /// Takes out the common end of the terms of a sum among the factors: (A*B - B)*C is (A - I)*B*C.
  private func withoutSharedEnds(_ chain: [Formula]) -> [Formula] {
    chain.indices.flatMap { index in
      named.contains(chain[index])
        ? [] : Factoring.sharedEnds(of: chain[index]).map { .product(replacing(chain, index, $0)) }
    }
  }

  /// Whether some terms cancel in their sum. Merging like terms does not justify a long expansion.
  private func cancels(_ terms: [Formula], _ sum: Formula) -> Bool {
    let count = sum.isZero ? 0 : sum.terms.count
    return count < Set(terms.map { $0.splitCoefficient.1 }).count
  }

  /// The terms of all products of sums before like ones are collected.
  private func distributed(_ formula: Formula) -> [Formula]? {
    guard termCount(formula) <= Self.mostTerms else { return nil }
    var terms: [Formula] = []
    var open = [formula]
    var steps = 0
    while let next = open.popLast() {
      steps += 1
      if steps > 4 * Self.mostTerms || terms.count > Self.mostTerms { return nil }
      if case .sum(let parts) = next.kind, next === formula || !named.contains(next) {
        open += parts.reversed()
      } else if let distributed = distributedOnce(next) {
        open += distributed.reversed()
      } else {
        terms.append(next)
      }
    }
    return terms
  }

  /// Estimates the number of terms after expansion; stops counting past the limit.
  private func termCount(_ formula: Formula) -> Int {
    if formula.height == 0 { return 1 }
    if let known = memo.termCounts[formula] { return known }
    let count = computedTermCount(formula)
    memo.termCounts[formula] = count
    return count
  }

  private func computedTermCount(_ formula: Formula) -> Int {
    switch formula.kind {
    case .sum(let terms):
      var count = 0
      for term in terms where count <= Self.mostTerms { count += termCount(term) }
      return count
    case .times(let parts), .product(let parts):
      var count = 1
      for part in parts where count <= Self.mostTerms { count *= termCount(part) }
      return count
    case .power(let base, let exponent):
      guard isExpandable(formula), let times = exponent.number?.integer else { return 1 }
      var count = 1
      for _ in 0..<times where count <= Self.mostTerms { count *= termCount(base) }
      return count
    case .number, .constant, .variable, .dimension, .zeros, .ones, .identity, .inverse, .transpose, .apply,
      .differential:
      return 1
    }
  }

  /// The terms after one sum among the factors is expanded; `nil` if there is none.
  /// Sums whose terms have denominators go first, so that these can cancel.
  private func distributedOnce(_ formula: Formula) -> [Formula]? {
    switch formula.kind {
    case .times(let factors):
      let sums = factors.indices.filter { isExpandable(factors[$0]) }
      guard let index = sums.first(where: { factors[$0].hasDenominators }) ?? sums.first else {
        // A scalar or a coefficient before a product that contains a sum.
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
      guard let index = chain.firstIndex(where: { isExpandable($0) }) else { return nil }
      return pieces(chain[index]).map { .product(replacing(chain, index, $0)) }
    case .power:
      return isExpandable(formula) ? pieces(formula) : nil
    case .number, .constant, .variable, .dimension, .zeros, .ones, .identity, .sum, .inverse, .transpose,
      .apply, .differential:
      return nil
    }
  }

  private func replacing(_ list: [Formula], _ index: Int, _ part: Formula) -> [Formula] {
    var copy = list
    copy[index] = part
    return copy
  }

  private func isExpandable(_ formula: Formula) -> Bool {
    switch formula.kind {
    case .sum: !named.contains(formula)
    case .power(let base, let exponent):
      if case .sum = base.kind, !named.contains(base), let count = exponent.number?.integer {
        (2...4).contains(count)
      } else {
        false
      }
    case .times(let factors): factors.contains(where: { isExpandable($0) })
    case .number, .constant, .variable, .dimension, .zeros, .ones, .identity, .product, .inverse, .transpose,
      .apply, .differential:
      false
    }
  }

  /// The terms of a sum; for a power of a sum, the terms of one factor times the remaining power.
  private func pieces(_ formula: Formula) -> [Formula] {
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

  // MARK: Common denominators

  /// The sum over one denominator, if terms of the numerator cancel.
  private func overCommonDenominator(_ formula: Formula) -> Formula? {
    var bases: [Formula] = []
    var exponents: [Formula: Int] = [:]
    for term in formula.terms {
      for factor in term.factors {
        guard let (base, exponent) = factor.denominator, base.number == nil else { continue }
        if exponents[base] == nil { bases.append(base) }
        exponents[base] = max(exponents[base] ?? 0, exponent)
      }
    }
    guard !bases.isEmpty else { return nil }
    let common = bases.map { Formula.power($0, .number(exponents[$0] ?? 1)) }
    let scaled = formula.terms.map { Formula.times(common + [$0]) }
    let parts = scaled.compactMap { distributed($0) }
    guard parts.count == scaled.count else { return nil }
    let terms = parts.flatMap { $0 }
    let numerator = Formula.sum(terms, formula.shape)
    guard cancels(terms, numerator) || numerator.terms.count <= formula.terms.count else { return nil }
    let plain = factored(numerator).flatMap { $0.cost < numerator.cost ? $0 : nil } ?? numerator
    return .times([plain] + common.map { .power($0, .number(-1)) })
  }

  /// The product with inner fractions cleared from sums below a fraction bar: 1/(s*(x/s + 1)) becomes 1/(x + s).
  private func withoutInnerDenominators(_ factors: [Formula]) -> [Formula] {
    factors.indices.flatMap { index -> [Formula] in
      switch factors[index].kind {
      case .power(let base, let exponent):
        guard let count = exponent.number?.integer, count < 0, let (common, cleared) = cleared(base) else {
          return []
        }
        var others = factors
        others.remove(at: index)
        return [.times(others + [.power(common, .number(-count)), .power(cleared, exponent)])]
      case .inverse, .product:
        return factors[index].chain.indices.compactMap { place in
          guard case .inverse(let inner) = factors[index].chain[place].kind,
            let (common, cleared) = cleared(inner)
          else { return nil }
          let product = Formula.product(replacing(factors[index].chain, place, .inverse(cleared)))
          return .times(replacing(factors, index, product) + [common])
        }
      case .number, .constant, .variable, .dimension, .zeros, .ones, .identity, .sum, .times, .transpose,
        .apply, .differential:
        return []
      }
    }
  }

  /// The common scalar denominator of the terms of a sum, and the sum multiplied by it.
  private func cleared(_ sum: Formula) -> (common: Formula, cleared: Formula)? {
    guard case .sum(let terms) = sum.kind, sum.hasDenominators else { return nil }
    var bases: [Formula] = []
    var exponents: [Formula: Int] = [:]
    for factor in terms.flatMap(\.factors) {
      guard let (inner, power) = factor.denominator, inner.number == nil, inner.isScalar else { continue }
      if exponents[inner] == nil { bases.append(inner) }
      exponents[inner] = max(exponents[inner] ?? 0, power)
    }
    if bases.isEmpty { return nil }
    let common = Formula.times(bases.map { .power($0, .number(exponents[$0] ?? 1)) })
    return (common, .sum(terms.map { .times([common, $0]) }, sum.shape))
  }
}
