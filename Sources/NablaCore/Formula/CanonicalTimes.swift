import NablaTypes

extension Formula {
  /// Factors known to be canonical and sorted.
  static func uncheckedTimes(_ factors: [Formula], _ shape: Shape) -> Formula {
    factors.count == 1 ? factors[0] : interned(.times(factors), shape)
  }

  /// The elementwise product of scalars and arrays of one shape: flattened, sorted, with powers of one base merged.
  package static func times(_ factors: [Formula]) -> Formula {
    if factors.contains(where: \.isInvalid) { return invalid }
    if factors.count == 1 { return factors[0] }
    var shape = Shape.scalar
    for factor in factors where !factor.isScalar {
      if shape.isScalar { shape = factor.shape } else if shape != factor.shape { return invalid }
    }
    var collection = FactorCollection()
    for factor in factors { collection.add(factor, isPrimitive: false) }
    var coefficient = collection.coefficient
    let exponents = collection.exponents
    if collection.isZero || coefficient.isZero { return zeros(shape) }

    var result: [Formula] = []
    result.reserveCapacity(collection.found.count + 1)
    var isPrimitive: [Bool] = []
    for (place, entry) in collection.found.enumerated() {
      guard let parts = exponents[place] else {
        result.append(entry.factor)
        isPrimitive.append(entry.isPrimitive)
        continue
      }
      for piece in power(collection.bases.formulas[place], addingExponents(parts)).factors {
        if let value = piece.number {
          coefficient = coefficient * value
        } else {
          result.append(piece)
          isPrimitive.append(false)
        }
      }
    }
    if coefficient.isOverflow { return invalid }
    // Powers of zero may merge to zero, as 0^n * 0^(1 - n) does.
    if !exponents.isEmpty, result.contains(where: \.isZero) { return zeros(shape) }
    // Gives the multiples of a sum one form: the number moves to the coefficient. A number before a lone sum stays.
    if result.count > 1 {
      var mayMeet = !exponents.isEmpty
      for (index, factor) in result.enumerated() where !isPrimitive[index] {
        let (content, rest) = factor.splitPowerContent
        if rest === factor { continue }
        mayMeet = true
        result[index] = rest
        coefficient = coefficient * content
      }
      // x - y and y - x have the same base once the sign is pulled out.
      if mayMeet, !coefficient.isOverflow, hasRepeatedBase(result) {
        return times([number(coefficient)] + result)
      }
    } else if let only = result.first, only.isNegativeSum {
      result[0] = only.negatedTermwise
      coefficient = -coefficient
    }
    if coefficient.isOverflow { return invalid }
    result.removeAll(where: \.isOnes)
    if !shape.isScalar, result.allSatisfy(\.isScalar) { result.append(ones(shape)) }
    if let (stacked, others) = Stacked.several(of: result) {
      return times([number(coefficient), stacked.around(times)] + others.map { result[$0] })
    }
    result.sort(by: <)
    if result.isEmpty { return number(coefficient) }
    if coefficient.isOne { return uncheckedTimes(result, shape) }
    if coefficient == -1, result.count == 1, case .sum = result[0].kind { return result[0].negatedTermwise }
    return interned(.times([number(coefficient)] + result), shape)
  }

  private static func hasRepeatedBase(_ factors: [Formula]) -> Bool {
    var seen = FormulaIndex()
    for factor in factors {
      if seen.place(of: factor.base) != nil { return true }
      seen.append(factor.base)
    }
    return false
  }

  fileprivate var exponent: Formula {
    if case .power(_, let exponent) = kind { return exponent }
    return .one
  }

  /// The base of a power; any other formula is its own base.
  private var base: Formula {
    if case .power(let base, _) = kind { return base }
    return self
  }

  private static func addingExponents(_ parts: [Formula]) -> Formula {
    var total: Rational = 0
    for part in parts {
      guard let value = part.number else { return addingFormulas(parts) }
      total = total + value
    }
    return number(total)
  }

  private static func addingFormulas(_ parts: [Formula]) -> Formula {
    parts.dropFirst().reduce(parts[0]) { adding($0, $1) }
  }

  /// The elementwise power; an integer power of a product is the product of powers.
  package static func power(_ base: Formula, _ exponent: Formula) -> Formula {
    if base.isInvalid || exponent.isInvalid { return invalid }
    let shape = base.isScalar ? exponent.shape : base.shape
    if !base.isScalar, !exponent.isScalar, base.shape != exponent.shape { return invalid }
    if exponent.isZero { return ones(shape) }
    if exponent.isOne { return base }
    if base.isOne || base.isOnes { return ones(shape) }
    // An exponent with equal entries is a scalar.
    if !exponent.isScalar, let value = exponent.uniformValue {
      return base.isScalar ? times([power(base, value), ones(shape)]) : power(base, value)
    }
    if base.isZero, let value = exponent.number { return value.isNegative ? invalid : zeros(shape) }
    if exponent.number?.isNegative == true, base.hasZeroEntries { return invalid }
    if let value = base.number, let power = exponent.number, let exact = value.exactPower(power) {
      return number(exact)
    }
    if !shape.isScalar, let stacked = Stacked([base, exponent]) {
      return stacked.around { power($0[0], $0[1]) }
    }
    guard let integer = exponent.number?.integer else {
      // Sizes are positive.
      if case .power(let size, let inner) = base.kind, case .dimension = size.kind {
        return power(size, times([inner, exponent]))
      }
      return interned(.power(base, exponent), shape)
    }
    switch base.kind {
    case .times(let factors):
      return times(factors.map { power($0, exponent) })
    case .power(let inner, let innerExponent):
      return power(inner, times([innerExponent, exponent]))
    case .zeros:
      return integer > 0 ? base : invalid
    case .sum where base.isNegativeSum:
      let positive = interned(.power(base.negatedTermwise, exponent), shape)
      return integer.isMultiple(of: 2) ? positive : times([number(-1), positive])
    case .number, .constant, .variable, .dimension, .ones, .identity, .sum, .product, .inverse, .transpose,
      .apply, .differential:
      return interned(.power(base, exponent), shape)
    }
  }

  /// Whether some entries are structurally zero, such as those of the identity off its diagonal.
  private var hasZeroEntries: Bool {
    if isScalar { return false }
    switch kind {
    case .zeros, .identity: return true
    case .variable(let variable): return variable.properties.contains(where: \.traits.hasZeros)
    case .transpose(let inner): return inner.hasZeroEntries
    case .times(let factors): return factors.contains(where: \.hasZeroEntries)
    case .apply(.array(.diagonalMatrix), _), .apply(.array(.commutation), _): return true
    case .apply(.array(.tril), _): return !shape.columns.isOne
    case .apply(.array(.triu), _): return !shape.rows.isOne
    case .apply(.array(.kron), let arguments): return arguments.contains(where: \.hasZeroEntries)
    case .number, .constant, .dimension, .ones, .sum, .product, .power, .inverse, .apply, .differential:
      return false
    }
  }

  /// The scalar that every entry equals, if that is apparent.
  package var uniformValue: Formula? {
    if isScalar { return self }
    switch kind {
    case .ones: return .one
    case .zeros: return .zero
    case .times:
      let (scalars, array) = splitScalars
      return array?.isOnes == true ? .times(scalars) : nil
    case .number, .constant, .variable, .dimension, .identity, .sum, .product, .power, .inverse, .transpose,
      .apply, .differential:
      return nil
    }
  }
}

/// The factors of an elementwise product while they are collected.
private struct FactorCollection {
  var coefficient: Rational = 1
  var bases = FormulaIndex()
  /// The factor with each base, and the exponents of bases that occur more than once.
  var found: [(factor: Formula, isPrimitive: Bool)] = []
  var exponents: [Int: [Formula]] = [:]
  var isZero = false

  mutating func add(_ factor: Formula, isPrimitive: Bool) {
    switch factor.kind {
    case .times(let inner):
      // The factors of a product are primitive, except a lone sum after a number.
      let isPrimitive = inner.count > 2 || inner[0].number == nil
      for part in inner { add(part, isPrimitive: isPrimitive) }
    case .number(let value):
      coefficient = coefficient * value
    case .zeros:
      isZero = true
    case .ones:
      break  // restored when no other array is there
    case .power(let base, let exponent):
      append(base, exponent, factor, isPrimitive)
    case .constant, .variable, .dimension, .identity, .sum, .product, .inverse, .transpose, .apply,
      .differential:
      append(factor, .one, factor, isPrimitive)
    }
  }

  private mutating func append(
    _ base: Formula, _ exponent: Formula, _ factor: Formula, _ isPrimitive: Bool
  ) {
    guard let place = bases.place(of: base) else {
      bases.append(base)
      found.append((factor, isPrimitive))
      return
    }
    let own = found[place].factor === base ? Formula.one : found[place].factor.exponent
    exponents[place, default: [own]].append(exponent)
  }
}

extension Rational {
  /// The exact power, if it is rational and does not overflow.
  func exactPower(_ exponent: Rational) -> Rational? {
    if let integer = exponent.integer {
      if isZero, integer < 0 { return nil }
      guard abs(integer) <= 4096 else { return nil }
      let result = power(integer)
      return result.isOverflow ? nil : result
    }
    guard exponent.denominator == 2, !isNegative, let times = Int(exactly: exponent.numerator),
      let top = Self.exactRoot(numerator), let bottom = Self.exactRoot(denominator)
    else { return nil }
    return Rational(top, over: bottom).exactPower(Rational(times))
  }

  private static func exactRoot(_ value: Int128) -> Int128? {
    guard value <= Int128(1) << 52 else { return nil }
    let root = Int128(Double(value).squareRoot())
    return root * root == value ? root : nil
  }
}
