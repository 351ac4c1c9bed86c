/// The elementary operations on column-major arrays behind raw pointers.
///
/// Nothing here allocates: the caller owns every buffer and has checked every size. Unless a
/// function says otherwise, an output may coincide with an input but not partly overlap it.
public enum Kernels {
  /// Copies `count` numbers.
  @inlinable
  public static func copy(
    _ count: Int, _ x: UnsafePointer<Double>, into y: UnsafeMutablePointer<Double>
  ) {
    if count > 0 { y.update(from: x, count: count) }
  }

  /// Fills `count` places with one value.
  @inlinable
  public static func fill(_ count: Int, _ value: Double, into y: UnsafeMutablePointer<Double>) {
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
  public static func add(
    _ count: Int, _ x: UnsafePointer<Double>, _ y: UnsafePointer<Double>,
    into z: UnsafeMutablePointer<Double>
  ) {
    for i in 0..<count { z[i] = x[i] + y[i] }
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
  public static func hadamard(
    _ count: Int, _ x: UnsafePointer<Double>, _ y: UnsafePointer<Double>,
    into z: UnsafeMutablePointer<Double>
  ) {
    for i in 0..<count { z[i] = x[i] * y[i] }
  }

  /// Writes the entrywise quotient of x and y.
  @inlinable
  public static func divide(
    _ count: Int, _ x: UnsafePointer<Double>, _ y: UnsafePointer<Double>,
    into z: UnsafeMutablePointer<Double>
  ) {
    for i in 0..<count { z[i] = x[i] / y[i] }
  }

  /// Writes factor * x.
  @inlinable
  public static func scale(
    _ count: Int, _ factor: Double, _ x: UnsafePointer<Double>,
    into y: UnsafeMutablePointer<Double>
  ) {
    for i in 0..<count { y[i] = factor * x[i] }
  }

  /// Writes x + value in every entry.
  @inlinable
  public static func addScalar(
    _ count: Int, _ value: Double, _ x: UnsafePointer<Double>,
    into y: UnsafeMutablePointer<Double>
  ) {
    for i in 0..<count { y[i] = x[i] + value }
  }

  /// Adds factor * x to y.
  @inlinable
  public static func axpy(
    _ count: Int, _ factor: Double, _ x: UnsafePointer<Double>,
    into y: UnsafeMutablePointer<Double>
  ) {
    for i in 0..<count { y[i] += factor * x[i] }
  }

  /// The inner product of x and y, in four partial sums.
  @inlinable
  public static func dot(
    _ count: Int, _ x: UnsafePointer<Double>, _ y: UnsafePointer<Double>
  ) -> Double {
    var s = SIMD4<Double>(repeating: 0)
    var i = 0
    while i &+ 4 <= count {
      s +=
        SIMD4(x[i], x[i &+ 1], x[i &+ 2], x[i &+ 3]) * SIMD4(y[i], y[i &+ 1], y[i &+ 2], y[i &+ 3])
      i &+= 4
    }
    var total = (s[0] + s[1]) + (s[2] + s[3])
    while i < count {
      total += x[i] * y[i]
      i &+= 1
    }
    return total
  }

  /// The sum of `count` numbers `stride` apart.
  @inlinable
  public static func sum(_ count: Int, _ x: UnsafePointer<Double>, stride: Int = 1) -> Double {
    var total = 0.0
    for i in 0..<count { total += x[i &* stride] }
    return total
  }

  /// The sum of the diagonal of an n×n matrix.
  @inlinable
  public static func trace(_ n: Int, _ a: UnsafePointer<Double>) -> Double {
    sum(n, a, stride: n &+ 1)
  }

  /// The largest absolute value; zero of nothing, NaN when one is NaN.
  @inlinable
  public static func maxAbs(_ count: Int, _ x: UnsafePointer<Double>) -> Double {
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
  public static func norm(_ count: Int, _ x: UnsafePointer<Double>) -> Double {
    let square = dot(count, x, x)
    if square > 1e-280 && square < 1e300 { return square.squareRoot() }
    let largest = maxAbs(count, x)
    guard largest > 0, largest.isFinite else { return largest }
    var total = 0.0
    for i in 0..<count { total += (x[i] / largest) * (x[i] / largest) }
    return largest * total.squareRoot()
  }

  /// Writes the transpose of an m×n matrix, n×m; the output must not be the input.
  @inlinable
  public static func transpose(
    _ m: Int, _ n: Int, _ a: UnsafePointer<Double>, into b: UnsafeMutablePointer<Double>
  ) {
    if m == 1 || n == 1 { return copy(m &* n, a, into: b) }
    let tile = 16
    for jj in stride(from: 0, to: n, by: tile) {
      for ii in stride(from: 0, to: m, by: tile) {
        for j in jj..<Swift.min(jj &+ tile, n) {
          for i in ii..<Swift.min(ii &+ tile, m) { b[j &+ i &* n] = a[i &+ j &* m] }
        }
      }
    }
  }

  /// Writes the sum of every row of an m×n matrix, m numbers; the output must not be the input.
  @inlinable
  public static func rowSums(
    _ m: Int, _ n: Int, _ a: UnsafePointer<Double>, into y: UnsafeMutablePointer<Double>
  ) {
    fill(m, 0, into: y)
    for j in 0..<n { add(m, y, a + j &* m, into: y) }
  }

  /// Writes the sum of every column of an m×n matrix, n numbers; the output must not be the input.
  @inlinable
  public static func columnSums(
    _ m: Int, _ n: Int, _ a: UnsafePointer<Double>, into y: UnsafeMutablePointer<Double>
  ) {
    for j in 0..<n { y[j] = sum(m, a + j &* m) }
  }
}
