#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// A real number of any size: a ball, or ±e^b with a ball b too large to write out.
package enum Real: Sendable {
  case ball(Ball)
  case power(isNegative: Bool, logarithm: Ball)
  /// Of a pole or outside of a domain, so neither a number nor infinite for certain.
  case undefined
  /// The limbs do not tell.
  case undecided

  package init(_ value: Double, places: Int) {
    self = value.isFinite ? .ball(Ball(value, places: places)) : .undefined
  }
  package init(_ value: Int, places: Int) { self = .ball(Ball(value, places: places)) }

  /// A ball whose error is not without bound; of a size that exponents bear.
  package static func known(_ ball: Ball) -> Real {
    if ball.error == .infinity || ball.error.isNaN { return .undecided }
    if ball.upper < largestLogarithm, ball.mayBeZero || ball.lower > -largestLogarithm { return .ball(ball) }
    return ball.mayBeZero
      ? .undecided : .power(isNegative: ball.isNegative, logarithm: ball.magnitude.logarithm)
  }

  /// Beyond 2 to this, and below 2 to minus this, logarithms are kept.
  private static let largestLogarithm = 0x1p42

  package static func sum(_ parts: some Sequence<Real>) -> Real {
    var total: Real?
    for part in parts { total = total.map { $0 + part } ?? part }
    return total ?? Real(0, places: 1)
  }

  /// With an error of 2^bits more.
  package func widened(by bits: Double) -> Real { through { $0.widened(by: bits) } }

  /// Times 2^bits.
  package func scaled(_ bits: Int) -> Real {
    switch self {
    case .ball(let ball): .known(ball.scaled(bits))
    case .power(let isNegative, let logarithm):
      .power(isNegative: isNegative, logarithm: logarithm + Ball.logOfTwo(logarithm.places) * bits)
    case .undefined, .undecided: self
    }
  }

  package var isUndefined: Bool { if case .undefined = self { true } else { false } }
  package var isUndecided: Bool { if case .undecided = self { true } else { false } }

  /// Whether it is exactly zero.
  package var isZero: Bool { if case .ball(let ball) = self { ball.isZero } else { false } }

  /// -1, 0 or 1, or nil where it is not certain.
  package var sign: Int? {
    switch self {
    case .ball(let ball): ball.isZero ? 0 : ball.mayBeZero ? nil : ball.isNegative ? -1 : 1
    case .power(let isNegative, _): isNegative ? -1 : 1
    case .undefined, .undecided: nil
    }
  }

  /// What fails of two, which outranks what is known.
  private static func failure(_ a: Real, _ b: Real) -> Real {
    if case .undefined = a { return a }
    if case .undefined = b { return b }
    return .undecided
  }

  /// A ball that holds it, for what is too small to write out.
  private var small: Ball? {
    guard case .power(_, let logarithm) = self, logarithm.isNegative else { return nil }
    let bound = logarithm.double / 0.6931471805599454 * 0.999
    return Ball(isNegative: false, limbs: [], exponent: 0, error: bound, places: logarithm.places)
  }

  /// The logarithm of the size.
  private var logarithmOfSize: Ball? {
    switch self {
    case .ball(let ball): ball.mayBeZero ? nil : ball.magnitude.logarithm
    case .power(_, let logarithm): logarithm
    case .undefined, .undecided: nil
    }
  }

  /// ±e^b, written out where it can be.
  private static func made(_ isNegative: Bool, _ logarithm: Ball) -> Real {
    if logarithm.upper > 40 {
      return logarithm.mayBeZero ? .undecided : .power(isNegative: isNegative, logarithm: logarithm)
    }
    let size = logarithm.exponential
    return .known(isNegative ? -size : size)
  }

  package static prefix func - (a: Real) -> Real {
    switch a {
    case .ball(let ball): .ball(-ball)
    case .power(let isNegative, let logarithm): .power(isNegative: !isNegative, logarithm: logarithm)
    case .undefined, .undecided: a
    }
  }

  package static func + (a: Real, b: Real) -> Real {
    if case .ball(let x) = a, case .ball(let y) = b { return .known(x + y) }
    if a.isZero { return b }
    if b.isZero { return a }
    if case .ball(let x) = a, let y = b.small { return .known(x + y) }
    if case .ball(let y) = b, let x = a.small { return .known(x + y) }
    guard let x = a.logarithmOfSize, let y = b.logarithmOfSize, let signA = a.sign, let signB = b.sign else {
      return failure(a, b)
    }
    let difference = y - x
    if difference.mayBeZero {
      return signA == signB
        ? made(signA < 0, x + Real.made(false, difference).ballOrZero.logarithmOfOnePlus) : .undecided
    }
    let (large, ratio, sign) = difference.isNegative ? (x, difference, signA) : (y, -difference, signB)
    if ratio.upper > 40 { return made(sign < 0, large.widened(by: -1e9)) }
    let part = ratio.exponential
    return made(sign < 0, large + (signA == signB ? part : -part).logarithmOfOnePlus)
  }

  private var ballOrZero: Ball {
    if case .ball(let ball) = self { return ball }
    return Ball(isNegative: false, limbs: [], exponent: 0, error: .infinity, places: 1)
  }

  package static func - (a: Real, b: Real) -> Real { a + -b }

  package static func * (a: Real, b: Real) -> Real {
    if case .ball(let x) = a, case .ball(let y) = b { return .known(x * y) }
    guard case .undefined = failure(a, b) else {
      if a.isZero { return a }
      if b.isZero { return b }
      guard let x = a.logarithmOfSize, let y = b.logarithmOfSize, let signA = a.sign, let signB = b.sign
      else {
        return .undecided
      }
      return made(signA != signB, x + y)
    }
    return .undefined
  }

  package static func / (a: Real, b: Real) -> Real {
    if b.isZero { return .undefined }
    if case .ball(let x) = a, case .ball(let y) = b { return y.mayBeZero ? .undecided : .known(x / y) }
    if a.isZero, b.sign != nil { return a }
    guard let x = a.logarithmOfSize, let y = b.logarithmOfSize, let signA = a.sign, let signB = b.sign else {
      return failure(a, b)
    }
    return made(signA != signB, x - y)
  }

  /// What a function gives for a ball; what is too small counts as a ball.
  package func through(_ function: (Ball) -> Ball) -> Real {
    switch self {
    case .ball(let ball): .known(function(ball))
    case .power: small.map { .known(function($0)) } ?? .undecided
    case .undefined, .undecided: self
    }
  }

  package var exponential: Real {
    switch self {
    case .ball(let ball): Real.made(false, ball)
    case .power: through(\.exponential)
    case .undefined, .undecided: self
    }
  }

  package var logarithm: Real {
    switch sign {
    case 1: return logarithmOfSize.map { Real.known($0) } ?? .undecided
    case .some: return .undefined
    case nil: return Real.failure(self, self)
    }
  }

  /// Whole powers, and others of what is positive.
  package func power(_ exponent: Real, whole: Int?) -> Real {
    if let whole, whole.magnitude <= 64 {
      if whole == 0 { return Real(1, places: 1) }
      var result = self
      for _ in 1..<max(1, Int(whole.magnitude)) { result = result * self }
      return whole < 0 ? Real(1, places: 1) / result : result
    }
    if isZero { return exponent.sign.map { $0 > 0 ? self : .undefined } ?? .undecided }
    if let whole, sign == -1 {
      let size = (exponent * (-self).logarithm).exponential
      return whole % 2 == 0 ? size : -size
    }
    return (exponent * logarithm).exponential
  }

  package var squareRoot: Real {
    switch sign {
    case 0: return self
    case -1: return .undefined
    case .some:
      guard case .ball(let ball) = self else { return (logarithm * Real(0.5, places: 1)).exponential }
      return .known(ball.squareRoot)
    case nil: return Real.failure(self, self)
    }
  }
}
