import NablaTypes

/// The routines with which a file compares its derivatives with finite differences.
struct SelfTest {
  /// Maps normal numbers to data with the declared properties, and to directions that preserve them.
  let sample: ExportRoutine
  let checks: [Check]
  /// A value for each size.
  let sizes: [String: Int]

  struct Check {
    let output: Int
    let relation: ExportRequest.Relation
    /// The error from the values around a point; see `SelfTest.error`.
    let error: ExportRoutine
    /// The indices of the directions among the sample's outputs.
    let directions: [Int]
  }

  /// `nil` if there is nothing to check, or no sizes are suitable.
  init?(_ request: ExportRequest, _ main: ExportRoutine) {
    guard let sizes = Self.sizes(main), !request.variables.isEmpty else { return nil }
    self.sizes = sizes
    var graph = ExportGraph()
    var parameters: [ExportParameter] = []
    var outputs: [(name: String, node: Int)] = []
    func draw(_ name: String, _ variable: Int, isDirection: Bool) -> Int {
      let (shape, properties) = (request.variables[variable].shape, request.variables[variable].properties)
      parameters.append(ExportParameter(name: name, shape: shape))
      let raw = graph.add(.input(name), [], shape)
      let node =
        isDirection
        ? SampleData.direction(raw, properties, &graph) : SampleData.instance(raw, properties, &graph)
      outputs.append((name + "_", node))
      return outputs.count - 1
    }
    for (index, variable) in request.variables.enumerated() {
      _ = draw(variable.name, index, isDirection: false)
    }
    var checks: [Check] = []
    for (index, output) in request.outputs.enumerated() {
      var directions: [Int] = []
      switch output.relation {
      case .value: continue
      case .slope(_, let variable, _), .stationary(_, let variable):
        directions = [draw("direction_\(index)", variable, isDirection: true)]
      case .curvature(_, let first, let second):
        directions = [
          draw("direction_\(index)_1", first, isDirection: true),
          draw("direction_\(index)_2", second, isDirection: true),
        ]
      case .differential(_, _, let places): directions = places
      case .form: break
      }
      let error = Self.error(request, index, main)
      checks.append(Check(output: index, relation: output.relation, error: error, directions: directions))
    }
    if checks.isEmpty { return nil }
    self.checks = checks
    sample = ExportRoutine(name: "sample", graph: graph, parameters: parameters, outputs: outputs)
  }

  /// Small, distinct sizes at which every shape and every slice exists.
  private static func sizes(_ main: ExportRoutine) -> [String: Int]? {
    let indices = main.graph.indices()
    for least in 3..<40 {
      let sizes = Dictionary(
        uniqueKeysWithValues: main.sizes.names.sorted().enumerated().map { ($1, least + $0) })
      func isPositive(_ dimension: Dimension) -> Bool { (dimension.value(sizes) ?? 0) >= 1 }
      let fits = main.graph.nodes.indices.allSatisfy { place in
        let node = main.graph[place]
        guard indices[place].isEmpty else { return true }
        guard isPositive(node.shape.rows), isPositive(node.shape.columns) else { return false }
        guard case .slice(let rows, let columns) = node.operation else { return true }
        let array = main.graph.shape(node.operands[0])
        return isPositive(rows.first) && isPositive(columns.first) && isPositive(array.rows - rows.last + 1)
          && isPositive(array.columns - columns.last + 1)
      }
      if fits { return sizes }
    }
    return nil
  }

  /// The largest error of an output, relative to its largest entry or 1.
  /// The parameters are the output and the inputs of its relation: a slope has the values after and before a step, the
  /// direction and the step; a curvature has four values and two directions.
  private static func error(
    _ request: ExportRequest, _ index: Int, _ main: ExportRoutine
  ) -> ExportRoutine {
    var graph = ExportGraph()
    var parameters: [ExportParameter] = []
    func input(_ name: String, _ shape: Shape) -> Int {
      parameters.append(ExportParameter(name: name, shape: shape))
      return graph.add(.input(name), [], shape)
    }
    func shape(_ output: Int) -> Shape { main.graph.shape(main.outputs[output].node) }
    func stacked(_ node: Int) -> Int {
      let shape = graph.shape(node)
      if shape.isScalar || shape.isVector { return node }
      return graph.add(.vectorize, [node], .vector(shape.rows * shape.columns))
    }
    func difference(_ a: Int, _ b: Int) -> Int { graph.sum([(a, false), (b, true)], graph.wide([a, b])) }
    func largest(_ node: Int) -> Int { graph.add(.normInfinity, [node], .scalar) }
    func quotient(_ a: Int, _ b: Int) -> Int { graph.product([(a, false), (b, true)], graph.wide([a, b])) }
    func relative(_ expected: Int, _ found: Int) -> Int {
      let size = graph.sum([(graph.number(1), false), (largest(found), false)], .scalar)
      return quotient(largest(difference(expected, found)), size)
    }
    /// (after - before)/(2*step)
    func slope(_ value: Shape) -> (found: Int, step: Int) {
      let (after, before) = (input("after", value), input("before", value))
      let step = input("step", .scalar)
      let twice = graph.product([(graph.number(2), false), (step, false)], .scalar)
      return (quotient(difference(after, before), twice), step)
    }
    let derivative = input("derivative", shape(index))
    let result: Int
    switch request.outputs[index].relation {
    case .value: result = graph.number(0)
    case .form(let value): result = relative(derivative, input("value", shape(value)))
    case .differential(let value, _, _): result = relative(derivative, slope(shape(value)).found)
    case .stationary(let value, _):
      let found = slope(shape(value)).found
      result = largest(found)
    case .slope(let value, let variable, let layout):
      let found = slope(shape(value)).found
      let direction = input("direction", request.variables[variable].shape)
      let expected: Int
      switch layout {
      case .entries: expected = contraction(derivative, direction, &graph)
      case .transposedEntries: expected = contraction(graph.transpose(derivative), direction, &graph)
      case .values:
        expected = graph.product([(derivative, false), (direction, false)], graph.shape(derivative))
      case .variableByValue:
        expected = applied(graph.transpose(derivative), stacked(direction), &graph)
      case .valueByVariable: expected = applied(derivative, stacked(direction), &graph)
      }
      result = relative(stacked(expected), stacked(found))
    case .curvature(_, let first, let second):
      let values = ["value_1", "value_2", "value_3", "value_4"].map { input($0, .scalar) }
      let step = input("step", .scalar)
      let a = input("direction_1", request.variables[first].shape)
      let b = input("direction_2", request.variables[second].shape)
      let ends = graph.sum(
        [(values[0], false), (values[1], true), (values[2], true), (values[3], false)], .scalar)
      let square = graph.add(.power(2), [step], .scalar)
      let scale = graph.product([(graph.number(4), false), (square, false)], .scalar)
      let right = applied(derivative, stacked(b), &graph)
      result = relative(contraction(stacked(a), right, &graph), quotient(ends, scale))
    }
    return ExportRoutine(
      name: "error_\(index)", graph: graph, parameters: parameters, outputs: [("error", result)])
  }

  private static func contraction(_ a: Int, _ b: Int, _ graph: inout ExportGraph) -> Int {
    if graph.shape(a).isScalar { return graph.product([(a, false), (b, false)], .scalar) }
    return graph.add(.dot, [a, b], .scalar)
  }

  /// A matrix times a column, either of which may be a scalar.
  private static func applied(_ matrix: Int, _ column: Int, _ graph: inout ExportGraph) -> Int {
    let (a, b) = (graph.shape(matrix), graph.shape(column))
    if a.isScalar || b.isScalar {
      return graph.product([(matrix, false), (column, false)], graph.wide([matrix, column]))
    }
    return graph.add(.product, [matrix, column], Shape(a.rows, b.columns))
  }
}
