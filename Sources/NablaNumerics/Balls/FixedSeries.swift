/// A power series at a fraction, summed in fixed point: `places` limbs after the binary point, and one before it.
/// Balls round every operation on its own; a series needs one bound for all of them, and no storage for its terms.
struct FixedSeries {
  /// The limbs after the binary point.
  private let places: Int
  /// The magnitude of y < 1, truncated.
  private let fraction: [UInt64]
  private let isNegative: Bool

  /// `nil` if |y| is not below 1.
  init?(_ y: Ball, places: Int) {
    guard y.middle < 0 else { return nil }
    var fraction = [UInt64](repeating: 0, count: places)
    for (index, limb) in y.limbs.enumerated() where index + y.exponent + places >= 0 {
      fraction[index + y.exponent + places] = limb
    }
    (self.fraction, self.places, isNegative) = (fraction, places, y.isNegative)
  }

  /// Σ t(k)/weight(k) with t(0) = 1 and t(k) = t(k - 1)*y/divisor(k), where divisors and weights are below 2^32.
  /// The error is that of rounding alone; it holds if later terms are at most half as large as those before, as they are
  /// for |y| ≤ 1/2 or divisors of at least 2.
  func sum(divisor: (Int) -> Int, weight: (Int) -> Int) -> Ball {
    var total = [UInt64](repeating: 0, count: places + 1)
    total[places] = 1
    var term = [UInt64](repeating: 0, count: places)
    var product = [UInt64](repeating: 0, count: 2 * places)
    var part = term
    var count = 0
    total.withUnsafeMutableBufferPointer { total in
      term.withUnsafeMutableBufferPointer { term in
        product.withUnsafeMutableBufferPointer { product in
          part.withUnsafeMutableBufferPointer { part in
            fraction.withUnsafeBufferPointer { fraction in
              count = sum(total, term, product, part, fraction, divisor, weight)
            }
          }
        }
      }
    }
    // Each term has an error below 5 units in the last place, and the rest is below the last term's error.
    let error = Ball.logarithm(Double(8 * count + 16)) - Double(64 * places)
    return Ball(isNegative: false, limbs: total, exponent: -places, error: error, places: places - 1)
  }

  private typealias Numbers = UnsafeMutableBufferPointer<UInt64>

  /// Adds the terms from the second on, until they vanish; returns their number.
  private func sum(
    _ total: Numbers, _ term: Numbers, _ product: Numbers, _ part: Numbers,
    _ fraction: UnsafeBufferPointer<UInt64>, _ divisor: (Int) -> Int, _ weight: (Int) -> Int
  ) -> Int {
    var width = places
    while width > 0, fraction[width - 1] == 0 { width -= 1 }
    for i in 0..<places { term[i] = fraction[i] }
    // The limbs of the term up to its highest one.
    var (high, count) = (width, 1)
    while true {
      Self.divide(term, high, by: UInt64(divisor(count)))
      while high > 0, term[high - 1] == 0 { high -= 1 }
      if high == 0 { return count }
      let weight = UInt64(weight(count))
      if weight == 1 {
        accumulate(term, high, total, subtracts: isNegative && count % 2 == 1)
      } else {
        for i in 0..<high { part[i] = term[i] }
        Self.divide(part, high, by: weight)
        accumulate(part, high, total, subtracts: isNegative && count % 2 == 1)
      }
      multiply(term, high, fraction, width, product)
      high = max(0, high + width - places)
      for i in 0..<high { term[i] = product[i + places] }
      for i in high..<places { term[i] = 0 }
      count += 1
    }
  }

  /// Divides the lowest `count` limbs by a number below 2^32.
  private static func divide(_ limbs: Numbers, _ count: Int, by divisor: UInt64) {
    if divisor == 1 { return }
    var rest: UInt64 = 0
    for i in stride(from: count - 1, through: 0, by: -1) {
      let upper = rest << 32 | limbs[i] >> 32
      let lower = (upper % divisor) << 32 | limbs[i] & 0xFFFF_FFFF
      limbs[i] = (upper / divisor) << 32 | lower / divisor
      rest = lower % divisor
    }
  }

  private func accumulate(_ term: Numbers, _ count: Int, _ total: Numbers, subtracts: Bool) {
    var carry: UInt64 = 0
    for i in 0...places {
      if i >= count, carry == 0 { return }
      let value = i < count ? term[i] : 0
      if subtracts {
        let (first, under) = total[i].subtractingReportingOverflow(value)
        let (difference, more) = first.subtractingReportingOverflow(carry)
        total[i] = difference
        carry = under || more ? 1 : 0
      } else {
        let (first, over) = total[i].addingReportingOverflow(value)
        let (sum, more) = first.addingReportingOverflow(carry)
        total[i] = sum
        carry = over || more ? 1 : 0
      }
    }
  }

  /// The product of the lowest limbs of two numbers.
  private func multiply(
    _ a: Numbers, _ count: Int, _ b: UnsafeBufferPointer<UInt64>, _ width: Int, _ product: Numbers
  ) {
    for i in 0..<(count + width) { product[i] = 0 }
    for i in 0..<count {
      var carry: UInt64 = 0
      let factor = a[i]
      for j in 0..<width {
        let (high, low) = factor.multipliedFullWidth(by: b[j])
        let (first, over) = low.addingReportingOverflow(product[i + j])
        let (sum, more) = first.addingReportingOverflow(carry)
        product[i + j] = sum
        carry = high &+ (over ? 1 : 0) &+ (more ? 1 : 0)
      }
      product[i + width] = carry
    }
  }
}
