#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// A real number of any magnitude: a ball, or ±e^b with a ball b if it is too large or small for one, or an infinity
/// with the laws of IEEE 754.
package enum Real: Sendable {
  case ball(Ball)
  case power(isNegative: Bool, logarithm: Ball)
  /// The result of a division by zero, and its consequences.
  case infinity(isNegative: Bool)
  /// Outside a domain, or at a pole without a sign: not a number.
  case undefined
  /// The limbs do not suffice to tell.
  case undecided

  package init(_ value: Double, places: Int) {
    self = value.isFinite ? .ball(Ball(value, places: places)) : .undefined
  }
  package init(_ value: Int, places: Int) { self = .ball(Ball(value, places: places)) }

  /// A ball if its error is bounded and its magnitude fits the exponents.
  package static func known(_ ball: Ball) -> Real {
    if ball.error == .infinity || ball.error.isNaN { return .undecided }
    if ball.upper < largestLogarithm, ball.mayBeZero || ball.lower > -largestLogarithm { return .ball(ball) }
    return ball.mayBeZero
      ? .undecided : .power(isNegative: ball.isNegative, logarithm: ball.magnitude.logarithm)
  }

  /// Beyond 2 to the power of this, and below 2 to the power of minus this, logarithms are stored.
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
    case .infinity, .undefined, .undecided: self
    }
  }

  package var isUndefined: Bool { if case .undefined = self { true } else { false } }
  package var isUndecided: Bool { if case .undecided = self { true } else { false } }
  package var isInfinite: Bool { if case .infinity = self { true } else { false } }

  /// Whether it is exactly zero.
  package var isZero: Bool { if case .ball(let ball) = self { ball.isZero } else { false } }

  /// -1, 0 or 1; `nil` if uncertain.
  package var sign: Int? {
    switch self {
    case .ball(let ball): ball.isZero ? 0 : ball.mayBeZero ? nil : ball.isNegative ? -1 : 1
    case .power(let isNegative, _), .infinity(let isNegative): isNegative ? -1 : 1
    case .undefined, .undecided: nil
    }
  }

  /// The failure of two operands, which takes precedence over known values.
  private static func failure(_ a: Real, _ b: Real) -> Real {
    if case .undefined = a { return a }
    if case .undefined = b { return b }
    return .undecided
  }

  /// Whether it has a minus sign; a zero may have one.
  private var hasMinus: Bool {
    if case .ball(let ball) = self { ball.isNegative } else { sign == -1 }
  }

  private static func zero(isNegative: Bool) -> Real {
    .ball(Ball(isNegative: isNegative, limbs: [], exponent: 0, error: -.infinity, places: 1))
  }

  /// A ball that contains it, for numbers too small for a ball of their own.
  private var small: Ball? {
    guard case .power(_, let logarithm) = self, logarithm.isNegative else { return nil }
    let bound = logarithm.double / 0.6931471805599454 * 0.999
    return Ball(isNegative: false, limbs: [], exponent: 0, error: bound, places: logarithm.places)
  }

  /// The logarithm of the magnitude.
  private var logarithmOfSize: Ball? {
    switch self {
    case .ball(let ball): ball.mayBeZero ? nil : ball.magnitude.logarithm
    case .power(_, let logarithm): logarithm
    case .infinity, .undefined, .undecided: nil
    }
  }

  /// ±e^b, as a ball if possible.
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
    case .infinity(let isNegative): .infinity(isNegative: !isNegative)
    case .undefined, .undecided: a
    }
  }

  package static func + (a: Real, b: Real) -> Real {
    if case .ball(let x) = a, case .ball(let y) = b { return .known(x + y) }
    if a.isZero { return b }
    if b.isZero { return a }
    if a.isInfinite || b.isInfinite {
      guard let x = a.sign, let y = b.sign else { return failure(a, b) }
      if a.isInfinite && b.isInfinite { return x == y ? a : .undefined }
      return a.isInfinite ? a : b
    }
    if case .ball(let x) = a, let y = b.small { return .known(x + y) }
    if case .ball(let y) = b, let x = a.small { return .known(x + y) }
    if a.isUndecided || b.isUndecided { return failure(a, b) }
    guard let x = a.logarithmOfSize, let y = b.logarithmOfSize, let signA = a.sign, let signB = b.sign else {
      return failure(a, b)
    }
    let difference = y - x
    if difference.mayBeZero, signA != signB, let x = a.small, let y = b.small { return .known(x + y) }
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
    if a.isUndefined || b.isUndefined { return .undefined }
    if a.isInfinite || b.isInfinite {
      guard let x = a.sign, let y = b.sign else { return .undecided }
      return x * y == 0 ? .undefined : .infinity(isNegative: x != y)
    }
    if a.isZero || b.isZero { return zero(isNegative: a.hasMinus != b.hasMinus) }
    if a.isUndecided || b.isUndecided { return .undecided }
    guard let x = a.logarithmOfSize, let y = b.logarithmOfSize, let signA = a.sign, let signB = b.sign else {
      return .undecided
    }
    return made(signA != signB, x + y)
  }

  package static func / (a: Real, b: Real) -> Real {
    if a.isUndefined || b.isUndefined { return .undefined }
    if b.isZero {
      guard let sign = a.sign else { return .undecided }
      return sign == 0 ? .undefined : .infinity(isNegative: (sign < 0) != b.hasMinus)
    }
    if case .ball(let x) = a, case .ball(let y) = b { return y.mayBeZero ? .undecided : .known(x / y) }
    if a.isInfinite || b.isInfinite {
      if a.isInfinite && b.isInfinite { return .undefined }
      let isNegative = a.hasMinus != b.hasMinus
      if b.isInfinite { return a.isUndecided ? .undecided : zero(isNegative: isNegative) }
      return b.sign == nil ? .undecided : .infinity(isNegative: isNegative)
    }
    if a.isZero, b.sign != nil { return zero(isNegative: a.hasMinus != b.hasMinus) }
    if a.isUndecided || b.isUndecided { return failure(a, b) }
    guard let x = a.logarithmOfSize, let y = b.logarithmOfSize, let signA = a.sign, let signB = b.sign else {
      return failure(a, b)
    }
    return made(signA != signB, x - y)
  }

  /// Applies a function to the ball; a number too small for a ball is replaced by one that contains it. At infinity the
  /// result is undefined.
  package func through(_ function: (Ball) -> Ball) -> Real {
    switch self {
    case .ball(let ball): .known(function(ball))
    case .power: small.map { .known(function($0)) } ?? .undecided
    case .infinity: .undefined
    case .undefined, .undecided: self
    }
  }

  package var exponential: Real {
    switch self {
    case .ball(let ball): Real.made(false, ball)
    case .power: through(\.exponential)
    case .infinity(let isNegative): isNegative ? Real.zero(isNegative: false) : self
    case .undefined, .undecided: self
    }
  }

  package var logarithm: Real {
    switch sign {
    case 1: return isInfinite ? self : logarithmOfSize.map { Real.known($0) } ?? .undecided
    case 0: return .infinity(isNegative: true)
    case .some: return .undefined
    case nil: return Real.failure(self, self)
    }
  }

  /// Integer powers, and other powers of positive numbers; 1 to any power is 1, as in IEEE 754.
  package func power(_ exponent: Real, whole: Int?) -> Real {
    if let whole, whole.magnitude <= 64 {
      if whole == 0 { return Real(1, places: 1) }
      var result = self
      for _ in 1..<max(1, Int(whole.magnitude)) { result = result * self }
      return whole < 0 ? Real(1, places: 1) / result : result
    }
    if case .ball(let ball) = self, ball.error == -.infinity, (ball - 1).isZero, !exponent.isUndefined {
      return self
    }
    if isZero {
      return exponent.sign.map { $0 > 0 ? Real.zero(isNegative: false) : .infinity(isNegative: false) }
        ?? Real.failure(exponent, exponent)
    }
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
      if isInfinite { return self }
      guard case .ball(let ball) = self else { return (logarithm * Real(0.5, places: 1)).exponential }
      return .known(ball.squareRoot)
    case nil: return Real.failure(self, self)
    }
  }
}
