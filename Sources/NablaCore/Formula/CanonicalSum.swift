import NablaTypes

extension Formula {
  package static let zero = number(0)
  package static let one = number(1)
  package static let half = number(Rational(1, over: 2))
  /// The result of a constructor whose parts do not fit; it never leaves the engine.
  package static let invalid = number(.overflow)

  package static func number(_ value: Rational) -> Formula { interned(.number(value), .scalar) }
  package static func number(_ value: Int) -> Formula { number(Rational(value)) }

  /// An array of zeros; the number 0 for a scalar shape.
  package static func zeros(_ shape: Shape) -> Formula { shape.isScalar ? zero : interned(.zeros, shape) }
  /// An array of ones; the number 1 for a scalar shape.
  package static func ones(_ shape: Shape) -> Formula { shape.isScalar ? one : interned(.ones, shape) }
  /// The identity matrix; the number 1 for size 1.
  package static func identity(_ size: Dimension) -> Formula {
    size.isOne ? one : interned(.identity, Shape(size, size))
  }
  static func constant(_ constant: Constant) -> Formula { interned(.constant(constant), .scalar) }

  package static func variable(_ variable: Variable) -> Formula {
    interned(.variable(variable), variable.shape)
  }

  /// A size as a scalar.
  package static func dimension(_ size: Dimension) -> Formula {
    sum(
      size.terms.map { term in
        times([number(term.coefficient)] + term.names.map { interned(.dimension($0), .scalar) })
      }, .scalar)
  }

  /// The sum of terms of one shape: flattened, sorted, with like terms collected.
  package static func sum(_ terms: [Formula], _ shape: Shape) -> Formula {
    if terms.contains(where: \.isInvalid) { return invalid }
    if terms.count == 1, terms[0].shape == shape { return terms[0] }
    var collection = TermCollection(shape: shape)
    guard terms.allSatisfy({ collection.add($0) }) else { return invalid }
    let (collected, keys) = collection.terms
    if collected.isEmpty { return zeros(shape) }
    if collected.count == 1 { return collected[0] }
    if !shape.isScalar {
      let uniform = collected.compactMap(\.uniformValue)
      if uniform.count == collected.count { return times([sum(uniform, .scalar), ones(shape)]) }
    }
    if !shape.isScalar,
      let (stacked, others) = Stacked.several(of: collected.map({ $0.splitScalars.array ?? $0 }))
    {
      let alike = collected.indices.filter { !others.contains($0) }
      let merged = stacked.around { inner in
        let parts = zip(alike, inner).map { place, array in
          times(collected[place].splitScalars.scalars + [array])
        }
        return sum(parts, inner.arrayShape)
      }
      return sum([merged] + others.map { collected[$0] }, shape)
    }
    if !shape.isScalar, let merged = BlockArray.mergingEntries(of: collected) { return sum(merged, shape) }
    // Sorts without coefficients, so that x - y and y - x have the same order.
    let sorted = zip(keys, collected).sorted { $0.0 < $1.0 }
    return interned(.sum(sorted.map(\.1)), shape)
  }

  /// The sum of two terms; a scalar applies to every entry of an array.
  package static func adding(_ a: Formula, _ b: Formula) -> Formula {
    if a.shape == b.shape { return sum([a, b], a.shape) }
    if a.isScalar { return sum([times([a, ones(b.shape)]), b], b.shape) }
    if b.isScalar { return sum([a, times([b, ones(a.shape)])], a.shape) }
    return invalid
  }

  package var negated: Formula { scaled(by: -1) }

  package func scaled(by factor: Rational) -> Formula {
    factor.isOne ? self : .times([.number(factor), self])
  }

  /// Whether the leading term of a sum is negative: the number if there is one, otherwise the first term in an order
  /// that ignores transposes.
  var isNegativeSum: Bool {
    guard case .sum(let terms) = kind else { return false }
    if let number = terms.first(where: \.isNumeric) { return number.coefficient.isNegative }
    guard !shape.isScalar, terms.contains(where: { $0.coefficient.isNegative }) else {
      return terms[0].coefficient.isNegative
    }
    let first = terms.dropFirst().reduce(terms[0]) { first, term in
      Formula.precedesUpToTransposition(term.splitCoefficient.1, first.splitCoefficient.1) ? term : first
    }
    return first.coefficient.isNegative
  }

  /// Writes a sum as a number times a sum with coprime integer coefficients and positive sign.
  var splitContent: (content: Rational, rest: Formula) {
    guard case .sum(let terms) = kind else { return (1, self) }
    let coefficients = terms.map(\.coefficient)
    var content: Rational = 0
    for coefficient in coefficients where !(content.isOne && coefficient.isInteger) {
      guard let next = content.commonDivisor(coefficient) else { return (1, self) }
      content = next
    }
    // 2*x + 4*y is 2*(x + 2*y) and x/2 + 3*y/2 is (x + 3*y)/2, but 1/2*x + y stays.
    if coefficients.contains(where: { $0.denominator != content.denominator }) {
      content = 1
    }
    if isNegativeSum { content = -content }
    if content.isOne || content.isZero { return (1, self) }
    let factor = content.reciprocal
    let rest = Formula.sum(
      terms.map { term in
        let (coefficient, core) = term.splitCoefficient
        return core.scaled(by: coefficient * factor)
      }, shape)
    // A term without its number may itself be a sum, as in 1/2*(n - 2)*ones(m); other terms then set the sign.
    if rest.terms.count == terms.count { return (content, rest) }
    let (further, core) = rest.splitContent
    return (content * further, core)
  }

  /// Like `splitContent`, and for an integer power of a sum, the power of its content.
  var splitPowerContent: (content: Rational, rest: Formula) {
    guard case .power(let base, let exponent) = kind, let count = exponent.number?.integer,
      count.magnitude <= 64
    else { return splitContent }
    let (content, rest) = base.splitContent
    let power = content.power(count)
    return content.isOne || power.isOverflow ? (1, self) : (power, .power(rest, exponent))
  }

  /// The sum with the sign of every term changed.
  package var negatedTermwise: Formula {
    .sum(
      terms.map { term in
        let (coefficient, core) = term.splitCoefficient
        return core.scaled(by: -coefficient)
      }, shape)
  }
}

/// The terms of a sum while like ones are collected.
private struct TermCollection {
  let shape: Shape
  private var cores = FormulaIndex()
  private var coefficients: [Rational] = []
  /// The original term, if no other term has its core.
  private var single: [Formula?] = []

  init(shape: Shape) { self.shape = shape }

  /// Adds a term; returns whether it has the shape of the sum.
  mutating func add(_ term: Formula) -> Bool {
    if case .sum(let inner) = term.kind { return inner.allSatisfy { add($0) } }
    guard term.shape == shape else { return false }
    if term.isZero { return true }
    // A scalar sum applied to every entry is expanded, so that its terms can merge with like terms.
    if !shape.isScalar, let value = term.uniformValue, case .sum(let inner) = value.kind {
      return inner.allSatisfy { add(.times([$0, .ones(shape)])) }
    }
    let (coefficient, core) = term.splitCoefficient
    if let place = cores.place(of: core) {
      coefficients[place] = coefficients[place] + coefficient
      single[place] = nil
    } else {
      cores.append(core)
      coefficients.append(coefficient)
      single.append(term)
    }
    return true
  }

  /// The terms that do not cancel, and what each is without its coefficient.
  var terms: (terms: [Formula], keys: [Formula]) {
    var result: (terms: [Formula], keys: [Formula]) = ([], [])
    for (place, core) in cores.formulas.enumerated() where !coefficients[place].isZero {
      let term = single[place] ?? core.scaled(by: coefficients[place])
      result.terms.append(term)
      result.keys.append(single[place] == nil ? term.splitCoefficient.1 : core)
    }
    return result
  }
}

extension Rational {
  /// The largest fraction of which both are integer multiples; `nil` if it overflows.
  func commonDivisor(_ other: Rational) -> Rational? {
    if isOverflow || other.isOverflow { return nil }
    if isZero { return other.magnitude }
    func divisor(_ a: Int128, _ b: Int128) -> Int128 {
      var (x, y) = (a, b)
      while y != 0 { (x, y) = (y, x % y) }
      return x
    }
    let (a, b) = (magnitude, other.magnitude)
    let shared = divisor(a.denominator, b.denominator)
    let (bottom, overflow) = (a.denominator / shared).multipliedReportingOverflow(by: b.denominator)
    let (x, o1) = a.numerator.multipliedReportingOverflow(by: b.denominator / shared)
    let (y, o2) = b.numerator.multipliedReportingOverflow(by: a.denominator / shared)
    return overflow || o1 || o2 ? nil : Rational(divisor(x, y), over: bottom)
  }
}
