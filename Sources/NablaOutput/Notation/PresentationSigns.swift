import NablaCore
import NablaTypes

extension Presenter {
  /// A part of a sum, or a whole formula, with its sign separated.
  struct SignedPiece {
    var isNegative: Bool
    var piece: Piece
    var joined: Piece { isNegative ? Piece(.negative(piece.layout), key: piece.key) : piece }
  }

  /// Which sums among the factors may be negated to save a minus sign.
  enum FlipPolicy: Int {
    /// Within a sum: `a + b*(c - d)`, but `a - b*(1 - c)`.
    case plainSums = 0
    case anySum = 2
  }

  /// Nesting depth of products to which the search for a sum that absorbs a sign is limited.
  private static let signDepth = 6

  /// A whole product with its sign in front.
  func whole(_ formula: Formula) -> Piece { signed(formula, isSized: false, .anySum).joined }

  /// The formula without its sign. If its size follows from its neighbours, ones and the size of an identity are left
  /// out.
  func signed(_ formula: Formula, isSized: Bool, _ policy: FlipPolicy) -> SignedPiece {
    let (coefficient, core) = formula.splitCoefficient
    if coefficient.isOverflow { return SignedPiece(isNegative: false, piece: number(coefficient)) }
    var factors = core.factors
    var isNegative = coefficient.isNegative
    for (index, factor) in factors.enumerated() {
      let (isNegated, other) = settled(factor, depth: 0)
      factors[index] = other
      if isNegated { isNegative.toggle() }
    }
    if isNegative, let flipped = flipped(factors, policy) ?? (lowersPlaces ? flippedInside(factors) : nil) {
      factors = flipped
      isNegative = false
    }
    let piece = times(
      coefficient.magnitude, factors, shape: formula.shape, isSized: isSized, isWhole: formula === whole)
    return SignedPiece(isNegative: isNegative, piece: piece)
  }

  /// The factor with a positive number if it is in a sum, as in `1 - x`; and whether that changed the sign.
  private func settled(_ factor: Formula, depth: Int) -> (isNegated: Bool, Formula) {
    if depth > Self.signDepth { return (false, factor) }
    switch factor.kind {
    case .sum(let terms):
      let numbers = terms.filter(\.isFixed)
      let isNegated = numbers.count == 1 && numbers[0].splitCoefficient.0.isNegative && factor.isMixedSum
      return isNegated ? (true, factor.negatedTermwise) : (false, factor)
    case .times(let factors):
      let (isNegated, others) = settled(factors, depth: depth + 1)
      return others == factors ? (false, factor) : (isNegated, .interned(.times(others), factor.shape))
    case .product(let chain):
      let (isNegated, others) = settled(chain, depth: depth + 1)
      return others == chain ? (false, factor) : (isNegated, .interned(.product(others), factor.shape))
    case .power(let base, let exponent):
      guard let count = exponent.number?.integer, !count.isMultiple(of: 2), case .sum = base.kind else {
        return (false, factor)
      }
      let (isNegated, other) = settled(base, depth: depth + 1)
      return isNegated ? (true, .interned(.power(other, exponent), factor.shape)) : (false, factor)
    case .number, .constant, .variable, .dimension, .zeros, .ones, .identity, .inverse, .transpose, .apply,
      .differential:
      return (false, factor)
    }
  }

  private func settled(_ factors: [Formula], depth: Int) -> (isNegated: Bool, [Formula]) {
    var isNegated = false
    var result = factors
    for index in factors.indices where !hasTwin(index, in: factors) {
      let (turns, other) = settled(factors[index], depth: depth)
      result[index] = other
      if turns { isNegated.toggle() }
    }
    return (isNegated, result)
  }

  /// The factors with one sum negated, if one reads well that way.
  private func flipped(_ factors: [Formula], _ policy: FlipPolicy) -> [Formula]? {
    var best: (rank: Int, index: Int, factor: Formula)?
    for (index, factor) in factors.enumerated() {
      guard let (rank, other) = flipped(factor, depth: 0), rank <= policy.rawValue else { continue }
      if let known = best, known.rank <= rank { continue }
      best = (rank, index, other)
    }
    guard let best else { return nil }
    var result = factors
    result[best.index] = best.factor
    return result
  }

  /// The negative of a factor, obtained by negating a sum in it; a lower rank reads better.
  private func flipped(_ factor: Formula, depth: Int) -> (rank: Int, Formula)? {
    if depth > Self.signDepth { return nil }
    switch factor.kind {
    case .sum(let terms):
      guard factor.isMixedSum || terms.contains(where: { takesSign($0, depth: depth + 1) }) else {
        return nil
      }
      return (terms.contains(where: \.isFixed) ? 1 : 0, factor.negatedTermwise)
    case .times(let factors):
      guard let (rank, others) = bestFlip(factors, depth: depth + 1) else { return nil }
      return (rank, .interned(.times(others), factor.shape))
    case .product(let chain):
      guard let (rank, others) = bestFlip(chain, depth: depth + 1) else { return nil }
      return (rank, .interned(.product(others), factor.shape))
    case .power(let base, let exponent):
      guard let count = exponent.number?.integer, !count.isMultiple(of: 2), case .sum = base.kind,
        let (_, other) = flipped(base, depth: depth + 1)
      else { return nil }
      return (count < 0 ? 2 : 1, .interned(.power(other, exponent), factor.shape))
    case .inverse(let inner):
      // inv(I - A) rather than -inv(A - I).
      guard case .sum = inner.kind, let (rank, other) = flipped(inner, depth: depth + 1) else { return nil }
      let isUnsettled = settled(inner, depth: depth + 1).isNegated
      return (isUnsettled ? 0 : rank, .interned(.inverse(other), factor.shape))
    case .apply(.array(let operation), let arguments) where operation.isLinear && arguments.count == 1:
      guard let (rank, other) = flipped(arguments[0], depth: depth + 1) else { return nil }
      return (rank, .interned(.apply(.array(operation), [other]), factor.shape))
    case .apply(.elementwise, let arguments):
      guard let argument = arguments.first, argument.isMixedSum,
        let mirror = RuleBook.standard.mirrored(factor), mirror.isOdd
      else { return nil }
      return (oriented(argument) == argument ? 1 : 0, mirror.formula)
    case .number, .constant, .variable, .dimension, .zeros, .ones, .identity, .transpose, .apply,
      .differential:
      return nil
    }
  }

  /// Whether a positive term has a sum among its factors that can be negated to absorb a minus sign.
  private func takesSign(_ term: Formula, depth: Int) -> Bool {
    let (coefficient, core) = term.splitCoefficient
    guard !coefficient.isNegative, core.terms.count == 1 else { return false }
    return bestFlip(core.factors, depth: depth).map { $0.rank < 2 } ?? false
  }

  /// The factors with a sum within an index sum negated, if that puts its heavier term first.
  private func flippedInside(_ factors: [Formula]) -> [Formula]? {
    for (index, factor) in factors.enumerated() {
      guard case .apply(.indexSum(let name, let first, let last), let body) = factor.kind else { continue }
      var inner = body[0].factors
      let place = inner.indices.first { place in
        !inner[place].terms.contains(where: \.isFixed) && oriented(inner[place]) != inner[place]
          && !hasTwin(place, in: inner)
      }
      guard let place else { continue }
      inner[place] = oriented(inner[place])
      var result = factors
      result[index] = .interned(
        .apply(
          .indexSum(name, first, last), [inner.count == 1 ? inner[0] : .interned(.times(inner), .scalar)]),
        .scalar)
      return result
    }
    return nil
  }

  private func bestFlip(_ factors: [Formula], depth: Int) -> (rank: Int, [Formula])? {
    var best: (rank: Int, index: Int, factor: Formula)?
    for (index, factor) in factors.enumerated() where !hasTwin(index, in: factors) {
      guard let (rank, other) = flipped(factor, depth: depth) else { continue }
      if let known = best, known.rank <= rank { continue }
      best = (rank, index, other)
    }
    guard let best else { return nil }
    var result = factors
    result[best.index] = best.factor
    return (best.rank, result)
  }

  /// Whether another factor is the same sum or its transpose, as in `(x - mu)*(x - mu)'` and `vec(A - B)*vec(A - B)'`.
  func hasTwin(_ index: Int, in factors: [Formula]) -> Bool {
    let sum = factors[index]
    guard sum.isLinearInSum, factors.count <= 64 else { return false }
    return factors.indices.contains { other in
      let twin = factors[other]
      guard other != index, twin.isLinearInSum else { return false }
      return twin == sum
        || twin.shape == sum.shape.transposed && weight(twin) == weight(sum) && twin.transposed == sum
    }
  }

  /// The sum or its negative, whichever has a positive heavier term.
  func oriented(_ sum: Formula) -> Formula {
    guard case .sum(let terms) = sum.kind, sum.isMixedSum else { return sum }
    let cores = terms.map { $0.splitCoefficient }
    // A value that is equal in every entry, such as a mean, does not set the sign if another term can.
    let varied = cores.filter { $0.1.uniformValue == nil || $0.1.isScalar }
    let first = (varied.isEmpty ? cores : varied).filter { !$0.1.isFixed }
      .min { a, b in
        let (x, y) = (weight(a.1), weight(b.1))
        if x != y { return x > y }
        let (p, q) = (isGreek(a.1), isGreek(b.1))
        if p != q { return q }
        return precedes(piece(a.1).key, piece(b.1).key)
      }
    guard let first, first.0.isNegative else { return sum }
    return sum.negatedTermwise
  }

  private func isGreek(_ formula: Formula) -> Bool { Names.startsGreek(piece(formula).key) }

  /// The cost of reading a formula without its transposes. The ones of b*ones(n)', which only repeat b, are free as
  /// well.
  func weight(_ formula: Formula) -> Int {
    var ones = 0
    if case .product(let chain) = formula.kind, let last = chain.last, last.isOnes, last.shape.isRow {
      ones = Cost.dot + last.cost - Cost.symbol / 2
    }
    return formula.cost - ones - Cost.turn * turn(of: formula).here
  }

  /// Alphabetical order, ignoring case.
  func precedes(_ a: String, _ b: String) -> Bool {
    let (x, y) = (a.lowercased(), b.lowercased())
    return (x == y ? a : x).precedesByNumber(x == y ? b : y)
  }
}

extension Formula {
  /// Whether it is a number or an array of one number.
  var isUniform: Bool { number != nil || uniformValue?.number != nil }

  /// Whether it is a number, ones or an identity, times a number.
  var isFixed: Bool { isUniform || splitCoefficient.1.isIdentity }

  /// Whether it is a sum with positive and negative terms.
  var isMixedSum: Bool {
    guard case .sum(let terms) = kind else { return false }
    let negative = terms.count { $0.splitCoefficient.0.isNegative }
    return negative > 0 && negative < terms.count
  }

  /// Whether it is a sum, or a linear function of one: its negative is that of the negated sum.
  fileprivate var isLinearInSum: Bool {
    switch kind {
    case .sum: true
    case .transpose(let inner): inner.isLinearInSum
    case .apply(.array(let operation), let arguments):
      operation.isLinear && arguments.count == 1 && arguments[0].isLinearInSum
    case .number, .constant, .variable, .dimension, .zeros, .ones, .identity, .times, .product, .power,
      .inverse, .apply, .differential:
      false
    }
  }
}
