import TestSupport
import Testing

@testable import NablaArrays
@testable import NablaNumerics

@Suite struct MatrixTests {
  @Test func literalsAndAccess() {
    let v: Matrix = [1, 2, 3]
    #expect(v.rows == 3 && v.columns == 1 && v[2, 0] == 3)
    let s: Matrix = 2.5
    #expect(s.isScalar && s[0, 0] == 2.5)
    let a = Matrix(rows: [[1, 2, 3], [4, 5, 6]])
    #expect(a.storage == [1, 4, 2, 5, 3, 6])
    #expect(a.transposed == Matrix(rows: [[1, 4], [2, 5], [3, 6]]))
    #expect(a.column(1) == [2, 5])
    #expect((2 * a - a) == a && -a + a == Matrix(rows: 2, columns: 3))
    #expect(Matrix.identity(2) * a == a)
    #expect(a.sum == 21 && a.maxAbs == 6 && Matrix(diagonal: [1, 2]).trace == 3)
    #expect(agree(Matrix(column: [3, 4]).frobeniusNorm, 5, 1e-15))
    #expect(agree((1e200 * Matrix(column: [3, 4])).frobeniusNorm, 5e200, 1e-15))
    #expect(agree((1e-200 * Matrix(column: [3, 4])).frobeniusNorm, 5e-200, 1e-15))
    #expect(Matrix(column: [1, .nan]).maxAbs.isNaN && !Matrix(column: [1, .infinity]).isFinite)
  }

  @Test func description() {
    let a = Matrix(rows: [[1, -2.5], [1.0 / 3, 1e20]])
    #expect(a.description == "[       1   -2.5]\n[0.333333  1e+20]")
    #expect(Matrix.text(of: .leastNonzeroMagnitude, digits: 6) == "5e-324")
    #expect(Matrix.text(of: 1.1093356479e-28, digits: 10) == "1.109335648e-28")
    #expect(Matrix.text(of: .greatestFiniteMagnitude, digits: 3).hasSuffix("e+308"))
  }

  @Test(arguments: Sample.of(0..<200, oneIn: 10)) func products(seed: Int) {
    var g = SplitMix64(seed: UInt64(seed))
    let top = seed % 10 == 0 ? 300 : 12
    let sizes = (0..<3).map { _ in g.integer(in: 0...top) }
    let (m, n, k) = (sizes[0], sizes[1], sizes[2] % 90)
    let (a, b) = (g.matrix(m, k), g.matrix(k, n))
    var wanted = Matrix(rows: m, columns: n)
    for i in 0..<m {
      for j in 0..<n {
        wanted[i, j] = (0..<k).reduce(0) { $0 + a[i, $1] * b[$1, j] }
      }
    }
    for (ta, tb) in [(false, false), (true, false), (false, true), (true, true)] {
      let (left, right) = (ta ? a.transposed : a, tb ? b.transposed : b)
      let c = left.multiplied(by: right, transposingSelf: ta, transposingOther: tb)
      #expect(distance(c, wanted) < 1e-13, "seed \(seed)")
      var twice = c
      left.withPointer { x in
        right.withPointer { y in
          twice.withMutablePointer {
            Kernels.multiply(
              m, n, k, x, transA: ta, y, transB: tb, into: $0, accumulate: true)
          }
        }
      }
      #expect(distance(twice, 2 * wanted) < 1e-13, "seed \(seed)")
    }
  }

  @Test func reductions() {
    let a = Matrix(rows: [[0, 0, 0], [1000, 1001, 999]])
    a.withPointer { x in
      var sums = Matrix(rows: 2, columns: 1)
      sums.withMutablePointer { Kernels.logSumExp(2, 3, x, into: $0) }
      #expect(agree(sums[1, 0], 1001.4076059644444, 1e-15) && agree(sums[0, 0], 1.0986122886681098, 1e-15))
      var soft = Matrix(rows: 2, columns: 3)
      soft.withMutablePointer { Kernels.softmax(2, 3, x, into: $0) }
      #expect(agree(soft[1, 1], 0.6652409557748219, 1e-14) && agree(soft.sum, 2, 1e-15))
      soft.withMutablePointer { Kernels.logSoftmax(2, 3, x, into: $0) }
      #expect(agree(soft[1, 2], -2.4076059644443806, 1e-14))
    }
    func logSumExp(_ row: [Double]) -> Double {
      var value = 0.0
      Kernels.logSumExp(1, row.count, row, into: &value)
      return value
    }
    #expect(logSumExp([-.infinity, -.infinity]) == -.infinity && logSumExp([]) == -.infinity)
    #expect(logSumExp([1, .nan, 2]).isNaN && logSumExp([1, .infinity]) == .infinity)
    // The small terms are not lost beside the large one.
    #expect(agree(logSumExp([-40, 0, -41]), 5.811236444626578e-18, 1e-15))
    Matrix(column: [1, .nan, 2]).withPointer {
      #expect(Kernels.maximum(3, $0).isNaN)
      #expect(Kernels.minimum(3, $0).isNaN)
    }
  }
}
