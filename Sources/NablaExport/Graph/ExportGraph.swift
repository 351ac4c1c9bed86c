import NablaTypes

/// A program without sizes: nodes in order, each after its operands, with equal ones shared.
struct ExportGraph: Sendable {
  struct Node: Hashable, Sendable {
    let operation: ExportOperation
    let operands: [Int]
    let shape: Shape
  }

  private(set) var nodes: [Node] = []
  private var places: [Node: Int] = [:]

  subscript(node: Int) -> Node { nodes[node] }
  func shape(_ node: Int) -> Shape { nodes[node].shape }

  mutating func add(_ operation: ExportOperation, _ operands: [Int] = [], _ shape: Shape) -> Int {
    let node = Node(operation: operation, operands: operands, shape: shape)
    if let known = places[node] { return known }
    nodes.append(node)
    places[node] = nodes.count - 1
    return nodes.count - 1
  }

  /// The nodes that these outputs need, in order.
  func reachable(from outputs: [Int]) -> [Int] {
    var isNeeded = [Bool](repeating: false, count: nodes.count)
    for output in outputs { isNeeded[output] = true }
    for node in nodes.indices.reversed() where isNeeded[node] {
      for operand in nodes[node].operands { isNeeded[operand] = true }
    }
    return nodes.indices.filter { isNeeded[$0] }
  }

  /// The bound indices on which each node depends.
  func indices() -> [Set<String>] {
    let bound = Set(
      nodes.compactMap { node in
        if case .indexSum(let name, _, _) = node.operation { name } else { nil }
      })
    if bound.isEmpty { return Array(repeating: [], count: nodes.count) }
    var result: [Set<String>] = []
    for node in nodes {
      var names = Set(node.shape.rows.names + node.shape.columns.names)
      for operand in node.operands { names.formUnion(result[operand]) }
      switch node.operation {
      case .indexSum(let name, let first, let last):
        names.remove(name)
        names.formUnion(first.names + last.names)
      case .index(let name): names.insert(name)
      case .size(let size): names.formUnion(size.names)
      case .slice(let rows, let columns):
        names.formUnion([rows.first, rows.last, columns.first, columns.last].flatMap(\.names))
      case .commutation(let m, let n): names.formUnion(m.names + n.names)
      case .input, .number, .pi, .e, .identity, .fill, .add, .multiply, .negate, .power, .function, .helper,
        .select, .transpose, .spreadColumn, .spreadRow, .diagonalMatrix, .diagonal, .lowerTriangle,
        .upperTriangle, .vectorize, .kronecker, .blocks, .product, .total, .rowSums, .columnSums, .dot,
        .trace, .norm1, .norm2, .normInfinity, .maximum, .minimum, .squaredNorm, .logSumExp, .softmax,
        .logSoftmax, .factor, .solve, .inverse, .determinant, .logAbsDeterminant, .determinantSign,
        .spectralNorm, .nuclearNorm, .polar, .leftVector, .rightVector, .pseudoInverse, .adjugate,
        .exponential, .cholesky:
        break
      }
      result.append(names.intersection(bound))
    }
    return result
  }
}

// MARK: Building

extension ExportGraph {
  mutating func number(_ value: Rational) -> Int { add(.number(value), [], .scalar) }

  mutating func sum(_ terms: [(node: Int, subtracts: Bool)], _ shape: Shape) -> Int {
    let terms = terms.map { term in
      let (node, isNegative) = unsigned(term.node)
      return (node: node, subtracts: term.subtracts != isNegative)
    }
    if terms.count == 1 { return terms[0].subtracts ? negate(terms[0].node) : terms[0].node }
    // An added term goes first: `y - x` rather than `-x + y`.
    var ordered = terms
    if let first = terms.firstIndex(where: { !$0.subtracts }), first > 0 {
      ordered.insert(ordered.remove(at: first), at: 0)
    }
    return add(.add(subtracts: ordered.map(\.subtracts)), ordered.map(\.node), shape)
  }

  mutating func product(_ factors: [(node: Int, divides: Bool)], _ shape: Shape) -> Int {
    let signs = factors.map { unsigned($0.node) }
    if signs.contains(where: \.isNegative) {
      let product = product(zip(signs, factors).map { ($0.node, $1.divides) }, shape)
      return signs.count(where: \.isNegative).isMultiple(of: 2) ? product : negate(product)
    }
    if factors.count == 1, !factors[0].divides { return factors[0].node }
    var ordered = factors
    if ordered.allSatisfy(\.divides) { ordered.insert((number(1), false), at: 0) }
    return add(.multiply(divides: ordered.map(\.divides)), ordered.map(\.node), shape)
  }

  mutating func negate(_ node: Int) -> Int {
    if case .negate = nodes[node].operation { return nodes[node].operands[0] }
    return add(.negate, [node], nodes[node].shape)
  }

  /// The node without a leading sign.
  func unsigned(_ node: Int) -> (node: Int, isNegative: Bool) {
    nodes[node].operation == .negate ? (nodes[node].operands[0], true) : (node, false)
  }

  mutating func transpose(_ node: Int) -> Int {
    let shape = nodes[node].shape
    if shape.isScalar { return node }
    if nodes[node].operation == .negate { return negate(transpose(nodes[node].operands[0])) }
    if case .transpose = nodes[node].operation { return nodes[node].operands[0] }
    return add(.transpose, [node], shape.transposed)
  }

  mutating func apply(_ function: ScalarFunction, _ operands: [Int]) -> Int {
    add(.function(function), operands, wide(operands))
  }

  mutating func apply(_ helper: ScalarHelper, _ operands: [Int]) -> Int {
    add(.helper(helper), operands, wide(operands))
  }

  /// The shape of an elementwise combination of these nodes.
  func wide(_ operands: [Int]) -> Shape {
    operands.map { nodes[$0].shape }.first { !$0.isScalar } ?? .scalar
  }

  /// The node with the given shape; a scalar is repeated.
  mutating func filled(_ node: Int, _ shape: Shape) -> Int {
    nodes[node].shape.isScalar && !shape.isScalar ? add(.fill, [node], shape) : node
  }
}
