import NablaArrays
import NablaKernels

/// The reduction A = Q B P' of an m×n matrix, m ≥ n, to an upper bidiagonal n×n matrix B, by blocks of reflections.
///
/// Half of the work is products of matrices. Source: Dongarra, Sorensen and Hammarling, Block reduction of matrices to
/// condensed forms for eigenvalue computations, J. Comput. Appl. Math. 27 (1989).
struct Bidiagonal {
  let m: Int
  let n: Int
  /// The matrix, then the vectors of the reflections of Q, m×n with zeros above the leading ones.
  let left: UnsafeMutablePointer<Double>
  /// The vectors of the reflections of P, n×n; that of column i begins in row i + 1.
  let right: UnsafeMutablePointer<Double>
  /// The n entries on the diagonal of B, and the n - 1 above it.
  let diagonal: UnsafeMutablePointer<Double>
  let above: UnsafeMutablePointer<Double>
  private let leftFactors: UnsafeMutablePointer<Double>
  private let rightFactors: UnsafeMutablePointer<Double>
  private let rest: UnsafeMutablePointer<Double>

  /// The places of a reduction.
  static func workspace(_ m: Int, _ n: Int) -> Int {
    let panels = (m &+ n &+ 2) &* Householder.block
    return m &* n &+ n &* n &+ 4 &* n &+ Swift.max(panels, Householder.workspace(n))
  }

  /// Uses memory that begins with the matrix.
  init(_ m: Int, _ n: Int, _ memory: UnsafeMutablePointer<Double>) {
    (self.m, self.n) = (m, n)
    left = memory
    right = left + m &* n
    diagonal = right + n &* n
    above = diagonal + n
    leftFactors = above + n
    rightFactors = leftFactors + n
    rest = rightFactors + n
  }

  /// Reduces the matrix.
  func reduce() {
    let set = nabla_kernels_active()
    let x = rest
    let y = x + m &* Householder.block
    for start in stride(from: 0, to: n, by: Householder.block) {
      let count = Swift.min(Householder.block, n &- start)
      for i in start..<(start &+ count) { reduce(i, start, x, y, row: y + n &* Householder.block) }
      let end = start &+ count
      guard end < n else { continue }
      let corner = left + end &* (m &+ 1)
      nabla_gemm(
        set, m &- end, n &- end, count, -1, left + (end &+ start &* m), 1, m, y + end, n, 1, 1, corner, m,
        NABLA_WHOLE)
      nabla_gemm(
        set, m &- end, n &- end, count, -1, x + end, 1, m, right + (end &+ start &* n), n, 1, 1, corner, m,
        NABLA_WHOLE)
    }
  }

  /// Reduces column and row i of a block that begins at `start`. The matrix is A - V Y' - X U' there, where V and U are
  /// the vectors of the block so far, and Y and X, in the memory given, have a column for each.
  private func reduce(
    _ i: Int, _ start: Int, _ x: UnsafeMutablePointer<Double>, _ y: UnsafeMutablePointer<Double>,
    row: UnsafeMutablePointer<Double>
  ) {
    let done = i &- start
    let rows = m &- i
    let v = left + i &* m
    let (vs, us) = (left + start &* m, right + start &* n)
    for q in 0..<done { row[q] = y[i &+ q &* n] }
    Double.gemv(rows, done, -1, vs + i, m, row, 1, v + i)
    for q in 0..<done { row[q] = us[i &+ q &* n] }
    Double.gemv(rows, done, -1, x + i, m, row, 1, v + i)
    Kernels.fill(i, 0, into: v)
    (diagonal[i], leftFactors[i]) = Householder.make(rows, v + i)

    let next = i &+ 1
    let columns = n &- next
    let u = right + i &* n
    Kernels.fill(next, 0, into: u)
    above[i] = 0
    rightFactors[i] = 0
    guard columns > 0 else { return }
    // The column tau*(A - V Y' - X U')'*v of Y.
    let yi = y + (next &+ done &* n)
    Double.gemvt(rows, columns, 1, left + (i &+ next &* m), m, v + i, 0, yi)
    Double.gemvt(rows, done, 1, vs + i, m, v + i, 0, row)
    Double.gemv(columns, done, -1, y + next, n, row, 1, yi)
    Double.gemvt(rows, done, 1, x + i, m, v + i, 0, row)
    Double.gemv(columns, done, -1, us + next, n, row, 1, yi)
    Kernels.scale(columns, leftFactors[i], yi, into: yi)
    // Row i.
    for j in next..<n { u[j] = left[i &+ j &* m] }
    for q in 0...done { row[q] = vs[i &+ q &* m] }
    Double.gemv(columns, done &+ 1, -1, y + next, n, row, 1, u + next)
    for q in 0..<done { row[q] = x[i &+ q &* m] }
    Double.gemv(columns, done, -1, us + next, n, row, 1, u + next)
    (above[i], rightFactors[i]) = Householder.make(columns, u + next)
    // The column tau*(A - V Y' - X U')*u of X.
    let xi = x + (next &+ done &* m)
    Double.gemv(rows &- 1, columns, 1, left + next &* (m &+ 1), m, u + next, 0, xi)
    Double.gemvt(columns, done &+ 1, 1, y + next, n, u + next, 0, row)
    Double.gemv(rows &- 1, done &+ 1, -1, vs + next, m, row, 1, xi)
    Double.gemvt(columns, done, 1, us + next, n, u + next, 0, row)
    Double.gemv(rows &- 1, done, -1, x + next, m, row, 1, xi)
    Kernels.scale(rows &- 1, rightFactors[i], xi, into: xi)
  }

  /// Overwrites c columns of length m, `stride` apart, with Q times them.
  func applyLeft(_ c: Int, _ matrix: UnsafeMutablePointer<Double>, stride: Int) {
    Householder.applyAll(m, n, left, leftFactors, offset: 0, c, matrix, stride, work: rest)
  }

  /// Overwrites c columns of length n, `stride` apart, with P times them.
  func applyRight(_ c: Int, _ matrix: UnsafeMutablePointer<Double>, stride: Int) {
    Householder.applyAll(n, n, right, rightFactors, offset: 1, c, matrix, stride, work: rest)
  }
}
