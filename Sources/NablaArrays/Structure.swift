extension Kernels {
  /// Writes the Kronecker product, mp×nq, of an m×n and a p×q matrix.
  @inlinable
  public static func kronecker<T: KernelNumber>(
    _ m: Int, _ n: Int, _ a: UnsafePointer<T>, _ p: Int, _ q: Int, _ b: UnsafePointer<T>,
    into x: UnsafeMutablePointer<T>
  ) {
    var target = x
    for j in 0..<n {
      for l in 0..<q {
        for i in 0..<m {
          Kernels.scale(p, a[i &+ j &* m], b + l &* p, into: target)
          target += p
        }
      }
    }
  }

  /// Writes a multiple of the Kronecker product of an m×n matrix and the p×p identity.
  @inlinable
  public static func kronecker<T: KernelNumber>(
    _ m: Int, _ n: Int, _ a: UnsafePointer<T>, identity p: Int, factor: T, into x: UnsafeMutablePointer<T>
  ) {
    let rows = m &* p
    for j in 0..<n {
      for l in 0..<p {
        let column = x + (j &* p &+ l) &* rows
        fill(rows, 0, into: column)
        for i in 0..<m { column[i &* p &+ l] = factor * a[i &+ j &* m] }
      }
    }
  }

  /// Writes the commutation matrix K, mn×mn, with K vec(A) = vec(A') for every m×n matrix A.
  ///
  /// Source: Magnus and Neudecker, The commutation matrix, Annals of Statistics 7 (1979).
  @inlinable
  public static func commutation<T: KernelNumber>(_ m: Int, _ n: Int, into x: UnsafeMutablePointer<T>) {
    let size = m &* n
    Kernels.fill(size &* size, 0, into: x)
    for i in 0..<m {
      for j in 0..<n { x[(j &+ i &* n) &+ (i &+ j &* m) &* size] = 1 }
    }
  }

  /// Writes the entries of an m×n matrix on and below its diagonal; in place is allowed.
  ///
  /// The diagonal is multiplied by `diagonalFactor`.
  @inlinable
  public static func lowerTriangle<T: KernelNumber>(
    _ m: Int, _ n: Int, _ a: UnsafePointer<T>, diagonalFactor: T = 1,
    into x: UnsafeMutablePointer<T>
  ) {
    for j in 0..<n {
      for i in 0..<m {
        let k = i &+ j &* m
        x[k] = i > j ? a[k] : (i == j ? diagonalFactor * a[k] : 0)
      }
    }
  }

  /// Writes the entries of an m×n matrix on and above its diagonal; in place is allowed.
  @inlinable
  public static func upperTriangle<T: KernelNumber>(
    _ m: Int, _ n: Int, _ a: UnsafePointer<T>, into x: UnsafeMutablePointer<T>
  ) {
    for j in 0..<n {
      for i in 0..<m { x[i &+ j &* m] = i <= j ? a[i &+ j &* m] : 0 }
    }
  }
}
