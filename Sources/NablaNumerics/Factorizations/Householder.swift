import NablaArrays
import NablaKernels

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Householder reflections I - tau*v*v', where v begins with 1, and their products as blocks I - V*T*V'.
///
/// Source: Schreiber and Van Loan, A storage-efficient WY representation for products of Householder transformations,
/// SIAM J. Sci. Stat. Comput. 10 (1989).
enum Householder {
  /// Reflections in a block.
  static let block = 32

  /// Overwrites x with the vector of the reflection that makes it `value` times the first unit vector.
  static func make(
    _ count: Int, _ x: UnsafeMutablePointer<Double>
  ) -> (value: Double, factor: Double) {
    let first = x[0]
    x[0] = 1
    let tail = Kernels.norm(count &- 1, x + 1)
    guard tail != 0 else { return (first, 0) }
    // The sign avoids cancellation.
    let norm = hypot(first, tail)
    let value = first > 0 ? -norm : norm
    let head = first - value
    for i in 1..<Swift.max(count, 1) { x[i] /= head }
    return (value, -head / value)
  }

  /// Places that `apply` needs for n columns.
  static func workspace(_ n: Int) -> Int { 2 &* block &* (n &+ block) }

  /// Overwrites C, m×n, with Q*C, or Q'*C, where Q is the product of k reflections in the columns of V, m×k with zeros
  /// above the leading ones.
  static func apply(
    _ m: Int, _ k: Int, _ v: UnsafePointer<Double>, _ ldv: Int, _ tau: UnsafePointer<Double>,
    transposed: Bool, _ n: Int, _ c: UnsafeMutablePointer<Double>, _ ldc: Int,
    work: UnsafeMutablePointer<Double>
  ) {
    let set = nabla_kernels_active()
    let t = work
    let first = t + 2 &* k &* k
    let second = first + k &* n
    triangle(m, k, v, ldv, tau, into: t, work: t + k &* k)
    nabla_gemm(set, k, n, m, 1, v, ldv, 1, c, 1, ldc, 0, first, k, NABLA_WHOLE)
    nabla_gemm(
      set, k, n, k, 1, t, transposed ? k : 1, transposed ? 1 : k, first, 1, k, 0, second, k, NABLA_WHOLE)
    nabla_gemm(set, m, n, k, -1, v, 1, ldv, second, 1, k, 1, c, ldc, NABLA_WHOLE)
  }

  /// Overwrites c columns of length m, `stride` apart, with Q times them. Reflection i of n is in column i of V, m×n, and
  /// begins in row i + offset.
  static func applyAll(
    _ m: Int, _ n: Int, _ v: UnsafePointer<Double>, _ tau: UnsafePointer<Double>, offset: Int,
    _ c: Int, _ matrix: UnsafeMutablePointer<Double>, _ stride: Int, work: UnsafeMutablePointer<Double>
  ) {
    var end = n
    while end > 0 {
      let start = (end &- 1) / block &* block
      let first = start &+ offset
      if first < m {
        apply(
          m &- first, end &- start, v + (first &+ start &* m), m, tau + start, transposed: false, c,
          matrix + first, stride, work: work)
      }
      end = start
    }
  }

  /// Writes the upper triangular k×k matrix T; `work` has k² places.
  private static func triangle(
    _ m: Int, _ k: Int, _ v: UnsafePointer<Double>, _ ldv: Int, _ tau: UnsafePointer<Double>,
    into t: UnsafeMutablePointer<Double>, work gram: UnsafeMutablePointer<Double>
  ) {
    nabla_gemm(nabla_kernels_active(), k, k, m, 1, v, ldv, 1, v, 1, ldv, 0, gram, k, NABLA_WHOLE)
    Kernels.fill(k &* k, 0, into: t)
    for i in 0..<k {
      let column = t + i &* k
      column[i] = tau[i]
      for q in 0..<i {
        let factor = -tau[i] * gram[q &+ i &* k]
        for r in 0...q { column[r] += t[r &+ q &* k] * factor }
      }
    }
  }
}
