import NablaKernels

/// The elementary operations on column-major arrays behind raw pointers.
///
/// Nothing here allocates: the caller owns every buffer and has checked every size. Unless a
/// function says otherwise, an output may coincide with an input but not partly overlap it.
package enum Kernels {
  /// Copies `count` numbers.
  @inlinable
  package static func copy(
    _ count: Int, _ x: UnsafePointer<Double>, into y: UnsafeMutablePointer<Double>
  ) {
    if count > 0 { y.update(from: x, count: count) }
  }

  /// Fills `count` places with one value.
  @inlinable
  package static func fill(_ count: Int, _ value: Double, into y: UnsafeMutablePointer<Double>) {
    if count > 0 { y.update(repeating: value, count: count) }
  }

  /// Writes the n×n identity.
  @inlinable
  package static func identity(_ n: Int, into a: UnsafeMutablePointer<Double>) {
    fill(n &* n, 0, into: a)
    for i in 0..<n { a[i &+ i &* n] = 1 }
  }

  /// Writes x + y.
  @inlinable
  package static func add(
    _ count: Int, _ x: UnsafePointer<Double>, _ y: UnsafePointer<Double>,
    into z: UnsafeMutablePointer<Double>
  ) {
    nabla_add(nabla_kernels_active(), count, x, y, z)
  }

  /// Writes x - y.
  @inlinable
  package static func subtract(
    _ count: Int, _ x: UnsafePointer<Double>, _ y: UnsafePointer<Double>,
    into z: UnsafeMutablePointer<Double>
  ) {
    for i in 0..<count { z[i] = x[i] - y[i] }
  }

  /// Writes the entrywise product of x and y.
  @inlinable
  package static func hadamard(
    _ count: Int, _ x: UnsafePointer<Double>, _ y: UnsafePointer<Double>,
    into z: UnsafeMutablePointer<Double>
  ) {
    nabla_multiply(nabla_kernels_active(), count, x, y, z)
  }

  /// Writes the entrywise quotient of x and y.
  @inlinable
  package static func divide(
    _ count: Int, _ x: UnsafePointer<Double>, _ y: UnsafePointer<Double>,
    into z: UnsafeMutablePointer<Double>
  ) {
    nabla_divide(nabla_kernels_active(), count, x, y, z)
  }

  /// Writes factor * x.
  @inlinable
  package static func scale(
    _ count: Int, _ factor: Double, _ x: UnsafePointer<Double>,
    into y: UnsafeMutablePointer<Double>
  ) {
    nabla_scale(nabla_kernels_active(), count, factor, x, y)
  }

  /// Writes x + value in every entry.
  @inlinable
  package static func addScalar(
    _ count: Int, _ value: Double, _ x: UnsafePointer<Double>,
    into y: UnsafeMutablePointer<Double>
  ) {
    nabla_offset(nabla_kernels_active(), count, value, x, y)
  }

  /// Adds factor * x to y.
  @inlinable
  package static func axpy(
    _ count: Int, _ factor: Double, _ x: UnsafePointer<Double>,
    into y: UnsafeMutablePointer<Double>
  ) {
    nabla_axpy(nabla_kernels_active(), count, factor, x, y)
  }

  /// The inner product of x and y; long ones are summed block by block with compensation.
  @inlinable
  package static func dot(
    _ count: Int, _ x: UnsafePointer<Double>, _ y: UnsafePointer<Double>
  ) -> Double {
    nabla_dot(nabla_kernels_active(), count, x, y)
  }

  /// The sum of `count` numbers `stride` apart.
  @inlinable
  package static func sum(_ count: Int, _ x: UnsafePointer<Double>, stride: Int = 1) -> Double {
    if stride == 1 { return nabla_sum(nabla_kernels_active(), count, x) }
    var total = 0.0
    for i in 0..<count { total += x[i &* stride] }
    return total
  }

  /// The sum of the diagonal of an n×n matrix.
  @inlinable
  package static func trace(_ n: Int, _ a: UnsafePointer<Double>) -> Double {
    sum(n, a, stride: n &+ 1)
  }

  /// The largest absolute value; zero if there are none, NaN if one is NaN.
  @inlinable
  package static func maxAbs(_ count: Int, _ x: UnsafePointer<Double>) -> Double {
    var largest = 0.0
    for i in 0..<count {
      let size = x[i].magnitude
      if !(size <= largest) { largest = size }
      if largest.isNaN { return largest }
    }
    return largest
  }

  /// The Euclidean norm of `count` numbers, scaled when its square would leave the range.
  @inlinable
  package static func norm(_ count: Int, _ x: UnsafePointer<Double>) -> Double {
    norm(count, x, square: dot(count, x, x))
  }

  /// The Euclidean norm, given the sum of squares.
  @inlinable
  package static func norm(_ count: Int, _ x: UnsafePointer<Double>, square: Double) -> Double {
    if square > 1e-280 && square < 1e300 { return square.squareRoot() }
    let largest = maxAbs(count, x)
    guard largest > 0, largest.isFinite else { return largest }
    var total = 0.0
    for i in 0..<count { total += (x[i] / largest) * (x[i] / largest) }
    return largest * total.squareRoot()
  }

  /// Writes the transpose of an m×n matrix, n×m; the output must not be the input.
  @inlinable
  package static func transpose(
    _ m: Int, _ n: Int, _ a: UnsafePointer<Double>, into b: UnsafeMutablePointer<Double>
  ) {
    if m == 1 || n == 1 { return copy(m &* n, a, into: b) }
    nabla_transpose(nabla_kernels_active(), m, n, a, m, b, n)
  }

  /// Writes the sum of every row of an m×n matrix, m numbers; the output must not be the input.
  @inlinable
  package static func rowSums(
    _ m: Int, _ n: Int, _ a: UnsafePointer<Double>, into y: UnsafeMutablePointer<Double>
  ) {
    fill(m, 0, into: y)
    for j in 0..<n { add(m, y, a + j &* m, into: y) }
  }

  /// Writes the sum of every column of an m×n matrix, n numbers; the output must not be the input.
  @inlinable
  package static func columnSums(
    _ m: Int, _ n: Int, _ a: UnsafePointer<Double>, into y: UnsafeMutablePointer<Double>
  ) {
    for j in 0..<n { y[j] = sum(m, a + j &* m) }
  }
}
