import Testing

@testable import NablaNumerics

@Suite struct FactorizationTests {
  @Test(arguments: 0..<300) func linearSolvers(seed: Int) throws {
    var g = SplitMix64(seed: UInt64(seed))
    let (n, k) = (g.integer(in: 1...12), g.integer(in: 1...4))
    let a = g.matrix(n, n) + 3 * .identity(n)
    let b = g.matrix(n, k)
    let lu = LU(a)
    let x = try #require(lu.solve(b))
    let y = try #require(lu.solve(b, transposed: true))
    let inverse = try #require(a.inverse)
    #expect(distance(a * x, b) < 1e-11, "seed \(seed)")
    #expect(distance(a.transposed * y, b) < 1e-11, "seed \(seed)")
    #expect(distance(a * inverse, .identity(n)) < 1e-11, "seed \(seed)")
    #expect(agree(Double.exp(lu.logAbsDeterminant), lu.determinant.magnitude, 1e-11))
    let product = SVD(a).values.reduce(1, *)
    #expect(agree(product, lu.determinant.magnitude, 1e-11), "seed \(seed)")

    let s = a.multiplied(by: a, transposingSelf: true) + .identity(n)
    let cholesky = try #require(Cholesky(s))
    let l = cholesky.lower
    #expect(distance(l * l.transposed, s) < 1e-13, "seed \(seed)")
    #expect(l == l.lowerTriangle)
    #expect(distance(s * cholesky.solve(b), b) < 1e-10, "seed \(seed)")
    #expect(agree(cholesky.logDeterminant, LU(s).logAbsDeterminant, 1e-11))
    #expect(Cholesky(-s) == nil)
  }

  /// Inverses of several blocks.
  @Test(arguments: [1, 7, 64, 65, 150]) func inverses(n: Int) throws {
    var g = SplitMix64(seed: UInt64(n))
    let a = g.matrix(n, n) + 2 * Double(n).squareRoot() * .identity(n)
    let inverse = try #require(LU(a).inverse)
    #expect(distance(a * inverse, .identity(n)) < 1e-12 && distance(inverse * a, .identity(n)) < 1e-12)
    let s = a.multiplied(by: a, transposingSelf: true)
    let lower = try #require(Cholesky(s)).lower
    var found = Matrix(rows: n, columns: n)
    lower.withPointer { l in found.withMutablePointer { Cholesky.inverse(n, l, into: $0) } }
    #expect(distance(s * found, .identity(n)) < 1e-11 && found == found.transposed)
  }

  @Test func determinantSigns() {
    #expect(Matrix(rows: [[0, 1], [1, 0]]).determinant == -1)
    #expect(Matrix(rows: [[1, 2], [2, 4]]).determinant == 0)
    #expect(Matrix(rows: [[1, 2], [2, 4]]).inverse == nil)
    #expect(LU(Matrix(rows: [[1, 2], [2, 4]])).logAbsDeterminant == -.infinity)
    #expect(agree(Matrix(rows: [[2, 1, 0], [1, 3, 1], [0, 1, 4]]).determinant, 18, 1e-15))
  }

  @Test(arguments: 0..<300) func orthogonalFactorizations(seed: Int) {
    var g = SplitMix64(seed: UInt64(seed))
    let (m, n) = (g.integer(in: 1...12), g.integer(in: 1...12))
    let p = min(m, n)
    var a = seed % 3 == 0 ? g.matrix(m, n, rank: g.integer(in: 0...p)) : g.matrix(m, n)
    if seed % 7 == 0 { a = a.map { $0.rounded() } }
    if seed % 11 == 0 { a = 1e180 * a }
    if seed % 13 == 0 { a = 1e-180 * a }
    let scale = max(a.maxAbs, 1e-300)

    let qr = QR(a)
    #expect(distance((qr.q * qr.r) / scale, a / scale) < 1e-13, "seed \(seed)")
    #expect(
      distance(qr.q.multiplied(by: qr.q, transposingSelf: true), .identity(p)) < 1e-13,
      "seed \(seed)")
    #expect(qr.r == qr.r.upperTriangle && (qr.r.diagonal.min() ?? 0) >= 0)

    let svd = SVD(a)
    let again = (svd.u * Matrix(diagonal: svd.values)).multiplied(by: svd.v, transposingOther: true)
    #expect(distance(again / scale, a / scale) < 1e-13, "seed \(seed)")
    #expect(
      distance(svd.u.multiplied(by: svd.u, transposingSelf: true), .identity(p)) < 1e-13,
      "seed \(seed)")
    #expect(
      distance(svd.v.multiplied(by: svd.v, transposingSelf: true), .identity(p)) < 1e-13,
      "seed \(seed)")
    #expect(svd.values == svd.values.sorted(by: >) && (svd.values.last ?? 0) >= 0)
  }

  @Test(arguments: 0..<200) func symmetricEigen(seed: Int) {
    var g = SplitMix64(seed: UInt64(seed))
    let n = g.integer(in: 1...12)
    var a = seed % 3 == 0 ? g.matrix(n, n, rank: g.integer(in: 0...n)) : g.matrix(n, n)
    a = a + a.transposed
    if seed % 5 == 0 { a = a.map { $0.rounded() } }
    let eigen = SymmetricEigen(a)
    #expect(distance(eigen.applying { $0 }, a) < 1e-13, "seed \(seed)")
    #expect(
      distance(
        eigen.vectors.multiplied(by: eigen.vectors, transposingSelf: true), .identity(n)) < 1e-13,
      "seed \(seed)")
    #expect(eigen.values == eigen.values.sorted())
  }

  @Test func largeAndHard() {
    // The Hilbert matrix, nearly singular.
    var h = Matrix(rows: 12, columns: 12)
    for i in 0..<12 { for j in 0..<12 { h[i, j] = 1 / Double(i + j + 1) } }
    let svd = SVD(h)
    #expect(agree(svd.values[0], 1.7953720595619972, 1e-14))
    #expect(distance(svd.u.multiplied(by: svd.u, transposingSelf: true), .identity(12)) < 1e-13)
    var g = SplitMix64(seed: 1)
    let a = g.matrix(120, 100)
    let values = SVD(a).values
    let eigen = SymmetricEigen(a.multiplied(by: a, transposingSelf: true)).values
    for (x, y) in zip(values, eigen.reversed()) { #expect(agree(x * x, y, 1e-10)) }
    // Of a tall matrix, and a wide one, with columns of very different lengths and a dependent one.
    var tall = g.matrix(90, 12)
    for i in 0..<90 {
      for j in 0..<6 { tall[i, j] *= Double.exp(-8 * Double(j)) }
      tall[i, 11] = tall[i, 10] - tall[i, 9]
    }
    for matrix in [tall, tall.transposed] {
      let svd = SVD(matrix)
      let again = (svd.u * Matrix(diagonal: svd.values)).multiplied(by: svd.v, transposingOther: true)
      #expect(distance(again, matrix) < 1e-14)
      for factor in [svd.u, svd.v] {
        #expect(distance(factor.multiplied(by: factor, transposingSelf: true), .identity(12)) < 1e-13)
      }
      #expect(svd.values == svd.values.sorted(by: >) && svd.values[11] < 1e-14 * svd.values[0])
    }
    #expect(SVD(Matrix(rows: 3, columns: 2, repeating: .nan)).values[0].isNaN)
    #expect(SymmetricEigen(Matrix(rows: 2, columns: 2, repeating: .nan)).values[0].isNaN)
    #expect(SVD(Matrix(rows: 4, columns: 3)).values == [0, 0, 0])
    #expect(SVD(Matrix(rows: 0, columns: 3)).values == [])
  }
}

extension Double {
  /// The exponential, for tests without a C library.
  static func exp(_ x: Double) -> Double { LibraryFunction.exp.evaluate(x) }
}
