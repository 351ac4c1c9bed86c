/// Finds the order of multiplying a chain of matrices of given sizes with the fewest operations.
struct ChainOrder {
  /// The sizes of a factor and the cost of multiplying by it.
  struct Factor {
    var rows: Int
    var columns: Int
    var kind: Kind

    enum Kind: Equatable {
      case dense
      /// A row or column of ones: multiplication sums.
      case ones
      /// A diagonal matrix: multiplication scales rows or columns.
      case diagonal
      /// An inverse: multiplication solves a system whose matrix is factored once.
      case inverse
      /// A block diagonal matrix with this number of blocks.
      case blocks(Int)
      /// A row or column of identities.
      case stack
    }
  }

  /// A run of consecutive factors.
  struct Run: Hashable {
    var start: Int
    var count: Int
  }

  indirect enum Tree {
    case leaf(Int)
    /// A product that is computed in any case.
    case known(Run)
    case node(Tree, Tree)

    /// The factors of the product.
    var run: Run {
      switch self {
      case .leaf(let index): Run(start: index, count: 1)
      case .known(let run): run
      case .node(let left, let right):
        Run(start: left.run.start, count: left.run.count + right.run.count)
      }
    }
  }

  private let factors: [Factor]
  /// `cost[i][l]` and `split[i][l]` belong to the l + 1 factors starting at i.
  private var cost: [[Double]]
  private var split: [[Int]]
  /// The kind of the product of the same factors.
  private var kind: [[Factor.Kind]]

  private let known: Set<Run>

  /// Optimizes every run of at most `longest` factors; the `known` ones cost nothing.
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

  /// The operations to multiply factors first...middle by middle + 1...last, and the kind of the product.
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
