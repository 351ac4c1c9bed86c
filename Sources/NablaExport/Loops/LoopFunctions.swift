import NablaTypes

extension LoopPrinter {
  mutating func call(_ node: Int, target: String?) {
    let operands = graph[node].operands
    let shape = graph.shape(node)
    let first = graph.shape(operands[0])
    let isDefinite = graph[operands[0]].operation == .factor(isDefinite: true)
    switch graph[node].operation {
    case .product: product(node, target: target)
    case .logSumExp, .softmax, .logSoftmax: rowwise(node, target: target)
    case .factor(let isDefinite):
      let n = shape.rows
      let array = makeArray(node, target: nil, count: isDefinite ? n * n : n * n + n + 1)
      fill(array, shape) { $0.entry(operands[0], $1, $2) }
      run(isDefinite ? .factorCholesky : .factorLU, [n], reads: [], writes: array)
    case .cholesky:
      let array = makeArray(node, target: target)
      if shape.isScalar { arrays[node] = nil }
      fill(array, shape) { $0.entry(operands[0], $1, $2) }
      run(.factorCholesky, [shape.rows], reads: [], writes: array)
      if shape.isScalar { scalars[node] = ArrayCode("\(array)[0]") }
    case .solve(let isTransposed):
      let array = result(node, target)
      fill(array, shape) { $0.entry(operands[1], $1, $2) }
      run(
        isDefinite ? .solveCholesky : isTransposed ? .solveLUTransposed : .solveLU,
        [first.rows, shape.columns],
        reads: [arrays[operands[0]] ?? ""], writes: array)
    case .inverse:
      let array = result(node, target)
      run(
        isDefinite ? .invertCholesky : .invertLU, [first.rows], reads: [arrays[operands[0]] ?? ""],
        writes: array)
    case .determinant:
      value(node, isDefinite ? .determinantCholesky : .determinantLU, [first.rows], arrays[operands[0]] ?? "")
    case .logAbsDeterminant:
      value(
        node, isDefinite ? .logDeterminantCholesky : .logDeterminantLU, [first.rows],
        arrays[operands[0]] ?? "")
    case .determinantSign: value(node, .signLU, [first.rows], arrays[operands[0]] ?? "")
    case .spectralNorm: value(node, .spectralNorm, [first.rows, first.columns], matrix(operands[0]))
    case .nuclearNorm: value(node, .nuclearNorm, [first.rows, first.columns], matrix(operands[0]))
    case .polar: singular(.polar, node, target)
    case .leftVector: singular(.leftVector, node, target)
    case .rightVector: singular(.rightVector, node, target)
    case .pseudoInverse: singular(.pseudoInverse, node, target)
    case .adjugate: singular(.adjugate, node, target)
    case .exponential: singular(.exponential, node, target)
    case .input, .number, .pi, .e, .size, .index, .identity, .commutation, .fill, .add, .multiply, .negate,
      .power, .function, .helper, .select, .transpose, .spreadColumn, .spreadRow, .diagonalMatrix, .diagonal,
      .lowerTriangle, .upperTriangle, .vectorize, .kronecker, .blocks, .slice, .total, .rowSums, .columnSums,
      .dot, .trace, .norm1, .norm2, .normInfinity, .maximum, .minimum, .squaredNorm, .indexSum:
      problem = "a function of arrays"
    }
  }

  /// The array of a node; for a number, an array with one entry.
  mutating func result(_ node: Int, _ target: String?) -> String {
    let array = makeArray(node, target: graph.shape(node).isScalar ? nil : target)
    if graph.shape(node).isScalar {
      arrays[node] = nil
      scalars[node] = ArrayCode("\(array)[0]")
    }
    return array
  }

  /// The operand as an array in row-major order.
  mutating func matrix(_ node: Int) -> String {
    guard graph.shape(node).isScalar else { return stored(node) }
    let name = names.fresh()
    reserve(name, 1)
    write(language.assignment("\(name)[0]", entry(node, "0", "0").text))
    return name
  }

  mutating func singular(_ runtime: LoopRuntime, _ node: Int, _ target: String?) {
    let operand = graph[node].operands[0]
    let shape = graph.shape(operand)
    let matrix = matrix(operand)
    let isSquare = runtime == .adjugate || runtime == .exponential
    let array = result(node, target)
    run(
      runtime, isSquare ? [shape.rows] : [shape.rows, shape.columns], reads: [matrix], writes: array)
  }

  mutating func run(
    _ runtime: LoopRuntime, _ sizes: [Dimension], reads: [String], writes: String?
  ) {
    self.runtime.insert(runtime)
    let scratch = scratchName(runtime, sizes)
    write(
      language.call(runtime, sizes: sizes.map(count), reads: reads, writes: writes, scratch: scratch))
  }

  mutating func scratchName(_ runtime: LoopRuntime, _ sizes: [Dimension]) -> String? {
    guard let count = language.scratch(runtime, sizes[0], sizes.count > 1 ? sizes[1] : sizes[0]) else {
      return nil
    }
    let name = names.fresh()
    reserve(name, count)
    return name
  }

  mutating func value(_ node: Int, _ runtime: LoopRuntime, _ sizes: [Dimension], _ array: String) {
    self.runtime.insert(runtime)
    let scratch = scratchName(runtime, sizes)
    let name = fresh(node)
    write(
      language.constant(
        name,
        language.call(runtime, sizes: sizes.map(count), reads: [array], writes: nil, scratch: scratch)))
    scalars[node] = ArrayCode(name)
  }

  mutating func rowwise(_ node: Int, target: String?) {
    let operand = graph[node].operands[0]
    let shape = graph.shape(operand)
    let (rows, columns) =
      shape.isMatrix ? (shape.rows, shape.columns) : (Dimension(1), shape.rows * shape.columns)
    if case .logSumExp = graph[node].operation {
      let matrix = matrix(operand)
      let array = result(node, target)
      run(.logSumExp, [rows, columns], reads: [matrix], writes: array)
      return
    }
    let array = result(node, target)
    fill(array, shape) { $0.entry(operand, $1, $2) }
    run(
      graph[node].operation == .softmax ? .softmax : .logSoftmax, [rows, columns], reads: [], writes: array)
  }

  mutating func product(_ node: Int, target: String?) {
    let operands = graph[node].operands
    let (a, b) = (strided(operands[0]), strided(operands[1]))
    let (left, right) = (graph.shape(operands[0]), graph.shape(operands[1]))
    let array = result(node, target)
    runtime.insert(.multiply)
    write(
      language.call(
        .multiply, sizes: [left.rows, right.columns, left.columns].map(count), reads: a + b, writes: array,
        scratch: nil))
  }

  /// An array with its row and column strides.
  mutating func strided(_ node: Int) -> [String] {
    if case .transpose = graph[node].operation, arrays[node] == nil {
      let inner = strided(graph[node].operands[0])
      return [inner[0], inner[2], inner[1]]
    }
    let array = stored(node)
    let columns = graph.shape(node).columns
    return [array, count(columns), "1"]
  }
}
