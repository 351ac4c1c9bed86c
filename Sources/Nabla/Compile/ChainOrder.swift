/// In which order to multiply a chain of matrices of given sizes so that the fewest operations are done.
struct ChainOrder {
  /// A factor's sizes and what multiplying by it costs.
  struct Factor {
    var rows: Int
    var columns: Int
    var kind: Kind

    enum Kind: Equatable {
      case dense
      /// A row or column of ones: multiplying sums.
      case ones
      /// Multiplying scales rows or columns.
      case diagonal
      /// Multiplying solves a system whose matrix is factored once.
      case inverse
    }
  }

  indirect enum Tree {
    case leaf(Int)
    case node(Tree, Tree)
  }

  private let factors: [Factor]
  /// `cost[i][l]` and `split[i][l]` of the l + 1 factors from i on.
  private var cost: [[Double]]
  private var split: [[Int]]

  /// Optimises every run of at most `longest` factors.
  init(_ factors: [Factor], longest: Int) {
    self.factors = factors
    let count = factors.count
    cost = Array(repeating: Array(repeating: 0, count: longest), count: count)
    split = Array(repeating: Array(repeating: 0, count: longest), count: count)
    for length in stride(from: 1, to: longest, by: 1) {
      for start in 0..<max(count - length, 0) {
        var best = Double.infinity
        for cut in 0..<length {
          let left = cost[start][cut]
          let right = cost[start + cut + 1][length - cut - 1]
          let total = left + right + joining(start, start + cut, start + length)
          if total < best {
            best = total
            split[start][length] = cut
          }
        }
        cost[start][length] = best
      }
    }
  }

  /// Operations to multiply factors first...middle by middle + 1...last.
  private func joining(_ first: Int, _ middle: Int, _ last: Int) -> Double {
    let (m, k) = (Double(factors[first].rows), Double(factors[middle].columns))
    let n = Double(factors[last].columns)
    let left = first == middle ? factors[first].kind : .dense
    let right = middle + 1 == last ? factors[last].kind : .dense
    if left == .inverse, right == .inverse { return 4 * m * k * n }
    if left == .inverse || right == .inverse { return 2 * m * k * n }
    if left == .diagonal || right == .diagonal { return m * n }
    if left == .ones, right == .ones { return 1 }
    if left == .ones || right == .ones { return min(m * k, k * n) + m * n }
    return 2 * m * k * n
  }

  func cost(start: Int, count: Int) -> Double { cost[start][count - 1] }

  func tree(start: Int, count: Int) -> Tree {
    if count == 1 { return .leaf(start) }
    let cut = split[start][count - 1]
    return .node(tree(start: start, count: cut + 1), tree(start: start + cut + 1, count: count - cut - 1))
  }
}
