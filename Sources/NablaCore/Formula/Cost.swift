import NablaTypes

/// The cost of reading a formula: the symbols of its printed form, plus a little for brackets, and more for nested
/// ones.
/// Of two equal forms the simpler one costs less. The weights are chosen so that a common factor is taken out of a sum,
/// but a lone scalar is not taken out of a sum whose terms have brackets.
package enum Cost {
  package static let symbol = 10
  static let plus = 9
  package static let dot = 8
  package static let turn = 7
  static let minus = 2
  static let bracket = 10
  /// For each bracket inside a bracket: next to an array or a name, and after a number.
  static let nestedBracket = 6
  static let nestedScaledBracket = 7
  package static let call = 10
  /// Sums of rows or of columns.
  static let axisTotal = 11
  /// The sum of the entries of a vector, which a norm can express: norm2(A*x)^2 rather than sum((A*x).^2).
  static let vectorTotal = 13
  /// The sum of the entries of a matrix, which a norm or a trace can express: tr(S*inv(Q)) rather than
  /// sum(S .* inv(Q)) for symmetric matrices, but sum(A .* B) rather than tr(A'*B).
  static let matrixTotal = 18
  /// A power is harder to read than its symbols suggest: s*(1 - s) is easier than s - s^2.
  static let exponent = 11
  /// A quotient of integers has three symbols.
  static let fraction = 24
  /// Costs are clamped, because the tree of a shared graph may be astronomically large.
  static let limit = 1 << 40

  static func of(_ kind: Formula.Kind, _ shape: Shape) -> (cost: Int, bracketDepth: Int) {
    func deepest(_ parts: [Formula]) -> Int { parts.reduce(0) { max($0, $1.bracketDepth) } }
    switch kind {
    case .number(let value):
      return (number(value) + (value.isNegative ? minus : 0), 0)
    case .constant, .variable, .dimension, .identity, .differential:
      return (symbol, 0)
    case .zeros, .ones:
      return (symbol + 1, 0)
    case .sum(let terms):
      // Next to an identity the ones of s*ones(n, n) are printed.
      let keepsOnes = terms.contains { $0.isIdentity || $0.factors.contains(where: \.isIdentity) }
      let sign = terms.allSatisfy(\.hasNegativeCoefficient) ? minus : 0
      return (clamp(terms.reduce(sign - plus) { $0 + plus + term($1, keepsOnes: keepsOnes) }), deepest(terms))
    case .times(let factors):
      return combine(factors)
    case .product(let factors):
      return ofChain(factors)
    case .power(let base, let exponent):
      return ofPower(base, exponent)
    case .inverse(let inner):
      // The factors of a Kronecker product are inverted one by one.
      if case .apply(.array(.kron), _) = inner.kind {
        return (clamp(inner.cost + 3 * call), inner.bracketDepth)
      }
      return (clamp(inner.cost + call), inner.bracketDepth)
    case .transpose(let inner):
      return (clamp(inner.cost + turn), inner.bracketDepth)
    case .apply(.array(.adjugate), let arguments):
      // Rather prod(x) ./ x than diag(adj(diag(x))).
      let isDiagonal = if case .apply(.array(.diagonalMatrix), _) = arguments[0].kind { true } else { false }
      return (clamp(arguments[0].cost + (isDiagonal ? 8 : 2) * call + minus), deepest(arguments))
    case .apply(.array(.trace), let arguments):
      // Rather tr(W'*S*W) than tr(S*W*W') or sum(W .* (S*W)).
      let symmetry = if case .product(let factors) = arguments[0].kind, factors.isMirrored { turn } else { 0 }
      return (clamp(ofHead(.array(.trace)) + arguments[0].cost + minus - symmetry), deepest(arguments))
    case .apply(let operation, let arguments):
      return (clamp(arguments.reduce(ofHead(operation)) { $0 + $1.cost + minus }), deepest(arguments))
    }
  }

  private static func number(_ value: Rational) -> Int { symbol + (value.isInteger ? 0 : fraction) }

  /// Some operations are harder to read than their symbols suggest; norms and products say the same more directly.
  private static func ofHead(_ operation: Operation) -> Int {
    switch operation {
    case .array(.kron): 2 * call + symbol / 2
    case .array(.dot): 4 * call
    case .array(.trace): call + symbol / 2
    case .array(.pseudoInverse): 2 * call + minus
    case .array(.diagonalMatrix): call + minus
    case .array(.exponential), .array(.cholesky), .array(.specnorm), .array(.nucnorm), .array(.leftsv),
      .array(.rightsv), .array(.polar), .array(.lowhalf):
      2 * call
    case .elementwise, .array, .defined, .function, .blocks, .slice, .indexSum: call
    }
  }

  /// A negative exponent is a fraction bar, and an exponent of 1/2 a call of `sqrt`.
  private static func ofPower(_ base: Formula, _ exponent: Formula) -> (Int, Int) {
    let (inner, innerDepth) = bracketed(base, nested: nestedBracket)
    guard let value = exponent.number else {
      return (clamp(inner + dot + Cost.exponent + exponent.cost), max(innerDepth, exponent.bracketDepth))
    }
    let bar = value.isNegative ? dot : 0
    // Alone it needs a numerator: 1 ./ x.
    let one = value.isNegative && (base.isScalar || value.magnitude <= 1) ? symbol : 0
    if value.magnitude == 1 { return (clamp(one + bar + inner), innerDepth) }
    if value.magnitude == Rational(1, over: 2) {
      return (clamp(one + bar + call + minus + base.cost), base.bracketDepth)
    }
    // Prefers (x'*x)^2 to norm2(x)^4.
    var extra = 0
    if case .apply(.array(.norm2), _) = base.kind, let count = value.integer, count.magnitude > 2,
      count.isMultiple(of: 2)
    {
      extra = 2 * symbol
    }
    return (clamp(one + bar + inner + dot + Cost.exponent + number(value.magnitude) + extra), innerDepth)
  }

  /// Ones at the ends of a chain print as `sum(...)`, `rowsums(...)` or `colsums(...)`.
  private static func ofChain(_ factors: [Formula]) -> (Int, Int) {
    var inner = factors[...]
    if inner.count > 1, let first = inner.first, first.isOnes, first.shape.isRow { inner = inner.dropFirst() }
    if inner.count > 1, let last = inner.last, last.isOnes, last.shape.isVector { inner = inner.dropLast() }
    let isScalar = factors.first?.shape.rows == 1 && factors.last?.shape.columns == 1
    if inner.count == factors.count {
      let (cost, depth) = combine(factors, isChain: true)
      return (isScalar ? cost - turnsSaved(factors) : cost, depth)
    }
    let total = !isScalar ? axisTotal : factors.count == 3 && inner.count == 1 ? matrixTotal : vectorTotal
    if inner.count == 1, let only = inner.first { return (clamp(total + only.cost), only.bracketDepth) }
    let (cost, depth) = combine(Array(inner), isChain: true)
    return (clamp(total + cost), depth)
  }

  /// A scalar product is printed in the direction with fewer transposes.
  private static func turnsSaved(_ factors: [Formula]) -> Int {
    let turns = factors.reduce(0) { count, factor in
      switch factor.kind {
      case .transpose: count + 1
      case .ones, .identity: count
      case .number, .constant, .variable, .dimension, .zeros, .sum, .times, .product, .power, .inverse,
        .apply, .differential:
        count - 1
      }
    }
    return max(0, turns) * turn
  }

  /// The sign of a term is free: a sum has an operator there anyway.
  private static func term(_ formula: Formula, keepsOnes: Bool) -> Int {
    // Nothing may be interned here: the table is locked while costs are computed.
    guard case .times(let factors) = formula.kind else { return formula.isOnes ? symbol : formula.cost }
    // The ones of s*ones(n) are not printed in a sum.
    let ones = keepsOnes ? 0 : factors.first(where: \.isOnes).map { dot + $0.cost } ?? 0
    guard let coefficient = factors.first?.number else { return formula.cost - ones }
    if factors.count == 2, factors[1].isOnes { return number(coefficient) }
    return formula.cost - ones - (coefficient.isNegative ? minus : 0)
  }

  private static func bracketed(_ formula: Formula, nested: Int) -> (Int, Int) {
    guard case .sum = formula.kind else { return (formula.cost, formula.bracketDepth) }
    return (clamp(formula.cost + bracket + nested * formula.bracketDepth), formula.bracketDepth + 1)
  }

  /// In a matrix product a reciprocal is an array of its own: `X'*(1 ./ y)`.
  private static func combine(_ factors: [Formula], isChain: Bool = false) -> (Int, Int) {
    var sum = -dot
    var depth = 0
    // A quotient of a matrix product is harder to read than one of a scalar, unless it is of a matrix by a name or a
    // call.
    if let array = factors.last, case .product = array.kind, !array.isScalar, factors.count > 1 {
      let others = factors.dropLast()
      if others.contains(where: { !array.shape.isMatrix && $0.isReciprocal || $0.isLongReciprocal }),
        others.allSatisfy({ $0.isReciprocal || $0.number == -1 })
      {
        sum += symbol
      }
    }
    let hasBar =
      !isChain && factors.contains(where: \.isReciprocal)
      || factors.allSatisfy { factor in
        guard factor.isScalar else { return false }
        // A product with ones at an end prints as the call of a sum.
        guard case .product(let chain) = factor.kind else { return true }
        return chain.first?.isOnes == true || chain.last?.isOnes == true
      }
      || factors.count == 2 && factors[0].number?.numerator.magnitude == 1 && factors[1].precedesDivisor
    let scales = factors.dropLast().allSatisfy { $0.number != nil }
    if isMean(factors) { sum -= dot + symbol }
    if !isChain, factors.contains(where: \.hasNumerator),
      factors.allSatisfy({ $0.isReciprocal || $0.number == -1 })
    {
      // The numerator 1.
      sum += symbol + dot
    }
    var index = factors.startIndex
    while index < factors.endIndex {
      let factor = factors[index]
      var count = 1
      while index + count < factors.endIndex, factors[index + count] === factor { count += 1 }
      index += count
      if factor.number == -1 {
        sum += minus
        continue
      }
      if hasBar, let value = factor.number, !value.isInteger {
        // x/2 and 3*x/(2*s): the denominator joins the factors below the bar.
        let top = value.numerator.magnitude == 1 ? 0 : symbol + dot
        sum += top + dot + symbol + (value.isNegative ? minus : 0)
        continue
      }
      var (inner, innerDepth) = bracketed(factor, nested: scales ? nestedScaledBracket : nestedBracket)
      let isBelowBar = factor.isReciprocal && !isChain
      if isBelowBar, factor.hasNumerator { inner -= symbol }
      // The fraction bar is the operator.
      sum += isBelowBar ? inner : dot + inner
      // Equal neighbors print as a power.
      if count > 1 { sum += min((count - 1) * (dot + inner), dot + exponent + symbol) }
      depth = max(depth, innerDepth)
    }
    return (clamp(sum), depth)
  }

  /// Whether one factor is a sum over axes, or a power of one, and the others divide by their sizes: this prints as
  /// `mean(...)`.
  private static func isMean(_ factors: [Formula]) -> Bool {
    for factor in factors {
      var (total, count): (Formula, Rational) = (factor, 1)
      if case .power(let base, let exponent) = factor.kind, let value = exponent.number {
        (total, count) = (base, value)
      }
      guard factor.isScalar, case .product(let chain) = total.kind, let first = chain.first,
        let last = chain.last
      else { continue }
      var sizes: [Dimension] = []
      if first.isOnes { sizes.append(first.shape.columns) }
      if last.isOnes { sizes.append(last.shape.rows) }
      if sizes.isEmpty { continue }
      return sizes.allSatisfy { size in
        factors.contains { other in
          guard case .power(let base, let exponent) = other.kind, exponent.number == -count,
            case .dimension(let name) = base.kind
          else { return false }
          return name == size.name
        }
      }
    }
    return false
  }

  private static func clamp(_ value: Int) -> Int { min(value, limit) }
}

extension [Formula] {
  /// Whether the last factor is the transpose of the first, as in W'*S*W.
  fileprivate var isMirrored: Bool {
    guard count > 2, let first, let last else { return false }
    if case .transpose(let inner) = first.kind { return inner === last }
    if case .transpose(let inner) = last.kind { return inner === first }
    return false
  }
}

extension Formula {
  fileprivate var hasNegativeCoefficient: Bool {
    if case .times(let factors) = kind { return factors[0].number?.isNegative == true }
    return number?.isNegative == true
  }

  /// A power with a negative exact exponent, printed below a fraction bar.
  fileprivate var isReciprocal: Bool {
    if case .power(_, let exponent) = kind, let value = exponent.number { return value.isNegative }
    return false
  }

  /// A reciprocal of a size, of an inner product or of a power: 1/n, 1/(x'*x), 1/s^3.
  fileprivate var isLongReciprocal: Bool {
    guard isReciprocal, case .power(let base, let exponent) = kind else { return false }
    switch base.kind {
    case .dimension, .product: return true
    case .number, .constant, .variable, .zeros, .ones, .identity, .sum, .times, .power, .inverse, .transpose,
      .apply, .differential:
      return exponent.number != -1
    }
  }

  /// Whether it prints before a number that divides it: x/2 and exp(x)/2, but 1/2*A*x.
  fileprivate var precedesDivisor: Bool {
    switch kind {
    case .variable, .power, .sum, .apply(.elementwise, _): true
    case .number, .constant, .dimension, .zeros, .ones, .identity, .times, .product, .inverse, .transpose,
      .apply,
      .differential:
      false
    }
  }

  /// Whether it prints as a fraction with numerator 1 unless other factors precede it.
  fileprivate var hasNumerator: Bool {
    guard case .power(let base, let exponent) = kind, let value = exponent.number else { return false }
    return value.isNegative && (base.isScalar || value.magnitude <= 1)
  }
}
