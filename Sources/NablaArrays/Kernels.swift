import NablaKernels

/// The elementary operations on column-major arrays behind raw pointers.
///
/// Nothing here allocates: the caller owns every buffer and has checked every size. Unless a
/// function says otherwise, an output may coincide with an input but not partly overlap it.
public enum Kernels {
  /// Copies `count` numbers.
  @inlinable
  public static func copy<T: KernelNumber>(
    _ count: Int, _ x: UnsafePointer<T>, into y: UnsafeMutablePointer<T>
  ) {
    if count > 0 { y.update(from: x, count: count) }
  }

  /// Fills `count` places with one value.
  @inlinable
  public static func fill<T: KernelNumber>(_ count: Int, _ value: T, into y: UnsafeMutablePointer<T>) {
    if count > 0 { y.update(repeating: value, count: count) }
  }

  /// Writes the n×n identity.
  @inlinable
  public static func identity(_ n: Int, into a: UnsafeMutablePointer<Double>) {
    fill(n &* n, 0, into: a)
    for i in 0..<n { a[i &+ i &* n] = 1 }
  }

  /// Writes x + y.
  @inlinable
  public static func add<T: KernelNumber>(
    _ count: Int, _ x: UnsafePointer<T>, _ y: UnsafePointer<T>,
    into z: UnsafeMutablePointer<T>
  ) {
    T.add(count, x, y, z)
  }

  /// Writes x - y.
  @inlinable
  public static func subtract(
    _ count: Int, _ x: UnsafePointer<Double>, _ y: UnsafePointer<Double>,
    into z: UnsafeMutablePointer<Double>
  ) {
    for i in 0..<count { z[i] = x[i] - y[i] }
  }

  /// Writes the entrywise product of x and y.
  @inlinable
  public static func hadamard<T: KernelNumber>(
    _ count: Int, _ x: UnsafePointer<T>, _ y: UnsafePointer<T>,
    into z: UnsafeMutablePointer<T>
  ) {
    T.multiply(count, x, y, z)
  }

  /// Writes the entrywise quotient of x and y.
  @inlinable
  public static func divide(
    _ count: Int, _ x: UnsafePointer<Double>, _ y: UnsafePointer<Double>,
    into z: UnsafeMutablePointer<Double>
  ) {
    nabla_divide(nabla_kernels_active(), count, x, y, z)
  }

  /// Writes factor * x.
  @inlinable
  public static func scale<T: KernelNumber>(
    _ count: Int, _ factor: T, _ x: UnsafePointer<T>,
    into y: UnsafeMutablePointer<T>
  ) {
    T.scale(count, factor, x, y)
  }

  /// Writes x + value in every entry.
  @inlinable
  public static func addScalar<T: KernelNumber>(
    _ count: Int, _ value: T, _ x: UnsafePointer<T>,
    into y: UnsafeMutablePointer<T>
  ) {
    T.offset(count, value, x, y)
  }

  /// Adds factor * x to y.
  @inlinable
  public static func axpy<T: KernelNumber>(
    _ count: Int, _ factor: T, _ x: UnsafePointer<T>,
    into y: UnsafeMutablePointer<T>
  ) {
    T.axpy(count, factor, x, y)
  }

  /// The inner product of x and y; long ones are summed block by block with compensation.
  @inlinable
  public static func dot<T: KernelNumber>(
    _ count: Int, _ x: UnsafePointer<T>, _ y: UnsafePointer<T>
  ) -> T {
    T.dot(count, x, y)
  }

  /// The sum of `count` numbers `stride` apart.
  @inlinable
  public static func sum<T: KernelNumber>(_ count: Int, _ x: UnsafePointer<T>, stride: Int = 1) -> T {
    if stride == 1 { return T.sum(count, x) }
    var total = 0.0
    for i in 0..<count { total += Double(x[i &* stride]) }
    return T(total)
  }

  /// The sum of the diagonal of an n×n matrix.
  @inlinable
  public static func trace<T: KernelNumber>(_ n: Int, _ a: UnsafePointer<T>) -> T {
    sum(n, a, stride: n &+ 1)
  }

  /// The largest absolute value; zero if there are none, NaN if one is NaN.
  @inlinable
  public static func maxAbs<T: KernelNumber>(_ count: Int, _ x: UnsafePointer<T>) -> T {
    var largest = T.zero
    for i in 0..<count {
      let size = x[i].magnitude
      if !(size <= largest) { largest = size }
      if largest.isNaN { return largest }
    }
    return largest
  }

  /// The Euclidean norm of `count` numbers, scaled when its square would leave the range.
  @inlinable
  public static func norm<T: KernelNumber>(_ count: Int, _ x: UnsafePointer<T>) -> T {
    norm(count, x, square: dot(count, x, x))
  }

  /// The Euclidean norm, given the sum of squares.
  @inlinable
  public static func norm<T: KernelNumber>(_ count: Int, _ x: UnsafePointer<T>, square: T) -> T {
    // Neither the square nor many of its terms left the range.
    let least = T.leastNormalMagnitude / (T.ulpOfOne * T.ulpOfOne)
    if square > least && square < T.greatestFiniteMagnitude * T.ulpOfOne { return square.squareRoot() }
    let largest = maxAbs(count, x)
    guard largest > 0, largest.isFinite else { return largest }
    var total = 0.0
    for i in 0..<count { total += Double(x[i] / largest) * Double(x[i] / largest) }
    return largest * T(total.squareRoot())
  }

  /// The square of the Euclidean norm, given the sum of squares, which may have left the range.
  @inlinable
  public static func squaredNorm<T: KernelNumber>(_ count: Int, _ x: UnsafePointer<T>, square: T) -> T {
    if square > T.leastNormalMagnitude / T.ulpOfOne && square.isFinite { return square }
    let size = norm(count, x, square: square)
    return size * size
  }

  /// Writes the transpose of an m×n matrix, n×m; the output must not be the input.
  @inlinable
  public static func transpose<T: KernelNumber>(
    _ m: Int, _ n: Int, _ a: UnsafePointer<T>, into b: UnsafeMutablePointer<T>
  ) {
    if m == 1 || n == 1 { return copy(m &* n, a, into: b) }
    T.transpose(m, n, a, m, b, n)
  }

  /// Writes the sum of every row of an m×n matrix, m numbers; the output must not be the input.
  @inlinable
  public static func rowSums<T: KernelNumber>(
    _ m: Int, _ n: Int, _ a: UnsafePointer<T>, into y: UnsafeMutablePointer<T>
  ) {
    fill(m, 0, into: y)
    for j in 0..<n { add(m, y, a + j &* m, into: y) }
  }

  /// Writes the sum of every column of an m×n matrix, n numbers; the output must not be the input.
  @inlinable
  public static func columnSums<T: KernelNumber>(
    _ m: Int, _ n: Int, _ a: UnsafePointer<T>, into y: UnsafeMutablePointer<T>
  ) {
    for j in 0..<n { y[j] = sum(m, a + j &* m) }
  }
}
