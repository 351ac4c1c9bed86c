import NablaArrays

/// Matrix functions on raw pointers with a workspace of doubles from the caller.
///
/// Every function states the places its workspace needs. Outputs must not be inputs. A matrix
/// that is not finite never traps; its results are not finite either where they depend on it.
package enum MatrixFunctions {
  /// Writes the inverse of an n×n matrix and returns whether it exists; NaN where it does not.
  ///
  /// `work` has n² + n places.
  @discardableResult
  package static func inverse(
    _ n: Int, _ a: UnsafePointer<Double>, into x: UnsafeMutablePointer<Double>,
    work: UnsafeMutablePointer<Double>
  ) -> Bool {
    Kernels.copy(n &* n, a, into: work)
    let pivots = work + n &* n
    guard LU.factor(n, work, pivots: pivots) != 0 else {
      Kernels.fill(n &* n, .nan, into: x)
      return false
    }
    LU.inverse(n, work, pivots: pivots, into: x)
    return true
  }

  /// Returns the determinant of an n×n matrix; `work` has n² + n places.
  package static func determinant(
    _ n: Int, _ a: UnsafePointer<Double>, work: UnsafeMutablePointer<Double>
  ) -> Double {
    Kernels.copy(n &* n, a, into: work)
    let sign = LU.factor(n, work, pivots: work + n &* n)
    return LU.determinant(n, work, sign: sign)
  }

  /// Returns log|det A| of an n×n matrix; `work` has n² + n places.
  package static func logAbsDeterminant(
    _ n: Int, _ a: UnsafePointer<Double>, work: UnsafeMutablePointer<Double>
  ) -> Double {
    Kernels.copy(n &* n, a, into: work)
    LU.factor(n, work, pivots: work + n &* n)
    return LU.logAbsDeterminant(n, work)
  }

  /// The places `pseudoInverse`, `polar` and `leadingSingularVectors` need for an m×n matrix.
  package static func singularWorkspace(_ m: Int, _ n: Int) -> Int {
    (m + n + 1) * Swift.min(m, n)
  }

  /// Writes the Moore-Penrose inverse, n×m, of an m×n matrix.
  ///
  /// Singular values below max(m, n) ε times the largest count as zero. Source: Golub and Van Loan,
  /// Matrix Computations, 4th edition, section 5.5.2.
  package static func pseudoInverse(
    _ m: Int, _ n: Int, _ a: UnsafePointer<Double>, into x: UnsafeMutablePointer<Double>,
    work u: UnsafeMutablePointer<Double>
  ) {
    let p = Swift.min(m, n)
    let values = u + m &* p
    let v = values + p
    SVD.decompose(m, n, a, u: u, values: values, v: v)
    let floor = p > 0 ? values[0] * Double(Swift.max(m, n)) * Double.ulpOfOne : 0
    for j in 0..<p {
      let factor = values[j] <= floor ? 0 : 1 / values[j]
      Kernels.scale(n, factor, v + j &* n, into: v + j &* n)
    }
    Kernels.multiply(n, m, p, v, transA: false, u, transB: true, into: x)
  }

  /// Writes UV', m×n, of the thin singular value decomposition of an m×n matrix.
  package static func polar(
    _ m: Int, _ n: Int, _ a: UnsafePointer<Double>, into x: UnsafeMutablePointer<Double>,
    work u: UnsafeMutablePointer<Double>
  ) {
    let p = Swift.min(m, n)
    let values = u + m &* p
    SVD.decompose(m, n, a, u: u, values: values, v: values + p)
    Kernels.multiply(m, n, p, u, transA: false, values + p, transB: true, into: x)
  }

  /// Writes the singular vectors of the largest singular value, m and n numbers, and returns it.
  ///
  /// The entry of v largest in magnitude is positive. An empty matrix has value zero and zero vectors.
  package static func leadingSingularVectors(
    _ m: Int, _ n: Int, _ a: UnsafePointer<Double>,
    u left: UnsafeMutablePointer<Double>, v right: UnsafeMutablePointer<Double>,
    work: UnsafeMutablePointer<Double>
  ) -> Double {
    let p = Swift.min(m, n)
    guard p > 0 else {
      Kernels.fill(m, 0, into: left)
      Kernels.fill(n, 0, into: right)
      return 0
    }
    let values = work + m &* p
    SVD.decompose(m, n, a, u: work, values: values, v: values + p)
    let v = values + p
    var peak = 0
    for i in 0..<n where v[i].magnitude > v[peak].magnitude { peak = i }
    let sign: Double = v[peak] < 0 ? -1 : 1
    Kernels.scale(m, sign, work, into: left)
    Kernels.scale(n, sign, v, into: right)
    return values[0]
  }

  /// The places `adjugate` needs for an n×n matrix.
  package static func adjugateWorkspace(_ n: Int) -> Int { 3 * n * n + 2 * n }

  /// Writes the adjugate of an n×n matrix, also when it is singular.
  ///
  /// From A = U diag(s) V', adj A = det(U) det(V) V adj(diag(s)) U', where entry i of the diagonal
  /// adj(diag(s)) is the product of the other singular values. Source: Horn and Johnson, Matrix
  /// Analysis, 2nd edition, section 0.8.2 (adj(AB) = adj(B) adj(A)).
  package static func adjugate(
    _ n: Int, _ a: UnsafePointer<Double>, into x: UnsafeMutablePointer<Double>,
    work u: UnsafeMutablePointer<Double>
  ) {
    if n == 1 {
      x[0] = a[0].isFinite ? 1 : .nan
      return
    }
    if n == 2 {
      let (p, q, r, s) = (a[0], a[1], a[2], a[3])
      (x[0], x[1], x[2], x[3]) = (s, -q, -r, p)
      return
    }
    let values = u + n &* n
    let v = values + n
    let copy = v + n &* n
    SVD.decompose(n, n, a, u: u, values: values, v: v)
    let sign = determinantSign(n, u, work: copy) * determinantSign(n, v, work: copy)
    for j in 0..<n {
      var others = sign
      for i in 0..<n where i != j { others *= values[i] }
      Kernels.scale(n, others, v + j &* n, into: v + j &* n)
    }
    Kernels.multiply(n, n, n, v, transA: false, u, transB: true, into: x)
  }

  /// The determinant, 1 or -1, of an orthogonal matrix; `work` has n² + n places.
  private static func determinantSign(
    _ n: Int, _ a: UnsafePointer<Double>, work: UnsafeMutablePointer<Double>
  ) -> Double {
    let value = determinant(n, a, work: work)
    return value.isNaN ? .nan : (value < 0 ? -1 : 1)
  }
}
