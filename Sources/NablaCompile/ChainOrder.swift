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
      /// So many blocks on the diagonal.
      case blocks(Int)
      /// A row or column of identities.
      case stack
    }
  }

  /// Factors next to each other.
  struct Run: Hashable {
    var start: Int
    var count: Int
  }

  indirect enum Tree {
    case leaf(Int)
    /// A product that is computed in any case.
    case known(Run)
    case node(Tree, Tree)
  }

  private let factors: [Factor]
  /// `cost[i][l]` and `split[i][l]` of the l + 1 factors from i on.
  private var cost: [[Double]]
  private var split: [[Int]]
  /// Of the product of the same factors.
  private var kind: [[Factor.Kind]]

  private let known: Set<Run>

  /// Optimises every run of at most `longest` factors; the `known` ones cost nothing.
  init(_ factors: [Factor], longest: Int, known: Set<Run> = []) {
    self.factors = factors
    self.known = known
    let count = factors.count
    cost = Array(repeating: Array(repeating: 0, count: longest), count: count)
    split = Array(repeating: Array(repeating: 0, count: longest), count: count)
    kind = factors.map { Array(repeating: $0.kind, count: longest) }
    for length in stride(from: 1, to: longest, by: 1) {
      for start in 0..<max(count - length, 0) {
        if known.contains(Run(start: start, count: length + 1)) {
          kind[start][length] = .dense
          continue
        }
        var best = Double.infinity
        for cut in 0..<length {
          let left = cost[start][cut]
          let right = cost[start + cut + 1][length - cut - 1]
          let joined = joining(start, start + cut, start + length)
          let total = left + right + joined.cost
          if total < best {
            best = total
            split[start][length] = cut
            kind[start][length] = joined.kind
          }
        }
        cost[start][length] = best
      }
    }
  }

  /// Operations to multiply factors first...middle by middle + 1...last, and what their product is.
  private func joining(_ first: Int, _ middle: Int, _ last: Int) -> (cost: Double, kind: Factor.Kind) {
    let (m, k) = (Double(factors[first].rows), Double(factors[middle].columns))
    let n = Double(factors[last].columns)
    let (left, right) = (kind[first][middle - first], kind[middle + 1][last - middle - 1])
    switch (left, right) {
    case (.blocks(let count), .blocks): return (2 * m * k * n / Double(count * count), .blocks(count))
    case (.blocks(let count), .diagonal), (.diagonal, .blocks(let count)):
      return (m * n / Double(count), left == .diagonal ? right : left)
    case (.blocks, .stack), (.stack, .blocks): return (0, .dense)
    case (.blocks(let count), _), (_, .blocks(let count)): return (2 * m * k * n / Double(count), .dense)
    case (.stack, _), (_, .stack): return (2 * m * k * n, .dense)
    case (.inverse, .inverse): return (4 * m * k * n, .dense)
    case (.inverse, _), (_, .inverse): return (2 * m * k * n, .dense)
    case (.diagonal, .diagonal): return (m, .diagonal)
    case (.diagonal, _), (_, .diagonal): return (m * n, .dense)
    case (.ones, .ones): return (1, .dense)
    case (.ones, _), (_, .ones): return (Swift.min(m * k, k * n) + m * n, .dense)
    case (.dense, .dense): return (2 * m * k * n, .dense)
    }
  }

  func cost(start: Int, count: Int) -> Double { cost[start][count - 1] }

  func tree(start: Int, count: Int) -> Tree {
    if count == 1 { return .leaf(start) }
    let run = Run(start: start, count: count)
    if known.contains(run) { return .known(run) }
    let cut = split[start][count - 1]
    return .node(tree(start: start, count: cut + 1), tree(start: start + cut + 1, count: count - cut - 1))
  }
}
