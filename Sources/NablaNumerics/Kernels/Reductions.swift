import NablaKernels

extension Kernels {
  /// Writes log Σ exp(x) for each row of an m×n matrix, m numbers.
  /// The largest number is factored out, and the others are added through log1p, which keeps small ones. Minus infinity
  /// for an empty row or minus infinities; NaN when a number is NaN.
  package static func logSumExp(
    _ m: Int, _ n: Int, _ x: UnsafePointer<Double>, into y: UnsafeMutablePointer<Double>
  ) {
    nabla_logsumexp(nabla_kernels_active(), m, n, x, m, y)
  }

  /// Writes exp(x) / Σ exp(x) for each row of an m×n matrix; in place is allowed.
  package static func softmax(
    _ m: Int, _ n: Int, _ x: UnsafePointer<Double>, into y: UnsafeMutablePointer<Double>
  ) {
    nabla_softmax(nabla_kernels_active(), m, n, x, m, y, m)
  }

  /// Writes x - log Σ exp(x) for each row of an m×n matrix; in place is allowed.
  package static func logSoftmax(
    _ m: Int, _ n: Int, _ x: UnsafePointer<Double>, into y: UnsafeMutablePointer<Double>
  ) {
    nabla_logsoftmax(nabla_kernels_active(), m, n, x, m, y, m)
  }

  /// The largest of `count` numbers `stride` apart; minus infinity if there are none, NaN when one is NaN.
  package static func maximum(
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

  /// The smallest of `count` numbers `stride` apart; infinity if there are none, NaN when one is NaN.
  package static func minimum(
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
