import NablaCompile
import NablaCore
import NablaTypes

/// A factor of a matrix product that need not be formed.
enum ExportFactor {
  case array(Int)
  /// A row or a column of ones.
  case ones(Shape)
  /// The diagonal matrix of a vector; `selects` if its zeros come from a branch that is not taken.
  case diagonal(vector: Int, selects: Bool)
  /// The inverse of a factored matrix, or the transpose of the inverse.
  case inverse(factor: Int, isTransposed: Bool)
}

extension ExportLowering {
  func shape(_ factor: ExportFactor) -> Shape {
    switch factor {
    case .array(let node), .inverse(let node, _): return graph.shape(node)
    case .ones(let shape): return shape
    case .diagonal(let vector, _):
      let rows = graph.shape(vector).rows
      return Shape(rows, rows)
    }
  }

  mutating func chainFactor(_ formula: Formula) throws(ExportProblem) -> ExportFactor {
    switch formula.kind {
    case .ones where formula.shape.isVector || formula.shape.isRow: return .ones(formula.shape)
    case .apply(.array(.diagonalMatrix), let arguments):
      return .diagonal(vector: try lowerPart(arguments[0]), selects: arguments[0].isSelector)
    case .inverse(let inner):
      if case .apply(.array(.diagonalMatrix), let arguments) = inner.kind {
        let vector = try lowerPart(.power(arguments[0], .number(-1)))
        return .diagonal(vector: vector, selects: false)
      }
      if case .transpose(let stored) = inner.kind {
        return .inverse(factor: try factor(stored), isTransposed: true)
      }
      return .inverse(factor: try factor(inner), isTransposed: false)
    case .transpose(let inner):
      if case .inverse = inner.kind, case .inverse(let factor, let isTransposed) = try chainFactor(inner) {
        return .inverse(factor: factor, isTransposed: !isTransposed)
      }
      return .array(try lowerPart(formula))
    case .number, .constant, .variable, .dimension, .zeros, .ones, .identity, .sum, .times, .product, .power,
      .apply, .differential:
      return .array(try lowerPart(formula))
    }
  }

  /// The product of a chain in the order with the fewest operations if each named size is 1000.
  mutating func multiply(_ factors: [ExportFactor]) -> ExportFactor {
    let count = factors.count
    if count > Self.longestChain {
      let half = count / 2
      let (left, right) = (multiply(Array(factors[..<half])), multiply(Array(factors[half...])))
      return multiplied(left, right)
    }
    let shapes = factors.map { shape($0) }
    func size(_ dimension: Dimension) -> Double {
      let sizes = Dictionary(uniqueKeysWithValues: dimension.names.map { ($0, 1000) })
      return Double(max(dimension.value(sizes) ?? 1_000_000, 1))
    }
    let rows = shapes.map { size($0.rows) }
    let columns = shapes.map { size($0.columns) }
    let isCheap = factors.map { factor in
      switch factor {
      case .ones, .diagonal: true
      case .array, .inverse: false
      }
    }
    var cost = Array(repeating: Array(repeating: 0.0, count: count), count: count)
    var cut = Array(repeating: Array(repeating: 0, count: count), count: count)
    for length in stride(from: 1, to: count, by: 1) {
      for start in 0..<(count - length) {
        let end = start + length
        var best = Double.infinity
        for middle in start..<end {
          let (m, k, n) = (rows[start], columns[middle], columns[end])
          let isScaling = middle == start && isCheap[start] || middle + 1 == end && isCheap[end]
          let work = isScaling ? max(m * k, k * n) : 2 * m * k * n
          let total = cost[start][middle] + cost[middle + 1][end] + work
          // Of equal cost, the halves of a number may be one: y'*inv(C)^2*y is a squared norm for symmetric C.
          let isInMiddle = m == 1 && n == 1 && 2 * middle + 1 == start + end
          if total < best || total == best && isInMiddle {
            best = total
            cut[start][end] = middle
          }
        }
        cost[start][end] = best
      }
    }
    return multiplied(factors, 0, count - 1, cut)
  }

  private static var longestChain: Int { 64 }

  private mutating func multiplied(
    _ factors: [ExportFactor], _ start: Int, _ end: Int, _ cut: [[Int]]
  ) -> ExportFactor {
    if start == end { return factors[start] }
    let middle = cut[start][end]
    let left = multiplied(factors, start, middle, cut)
    let right = multiplied(factors, middle + 1, end, cut)
    return multiplied(left, right)
  }

  /// A definite matrix is its own transpose, so that both solutions are one node.
  private mutating func solved(_ factor: Int, isTransposed: Bool, _ right: Int) -> Int {
    let isTransposed = isTransposed && graph[factor].operation != .factor(isDefinite: true)
    return add(.solve(isTransposed: isTransposed), [factor, right], graph.shape(right))
  }

  private mutating func multiplied(_ left: ExportFactor, _ right: ExportFactor) -> ExportFactor {
    let result = Shape(shape(left).rows, shape(right).columns)
    switch (left, right) {
    case (.diagonal(let a, let selectsA), .diagonal(let b, let selectsB)):
      return .diagonal(vector: scaled(a, b, selects: selectsA, selectsB), selects: selectsA && selectsB)
    case (.diagonal(let vector, let selects), _):
      let array = dense(right)
      let shape = graph.shape(array)
      let wide = shape.isVector ? vector : add(.spreadColumn, [vector], shape)
      return .array(selects ? add(.select, [wide, array], shape) : product(wide, array, shape))
    case (_, .diagonal(let vector, let selects)):
      let array = dense(left)
      let shape = graph.shape(array)
      let row = withGraph { $0.transpose(vector) }
      let wide = shape.isRow ? row : add(.spreadRow, [row], shape)
      return .array(selects ? add(.select, [wide, array], shape) : product(array, wide, shape))
    case (.inverse(let factor, let isTransposed), _):
      return .array(solved(factor, isTransposed: isTransposed, dense(right)))
    case (_, .inverse(let factor, let isTransposed)):
      // B*inv(A) is the transpose of inv(A')*B'.
      let transposed = withGraph { [array = dense(left)] in $0.transpose(array) }
      let solved = solved(factor, isTransposed: !isTransposed, transposed)
      return .array(withGraph { $0.transpose(solved) })
    case (.ones(let shape), .array(let array)):
      if shape.isRow { return .array(sums(array, .columnSums, transposed: .rowSums, result)) }
      return .array(add(.spreadRow, [array], result))
    case (.array(let array), .ones(let shape)):
      if shape.isVector { return .array(sums(array, .rowSums, transposed: .columnSums, result)) }
      return .array(add(.spreadColumn, [array], result))
    case (.ones, .ones):
      return .array(product(dense(left), dense(right), result, isMatrix: true))
    case (.array(let a), .array(let b)):
      return .array(product(a, b, result, isMatrix: true))
    }
  }

  /// Row or column sums; for a transpose, the other ones.
  private mutating func sums(
    _ array: Int, _ operation: ExportOperation, transposed: ExportOperation, _ shape: Shape
  ) -> Int {
    if shape.isScalar { return add(.total, [array], .scalar) }
    guard graph[array].operation == .transpose else { return add(operation, [array], shape) }
    let sums = add(transposed, graph[array].operands, shape.transposed)
    return withGraph { $0.transpose(sums) }
  }

  private mutating func scaled(_ a: Int, _ b: Int, selects isA: Bool, _ isB: Bool) -> Int {
    let shape = graph.shape(a)
    if isA { return add(.select, [a, b], shape) }
    return isB ? add(.select, [b, a], shape) : product(a, b, shape)
  }

  /// The product of two arrays: elementwise or matrix product.
  private mutating func product(_ a: Int, _ b: Int, _ shape: Shape, isMatrix: Bool = false) -> Int {
    let (x, y) = (graph.unsigned(a), graph.unsigned(b))
    if x.isNegative || y.isNegative {
      let product = product(x.node, y.node, shape, isMatrix: isMatrix)
      return x.isNegative == y.isNegative ? product : withGraph { $0.negate(product) }
    }
    if isMatrix, !graph.shape(a).isScalar, !graph.shape(b).isScalar {
      if shape.isScalar, graph[a].operation == .transpose, graph[a].operands == [b] {
        return add(.squaredNorm, [b], .scalar)
      }
      return add(.product, [a, b], shape)
    }
    return withGraph { $0.product([(a, false), (b, false)], shape) }
  }

  mutating func dense(_ factor: ExportFactor) -> Int {
    switch factor {
    case .array(let node): return node
    case .ones(let shape): return withGraph { $0.filled($0.number(1), shape) }
    case .diagonal(let vector, _): return add(.diagonalMatrix, [vector], shape(factor))
    case .inverse(let node, let isTransposed):
      let inverse = add(.inverse, [node], graph.shape(node))
      return isTransposed ? withGraph { $0.transpose(inverse) } : inverse
    }
  }
}
