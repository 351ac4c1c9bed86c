import Testing

@testable import NablaArrays
@testable import NablaKernels
@testable import NablaNumerics

/// A system BLAS, if there is one, agrees with the package's own kernels.
@Suite struct SystemBLASTests {
  private var blas: UnsafePointer<nabla_kernels>? {
    do throws(SystemBLAS.Problem) { return try SystemBLAS.kernels("system") } catch {
      print("not compared with a BLAS: \(error)")
      return nil
    }
  }

  @Test(arguments: 0..<24) func products(seed: Int) {
    guard let blas, let own = nabla_kernels_active() else { return }
    var g = SplitMix64(seed: UInt64(seed))
    let (m, n, k) = (g.integer(in: 1...90), g.integer(in: 1...90), g.integer(in: 1...90))
    var (a, b) = (g.matrix(m, k), g.matrix(k, n))
    // Numbers that are not finite, beside zeros that must not hide them.
    if seed % 3 == 1 {
      a[g.integer(in: 0...(m - 1)), g.integer(in: 0...(k - 1))] = seed % 2 == 0 ? .nan : .infinity
      for j in 0..<n { b[g.integer(in: 0...(k - 1)), j] = 0 }
    }
    // Products that leave the range.
    if seed % 3 == 2 { (a, b) = (1e200 * a, 1e200 * b) }
    for transposes in 0..<4 {
      let (left, right) = (transposes & 1 == 0 ? a : a.transposed, transposes & 2 == 0 ? b : b.transposed)
      for adds in [Int32(0), 1] {
        func product(_ set: UnsafePointer<nabla_kernels>) -> Matrix {
          var result = Matrix(rows: m, columns: n, repeating: 0.25)
          left.withPointer { x in
            right.withPointer { y in
              result.withMutablePointer { z in
                nabla_gemm(
                  set, m, n, k, -0.5, x, transposes & 1 == 0 ? 1 : k, transposes & 1 == 0 ? m : 1, y,
                  transposes & 2 == 0 ? 1 : n, transposes & 2 == 0 ? k : 1, adds, z, m, NABLA_WHOLE)
              }
            }
          }
          return result
        }
        expectSame(product(blas), product(own), "seed \(seed), \(m) x \(n) x \(k)")
      }
    }
  }

  @Test(arguments: 0..<12) func symmetricProducts(seed: Int) {
    guard let blas, let own = nabla_kernels_active() else { return }
    var g = SplitMix64(seed: UInt64(seed))
    let (n, k) = (g.integer(in: 40...90), g.integer(in: 40...90))
    let a = g.matrix(n, k)
    for isTransposed in [false, true] {
      let x = isTransposed ? a.transposed : a
      func product(_ set: UnsafePointer<nabla_kernels>) -> Matrix {
        var result = Matrix(rows: n, columns: n)
        let (rows, columns) = isTransposed ? (k, 1) : (1, n)
        x.withPointer { x in
          result.withMutablePointer {
            nabla_gemm(set, n, n, k, 2, x, rows, columns, x, columns, rows, 0, $0, n, NABLA_LOWER)
          }
        }
        // The upper triangle is not compared.
        for j in 0..<n { for i in 0..<j { result[i, j] = 0 } }
        return result
      }
      expectSame(product(blas), product(own), "seed \(seed)")
    }
  }

  @Test(arguments: 0..<16) func triangularSystems(seed: Int) {
    guard let blas, let own = nabla_kernels_active() else { return }
    var g = SplitMix64(seed: UInt64(seed))
    let (n, k) = (g.integer(in: 30...90), g.integer(in: 30...90))
    var t = g.matrix(n, n)
    for i in 0..<n { t[i, i] += 8 }
    if seed % 4 == 3 { t[n / 2, n / 2] = 0 }
    let b = g.matrix(n, k)
    for choice in 0..<16 {
      let (isLower, isUnit) = (choice & 1, choice & 2 == 0 ? 0 : 1)
      let (isTransposed, byRows) = (choice & 4 != 0, choice & 8 != 0)
      func solution(_ set: UnsafePointer<nabla_kernels>) -> Matrix {
        var x = byRows ? b.transposed : b
        t.withPointer { t in
          x.withMutablePointer {
            nabla_trsm(
              set, Int32(isLower), n, k, t, isTransposed ? n : 1, isTransposed ? 1 : n, Int32(isUnit), $0,
              byRows ? k : 1, byRows ? 1 : n)
          }
        }
        return x
      }
      // A unit triangle of random numbers has solutions that grow, and rounding grows with them.
      expectSame(
        solution(blas), solution(own), "seed \(seed), \(choice)",
        within: isUnit == 1 ? 1e-6 : 1e-12)
    }
  }

  @Test func aLibraryThatIsNone() {
    #expect(throws: SystemBLAS.Problem.self) { try SystemBLAS.kernels("/nonexistent/libblas.so") }
  }

  private func expectSame(_ got: Matrix, _ wanted: Matrix, _ what: String, within tolerance: Double = 1e-13) {
    var scale = 1.0
    for x in wanted.storage where x.isFinite { scale = max(scale, x.magnitude) }
    for (x, y) in zip(got.storage, wanted.storage) {
      let agrees = x == y || x.isNaN && y.isNaN || (x - y).magnitude <= tolerance * scale
      if !agrees {
        Issue.record("\(what): \(x) in place of \(y)")
        return
      }
    }
  }
}
