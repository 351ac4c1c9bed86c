extension SwiftRuntime {
  static let singular: [(name: String, text: String)] = [
    (
      "nablaSVD",
      """
      // a = u*diag(s)*v', by rotations of columns (Hestenes 1958); u is m x p and v is n x p for p = min(m, n).
      private func nablaSVD(_ m: Int, _ n: Int, _ a: [Double]) -> (u: [Double], s: [Double], v: [Double]) {
        if m < n {
          var transposed = a
          for i in 0..<m { for j in 0..<n { transposed[j * m + i] = a[i * n + j] } }
          let other = nablaSVD(n, m, transposed)
          return (other.v, other.s, other.u)
        }
        var u = a
        var v = (0..<(n * n)).map { $0 % (n + 1) == 0 ? 1.0 : 0.0 }
        func rotate(_ x: inout [Double], _ rows: Int, _ p: Int, _ q: Int, _ c: Double, _ d: Double) {
          for i in 0..<rows {
            let (y, z) = (x[i * n + p], x[i * n + q])
            x[i * n + p] = c * y - d * z
            x[i * n + q] = d * y + c * z
          }
        }
        for _ in 0..<60 {
          var rotated = false
          for p in 0..<n {
            for q in (p + 1)..<max(n, p + 1) {
              var (pp, qq, pq) = (0.0, 0.0, 0.0)
              for i in 0..<m {
                pp += u[i * n + p] * u[i * n + p]
                qq += u[i * n + q] * u[i * n + q]
                pq += u[i * n + p] * u[i * n + q]
              }
              if !(abs(pq) > 1e-16 * (pp * qq).squareRoot()) { continue }
              rotated = true
              let z = (qq - pp) / (2 * pq)
              let t = (z < 0 ? -1 : 1) / (abs(z) + (1 + z * z).squareRoot())
              let c = 1 / (1 + t * t).squareRoot()
              rotate(&u, m, p, q, c, c * t)
              rotate(&v, n, p, q, c, c * t)
            }
          }
          if !rotated { break }
        }
        var s = (0..<n).map { j in (0..<m).reduce(0.0) { hypot($0, u[$1 * n + j]) } }
        for j in 0..<n {  // the largest first
          guard let top = (j..<n).max(by: { s[$0] < s[$1] }), s[top] > s[j] else { continue }
          s.swapAt(j, top)
          for i in 0..<m { u.swapAt(i * n + j, i * n + top) }
          for i in 0..<n { v.swapAt(i * n + j, i * n + top) }
        }
        for j in 0..<n {
          if s[j] > 1e-300 && s[j] > 1e-15 * s[0] {
            for i in 0..<m { u[i * n + j] /= s[j] }
            continue
          }
          // A column for a zero: what is orthogonal to those before it.
          for unit in 0..<m {
            for i in 0..<m { u[i * n + j] = i == unit ? 1 : 0 }
            for l in Array(0..<j) + Array(0..<j) {
              let dot = (0..<m).reduce(0.0) { $0 + u[$1 * n + l] * u[$1 * n + j] }
              for i in 0..<m { u[i * n + j] -= dot * u[i * n + l] }
            }
            let size = (0..<m).reduce(0.0) { hypot($0, u[$1 * n + j]) }
            if !(size > 0.5 / Double(m).squareRoot()) { continue }
            for i in 0..<m { u[i * n + j] /= size }
            break
          }
        }
        return (u, s, v)
      }
      """
    ),
    (
      "nablaSpectralNorm",
      """
      private func nablaSpectralNorm(_ m: Int, _ n: Int, _ a: [Double]) -> Double { nablaSVD(m, n, a).s[0] }
      """
    ),
    (
      "nablaNuclearNorm",
      """
      private func nablaNuclearNorm(_ m: Int, _ n: Int, _ a: [Double]) -> Double { nablaSVD(m, n, a).s.reduce(0, +) }
      """
    ),
    (
      "nablaPolar",
      """
      private func nablaPolar(_ m: Int, _ n: Int, _ a: [Double], _ y: inout [Double]) {
        let (u, _, v) = nablaSVD(m, n, a)
        nablaMultiply(m, n, min(m, n), u, min(m, n), 1, v, 1, min(m, n), &y)
      }
      """
    ),
    (
      "nablaLeadingSign",
      """
      // The largest entry of the first right vector is positive.
      private func nablaLeadingSign(_ n: Int, _ p: Int, _ v: [Double]) -> Double {
        var top = 0
        for i in 0..<n where abs(v[i * p]) > abs(v[top * p]) { top = i }
        return v[top * p] < 0 ? -1 : 1
      }
      """
    ),
    (
      "nablaLeftVector",
      """
      private func nablaLeftVector(_ m: Int, _ n: Int, _ a: [Double], _ y: inout [Double]) {
        let (u, _, v) = nablaSVD(m, n, a)
        let sign = nablaLeadingSign(n, min(m, n), v)
        for i in 0..<m { y[i] = sign * u[i * min(m, n)] }
      }
      """
    ),
    (
      "nablaRightVector",
      """
      private func nablaRightVector(_ m: Int, _ n: Int, _ a: [Double], _ y: inout [Double]) {
        let (_, _, v) = nablaSVD(m, n, a)
        let sign = nablaLeadingSign(n, min(m, n), v)
        for i in 0..<n { y[i] = sign * v[i * min(m, n)] }
      }
      """
    ),
    (
      "nablaPseudoInverse",
      """
      private func nablaPseudoInverse(_ m: Int, _ n: Int, _ a: [Double], _ y: inout [Double]) {
        let p = min(m, n)
        let (u, s, right) = nablaSVD(m, n, a)
        var v = right
        for j in 0..<p {
          let x = s[j] > s[0] * Double(max(m, n)) * Double.ulpOfOne ? 1 / s[j] : 0
          for i in 0..<n { v[i * p + j] *= x }
        }
        nablaMultiply(n, m, p, v, p, 1, u, 1, p, &y)
      }
      """
    ),
    (
      "nablaAdjugate",
      """
      // From a = u*diag(s)*v', so that singular matrices have theirs too.
      private func nablaAdjugate(_ n: Int, _ a: [Double], _ y: inout [Double]) {
        let (u, s, v) = nablaSVD(n, n, a)
        let rest = [Double](repeating: 0, count: n + 1)
        var (f, g, w) = (u + rest, v + rest, v)
        nablaFactorLU(n, &f)
        nablaFactorLU(n, &g)
        let sign = nablaDeterminantLU(n, f) * nablaDeterminantLU(n, g)
        for j in 0..<n {
          let others = (0..<n).reduce(sign) { $1 == j ? $0 : $0 * s[$1] }
          for i in 0..<n { w[i * n + j] *= others }
        }
        nablaMultiply(n, n, n, w, n, 1, u, 1, n, &y)
      }
      """
    ),
  ]

  static let exponential: [(name: String, text: String)] = [
    (
      "nablaExponential",
      """
      // Scaling and squaring with the Pade approximant of order 13 (Higham 2005).
      private func nablaExponential(_ n: Int, _ a: [Double], _ y: inout [Double]) {
        let b: [Double] = [
          64764752532480000, 32382376266240000, 7771770303897600, 1187353796428800, 129060195264000, 10559470521600,
          670442572800, 33522128640, 1323241920, 40840800, 960960, 16380, 182, 1,
        ]
        func times(_ x: [Double], _ z: [Double]) -> [Double] {
          var result = x
          nablaMultiply(n, n, n, x, n, 1, z, n, 1, &result)
          return result
        }
        let norm = (0..<n).map { j in (0..<n).reduce(0.0) { $0 + abs(a[$1 * n + j]) } }.reduce(0.0) { nablaMax($0, $1) }
        let squarings = norm > 5.37 && norm < 1e300 ? Int(ceil(log2(norm / 5.37))) : 0
        let x = a.map { scalbn($0, -squarings) }
        let x2 = times(x, x)
        let x4 = times(x2, x2)
        let x6 = times(x4, x2)
        func even(_ k: Int) -> [Double] {
          let outer = (0..<(n * n)).map { b[12 + k] * x6[$0] + b[10 + k] * x4[$0] + b[8 + k] * x2[$0] }
          let inner = times(x6, outer)
          return (0..<(n * n)).map {
            let low = inner[$0] + b[6 + k] * x6[$0] + b[4 + k] * x4[$0] + b[2 + k] * x2[$0]
            return low + ($0 % (n + 1) == 0 ? b[k] : 0)
          }
        }
        let (u, v) = (times(x, even(1)), even(0))
        var f = zip(v, u).map { $0 - $1 } + [Double](repeating: 0, count: n + 1)
        nablaFactorLU(n, &f)
        y = zip(v, u).map { $0 + $1 }
        nablaSolveLU(n, n, f, &y)
        for _ in 0..<squarings { y = times(y, y) }
      }
      """
    )
  ]
}
