import Testing

@testable import NablaArrays
@testable import NablaKernels
@testable import NablaNumerics

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Large operations have the same bits for every number of threads, on every instruction set.
@Suite struct ThreadTests {
  private static let counts = [2, 4]

  /// Numbers between -1 and 1, quickly.
  private static func numbers(_ m: Int, _ n: Int) -> Matrix {
    var result = Matrix(rows: m, columns: n)
    result.withMutablePointer { x in
      for i in 0..<(m * n) { x[i] = Double(i) }
      nabla_map(nabla_kernels_active(), NABLA_SIN, m * n, x, x)
    }
    return result
  }

  private func expectSame(_ what: String, _ compute: (UnsafePointer<nabla_kernels>) -> [Matrix]) {
    for set in KernelTests.sets {
      let wanted = Threads.limited(to: 1) { compute(set) }
      for count in Self.counts {
        let got = Threads.limited(to: count) { compute(set) }
        // Compared as bits: NaN and signed zeros count.
        let agree = zip(got, wanted).allSatisfy { got, wanted in
          got.withPointer { x in wanted.withPointer { memcmp(x, $0, 8 * wanted.count) == 0 } }
        }
        #expect(agree, "\(what), \(count) threads, \(String(cString: set.pointee.name))")
      }
    }
  }

  /// Packed, direct and narrow products, with parts of every kind left over.
  @Test(arguments: [
    (201, 170, 150), (97, 101, 300), (3001, 9, 130), (15, 2003, 120), (128, 127, 126), (50, 900, 70),
  ])
  func products(m: Int, n: Int, k: Int) {
    var (a, b) = (Self.numbers(m, k), Self.numbers(k, n))
    let c = Self.numbers(m, n)
    (a[m / 2, k / 2], b[k / 3, n - 1]) = (1e300, 1e300)
    for transposes in 0..<4 {
      let (left, right) = (transposes & 1 == 0 ? a : a.transposed, transposes & 2 == 0 ? b : b.transposed)
      for adds in [Int32(0), 1] {
        expectSame("\(m) x \(n) x \(k), transposed \(transposes), added \(adds)") { set in
          var result = c
          result.withMutablePointer {
            nabla_gemm(
              set, m, n, k, 0.3, left.storage, transposes & 1 == 0 ? 1 : k, transposes & 1 == 0 ? m : 1,
              right.storage, transposes & 2 == 0 ? 1 : n, transposes & 2 == 0 ? k : 1, adds, $0, m,
              NABLA_WHOLE)
          }
          return [result]
        }
      }
    }
  }

  @Test(arguments: [(229, 150), (127, 400), (600, 31)]) func symmetricProducts(n: Int, k: Int) {
    let a = Self.numbers(n, k)
    for isTransposed in [false, true] {
      let x = isTransposed ? a.transposed : a
      expectSame("\(n) x \(k)") { set in
        var result = Matrix(rows: n, columns: n)
        let (rows, columns) = isTransposed ? (k, 1) : (1, n)
        result.withMutablePointer {
          nabla_gemm(
            set, n, n, k, 2, x.storage, rows, columns, x.storage, columns, rows, 0, $0, n, NABLA_LOWER)
        }
        for j in 0..<n { for i in 0..<j { result[i, j] = 0 } }
        return [result]
      }
    }
  }

  @Test(arguments: [(1057, 401), (3001, 140), (2068, 215), (33, 13001)]) func vectors(m: Int, n: Int) {
    let (a, x, u) = (Self.numbers(m, n), Self.numbers(n, 1), Self.numbers(m, 1))
    for adds in [Int32(0), 1] {
      expectSame("\(m) x \(n), added \(adds)") { set in
        var (y, z) = (u, x)
        y.withMutablePointer { nabla_gemv(set, m, n, 0.7, a.storage, m, x.storage, adds, $0) }
        z.withMutablePointer { nabla_gemvt(set, m, n, 0.7, a.storage, m, u.storage, adds, $0) }
        return [y, z]
      }
    }
    expectSame("both, \(m) x \(n)") { set in
      var (y, z) = (u, x)
      y.withMutablePointer { y in
        z.withMutablePointer { nabla_gemv_both(set, m, n, a.storage, m, x.storage, y, u.storage, $0) }
      }
      return [y, z]
    }
  }

  @Test(arguments: [(1000, 90), (60001, 3)]) func rowsOfExponentials(m: Int, n: Int) {
    let x = Self.numbers(m, n)
    expectSame("\(m) x \(n)") { set in
      var (sum, soft, logSoft) = (Matrix(rows: m, columns: 1), x, x)
      sum.withMutablePointer { nabla_logsumexp(set, m, n, x.storage, m, $0) }
      soft.withMutablePointer { nabla_softmax(set, m, n, x.storage, m, $0, m) }
      logSoft.withMutablePointer { nabla_logsoftmax(set, m, n, x.storage, m, $0, m) }
      return [sum, soft, logSoft]
    }
  }

  @Test(arguments: [16385, 100_003, 600_000]) func passes(n: Int) {
    let x = Self.numbers(n, 1)
    let kinds: [(kind: nabla_step_kind, target: Int32, a: Int32)] = [
      (NABLA_MAP, 3, 0), (NABLA_SUM, 4, 3), (NABLA_MULTIPLY, 1, 0), (NABLA_DOT, 2, 0),
    ]
    let steps = kinds.map {
      nabla_step(
        kind: Int32($0.kind.rawValue), function: Int32(NABLA_SOFTPLUS.rawValue), target: $0.target, a: $0.a,
        b: 3,
        power: 0, c: 0)
    }
    expectSame("\(n) entries") { set in
      var (x, y, sums) = (x, x, Matrix(column: [1, 2]))
      x.withMutablePointer { x in
        y.withMutablePointer { y in
          sums.withMutablePointer { sums in
            let slots = [
              nabla_slot(address: x, stride: 1), nabla_slot(address: y, stride: 1),
              nabla_slot(address: sums, stride: 0), nabla_slot(address: nil, stride: 0),
              nabla_slot(address: sums + 1, stride: 0),
            ]
            nabla_fused(set, 0, n, steps, steps.count, slots, slots.count, nil)
          }
        }
      }
      var mapped = x
      mapped.withMutablePointer { nabla_map(set, NABLA_TANH, n, x.storage, $0) }
      return [y, sums, mapped]
    }
  }

  /// Each chunk runs once, also when several threads have work at the same time.
  @Test func everyChunkOnce() async {
    final class Counts {
      let runs: UnsafeMutablePointer<Int>
      let size: Int
      init(_ size: Int) {
        self.size = size
        runs = .allocate(capacity: size)
        runs.initialize(repeating: 0, count: size)
      }
      deinit { runs.deallocate() }
    }
    let wrong = await withTaskGroup(of: Int.self) { group in
      for task in 0..<4 {
        group.addTask {
          var wrong = 0
          for round in 0..<100 {
            let counts = Counts(1 + (task * 31 + round * 7) % 60)
            Threads.limited(to: 1 + round % 4) {
              nabla_parallel(
                counts.size,
                { context, chunk in context?.assumingMemoryBound(to: Int.self)[chunk] += 1 }, counts.runs)
            }
            for place in 0..<counts.size where counts.runs[place] != 1 { wrong += 1 }
          }
          return wrong
        }
      }
      return await group.reduce(0, +)
    }
    #expect(wrong == 0)
  }

  @Test func limits() {
    #expect(Threads.limited(to: 3) { Threads.count } == 3)
    #expect(Threads.limited(to: 3) { Threads.limited(to: nil) { Threads.count } } == 3)
    #expect(Threads.limited(to: 100_000) { Threads.count } == Threads.most)
  }
}
