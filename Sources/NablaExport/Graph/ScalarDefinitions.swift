import NablaTypes

extension ScalarHelper {
  /// The helper's body in terms of its parameters, which are inputs.
  func definition() -> (graph: ExportGraph, result: Int) {
    var terms = ScalarTerms()
    let arguments = parameters.map { terms.graph.add(.input($0), [], .scalar) }
    let result = body(&terms, arguments)
    return (terms.graph, result)
  }

  private func body(_ t: inout ScalarTerms, _ arguments: [Int]) -> Int {
    let x = arguments[0]
    let zero = t.number(0)
    let one = t.number(1)
    let two = t.number(2)
    switch self {
    case .sech:
      let e = Self.decay(&t, x)
      return t.over(t.times(two, e), t.plus(one, t.square(e)))
    case .sigmoid:
      let e = Self.decay(&t, x)
      return t.over(t.whereLess(x, zero, e, one), t.plus(one, e))
    case .softplus:
      return t.plus(t.call(.maximum, x, zero), t.call(.log1p, Self.decay(&t, x)))
    case .logit:
      let middle = t.call(.log1p, t.over(t.minus(t.times(two, x), one), t.minus(one, x)))
      let outside = t.minus(t.call(.log, x), t.call(.log1p, t.negative(x)))
      let distance = t.call(.abs, t.minus(x, t.number(Rational(1, over: 2))))
      return t.whereLess(distance, t.number(Rational(1, over: 4)), middle, outside)
    case .leakyrelu: return t.whereLess(zero, x, x, t.times(arguments[1], x))
    case .elu:
      return t.whereLess(
        zero, x, x, t.times(arguments[1], t.call(.expm1, t.call(.minimum, x, zero))))
    case .gelu:
      let root = t.call(.sqrt, two)
      return t.over(t.times(x, t.call(.erfc, t.over(t.negative(x), root))), two)
    case .digamma: return Self.digamma(&t, x)
    case .polygamma: return Self.polygamma(&t, order: x, arguments[1])
    case .logerfc: return Self.logerfc(&t, x)
    case .logcosh:
      let size = t.call(.abs, x)
      let decay = t.call(.exp, t.times(t.number(-2), size))
      let far = t.minus(t.plus(size, t.call(.log1p, decay)), t.call(.log, two))
      let half = t.over(t.call(.minimum, size, one), two)
      let near = t.call(.log1p, t.times(two, t.square(t.call(.sinh, half))))
      return t.whereLess(one, size, far, near)
    case .log1mexp:
      let near = t.call(.log, t.negative(t.call(.expm1, x)))
      let far = t.call(.log1p, t.negative(t.call(.exp, x)))
      return t.whereLess(t.negative(t.call(.log, two)), x, near, far)
    case .log1psquare:
      let size = t.call(.abs, x)
      let bound = t.number(100_000_000)
      let far = t.times(two, t.call(.log, t.call(.maximum, size, one)))
      return t.whereLess(bound, size, far, t.call(.log1p, t.square(t.call(.minimum, size, bound))))
    case .log1msquare:
      let near = t.call(.log1p, t.negative(t.square(x)))
      let far = t.call(.log, t.times(t.minus(one, x), t.plus(one, x)))
      return t.whereLess(t.call(.abs, x), t.number(Rational(1, over: 2)), near, far)
    case .dampedexpm1:
      let u = arguments[1]
      let large = t.call(.expm1, t.negative(t.call(.maximum, x, one)))
      let far = t.times(t.call(.exp, t.plus(u, x)), t.negative(large))
      let near = t.times(t.call(.exp, u), t.call(.expm1, t.call(.minimum, x, one)))
      return t.whereLess(one, x, far, near)
    }
  }

  /// exp(-|x|).
  private static func decay(_ t: inout ScalarTerms, _ x: Int) -> Int {
    t.call(.exp, t.negative(t.call(.abs, x)))
  }

  /// The recurrence up to x + 10, then the asymptotic series (NIST DLMF 5.11.2).
  private static func digamma(_ t: inout ScalarTerms, _ x: Int) -> Int {
    let y = t.plus(x, t.number(10))
    let v = t.over(t.number(1), t.square(y))
    var series = t.number(0)
    // B(2k)/(2k), last term first.
    let coefficients = [
      Rational(1, over: 12), Rational(-691, over: 32760), Rational(1, over: 132), Rational(-1, over: 240),
      Rational(1, over: 252), Rational(-1, over: 120), Rational(1, over: 12),
    ]
    for coefficient in coefficients { series = t.times(v, t.plus(series, t.number(coefficient))) }
    var value = t.minus(
      t.minus(t.call(.log, y), t.over(t.number(Rational(1, over: 2)), y)), series)
    for k in 0..<10 { value = t.minus(value, t.over(t.number(1), t.plus(x, t.number(Rational(k))))) }
    return value
  }

  /// (-1)^(k + 1) k! zeta(k + 1, x), with Hurwitz's zeta function by the Euler-Maclaurin formula (NIST DLMF 25.11.28).
  private static func polygamma(_ t: inout ScalarTerms, order: Int, _ x: Int) -> Int {
    let one = t.number(1)
    let k = t.call(.maximum, order, one)
    let s = t.plus(k, one)
    let exponent = t.negative(s)
    let y = t.plus(x, t.number(12))
    var zeta = t.number(0)
    for j in 0..<12 {
      zeta = t.plus(zeta, t.call(.power, t.plus(x, t.number(Rational(j))), exponent))
    }
    var tail = t.plus(t.over(y, k), t.number(Rational(1, over: 2)))
    var term = t.over(s, y)
    let coefficients = [
      Rational(1, over: 12), Rational(-1, over: 720), Rational(1, over: 30240), Rational(-1, over: 1_209_600),
      Rational(1, over: 47_900_160), Rational(-691, over: 1_307_674_368_000),
    ]
    for (index, coefficient) in coefficients.enumerated() {
      tail = t.plus(tail, t.times(t.number(coefficient), term))
      let next = t.times(
        t.plus(s, t.number(Rational(2 * index + 1))), t.plus(s, t.number(Rational(2 * index + 2))))
      term = t.over(t.times(term, next), t.square(y))
    }
    zeta = t.plus(zeta, t.times(t.call(.power, y, exponent), tail))
    let sign = t.negative(t.call(.cos, t.times(t.graph.add(.pi, [], .scalar), k)))
    let factorial = t.call(.exp, t.call(.lgamma, s))
    let value = t.times(t.times(sign, factorial), zeta)
    let digamma = t.graph.apply(ScalarHelper.digamma, [x])
    return t.whereLess(order, t.number(Rational(1, over: 2)), digamma, value)
  }

  /// Above 20, the asymptotic series of erfc (NIST DLMF 7.12.1).
  private static func logerfc(_ t: inout ScalarTerms, _ x: Int) -> Int {
    let bound = t.number(20)
    let large = t.call(.maximum, x, bound)
    let v = t.over(t.number(1), t.times(t.number(2), t.square(large)))
    var series = t.number(1)
    for odd in stride(from: 13, through: 1, by: -2) {
      series = t.minus(t.number(1), t.times(t.times(t.number(Rational(odd)), v), series))
    }
    let root = t.call(.sqrt, t.graph.add(.pi, [], .scalar))
    let far = t.minus(
      t.call(.log, series), t.plus(t.square(large), t.call(.log, t.times(large, root))))
    let near = t.call(.log, t.call(.erfc, t.call(.minimum, x, bound)))
    let small = t.call(.log1p, t.negative(t.call(.erf, x)))
    return t.whereLess(
      x, t.number(Rational(1, over: 2)), small, t.whereLess(bound, x, far, near))
  }
}
