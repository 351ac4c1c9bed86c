/// The elementwise functions of the catalogue, by their definitions, with limits at infinite arguments.
package enum RealFunctions {
  package static func value(_ name: String, _ x: [Real], places: Int) -> Real? {
    func number(_ value: Double) -> Real { Real(value, places: places) }
    let (one, two, half) = (number(1), number(2), number(0.5))
    let a = x[0]
    if x.count == 2 { return pair(name, a, x[1], places: places) }
    if case .infinity(let isNegative) = a { return limit(name, isNegative, places) }
    switch name {
    case "exp": return a.exponential
    case "log": return a.logarithm
    case "log1p": return logarithmOfOnePlus(a, one)
    case "expm1": return exponentialMinusOne(a, one)
    case "sqrt": return a.squareRoot
    case "abs": return choose(a, a, a, -a)
    case "sign": return choose(a, one, number(0), number(-1))
    case "step": return choose(a, one, number(0), number(0))
    case "relu": return choose(a, a, number(0), number(0))
    case "sin": return a.through { $0.sineAndCosine.sine }
    case "cos": return a.through { $0.sineAndCosine.cosine }
    case "tan":
      return value("sin", x, places: places).flatMap { sine in
        value("cos", x, places: places).map { sine / $0 }
      }
    case "asin", "acos": return inverseOfCircle(name, a, one, places)
    case "atan": return a.through(\.arctangent)
    case "sinh":
      if a.sign == -1 { return value(name, [-a], places: places).map { -$0 } }
      let u = exponentialMinusOne(a, one)
      return (u + u / (u + one)) * half
    case "cosh": return (a.exponential + (-a).exponential) * half
    case "tanh":
      let u = exponentialMinusOne(a * two, one)
      return u / (u + two)
    case "sech": return two / (a.exponential + (-a).exponential)
    case "erf": return a.through(\.errorFunction)
    case "sigmoid": return one / (one + (-a).exponential)
    case "logit": return (a / (one - a)).logarithm
    case "softplus": return logarithmOfOnePlus(a.exponential, one)
    case "stable.logsigmoid": return -logarithmOfOnePlus((-a).exponential, one)
    case "silu": return a / (one + (-a).exponential)
    case "gelu":
      let scaled = a / two.squareRoot
      return a * half * (one + scaled.through(\.errorFunction))
    case "lgamma":
      return gamma(a, one, places) {
        .known($0.logarithmOfGamma)
      } pole: { _ in
        .infinity(isNegative: false)
      } reflected: { sine, pi, other in
        (pi / choose(sine, sine, sine, -sine)).logarithm - other
      }
    case "digamma": return polygamma(0, a, one, places)
    default: return nil
    }
  }

  /// Approximate number of operations for one value.
  package static func cost(_ name: String) -> Int {
    // Gamma functions shift their argument in proportion to the number of digits.
    ["lgamma", "digamma", "polygamma"].contains(name) ? 2_000 : 100
  }

  private static func pair(_ name: String, _ a: Real, _ b: Real, places: Int) -> Real? {
    let (zero, one) = (Real(0, places: places), Real(1, places: places))
    switch name {
    case "max": return larger(a, b)
    case "min": return -larger(-a, -b)
    case "less": return choose(difference(b, a), one, zero, zero)
    case "lessequal": return choose(difference(b, a), one, one, zero)
    case "leakyrelu": return choose(a, a, zero, a * b)
    case "elu": return choose(a, a, zero, b * exponentialMinusOne(a, one))
    case "power": return a.power(b, whole: whole(b))
    case "polygamma":
      if case .infinity(false) = b, let order = whole(a) { return order == 0 ? b : zero }
      return whole(a).flatMap { polygamma($0, b, one, places) }
    default: return nil
    }
  }

  /// The limit of a function of one argument at an infinity; undefined if there is none.
  private static func limit(_ name: String, _ isNegative: Bool, _ places: Int) -> Real? {
    func number(_ value: Double) -> Real { Real(value, places: places) }
    let (infinity, argument) = (Real.infinity(isNegative: false), Real.infinity(isNegative: isNegative))
    let right = Real.ball(Ball.pi(places)) * number(0.5)
    guard let function = LibraryFunction(rawValue: name) else { return nil }
    switch function {
    case .exp, .softplus, .relu, .silu, .gelu: return isNegative ? number(0) : infinity
    case .sigmoid, .step: return number(isNegative ? 0 : 1)
    case .expm1: return isNegative ? number(-1) : infinity
    case .logsigmoid: return isNegative ? argument : number(0)
    case .log, .log1p, .sqrt, .lgamma, .digamma: return isNegative ? .undefined : infinity
    case .abs, .cosh: return infinity
    case .sinh: return argument
    case .sign, .tanh, .erf: return number(isNegative ? -1 : 1)
    case .atan: return isNegative ? -right : right
    case .sech: return number(0)
    case .sin, .cos, .tan, .asin, .acos, .logit: return .undefined
    case .leakyrelu, .elu, .max, .min, .polygamma, .power, .erfc, .logerfc, .logcosh, .log1mexp, .log1psquare,
      .log1msquare, .hypot, .ratio, .damped, .dampedexpm1:
      return nil
    }
  }

  /// A number whose sign compares two numbers; equal infinities are equal.
  package static func difference(_ a: Real, _ b: Real) -> Real {
    guard case .infinity(let x) = a, case .infinity(let y) = b, x == y else { return a - b }
    return Real(0, places: 1)
  }

  /// The larger of two; if that is uncertain, either one with their distance as its error.
  package static func larger(_ a: Real, _ b: Real) -> Real {
    let difference = difference(a, b)
    if case .ball(let distance) = difference, distance.mayBeZero, !distance.isZero {
      return a.widened(by: distance.upper)
    }
    return choose(difference, a, a, b)
  }

  package static func whole(_ x: Real) -> Int? {
    guard case .ball(let ball) = x, ball.isWhole, ball.upper < 60 else { return nil }
    return Int(exactly: ball.double)
  }

  /// Chooses by the sign of the first argument.
  package static func choose(_ test: Real, _ positive: Real, _ zero: Real, _ negative: Real) -> Real {
    switch test.sign {
    case 1: return positive
    case 0: return zero
    case .some: return negative
    case nil:
      if case .undefined = test { return .undefined }
      return .undecided
    }
  }

  private static func logarithmOfOnePlus(_ a: Real, _ one: Real) -> Real {
    if case .ball(let ball) = a, ball.upper < -2 { return .known(ball.logarithmOfOnePlus) }
    return (one + a).logarithm
  }

  private static func exponentialMinusOne(_ a: Real, _ one: Real) -> Real {
    if case .ball(let ball) = a, ball.upper < 40 { return .known(ball.exponentialMinusOne) }
    return a.exponential - one
  }

  /// acos(x) = 2 atan(√((1 - x)/(1 + x))), asin(x) = atan(x/√((1 - x)(1 + x))).
  private static func inverseOfCircle(_ name: String, _ a: Real, _ one: Real, _ places: Int) -> Real {
    let (below, above) = (one - a, one + a)
    let pi = Real.ball(Ball.pi(places))
    let half = Real(0.5, places: places)
    if below.isZero { return name == "asin" ? pi * half : Real(0, places: places) }
    if above.isZero { return name == "asin" ? -(pi * half) : pi }
    if name == "acos" { return (below / above).squareRoot.through(\.arctangent) * Real(2, places: places) }
    return (a / (below * above).squareRoot).through(\.arctangent)
  }

  /// By reflection for negative x; at a pole the value that both sides, or the sign of zero, determine.
  private static func gamma(
    _ a: Real, _ one: Real, _ places: Int, _ positive: (Ball) -> Real, pole: (Ball) -> Real,
    reflected: (Real, Real, Real) -> Real
  ) -> Real {
    guard case .ball(let x) = a else { return a.sign == nil ? a : .undecided }
    switch a.sign {
    case 1: return positive(x)
    case 0: return pole(x)
    case nil: return .undecided
    case .some:
      if x.isWhole { return pole(x) }
      guard case .ball(let other) = one - a else { return .undecided }
      let pi = Real.ball(Ball.pi(places))
      return reflected((pi * a).through { $0.sineAndCosine.sine }, pi, positive(other))
    }
  }

  private static func polygamma(_ order: Int, _ a: Real, _ one: Real, _ places: Int) -> Real {
    if order < 0 || order > 20 { return .undecided }
    return gamma(a, one, places) {
      .known($0.polygamma(order))
    } pole: { x in
      if order % 2 == 1 { return .infinity(isNegative: false) }
      return x.isZero ? .infinity(isNegative: !x.isNegative) : .undefined
    } reflected: { sine, pi, other in
      // ψ(k, x) = (-1)^k (ψ(k, 1 - x)) - π d^k/dx^k cot(πx), whose derivatives are polynomials in cot(πx).
      let cotangent = (pi * a).through { $0.sineAndCosine.cosine } / sine
      let slope = Self.cotangentDerivative(order, cotangent, places)
      let change = (0...order).reduce(slope) { product, _ in product * pi }
      return (order % 2 == 0 ? other : -other) - change
    }
  }

  /// d^k/du^k cot(u), in terms of c = cot(u): dc/du = -(1 + c²).
  private static func cotangentDerivative(_ order: Int, _ c: Real, _ places: Int) -> Real {
    var coefficients = [Real(0, places: places), Real(1, places: places)]
    for _ in 0..<order {
      var next = [Real](repeating: Real(0, places: places), count: coefficients.count + 1)
      for (power, coefficient) in coefficients.enumerated().dropFirst() {
        let slope = coefficient * Real(-power, places: places)
        next[power - 1] = next[power - 1] + slope
        next[power + 1] = next[power + 1] + slope
      }
      coefficients = next
    }
    return coefficients.reversed().reduce(Real(0, places: places)) { $0 * c + $1 }
  }
}
