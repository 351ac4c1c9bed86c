import NablaTypes

/// A function of an exported file that maps values of parameters to values of nodes.
struct ExportRoutine {
  let name: String
  let graph: ExportGraph
  let parameters: [ExportParameter]
  let outputs: [(name: String, node: Int)]
  /// Names for intermediate values.
  var names: [Int: String] = [:]
  var documentation: [String] = []
  let sizes: SizePlan

  init(
    name: String, graph: ExportGraph, parameters: [ExportParameter], outputs: [(name: String, node: Int)],
    extraSizes: [String] = []
  ) {
    self.name = name
    self.graph = graph
    self.parameters = parameters
    self.outputs = outputs
    var needed = Set(extraSizes)
    let order = graph.reachable(from: outputs.map(\.node))
    let indices = Set(
      order.compactMap { node in
        if case .indexSum(let name, _, _) = graph[node].operation { name } else { nil }
      })
    for node in order { needed.formUnion(graph[node].sizeNames) }
    sizes = SizePlan(parameters, needed: needed.subtracting(indices))
  }

  /// Identifiers for the sizes and parameters.
  func symbols(_ names: inout Identifiers) -> [String: String] {
    var symbols: [String: String] = [:]
    for name in sizes.names + parameters.map(\.name) { symbols[name] = names.name(name) }
    return symbols
  }

  /// The helpers that it calls.
  var helpers: Set<ScalarHelper> {
    Set(
      graph.reachable(from: outputs.map(\.node)).compactMap { node in
        if case .helper(let helper) = graph[node].operation { helper } else { nil }
      })
  }
}

/// A parameter by its name in the formula.
struct ExportParameter: Hashable {
  let name: String
  let shape: Shape
}

/// How the sizes of a call are derived from the parameters.
struct SizePlan {
  struct Step {
    let name: String
    let parameter: ExportParameter
    let isRows: Bool
    /// The size is (length - rest)/coefficient.
    let rest: Dimension
    let coefficient: Int
  }

  private(set) var steps: [Step] = []
  /// The sizes that no parameter determines; they are parameters themselves.
  private(set) var extra: [String] = []
  var names: [String] { steps.map(\.name) + extra }

  init(_ parameters: [ExportParameter], needed: Set<String>) {
    var known: Set<String> = []
    let axes = parameters.flatMap { parameter in
      [(parameter, true, parameter.shape.rows), (parameter, false, parameter.shape.columns)]
    }
    for (parameter, isRows, dimension) in axes {
      guard let name = dimension.name, known.insert(name).inserted else { continue }
      steps.append(Step(name: name, parameter: parameter, isRows: isRows, rest: 0, coefficient: 1))
    }
    // Sizes such as h + 1 have one unknown name once the others are known.
    var isNew = true
    while isNew {
      isNew = false
      for (parameter, isRows, dimension) in axes {
        let unknown = dimension.names.filter { !known.contains($0) }
        guard unknown.count == 1, let name = unknown.first,
          let (coefficient, rest) = dimension.linear(in: name)
        else { continue }
        steps.append(
          Step(name: name, parameter: parameter, isRows: isRows, rest: rest, coefficient: coefficient))
        known.insert(name)
        isNew = true
      }
    }
    let all = needed.union(axes.flatMap { $0.2.names })
    extra = all.subtracting(known).sorted()
  }
}

extension Dimension {
  /// The dimension as coefficient*name + rest; `nil` if it does not have this form.
  fileprivate func linear(in name: String) -> (coefficient: Int, rest: Dimension)? {
    let own = terms.filter { $0.names.contains(name) }
    guard own.count == 1, own[0].names == [name] else { return nil }
    let coefficient = own[0].coefficient
    return (coefficient, self - Dimension(coefficient) * Dimension(name: name))
  }
}

extension ExportGraph.Node {
  /// The names of sizes in the code of the node.
  var sizeNames: [String] {
    let own: [Dimension] =
      switch operation {
      case .size(let size): [size]
      case .commutation(let m, let n): [m, n]
      case .slice(let rows, let columns): [rows.first, rows.last, columns.first, columns.last]
      case .indexSum(_, let first, let last): [first, last]
      case .input, .number, .pi, .e, .index, .identity, .fill, .add, .multiply, .negate, .power, .function,
        .helper, .select, .transpose, .spreadColumn, .spreadRow, .diagonalMatrix, .diagonal, .lowerTriangle,
        .upperTriangle, .vectorize, .kronecker, .blocks, .product, .total, .rowSums, .columnSums, .dot,
        .trace, .norm1, .norm2, .normInfinity, .maximum, .minimum, .squaredNorm, .logSumExp, .softmax,
        .logSoftmax, .factor, .solve, .inverse, .determinant, .logAbsDeterminant, .determinantSign,
        .spectralNorm, .nuclearNorm, .polar, .leftVector, .rightVector, .pseudoInverse, .adjugate,
        .exponential, .cholesky:
        []
      }
    return (own + [shape.rows, shape.columns]).flatMap(\.names)
  }
}
