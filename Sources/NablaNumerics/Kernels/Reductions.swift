#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

extension Kernels {
  /// The logarithm of the sum of exponentials of `count` numbers `stride` apart.
  ///
  /// The largest number m is taken out first: m + log Σ exp(x - m). Minus infinity of nothing and
  /// of minus infinities; NaN when a number is NaN.
  public static func logSumExp(
    _ count: Int, _ x: UnsafePointer<Double>, stride: Int = 1
  ) -> Double {
    let m = maximum(count, x, stride: stride)
    guard m.isFinite else { return m }
    // The largest term is exactly 1, so adding the others through log1p keeps small ones.
    var rest = 0.0
    var skipped = false
    for i in 0..<count {
      let value = x[i &* stride]
      if !skipped && value == m { skipped = true } else { rest += exp(value - m) }
    }
    return m + log1p(rest)
  }

  /// Writes exp(x) / Σ exp(x) of `count` numbers with the given strides; in place is allowed.
  public static func softmax(
    _ count: Int, _ x: UnsafePointer<Double>, stride: Int = 1,
    into y: UnsafeMutablePointer<Double>, outputStride: Int = 1
  ) {
    let m = maximum(count, x, stride: stride)
    var total = 0.0
    for i in 0..<count {
      let value = exp(x[i &* stride] - m)
      y[i &* outputStride] = value
      total += value
    }
    for i in 0..<count { y[i &* outputStride] /= total }
  }

  /// Writes x - log Σ exp(x) of `count` numbers with the given strides; in place is allowed.
  public static func logSoftmax(
    _ count: Int, _ x: UnsafePointer<Double>, stride: Int = 1,
    into y: UnsafeMutablePointer<Double>, outputStride: Int = 1
  ) {
    let m = maximum(count, x, stride: stride)
    var rest = 0.0
    var skipped = false
    for i in 0..<count {
      let value = x[i &* stride]
      if !skipped && value == m { skipped = true } else { rest += exp(value - m) }
    }
    // Subtracting the maximum first keeps the result exact when all numbers share a large part.
    let excess = log1p(rest)
    for i in 0..<count { y[i &* outputStride] = (x[i &* stride] - m) - excess }
  }

  /// The largest of `count` numbers `stride` apart; minus infinity of nothing, NaN when one is NaN.
  public static func maximum(
    _ count: Int, _ x: UnsafePointer<Double>, stride: Int = 1
  ) -> Double {
    var largest = -Double.infinity
    for i in 0..<count {
      let value = x[i &* stride]
      if !(value <= largest) { largest = value }
      if largest.isNaN { return largest }
    }
    return largest
  }

  /// The smallest of `count` numbers `stride` apart; infinity of nothing, NaN when one is NaN.
  public static func minimum(
    _ count: Int, _ x: UnsafePointer<Double>, stride: Int = 1
  ) -> Double {
    var smallest = Double.infinity
    for i in 0..<count {
      let value = x[i &* stride]
      if !(value >= smallest) { smallest = value }
      if smallest.isNaN { return smallest }
    }
    return smallest
  }
}
