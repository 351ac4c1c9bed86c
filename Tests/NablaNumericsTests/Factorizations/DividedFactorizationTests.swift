import Testing

@testable import NablaArrays
@testable import NablaKernels
@testable import NablaNumerics

/// Factorizations of matrices large enough for blocks of reflections and divided problems.
@Suite struct DividedFactorizationTests {
  /// The kinds of matrices, each difficult in its own way.
  enum Kind: CaseIterable {
    case random, dependent, gradedColumns, gradedBoth, repeatedValues, clusteredValues, identity, zero, whole
    case oneEntry, huge, tiny, subnormal, blocks

    func matrix(_ m: Int, _ n: Int, _ g: inout SplitMix64) -> Matrix {
      let p = min(m, n)
      func scaled(_ a: Matrix, _ factor: (Int, Int) -> Double) -> Matrix {
        var a = a
        for j in 0..<n { for i in 0..<m { a[i, j] *= factor(i, j) } }
        return a
      }
      func withValues(_ values: [Double]) -> Matrix {
        let (u, v) = (QR(g.matrix(m, p)).q, QR(g.matrix(n, p)).q)
        return (u * Matrix(diagonal: values)).multiplied(by: v, transposingOther: true)
      }
      switch self {
      case .random: return g.matrix(m, n)
      case .dependent: return g.matrix(m, n, rank: max(1, p / 3))
      case .gradedColumns: return scaled(g.matrix(m, n)) { _, j in Double.exp(-Double(j)) }
      case .gradedBoth: return scaled(g.matrix(m, n)) { i, j in Double.exp(-0.5 * Double(i + j)) }
      case .repeatedValues: return withValues((0..<p).map { Double(1 + $0 % 3) })
      case .clusteredValues: return withValues((0..<p).map { 1 + 1e-14 * Double($0) })
      case .identity: return scaled(Matrix(rows: m, columns: n, repeating: 1)) { $0 == $1 ? 1 : 0 }
      case .zero: return Matrix(rows: m, columns: n)
      case .whole: return g.matrix(m, n).map { (2 * $0).rounded() }
      case .oneEntry:
        return scaled(Matrix(rows: m, columns: n, repeating: 1)) { $0 == m - 1 && $1 == n / 2 ? -3 : 0 }
      case .huge: return 1e303 * g.matrix(m, n)
      case .tiny: return 1e-300 * g.matrix(m, n)
      case .subnormal: return (Double.leastNormalMagnitude / 4096) * g.matrix(m, n)
      case .blocks: return scaled(g.matrix(m, n)) { (2 * $0 < m) == (2 * $1 < n) ? 1 : 0 }
      }
    }
  }

  private static let shapes = [
    (24, 24), (25, 24), (33, 33), (64, 40), (31, 47), (97, 65), (130, 30), (26, 120),
  ]

  /// Products are compared at a scale at which they cannot leave the range.
  private static func unit(_ a: Matrix) -> Double { a.maxAbs > 0 ? a.maxAbs.binade : 1 }

  private static func orthogonality(_ q: Matrix) -> Double {
    (q.multiplied(by: q, transposingSelf: true) - .identity(q.columns)).maxAbs
  }

  @Test(arguments: Kind.allCases, 0..<Self.shapes.count) func singularValues(kind: Kind, shape: Int) {
    let (m, n) = Self.shapes[shape]
    var g = SplitMix64(seed: UInt64(shape))
    let a = kind.matrix(m, n, &g)
    let svd = SVD(a)
    let unit = Self.unit(a)
    let values = svd.values.map { $0 / unit }
    let bound = Double.ulpOfOne * Double(max(m, n))
    // Subnormal numbers have no more digits than this.
    let resolution = Double.leastNonzeroMagnitude / unit
    let again = (svd.u * Matrix(diagonal: values)).multiplied(by: svd.v, transposingOther: true)
    #expect((again - a / unit).maxAbs <= bound * values[0] + resolution, "\(kind), \(m) x \(n)")
    #expect(Self.orthogonality(svd.u) <= bound && Self.orthogonality(svd.v) <= bound, "\(kind), \(m) x \(n)")
    #expect(values == values.sorted(by: >) && (values.last ?? 0) >= 0, "\(kind), \(m) x \(n)")
    for (alone, value) in zip(SVD.values(of: a), svd.values) {
      #expect((alone - value).magnitude / unit <= bound * values[0] + resolution, "\(kind), \(m) x \(n)")
    }
  }

  @Test(arguments: [40, 101]) func knownSingularValues(n: Int) {
    var g = SplitMix64(seed: UInt64(n))
    // Single, repeated, small and vanishing ones.
    let wanted = (0..<n).map { i in
      i < n / 4 ? 3 : i < n / 2 ? Double(n - i) / Double(n) : i < 3 * n / 4 ? 1e-8 : 0
    }
    let (u, v) = (QR(g.matrix(n + 3, n)).q, QR(g.matrix(n, n)).q)
    let a = (u * Matrix(diagonal: wanted)).multiplied(by: v, transposingOther: true)
    for (value, known) in zip(SVD.values(of: a), wanted) {
      #expect((value - known).magnitude <= 3 * Double.ulpOfOne * Double(n), "\(n)")
    }
  }

  @Test(arguments: Kind.allCases, [24, 37, 96]) func eigenvalues(kind: Kind, n: Int) {
    var g = SplitMix64(seed: UInt64(n))
    let a = 0.5 * kind.matrix(n, n, &g)
    let symmetric = a + a.transposed
    let eigen = SymmetricEigen(symmetric)
    let unit = Self.unit(symmetric)
    let values = eigen.values.map { $0 / unit }
    let bound = Double.ulpOfOne * Double(n)
    let size = values.map(\.magnitude).max() ?? 0
    let again = (eigen.vectors * Matrix(diagonal: values)).multiplied(
      by: eigen.vectors, transposingOther: true)
    let resolution = Double.leastNonzeroMagnitude / unit
    #expect((again - symmetric / unit).maxAbs <= bound * size + resolution, "\(kind), \(n)")
    #expect(Self.orthogonality(eigen.vectors) <= bound && values == values.sorted(), "\(kind), \(n)")
  }

  /// The second difference matrix, whose eigenvalues are 2 - 2 cos(k pi / (n + 1)), and the first difference matrix.
  @Test(arguments: [30, 77]) func differences(n: Int) {
    var (first, second) = (Matrix(rows: n, columns: n), Matrix(rows: n, columns: n))
    for i in 0..<n {
      first[i, i] = 1
      second[i, i] = 2
      guard i > 0 else { continue }
      first[i - 1, i] = -1
      (second[i - 1, i], second[i, i - 1]) = (-1, -1)
    }
    let bound = 4 * Double.ulpOfOne * Double(n)
    for (k, value) in SymmetricEigen(second).values.enumerated() {
      let known = 2 - 2 * LibraryFunction.cos.evaluate(Double(k + 1) * .pi / Double(n + 1))
      #expect((value - known).magnitude <= bound)
    }
    for (k, value) in SVD.values(of: first).reversed().enumerated() {
      let known = 2 * LibraryFunction.cos.evaluate(Double(n - k) * .pi / Double(2 * n + 1))
      #expect((value - known).magnitude <= bound)
    }
  }

  @Test(arguments: Kind.allCases, 0..<Self.shapes.count) func triangularFactors(kind: Kind, shape: Int) {
    guard kind != .subnormal else { return }
    let (m, n) = Self.shapes[shape]
    var g = SplitMix64(seed: UInt64(shape))
    let a = kind.matrix(m, n, &g)
    let qr = QR(a)
    let unit = Self.unit(a)
    let bound = Double.ulpOfOne * Double(max(m, n))
    #expect(
      ((qr.q * (qr.r / unit)) - a / unit).maxAbs <= bound * max(qr.r.maxAbs / unit, 1), "\(kind), \(m) x \(n)"
    )
    #expect(Self.orthogonality(qr.q) <= bound, "\(kind), \(m) x \(n)")
    #expect(qr.r == qr.r.upperTriangle && (qr.r.diagonal.min() ?? 0) >= 0, "\(kind), \(m) x \(n)")
  }

  @Test func notFinite() {
    var g = SplitMix64(seed: 7)
    for bad in [Double.nan, .infinity, -.infinity] {
      for (m, n) in Self.shapes {
        var a = g.matrix(m, n)
        a[m - 1, n / 2] = bad
        let svd = SVD(a)
        #expect((svd.values + svd.u.storage + svd.v.storage + SVD.values(of: a)).allSatisfy { $0.isNaN })
        #expect(!QR(a).r.isFinite)
        guard m == n else { continue }
        let eigen = SymmetricEigen(a)
        #expect((eigen.values + eigen.vectors.storage).allSatisfy { $0.isNaN })
      }
    }
    for (m, n) in [(1, 90), (90, 1), (0, 40), (40, 0)] {
      let a = g.matrix(m, n)
      let values = m * n > 0 ? [a.storage.map { $0 * $0 }.reduce(0, +).squareRoot()] : []
      let found = SVD.values(of: a)
      #expect(found.count == values.count && zip(found, values).allSatisfy { agree($0, $1, 1e-15) })
    }
  }

  /// The same bits in every run and for every number of threads.
  @Test func threads() {
    var g = SplitMix64(seed: 3)
    let a = g.matrix(150, 140)
    func results() -> [[Double]] {
      let (svd, qr) = (SVD(a), QR(a))
      let eigen = SymmetricEigen(a.multiplied(by: a, transposingSelf: true))
      return [svd.values, svd.u.storage, svd.v.storage, qr.q.storage, qr.r.storage, eigen.values]
        + [eigen.vectors.storage, SVD.values(of: a)]
    }
    let wanted = Threads.limited(to: 1) { results() }
    for count in [1, 2, 4] {
      let got = Threads.limited(to: count) { results() }
      #expect(got == wanted, "\(count)")
    }
  }
}
