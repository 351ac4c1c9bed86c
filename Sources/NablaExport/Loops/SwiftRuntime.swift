/// The functions of arrays that a Swift file brings along.
enum SwiftRuntime {
  static func name(_ runtime: LoopRuntime) -> String {
    switch runtime {
    case .multiply: "nablaMultiply"
    case .factorLU: "nablaFactorLU"
    case .solveLU: "nablaSolveLU"
    case .solveLUTransposed: "nablaSolveLUTransposed"
    case .invertLU: "nablaInvertLU"
    case .determinantLU: "nablaDeterminantLU"
    case .logDeterminantLU: "nablaLogDeterminantLU"
    case .signLU: "nablaSignLU"
    case .factorCholesky: "nablaFactorCholesky"
    case .solveCholesky: "nablaSolveCholesky"
    case .invertCholesky: "nablaInvertCholesky"
    case .determinantCholesky: "nablaDeterminantCholesky"
    case .logDeterminantCholesky: "nablaLogDeterminantCholesky"
    case .softmax: "nablaSoftmax"
    case .logSoftmax: "nablaLogSoftmax"
    case .logSumExp: "nablaLogSumExp"
    case .spectralNorm: "nablaSpectralNorm"
    case .nuclearNorm: "nablaNuclearNorm"
    case .polar: "nablaPolar"
    case .leftVector: "nablaLeftVector"
    case .rightVector: "nablaRightVector"
    case .pseudoInverse: "nablaPseudoInverse"
    case .adjugate: "nablaAdjugate"
    case .exponential: "nablaExponential"
    }
  }

  /// In an order in which each comes after those that it calls.
  static let functions: [(name: String, text: String)] =
    numbers + factorizations + rows + singular + exponential

  private static let numbers: [(name: String, text: String)] = [
    ("nablaSign", "private func nablaSign(_ x: Double) -> Double { x > 0 ? 1 : x < 0 ? -1 : x }"),
    (
      "nablaMax",
      "private func nablaMax(_ a: Double, _ b: Double) -> Double { a.isNaN || b.isNaN ? .nan : a >= b ? a : b }"
    ),
    (
      "nablaMin",
      "private func nablaMin(_ a: Double, _ b: Double) -> Double { a.isNaN || b.isNaN ? .nan : a <= b ? a : b }"
    ),
    (
      "nablaLogGamma",
      """
      // Stirling's series above 10, products below; by reflection for negative numbers (NIST DLMF 5.11.1, 5.5.3).
      private func nablaLogGamma(_ x: Double) -> Double {
        if x < 0.5 { return log(Double.pi / abs(sin(Double.pi * x))) - nablaLogGamma(1 - x) }
        var (y, product) = (x, 1.0)
        while y < 10 {
          product *= y
          y += 1
        }
        let v = 1 / (y * y)
        let series = (1.0 / 12 - v * (1.0 / 360 - v * (1.0 / 1260 - v * (1.0 / 1680 - v * (1.0 / 1188 - v * 691.0 / 360360))))) / y
        return (y - 0.5) * log(y) - y + 0.9189385332046727 + series - log(product)
      }
      """
    ),
  ]

  private static let factorizations: [(name: String, text: String)] = [
    (
      "nablaMultiply",
      """
      // c = a*b; ar and ac are the distances of rows and of columns.
      private func nablaMultiply(
        _ m: Int, _ n: Int, _ k: Int, _ a: [Double], _ ar: Int, _ ac: Int, _ b: [Double], _ br: Int, _ bc: Int,
        _ c: inout [Double]
      ) {
        for i in 0..<m {
          for j in 0..<n { c[i * n + j] = 0 }
          for l in 0..<k {
            let x = a[i * ar + l * ac]
            for j in 0..<n { c[i * n + j] += x * b[l * br + j * bc] }
          }
        }
      }
      """
    ),
    (
      "nablaFactorLU",
      """
      // In place; then the pivots and the sign of the permutation.
      private func nablaFactorLU(_ n: Int, _ f: inout [Double]) {
        var sign = 1.0
        for k in 0..<n {
          var pivot = k
          for i in k..<n where abs(f[i * n + k]) > abs(f[pivot * n + k]) { pivot = i }
          f[n * n + k] = Double(pivot)
          if pivot != k {
            sign = -sign
            for j in 0..<n { f.swapAt(k * n + j, pivot * n + j) }
          }
          if f[k * n + k] == 0 { continue }
          for i in (k + 1)..<max(n, k + 1) {
            f[i * n + k] /= f[k * n + k]
            let x = f[i * n + k]
            for j in (k + 1)..<n { f[i * n + j] -= x * f[k * n + j] }
          }
        }
        f[n * n + n] = sign
      }
      """
    ),
    (
      "nablaSolveLU",
      """
      // m right sides in the columns of x, in place.
      private func nablaSolveLU(_ n: Int, _ m: Int, _ f: [Double], _ x: inout [Double]) {
        for k in 0..<n where Int(f[n * n + k]) != k {
          for j in 0..<m { x.swapAt(k * m + j, Int(f[n * n + k]) * m + j) }
        }
        for i in 0..<n {
          for l in 0..<i { for j in 0..<m { x[i * m + j] -= f[i * n + l] * x[l * m + j] } }
        }
        for i in (0..<n).reversed() {
          for l in (i + 1)..<max(n, i + 1) { for j in 0..<m { x[i * m + j] -= f[i * n + l] * x[l * m + j] } }
          for j in 0..<m { x[i * m + j] /= f[i * n + i] }
        }
      }
      """
    ),
    (
      "nablaSolveLUTransposed",
      """
      private func nablaSolveLUTransposed(_ n: Int, _ m: Int, _ f: [Double], _ x: inout [Double]) {
        for i in 0..<n {
          for l in 0..<i { for j in 0..<m { x[i * m + j] -= f[l * n + i] * x[l * m + j] } }
          for j in 0..<m { x[i * m + j] /= f[i * n + i] }
        }
        for i in (0..<n).reversed() {
          for l in (i + 1)..<max(n, i + 1) { for j in 0..<m { x[i * m + j] -= f[l * n + i] * x[l * m + j] } }
        }
        for k in (0..<n).reversed() where Int(f[n * n + k]) != k {
          for j in 0..<m { x.swapAt(k * m + j, Int(f[n * n + k]) * m + j) }
        }
      }
      """
    ),
    (
      "nablaInvertLU",
      """
      private func nablaInvertLU(_ n: Int, _ f: [Double], _ x: inout [Double]) {
        for i in 0..<(n * n) { x[i] = i % (n + 1) == 0 ? 1 : 0 }
        nablaSolveLU(n, n, f, &x)
      }
      """
    ),
    (
      "nablaDeterminantLU",
      """
      private func nablaDeterminantLU(_ n: Int, _ f: [Double]) -> Double {
        (0..<n).reduce(f[n * n + n]) { $0 * f[$1 * n + $1] }
      }
      """
    ),
    (
      "nablaLogDeterminantLU",
      """
      private func nablaLogDeterminantLU(_ n: Int, _ f: [Double]) -> Double {
        (0..<n).reduce(0) { $0 + log(abs(f[$1 * n + $1])) }
      }
      """
    ),
    (
      "nablaSignLU",
      """
      private func nablaSignLU(_ n: Int, _ f: [Double]) -> Double {
        (0..<n).reduce(f[n * n + n]) { $0 * nablaSign(f[$1 * n + $1]) }
      }
      """
    ),
    (
      "nablaFactorCholesky",
      """
      // The lower factor of the symmetric part, in place; nan where that is not positive definite.
      private func nablaFactorCholesky(_ n: Int, _ f: inout [Double]) {
        for j in 0..<n {
          for i in j..<n { f[i * n + j] = (f[i * n + j] + f[j * n + i]) / 2 }
          for i in 0..<j { f[i * n + j] = 0 }
          for l in 0..<j { for i in j..<n { f[i * n + j] -= f[i * n + l] * f[j * n + l] } }
          let root = f[j * n + j] > 0 ? f[j * n + j].squareRoot() : .nan
          for i in j..<n { f[i * n + j] /= root }
        }
      }
      """
    ),
    (
      "nablaSolveCholesky",
      """
      private func nablaSolveCholesky(_ n: Int, _ m: Int, _ f: [Double], _ x: inout [Double]) {
        for i in 0..<n {
          for l in 0..<i { for j in 0..<m { x[i * m + j] -= f[i * n + l] * x[l * m + j] } }
          for j in 0..<m { x[i * m + j] /= f[i * n + i] }
        }
        for i in (0..<n).reversed() {
          for l in (i + 1)..<max(n, i + 1) { for j in 0..<m { x[i * m + j] -= f[l * n + i] * x[l * m + j] } }
          for j in 0..<m { x[i * m + j] /= f[i * n + i] }
        }
      }
      """
    ),
    (
      "nablaInvertCholesky",
      """
      private func nablaInvertCholesky(_ n: Int, _ f: [Double], _ x: inout [Double]) {
        for i in 0..<(n * n) { x[i] = i % (n + 1) == 0 ? 1 : 0 }
        nablaSolveCholesky(n, n, f, &x)
      }
      """
    ),
    (
      "nablaDeterminantCholesky",
      """
      private func nablaDeterminantCholesky(_ n: Int, _ f: [Double]) -> Double {
        (0..<n).reduce(1) { $0 * f[$1 * n + $1] * f[$1 * n + $1] }
      }
      """
    ),
    (
      "nablaLogDeterminantCholesky",
      """
      private func nablaLogDeterminantCholesky(_ n: Int, _ f: [Double]) -> Double {
        (0..<n).reduce(0) { $0 + 2 * log(f[$1 * n + $1]) }
      }
      """
    ),
  ]

  private static let rows: [(name: String, text: String)] = [
    (
      "nablaRows",
      """
      // For each row its largest entry and the sum of the exponentials of the distances to it.
      private func nablaRows(_ m: Int, _ n: Int, _ a: [Double]) -> [(top: Double, sum: Double)] {
        (0..<m).map { i in
          let row = a[(i * n)..<(i * n + n)]
          let top = row.reduce(-Double.infinity) { nablaMax($0, $1) }
          return (top, row.reduce(0) { $0 + exp($1 - top) })
        }
      }
      """
    ),
    (
      "nablaSoftmax",
      """
      private func nablaSoftmax(_ m: Int, _ n: Int, _ a: inout [Double]) {
        for (i, row) in nablaRows(m, n, a).enumerated() {
          for j in 0..<n { a[i * n + j] = exp(a[i * n + j] - row.top) / row.sum }
        }
      }
      """
    ),
    (
      "nablaLogSoftmax",
      """
      private func nablaLogSoftmax(_ m: Int, _ n: Int, _ a: inout [Double]) {
        for (i, row) in nablaRows(m, n, a).enumerated() {
          for j in 0..<n { a[i * n + j] -= row.top + log(row.sum) }
        }
      }
      """
    ),
    (
      "nablaLogSumExp",
      """
      private func nablaLogSumExp(_ m: Int, _ n: Int, _ a: [Double], _ y: inout [Double]) {
        for (i, row) in nablaRows(m, n, a).enumerated() { y[i] = row.top + log(row.sum) }
      }
      """
    ),
  ]

  private static let singular: [(name: String, text: String)] = [
    (
      "nablaSVD",
      """
      // a = u*diag(s)*v', by rotations of columns (Hestenes 1958); u is m x p and v is n x p for p = min(m, n).
      private func nablaSVD(_ m: Int, _ n: Int, _ a: [Double]) -> (u: [Double], s: [Double], v: [Double]) {
        if m < n {
          var turned = a
          for i in 0..<m { for j in 0..<n { turned[j * m + i] = a[i * n + j] } }
          let other = nablaSVD(n, m, turned)
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

  private static let exponential: [(name: String, text: String)] = [
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
