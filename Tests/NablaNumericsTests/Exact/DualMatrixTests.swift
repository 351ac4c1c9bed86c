import Testing

@testable import NablaNumerics

private let seed: UInt64 = 20_260_502

/// Random matrices with all four parts.
private struct Sample {
  var generator = SplitMix64(seed: seed)

  mutating func matrix(_ rows: Int, _ columns: Int) -> DualMatrix {
    DualMatrix(
      .random(rows, columns, using: &generator), first: .random(rows, columns, using: &generator),
      second: .random(rows, columns, using: &generator), mixed: .random(rows, columns, using: &generator))
  }
}

private func identity(_ n: Int) -> DualMatrix { DualMatrix(.identity(n)) }

/// Equal, where a part that is nil counts as zeros.
private func same(_ a: DualMatrix, _ b: DualMatrix) -> Bool {
  let difference = a - b
  return [difference.value, difference.first, difference.second, difference.mixed].allSatisfy {
    $0?.isZero ?? true
  }
}

@Suite("Matrices with two infinitesimals, seed 20260502") struct DualMatrixTests {
  @Test(arguments: 1...5) func inverse(n: Int) throws {
    var sample = Sample()
    let a = sample.matrix(n, n)
    let inverse = try #require(a.inverse)
    #expect(same(a * inverse, identity(n)) && same(inverse * a, identity(n)))
    let x = try #require(a.value.inverse)
    #expect(inverse.first == -(x * (try #require(a.first)) * x))
  }

  @Test(arguments: 1...5) func determinantAndAdjugate(n: Int) throws {
    var sample = Sample()
    let (a, b) = (sample.matrix(n, n), sample.matrix(n, n))
    let (determinant, adjugate) = a.determinantAndAdjugate
    #expect(same(a * adjugate, identity(n).hadamard(determinant)))
    let product = (a * b).determinantAndAdjugate.determinant
    #expect(same(product, determinant.hadamard(b.determinantAndAdjugate.determinant)))
    // Jacobi's formula
    let slope = (adjugate.value * (try #require(a.first))).trace
    #expect(determinant.first?.storage == [slope])
  }

  @Test("a singular matrix has a determinant with a derivative, and no inverse")
  func singular() throws {
    var sample = Sample()
    var a = DualMatrix(sample.matrix(3, 1).value * sample.matrix(1, 3).value)
    #expect(a.inverse == nil)
    var two = a.value
    two[2, 2] += 1
    a = DualMatrix(two, first: sample.matrix(3, 3).value)
    let (determinant, adjugate) = a.determinantAndAdjugate
    #expect(determinant.value.isZero && !adjugate.value.isZero)
    #expect(determinant.first?.storage == [(adjugate.value * (try #require(a.first))).trace])
  }

  @Test func knownDeterminants() {
    func determinant(_ rows: [[Int]]) -> PrimeField {
      let n = rows.count
      let entries = (0..<(n * n)).map { PrimeField(rows[$0 % n][$0 / n]) }
      return DualMatrix(FieldMatrix(rows: n, columns: n, storage: entries))
        .determinantAndAdjugate.determinant.value.storage[0]
    }
    #expect(determinant([[2]]) == 2 && determinant([[1, 2], [3, 4]]) == -2)
    #expect(determinant([[2, 0, 1], [1, 3, 2], [1, 1, 1]]) == 0)
    #expect(determinant([[0, 1, 0, 0], [1, 0, 0, 0], [0, 0, 0, 1], [0, 0, 1, 0]]) == 1)
  }

  @Test("the product rule: (AB)C = A(BC), transposes, Kronecker and entrywise products")
  func products() {
    var sample = Sample()
    let (a, b, c) = (sample.matrix(2, 3), sample.matrix(3, 4), sample.matrix(4, 2))
    #expect(same((a * b) * c, a * (b * c)))
    #expect(same((a * b).transposed, b.transposed * a.transposed))
    let (k, l) = (sample.matrix(3, 2), sample.matrix(4, 3))
    func kron(_ x: DualMatrix, _ y: DualMatrix) -> DualMatrix { x.bilinear(y) { $0.kron($1) } }
    #expect(same(kron(a, b) * kron(k, l.transposed.transposed.hadamard(l)), kron(a * k, b * l.hadamard(l))))
    #expect(same((a * b * c).trace, (c * a * b).trace))
  }

  @Test("one over an entry, by Taylor's formula to the second order")
  func reciprocal() throws {
    var sample = Sample()
    let a = sample.matrix(2, 2)
    let over = try #require(a.reciprocal)
    #expect(same(a.hadamard(over), DualMatrix(FieldMatrix(rows: 2, columns: 2, repeating: 1))))
    #expect(DualMatrix(FieldMatrix(rows: 1, columns: 2)).reciprocal == nil)
  }

  @Test("the Cholesky factor and its derivatives", arguments: 1...4)
  func cholesky(n: Int) throws {
    var sample = Sample()
    var lower = sample.matrix(n, n)
    lower.value = try #require(
      FieldInstance.random(rows: n, columns: n, isVector: false, properties: [.spd], using: &sample.generator)
    )
    let drawn = (lower + lower.transposed).scaled(by: try #require(PrimeField(2).inverse))
    let factor = try #require(drawn.cholesky)
    #expect(same(factor * factor.transposed, drawn))
    for part in [factor.value, factor.first, factor.second, factor.mixed].compactMap({ $0 }) {
      for j in 0..<n { for i in 0..<j { #expect(part[i, j].isZero) } }
    }
    #expect((DualMatrix(-drawn.value)).cholesky == nil)
  }
}
