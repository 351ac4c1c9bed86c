import NablaCore
import NablaTypes

// Polynomials in sigmoid(x) and tanh(x), and differences of exponentials; see `StableForms`.

extension StableForms {
  /// Writes a sum as a polynomial in g = sigmoid(x) or tanh(x), and takes powers of g, and of 1 - g = sigmoid(-x) or 1
  /// - g^2 = sech(x)^2, out of the coefficient of each product of other factors.
  @Sendable static func polynomialOfActivation(_ node: Formula) -> Formula? {
    guard case .sum(let terms) = node.kind, terms.count <= Activation.mostTerms else { return nil }
    var tried: Set<Formula> = []
    for activation in terms.lazy.flatMap(Activation.all) where tried.insert(activation.value).inserted {
      if let result = activation.factored(node) { return result }
    }
    return nil
  }

  /// exp(a) - exp(b) = sign(a - b)*exp(max(a, b))*(1 - exp(-abs(a - b))), among other terms.
  @Sendable static func differenceOfExponentials(_ node: Formula) -> Formula? {
    guard case .sum(let terms) = node.kind else { return nil }
    for (i, term) in terms.enumerated() {
      let (coefficient, core) = term.splitCoefficient
      guard let a = core.argument(of: "exp") else { continue }
      for (j, other) in terms.enumerated().dropFirst(i + 1) {
        let (opposite, second) = other.splitCoefficient
        guard opposite == -coefficient, let b = second.argument(of: "exp"), b.shape == a.shape else {
          continue
        }
        let gap = Formula.sum([a, b.negated], a.shape)
        // The gap must be simpler than the arguments; otherwise it cancels as they do.
        guard !gap.isInvalid, gap.cost < max(a.cost, b.cost) else { continue }
        let largest = Formula.apply(.elementwise("max"), [a, b], a.shape).elementwise("exp")
        let rest = gap.elementwise("abs").negated.elementwise("expm1").negated
        let joined = Formula.times([gap.elementwise("sign"), largest, rest]).scaled(by: coefficient)
        let others = terms.indices.filter { $0 != i && $0 != j }.map { terms[$0] }
        return others.reduce(joined) { .adding($0, $1) }
      }
    }
    return nil
  }
}

/// sigmoid(x) or tanh(x), and sums as polynomials in it.
private struct Activation {
  let value: Formula
  let argument: Formula
  let isSigmoid: Bool

  /// For each product of other factors, its coefficients by power of the activation.
  private struct Polynomials {
    var order: [Formula] = []
    var coefficients: [Formula: [Int: Rational]] = [:]

    mutating func add(_ core: Formula, _ power: Int, _ coefficient: Rational) {
      if coefficients[core] == nil { order.append(core) }
      let known = coefficients[core]?[power] ?? 0
      coefficients[core, default: [:]][power] = known + coefficient
    }
  }

  static let mostTerms = 24
  /// Limit on the factors of a term that are examined, including those in inner sums.
  private static let mostFactors = 64
  private static let highestPower = 12

  init?(_ factor: Formula) {
    var base = factor
    if case .power(let inner, let exponent) = factor.kind, let count = exponent.number?.integer, count > 0 {
      base = inner
    }
    if let x = base.argument(of: "sigmoid") {
      (value, argument, isSigmoid) = (base, x, true)
    } else if let x = base.argument(of: "tanh") {
      (value, argument, isSigmoid) = (base, x, false)
    } else {
      return nil
    }
  }

  /// The activations among the factors of a term, and in the sums among them.
  static func all(in term: Formula) -> [Activation] {
    var result: [Activation] = []
    var seen: Set<Formula> = []
    var open = term.factors
    while let factor = open.popLast(), seen.count < mostFactors {
      guard seen.insert(factor).inserted else { continue }
      if let found = Activation(factor) {
        result.append(found)
      } else if case .sum(let terms) = factor.kind, terms.count <= mostTerms {
        open += terms.flatMap(\.factors)
      }
    }
    return result
  }

  /// The exponent of the activation in a factor.
  private func power(_ factor: Formula) -> Int? {
    if factor === value { return 1 }
    guard case .power(let base, let exponent) = factor.kind, base === value,
      let count = exponent.number?.integer,
      count > 0
    else { return nil }
    return count
  }

  /// The sum with the factors that vanish at the limits of the activation taken out; `nil` if there are none.
  func factored(_ sum: Formula) -> Formula? {
    var found = Polynomials()
    var open = sum.terms
    var steps = 0
    while let term = open.popLast() {
      steps += 1
      if steps > Self.mostTerms { return nil }
      // A sum that contains the activation is expanded.
      let factors = term.factors
      if let place = factors.firstIndex(where: { factor in
        guard case .sum(let inner) = factor.kind else { return false }
        return inner.contains { Self.all(in: $0).contains { $0.value === value } }
      }) {
        var others = factors
        others.remove(at: place)
        open += factors[place].terms.map { .times(others + [$0]) }
        continue
      }
      var power = 0
      var rest: [Formula] = []
      for factor in factors {
        if let count = self.power(factor) { power += count } else { rest.append(factor) }
      }
      if power > Self.highestPower { return nil }
      let core = Formula.times([.ones(sum.shape)] + rest)
      let (coefficient, plain) = core.splitCoefficient
      found.add(plain, power, coefficient)
    }
    var vanishes = false
    var parts: [Formula] = []
    for core in found.order.reversed() {
      let polynomial = (found.coefficients[core] ?? [:]).filter { !$0.value.isZero }
      guard let least = polynomial.keys.min(), let most = polynomial.keys.max() else { continue }
      var coefficients = (least...most).map { polynomial[$0] ?? 0 }
      var count = 0
      while coefficients.count > 1, let quotient = divided(coefficients) {
        coefficients = quotient
        count += 1
      }
      vanishes = vanishes || count > 0
      let rest = Formula.sum(
        coefficients.enumerated().map { power, coefficient in
          Formula.times([.number(coefficient), .power(value, .number(power)), .ones(sum.shape)])
        }, sum.shape)
      parts.append(.times([core, .power(value, .number(least)), complement(count), rest]))
    }
    return vanishes && !parts.contains(where: \.isInvalid) ? .sum(parts, sum.shape) : nil
  }

  /// (1 - g)^count or (1 - g^2)^count.
  private func complement(_ count: Int) -> Formula {
    if isSigmoid { return .power(argument.negated.elementwise("sigmoid"), .number(count)) }
    return .power(argument.elementwise("sech"), .number(2 * count))
  }

  /// A polynomial divided by 1 - g or 1 - g^2, lowest powers first; `nil` if there is a remainder.
  private func divided(_ coefficients: [Rational]) -> [Rational]? {
    let step = isSigmoid ? 1 : 2
    guard coefficients.count > step else { return nil }
    var quotient: [Rational] = []
    for (place, coefficient) in coefficients.enumerated() {
      quotient.append(coefficient + (place >= step ? quotient[place - step] : 0))
    }
    guard quotient.suffix(step).allSatisfy(\.isZero) else { return nil }
    return Array(quotient.dropLast(step))
  }
}
