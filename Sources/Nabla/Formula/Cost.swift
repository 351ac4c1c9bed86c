import NablaLanguage

/// What a formula costs its reader: symbols, operators, and brackets, which cost more the deeper they nest.
///
/// The plainest of two equal forms is the one that costs less. The weights are chosen so that a common factor
/// is pulled out of a plain sum, but not out of a sum of terms that have brackets of their own.
enum Cost {
  static let symbol = 10
  static let plus = 4
  static let dot = 3
  static let minus = 2
  static let bracket = 8
  /// For each bracket inside a bracket.
  static let nestedBracket = 22
  static let call = 9
  /// Costs are clamped, so that a graph whose tree would be astronomically large still has one.
  static let limit = 1 << 40

  static func of(_ kind: Formula.Kind, _ shape: Shape) -> (cost: Int, bracketDepth: Int) {
    let depth = kind.children.map(\.bracketDepth).max() ?? 0
    switch kind {
    case .number(let value):
      return (symbol + (value.isInteger ? 0 : 6) + (value.isNegative ? minus : 0), 0)
    case .constant, .variable, .dimension, .identity, .differential:
      return (symbol, 0)
    case .zeros, .ones:
      return (symbol + 1, 0)
    case .sum(let terms):
      return (clamp(terms.reduce(-plus) { $0 + plus + term($1) }), depth)
    case .times(let factors):
      return combine(factors, skippingUnit: true)
    case .product(let factors):
      return ofChain(factors)
    case .power(let base, let exponent):
      let (inner, innerDepth) = bracketed(base)
      if let value = exponent.number, value.isNegative {
        return (clamp(dot + inner + (value == -1 ? 0 : symbol - 1)), innerDepth)
      }
      return (clamp(inner + exponent.cost - 1), max(innerDepth, exponent.bracketDepth))
    case .inverse(let inner):
      return (clamp(inner.cost + call), depth)
    case .transpose(let inner):
      return (clamp(inner.cost + 3), depth)
    case .apply(let operation, let arguments):
      // A Kronecker product asks more of its reader than its symbols tell.
      let head = operation == .array(.kron) ? 2 * call : call
      return (clamp(arguments.reduce(head) { $0 + $1.cost + minus }), depth)
    }
  }

  /// Ones at the ends of a chain print as `sum(...)`, `rowsums(...)` or `colsums(...)`.
  private static func ofChain(_ factors: [Formula]) -> (Int, Int) {
    var inner = factors[...]
    if inner.count > 1, inner.first?.isOnes == true { inner = inner.dropFirst() }
    if inner.count > 1, inner.last?.isOnes == true { inner = inner.dropLast() }
    if inner.count == factors.count { return combine(factors, skippingUnit: false) }
    if inner.count == 1, let only = inner.first { return (clamp(call + only.cost), only.bracketDepth) }
    let (cost, depth) = combine(Array(inner), skippingUnit: false)
    return (clamp(call + cost), depth)
  }

  /// The sign of a term costs nothing: a sum has an operator there anyway.
  private static func term(_ formula: Formula) -> Int {
    // Nothing may be interned here: the table is locked while a cost is found.
    guard case .times(let factors) = formula.kind, let coefficient = factors.first?.number else {
      return formula.isOnes ? symbol : formula.cost
    }
    if factors.count == 2, factors[1].isOnes { return symbol + (coefficient.isInteger ? 0 : 6) }
    return coefficient.isNegative ? formula.cost - minus : formula.cost
  }

  private static func bracketed(_ formula: Formula) -> (Int, Int) {
    guard case .sum = formula.kind else { return (formula.cost, formula.bracketDepth) }
    return (clamp(formula.cost + bracket + nestedBracket * formula.bracketDepth), formula.bracketDepth + 1)
  }

  private static func combine(_ factors: [Formula], skippingUnit: Bool) -> (Int, Int) {
    var sum = -dot
    var depth = 0
    // `1/n * X'*X` needs its 1, while `s/n` does not.
    if let array = factors.last, case .product = array.kind, !array.isScalar,
      factors.dropLast().allSatisfy({ $0.isReciprocal || $0.number == -1 }), factors.count > 1
    {
      sum += symbol
    }
    for factor in factors {
      if skippingUnit, let value = factor.number, value == -1 {
        sum += minus
        continue
      }
      let (inner, innerDepth) = bracketed(factor)
      sum += dot + inner
      depth = max(depth, innerDepth)
    }
    return (clamp(sum), depth)
  }

  private static func clamp(_ value: Int) -> Int { min(value, limit) }
}

extension Formula {
  /// A power with a negative exact exponent, printed below a fraction bar.
  fileprivate var isReciprocal: Bool {
    if case .power(_, let exponent) = kind, let value = exponent.number { return value.isNegative }
    return false
  }
}
