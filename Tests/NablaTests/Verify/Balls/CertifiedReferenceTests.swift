import Testing

@testable import NablaNumerics
@testable import NablaVerify

/// Orders, arguments and values of the polygamma function by mpmath 1.3 with 60 digits, correctly rounded.
private let polygammas: [(order: Double, x: Double, value: Double)] = [
  (1, 0.3, 12.245364546107732), (1, 7.5, 0.1426158966967038), (2, -0.4, 21.287168462856535),
  (3, -2.3, 768.9350646661422), (4, 12.25, -0.0003128913527898233), (5, -7.9, 120000297.90834971),
  (1, -1000.3, 15.078414502249117),
]

/// Ball arithmetic against values by mpmath, and against itself.
@Suite("Certified values: the arithmetic") struct CertifiedReferenceTests {
  @Test func polygammaOfEverySign() {
    for (order, x, value) in polygammas {
      for places in [3, 8, 20] {
        let real = RealFunctions.value(
          "polygamma", [Real(order, places: places), Real(x, places: places)], places: places)
        let verdict = real.map { BallValues.compare(value, $0, tolerance: 3e-16) }
        #expect(verdict == .right, "polygamma(\(order), \(x)) with \(places) limbs")
      }
    }
  }

  @Test("matrix functions have the laws by which they are known")
  func matrices() throws {
    let (seed, places) = (UInt64(11), 4)
    var generator = SplitMix64(seed: seed)
    func expectEqual(_ a: RealArray, _ b: RealArray, _ name: String) {
      let gaps = zip(a.entries, b.entries).map { ($0 - $1) }
      for gap in gaps {
        guard case .ball(let ball) = gap else {
          Issue.record("\(name): nothing certain, seed \(seed)")
          return
        }
        #expect(ball.mayBeZero && ball.upper < -140, "\(name), seed \(seed)")
      }
      #expect(a.rows == b.rows && a.columns == b.columns, "\(name)")
    }
    for (rows, columns) in [(1, 1), (3, 3), (4, 2), (2, 3)] {
      let a = RealArray(Matrix(rows: rows, columns: columns).map { _ in generator.normal() }, places: places)
      let pseudo = try #require(a.pseudoInverse(places: places))
      expectEqual(a * pseudo * a, a, "pinv")
      expectEqual((a * pseudo).transposed, a * pseudo, "pinv")
      expectEqual((pseudo * a).transposed, pseudo * a, "pinv")
      let polar = try #require(a.polarFactor(places: places))
      let gram = rows < columns ? polar * polar.transposed : polar.transposed * polar
      expectEqual(gram, .identity(gram.rows, places: places), "polar")
      let stretch = polar.transposed * a
      expectEqual(stretch.transposed, stretch, "polar")
      guard rows == columns else { continue }
      let up = try #require(a.exponential(places: places))
      let down = try #require(a.map { -$0 }.exponential(places: places))
      expectEqual(up * down, .identity(rows, places: places), "expm")
      let square = a.transposed * a
      let factor = try #require(square.choleskyFactor(places: places))
      expectEqual(factor * factor.transposed, square, "chol")
      #expect(factor.entries.indices.allSatisfy { $0 % rows >= $0 / rows || factor.entries[$0].isZero })
    }
    let diagonal = RealArray(Matrix(rows: [[2, 0], [0, -1]]), places: places)
    let powers = try #require(diagonal.exponential(places: places))
    expectEqual(
      powers, RealArray(2, 2) { $0 == $1 ? diagonal[$0, $0].exponential : Real(0, places: 1) }, "expm")
  }

  @Test("what is singular is known to be, though elimination divides")
  func singular() throws {
    let matrix = Matrix(rows: [[0.1, 0.7, 0.3], [0.2, 1.4, 0.6], [3, 5, 11]])
    let (determinant, inverse) = try #require(RealArray(matrix, places: 4).eliminated(places: 4))
    #expect(determinant.isZero)
    #expect(inverse.entries.allSatisfy { $0.isUndefined })
  }

  @Test func knownDigits() {
    for (function, x, value) in knownValues {
      // As many limbs as it takes.
      let verdicts = [3, 6, 20].lazy.compactMap { places in
        RealFunctions.value(function, [Real(x, places: places)], places: places).map {
          BallValues.compare(value, $0, tolerance: 3e-16)
        }
      }
      #expect(verdicts.contains(.right), "\(function)(\(x)) is not \(value)")
    }
  }

  @Test("digits of one count of limbs are those of more")
  func consistent() {
    for name in ["exp", "log1p", "expm1", "sin", "cos", "tan", "atan", "tanh", "erf", "lgamma", "digamma"] {
      for x in [0.3, 1.7, 9.5, 12.5, 33.1] {
        guard case .ball(let few)? = RealFunctions.value(name, [Real(x, places: 3)], places: 3),
          case .ball(let more)? = RealFunctions.value(name, [Real(x, places: 9)], places: 9)
        else {
          Issue.record("\(name)(\(x)) is not certain")
          continue
        }
        let difference = few.exact - more.exact
        #expect(difference.upper <= Ball.sum(few.error, more.error) + 1e-6, "\(name)(\(x))")
        #expect(few.accuracy > 60, "\(name)(\(x)): \(few.accuracy)")
      }
    }
  }
}
