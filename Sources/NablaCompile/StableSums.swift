import NablaCore
import NablaTypes

// Quotients whose numerators cancel, and exponentials beside factors that would overflow; see `StableForms`.

extension StableForms {
  /// Limits on the length of a sum, and on the powers in it, for expansion.
  private static let (mostTerms, mostPower) = (6, 4)

  /// Puts terms with sums in their denominators over one denominator, if that does not increase their number.
  /// 1/x - 1/(x + 1) = 1/(x*(x + 1)); 1/(x^2 + 1) - 2*x^2/(x^2 + 1)^2 = (1 - x^2)/(x^2 + 1)^2.
  @Sendable static func commonDenominator(_ node: Formula) -> Formula? {
    guard case .sum(let terms) = node.kind, terms.count <= mostTerms else { return nil }
    var lowest: [(base: Formula, power: Rational)] = []
    for term in terms {
      for factor in term.factors {
        let (base, power) = factor.splitPower
        guard power.isNegative, base.shape == node.shape, base.number == nil else { continue }
        if let known = lowest.firstIndex(where: { $0.base === base }) {
          lowest[known].power = min(lowest[known].power, power)
        } else {
          lowest.append((base, power))
        }
      }
    }
    // Powers that differ by an integer are of one kind; a term without the base has the power 0.
    let isSum = lowest.contains { if case .sum = $0.base.kind { true } else { false } }
    guard isSum, lowest.count <= 3,
      terms.allSatisfy({ term in term.factors.contains { $0.splitPower.1.isNegative } })
    else { return nil }
    var numerator: [Formula] = []
    var isRaised = false
    for term in terms {
      var product = [Formula.times(term.factors)]
      for (base, power) in lowest {
        let own = term.factors.lazy.map(\.splitPower).first { $0.0 === base }?.1 ?? 0
        guard let raised = (own - power).integer, raised >= 0, raised <= mostPower else { return nil }
        isRaised = isRaised || raised > 0
        // The base leaves the term and returns expanded.
        product = product.map { .times([$0, .power(base, .number(-own))]) }
        for _ in 0..<raised {
          product = product.flatMap { part in base.terms.map { Formula.times([part, $0]) } }
          if product.count > 64 { return nil }
        }
      }
      numerator += product
    }
    let top = Formula.sum(numerator, node.shape)
    guard isRaised, top.terms.count < terms.count || top.terms.count == terms.count && cancels(terms) else {
      return nil
    }
    let below = lowest.map { Formula.power($0.base, .number($0.power)) }
    // Over x^2 + c each term is a quotient that neither overflows nor cancels; others stay together.
    if lowest.allSatisfy({ $0.base.isSumWithSquare }), top.terms.count > 1 {
      return .sum(top.terms.map { .times([$0] + below) }, node.shape)
    }
    return .times([top] + below + [.ones(node.shape)])
  }

  private static func cancels(_ terms: [Formula]) -> Bool {
    terms.contains { $0.coefficient.isNegative } && terms.contains { !$0.coefficient.isNegative }
  }

  /// exp(u)*(a + b*c) = exp(u)*a + exp(u)*b*c, and exp(u)*a*b = (exp(u/2)*a)*(exp(u/2)*b): the factors do not overflow
  /// where their product does.
  @Sendable static func exponentialBesideProducts(_ node: Formula) -> Formula? {
    guard case .times(let factors) = node.kind, factors.count <= mostTerms else { return nil }
    guard let place = factors.firstIndex(where: { $0.asExponential != nil && $0.shape == node.shape }),
      let u = factors[place].asExponential
    else { return nil }
    let rest = factors.indices.filter { $0 != place }.map { factors[$0] }
    for (index, factor) in rest.enumerated() {
      guard case .sum(let terms) = factor.kind, terms.count <= mostTerms, factor.shape == node.shape,
        terms.contains(where: { $0.degree > 1 || $0.hasExponential })
      else { continue }
      let others = rest.indices.filter { $0 != index }.map { rest[$0] } + [factors[place]]
      return .sum(terms.map { .times([$0] + others) }, node.shape)
    }
    if let (index, v) = rest.enumerated().lazy.compactMap({ place, factor in
      factor.argument(of: "expm1").map { (place, $0) }
    }).first, v.shape == u.shape {
      let others = rest.indices.filter { $0 != index }.map { rest[$0] }
      return .times(
        others + [.apply(.elementwise("stable.dampedexpm1"), [v, u], v.shape), .ones(node.shape)])
    }
    let parts = rest.filter { $0.degree > 0 && $0.shape == node.shape }
    let degree = parts.reduce(0) { $0 + $1.degree }
    guard degree > 1, degree <= 8 else { return nil }
    let share = u.scaled(by: Rational(1, over: Int128(degree)))
    let damped = parts.map { part -> Formula in
      let (base, power) = part.splitPower
      return .power(.apply(.elementwise("stable.damped"), [base, share], node.shape), .number(power))
    }
    return .times(rest.filter { $0.degree == 0 || $0.shape != node.shape } + damped + [.ones(node.shape)])
  }
}

extension Formula {
  fileprivate var isSumWithSquare: Bool {
    guard case .sum(let terms) = kind, terms.count == 2 else { return false }
    return terms.contains { $0.splitCoefficient.1.isOne || $0.splitCoefficient.1.isOnes }
      && terms.contains { !$0.coefficient.isNegative && $0.splitCoefficient.1.splitPower.1 == 2 }
  }

  /// The number of unbounded factors in it: variables and integer powers of sums.
  fileprivate var degree: Int {
    switch kind {
    case .variable, .sum: return 1
    case .power(let base, let exponent):
      guard let power = exponent.number?.integer, power > 0, power <= 8, base.degree == 1 else { return 0 }
      return power
    case .times(let factors): return factors.reduce(0) { $0 + $1.degree }
    case .number, .constant, .dimension, .zeros, .ones, .identity, .product, .inverse, .transpose, .apply,
      .differential:
      return 0
    }
  }

  fileprivate var hasExponential: Bool { factors.contains { $0.asExponential != nil } }
}
