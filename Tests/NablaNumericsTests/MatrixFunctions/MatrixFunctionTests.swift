import Testing

@testable import NablaNumerics

@Suite struct MatrixFunctionTests {
  @Test(arguments: 0..<200) func pseudoInverse(seed: Int) {
    var g = SplitMix64(seed: UInt64(seed))
    let (m, n) = (g.integer(in: 1...10), g.integer(in: 1...10))
    let a = g.matrix(m, n, rank: g.integer(in: 0...min(m, n)))
    let x = a.pseudoInverse
    let scale = max(1, a.maxAbs) * max(1, x.maxAbs)
    #expect(distance(a * x * a, a) < 1e-12 * scale, "seed \(seed)")
    #expect(distance(x * a * x, x) < 1e-12 * scale, "seed \(seed)")
    #expect(distance((a * x).transposed, a * x) < 1e-12 * scale, "seed \(seed)")
    #expect(distance((x * a).transposed, x * a) < 1e-12 * scale, "seed \(seed)")
  }

  /// The adjugate by its definition, from cofactors.
  func cofactors(_ a: Matrix) -> Matrix {
    let n = a.rows
    var x = Matrix(rows: n, columns: n)
    for i in 0..<n {
      for j in 0..<n {
        let keptRows = (0..<n).filter { $0 != i }
        let keptColumns = (0..<n).filter { $0 != j }
        let minor = Matrix(
          rows: n - 1, columns: n - 1,
          storage: keptColumns.flatMap { c in keptRows.map { a[$0, c] } })
        x[j, i] = minor.determinant * ((i + j) % 2 == 0 ? 1 : -1)
      }
    }
    return x
  }

  @Test(arguments: 0..<200) func adjugate(seed: Int) {
    var g = SplitMix64(seed: UInt64(seed))
    let n = g.integer(in: 1...7)
    let a = g.matrix(n, n, rank: max(n - seed % 4, 0))
    #expect(distance(a.adjugate, cofactors(a)) < 1e-11, "seed \(seed)")
  }

  @Test(arguments: 0..<100) func exponential(seed: Int) {
    var g = SplitMix64(seed: UInt64(seed))
    let n = g.integer(in: 1...8)
    let size = [1e-8, 0.1, 1, 5, 20][seed % 5]
    let b = g.matrix(n, n)
    let a = (size / Double(n)) * (b + b.transposed)
    let wanted = SymmetricEigen(a).applying(Double.exp)
    #expect(distance(a.exponential / wanted.maxAbs, wanted / wanted.maxAbs) < 1e-12, "seed \(seed)")
    // exp of a skew matrix is orthogonal.
    let q = (size * (b - b.transposed)).exponential
    #expect(distance(q.multiplied(by: q, transposingSelf: true), .identity(n)) < 1e-11)
  }

  @Test func exponentialOfNilpotentAndExtremes() {
    let a = Matrix(rows: [[0, 1000], [0, 0]])
    #expect(distance(a.exponential, Matrix(rows: [[1, 1000], [0, 1]])) < 1e-15)
    #expect(agree(Matrix(1.0).exponential[0, 0], 2.718281828459045, 1e-15))
    #expect(Matrix(-1e6).exponential[0, 0] == 0)
    #expect(Matrix(Double.infinity).exponential[0, 0].isNaN)
    #expect(!Matrix(1e308).exponential.isFinite)
    #expect(Matrix(rows: 0, columns: 0).exponential.count == 0)
  }

  @Test(arguments: 0..<50) func structure(seed: Int) {
    var g = SplitMix64(seed: UInt64(seed))
    let sizes = (0..<4).map { _ in g.integer(in: 1...5) }
    let (m, n, p, q) = (sizes[0], sizes[1], sizes[2], sizes[3])
    let (a, b, x) = (g.matrix(m, n), g.matrix(p, q), g.matrix(q, n))
    // vec(B X A') = (A ⊗ B) vec X
    let left = (b * x).multiplied(by: a, transposingOther: true).vectorized
    #expect(distance(left, a.kronecker(b) * x.vectorized) < 1e-13, "seed \(seed)")
    #expect(Matrix.commutation(m, n) * a.vectorized == a.transposed.vectorized)
    let s = g.matrix(m, m)
    #expect(s.lowerTriangle + s.upperTriangle - Matrix(diagonal: s.diagonal) == s)
    let symmetric = s + s.transposed
    #expect(symmetric.lowerHalf + symmetric.lowerHalf.transposed == symmetric)

    let polar = a.polar
    let stretch = polar.multiplied(by: a, transposingSelf: true)
    if m >= n {
      #expect(distance(polar * stretch, a) < 1e-12, "seed \(seed)")
      #expect(distance(stretch, stretch.transposed) < 1e-12, "seed \(seed)")
    }
    let (u, value, v) = a.leadingSingularVectors
    #expect(distance(a * v, value * u) < 1e-13 && agree(value, SVD(a).values[0], 1e-15))
    #expect(agree(u.frobeniusNorm, 1, 1e-14) && agree(v.frobeniusNorm, 1, 1e-14))
  }
}
