import NablaArrays
import NablaKernels

/// The eigenvalues and orthonormal eigenvectors of a symmetric n×n matrix.
///
/// A = V diag(values) V', values ascending, eigenvectors in the columns of V. Small matrices are decomposed by cyclic
/// Jacobi rotations; source: Golub and Van Loan, Matrix Computations, 4th edition, section 8.5. Others are reduced to
/// tridiagonal form, which is decomposed by division. Only the symmetric part (A + A') / 2 is used.
package struct SymmetricEigen: Sendable {
  /// The eigenvalues, ascending.
  package let values: [Double]
  /// The eigenvectors, in the same order, as columns of an n×n matrix.
  package let vectors: Matrix

  /// Decomposes a symmetric matrix.
  package init(_ matrix: Matrix) {
    require(matrix.isSquare, "Only a square matrix has eigenvalues.")
    let n = matrix.rows
    var a = matrix
    var values = Matrix(rows: n, columns: 1)
    var vectors = Matrix(rows: n, columns: n)
    a.withMutablePointer { a in
      values.withMutablePointer { s in
        vectors.withMutablePointer { SymmetricEigen.decompose(n, a, values: s, vectors: $0) }
      }
    }
    self.values = values.storage
    self.vectors = vectors
  }

  /// The matrix V diag(f(values)) V', n×n.
  package func applying(_ function: (Double) -> Double) -> Matrix {
    var left = vectors
    for j in 0..<values.count {
      let factor = function(values[j])
      for i in 0..<values.count { left[i, j] *= factor }
    }
    return left.multiplied(by: vectors, transposingOther: true)
  }

  /// Writes the n ascending eigenvalues and the n×n eigenvectors of a matrix, which is destroyed.
  ///
  /// Everything is NaN when the matrix is not finite.
  package static func decompose(
    _ n: Int, _ a: UnsafeMutablePointer<Double>,
    values: UnsafeMutablePointer<Double>, vectors v: UnsafeMutablePointer<Double>
  ) {
    let size = Kernels.maxAbs(n &* n, a)
    guard size.isFinite else {
      Kernels.fill(n, .nan, into: values)
      return Kernels.fill(n &* n, .nan, into: v)
    }
    // No square leaves the range then, and division by a power of two is exact.
    let unit = size > 0 ? size.binade : 1
    for j in 0..<n {
      for i in 0...j {
        let mean = (a[i &+ j &* n] / unit + a[j &+ i &* n] / unit) / 2
        a[i &+ j &* n] = mean
        a[j &+ i &* n] = mean
      }
    }
    if n < leastDivided { rotate(n, a, values: values, vectors: v) } else { divide(n, a, values, v) }
    for i in 0..<n { values[i] *= unit }
  }

  /// Columns from which a matrix is reduced to tridiagonal form.
  private static let leastDivided = 24

  /// Decomposes by reduction to a tridiagonal matrix.
  private static func divide(
    _ n: Int, _ a: UnsafeMutablePointer<Double>, _ values: UnsafeMutablePointer<Double>,
    _ v: UnsafeMutablePointer<Double>
  ) {
    let front = Tridiagonal.workspace(n)
    guard let memory = nabla_packing_memory(NABLA_PACKING_FACTORS, front &+ TridiagonalEigen.workspace(n))
    else { return rotate(n, a, values: values, vectors: v) }
    let reduction = Tridiagonal(n, a, memory)
    reduction.reduce()
    Kernels.fill(n &* n, 0, into: v)
    TridiagonalEigen(
      n, diagonal: reduction.diagonal, beside: reduction.beside, vectors: v, memory + front
    ).solve(0, n)
    Kernels.copy(n, reduction.diagonal, into: values)
    reduction.apply(v)
    sort(n, values, v)
  }

  /// Decomposes a symmetric matrix with largest entry about 1 by rotations.
  static func rotate(
    _ n: Int, _ a: UnsafeMutablePointer<Double>, values: UnsafeMutablePointer<Double>,
    vectors v: UnsafeMutablePointer<Double>
  ) {
    Kernels.identity(n, into: v)
    for _ in 0..<60 where sweep(n, a, v) == false { break }
    for i in 0..<n { values[i] = a[i &+ i &* n] }
    sort(n, values, v)
  }

  /// Rotates every off-diagonal entry to zero once and returns whether any needed it.
  private static func sweep(
    _ n: Int, _ a: UnsafeMutablePointer<Double>, _ v: UnsafeMutablePointer<Double>
  ) -> Bool {
    var rotated = false
    for p in 0..<Swift.max(n &- 1, 0) {
      for q in (p &+ 1)..<n {
        let (app, aqq, apq) = (a[p &+ p &* n], a[q &+ q &* n], a[p &+ q &* n])
        // Negligible against both diagonal entries, or against the largest entry of the matrix.
        let whisper = apq.magnitude / 8
        if apq.magnitude <= 1e-18
          || app.magnitude + whisper == app.magnitude && aqq.magnitude + whisper == aqq.magnitude
        {
          a[p &+ q &* n] = 0
          a[q &+ p &* n] = 0
          continue
        }
        rotated = true
        let theta = (aqq - app) / (2 * apq)
        let root = theta.magnitude + (1 + theta * theta).squareRoot()
        let t = theta < 0 ? -1 / root : 1 / root
        let c = 1 / (1 + t * t).squareRoot()
        let s = t * c
        for i in 0..<n where i != p && i != q {
          let (x, y) = (a[i &+ p &* n], a[i &+ q &* n])
          let (left, right) = (c * x - s * y, s * x + c * y)
          a[i &+ p &* n] = left
          a[p &+ i &* n] = left
          a[i &+ q &* n] = right
          a[q &+ i &* n] = right
        }
        a[p &+ p &* n] = app - t * apq
        a[q &+ q &* n] = aqq + t * apq
        a[p &+ q &* n] = 0
        a[q &+ p &* n] = 0
        nabla_rotate(nabla_kernels_active(), n, c, s, v + p &* n, v + q &* n)
      }
    }
    return rotated
  }

  /// Sorts the values ascending, their vectors along with them.
  private static func sort(
    _ n: Int, _ values: UnsafeMutablePointer<Double>, _ v: UnsafeMutablePointer<Double>
  ) {
    for k in 0..<n {
      var least = k
      for i in k..<n where values[i] < values[least] { least = i }
      guard least != k else { continue }
      Rotation.exchange(1, values + k, values + least)
      Rotation.exchange(n, v + k &* n, v + least &* n)
    }
  }
}

/// Rotations and exchanges of two columns, for the Jacobi methods.
enum Rotation {
  /// Replaces x by c x - s y and y by s x + c y, without fused multiplications.
  @inline(__always)
  static func apply(
    _ count: Int, _ x: UnsafeMutablePointer<Double>, _ y: UnsafeMutablePointer<Double>,
    _ c: Double, _ s: Double
  ) {
    for i in 0..<count {
      let (left, right) = (c * x[i] - s * y[i], s * x[i] + c * y[i])
      x[i] = left
      y[i] = right
    }
  }

  /// Exchanges x and y.
  @inline(__always)
  static func exchange(
    _ count: Int, _ x: UnsafeMutablePointer<Double>, _ y: UnsafeMutablePointer<Double>
  ) {
    for i in 0..<count {
      let value = x[i]
      x[i] = y[i]
      y[i] = value
    }
  }
}
