import NablaTypes
import Testing

@testable import NablaNumerics

@Suite("random instances without rounding")
struct ExactInstanceTests {
  private func instance(
    _ property: Property, _ rows: Int, _ columns: Int, isVector: Bool = false, seed: UInt64
  ) -> Matrix? {
    var generator = SplitMix64(seed: seed)
    return RandomInstance.random(
      rows: rows, columns: columns, isVector: isVector, properties: [property], using: &generator)
  }

  @Test("the rows of a simplex sum to 1 exactly", arguments: 1...20 as ClosedRange<UInt64>)
  func simplex(seed: UInt64) throws {
    let rows = try #require(instance(.simplex, 4, 3, seed: seed))
    for i in 0..<4 { #expect(rows[i, 0] + rows[i, 1] + rows[i, 2] == 1, "seed \(seed)") }
    let vector = try #require(instance(.simplex, 5, 1, isVector: true, seed: seed))
    #expect(vector.sum == 1, "seed \(seed)")
  }

  @Test("the determinant of a semidefinite matrix is exactly 0", arguments: 1...20 as ClosedRange<UInt64>)
  func semidefinite(seed: UInt64) throws {
    let matrix = try #require(instance(.psd, 3, 3, seed: seed))
    let determinant = RealArray(matrix, places: 8).eliminated(places: 8)?.determinant
    #expect(determinant?.isZero == true, "seed \(seed)")
  }

  @Test(
    "an orthogonal matrix is so to 110 digits, near its doubles", arguments: 1...20 as ClosedRange<UInt64>)
  func orthogonal(seed: UInt64) throws {
    let doubles = RealArray(try #require(instance(.orthogonal, 4, 4, seed: seed)), places: 8)
    let exact = try #require(doubles.orthogonalized(places: 8))
    let residual = (exact.transposed * exact).zip(.identity(4, places: 8), -)
    for entry in residual.entries { #expect(size(entry) < -380, "seed \(seed)") }
    for entry in exact.zip(doubles, -).entries { #expect(size(entry) < -48, "seed \(seed)") }
  }

  @Test func farFromOrthogonal() {
    #expect(RealArray(Matrix(rows: 2, columns: 2, repeating: 1), places: 8).orthogonalized(places: 8) == nil)
  }

  /// The logarithm of a bound.
  private func size(_ number: Real) -> Double {
    guard case .ball(let ball) = number else { return .infinity }
    return ball.upper
  }
}
