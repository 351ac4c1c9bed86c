import NablaTypes

/// Writes a routine's nodes as statements of an array language.
/// A node is inlined where it is used. It gets a name if it is used twice, has one in the formula file, or would make a
/// line long.
struct ArrayPrinter<Language: ArrayLanguage> {
  private(set) var language: Language
  private let routine: ExportRoutine
  private let graph: ExportGraph
  private let indices: [Set<String>]
  private var codes: [Int: ArrayCode] = [:]
  private var inline: Set<Int> = []
  private var uses: [Int]
  private var isNamed: [Bool]
  private let isStatic: [Bool]
  private var names: Identifiers
  private(set) var lines: [String] = []
  private var indent = ""

  /// Longer code gets a name.
  private static var longest: Int { 64 }

  init(_ routine: ExportRoutine, _ language: Language, names: Identifiers) {
    self.routine = routine
    self.language = language
    self.names = names
    graph = routine.graph
    indices = graph.indices()
    uses = Array(repeating: 0, count: graph.nodes.count)
    isNamed = Array(repeating: false, count: graph.nodes.count)
    var isStatic: [Bool] = []
    for node in graph.nodes {
      if case .input = node.operation {
        isStatic.append(false)
      } else {
        isStatic.append(node.shape.isScalar && node.operands.allSatisfy { isStatic[$0] } && !node.isArray)
      }
    }
    self.isStatic = isStatic
  }

  /// The statements, and the code of each output.
  mutating func statements() -> (lines: [String], outputs: [String]) {
    let order = graph.reachable(from: routine.outputs.map(\.node))
    countUses(order)
    var wanted: [Int: String] = [:]
    for (name, node) in routine.outputs where wanted[node] == nil { wanted[node] = name }
    for (node, name) in routine.names where wanted[node] == nil { wanted[node] = name }
    for node in order where indices[node].isEmpty { emit(node, in: order, wanted) }
    var outputs: [String] = []
    for (_, node) in routine.outputs { outputs.append(codes[node]?.text ?? "") }
    return (lines, outputs)
  }

  private mutating func countUses(_ order: [Int]) {
    for node in order {
      let shapes = graph[node].operands.map { graph.shape($0) }
      let repeats = language.repeatsOperands(graph[node], shapes)
      for operand in graph[node].operands {
        uses[operand] += 1
        // Values that a loop uses are computed before it.
        if repeats || !indices[node].subtracting(indices[operand]).isEmpty { uses[operand] += 1 }
      }
    }
    for node in order.reversed() where language.isTransparent(graph[node].operation) {
      for operand in graph[node].operands { uses[operand] += uses[node] - 1 }
    }
  }

  private mutating func emit(_ node: Int, in order: [Int], _ wanted: [Int: String]) {
    if case .indexSum(let name, let first, let last) = graph[node].operation {
      loop(node, name, first, last, order, wanted)
      return
    }
    let operands = graph[node].operands
    if language.isTransparent(graph[node].operation) {
      codes[node] = codes[operands[0]]
      return
    }
    if case .slice(let rows, let columns) = graph[node].operation {
      check(rows, graph.shape(operands[0]).rows)
      check(columns, graph.shape(operands[0]).columns)
    }
    var code = language.code(graph[node], operands.map(operand))
    // Long operands get names until the line is short, longest first.
    while code.text.count > 2 * Self.longest,
      let long = operands.filter({ inline.contains($0) && (codes[$0]?.text.count ?? 0) > 24 })
        .max(by: { (codes[$0]?.text.count ?? 0) < (codes[$1]?.text.count ?? 0) })
    {
      name(long, codes[long] ?? code, wanted[long])
      code = language.code(graph[node], operands.map(operand))
    }
    let isLeaf = operands.isEmpty
    let isOutput = routine.outputs.contains { $0.node == node }
    if isOutput && !(isLeaf && isInput(node)) || wanted[node] != nil && !isLeaf {
      name(node, code, wanted[node])
    } else if uses[node] > 1, !isCheap(node) {
      name(node, code, nil)
    } else if code.text.count > Self.longest, !isLeaf {
      name(node, code, nil)
    } else {
      codes[node] = code
      inline.insert(node)
    }
  }

  /// Whether repeating it is free: a leaf that is a number or a view of an input.
  private func isCheap(_ node: Int) -> Bool {
    if case .transpose = graph[node].operation { return isInput(graph[node].operands[0]) }
    return graph[node].operation.isCheap
  }

  private func isInput(_ node: Int) -> Bool {
    if case .input = graph[node].operation { return true }
    return false
  }

  private func operand(_ node: Int) -> ArrayOperand {
    ArrayOperand(
      code: codes[node] ?? ArrayCode(""), shape: graph.shape(node), isStatic: isStatic[node],
      operation: graph[node].operation,
      inner: inline.contains(node) ? graph[node].operands.map { codes[$0] ?? ArrayCode("") } : nil)
  }

  private mutating func name(_ node: Int, _ code: ArrayCode, _ wanted: String?) {
    let name = wanted.map { names.unique($0) } ?? names.fresh()
    lines.append(indent + language.assignment(name, code.text))
    codes[node] = ArrayCode(name)
    inline.remove(node)
  }

  private mutating func check(_ range: ExportRange, _ count: Dimension) {
    if range.first == 1, range.last == count { return }
    if let first = range.first.constant, let last = range.last.constant, let count = count.constant,
      first >= 1, last <= count
    {
      return
    }
    if let line = language.check(symbol(range.first), symbol(range.last), symbol(count)),
      !lines.contains(indent + line)
    {
      lines.append(indent + line)
    }
  }

  private func symbol(_ dimension: Dimension) -> String { dimension.code(language.symbols) }

  /// The sum over an index: nodes that depend on the index are computed in the loop.
  private mutating func loop(
    _ node: Int, _ index: String, _ first: Dimension, _ last: Dimension, _ order: [Int],
    _ wanted: [Int: String]
  ) {
    let body = graph[node].operands[0]
    let total = wanted[node].map { names.unique($0) } ?? names.fresh()
    lines.append(indent + language.assignment(total, language.zeros(graph.shape(node))))
    let outer = (codes, inline, indent, language.symbols[index])
    let counter = names.unique(index)
    language.symbols[index] = counter
    let (open, close) = language.loop(counter, symbol(first), symbol(last))
    lines += open.map { indent + $0 }
    indent += "    "
    let around = indices[node].union([index])
    for inner in graph.reachable(from: [body])
    where indices[inner].contains(index) && indices[inner].isSubset(of: around) {
      emit(inner, in: order, [:])
    }
    let value = codes[body] ?? ArrayCode("")
    lines.append(indent + language.assignment(total, "\(total) + \(value.bracketed(.product))"))
    (codes, inline, indent, language.symbols[index]) = outer
    lines += close.map { indent + $0 }
    codes[node] = ArrayCode(total)
  }
}

extension ExportGraph.Node {
  /// Whether its code is an array even if all operands are numbers.
  var isArray: Bool {
    switch operation {
    case .number, .pi, .e, .size, .index, .add, .multiply, .negate, .power: false
    case .input, .identity, .commutation, .fill, .function, .helper, .select, .transpose, .spreadColumn,
      .spreadRow, .diagonalMatrix, .diagonal, .lowerTriangle, .upperTriangle, .vectorize, .kronecker, .blocks,
      .slice, .product, .total, .rowSums, .columnSums, .dot, .trace, .norm1, .norm2, .normInfinity, .maximum,
      .minimum, .squaredNorm, .logSumExp, .softmax, .logSoftmax, .factor, .solve, .inverse, .determinant,
      .logAbsDeterminant, .determinantSign, .spectralNorm, .nuclearNorm, .polar, .leftVector, .rightVector,
      .pseudoInverse, .adjugate, .exponential, .cholesky, .indexSum:
      true
    }
  }
}

extension ExportOperation {
  /// Whether repeating it is free.
  var isCheap: Bool {
    switch self {
    case .input, .number, .pi, .e, .size, .index: true
    case .identity, .commutation, .fill, .add, .multiply, .negate, .power, .function, .helper, .select,
      .transpose, .spreadColumn, .spreadRow, .diagonalMatrix, .diagonal, .lowerTriangle, .upperTriangle,
      .vectorize, .kronecker, .blocks, .slice, .product, .total, .rowSums, .columnSums, .dot, .trace, .norm1,
      .norm2, .normInfinity, .maximum, .minimum, .squaredNorm, .logSumExp, .softmax, .logSoftmax, .factor,
      .solve, .inverse, .determinant, .logAbsDeterminant, .determinantSign, .spectralNorm, .nuclearNorm,
      .polar, .leftVector, .rightVector, .pseudoInverse, .adjugate, .exponential, .cholesky, .indexSum:
      false
    }
  }
}

extension Dimension {
  /// The code, with other names for sizes.
  func code(_ names: [String: String]) -> String {
    substituting(
      Dictionary(
        uniqueKeysWithValues: self.names.compactMap { name in
          names[name].map { (name, Dimension(name: $0)) }
        })
    ).description
  }
}
