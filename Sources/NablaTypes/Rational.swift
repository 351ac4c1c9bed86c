/// An exact fraction in lowest terms. Overflow of 128 bits gives `overflow`, which propagates and is reported as an
/// error when a formula leaves the engine.
package struct Rational: Hashable, Sendable, ExpressibleByIntegerLiteral {
  package let numerator: Int128
  /// Positive, or 0 for `overflow`.
  package let denominator: Int128

  package static let overflow = Rational(numerator: 0, denominator: 0)
  package var isOverflow: Bool { denominator == 0 }

  private init(numerator: Int128, denominator: Int128) {
    self.numerator = numerator
    self.denominator = denominator
  }

  package init(_ value: Int) { self.init(numerator: Int128(value), denominator: 1) }
  package init(integerLiteral value: Int) { self.init(value) }

  /// `a / b`; `overflow` when b is 0.
  package init(_ a: Int128, over b: Int128) {
    if b == 0 || a == .min || b == .min {
      self = .overflow
      return
    }
    let divisor = Self.greatestCommonDivisor(a.magnitude, b.magnitude)
    let sign: Int128 = b < 0 ? -1 : 1
    self.init(numerator: sign * a / Int128(divisor), denominator: sign * b / Int128(divisor))
  }

  private static func greatestCommonDivisor(_ a: UInt128, _ b: UInt128) -> UInt128 {
    if a <= UInt128(UInt64.max), b <= UInt128(UInt64.max) {
      var (x, y) = (UInt64(a), UInt64(b))
      while y != 0 { (x, y) = (y, x % y) }
      return UInt128(x)
    }
    var (x, y) = (a, b)
    while y != 0 { (x, y) = (y, x % y) }
    return x
  }

  package var isZero: Bool { numerator == 0 && denominator != 0 }
  package var isOne: Bool { numerator == 1 && denominator == 1 }
  package var isInteger: Bool { denominator == 1 }
  package var isNegative: Bool { numerator < 0 }
  package var magnitude: Rational { isNegative ? -self : self }
  package var integer: Int? { denominator == 1 ? Int(exactly: numerator) : nil }

  package static prefix func - (a: Rational) -> Rational {
    Rational(numerator: -a.numerator, denominator: a.denominator)
  }

  package static func + (a: Rational, b: Rational) -> Rational {
    if a.isOverflow || b.isOverflow { return .overflow }
    if a.isInteger, b.isInteger {
      let (sum, overflow) = a.numerator.addingReportingOverflow(b.numerator)
      return overflow || sum == .min ? .overflow : Rational(numerator: sum, denominator: 1)
    }
    let (x, o1) = a.numerator.multipliedReportingOverflow(by: b.denominator)
    let (y, o2) = b.numerator.multipliedReportingOverflow(by: a.denominator)
    let (top, o3) = x.addingReportingOverflow(y)
    let (bottom, o4) = a.denominator.multipliedReportingOverflow(by: b.denominator)
    return o1 || o2 || o3 || o4 ? .overflow : Rational(top, over: bottom)
  }

  package static func - (a: Rational, b: Rational) -> Rational { a + -b }

  package static func * (a: Rational, b: Rational) -> Rational {
    if a.isOverflow || b.isOverflow { return .overflow }
    if a.isOne { return b }
    if b.isOne { return a }
    let (top, o1) = a.numerator.multipliedReportingOverflow(by: b.numerator)
    if a.isInteger, b.isInteger {
      return o1 || top == .min ? .overflow : Rational(numerator: top, denominator: 1)
    }
    let (bottom, o2) = a.denominator.multipliedReportingOverflow(by: b.denominator)
    return o1 || o2 ? .overflow : Rational(top, over: bottom)
  }

  /// `overflow` when b is 0.
  package static func / (a: Rational, b: Rational) -> Rational { a * b.reciprocal }
  package var reciprocal: Rational { isOverflow ? self : Rational(denominator, over: numerator) }

  /// An integer power by squaring; `overflow` if it does not fit or is undefined.
  package func power(_ exponent: Int) -> Rational {
    var base = exponent < 0 ? reciprocal : self
    var count = exponent.magnitude
    var result: Rational = 1
    while count > 0 {
      if count & 1 == 1 { result = result * base }
      count >>= 1
      if count > 0 { base = base * base }
      if result.isOverflow || base.isOverflow { return .overflow }
    }
    return result
  }

  package static func < (a: Rational, b: Rational) -> Bool { (a - b).isNegative }

  package var double: Double { Double(numerator) / Double(denominator) }

  /// Reads `2`, `0.5`, `.5`, `1e-3` exactly; `nil` if the text is not a number, `overflow` if it does not fit.
  package init?(text: some StringProtocol) {
    var digits: Int128 = 0
    var scale = 0
    var seenPoint = false
    var exponent = 0
    var seenDigit = false
    var index = text.utf8.startIndex
    while index < text.utf8.endIndex {
      let byte = text.utf8[index]
      index = text.utf8.index(after: index)
      switch byte {
      case UInt8(ascii: "0")...UInt8(ascii: "9"):
        seenDigit = true
        let (tens, o1) = digits.multipliedReportingOverflow(by: 10)
        let (next, o2) = tens.addingReportingOverflow(Int128(byte - UInt8(ascii: "0")))
        if o1 || o2 {
          self = .overflow
          return
        }
        digits = next
        if seenPoint { scale += 1 }
      case UInt8(ascii: ".") where !seenPoint:
        seenPoint = true
      case UInt8(ascii: "e"), UInt8(ascii: "E"):
        guard seenDigit, let value = Int(String(decoding: text.utf8[index...], as: UTF8.self)) else {
          return nil
        }
        exponent = value
        index = text.utf8.endIndex
      default:
        return nil
      }
    }
    guard seenDigit else { return nil }
    if digits == 0 {
      self = 0
      return
    }
    guard exponent.magnitude < 1000, scale < 1000 else {
      self = .overflow
      return
    }
    self = Rational(digits, over: 1) * Rational(10).power(exponent - scale)
  }
}

extension Rational: Comparable {}

extension Rational: CustomStringConvertible {
  package var description: String {
    isOverflow ? "overflow" : denominator == 1 ? "\(numerator)" : "\(numerator)/\(denominator)"
  }
}
