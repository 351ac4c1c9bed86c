import Testing

@testable import NablaNumerics

private let seed: UInt64 = 20_260_501
private let p = PrimeField.modulus

private func draws(_ count: Int) -> [PrimeField] {
  var generator = SplitMix64(seed: seed)
  let edges = [0, 1, 2, p - 1, p - 2, p / 2, p / 2 + 1, 1 << 60].map { PrimeField(residue: $0) }
  return edges + (0..<count).map { _ in PrimeField.random(using: &generator) }
}

@Suite("The prime field, seed 20260501") struct PrimeFieldTests {
  @Test("the modulus is prime: by Miller and Rabin for the bases that decide below 2^64")
  func modulus() {
    #expect(p == 2_305_843_009_213_057_079)
    let (odd, twos) = ((p - 1) >> (p - 1).trailingZeroBitCount, (p - 1).trailingZeroBitCount)
    for base in [2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37] {
      var power = PrimeField(base).power(odd)
      var isWitness = power != 1 && power != -1
      for _ in 1..<max(twos, 1) {
        power *= power
        if power == -1 { isWitness = false }
      }
      #expect(!isWitness, "base \(base)")
    }
  }

  @Test func productsAreThoseOfWideIntegers() {
    let values = draws(40)
    for a in values {
      for b in values {
        let wide = UInt128(a.residue) * UInt128(b.residue) % UInt128(p)
        #expect((a * b).residue == UInt64(wide), "\(a) \(b)")
        #expect((a + b).residue == UInt64((UInt128(a.residue) + UInt128(b.residue)) % UInt128(p)))
        #expect(a - b + b == a && -a + a == 0)
      }
    }
  }

  @Test func inversesAndFermat() {
    for a in draws(60) where !a.isZero {
      #expect(a.inverse.map { $0 * a } == 1 && a.power(p - 1) == 1)
      #expect(a.power(-3) == a.inverse.map { $0 * $0 * $0 })
    }
    #expect(PrimeField(0).inverse == nil && PrimeField(0).power(-1) == nil && PrimeField(0).power(0) == 1)
  }

  @Test func wholeNumbers() {
    #expect(PrimeField(-1) + 1 == 0 && PrimeField(7) * PrimeField(-6) == PrimeField(-42))
    #expect(PrimeField(Int.min) + PrimeField(Int.max) == -1)
    #expect(PrimeField(Int128.min) + PrimeField(Int128.max) == -1)
    #expect(PrimeField(residue: .max).residue == UInt64.max % p)
  }

  @Test("squares behave like positive numbers")
  func squares() {
    #expect(PrimeField(-1).sign == -1 && PrimeField(0).sign == 0 && PrimeField(0).squareRoot == 0)
    for prime in [2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47] {
      #expect(PrimeField(prime).sign == 1, "\(prime)")
    }
    let values = draws(30).filter { !$0.isZero }
    for a in values {
      #expect(a.sign * (-a).sign == -1)
      #expect((a.squareRoot == nil) == (a.sign == -1))
      #expect((a * a).squareRoot == a.sign * a)
      #expect(PrimeField.precedes(a, 0) != PrimeField.precedes(-a, 0))
      for b in values {
        #expect((a * b).sign == a.sign * b.sign)
        #expect(PrimeField.precedes(a, b) == PrimeField.precedes(-b, -a))
        if let x = a.squareRoot, let y = b.squareRoot { #expect((a * b).squareRoot == x * y) }
      }
    }
  }
}
