import NablaCore
import NablaTypes

// Rules for quotients and logarithms of hyperbolic functions and of exp(x) - 1; see `StableForms`.

extension StableForms {
  /// cosh(x)^-p = sech(x)^p.
  @Sendable static func reciprocalOfCosh(_ node: Formula) -> Formula? {
    guard case .power(let base, let exponent) = node.kind, let power = exponent.number, power.isNegative,
      let x = base.argument(of: "cosh")
    else { return nil }
    return .power(x.elementwise("sech"), .number(-power))
  }

  /// sinh(x)*sech(x) = tanh(x), sinh(x)/(exp(x) + exp(-x)) = tanh(x)/2, exp(x)/(exp(x) - 1) = 1/(1 - exp(-x)).
  @Sendable static func hyperbolicQuotients(_ node: Formula) -> Formula? {
    guard case .times(let factors) = node.kind else { return nil }
    for (i, factor) in factors.enumerated() {
      let base = factor.splitPower.base
      guard base.argument(of: "sinh") != nil || base.argument(of: "exp") != nil else { continue }
      for (j, other) in factors.enumerated() where j != i {
        guard let replaced = quotient(factor, other) else { continue }
        let rest = factors.indices.filter { $0 != i && $0 != j }.map { factors[$0] }
        return .times(rest + replaced + [.ones(node.shape)])
      }
    }
    return nil
  }

  /// A product of two factors in stable form.
  private static func quotient(_ factor: Formula, _ other: Formula) -> [Formula]? {
    let (base, power) = factor.splitPower
    let (below, count) = other.splitPower
    if let x = base.argument(of: "sinh"), power >= 1 {
      if below.argument(of: "sech") === x, count >= 1 {
        let used = min(power, count)
        return [
          .power(x.elementwise("tanh"), .number(used)), .power(base, .number(power - used)),
          .power(below, .number(count - used)),
        ]
      }
      if count.isNegative, -count <= power, case .sum(let terms) = below.kind, terms.count == 2,
        terms[0].asExponential === x || terms[0].asExponential === x.negated,
        terms[1].asExponential === terms[0].asExponential?.negated
      {
        let half = x.elementwise("tanh").scaled(by: Rational(1, over: 2))
        return [.power(half, .number(-count)), .power(base, .number(power + count))]
      }
    }
    guard let u = factor.asExponential, let v = below.argument(of: "expm1"), count <= -1,
      let times = ratio(u, v)?.integer, times > 0, count.integer != nil
    else { return nil }
    // exp(v)/expm1(v) = -1/expm1(-v)
    let used = min(Rational(times), -count)
    var result: [Formula] = [
      .power(v.negated.elementwise("expm1").negated, .number(-used)), .power(below, .number(count + used)),
    ]
    let left = u.scaled(by: (Rational(times) - used) / Rational(times))
    if !left.isZero { result.append(left.elementwise("exp")) }
    return result
  }

  /// log(1 - exp(x)), where 1 - exp(x) has the form -expm1(x), and log(expm1(x)).
  @Sendable static func logOfExpm1(_ node: Formula) -> Formula? {
    guard let inner = node.argument(of: "log") else { return nil }
    let (coefficient, core) = inner.splitCoefficient
    guard let x = core.argument(of: "expm1") else { return nil }
    if coefficient == -1 { return x.elementwise("stable.log1mexp") }
    return coefficient.isOne ? .adding(x, x.negated.elementwise("stable.log1mexp")) : nil
  }

  /// log(c*erfc(x)), and exp(u)/erfc(x) = exp(u - log(erfc(x))): the inverse Mills ratio.
  @Sendable static func logOfErrorComplement(_ node: Formula) -> Formula? {
    if let inner = node.argument(of: "log") {
      let (coefficient, core) = inner.splitCoefficient
      guard coefficient > 0, let x = core.argument(of: "stable.erfc") else { return nil }
      let logarithm = x.elementwise("stable.logerfc")
      if coefficient.isOne { return logarithm }
      return .adding(logarithm, .times([Formula.number(coefficient).elementwise("log"), .ones(node.shape)]))
    }
    guard case .times(let factors) = node.kind,
      let place = factors.firstIndex(where: { $0.asExponential != nil }), let u = factors[place].asExponential
    else { return nil }
    for (j, other) in factors.enumerated() where j != place {
      let (base, power) = other.splitPower
      guard power.isNegative, let x = base.argument(of: "stable.erfc"), x.shape == u.shape else { continue }
      let joined = Formula.adding(u, x.elementwise("stable.logerfc").scaled(by: power)).elementwise("exp")
      let rest = factors.indices.filter { $0 != j && $0 != place }.map { factors[$0] }
      return .times(rest + [joined, .ones(node.shape)])
    }
    return nil
  }

  @Sendable static func logOfCosh(_ node: Formula) -> Formula? {
    node.argument(of: "log")?.argument(of: "cosh")?.elementwise("stable.logcosh")
  }
}
