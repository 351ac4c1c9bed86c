import NablaKernels

extension Kernels {
  /// Writes, or adds to, C the product op(A) op(B), where op is the identity or the transpose.
  /// op(A) is m×k, op(B) is k×n and C is m×n, all in column-major order; A is stored k×m when `transA` and B is stored
  /// n×k when `transB`. C must not be an operand. No term is skipped for a zero factor, so NaN and infinity propagate
  /// as the formula says.
  @inlinable
  public static func multiply<T: KernelNumber>(
    _ m: Int, _ n: Int, _ k: Int,
    _ a: UnsafePointer<T>, transA: Bool,
    _ b: UnsafePointer<T>, transB: Bool,
    into c: UnsafeMutablePointer<T>, accumulate: Bool = false, factor: T = 1
  ) {
    let adds: Int32 = accumulate ? 1 : 0
    // A row and a column vector have the same memory layout.
    if n == 1 {
      if transA { return T.gemvt(k, m, factor, a, k, b, adds, c) }
      return T.gemv(m, k, factor, a, m, b, adds, c)
    }
    if m == 1 {
      if transB { return T.gemv(n, k, factor, b, n, a, adds, c) }
      return T.gemvt(k, n, factor, b, k, a, adds, c)
    }
    T.gemm(
      m, n, k, factor, a, transA ? k : 1, transA ? 1 : m, b, transB ? n : 1, transB ? 1 : k, adds, c, m,
      NABLA_WHOLE)
  }

  /// Writes A'A, or AA' when `transposed`, for an m×n matrix: half of the work of a product.
  @inlinable
  public static func gram<T: KernelNumber>(
    _ m: Int, _ n: Int, _ a: UnsafePointer<T>, transposed: Bool, into c: UnsafeMutablePointer<T>
  ) {
    let (size, depth) = transposed ? (m, n) : (n, m)
    multiplySymmetric(
      size, depth, a, transA: !transposed, a, transB: transposed, weights: nil, into: c, factor: 1)
  }

  /// Writes factor*op(A)*diag(weights)*op(B), which is known to be symmetric, with half of the work. op(A) is n×k; see
  /// `multiply`.
  @inlinable
  public static func multiplySymmetric<T: KernelNumber>(
    _ n: Int, _ k: Int, _ a: UnsafePointer<T>, transA: Bool, _ b: UnsafePointer<T>, transB: Bool,
    weights: UnsafePointer<T>?, into c: UnsafeMutablePointer<T>, factor: T
  ) {
    T.gram(
      n, k, factor, a, transA ? k : 1, transA ? 1 : n, b, transB ? n : 1, transB ? 1 : k, weights, c, n)
  }

  /// Writes y = Ax and z = A'u for an m×n matrix, in one pass over it.
  @inlinable
  public static func multiplyBoth<T: KernelNumber>(
    _ m: Int, _ n: Int, _ a: UnsafePointer<T>, _ x: UnsafePointer<T>,
    into y: UnsafeMutablePointer<T>, _ u: UnsafePointer<T>, into z: UnsafeMutablePointer<T>
  ) {
    T.gemvBoth(m, n, a, m, x, y, u, z)
  }

  /// Which triangle of an array forms the matrix, and how it is read.
  public enum Triangle {
    case lower, upper, lowerTransposed, upperTransposed
  }

  /// Overwrites the n×k matrix B with the solution X of op(T)X = B, where T is a triangle of an array whose
  /// columns are `stride` apart.
  public static func solveTriangle(
    _ triangle: Triangle, unit: Bool, _ n: Int, _ k: Int, _ t: UnsafePointer<Double>, stride: Int,
    _ b: UnsafeMutablePointer<Double>, rowStep: Int, columnStep: Int
  ) {
    let isTransposed = triangle == .lowerTransposed || triangle == .upperTransposed
    nabla_trsm(
      nabla_kernels_active(), triangle == .lower || triangle == .upperTransposed ? 1 : 0, n, k, t,
      isTransposed ? stride : 1, isTransposed ? 1 : stride, unit ? 1 : 0, b, rowStep, columnStep)
  }
}
