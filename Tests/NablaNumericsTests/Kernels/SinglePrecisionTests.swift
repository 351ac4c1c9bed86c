import Testing

@testable import NablaKernels
@testable import NablaNumerics

/// The kernels for floats, on every instruction set, compared with doubles.
@Suite struct SinglePrecisionTests {
  static var sets: [UnsafePointer<nabla_single_kernels>] { KernelTests.sets.map { $0.pointee.single } }

  /// The functions that compute in floats; their bounds are those of doubles. The others are rounded once.
  private static let native: Set<String> = [
    "exp", "log", "log1p", "expm1", "tanh", "sigmoid", "softplus", "logsigmoid", "sech", "silu",
  ]

  @Test(arguments: KernelAccuracyTests.bounds) func functions(
    function: nabla_unary, name: String, ulps: Double
  ) {
    let bound = Self.native.contains(name) ? ulps : 0.51
    var arguments =
      KernelAccuracyTests.arguments.map(Float.init) + [.infinity, -.infinity, .nan, 88.7, -87.4, -103.9]
    if arguments.count % 2 == 0 { arguments.append(0.3) }
    for (set, wide) in zip(Self.sets, KernelTests.sets) {
      var (values, exact) = (arguments, arguments.map(Double.init))
      set.pointee.map(Int32(function.rawValue), values.count, arguments, &values)
      nabla_map(wide, function, exact.count, arguments.map(Double.init), &exact)
      for ((x, exact), value) in zip(zip(arguments, exact), values) {
        let rounded = Float(exact)
        if rounded.isFinite && value.isFinite {
          #expect(
            (Double(value) - exact).magnitude <= bound * Double(rounded.ulp), "\(name)(\(x)) = \(value)")
        } else {
          #expect(
            value == rounded || value.isNaN && rounded.isNaN, "\(name)(\(x)) = \(value), not \(rounded)")
        }
      }
    }
  }

  @Test func functionsOfPairs() {
    var g = SplitMix64(seed: 22)
    let x = (0..<203).map { _ in Float(g.uniform(0, 4)) }
    let y = (0..<203).map { _ in Float(g.uniform(-9, 9)) }
    for (set, wide) in zip(Self.sets, KernelTests.sets) {
      for function in [NABLA_POW, NABLA_LEAKYRELU, NABLA_ELU, NABLA_DAMPED, NABLA_DAMPEDEXPM1] {
        var (values, exact) = (x, x.map(Double.init))
        nabla_single_pairs(set, function, x.count, x, y, &values)
        nabla_pairs(wide, function, x.count, x.map(Double.init), y.map(Double.init), &exact)
        for (value, exact) in zip(values, exact) {
          #expect((Double(value) - exact).magnitude <= 0.51 * Double(Float(exact).ulp), "\(function)")
        }
      }
    }
  }

  @Test(arguments: 0..<24) func products(seed: Int) {
    var g = SplitMix64(seed: UInt64(100 + seed))
    let top = seed % 8 == 0 ? 300 : 40
    let (m, n, k) = (
      g.integer(in: 1...top), g.integer(in: 1...(seed % 3 == 0 ? 90 : 20)), g.integer(in: 0...top)
    )
    let (a, b, c) = (floats(m * k, &g), floats(k * n, &g), floats(m * n, &g))
    for set in Self.sets {
      for form in 0..<8 {
        let (isLeftTransposed, isRightTransposed, adds) = (form & 1 != 0, form & 2 != 0, form & 4 != 0)
        let (ars, acs) = isLeftTransposed ? (k, 1) : (1, m)
        let (brs, bcs) = isRightTransposed ? (n, 1) : (1, k)
        var got = c
        nabla_single_gemm(set, m, n, k, 0.5, a, ars, acs, b, brs, bcs, adds ? 1 : 0, &got, m, NABLA_WHOLE)
        var worst = 0.0
        for j in 0..<n {
          for i in 0..<m {
            var (sum, size) = (adds ? Double(c[i + j * m]) : 0, 1.0)
            for p in 0..<k {
              let term = 0.5 * Double(a[i * ars + p * acs]) * Double(b[p * brs + j * bcs])
              (sum, size) = (sum + term, size + term.magnitude)
            }
            worst = max(worst, (Double(got[i + j * m]) - sum).magnitude / size)
          }
        }
        #expect(worst < 3e-6, "seed \(seed), \(String(cString: set.pointee.name)), \(form)")
      }
    }
  }

  @Test(arguments: 0..<20) func vectors(seed: Int) {
    var g = SplitMix64(seed: UInt64(200 + seed))
    let (m, n) = (g.integer(in: 0...(seed % 5 == 0 ? 2500 : 70)), g.integer(in: 0...40))
    let (a, x, u) = (floats(m * n, &g), floats(n, &g), floats(m, &g))
    var (forward, backward) = ([Double](repeating: 0, count: m), [Double](repeating: 0, count: n))
    for j in 0..<n {
      for i in 0..<m {
        forward[i] += Double(a[i + j * m]) * Double(x[j])
        backward[j] += Double(a[i + j * m]) * Double(u[i])
      }
    }
    for set in Self.sets {
      var (y, z) = (u, x)
      func compare(_ note: Comment) {
        for (got, wanted) in zip(y + z, forward + backward) {
          #expect((Double(got) - wanted).magnitude < 1e-4, note)
        }
      }
      nabla_single_gemv(set, m, n, 1, a, m, x, 0, &y)
      nabla_single_gemvt(set, m, n, 1, a, m, u, 0, &z)
      compare("seed \(seed)")
      (y, z) = (u, x)
      nabla_single_gemv_both(set, m, n, a, m, x, &y, u, &z)
      compare("both, seed \(seed)")
      var transposed = [Float](repeating: 0, count: m * n)
      nabla_single_transpose(set, m, n, a, m, &transposed, n)
      for j in 0..<n { for i in 0..<m { #expect(transposed[j + i * n] == a[i + j * m]) } }
    }
  }

  /// Long sums keep their digits, and infinite ones follow the rules of floats.
  @Test func sums() {
    let tenths = [Float](repeating: 0.1, count: 200_000)
    for set in Self.sets {
      #expect(agree(Double(nabla_single_sum(set, tenths.count, tenths)), 2e4, 1e-6))
      #expect(agree(Double(nabla_single_dot(set, tenths.count, tenths, tenths)), 2e3, 1e-6))
      #expect(nabla_single_dot(set, 3, [1e30, -1e30, 3], [1e30, 2e30, 1]).isNaN)
      for n in 0..<70 {
        let numbers = (0..<n).map(Float.init)
        #expect(nabla_single_sum(set, n, numbers) == Float(n * (n - 1) / 2))
      }
    }
  }

  /// Rows of exponentials: one or many rows.
  @Test(arguments: [(1, 37), (5, 1), (70, 9), (131, 3)]) func rows(m: Int, n: Int) {
    var g = SplitMix64(seed: UInt64(m))
    let x = floats(m * n, &g).map { 20 * $0 }
    for set in Self.sets {
      var (soft, logarithms, sums) = (x, x, [Float](repeating: 0, count: m))
      nabla_single_softmax(set, m, n, x, m, &soft, m)
      nabla_single_logsoftmax(set, m, n, x, m, &logarithms, m)
      nabla_single_logsumexp(set, m, n, x, m, &sums)
      for i in 0..<m {
        let row = (0..<n).map { Double(x[i + $0 * m]) }
        let total = LibraryFunction.log.evaluate(row.reduce(0) { $0 + LibraryFunction.exp.evaluate($1) })
        #expect(agree(Double(sums[i]), total, 1e-6))
        for j in 0..<n {
          // The difference of doubles loses digits where it is small.
          let (got, wanted) = (Double(logarithms[i + j * m]), row[j] - total)
          #expect((got - wanted).magnitude <= 3e-6 * wanted.magnitude + 1e-14)
          #expect(agree(Double(soft[i + j * m]), LibraryFunction.exp.evaluate(row[j] - total), 3e-6))
        }
      }
    }
  }

  private func floats(_ count: Int, _ g: inout SplitMix64) -> [Float] {
    (0..<count).map { _ in Float(g.uniform(-1, 1)) }
  }
}
