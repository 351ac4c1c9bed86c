import NablaTypes

/// Searches for common factors in sums: at an end of matrix products, as scalar or entrywise factors, under a common
/// linear operation, or on one side of a Kronecker product.
/// A factor is taken out of every group of terms that shares it, and the remaining bracket is factored in turn. So
/// `D*v*b' + D'*v*b'` becomes `(D + D')*v*b'`, although `(D*v + D'*v)*b'` is longer than both.
struct Factoring {
  /// From longer sums, only factors common to all terms are taken out.
  static let longestSum = 24

  private var memo: [Formula: Formula] = [:]
  /// Bounds the number of groups tried, so that no sum can explode.
  var work = 400

  /// The cheapest form after taking common factors out of groups of terms; `nil` if nothing gets cheaper.
  /// The result is memoized unless the work ran out.
  static func factored(_ formula: Formula, _ memo: inout [Formula: Formula]) -> Formula? {
    guard case .sum = formula.kind else { return nil }
    var factoring = Factoring()
    swap(&factoring.memo, &memo)
    let result = factoring.cheapest(formula)
    if factoring.work > 0 { swap(&factoring.memo, &memo) } else { memo = [formula: result] }
    return result === formula ? nil : result
  }

  /// The cheapest form; the formula itself if no group of terms shares enough.
  private mutating func cheapest(_ formula: Formula) -> Formula {
    if let known = memo[formula] { return known }
    memo[formula] = formula
    var current = formula
    while case .sum(let terms) = current.kind, work > 0 {
      var best: Formula?
      let candidates = terms.count <= Self.longestSum ? groupings(current) : sharings(current)
      for candidate in candidates
      where !candidate.isInvalid && candidate.cost < (best ?? current).cost {
        best = candidate
      }
      guard let best else { break }
      current = best
    }
    memo[formula] = current
    return current
  }

  // MARK: Places

  /// The position of a factor in a term.
  enum Place: Hashable {
    /// A scalar or entrywise factor, to any power.
    case entry(Formula)
    /// A number other than one, up to sign.
    case number(Rational)
    /// An end of the matrix product.
    case left(Formula)
    case right(Formula)
    /// A linear operation that makes up the whole term except for scalars.
    case operation(ArrayOperation)
    /// A side of a Kronecker product.
    case kronLeft(Formula)
    case kronRight(Formula)

    var entry: Formula? {
      if case .entry(let factor) = self { factor } else { nil }
    }

    /// Whether the factor is a sum of vectors.
    var isVectorSum: Bool {
      switch self {
      case .left(let factor), .right(let factor):
        if case .sum = factor.kind { !factor.shape.isMatrix } else { false }
      case .entry, .number, .operation, .kronLeft, .kronRight: false
      }
    }
  }

  static func places(of term: Formula) -> [Place] {
    var result: [Place] = []
    let coefficient = term.coefficient.magnitude
    if !coefficient.isOne, coefficient.isInteger || !term.hasDenominators {
      result.append(.number(coefficient))
    }
    for factor in term.factors where factor.number == nil && !factor.isOnes {
      if case .power(let base, let exponent) = factor.kind, exponent.number != nil {
        result.append(.entry(base))
      } else {
        result.append(.entry(factor))
        result += lowerPowers(of: factor).map(Place.entry)
      }
    }
    for chain in orientations(of: term) {
      for (end, place) in [(chain.first, Place.left), (chain.last, Place.right)] {
        if let end, !end.isIdentity, !end.isOnes { result.append(place(end)) }
      }
    }
    for case .apply(.array(let operation), let arguments) in heads(of: term) {
      if operation == .kron {
        result += [.kronLeft(arguments[0]), .kronRight(arguments[1])]
      } else if operation.isLinear, arguments.count == 1, !operation.isHelper {
        result.append(.operation(operation))
      }
    }
    return result
  }

  /// Powers that a power with a symbolic exponent contains: x^(a - 1) in x^a, x^a in x^(a + 1).
  private static func lowerPowers(of factor: Formula) -> [Formula] {
    guard case .power(let base, let exponent) = factor.kind else { return [] }
    var steps: [Rational] = [1]
    if let constant = exponent.terms.compactMap(\.number).first, constant > 1 { steps.append(constant) }
    return steps.map { .power(base, .adding(exponent, .number(-$0))) }
  }

  /// Candidates for the operation of a term: its only array, or any factor of a scalar.
  private static func heads(of term: Formula) -> [Formula.Kind] {
    if term.isScalar { return term.factors.map(\.kind) }
    return term.splitScalars.array.map { [$0.kind] } ?? []
  }

  /// The matrix product in a term; both orientations if it is a scalar.
  static func orientations(of term: Formula) -> [[Formula]] {
    if term.isScalar {
      return term.factors.flatMap { factor -> [[Formula]] in
        guard case .product(let chain) = factor.kind else { return [] }
        return [chain, chain.reversed().map(\.transposed)]
      }
    }
    return chains(of: term).map(\.chain)
  }

  /// The matrix product in an array term, and for a column also those with an inner product at its end: (x'*y)*z is
  /// z*x'*y.
  static func chains(of term: Formula) -> [(chain: [Formula], others: [Formula])] {
    let (scalars, array) = term.splitScalars
    guard let array else { return [] }
    var result = [(array.chain, scalars)]
    guard term.shape.isVector else { return result }
    for (index, scalar) in scalars.enumerated() {
      guard case .product(let inner) = scalar.kind else { continue }
      var others = scalars
      others.remove(at: index)
      for way in [inner, inner.reversed().map(\.transposed)] where way.last?.shape.isVector == true {
        result.append((array.chain + way, others))
      }
    }
    return result
  }

  // MARK: Groups

  /// The sums in which one group of terms has its common factor taken out and the bracket factored in turn.
  private mutating func groupings(_ sum: Formula) -> [Formula] {
    let terms = sum.terms
    var order: [Place] = []
    var groups: [Place: [Int]] = [:]
    for (index, term) in terms.enumerated() {
      var seen: Set<Place> = []
      for place in Self.places(of: term) where seen.insert(place).inserted {
        if groups[place] == nil { order.append(place) }
        groups[place, default: []].append(index)
      }
    }
    var result: [Formula] = []
    func offer(_ taken: Formula, _ indices: Set<Int>) {
      let others = terms.indices.filter { !indices.contains($0) }.map { terms[$0] }
      result.append(.sum([taken] + others, sum.shape))
    }
    // All entrywise factors of the same terms are taken out together.
    var done: Set<Place> = []
    for place in order where !done.contains(place) {
      guard let group = groups[place] else { continue }
      if case .entry(let base) = place, let completed = completed(by: base, group, sum) {
        result.append(completed)
      }
      guard group.count > 1 else { continue }
      work -= 1
      if work < 0 { break }
      if case .entry = place {
        let alike = order.filter { other in
          if case .entry = other { groups[other] == group } else { false }
        }
        if alike.count > 1 {
          let bases = alike.compactMap(\.entry)
          if let taken = takenOut(entries: bases, group, sum) {
            offer(taken, Set(group))
            if let all = result.last, all.cost < sum.cost {
              done.formUnion(alike)
              continue
            }
          }
          if let taken = dividedOnce(entries: bases, group, sum) { offer(taken, Set(group)) }
        }
      }
      if case .entry(let base) = place, let taken = dividedOnce(by: base, group, sum) {
        offer(taken, Set(group))
      }
      let found = takenOut(place, group, sum)
      if let completed = completed(at: place, group, sum, found) { result.append(completed) }
      guard let (taken, indices) = found else { continue }
      offer(taken, indices)
    }
    if let content = Self.withoutContent(sum) { result.append(content) }
    return result
  }

  /// A long sum with what all of its terms share taken out, and with the content taken out.
  private mutating func sharings(_ sum: Formula) -> [Formula] {
    let terms = sum.terms
    var shared = Self.places(of: terms[0])
    for term in terms where !shared.isEmpty {
      let places = Set(Self.places(of: term))
      shared.removeAll { !places.contains($0) }
    }
    var result: [Formula] = []
    for place in shared {
      work -= 1
      guard let (taken, indices) = takenOut(place, Array(terms.indices), sum), indices.count == terms.count
      else { continue }
      result.append(taken)
    }
    if let content = Self.withoutContent(sum) { result.append(content) }
    return result
  }

  /// The sum without the entrywise factors that all of its terms share, and these; nil where there are none.
  static func sharedEntries(of sum: Formula) -> (factors: [Formula], rest: Formula)? {
    guard case .sum(let terms) = sum.kind else { return nil }
    var rest = terms
    var factors: [Formula] = []
    for factor in terms[0].factors where factor.number == nil && !factor.isOnes {
      if case .power = factor.kind { continue }
      guard rest.allSatisfy({ exponent(of: factor, in: $0) >= 1 }) else { continue }
      factors.append(factor)
      rest = divided(rest, by: factor, sum.shape)
    }
    return factors.isEmpty ? nil : (factors, .sum(rest, sum.shape))
  }

  /// The terms divided by their common exact coefficient.
  private static func withoutContent(_ sum: Formula) -> Formula? {
    let (content, rest) = sum.splitContent
    guard content.magnitude != 1 else { return nil }
    if !content.isInteger, sum.hasDenominators { return nil }
    return .times([.number(content), rest])
  }

  /// The terms of a group with the factor at the place taken out, and the indices of those that have it.
  mutating func takenOut(
    _ place: Place, _ group: [Int], _ sum: Formula, leavesIdentity: Bool = false
  ) -> (Formula, Set<Int>)? {
    let terms = sum.terms
    if let base = place.entry {
      return takenOut(entries: [base], group, sum).map { ($0, Set(group)) }
    }
    let parts = group.map { Self.remainder(of: terms[$0], without: place) }
    // A*x + s*x is no longer than (A + s*I)*x, but X - ones(n)*colsums(X)/n is than (I - ones(n, n)/n)*X.
    let leavesIdentity =
      leavesIdentity || place.isVectorSum || !parts.contains { $0?.isMultipleOfIdentity == true }
      || !parts.contains { $0?.hasVariables == true }
    var indices: Set<Int> = []
    var rest: [Formula] = []
    for (index, part) in zip(group, parts) {
      guard let part, leavesIdentity || !part.isMultipleOfIdentity else { continue }
      if let first = rest.first, first.shape != part.shape { continue }
      indices.insert(index)
      rest.append(part)
    }
    guard rest.count > 1, let bracket = bracket(rest) else { return nil }
    switch place {
    case .entry: return nil
    case .number(let number): return (bracket.scaled(by: number), indices)
    case .left(let factor): return (.product([factor, bracket]), indices)
    case .right(let factor): return (.product([bracket, factor]), indices)
    case .operation(let operation):
      return (.apply(.array(operation), [bracket], sum.shape), indices)
    case .kronLeft(let factor): return (.apply(.array(.kron), [factor, bracket], sum.shape), indices)
    case .kronRight(let factor): return (.apply(.array(.kron), [bracket, factor], sum.shape), indices)
    }
  }

  /// A sum over a common power below the bar, for each base that all terms are divided by.
  static func overOneBar(_ sum: Formula) -> [Formula] {
    guard case .sum(let terms) = sum.kind, terms.count <= longestSum else { return [] }
    var factoring = Factoring()
    return terms[0].factors.prefix(4).compactMap { factor in
      guard let base = factor.denominator?.base, base.number == nil else { return nil }
      return factoring.dividedOnce(by: base, Array(terms.indices), sum)
    }
  }

  /// The terms of a group over the lowest power that one of them has below its bar: (x - y/a)/a.
  private mutating func dividedOnce(by base: Formula, _ group: [Int], _ sum: Formula) -> Formula? {
    let chosen = group.map { sum.terms[$0] }
    let exponents = chosen.map { Self.exponent(of: base, in: $0) }
    // Of numbers cos(x)/x - sin(x)/x^2 reads better as it is.
    guard base.isScalar, !sum.isScalar || !base.children.isEmpty, let most = exponents.max(by: <),
      most.isNegative, exponents.contains(where: { $0 != most })
    else { return nil }
    let factor = Formula.power(base, .number(most))
    guard let bracket = bracket(Self.divided(chosen, by: factor, sum.shape)) else { return nil }
    return .times([factor, bracket])
  }

  /// The same for one base, with the other factors that the terms share taken out as well: a*(x - y/b)/b.
  private mutating func dividedOnce(entries bases: [Formula], _ group: [Int], _ sum: Formula) -> Formula? {
    let chosen = group.map { sum.terms[$0] }
    var powers: [Formula] = []
    var isOpen = false
    for base in bases {
      let exponents = chosen.map { Self.exponent(of: base, in: $0) }
      guard let least = exponents.min(by: <), let most = exponents.max(by: <), !least.isZero else {
        return nil
      }
      if least != most, least.isNegative {
        guard most.isNegative, base.isScalar, !base.children.isEmpty else { return nil }
        isOpen = true
      }
      powers.append(.power(base, .number(least.isNegative ? most : least)))
    }
    guard isOpen else { return nil }
    let factor = Formula.times(powers)
    guard let bracket = bracket(Self.divided(chosen, by: factor, sum.shape)) else { return nil }
    return .times([factor, bracket])
  }

  /// The terms of a group with the common powers of some factors taken out.
  private mutating func takenOut(entries bases: [Formula], _ group: [Int], _ sum: Formula) -> Formula? {
    let chosen = group.map { sum.terms[$0] }
    var powers: [Formula] = []
    var mustCancel = false
    for base in bases {
      let exponents = chosen.map { Self.exponent(of: base, in: $0) }
      guard let least = exponents.min(by: <), !least.isZero else { return nil }
      // A fraction over a higher power than a term needs is simpler only if terms cancel.
      mustCancel = mustCancel || least.isNegative && exponents.contains { $0 != least }
      powers.append(.power(base, .number(least)))
    }
    let factor = powers.count == 1 ? powers[0] : Formula.times(powers)
    let rest = Self.divided(chosen, by: factor, sum.shape)
    guard let bracket = bracket(rest, mustCancel: mustCancel) else { return nil }
    return .times([factor, bracket])
  }

  /// The remaining terms, factored.
  mutating func bracket(_ rest: [Formula], mustCancel: Bool = false) -> Formula? {
    guard let first = rest.first else { return nil }
    let sum = Formula.sum(rest, first.shape)
    if sum.isInvalid { return nil }
    if mustCancel, sum.terms.count >= rest.reduce(0, { $0 + $1.terms.count }) { return nil }
    var best = cheapest(sum)
    if let open = Self.withoutInnerNumbers(sum) {
      let other = cheapest(open)
      if other.cost < best.cost { best = other }
    }
    // A number common to all terms moves to the front of the product, where it costs least.
    if let content = Self.withoutContent(best), content.cost < best.cost + Cost.bracket { return content }
    return best
  }

  /// The sum with inner multiples of sums expanded, if like terms merge.
  static func withoutInnerNumbers(_ sum: Formula) -> Formula? {
    guard case .sum(let terms) = sum.kind else { return nil }
    var open: [Formula] = []
    for term in terms {
      let (coefficient, core) = term.splitCoefficient
      open += core.terms.map { $0.scaled(by: coefficient) }
    }
    guard open.count > terms.count else { return nil }
    let result = Formula.sum(open, sum.shape)
    return result.terms.count < open.count ? result : nil
  }
}
