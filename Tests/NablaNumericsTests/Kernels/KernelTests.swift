import Testing

@testable import NablaArrays
@testable import NablaKernels
@testable import NablaNumerics

/// Every instruction set that the machine has, against sums of products as they are written.
@Suite struct KernelTests {
  static var sets: [UnsafePointer<nabla_kernels>] {
    let names: [String] = ["baseline", "avx2", "avx512"]
    return names.compactMap { (name: String) in nabla_kernels_named(name) }
  }

  @Test(arguments: 0..<24) func products(seed: Int) {
    var g = SplitMix64(seed: UInt64(seed))
    let top = seed % 12 == 0 ? 270 : 40
    let (m, n, k) = (g.integer(in: 1...top), g.integer(in: 1...20), g.integer(in: 0...top))
    let (a, b, c) = (g.matrix(m, k), g.matrix(k, n), g.matrix(m, n))
    let wanted = Self.product(a, b)
    for set in Self.sets {
      for transposes in 0..<4 {
        let (left, right) = (
          transposes & 1 == 0 ? a : a.transposed, transposes & 2 == 0 ? b : b.transposed
        )
        for accumulates in [false, true] {
          var got = c
          left.withPointer { x in
            right.withPointer { y in
              got.withMutablePointer { z in
                nabla_gemm(
                  set, m, n, k, 0.5, x, left == a ? 1 : k, left == a ? m : 1, y, right == b ? 1 : n,
                  right == b ? k : 1, accumulates ? 1 : 0, z, m, NABLA_WHOLE)
              }
            }
          }
          let expected = accumulates ? 0.5 * wanted + c : 0.5 * wanted
          #expect(distance(got, expected) < 1e-13, "seed \(seed), \(String(cString: set.pointee.name))")
        }
      }
    }
  }

  @Test(arguments: 0..<30) func symmetricProducts(seed: Int) {
    var g = SplitMix64(seed: UInt64(seed))
    let a = g.matrix(g.integer(in: 1...50), g.integer(in: 1...50))
    for transposed in [false, true] {
      let size = transposed ? a.rows : a.columns
      var gram = Matrix(rows: size, columns: size)
      a.withPointer { x in
        gram.withMutablePointer { Kernels.gram(a.rows, a.columns, x, transposed: transposed, into: $0) }
      }
      let wanted = transposed ? Self.product(a, a.transposed) : Self.product(a.transposed, a)
      #expect(distance(gram, wanted) < 1e-13 && gram == gram.transposed, "seed \(seed)")
    }
  }

  /// With weights between the factors, in every instruction set; a product beyond the range is rounded.
  @Test(arguments: 0..<24) func weightedProducts(seed: Int) {
    var g = SplitMix64(seed: UInt64(seed))
    let top = seed % 8 == 0 ? 280 : 40
    let (n, k) = (g.integer(in: 1...top), g.integer(in: 1...top))
    var (a, weights) = (g.matrix(n, k), g.matrix(k, 1))
    if seed % 3 == 0, k > 1 {
      (weights[0, 0], weights[1, 0]) = (1e200, -.infinity)
      for i in 0..<n { (a[i, 0], a[i, 1]) = (1e200, 1) }
    }
    var scaled = a
    for i in 0..<n { for p in 0..<k { scaled[i, p] *= weights[p, 0] } }
    let wanted = Self.product(scaled, a.transposed)
    for set in Self.sets {
      for isTransposed in [false, true] {
        var got = Matrix(rows: n, columns: n)
        (isTransposed ? a.transposed : a).withPointer { x in
          weights.withPointer { w in
            got.withMutablePointer { z in
              let (rows, columns) = isTransposed ? (k, 1) : (1, n)
              nabla_gram(set, n, k, 1, x, rows, columns, x, columns, rows, w, z, n)
            }
          }
        }
        let isRight = (0..<n * n).allSatisfy { place in
          let (i, j) = (place % n, place / n)
          let (x, y) = (got[i, j], wanted[i, j])
          return x.isNaN ? y.isNaN : x == y || abs(x - y) < 1e-12 * Double(k)
        }
        #expect(isRight, "seed \(seed), \(String(cString: set.pointee.name))")
      }
    }
  }

  /// Every size of a tile and of what remains.
  @Test(arguments: [1, 7, 8, 9, 31, 64, 65, 130]) func transposesAndMirrors(n: Int) {
    var g = SplitMix64(seed: UInt64(n))
    for m in [1, 5, 16, 67] {
      let a = g.matrix(m, n)
      let square = g.matrix(n, n)
      for set in Self.sets {
        var (turned, mirrored) = (Matrix(rows: n, columns: m), square)
        a.withPointer { x in turned.withMutablePointer { nabla_transpose(set, m, n, x, m, $0, n) } }
        mirrored.withMutablePointer { nabla_mirror(set, n, $0, n) }
        #expect(turned == a.transposed && mirrored == mirrored.transposed)
        #expect((0..<n).allSatisfy { j in (j..<n).allSatisfy { mirrored[$0, j] == square[$0, j] } })
      }
    }
  }

  @Test(arguments: 0..<30) func matrixTimesVector(seed: Int) {
    var g = SplitMix64(seed: UInt64(seed))
    let (m, n) = (g.integer(in: 0...(seed % 10 == 0 ? 2500 : 70)), g.integer(in: 0...40))
    let (a, x, u) = (g.matrix(m, n), g.matrix(n, 1), g.matrix(m, 1))
    let (forward, backward) = (Self.product(a, x), Self.product(a.transposed, u))
    for set in Self.sets {
      var (y, z) = (u, x)
      for accumulates in [false, true] {
        a.withPointer { a in
          x.withPointer { x in
            u.withPointer { u in
              y.withMutablePointer { nabla_gemv(set, m, n, 2, a, m, x, accumulates ? 1 : 0, $0) }
              z.withMutablePointer { nabla_gemvt(set, m, n, 2, a, m, u, accumulates ? 1 : 0, $0) }
            }
          }
        }
        let factor = accumulates ? 4.0 : 2.0
        #expect(
          distance(y, factor * forward) < 1e-12 && distance(z, factor * backward) < 1e-12, "seed \(seed)")
      }
      a.withPointer { a in
        x.withPointer { p in
          u.withPointer { q in
            y.withMutablePointer { y in
              z.withMutablePointer { nabla_gemv_both(set, m, n, a, m, p, y, q, $0) }
            }
          }
        }
      }
      #expect(distance(y, forward) < 1e-12 && distance(z, backward) < 1e-12, "seed \(seed)")
    }
  }

  @Test(arguments: 0..<30) func symmetricTimesVector(seed: Int) {
    var g = SplitMix64(seed: UInt64(seed))
    let n = g.integer(in: 0...(seed % 10 == 0 ? 1100 : 70))
    let (lower, x) = (g.matrix(n, n).lowerTriangle, g.matrix(n, 1))
    let full = lower + lower.transposed - Matrix(diagonal: lower.diagonal)
    for set in Self.sets {
      // The other triangle is not read.
      var stored = lower
      for j in 0..<n { for i in 0..<j { stored.storage[i + j * n] = .nan } }
      var y = x
      stored.withPointer { a in
        x.withPointer { x in y.withMutablePointer { nabla_symv(set, n, 2, a, n, x, $0) } }
      }
      #expect(distance(y, 2 * Self.product(full, x)) < 1e-12, "seed \(seed)")
    }
  }

  @Test(arguments: 0..<20) func triangles(seed: Int) {
    var g = SplitMix64(seed: UInt64(seed))
    let (n, k) = (g.integer(in: 1...70), g.integer(in: 1...11))
    let full = g.matrix(n, n) / Double(n) + 2 * .identity(n)
    let b = g.matrix(n, k)
    for set in Self.sets {
      for form in 0..<16 {
        let (isLower, isTransposed) = (form & 1 == 0, form & 2 == 0)
        let (isUnit, byRows) = (form & 4 == 0, form & 8 == 0)
        var triangle = isLower ? full.lowerTriangle : full.upperTriangle
        let stored = isTransposed ? full.transposed : full
        if isUnit { for i in 0..<n { triangle[i, i] = 1 } }
        var x = byRows ? b.transposed : b
        stored.withPointer { t in
          x.withMutablePointer {
            nabla_trsm(
              set, isLower ? 1 : 0, n, k, t, isTransposed ? n : 1, isTransposed ? 1 : n, isUnit ? 1 : 0, $0,
              byRows ? k : 1, byRows ? 1 : n)
          }
        }
        #expect(
          distance(Self.product(triangle, byRows ? x.transposed : x), b) < 1e-12, "seed \(seed), \(form)")
      }
    }
  }

  @Test(arguments: [40, 77, 130]) func largeFactorizations(n: Int) throws {
    var g = SplitMix64(seed: UInt64(n))
    let (a, b) = (g.matrix(n, n), g.matrix(n, 7))
    let lu = LU(a)
    let (x, y) = (try #require(lu.solve(b)), try #require(lu.solve(b, transposed: true)))
    #expect(distance(Self.product(a, x), b) < 1e-9 && distance(Self.product(a.transposed, y), b) < 1e-9)
    var right = b.transposed
    for transposed in [false, true] {
      right = b.transposed
      lu.factors.withPointer { f in
        right.withMutablePointer {
          LU.solveRight(n, f, pivots: lu.pivots, transposed: transposed, 7, $0)
        }
      }
      #expect(distance(Self.product(right, transposed ? a.transposed : a), b.transposed) < 1e-9)
    }
    let s = Self.product(a, a.transposed) + .identity(n)
    let factor = try #require(Cholesky(s))
    #expect(distance(Self.product(factor.lower, factor.lower.transposed), s) < 1e-12)
    #expect(distance(Self.product(s, factor.solve(b)), b) < 1e-9)
    #expect(factor.lower == factor.lower.lowerTriangle)
    var broken = s
    broken[n - 1, n - 1] = -1
    #expect(Cholesky(broken) == nil)
    var singular = a
    for i in 0..<n { singular[i, n / 2] = 0 }
    #expect(LU(singular).isSingular)
  }

  /// Long sums keep digits that adding one number after the other would lose.
  @Test func sums() {
    let count = 200_000
    let tenths = [Double](repeating: 0.1, count: count)
    for set in Self.sets {
      #expect(agree(nabla_sum(set, count, tenths), 2e4, 1e-14))
      #expect(agree(nabla_dot(set, count, tenths, tenths), 2e3, 1e-14))
      #expect(nabla_sum(set, 5000, [Double](repeating: 1e308, count: 5000)) == .infinity)
      for n in 0..<40 {
        let numbers = (0..<n).map(Double.init)
        #expect(nabla_sum(set, n, numbers) == Double(n * (n - 1) / 2))
        #expect(nabla_dot(set, n, numbers, numbers) == numbers.reduce(0) { $0 + $1 * $1 })
      }
    }
  }

  /// Products beyond the range of both signs make nan, on every instruction set: never the infinity of the wrong sign.
  @Test func overflow() {
    let (large, huge) = (Matrix(column: [1e200, -1e200, 3]), Matrix(column: [1e200, 2e200, 1]))
    for set in Self.sets {
      #expect(nabla_dot(set, 3, large.storage, huge.storage).isNaN)
      #expect(nabla_dot(set, 2, large.storage, [1e200, -1e200]) == .infinity)
      var value = 0.0
      nabla_gemv(set, 1, 3, 1, large.storage, 1, huge.storage, 0, &value)
      #expect(value.isNaN)
      nabla_gemvt(set, 3, 1, 1, large.storage, 3, huge.storage, 0, &value)
      #expect(value.isNaN)
      nabla_gemm(set, 1, 1, 3, 1, large.storage, 1, 1, huge.storage, 1, 3, 0, &value, 1, NABLA_WHOLE)
      #expect(value.isNaN)
      value = -.infinity
      nabla_axpy(set, 1, 1e200, huge.storage, &value)
      #expect(value.isNaN)
    }
  }

  /// A fused program computes the same as its steps in turn, including at block boundaries.
  @Test(arguments: [1, 3, 8, 255, 256, 257, 1000]) func fusedPrograms(n: Int) {
    var g = SplitMix64(seed: UInt64(n))
    var (x, y) = (g.matrix(n, 1), g.matrix(n, 1))
    var (z, total, factor) = (Matrix(rows: n, columns: 1), 1.0, 3.0)
    // z = tanh(3*x) .* y + x, total = 1 + z'*y
    let steps = [
      Self.step(NABLA_MULTIPLY, 5, 0, 4), Self.step(NABLA_MAP, 5, 5, 0, function: NABLA_TANH),
      Self.step(NABLA_MULTIPLY, 5, 5, 1), Self.step(NABLA_AXPY, 2, 0, 5, c: 1), Self.step(NABLA_DOT, 3, 2, 1),
    ]
    for set in Self.sets {
      total = 1
      x.withMutablePointer { x in
        y.withMutablePointer { y in
          z.withMutablePointer { z in
            withUnsafeMutablePointer(to: &total) { total in
              withUnsafeMutablePointer(to: &factor) { factor in
                let slots = [
                  nabla_slot(address: x, stride: 1), nabla_slot(address: y, stride: 1),
                  nabla_slot(address: z, stride: 1), nabla_slot(address: total, stride: 0),
                  nabla_slot(address: factor, stride: 0), nabla_slot(address: nil, stride: 0),
                ]
                nabla_fused(set, 0, n, steps, steps.count, slots, slots.count, nil)
              }
            }
          }
        }
      }
      let wanted = x.map { LibraryFunction.tanh.evaluate(3 * $0) }.hadamard(y) + x
      #expect(distance(z, wanted) < 1e-15)
      #expect(agree(total, 1 + wanted.hadamard(y).sum, 1e-13))
    }
  }

  private static func step(
    _ kind: nabla_step_kind, _ target: Int, _ a: Int, _ b: Int, function: nabla_unary = NABLA_EXP,
    c: Double = 0
  ) -> nabla_step {
    nabla_step(
      kind: Int32(kind.rawValue), function: Int32(function.rawValue), target: Int32(target), a: Int32(a),
      b: Int32(b), power: 0, c: c)
  }

  private static func product(_ a: Matrix, _ b: Matrix) -> Matrix {
    var result = Matrix(rows: a.rows, columns: b.columns)
    let m = a.rows
    a.withPointer { x in
      b.withPointer { y in
        result.withMutablePointer { z in
          for j in 0..<b.columns {
            for p in 0..<a.columns {
              let factor = y[p + j * b.rows]
              for i in 0..<m { z[i + j * m] += x[i + p * m] * factor }
            }
          }
        }
      }
    }
    return result
  }
}
