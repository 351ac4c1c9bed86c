extension Kernels {
  /// Writes, or adds to, C the product op(A) op(B), where op transposes when asked.
  ///
  /// op(A) is m×k, op(B) is k×n and C is m×n, all by columns; A is stored k×m when `transA` and B is
  /// stored n×k when `transB`. C must not be an operand. No term is skipped for a zero factor, so
  /// NaN and infinity spread as the formula says.
  public static func multiply(
    _ m: Int, _ n: Int, _ k: Int,
    _ a: UnsafePointer<Double>, transA: Bool,
    _ b: UnsafePointer<Double>, transB: Bool,
    into c: UnsafeMutablePointer<Double>, accumulate: Bool = false
  ) {
    if !accumulate { fill(m &* n, 0, into: c) }
    if m == 0 || n == 0 || k == 0 { return }
    // A row or column vector is the same array either way.
    let turnsA = transA && m > 1 && k > 1
    let turnsB = transB && k > 1 && n > 1
    if m == 1 && !turnsB {
      for j in 0..<n { c[j] += dot(k, a, b + j &* k) }
    } else if !turnsA {
      multiplyByColumns(
        m, n, k, a, b, rowStep: turnsB ? n : 1, columnStep: turnsB ? 1 : k, into: c)
    } else if !turnsB {
      multiplyByDots(m, n, k, a, b, into: c)
    } else {
      for i in 0..<m {
        for l in 0..<k {
          let factor = a[l &+ i &* k]
          let row = b + l &* n
          for j in 0..<n { c[i &+ j &* m] += factor * row[j] }
        }
      }
    }
  }

  /// Adds A B to C, columns of A combined four at a time, in blocks of A that stay in the cache.
  @inline(__always)
  private static func multiplyByColumns(
    _ m: Int, _ n: Int, _ k: Int, _ a: UnsafePointer<Double>, _ b: UnsafePointer<Double>,
    rowStep: Int, columnStep: Int, into c: UnsafeMutablePointer<Double>
  ) {
    let depth = 64
    let height = 256
    for ll in stride(from: 0, to: k, by: depth) {
      let lEnd = Swift.min(ll &+ depth, k)
      for ii in stride(from: 0, to: m, by: height) {
        let size = Swift.min(height, m &- ii)
        for j in 0..<n {
          let y = c + (ii &+ j &* m)
          let factors = b + j &* columnStep
          var l = ll
          while l &+ 4 <= lEnd {
            let f0 = factors[l &* rowStep]
            let f1 = factors[(l &+ 1) &* rowStep]
            let f2 = factors[(l &+ 2) &* rowStep]
            let f3 = factors[(l &+ 3) &* rowStep]
            let x0 = a + (ii &+ l &* m)
            let x1 = x0 + m
            let x2 = x1 + m
            let x3 = x2 + m
            for i in 0..<size { y[i] += (x0[i] * f0 + x1[i] * f1) + (x2[i] * f2 + x3[i] * f3) }
            l &+= 4
          }
          while l < lEnd {
            axpy(size, factors[l &* rowStep], a + (ii &+ l &* m), into: y)
            l &+= 1
          }
        }
      }
    }
  }

  /// Adds A'B to C by inner products of columns, columns of B in groups that stay in the cache.
  private static func multiplyByDots(
    _ m: Int, _ n: Int, _ k: Int, _ a: UnsafePointer<Double>, _ b: UnsafePointer<Double>,
    into c: UnsafeMutablePointer<Double>
  ) {
    let group = 16
    for jj in stride(from: 0, to: n, by: group) {
      for i in 0..<m {
        let x = a + i &* k
        for j in jj..<Swift.min(jj &+ group, n) { c[i &+ j &* m] += dot(k, x, b + j &* k) }
      }
    }
  }
}
