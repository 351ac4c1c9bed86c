import NablaTypes
import Testing

@testable import NablaNumerics

private let seed: UInt64 = 20_260_503

@Suite("Matrices over the field with properties, seed 20260503") struct FieldInstanceTests {
  private static func has(
    _ property: Property, _ a: FieldMatrix, isVector: Bool = false
  ) -> Bool {
    func entries(_ body: (Int, Int) -> Bool) -> Bool {
      (0..<a.rows).allSatisfy { i in (0..<a.columns).allSatisfy { body(i, $0) } }
    }
    func sums(_ body: ([PrimeField]) -> Bool) -> Bool {
      if isVector { return body(a.storage) }
      return (0..<a.rows).allSatisfy { i in body((0..<a.columns).map { a[i, $0] }) }
    }
    switch property {
    case .symmetric: return a == a.transposed
    case .skew: return a == -a.transposed
    case .diagonal: return entries { $0 == $1 || a[$0, $1].isZero }
    case .lower: return entries { $0 >= $1 || a[$0, $1].isZero }
    case .upper: return entries { $0 <= $1 || a[$0, $1].isZero }
    case .orthogonal: return a.transposed * a == .identity(a.rows)
    case .invertible: return a.inverse != nil
    case .spd:
      // Leading minors are squares, the meaning of positive here.
      return a == a.transposed
        && (1...a.rows).allSatisfy { size in
          let corner = (0..<(size * size)).map { a[$0 % size, $0 / size] }
          return DualMatrix(FieldMatrix(rows: size, columns: size, storage: corner))
            .determinantAndAdjugate.determinant.value.storage[0].sign == 1
        }
    case .psd: return a == a.transposed
    case .positive: return a.storage.allSatisfy { $0.sign == 1 }
    case .nonnegative: return a.storage.allSatisfy { $0.sign != -1 }
    case .nonzero: return a.storage.allSatisfy { !$0.isZero }
    case .binary: return a.storage.allSatisfy { $0 == 0 || $0 == 1 }
    case .signs: return a.storage.allSatisfy { $0 == 1 || $0 == -1 }
    case .simplex: return sums { $0.reduce(0, +) == 1 }
    case .onehot:
      return sums { $0.filter { $0 == 1 }.count == 1 && $0.filter(\.isZero).count == $0.count - 1 }
    }
  }

  @Test(arguments: Property.allCases) func holdsExactly(_ property: Property) throws {
    var generator = SplitMix64(seed: seed)
    var determinants: Set<PrimeField> = []
    for size in 1...5 {
      for _ in 0..<8 {
        let drawn = FieldInstance.random(
          rows: size, columns: size, isVector: false, properties: [property], using: &generator)
        let a = try #require(drawn)
        #expect(Self.has(property, a), "\(property) of size \(size): \(a)")
        if property == .orthogonal {
          determinants.insert(DualMatrix(a).determinantAndAdjugate.determinant.value.storage[0])
        }
      }
    }
    if property == .orthogonal { #expect(determinants == [1, -1]) }
  }

  @Test("combined properties hold together, or there is no matrix")
  func combinations() {
    var generator = SplitMix64(seed: seed)
    for first in Property.allCases {
      for second in Property.allCases {
        for (rows, columns, isVector) in [(3, 3, false), (4, 1, true), (4, 1, false), (2, 3, false)] {
          guard
            let a = FieldInstance.random(
              rows: rows, columns: columns, isVector: isVector, properties: [first, second],
              using: &generator)
          else { continue }
          // Sign properties are meaningless for definite and skew matrices, zeros and sums.
          let vague: Set<Property> = [.positive, .nonnegative, .nonzero, .invertible]
          for property in [first, second] where !vague.contains(property) {
            #expect(Self.has(property, a, isVector: isVector), "\(first), \(second): \(a)")
          }
        }
      }
    }
  }

  @Test func nonsquareMatricesHaveNoSquareProperties() {
    var generator = SplitMix64(seed: seed)
    for property in Property.allCases where property.isOfSquareMatrices {
      let drawn = FieldInstance.random(
        rows: 2, columns: 3, isVector: false, properties: [property], using: &generator)
      #expect(drawn == nil, "\(property)")
    }
  }
}
