extension SwiftRuntime {
  static let factorizations: [(name: String, text: String)] = [
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
}
