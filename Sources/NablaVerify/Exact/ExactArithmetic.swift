import NablaCore
import NablaNumerics
import NablaTypes

// Sums, products, inverses and powers. Sizes are checked before any matrix code relies on them.

extension ExactEvaluator {
  mutating func sum(_ terms: [DualMatrix]) throws(ExactProblem) -> DualMatrix {
    guard var result = terms.first else { return DualMatrix(0) }
    for term in terms.dropFirst() {
      try checkAlike(result, term)
      result = result + term
    }
    return result
  }

  mutating func hadamard(_ a: DualMatrix, _ b: DualMatrix) throws(ExactProblem) -> DualMatrix {
    try checkAlike(a, b)
    try spend(max(a.count, b.count))
    return a.hadamard(b)
  }

  /// Operands combined entry by entry have the same size, or one of them is a scalar.
  func checkAlike(_ a: DualMatrix, _ b: DualMatrix) throws(ExactProblem) {
    guard a.count == 1 || b.count == 1 || a.value.hasSize(of: b.value) else { throw .sizes }
  }

  mutating func product(_ a: DualMatrix, _ b: DualMatrix) throws(ExactProblem) -> DualMatrix {
    guard a.columns == b.rows else { throw .sizes }
    try checkSize(a.rows, b.columns)
    try spend(a.count * b.columns)
    return a * b
  }

  mutating func inverse(_ a: DualMatrix) throws(ExactProblem) -> DualMatrix {
    guard a.rows == a.columns else { throw .sizes }
    try spend(2 * a.count * a.rows)
    guard let result = a.inverse else { throw .noValue }
    return result
  }

  mutating func reciprocal(_ a: DualMatrix) throws(ExactProblem) -> DualMatrix {
    try spend(16 * a.count)
    guard let result = a.reciprocal else { throw .noValue }
    return result
  }

  mutating func squaredNorm(_ a: DualMatrix) throws(ExactProblem) -> DualMatrix {
    try spend(a.count)
    return a.bilinear(a) { FieldMatrix($0.dot($1)) }
  }

  // MARK: Powers

  /// Raises entries to a power. Integer powers and square roots are exact; otherwise x^(c + p) is x^c * exp(p*log(x)).
  mutating func power(_ base: Formula, _ exponent: Formula) throws(ExactProblem) -> DualMatrix {
    let x = try value(base)
    if let number = exactNumber(exponent) { return try power(x, number) }
    let whole = exponent.terms.compactMap(\.number).first { $0.isInteger } ?? 0
    let rest = try sum([try value(exponent), DualMatrix(-(try element(whole)))])
    let root = try elementwise("exp", [try hadamard(rest, try logarithmOfAbsolute(x))])
    return try hadamard(try power(x, whole), root)
  }

  /// The value of a formula made of numbers, sizes and indices.
  private func exactNumber(_ formula: Formula) -> Rational? {
    if let number = formula.number { return number }
    guard formula.isScalar, formula.cost < 200 else { return nil }
    var values: [Formula: Rational] = [:]
    for node in formula.nodesChildrenFirst {
      switch node.kind {
      case .number(let value): values[node] = value
      case .dimension(let name): values[node] = sizes[name].map { Rational($0) }
      case .variable(let variable) where variable.role == .index:
        values[node] = sizes[variable.name].map { Rational($0) }
      case .sum(let parts): values[node] = parts.reduce(Rational(0)) { $0 + (values[$1] ?? .overflow) }
      case .times(let parts): values[node] = parts.reduce(Rational(1)) { $0 * (values[$1] ?? .overflow) }
      case .power(let base, let exponent):
        guard let x = values[base], let count = values[exponent]?.integer else { return nil }
        values[node] = x.power(count)
      case .constant, .variable, .zeros, .ones, .identity, .product, .inverse, .transpose, .apply,
        .differential:
        return nil
      }
    }
    return values[formula].flatMap { $0.isOverflow ? nil : $0 }
  }

  mutating func power(_ x: DualMatrix, _ exponent: Rational) throws(ExactProblem) -> DualMatrix {
    if exponent.isOne { return x }
    if exponent.isZero { return DualMatrix(x.value.map { _ in 1 }) }
    if exponent == -1 { return try reciprocal(x) }
    if exponent.isOverflow { throw .notApplicable("a number does not fit in the field") }
    // Takes the root of each entry; the numerator of the exponent is the power of that root.
    let denominator = exponent.denominator
    guard let over = Int(exactly: denominator), let numerator = Int(exactly: exponent.numerator) else {
      throw .notApplicable("an exponent is too large")
    }
    try spend((over == 1 ? 16 : 80) * x.count)
    let factor = try element(exponent)
    var (value, slope, curvature) = (x.value, x.value, x.value)
    for (index, entry) in x.value.storage.enumerated() {
      let root = try self.root(over, of: entry)
      guard let power = root.power(numerator) else { throw .noValue }
      value.storage[index] = power
      if x.isConstant { continue }
      // Slope and curvature are p*x^(p - 1) and p*(p - 1)*x^(p - 2); at zero they exist for integers p > 0.
      if let inverse = entry.inverse {
        slope.storage[index] = factor * power * inverse
        curvature.storage[index] = (factor - 1) * slope.storage[index] * inverse
      } else if over == 1, numerator >= 2 {
        slope.storage[index] = 0
        curvature.storage[index] = numerator == 2 ? 2 : 0
      } else {
        throw .noValue
      }
    }
    return x.isConstant ? DualMatrix(value) : x.composed(value: value, slope: slope, curvature: curvature)
  }

  /// The root that is a square; for higher even degrees, a root of a root. Other roots are unknowns.
  private mutating func root(_ degree: Int, of entry: PrimeField) throws(ExactProblem) -> PrimeField {
    var (root, rest) = (entry, degree)
    while rest % 2 == 0 {
      guard let half = unknowns.root(root) else { throw .noValue }
      (root, rest) = (half, rest / 2)
    }
    if rest == 1 || root.isZero { return root }
    unknowns.noteChoice()
    return unknowns.value("root", [UInt64(rest), root.residue])
  }

  /// The logarithm of |x|.
  mutating func logarithmOfAbsolute(_ x: DualMatrix) throws(ExactProblem) -> DualMatrix {
    try spend(80 * x.count)
    var value = x.value
    for (index, entry) in x.value.storage.enumerated() {
      guard let logarithm = unknowns.log(entry) else { throw .noValue }
      value.storage[index] = logarithm
    }
    if x.isConstant { return DualMatrix(value) }
    let slope = try reciprocal(DualMatrix(x.value)).value
    return x.composed(value: value, slope: slope, curvature: slope.map { -($0 * $0) })
  }
}
