// Written by Nabla in Swift. The self-test:
// swiftc -O -parse-as-library -D NABLA_SELF_TEST rayleigh.swift && ./rayleigh
import Foundation

private func nablaSign(_ x: Double) -> Double { x > 0 ? 1 : x < 0 ? -1 : x }

private func nablaMax(_ a: Double, _ b: Double) -> Double { a.isNaN || b.isNaN ? .nan : a >= b ? a : b }

// c = a*b; ar and ac are the distances of rows and of columns.
private func nablaMultiply(
  _ m: Int, _ n: Int, _ k: Int, _ a: [Double], _ ar: Int, _ ac: Int, _ b: [Double], _ br: Int, _ bc: Int,
  _ c: inout [Double]
) {
  for i in 0..<m {
    for j in 0..<n { c[i * n + j] = 0 }
    for l in 0..<k {
      let x = a[i * ar + l * ac]
      for j in 0..<n { c[i * n + j] += x * b[l * br + j * bc] }
    }
  }
}

/// q and dq_dx for given A and x.
///
///     q = x'*A*x/(x'*x)
///     dq_dx = 2*A*x/(x'*x) - 2*(x'*A*x)*x/(x'*x)^2
///
///     A : matrix(n, n), symmetric
///     x : vector(n), nonzero
///
/// Arrays are stored row by row. Sizes that do not fit are a failed precondition.
func rayleigh(A: [Double], x: [Double], n: Int) -> (q: Double, dq_dx: [Double]) {
  precondition(A.count == n*n, "A is not n x n")
  precondition(x.count == n, "x is not n x 1")
  var t1 = 0.0
  for i in 0..<(n) {
    t1 = hypot(t1, x[i])
  }
  var t2 = [Double](repeating: 0, count: n)
  for i in 0..<(n) {
    t2[i] = x[i] / t1
  }
  var t3 = [Double](repeating: 0, count: n)
  nablaMultiply(n, 1, n, A, n, 1, t2, 1, 1, &t3)
  var q = [Double](repeating: 0, count: 1)
  nablaMultiply(1, 1, n, t2, 1, 1, t3, 1, 1, &q)
  var dq_dx = [Double](repeating: 0, count: n)
  for i in 0..<(n) {
    dq_dx[i] = 2.0 / t1 * t3[i] - 2.0 * q[0] / t1 * t2[i]
  }
  return (q: q[0], dq_dx: dq_dx)
}

#if NABLA_SELF_TEST

private struct Normal {
  var state: UInt64 = 88_172_645_463_325_252

  mutating func uniform() -> Double {
    state ^= state << 13
    state ^= state >> 7
    state ^= state << 17
    return (Double(state >> 11) + 0.5) / 9_007_199_254_740_992
  }

  mutating func next() -> Double {
    let size = (-2 * log(uniform())).squareRoot()
    return size * cos(2 * Double.pi * uniform())
  }
}

private func moved(
  _ data: [[Double]], _ count: Int, _ moves: (place: Int, change: [Double], step: Double)...
) -> [[Double]] {
  var inputs = Array(data[..<count])
  for move in moves {
    inputs[move.place] = zip(inputs[move.place], move.change).map { $0 + move.step * $1 }
  }
  return inputs
}

private func sample(_ A: [Double], _ x: [Double], _ direction_1: [Double], _ n: Int) -> (A_: [Double], x_: [Double], direction_1_: [Double]) {
  var A_ = [Double](repeating: 0, count: n*n)
  for i in 0..<(n) {
    for j in 0..<(n) {
      A_[i*n + j] = (A[i*n + j] + A[j*n + i]) / 2.0
    }
  }
  var x_ = [Double](repeating: 0, count: n)
  for i in 0..<(n) {
    x_[i] = x[i] + nablaSign(x[i]) / 2.0
  }
  return (A_: A_, x_: x_, direction_1_: direction_1)
}

private func error_1(_ derivative: [Double], _ after: Double, _ before: Double, _ step: Double, _ direction: [Double], _ n: Int) -> Double {
  let t1 = (after - before) / (2.0 * step)
  var t2 = 0.0
  for i in 0..<(n) {
    t2 = t2 + derivative[i] * direction[i]
  }
  var t3 = 0.0
  t3 = nablaMax(t3, abs(t1))
  var t4 = 0.0
  t4 = nablaMax(t4, abs(t2 - t1))
  let error = t4 / (1.0 + t3)
  return error
}

@main struct SelfTest {
  static func main() {
    var generator = Normal()
    func at(_ inputs: [[Double]]) -> [[Double]] {
      let values = rayleigh(A: inputs[0], x: inputs[1], n: 3)
      return [[values.q], values.dq_dx]
    }
    var data: [[Double]] = []
    var values: [[Double]] = []
    for attempt in 1...200 {
      var raw = [9, 3, 3].map { (count: Int) in (0..<count).map { _ in generator.next() } }
      if attempt % 2 == 0 { for k in 0..<2 { raw[k] = raw[k].map { abs($0) / 2 } } }
      let drawn = sample(raw[0], raw[1], raw[2], 3)
      data = [drawn.A_, drawn.x_, drawn.direction_1_]
      values = at(Array(data[..<2]))
      if values.allSatisfy({ $0.allSatisfy(\.isFinite) }) { break }
    }
    var isFine = true
    let error_1 = error_1(values[1], at(moved(data, 2, (1, data[2], 1e-6)))[0][0], at(moved(data, 2, (1, data[2], -1e-6)))[0][0], [1e-6][0], data[2], 3)
    print("dq_dx: relative error \(error_1)")
    if !(error_1 < 1e-5) {
      print("dq_dx differs from finite differences")
      isFine = false
    }
    if !isFine { exit(1) }
  }
}

#endif
