import NablaCore
import NablaTypes

// Quotients of exponentials; see `StableForms`.

extension StableForms {
  /// 2^x*3^y = exp(log(2)*x + log(3)*y). One power alone is kept, since that avoids a rounded logarithm.
  @Sendable static func productOfNumericPowers(_ node: Formula) -> Formula? {
    guard case .times(let factors) = node.kind else { return nil }
    let powers = factors.compactMap(\.asPowerOfNumber)
    guard powers.count > 1 else { return nil }
    let rest = factors.filter { $0.asPowerOfNumber == nil }
    let exponent = powers.dropFirst().reduce(powers[0]) { .adding($0, $1) }
    return .times(rest + [exponent.elementwise("exp"), .ones(node.shape)])
  }

  /// A product with sum(exp(x))^-k and a factor that is linear in exp(x).
  @Sendable static func exponentialsOverTheirSum(_ node: Formula) -> Formula? {
    guard case .times(let factors) = node.kind else { return nil }
    for (i, factor) in factors.enumerated() {
      let (base, power) = factor.splitPower
      guard power.isNegative, base.isScalar, let count = power.integer, count >= -8,
        let (x, logarithm) = base.sumOfExponentials
      else { continue }
      let rest = factors.indices.filter { $0 != i }.map { factors[$0] }
      for taken in stride(from: -count, through: 1, by: -1) {
        for (j, part) in rest.enumerated() {
          if let absorbed = part.absorbing(base, x, taken) {
            var result = rest
            result[j] = absorbed
            return .times(result + [.power(base, .number(count + taken)), .ones(node.shape)])
          }
        }
      }
      // An exponential of another argument: exp(u - k*logsumexp(x)).
      for (j, part) in rest.enumerated() {
        guard let u = part.asExponential else { continue }
        var result = rest
        result[j] = Formula.adding(u, logarithm.scaled(by: power)).elementwise("exp")
        return .times(result + [.ones(node.shape)])
      }
    }
    return nil
  }

  /// A product of (c*exp(a) + d*exp(b) + …)^-k and an exponential, or a sum of exponentials.
  @Sendable static func exponentialOverExponentialTerms(_ node: Formula) -> Formula? {
    guard case .times(let factors) = node.kind else { return nil }
    for (i, factor) in factors.enumerated() {
      let (base, power) = factor.splitPower
      guard power.isNegative, let log = base.logOfExponentialTerms else { continue }
      for (j, part) in factors.enumerated() where j != i {
        let shift = log.scaled(by: power)
        var replaced: Formula?
        if let u = part.asExponential {
          replaced = Formula.adding(u, shift).elementwise("exp")
        } else if case .sum(let terms) = part.kind, part.shape == base.shape {
          var moved: [Formula] = []
          for term in terms {
            let (coefficient, core) = term.splitCoefficient
            let u = core.isOne || core.isOnes ? Formula.zeros(part.shape) : core.asExponential
            guard let u else { break }
            moved.append(Formula.adding(u, shift).elementwise("exp").scaled(by: coefficient))
          }
          if moved.count == terms.count { replaced = .sum(moved, part.shape) }
        }
        guard let replaced else { continue }
        let rest = factors.indices.filter { $0 != i && $0 != j }.map { factors[$0] }
        return .times(rest + [replaced, .ones(node.shape)])
      }
    }
    return nil
  }
}

extension Formula {
  /// u*log(c) for c^u with a number c > 0.
  fileprivate var asPowerOfNumber: Formula? {
    guard case .power(let base, let exponent) = kind, exponent.number == nil, let number = base.number,
      !number.isNegative, !number.isZero
    else { return nil }
    return .times([base.elementwise("log"), exponent])
  }

  /// x and its logsumexp, for the sum of all entries of exp(x).
  fileprivate var sumOfExponentials: (argument: Formula, logarithm: Formula)? {
    guard isScalar, case .product(let chain) = kind, chain.count <= 3 else { return nil }
    let cores = chain.filter { !$0.isOnes }
    guard cores.count == 1 else { return nil }
    var x = cores[0].argument(of: "exp")
    if case .transpose(let inner) = cores[0].kind { x = inner.argument(of: "exp")?.transposed }
    guard let x else { return nil }
    let entries = x.shape.isMatrix ? x.array(.vec, .vector(x.shape.rows * x.shape.columns)) : x
    return (entries, entries.array(.logsumexp, .scalar))
  }

  /// This formula divided by sum^k, with each division moved into an exp(x) that becomes softmax(x); `nil` if there are
  /// too few.
  fileprivate func absorbing(_ sum: Formula, _ x: Formula, _ k: Int, depth: Int = 8) -> Formula? {
    if k == 0 { return self }
    // Without the variables of x there is no exp(x); deep formulas are kept.
    if depth == 0 || variableBloom & x.variableBloom != x.variableBloom { return nil }
    if k == 1, let inner = argument(of: "exp") {
      if inner === x { return x.array(.softmax, x.shape) }
      if inner === x.transposed, inner.shape.isRow || inner.shape.isVector {
        return inner.array(.softmax, inner.shape)
      }
    }
    switch kind {
    case .transpose(let inner): return inner.absorbing(sum, x, k, depth: depth - 1)?.transposed
    case .apply(.array(.diagonalMatrix), let arguments):
      guard let inner = arguments[0].absorbing(sum, x, k, depth: depth - 1) else { return nil }
      return .apply(.array(.diagonalMatrix), [inner], shape)
    case .sum(let terms):
      var result: [Formula] = []
      for term in terms {
        guard let absorbed = term.absorbing(sum, x, k, depth: depth - 1) else { return nil }
        result.append(absorbed)
      }
      return .sum(result, shape)
    case .product(let factors):
      guard let result = Self.absorbing(factors, sum, x, k, depth - 1) else { return nil }
      return .product(result)
    case .times(let factors):
      // Existing divisions by the same sum are included.
      var rest: [Formula] = []
      var count = k
      for factor in factors {
        let (base, power) = factor.splitPower
        if base === sum, power.isNegative, let more = power.integer, more >= -8 {
          count -= more
        } else {
          rest.append(factor)
        }
      }
      guard let result = Self.absorbing(rest, sum, x, count, depth - 1) else { return nil }
      return .times(result + [.ones(shape)])
    case .power(let base, let exponent):
      guard let power = exponent.number?.integer, power > 0, k % power == 0 else { return nil }
      return base.absorbing(sum, x, k / power, depth: depth - 1).map { .power($0, exponent) }
    case .number, .constant, .variable, .dimension, .zeros, .ones, .identity, .inverse, .apply, .differential:
      return nil
    }
  }

  /// Factors that absorb k divisions together, each as many as possible, from the left.
  private static func absorbing(_ factors: [Formula], _ sum: Formula, _ x: Formula, _ k: Int, _ depth: Int)
    -> [Formula]?
  {
    var (result, left) = (factors, k)
    for index in factors.indices where left > 0 {
      for count in stride(from: left, through: 1, by: -1) {
        if let absorbed = factors[index].absorbing(sum, x, count, depth: depth) {
          result[index] = absorbed
          left -= count
          break
        }
      }
    }
    return left == 0 ? result : nil
  }
}

extension Rational {
  /// The largest integer not above it; 0 if it overflows.
  fileprivate var floor: Int {
    if isOverflow { return 0 }
    let quotient = numerator / denominator
    let adjusted = isNegative && quotient * denominator != numerator ? quotient - 1 : quotient
    return Int(exactly: adjusted) ?? 0
  }
}
