import NablaTypes
import Testing

@testable import NablaNumerics

@Suite struct RandomTests {
  @Test func generator() {
    var g = SplitMix64(seed: 0)
    #expect(g.next() == 0xE220_A839_7B1D_CDAF)
    var (sum, squares) = (0.0, 0.0)
    for _ in 0..<20000 {
      let x = g.normal()
      sum += x
      squares += x * x
      let u = g.uniform()
      #expect(u >= 0 && u < 1)
    }
    #expect((sum / 20000).magnitude < 0.03 && (squares / 20000 - 1).magnitude < 0.05)
    for _ in 0..<1000 {
      let x = g.shortDecimal()
      #expect(x != 0 && (x * 100 - (x * 100).rounded()).magnitude < 1e-9)
      #expect((3...5).contains(g.integer(in: 3...5)))
    }
  }

  @Test(arguments: Property.allCases) func everyProperty(property: Property) {
    for seed in 0..<40 {
      var g = SplitMix64(seed: UInt64(seed))
      let rows = g.integer(in: 1...9)
      let columns = property.isOfSquareMatrices ? rows : (seed % 3 == 0 ? 1 : g.integer(in: 1...9))
      let isVector = columns == 1 && rows > 1 && seed % 2 == 0
      let shape = "seed \(seed), \(rows)×\(columns)"
      guard
        let a = RandomInstance.random(
          rows: rows, columns: columns, isVector: isVector, properties: [property], using: &g)
      else {
        Issue.record("no \(property) matrix, \(shape)")
        continue
      }
      #expect(a.rows == rows && a.columns == columns && a.isFinite && a.maxAbs < 50)
      let complaint = RandomInstance.violation(of: property, in: a, isVector: isVector)
      #expect(complaint == nil, "\(property), \(shape)")
    }
  }

  @Test func everyPair() {
    for first in Property.allCases {
      for second in Property.allCases {
        let shapes = [
          (1, 1, false), (2, 2, false), (3, 3, false), (4, 4, false), (6, 6, false), (5, 1, true),
          (5, 1, false),
          (1, 5, false), (4, 3, false),
        ]
        for (rows, columns, isVector) in shapes {
          var g = SplitMix64(seed: 7)
          guard
            let a = RandomInstance.random(
              rows: rows, columns: columns, isVector: isVector, properties: [first, second],
              using: &g)
          else { continue }
          for property in [first, second] {
            #expect(
              RandomInstance.violation(of: property, in: a, isVector: isVector) == nil,
              "\(first) \(second) \(rows)")
          }
        }
      }
    }
  }

  /// Sets of properties that have 4×4 instances.
  static let possible: [Set<Property>] = [
    [], [.symmetric, .invertible], [.symmetric, .orthogonal], [.skew, .orthogonal],
    [.skew, .invertible], [.diagonal, .spd], [.diagonal, .psd], [.diagonal, .nonnegative],
    [.diagonal, .orthogonal], [.diagonal, .invertible], [.lower, .invertible],
    [.upper, .nonnegative], [.lower, .upper, .invertible], [.spd, .positive], [.psd, .positive],
    [.psd, .nonnegative], [.spd, .nonzero], [.symmetric, .positive], [.symmetric, .binary],
    [.symmetric, .signs], [.psd, .signs], [.psd, .binary], [.orthogonal, .nonnegative],
    [.orthogonal, .onehot], [.symmetric, .simplex], [.simplex, .spd], [.simplex, .positive],
    [.simplex, .invertible], [.simplex, .lower], [.onehot, .symmetric], [.onehot, .invertible],
    [.binary, .invertible], [.signs, .invertible], [.binary, .positive], [.signs, .positive],
    [.simplex, .binary], [.invertible, .positive], [.invertible, .nonzero], [.skew, .symmetric],
    [.spd, .orthogonal], [.simplex, .symmetric, .positive, .invertible], [.skew, .nonnegative],
    [.lower, .binary, .invertible], [.symmetric, .nonzero], [.lower, .onehot],
  ]

  @Test(arguments: possible) func possibleCombination(properties: Set<Property>) {
    for seed in 0..<10 {
      var g = SplitMix64(seed: UInt64(seed))
      let a = RandomInstance.random(rows: 4, columns: 4, isVector: false, properties: properties, using: &g)
      #expect(a != nil, "seed \(seed)")
    }
  }

  @Test func impossibleCombinations() {
    let impossible: [(Int, Int, Set<Property>)] = [
      (3, 3, [.skew, .invertible]), (3, 3, [.diagonal, .positive]), (3, 3, [.skew, .spd]),
      (2, 3, [.symmetric]), (3, 3, [.simplex, .signs]), (3, 3, [.lower, .nonzero]),
      (3, 3, [.onehot, .nonzero]), (3, 3, [.orthogonal, .binary, .positive]),
      (4, 2, [.diagonal, .onehot]),
    ]
    for (rows, columns, properties) in impossible {
      var g = SplitMix64(seed: 3)
      #expect(
        RandomInstance.random(
          rows: rows, columns: columns, isVector: false, properties: properties, using: &g)
          == nil, "\(properties)")
    }
  }

  @Test func violationsAreFound() {
    let a = Matrix(rows: [[1, 2], [3, -4]])
    for property in Property.allCases where ![.invertible, .nonzero].contains(property) {
      #expect(RandomInstance.violation(of: property, in: a, isVector: false) != nil, "\(property)")
    }
    let bad = RandomInstance.violation(of: .positive, in: a, isVector: false)
    #expect(bad?.row == 1 && bad?.column == 1 && bad?.reason == "the entry -4 is not positive")
    let ones = Matrix(rows: 2, columns: 2, repeating: 1)
    #expect(RandomInstance.violation(of: .invertible, in: ones, isVector: false) != nil)
    #expect(RandomInstance.violation(of: .symmetric, in: Matrix(rows: 2, columns: 3), isVector: false) != nil)
    #expect(RandomInstance.violation(of: .spd, in: ones, isVector: false) != nil)
    #expect(RandomInstance.violation(of: .psd, in: ones, isVector: false) == nil)
    let nan = Matrix(rows: 2, columns: 2, repeating: .nan)
    for property in Property.allCases {
      #expect(RandomInstance.violation(of: property, in: nan, isVector: false) != nil, "\(property)")
    }
  }

  /// Properties follow the declared shape at every size: for a vector as a whole, for each row of a matrix.
  @Test func linesAreThoseOfTheDeclaredShape() {
    let cases: [(column: [Double], property: Property, ofVector: Bool, ofMatrix: Bool)] = [
      ([0.2, 0.3, 0.5], .simplex, true, false), ([1, 1, 1], .simplex, false, true),
      ([0, 1, 0], .onehot, true, false), ([1, 1, 1], .onehot, false, true), ([1], .onehot, true, true),
      ([1], .simplex, true, true), ([0.5], .simplex, false, false), ([0, 1, 1], .binary, true, true),
    ]
    for (column, property, ofVector, ofMatrix) in cases {
      let a = Matrix(column: column)
      for (isVector, has) in [(true, ofVector), (false, ofMatrix)] {
        let violation = RandomInstance.violation(of: property, in: a, isVector: isVector)
        #expect((violation == nil) == has, "\(property), \(column), vector: \(isVector)")
      }
    }
  }
}
