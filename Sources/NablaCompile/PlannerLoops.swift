import NablaCore
import NablaTypes

extension Planner {
  /// The sum of the body over an index: a loop, or unrolled if sizes in the body depend on the index.
  /// Parts that do not depend on the index are computed once, before the loop.
  mutating func indexSum(
    _ name: String, _ lower: Dimension, _ upper: Dimension, _ body: Formula, _ rows: Int, _ columns: Int
  ) throws(CompileError) -> Int {
    guard let first = bound(lower), let last = bound(upper) else {
      for name in lower.names + upper.names where sizes[name] == nil { throw .missingSize(name) }
      throw .impossibleSize(dimension: "\(lower):\(upper)")
    }
    let count = try entries(rows, columns)
    let output = try newValue(rows, columns)
    try append(PlanStep(opcode: .fill, inputs: [], output: output, m: count, alpha: 0))
    if last < first { return output }

    let nodes = body.nodesChildrenFirst
    var moving: Set<Formula> = []
    var movesSizes = false
    for node in nodes where node.mentions(name) || node.children.contains(where: moving.contains) {
      moving.insert(node)
      movesSizes = movesSizes || node.hasSize(movingWith: name)
    }
    // Parts that depend on the index of an inner sum have no value outside of it.
    var inner: Set<Formula> = []
    let innerNames = nodes.compactMap { node in
      if case .apply(.indexSum(let name, _, _), _) = node.kind { name } else { nil }
    }
    if !innerNames.isEmpty {
      var moved: [Formula: Set<String>] = [:]
      for node in nodes {
        var names: Set<String> = []
        for child in node.children { names.formUnion(moved[child] ?? []) }
        // A sum depends on the indices of the sums around it, not on the index that it binds.
        if case .apply(.indexSum(let name, _, _), _) = node.kind { names.remove(name) }
        names.formUnion(innerNames.filter(node.mentions))
        if names.isEmpty { continue }
        moved[node] = names
        inner.insert(node)
      }
    }
    for node in nodes where moving.contains(node) {
      for operand in Self.operands(of: node) where !moving.contains(operand) && !inner.contains(operand) {
        _ = try plan(operand)
      }
    }
    if !moving.contains(body) { _ = try plan(body) }

    let (outerSize, outerCounter) = (sizes[name], counters[name])
    let (outerPlanned, outerEmitted) = (planned, emitted)
    for node in moving { planned[node] = nil }
    defer {
      sizes[name] = outerSize
      counters[name] = outerCounter
      planned = outerPlanned
      emitted = outerEmitted
    }
    if movesSizes {
      counters[name] = nil
      let (length, overflow) = last.subtractingReportingOverflow(first)
      if overflow || length >= CompileLimits.steps { throw .programTooLong(limit: CompileLimits.steps) }
      for index in first...last {
        sizes[name] = index
        for node in moving { planned[node] = nil }
        let value = try plan(body)
        try append(PlanStep(opcode: .axpy, inputs: [value], output: output, m: count))
      }
      return output
    }
    let (width, isTooWide) = last.subtractingReportingOverflow(first - 1)
    let (iterations, isTooMany) = self.iterations.multipliedReportingOverflow(by: width)
    if isTooWide || isTooMany || iterations > options.mostIterations {
      throw .tooManyIterations(limit: options.mostIterations)
    }
    let outerIterations = self.iterations
    self.iterations = iterations
    defer { self.iterations = outerIterations }
    sizes[name] = nil
    let counter = schedule.loopCount
    schedule.loopCount += 1
    let index = try newValue(1, 1)
    counters[name] = (counter, index)
    try append(PlanStep(opcode: .loopBegin, inputs: [], output: index, m: first, n: last, extra: counter))
    let value = try plan(body)
    try append(PlanStep(opcode: .axpy, inputs: [value], output: output, m: count))
    try append(PlanStep(opcode: .loopEnd, inputs: [], output: index, m: first, n: last, extra: counter))
    return output
  }

  /// A bound of a range; it may be zero or negative.
  private func bound(_ dimension: Dimension) -> Int? {
    guard let value = dimension.value(sizes), value.magnitude <= 1 << 40 else { return nil }
    return value
  }
}

extension Formula {
  /// Whether this node itself, not a node below it, names an index.
  package func mentions(_ index: String) -> Bool {
    if hasSize(movingWith: index) { return true }
    switch kind {
    case .variable(let variable): return variable.role == .index && variable.name == index
    case .dimension(let name): return name == index
    case .apply(.slice(let rows, let columns), _):
      return [rows.first, rows.last, columns.first, columns.last].contains { $0.names.contains(index) }
    case .number, .constant, .zeros, .ones, .identity, .sum, .times, .product, .power, .inverse, .transpose,
      .apply, .differential:
      return false
    }
  }

  /// Whether the shape of the node, or the range of a sum in it, depends on the index.
  fileprivate func hasSize(movingWith index: String) -> Bool {
    if shape.rows.names.contains(index) || shape.columns.names.contains(index) { return true }
    if case .apply(.indexSum(_, let lower, let upper), _) = kind {
      return lower.names.contains(index) || upper.names.contains(index)
    }
    return false
  }
}
