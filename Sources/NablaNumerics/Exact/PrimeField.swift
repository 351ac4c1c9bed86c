/// A number modulo the prime p = 2^61 - 636873.
/// Minus one is not a square modulo p, and every prime up to 47 is one, so "is a square" behaves like "is positive": it
/// is multiplicative, holds for exactly one of a and -a, and holds for small integers and their quotients.
package struct PrimeField: Hashable, Sendable, ExpressibleByIntegerLiteral {
  /// The largest prime below 2^61 with these properties.
  package static let modulus: UInt64 = (1 << 61) - excess
  /// 2^61 modulo p, which makes reduction cheap.
  private static let excess: UInt64 = 636_873
  private static let mask: UInt64 = (1 << 61) - 1

  /// The representative in 0..<p.
  package let residue: UInt64

  private init(reduced: UInt64) { residue = reduced }

  /// Any number, reduced.
  package init(residue: UInt64) { self.residue = residue % Self.modulus }

  package init(_ value: Int) {
    let rest = UInt64(value.magnitude) % Self.modulus
    residue = value < 0 && rest > 0 ? Self.modulus - rest : rest
  }

  package init(_ value: Int128) {
    let rest = UInt64(value.magnitude % UInt128(Self.modulus))
    residue = value < 0 && rest > 0 ? Self.modulus - rest : rest
  }

  package init(integerLiteral value: Int) { self.init(value) }

  /// A uniform element, with a bias of 2^-41.
  package static func random(using generator: inout SplitMix64) -> PrimeField {
    PrimeField(residue: generator.next() & mask)
  }

  /// A uniform element other than zero.
  package static func randomUnit(using generator: inout SplitMix64) -> PrimeField {
    let drawn = random(using: &generator)
    return drawn.isZero ? 1 : drawn
  }

  package var isZero: Bool { residue == 0 }

  package static func + (a: PrimeField, b: PrimeField) -> PrimeField {
    let sum = a.residue &+ b.residue
    return PrimeField(reduced: sum >= modulus ? sum &- modulus : sum)
  }

  package static func - (a: PrimeField, b: PrimeField) -> PrimeField {
    PrimeField(
      reduced: a.residue >= b.residue ? a.residue &- b.residue : a.residue &+ modulus &- b.residue)
  }

  package static prefix func - (a: PrimeField) -> PrimeField {
    PrimeField(reduced: a.residue == 0 ? 0 : modulus &- a.residue)
  }

  /// The product is below 2^122; folding the bits above 2^61 twice leaves less than 2p.
  package static func * (a: PrimeField, b: PrimeField) -> PrimeField {
    let (high, low) = a.residue.multipliedFullWidth(by: b.residue)
    let (upper, lower) = ((high << 3) | (low >> 61)).multipliedFullWidth(by: excess)
    let (folded, carry) = lower.addingReportingOverflow(low & mask)
    let top = ((upper &+ (carry ? 1 : 0)) << 3) | (folded >> 61)
    let result = (folded & mask) &+ top &* excess
    return PrimeField(reduced: result >= modulus ? result &- modulus : result)
  }

  package static func += (a: inout PrimeField, b: PrimeField) { a = a + b }
  package static func -= (a: inout PrimeField, b: PrimeField) { a = a - b }
  package static func *= (a: inout PrimeField, b: PrimeField) { a = a * b }

  package func power(_ exponent: UInt64) -> PrimeField {
    var (result, base, rest) = (PrimeField(reduced: 1), self, exponent)
    while rest > 0 {
      if rest & 1 == 1 { result *= base }
      rest >>= 1
      if rest > 0 { base *= base }
    }
    return result
  }

  /// An integer power; `nil` for a negative power of zero.
  package func power(_ exponent: Int) -> PrimeField? {
    if exponent >= 0 { return power(UInt64(exponent)) }
    return inverse?.power(UInt64(exponent.magnitude))
  }

  /// By Fermat's little theorem a^(p-2); nil for zero.
  package var inverse: PrimeField? { isZero ? nil : power(Self.modulus - 2) }

  /// The Legendre symbol: 1 for a square, -1 for a nonsquare, 0 for zero. By Euler's criterion a^((p-1)/2).
  package var sign: PrimeField { power((Self.modulus - 1) / 2) }

  /// The root that is itself a square, which makes roots multiplicative; `nil` if there is none.
  /// As p is 3 modulo 4, it is a^((p+1)/4).
  package var squareRoot: PrimeField? {
    let root = power((Self.modulus + 1) / 4)
    return root * root == self ? root : nil
  }

  /// An order that negation reverses: by the representatives in (-p/2, p/2).
  package static func precedes(_ a: PrimeField, _ b: PrimeField) -> Bool { a.centered < b.centered }

  private var centered: Int64 {
    residue > Self.modulus / 2 ? Int64(residue) - Int64(Self.modulus) : Int64(residue)
  }
}

extension PrimeField: CustomStringConvertible {
  package var description: String { "\(residue)" }
}
