import NablaCore
import NablaTypes

extension Presenter {
  private struct Factor {
    let piece: Piece
    /// Constants, then names and functions, then sums, then entries of a differential.
    let rank: Int
    let cost: Int
    let isLight: Bool
    let isCall: Bool
    /// Whether it is a name, a sum, or computed entry by entry, so that a divisor may follow it.
    let isEntrywise: Bool
  }

  /// The factors of an elementwise product, by their positions.
  private struct Sorted {
    var scalars: [Factor] = []
    var divisors: [Factor] = []
    var arrays: [Factor] = []
    var arrayDivisors: [Factor] = []
  }

  /// A positive coefficient times scalars and arrays.
  func times(
    _ coefficient: Rational, _ factors: [Formula], shape: Shape, isSized: Bool, isWhole: Bool = false
  ) -> Piece {
    var factors = factors.filter { !$0.isOne }
    let mean = self.mean(among: factors)
    if let mean { factors = mean.others }
    if mean == nil, coefficient.isOne, factors.count == 1, !factors[0].isScalar,
      let (base, exponent) = positivePower(factors[0]), exponent != 1, exponent != Rational(1, over: 2)
    {
      // x.^(-2) is shorter than 1 ./ x.^2.
      return power(base, .number(-exponent), isElementwise: true)
    }
    if mean == nil, coefficient.isOne, factors.count == 1, factors[0].shape == shape,
      positivePower(factors[0]) == nil
    {
      let factor = factors[0]
      if case .product(let chain) = factor.kind { return product(chain, isScalar: factor.isScalar) }
      if isSized, factor.isOnes { return number(1) }
      return isSized && factor.isIdentity ? inferredIdentity(factor) : piece(factor)
    }
    if mean == nil, let (number, others) = numeratorInside(coefficient, factors) {
      return times(number, others, shape: shape, isSized: isSized, isWhole: isWhole)
    }
    if shape.isRow || !isWhole { factors = transposedTogether(factors) }
    let arraysAreMany = factors.count(where: { !$0.isScalar }) > 1
    var sorted = Sorted()
    if let mean { sorted.scalars.append(factor(mean.total, mean.piece)) }
    let hasNumerator = factors.contains { !$0.isOnes && divisor(of: $0) == nil }
    for factor in dividedInside(&factors, &sorted) {
      if isSized, factor.isOnes { continue }
      if let (base, exponent) = divisor(of: factor), hasNumerator || exponent.number != nil {
        let divisor = self.factor(base, power(base, exponent, isElementwise: !factor.isScalar))
        if factor.isScalar { sorted.divisors.append(divisor) } else { sorted.arrayDivisors.append(divisor) }
      } else if factor.isScalar {
        sorted.scalars.append(self.factor(factor, piece(factor)))
      } else {
        let isInferred = factor.isIdentity && (isSized || arraysAreMany)
        sorted.arrays.append(self.factor(factor, isInferred ? inferredIdentity(factor) : piece(factor)))
      }
    }
    let precedes = self.precedes
    func arrange(_ factors: inout [Factor]) {
      factors.sort { a, b in
        if a.rank != b.rank { return a.rank < b.rank }
        if a.cost != b.cost { return a.cost < b.cost }
        return precedes(a.piece.key, b.piece.key)
      }
    }
    arrange(&sorted.scalars)
    arrange(&sorted.divisors)
    sorted.arrays.sort { $0.cost != $1.cost ? $0.cost < $1.cost : precedes($0.piece.key, $1.piece.key) }
    sorted.arrayDivisors.sort {
      $0.cost != $1.cost ? $0.cost < $1.cost : precedes($0.piece.key, $1.piece.key)
    }
    return arranged(coefficient, sorted, factors)
  }

  /// The arrays under one transpose if that saves some: (x .* y)'.
  private func transposedTogether(_ factors: [Formula]) -> [Formula] {
    let arrays = factors.filter { !$0.isScalar }
    let turns = arrays.map { turn(of: $0) }
    guard arrays.count > 1,
      turns.reduce(0, { $0 + $1.transposed }) + 1 < turns.reduce(0, { $0 + $1.here })
    else { return factors }
    let inner = Formula.interned(.times(arrays.map(\.transposed)), arrays[0].shape.transposed)
    return factors.filter(\.isScalar) + [.interned(.transpose(inner), arrays[0].shape)]
  }

  /// Scalars as the numerator in a diagonal matrix of reciprocals, where a 1 would be: diag(s ./ x) is shorter than
  /// s*diag(1 ./ x).
  private func numeratorInside(_ coefficient: Rational, _ factors: [Formula]) -> (Rational, [Formula])? {
    let scalars = factors.filter(\.isScalar)
    guard coefficient.isInteger, !scalars.isEmpty || !coefficient.isOne, factors.count == scalars.count + 1,
      !scalars.contains(where: { divisor(of: $0) != nil }), let array = factors.first(where: { !$0.isScalar })
    else { return nil }
    var chain = array.chain
    let places = chain.indices.filter { diagonalDivisor(chain[$0]) != nil }
    guard places.count == 1, let power = diagonalDivisor(chain[places[0]]) else { return nil }
    let inner = Formula.times([.number(coefficient)] + scalars + [power])
    chain[places[0]] = .interned(.apply(.array(.diagonalMatrix), [inner]), chain[places[0]].shape)
    return (1, [chain.count == 1 ? chain[0] : .interned(.product(chain), array.shape)])
  }

  /// The argument of a diagonal matrix that is a power below a fraction bar.
  private func diagonalDivisor(_ formula: Formula) -> Formula? {
    guard case .apply(.array(.diagonalMatrix), let arguments) = formula.kind,
      positivePower(arguments[0]) != nil
    else { return nil }
    return arguments[0]
  }

  /// A scalar that adds up the entries of an array and those that divide it by their number.
  private struct Mean {
    let total: Formula
    let piece: Piece
    let others: [Formula]
  }

  private func mean(among factors: [Formula]) -> Mean? {
    for (place, factor) in factors.enumerated() {
      let (total, count) = factor.integerPower
      guard case .product(let chain) = total.kind, total.isScalar, chain.count > 1 else { continue }
      var inner = chain[...]
      var sizes: [Dimension] = []
      if let first = inner.first, first.isOnes, first.shape.isRow {
        sizes.append(first.shape.columns)
        inner = inner.dropFirst()
      }
      if inner.count > 1, let last = inner.last, last.isOnes, last.shape.isVector {
        sizes.append(last.shape.rows)
        inner = inner.dropLast()
      }
      let array = Formula.product(Array(inner))
      guard !sizes.isEmpty, array.shape.rows.isOne || array.shape.columns.isOne || sizes.count == 2 else {
        continue
      }
      var others = factors
      others.remove(at: place)
      for size in sizes {
        guard size.name != nil,
          let index = others.firstIndex(of: .power(.dimension(size), .number(-count)))
        else { return nil }
        others.remove(at: index)
      }
      let inside = piece(array)
      let call = Layout.call(.named("mean"), [inside.layout])
      let layout = count == 1 ? call : .power(call, .number("\(count)"), isElementwise: false)
      return Mean(
        total: factor, piece: Piece(layout, of: [Piece(.one, key: "mean"), inside]), others: others)
    }
    return nil
  }

  /// The factors without those of (x/s).^2, which is put among the arrays; it is canonical as x.^2/s^2.
  private func dividedInside(_ factors: inout [Formula], _ sorted: inout Sorted) -> [Formula] {
    for (index, factor) in factors.enumerated() {
      guard !factor.isScalar, case .power(let base, let exponent) = factor.kind, case .sum = base.kind,
        let count = exponent.number?.integer, count > 1,
        let place = factors.firstIndex(where: { other in
          guard other.isScalar, let (divisor, power) = positivePower(other) else { return false }
          return power == Rational(count) && divisor.children.isEmpty
        }),
        case .power(let divisor, _) = factors[place].kind
      else { continue }
      let inner = times(
        1, [oriented(base), .power(divisor, .number(-1))].filter { $0.number == nil }, shape: base.shape,
        isSized: false)
      sorted.arrays.append(
        self.factor(
          factor,
          Piece(.power(inner.layout, .number("\(count)"), isElementwise: true), key: inner.key)))
      return factors.enumerated().filter { $0.offset != index && $0.offset != place }.map(\.element)
    }
    return factors
  }

  private func arranged(_ coefficient: Rational, _ sorted: Sorted, _ factors: [Formula]) -> Piece {
    var top = sorted.scalars.map(\.piece.layout)
    var bottom = sorted.divisors.map(\.piece.layout)
    if let decimal = coefficient.shortDecimal {
      top.insert(.number(decimal), at: 0)
    } else {
      if coefficient.numerator != 1 { top.insert(.number("\(coefficient.numerator)"), at: 0) }
      if coefficient.denominator != 1 { bottom.insert(.number("\(coefficient.denominator)"), at: 0) }
    }
    let parts = (sorted.scalars + sorted.arrays + sorted.arrayDivisors + sorted.divisors).map(\.piece)
    let divisor = Layout.joined(.scaling, bottom)
    func scalar() -> Layout {
      let numerator = Layout.joined(.scaling, top)
      return bottom.isEmpty ? numerator : .quotient(numerator, divisor)
    }
    if sorted.arrays.isEmpty, sorted.arrayDivisors.isEmpty {
      // 1/2*x'*A*x, but x^2/2.
      let isOpen = top.last.map {
        lowersPlaces && $0.endsInIndexSum || sorted.divisors.isEmpty && $0.endsInMatrixProduct
      }
      if !bottom.isEmpty, isOpen == true, let last = top.last {
        let fraction = Layout.quotient(.joined(.scaling, top.dropLast()), divisor)
        return Piece(.prefixed(fraction, last, isSpaced: false), of: parts)
      }
      return Piece(scalar(), of: parts)
    }

    let arrayDivisor = Layout.joined(.elementwise, sorted.arrayDivisors.map(\.piece.layout))
    if sorted.arrays.isEmpty { return Piece(.elementwiseQuotient(scalar(), arrayDivisor), of: parts) }
    var array = Layout.joined(.elementwise, sorted.arrays.map(\.piece.layout))
    if !sorted.arrayDivisors.isEmpty { array = .elementwiseQuotient(array, arrayDivisor) }

    if bottom.isEmpty { return Piece(.joined(.scaling, top + [array]), of: parts) }
    if sorted.divisors.isEmpty {
      // x.^2/2 rather than 1/2*x.^2, but 1/2*A*x.
      if top.isEmpty, sorted.arrays.count == 1, sorted.arrayDivisors.isEmpty, sorted.arrays[0].isEntrywise {
        return Piece(.quotient(array, divisor), of: parts)
      }
      return Piece(.prefixed(scalar(), array, isSpaced: false), of: parts)
    }
    // kron(A, B)/n, but 1/n * A*B.
    let isLeaf =
      sorted.arrays.count == 1 && sorted.arrayDivisors.isEmpty
      && (sorted.arrays[0].isLight || sorted.arrays[0].isCall)
    // Sizes precede what they average.
    let isAverage = factors.contains { $0.holdsSizes && positivePower($0)?.1.isInteger == true }
    if (isLeaf || !isAverage) && top.isEmpty || !sorted.divisors.allSatisfy(\.isLight) {
      return Piece(.quotient(.joined(.scaling, top + [array]), divisor), of: parts)
    }
    return Piece(.prefixed(scalar(), array, isSpaced: true), of: parts)
  }

  private func factor(_ formula: Formula, _ piece: Piece) -> Factor {
    Factor(
      piece: piece, rank: rank(formula), cost: formula.cost, isLight: isLight(formula),
      isCall: isCall(formula), isEntrywise: isEntrywise(formula))
  }

  /// Whether it prints as a call.
  private func isCall(_ formula: Formula) -> Bool {
    switch formula.kind {
    case .inverse: true
    case .apply(.elementwise(let name), _): Layout.Relation(operation: name) == nil
    case .apply(.array, _), .apply(.defined, _): true
    case .number, .constant, .variable, .dimension, .zeros, .ones, .identity, .sum, .times, .product, .power,
      .transpose, .apply, .differential:
      false
    }
  }

  private func isEntrywise(_ formula: Formula) -> Bool {
    switch formula.kind {
    case .variable, .power, .sum: true
    case .apply(.elementwise(let name), _): Layout.Relation(operation: name) == nil
    case .number, .constant, .dimension, .zeros, .ones, .identity, .times, .product, .inverse,
      .transpose, .apply, .differential:
      false
    }
  }

  private func rank(_ formula: Formula) -> Int {
    switch formula.kind {
    case .number, .constant: 0
    case .apply(.slice, let arguments) where lowersPlaces && arguments.first?.isDifferential == true: 3
    case .variable, .dimension, .zeros, .ones, .identity, .times, .product, .inverse, .transpose, .apply,
      .differential:
      1
    case .sum: 2
    case .power(let base, _):
      if case .sum = base.kind { 2 } else { 1 }
    }
  }

  /// Whether it is short enough for the denominator of a fraction before an array.
  private func isLight(_ formula: Formula) -> Bool {
    switch formula.kind {
    case .number, .constant, .variable, .dimension, .zeros, .ones, .identity: true
    case .power(let base, _): base.children.isEmpty
    case .sum, .times, .product, .inverse, .transpose, .apply, .differential: false
    }
  }

  /// The base and negated exponent of a power that belongs in a denominator.
  private func positivePower(_ formula: Formula) -> (Formula, Rational)? {
    guard case .power(let base, let exponent) = formula.kind, let value = exponent.number, value.isNegative
    else {
      return nil
    }
    return (base, -value)
  }

  /// The same where the exponent may be symbolic: x/s^(a + 1) is shorter than s^(-a - 1)*x.
  private func divisor(of formula: Formula) -> (base: Formula, exponent: Formula)? {
    if let (base, exponent) = positivePower(formula) { return (base, .number(exponent)) }
    guard case .power(let base, let exponent) = formula.kind,
      exponent.terms.allSatisfy({ $0.coefficient.isNegative })
    else { return nil }
    return (base, exponent.negatedTermwise)
  }

  /// A lone power.
  func power(_ base: Formula, _ exponent: Formula, _ formula: Formula) -> Piece {
    if positivePower(formula) != nil { return times(1, [formula], shape: formula.shape, isSized: false) }
    return power(base, exponent, isElementwise: !formula.isScalar)
  }

  /// A power whose exponent is not a negative number.
  func power(_ base: Formula, _ exponent: Formula, isElementwise: Bool) -> Piece {
    if exponent.isOne { return piece(base) }
    if exponent.number == Rational(1, over: 2) {
      let inner = piece(base)
      return Piece(.root(inner.layout), of: [inner])
    }
    let isEven = exponent.number?.integer?.isMultiple(of: 2) ?? false
    let inner = piece(isEven ? oriented(base) : base)
    let raised = piece(exponent)
    return Piece(.power(inner.layout, raised.layout, isElementwise: isElementwise), of: [inner, raised])
  }
}

extension Formula {
  /// The base and the exponent of a power with a positive integer exponent; otherwise the formula and 1.
  fileprivate var integerPower: (base: Formula, exponent: Int) {
    guard case .power(let base, let exponent) = kind, let count = exponent.number?.integer, count > 0 else {
      return (self, 1)
    }
    return (base, count)
  }

  /// Whether it contains a size.
  fileprivate var holdsSizes: Bool {
    nodesChildrenFirst.contains { node in
      if case .dimension = node.kind { true } else { false }
    }
  }

  fileprivate var isDifferential: Bool {
    if case .differential = kind { return true }
    return false
  }
}

extension Rational {
  fileprivate var isTerminating: Bool {
    var rest = denominator
    for prime: Int128 in [2, 5] { while rest.isMultiple(of: prime) { rest /= prime } }
    return rest == 1
  }

  /// The decimal fraction if it is shorter than the quotient of two integers: 0.044715, but 1/16.
  var shortDecimal: String? {
    guard !isOverflow, !isInteger, denominator >= 10, isTerminating else { return nil }
    var digits = "\(numerator.magnitude / denominator.magnitude)."
    var rest = numerator.magnitude % denominator.magnitude
    let length = "\(numerator.magnitude)/\(denominator)".count
    while rest != 0 {
      guard digits.count < length, !rest.multipliedReportingOverflow(by: 10).overflow else { return nil }
      rest *= 10
      digits += "\(rest / denominator.magnitude)"
      rest %= denominator.magnitude
    }
    return digits.count < length ? digits : nil
  }
}
