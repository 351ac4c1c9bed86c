import NablaArrays
import NablaKernels

/// The reduction A = Q T Q' of a symmetric n×n matrix to a tridiagonal matrix T, by blocks of reflections.
///
/// Only the lower triangle is read. Half of the work is products of matrices. Source: Dongarra, Sorensen and
/// Hammarling, Block reduction of matrices to condensed forms for eigenvalue computations, J. Comput. Appl. Math. 27
/// (1989).
struct Tridiagonal {
  let n: Int
  /// The matrix, then the vectors of the reflections, n×n; that of column i begins in row i + 1.
  let vectors: UnsafeMutablePointer<Double>
  /// The n entries on the diagonal of T, and the n - 1 beside it.
  let diagonal: UnsafeMutablePointer<Double>
  let beside: UnsafeMutablePointer<Double>
  private let factors: UnsafeMutablePointer<Double>
  private let rest: UnsafeMutablePointer<Double>

  /// The places that a reduction needs in addition to its matrix.
  static func workspace(_ n: Int) -> Int {
    let panel = (n &+ 1) &* Householder.block
    return 3 &* n &+ Swift.max(panel, Householder.workspace(n))
  }

  init(_ n: Int, _ matrix: UnsafeMutablePointer<Double>, _ memory: UnsafeMutablePointer<Double>) {
    self.n = n
    vectors = matrix
    diagonal = memory
    beside = diagonal + n
    factors = beside + n
    rest = factors + n
  }

  /// Reduces the matrix.
  func reduce() {
    let set = nabla_kernels_active()
    let w = rest
    for start in stride(from: 0, to: n, by: Householder.block) {
      let count = Swift.min(Householder.block, n &- start)
      for i in start..<(start &+ count) { reduce(i, start, w, row: w + n &* Householder.block) }
      let end = start &+ count
      let size = n &- end
      let (v, corner) = (vectors + (end &+ start &* n), vectors + end &* (n &+ 1))
      nabla_gemm(set, size, size, count, -1, v, 1, n, w + end, n, 1, 1, corner, n, NABLA_LOWER)
      nabla_gemm(set, size, size, count, -1, w + end, 1, n, v, n, 1, 1, corner, n, NABLA_LOWER)
    }
  }

  /// Reduces column i of a block that begins at `start`. The matrix is A - V W' - W V' there, where V are the vectors
  /// of the block so far, and W, in the memory given, has a column for each.
  private func reduce(
    _ i: Int, _ start: Int, _ w: UnsafeMutablePointer<Double>, row: UnsafeMutablePointer<Double>
  ) {
    let done = i &- start
    let v = vectors + i &* n
    let vs = vectors + start &* n
    for q in 0..<done { row[q] = w[i &+ q &* n] }
    Double.gemv(n &- i, done, -1, vs + i, n, row, 1, v + i)
    for q in 0..<done { row[q] = vs[i &+ q &* n] }
    Double.gemv(n &- i, done, -1, w + i, n, row, 1, v + i)
    diagonal[i] = v[i]
    Kernels.fill(i &+ 1, 0, into: v)
    let next = i &+ 1
    let size = n &- next
    beside[i] = 0
    factors[i] = 0
    guard size > 0 else { return }
    (beside[i], factors[i]) = Householder.make(size, v + next)
    let wi = w + (next &+ done &* n)
    nabla_symv(nabla_kernels_active(), size, 1, vectors + next &* (n &+ 1), n, v + next, wi)
    Double.gemvt(size, done, 1, w + next, n, v + next, 0, row)
    Double.gemv(size, done, -1, vs + next, n, row, 1, wi)
    Double.gemvt(size, done, 1, vs + next, n, v + next, 0, row)
    Double.gemv(size, done, -1, w + next, n, row, 1, wi)
    Kernels.scale(size, factors[i], wi, into: wi)
    let excess = -factors[i] / 2 * Kernels.dot(size, wi, v + next)
    Kernels.axpy(size, excess, v + next, into: wi)
  }

  /// Overwrites n×n entries X with Q*X.
  func apply(_ matrix: UnsafeMutablePointer<Double>) {
    Householder.applyAll(n, n, vectors, factors, offset: 1, n, matrix, n, work: rest)
  }
}
