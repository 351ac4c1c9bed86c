import NablaKernels

extension Kernels {
  /// Writes log Σ exp(x) for each row of an m×n matrix, m numbers.
  /// The largest number is factored out, and the others are added through log1p, which keeps small ones. Minus infinity
  /// for an empty row or minus infinities; NaN when a number is NaN.
  @inlinable
  public static func logSumExp<T: KernelNumber>(
    _ m: Int, _ n: Int, _ x: UnsafePointer<T>, into y: UnsafeMutablePointer<T>
  ) {
    T.logSumExp(m, n, x, m, y)
  }

  /// Writes exp(x) / Σ exp(x) for each row of an m×n matrix; in place is allowed.
  @inlinable
  public static func softmax<T: KernelNumber>(
    _ m: Int, _ n: Int, _ x: UnsafePointer<T>, into y: UnsafeMutablePointer<T>
  ) {
    T.softmax(m, n, x, m, y, m)
  }

  /// Writes x - log Σ exp(x) for each row of an m×n matrix; in place is allowed.
  @inlinable
  public static func logSoftmax<T: KernelNumber>(
    _ m: Int, _ n: Int, _ x: UnsafePointer<T>, into y: UnsafeMutablePointer<T>
  ) {
    T.logSoftmax(m, n, x, m, y, m)
  }

  /// The largest of `count` numbers `stride` apart; minus infinity if there are none, NaN when one is NaN.
  @inlinable
  public static func maximum<T: KernelNumber>(
    _ count: Int, _ x: UnsafePointer<T>, stride: Int = 1
  ) -> T {
    var largest = -T.infinity
    for i in 0..<count {
      let value = x[i &* stride]
      if !(value <= largest) { largest = value }
      if largest.isNaN { return largest }
    }
    return largest
  }

  /// The smallest of `count` numbers `stride` apart; infinity if there are none, NaN when one is NaN.
  @inlinable
  public static func minimum<T: KernelNumber>(
    _ count: Int, _ x: UnsafePointer<T>, stride: Int = 1
  ) -> T {
    var smallest = T.infinity
    for i in 0..<count {
      let value = x[i &* stride]
      if !(value >= smallest) { smallest = value }
      if smallest.isNaN { return smallest }
    }
    return smallest
  }
}
