/// The array functions included in a Swift file.
enum SwiftRuntime {
  static func name(_ runtime: LoopRuntime) -> String {
    "nabla" + runtime.rawValue.prefix(1).uppercased() + runtime.rawValue.dropFirst()
  }

  /// Ordered so that each comes after those that it calls.
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
}
