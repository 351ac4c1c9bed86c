import NablaCore
import NablaTypes

// Rules for powers and products of exponentials; see `StableForms`.

extension StableForms {
  /// (1 + exp(x))^-p = sigmoid(-x)^p, also for fractional p.
  @Sendable static func reciprocalOfOnePlusExponential(_ node: Formula) -> Formula? {
    guard case .power(let base, let exponent) = node.kind, let power = exponent.number, power.isNegative,
      case .sum(let terms) = base.kind, terms.count == 2
    else { return nil }
    let rest = terms.filter { !($0.isOne || $0.isOnes) }
    guard rest.count == 1, let x = rest[0].asExponential, x.shape == base.shape else { return nil }
    return .power(x.negated.elementwise("sigmoid"), .number(-power))
  }

  @Sendable static func rootOfSquares(_ node: Formula) -> Formula? {
    guard case .power(let base, let exponent) = node.kind, let power = exponent.number, !power.isInteger,
      (power * 2).isInteger, case .product(let chain) = base.kind, chain.count == 2,
      chain[0] === chain[1].transposed, node.isScalar
    else { return nil }
    let x = chain[1]
    return .power(x.array(.norm2, .scalar), .number(power * 2))
  }

  /// Merges several exponentials of one shape in a product.
  @Sendable static func productOfExponentials(_ node: Formula) -> Formula? {
    guard case .times(let factors) = node.kind else { return nil }
    var byShape: [(shape: Shape, exponents: [Formula])] = []
    var rest: [Formula] = []
    // A power of a number is an exponential too; alone it is kept, since that avoids a rounded logarithm.
    let numeric = factors.filter { $0.asPowerOfNumber != nil }
    for factor in factors {
      guard let u = factor.asExponential ?? (numeric.count > 1 ? factor.asPowerOfNumber : nil) else {
        rest.append(factor)
        continue
      }
      if let known = byShape.firstIndex(where: { $0.shape == u.shape }) {
        byShape[known].exponents.append(u)
      } else {
        byShape.append((u.shape, [u]))
      }
    }
    // A scalar exponential joins that of an array.
    if byShape.count == 2, let scalar = byShape.firstIndex(where: { $0.shape.isScalar }) {
      let array = 1 - scalar
      let spread = byShape[scalar].exponents.map { Formula.times([$0, .ones(byShape[array].shape)]) }
      byShape[array].exponents += spread
      byShape.remove(at: scalar)
    }
    guard byShape.contains(where: { $0.exponents.count > 1 }) else { return nil }
    let joined = byShape.map { Formula.sum($0.exponents, $0.shape).elementwise("exp") }
    return .times(rest + joined + [.ones(node.shape)])
  }

  @Sendable static func exponentialTimesSigmoid(_ node: Formula) -> Formula? {
    guard case .times(let factors) = node.kind else { return nil }
    for (i, factor) in factors.enumerated() {
      guard let u = factor.asExponential else { continue }
      for (j, other) in factors.enumerated() where j != i {
        let (base, power) = other.splitPower
        guard let v = base.argument(of: "sigmoid"), v.shape == u.shape, !power.isNegative, power >= 1 else {
          continue
        }
        // u is k*(-v): pairs as many exponentials with sigmoids as there are.
        guard let ratio = ratio(u, v.negated), let count = ratio.integer, count > 0 else { continue }
        let used = min(Rational(count), Rational(power.floor))
        let replaced: [Formula] = [
          .power(v.negated.elementwise("sigmoid"), .number(used)),
          .power(base, .number(power - used)),
          v.scaled(by: -(ratio - used)).elementwise("exp"),
        ]
        let rest = factors.indices.filter { $0 != i && $0 != j }.map { factors[$0] }
        let result = Formula.times(
          rest + replaced.filter { !($0.argument(of: "exp")?.isZero ?? false) } + [.ones(node.shape)])
        return result
      }
    }
    return nil
  }

  /// q with u = q*v, if both are multiples of one formula.
  static func ratio(_ u: Formula, _ v: Formula) -> Rational? {
    if u === v { return 1 }
    let (a, x) = u.splitCoefficient
    let (b, y) = v.splitCoefficient
    if x === y { return a / b }
    return u.negated === v ? -1 : nil
  }

  /// A product with sum(exp(x))^-k and a factor that is linear in exp(x).
  @Sendable static func exponentialsOverTheirSum(_ node: Formula) -> Formula? {
    guard case .times(let factors) = node.kind else { return nil }
    for (i, factor) in factors.enumerated() {
      let (base, power) = factor.splitPower
      guard power.isNegative, base.isScalar, let count = power.integer, count >= -8,
        case .product = base.kind, let x = base.sumOfExponentialsArgument
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
        guard let u = part.asExponential, let log = base.logOfSumOfExponentials else { continue }
        var result = rest
        result[j] = Formula.adding(u, log.scaled(by: power)).elementwise("exp")
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
      guard power.isNegative, let log = base.logOfExponentialSum else { continue }
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

  /// diag(rowsums(exp(A))^-1)*exp(A), and exp(A) ./ (exp(A)*ones*ones').
  @Sendable static func rowsOverTheirSums(_ node: Formula) -> Formula? {
    if case .product(let chain) = node.kind {
      for (index, (left, right)) in zip(chain, chain.dropFirst()).enumerated() {
        guard case .apply(.array(.diagonalMatrix), let scale) = left.kind, let x = right.argument(of: "exp"),
          case .power(let sums, let exponent) = scale[0].kind, exponent.number == -1,
          sums === Formula.product([right, .ones(.vector(right.shape.columns))]), x.shape.isMatrix
        else { continue }
        let softmax = x.array(.softmax, x.shape)
        return .product(Array(chain[..<index]) + [softmax] + Array(chain[(index + 2)...]))
      }
    }
    guard case .times(let factors) = node.kind, node.shape.isMatrix else { return nil }
    for (i, factor) in factors.enumerated() {
      guard let x = factor.argument(of: "exp"), x.shape.isMatrix else { continue }
      let columns = x.shape.columns
      let sums = Formula.product([factor, .ones(.vector(columns)), .ones(.row(columns))])
      for (j, other) in factors.enumerated() where j != i && other === Formula.power(sums, .number(-1)) {
        let rest = factors.indices.filter { $0 != i && $0 != j }.map { factors[$0] }
        return .times(rest + [x.array(.softmax, x.shape)])
      }
    }
    return nil
  }
}

extension Formula {
  /// The base and exact exponent of a power; any other formula is its own base.
  var splitPower: (base: Formula, power: Rational) {
    if case .power(let base, let exponent) = kind, let power = exponent.number { return (base, power) }
    return (self, 1)
  }

  /// The argument u of exp(u), or of a power of it.
  var asExponential: Formula? {
    let (base, power) = splitPower
    return base.argument(of: "exp")?.scaled(by: power)
  }

  /// u*log(c) for c^u with a number c > 0.
  fileprivate var asPowerOfNumber: Formula? {
    guard case .power(let base, let exponent) = kind, exponent.number == nil, let number = base.number,
      !number.isNegative, !number.isZero
    else { return nil }
    return .times([base.elementwise("log"), exponent])
  }

  fileprivate var logOfSumOfExponentials: Formula? { StableForms.logOfSumOfExponentials(elementwise("log")) }
  fileprivate var logOfExponentialSum: Formula? { StableForms.logOfExponentialTerms(elementwise("log")) }

  /// The argument x of a sum of all entries of exp(x), for a vector or row.
  fileprivate var sumOfExponentialsArgument: Formula? {
    guard case .apply(.array(.logsumexp), let arguments)? = logOfSumOfExponentials?.kind else { return nil }
    return arguments[0]
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
