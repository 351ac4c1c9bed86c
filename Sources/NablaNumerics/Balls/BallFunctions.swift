import Synchronization

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

// Elementary functions of balls. Each series stops with a bound of its remainder added to the error.

extension Ball {
  private var one: Ball { Ball(1, places: places) }
  /// The bits to which a series of magnitude 1 is summed.
  private var bits: Double { Double(64 * places) }

  /// Constants by their number of limbs.
  private static let constants = Mutex<[String: Ball]>([:])

  private static func constant(_ name: String, _ places: Int, _ value: (Int) -> Ball) -> Ball {
    let key = "\(name) \(places)"
    if let known = constants.withLock({ $0[key] }) { return known }
    let made = value(places)
    constants.withLock { $0[key] = made }
    return made
  }

  /// log(2) = 2 atanh(1/3).
  package static func logOfTwo(_ places: Int) -> Ball {
    constant("log 2", places) { (Ball(1, places: $0) / 3).hyperbolicArctangent * 2 }
  }

  /// π = 16 atan(1/5) - 4 atan(1/239), by Machin.
  package static func pi(_ places: Int) -> Ball {
    constant("pi", places) { (places: Int) in
      let (a, b) = (Ball(1, places: places) / 5, Ball(1, places: places) / 239)
      return a.arctangentSeries(-1) * 16 - b.arctangentSeries(-1) * 4
    }
  }

  /// Σ sign^k x^(2k+1)/(2k+1) for |x| < 1/2.
  fileprivate func arctangentSeries(_ sign: Int) -> Ball {
    let square = self * self * sign
    guard square.upper < -1, let series = FixedSeries(square, places: places + 1) else { return unbounded }
    let sum = series.sum(divisor: { _ in 1 }, weight: { 2 * $0 + 1 })
    // The derivative with respect to the square is below 1/(1 - 1/2)^2.
    return self * sum.widened(by: square.error + 2)
  }

  /// A number of which nothing is known.
  private var unbounded: Ball {
    Ball(isNegative: false, limbs: [], exponent: 0, error: .infinity, places: places)
  }

  /// atanh(x) for |x| < 1/2.
  package var hyperbolicArctangent: Ball { arctangentSeries(1) }

  /// Σ x^k/k! from k = `start`, which is 0 or 1, for |x| < 1; a step of 2 with a sign for sine and cosine.
  private func factorialSeries(from start: Int, step: Int = 1, sign: Int = 1) -> Ball {
    let factor = step == 1 ? self : self * self * sign
    guard factor.upper < 1, let series = FixedSeries(factor, places: places + 1) else { return unbounded }
    let sum = series.sum(
      divisor: { k in
        let last = start + step * k
        return step == 1 ? last : last * (last - 1)
      }, weight: { _ in 1 })
    // The derivative with respect to the factor is below e^2.
    let widened = sum.widened(by: factor.error + 3)
    return start == 0 ? widened : self * widened
  }

  /// e^x for |x| < 2^40.
  package var exponential: Ball {
    if isZero { return one }
    guard upper < 41 else {
      return unbounded
    }
    let multiple = (double / 0.6931471805599453).rounded()
    let halvings = 4 + Int(bits.squareRoot() / 2)
    let rest = (self - Ball.logOfTwo(places) * Int(multiple)).scaled(-halvings)
    guard rest.upper < 0 else {
      return unbounded
    }
    var result = rest.factorialSeries(from: 0)
    for _ in 0..<halvings { result = result * result }
    return result.scaled(Int(multiple))
  }

  /// e^x - 1.
  package var exponentialMinusOne: Ball {
    if isZero { return self }
    return upper < -1 ? factorialSeries(from: 1) : exponential - 1
  }

  /// The square root of a nonnegative number.
  package var squareRoot: Ball {
    if isZero { return self }
    if mayBeZero {
      return Ball(isNegative: false, limbs: [], exponent: 0, error: upper / 2 + 1, places: places)
    }
    // 2^(2s) times a number near 1, by Newton's method starting from a double.
    let half = Int((middle / 2).rounded())
    let near = scaled(-2 * half)
    var root = Ball(near.double.squareRoot(), places: places)
    for _ in 0..<8 {
      let correction = (near.exact - root * root) / (root * 2)
      root = (root + correction).exact
      if correction.upper < -bits { break }
    }
    let correction = (near - root * root) / (root * 2)
    return (root + correction).widened(by: 2 * correction.upper).scaled(half)
  }

  /// The logarithm of a positive number.
  package var logarithm: Ball {
    if mayBeZero { return unbounded }
    let scale = Int(middle.rounded(.up))
    var (near, multiple) = (scaled(-scale), scale)
    if near.double < 0.7 { (near, multiple) = (near.scaled(1), scale - 1) }
    // With y near log(x): log(x) = y + 2 atanh((x - e^y)/(x + e^y)), which triples the digits each time.
    let distance = near - 1
    if distance.upper < -2 {
      let own = (distance / (near + 1)).hyperbolicArctangent * 2
      return multiple == 0 ? own : own + Ball.logOfTwo(places) * multiple
    }
    var guess = Ball(log(near.double), places: places)
    var digits = 50.0
    while true {
      let power = guess.exponential
      let quotient = (near - power) / (near + power)
      if digits > bits / 3 {
        let result = guess + quotient * 2
        let widened = result.widened(by: 3 * quotient.upper)
        return multiple == 0 ? widened : widened + Ball.logOfTwo(places) * multiple
      }
      guess = (guess + quotient * 2).exact
      digits *= 2.9
    }
  }

  /// log(1 + x) for x > -1.
  package var logarithmOfOnePlus: Ball {
    if isZero { return self }
    return upper < -2 ? (self / (self + 2)).hyperbolicArctangent * 2 : (self + 1).logarithm
  }

  /// The sine and the cosine.
  package var sineAndCosine: (sine: Ball, cosine: Ball) {
    let unknown = Ball(isNegative: false, limbs: [], exponent: 0, error: 0, places: places)
    if isZero { return (self, one) }
    if upper > bits - 32 { return (unknown, unknown) }
    let right = Ball.pi(places).scaled(-1)
    let turns = upper < -1 ? Ball(0, places: places) : (self / right).nearestWhole
    let rest = self - turns * right
    guard rest.upper < 0.5 else { return (unknown, unknown) }
    let sine = rest.factorialSeries(from: 1, step: 2, sign: -1)
    let cosine = rest.factorialSeries(from: 0, step: 2, sign: -1)
    let quarter = turns.exponent > 0 || turns.limbs.isEmpty ? 0 : Int(turns.limbs[0] & 3)
    switch turns.isNegative ? (4 - quarter) & 3 : quarter {
    case 1: return (cosine, -sine)
    case 2: return (-sine, -cosine)
    case 3: return (-cosine, sine)
    default: return (sine, cosine)
    }
  }

  /// An integer near the midpoint.
  private var nearestWhole: Ball {
    let half = Ball(isNegative ? -0.5 : 0.5, places: places)
    let moved = exact + half
    let cut = -moved.exponent
    if cut <= 0 { return moved.exact }
    return Ball(
      isNegative: moved.isNegative, limbs: cut < moved.limbs.count ? Array(moved.limbs[cut...]) : [],
      exponent: 0,
      error: -.infinity, places: places)
  }

  package var arctangent: Ball {
    if isZero { return self }
    if !mayBeZero, middle > 1 {
      let rest = (one / self).arctangent
      let right = Ball.pi(places).scaled(-1)
      return isNegative ? -right - rest : right - rest
    }
    var (small, halvings) = (self, 0)
    while small.upper > -3, halvings < 8 {
      small = small / ((small * small + 1).squareRoot + 1)
      halvings += 1
    }
    return small.arctangentSeries(-1).scaled(halvings)
  }

  /// Σ x^k/(1·3·5···(2k+1)) for x ≥ 0, in blocks of √n terms: few products of two long numbers.
  private var oddFactorialSeries: Ball {
    guard upper < 40 else { return unbounded }
    // The logarithms of the first omitted term and of the largest one.
    var (count, last, largest) = (0, 0.0, 0.0)
    repeat {
      count += 1
      let divisor = log2(Double(2 * count + 1))
      last += upper - divisor
      largest = max(largest, last)
      if upper < divisor - 1, last < largest - bits - 8 { break }
    } while count < 40_000
    let width = max(1, Int(Double(count).squareRoot()))
    var powers = [one]
    for _ in 0..<width { powers.append(powers[powers.count - 1] * self) }
    var total = Ball(0, places: places)
    for k in (1..<max(1, count)).reversed() {
      total = (total + powers[k % width]) / (2 * k + 1)
      if k.isMultiple(of: width) { total = total * powers[width] }
    }
    // The omitted terms are together below twice the first of them.
    return (total + one).widened(by: count < 40_000 ? last + 2 : .infinity)
  }

  /// The error function.
  package var errorFunction: Ball {
    if isZero { return self }
    if lower > 16 {
      let rest = -exp2(2 * min(lower, 60)) * 1.4
      return Ball(isNegative ? -1 : 1, places: places).widened(by: rest)
    }
    let rootOfPi = Ball.pi(places).squareRoot
    let square = self * self
    // The asymptotic series has no more digits than it has decreasing terms: e^(-x²) for the tail.
    if double.magnitude < 8 || double * double * 1.4 < bits {
      return self * (square * 2).oddFactorialSeries * (-square).exponential * 2 / rootOfPi
    }
    // 1 - e^(-x²)/(x √π) (1 - 1/(2x²) + 3/(2x²)² - …), with an error below the first omitted term.
    var (term, total, k) = (one, one, 1)
    let inverse = one / (square * -2)
    while Double(k) < 2 * (double * double).rounded(.down) - 2 {
      let next = term * inverse * k
      if next.upper > term.upper || next.upper < -bits { break }
      term = next
      total = total + term
      k += 2
    }
    let tail = (-square).exponential / (magnitude * rootOfPi) * total.widened(by: term.upper)
    return isNegative ? tail - 1 : one - tail
  }
}
