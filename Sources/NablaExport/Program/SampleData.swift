import NablaTypes

/// Builds data with properties from normal numbers, as nodes that every target can write.
enum SampleData {
  /// An array with the properties.
  static func instance(_ raw: Int, _ properties: Set<Property>, _ graph: inout ExportGraph) -> Int {
    let shape = graph.shape(raw)
    var node = raw
    func has(_ property: Property) -> Bool { properties.contains(property) }
    if has(.onehot) {
      // Large differences make the largest entry 1 and the others 0.
      let sharp = graph.product([(graph.number(1_000_000_000), false), (raw, false)], shape)
      return graph.add(.softmax, [sharp], shape)
    }
    if has(.simplex) { return graph.add(.softmax, [raw], shape) }
    if has(.binary) {
      node = graph.apply(.less, [graph.number(0), raw])
    } else if has(.signs) {
      node = graph.apply(.sign, [raw])
    } else if has(.positive) || has(.nonnegative) {
      let size = graph.apply(.abs, [raw])
      node = graph.sum([(size, false), (graph.number(Rational(1, over: 4)), false)], shape)
    } else if has(.nonzero) {
      let sign = graph.apply(.sign, [raw])
      let half = graph.product([(sign, false), (graph.number(2), true)], shape)
      node = graph.sum([(raw, false), (half, false)], shape)
    }
    guard shape.isSquare else { return node }
    if has(.spd) || has(.psd) {
      let gram = square(node, graph.transpose(node), &graph)
      let scaled = graph.product([(gram, false), (graph.add(.size(shape.rows), [], .scalar), true)], shape)
      let made = has(.spd) ? shifted(scaled, &graph) : scaled
      return has(.diagonal) ? diagonal(made, &graph) : made
    }
    if has(.orthogonal) {
      if has(.diagonal) { return diagonal(graph.apply(.sign, [node]), &graph) }
      // The polar factor of a symmetric matrix is symmetric.
      return graph.add(.polar, [has(.symmetric) ? symmetric(node, &graph) : node], shape)
    }
    if has(.invertible), !has(.skew) {
      let half = graph.product([(node, false), (graph.add(.size(shape.rows), [], .scalar), true)], shape)
      node = shifted(half, &graph)
    }
    return direction(node, properties, &graph)
  }

  /// A direction that preserves symmetry and zeros.
  static func direction(_ raw: Int, _ properties: Set<Property>, _ graph: inout ExportGraph) -> Int {
    let shape = graph.shape(raw)
    guard shape.isSquare, !shape.isScalar else { return raw }
    var node = raw
    if properties.contains(.diagonal) { return diagonal(node, &graph) }
    if properties.contains(.lower) { node = graph.add(.lowerTriangle, [node], shape) }
    if properties.contains(.upper) { node = graph.add(.upperTriangle, [node], shape) }
    if properties.contains(.symmetric) { node = symmetric(node, &graph) }
    if properties.contains(.skew) {
      node = graph.sum([(node, false), (graph.transpose(node), true)], shape)
    }
    return node
  }

  private static func square(_ a: Int, _ b: Int, _ graph: inout ExportGraph) -> Int {
    let shape = graph.shape(a)
    return shape.isScalar
      ? graph.product([(a, false), (b, false)], shape) : graph.add(.product, [a, b], shape)
  }

  private static func shifted(_ node: Int, _ graph: inout ExportGraph) -> Int {
    let shape = graph.shape(node)
    let one = shape.isScalar ? graph.number(1) : graph.add(.identity, [], shape)
    return graph.sum([(node, false), (one, false)], shape)
  }

  private static func symmetric(_ node: Int, _ graph: inout ExportGraph) -> Int {
    let shape = graph.shape(node)
    let sum = graph.sum([(node, false), (graph.transpose(node), false)], shape)
    return graph.product([(sum, false), (graph.number(2), true)], shape)
  }

  private static func diagonal(_ node: Int, _ graph: inout ExportGraph) -> Int {
    let shape = graph.shape(node)
    if shape.isScalar { return node }
    let vector = graph.add(.diagonal, [node], .vector(shape.rows))
    return graph.add(.diagonalMatrix, [vector], shape)
  }
}
