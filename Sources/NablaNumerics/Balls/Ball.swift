#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// A real number known to lie within an error of a multi-limb number.
/// Every operation bounds its own rounding, so a result carries its accuracy. If it is too low, compute again with more
/// limbs. The exponent is an Int, so nothing overflows.
package struct Ball: Sendable {
  package let isNegative: Bool
  /// The magnitude is the limbs times 2^(64*exponent).
  package let limbs: [UInt64]
  package let exponent: Int
  /// The base-2 logarithm of the largest error.
  package let error: Double
  /// The number of limbs that results keep.
  package let places: Int
  /// The base-2 logarithm of the magnitude of the midpoint, with an error below `slack`.
  private let size: Double
  private static let slack = 1e-9

  package init(isNegative: Bool, limbs: [UInt64], exponent: Int, error: Double, places: Int) {
    var (first, last) = (0, limbs.count)
    while last > 0, limbs[last - 1] == 0 { last -= 1 }
    var error = error
    if last > places {
      first = last - places
      if limbs[..<first].contains(where: { $0 != 0 }) {
        error = Self.sum(error, Double(64 * (exponent + first)))
      }
    }
    while first < last, limbs[first] == 0 { first += 1 }
    // Zero has a sign, like a double; a ball around zero has none.
    self.isNegative = isNegative && (first < last || error == -.infinity)
    self.limbs = first == 0 && last == limbs.count ? limbs : Array(limbs[first..<last])
    self.exponent = first < last ? exponent + first : 0
    self.error = error
    self.places = places
    if let top = self.limbs.last {
      let next = self.limbs.count > 1 ? self.limbs[self.limbs.count - 2] : 0
      size = Double(64 * (self.exponent + self.limbs.count - 1)) + log2(Double(top) + Double(next) * 0x1p-64)
    } else {
      size = -.infinity
    }
  }

  /// The number itself.
  package init(_ value: Double, places: Int) {
    guard value != 0 else {
      self.init(
        isNegative: value.sign == .minus, limbs: [], exponent: 0, error: -.infinity, places: places)
      return
    }
    let size = value.magnitude
    let low = Int(size.exponent) - 52
    let limb = Int((Double(low) / 64).rounded(.down))
    let mantissa = UInt64(size.significand * 0x1p52)
    self.init(
      isNegative: value < 0, limbs: Limbs.shiftedLeft([mantissa], low - 64 * limb), exponent: limb,
      error: -.infinity, places: places)
  }

  package init(_ value: Int, places: Int) {
    self.init(
      isNegative: value < 0, limbs: [UInt64(value.magnitude)], exponent: 0, error: -.infinity, places: places)
  }

  // MARK: Sizes

  /// log2, for errors and magnitudes.
  package static func logarithm(_ value: Double) -> Double { log2(value) }

  /// log2(2^a + 2^b), rounded up.
  package static func sum(_ a: Double, _ b: Double) -> Double {
    let (large, small) = (max(a, b), min(a, b))
    if small == -.infinity || large == .infinity { return large }
    return large + log2(1 + exp2(small - large)) + slack
  }

  /// An upper bound for the logarithm of the midpoint's magnitude.
  package var middle: Double { size + Self.slack }
  /// A lower bound for the logarithm of the midpoint's magnitude.
  private var least: Double { size - Self.slack }
  /// An upper bound for the logarithm of the magnitude.
  package var upper: Double { Self.sum(middle, error) }
  /// A lower bound for the logarithm of the magnitude; minus infinity if the value may be zero.
  package var lower: Double {
    if error == -.infinity { return least }
    return error < least - 1e-6 ? least + log2(1 - exp2(error - least)) - Self.slack : -.infinity
  }
  package var isZero: Bool { limbs.isEmpty && error == -.infinity }
  /// Whether it is exactly an integer: the lowest stored limb is not zero.
  package var isWhole: Bool { exponent >= 0 && error == -.infinity }
  /// Whether it contains zero.
  package var mayBeZero: Bool { lower == -.infinity }
  /// The number of known bits.
  package var accuracy: Double { isZero ? .infinity : lower - error }

  /// The midpoint without its error.
  package var exact: Ball { with(error: -.infinity) }
  package func with(error: Double) -> Ball {
    Ball(isNegative: isNegative, limbs: limbs, exponent: exponent, error: error, places: places)
  }
  package func widened(by more: Double) -> Ball { with(error: Self.sum(error, more)) }

  /// The midpoint as a double.
  package var double: Double {
    var value = 0.0
    for limb in limbs.suffix(2).reversed() { value = value * 0x1p64 + Double(limb) }
    let shift = 64 * (exponent + max(0, limbs.count - 2))
    let scaled = scalbn(value, min(max(shift, -5000), 5000))
    return isNegative ? -scaled : scaled
  }

  // MARK: Arithmetic

  package static prefix func - (a: Ball) -> Ball {
    Ball(isNegative: !a.isNegative, limbs: a.limbs, exponent: a.exponent, error: a.error, places: a.places)
  }
  package var magnitude: Ball { isNegative ? -self : self }

  package static func + (a: Ball, b: Ball) -> Ball {
    let places = max(a.places, b.places)
    var error = Self.sum(a.error, b.error)
    if a.limbs.isEmpty || b.limbs.isEmpty {
      let some = a.limbs.isEmpty ? b : a
      let isNegative = some.limbs.isEmpty ? a.isNegative && b.isNegative : some.isNegative
      return Ball(
        isNegative: isNegative, limbs: some.limbs, exponent: some.exponent, error: error, places: places)
    }
    let top = max(a.exponent + a.limbs.count, b.exponent + b.limbs.count)
    let bottom = max(min(a.exponent, b.exponent), top - places - 2)
    func aligned(_ x: Ball) -> [UInt64] {
      let shift = x.exponent - bottom
      if shift >= 0 { return [UInt64](repeating: 0, count: shift) + x.limbs }
      error = Self.sum(error, Double(64 * bottom))
      return -shift >= x.limbs.count ? [] : Array(x.limbs[(-shift)...])
    }
    let (x, y) = (aligned(a), aligned(b))
    if a.isNegative == b.isNegative {
      return Ball(
        isNegative: a.isNegative, limbs: Limbs.add(x, y), exponent: bottom, error: error, places: places)
    }
    let isLess = Limbs.less(x, y)
    let difference = isLess ? Limbs.subtract(y, x) : Limbs.subtract(x, y)
    // Exact cancellation gives zero without a sign.
    let isNegative = (isLess ? b.isNegative : a.isNegative) && difference.contains { $0 != 0 }
    return Ball(
      isNegative: isNegative, limbs: difference, exponent: bottom, error: error, places: places)
  }

  package static func - (a: Ball, b: Ball) -> Ball { a + -b }

  package static func * (a: Ball, b: Ball) -> Ball {
    let places = max(a.places, b.places)
    var error = -Double.infinity
    if a.error > -.infinity { error = Self.sum(error, a.error + b.upper) }
    if b.error > -.infinity { error = Self.sum(error, a.middle + b.error) }
    return Ball(
      isNegative: a.isNegative != b.isNegative, limbs: Limbs.multiply(a.limbs, b.limbs),
      exponent: a.exponent + b.exponent, error: error, places: places)
  }

  /// The error is unbounded if b contains zero.
  package static func / (a: Ball, b: Ball) -> Ball {
    let places = max(a.places, b.places)
    if b.mayBeZero {
      return Ball(isNegative: false, limbs: [], exponent: 0, error: .infinity, places: places)
    }
    let shift = max(0, places + 1 + b.limbs.count - a.limbs.count)
    let quotient = Limbs.divide([UInt64](repeating: 0, count: shift) + a.limbs, b.limbs)
    let exponent = a.exponent - shift - b.exponent
    var error = a.limbs.isEmpty ? -Double.infinity : Double(64 * exponent)
    if a.error > -.infinity { error = Self.sum(error, a.error - b.lower) }
    if b.error > -.infinity { error = Self.sum(error, a.upper - b.lower + b.error - b.least) }
    return Ball(
      isNegative: a.isNegative != b.isNegative, limbs: quotient, exponent: exponent, error: error,
      places: places)
  }

  package static func * (a: Ball, b: Int) -> Ball { a * Ball(b, places: a.places) }
  package static func / (a: Ball, b: Int) -> Ball { a / Ball(b, places: a.places) }
  package static func + (a: Ball, b: Int) -> Ball { a + Ball(b, places: a.places) }
  package static func - (a: Ball, b: Int) -> Ball { a + -b }

  /// Times 2^bits.
  package func scaled(_ bits: Int) -> Ball {
    let limb = Int((Double(bits) / 64).rounded(.down))
    return Ball(
      isNegative: isNegative, limbs: Limbs.shiftedLeft(limbs, bits - 64 * limb), exponent: exponent + limb,
      error: error + Double(bits), places: places)
  }

  package func power(_ count: Int) -> Ball {
    var (result, factor, left) = (Ball(1, places: places), self, count)
    while left > 0 {
      if left & 1 == 1 { result = result * factor }
      left >>= 1
      if left > 0 { factor = factor * factor }
    }
    return result
  }
}
