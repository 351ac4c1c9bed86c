import NablaCore
import NablaOutput

/// The computation graph of an expression, with shared parts once.
package struct GraphPicture {
  package let svg: String

  /// Larger graphs are unreadable.
  private static let mostNodes = 40
  private static let (rowHeight, gap) = (52.0, 14.0)

  /// Nil for a graph that is too large, or a single name.
  package init?(of formula: Formula) {
    let nodes = formula.nodesChildrenFirst
    guard nodes.count <= Self.mostNodes, nodes.count > 1 else { return nil }
    svg = Self.drawn(nodes, title: "the graph of \(formula.text)")
  }

  private struct Place {
    var x: Double
    let row: Int
    let label: String
    var width: Double { max(26, Double(label.count) * 7.5 + 12) }
  }

  private static func drawn(_ nodes: [Formula], title: String) -> String {
    var rows: [[Formula]] = []
    var heights: [Formula: Int] = [:]
    for node in nodes {
      let height = node.children.reduce(0) { max($0, heights[$1, default: 0] + 1) }
      heights[node] = height
      while rows.count <= height { rows.append([]) }
      rows[height].append(node)
    }
    var places: [Formula: Place] = [:]
    for (row, line) in rows.enumerated() { arrange(line, row, &places) }
    // Names are centred below the nodes that use them.
    for (row, line) in rows.enumerated().reversed() {
      let users = line.map { node -> (Formula, Double) in
        let above = nodes.filter { $0.children.contains(node) }.compactMap { places[$0]?.x }
        return (node, above.isEmpty ? places[node]?.x ?? 0 : above.reduce(0, +) / Double(above.count))
      }
      arrange(users.sorted { $0.1 < $1.1 }.map(\.0), row, &places)
    }
    let width = places.values.map { $0.x + $0.width / 2 }.max() ?? 0
    let widths = rows.map { line in line.compactMap { places[$0].map { $0.x + $0.width / 2 } }.max() ?? 0 }
    for node in nodes {
      // Every row is centred.
      if let place = places[node] { places[node]?.x += (width - widths[place.row]) / 2 }
    }
    let height = Double(rows.count) * rowHeight
    func y(_ row: Int) -> Double { height - (Double(row) + 0.5) * rowHeight }
    var picture = SVG(width: width + 4, height: height)
    for node in nodes {
      guard let place = places[node] else { continue }
      for child in node.children {
        guard let below = places[child] else { continue }
        picture.line(place.x + 2, y(place.row) + 13, below.x + 2, y(below.row) - 13)
      }
    }
    for node in nodes {
      guard let place = places[node] else { continue }
      picture.frame(place.x + 2 - place.width / 2, y(place.row) - 13, place.width, 26, radius: 13)
      picture.text(place.x + 2, y(place.row), place.label)
    }
    return picture.text(title: title)
  }

  private static func arrange(_ line: [Formula], _ row: Int, _ places: inout [Formula: Place]) {
    var x = 0.0
    for node in line {
      var place = Place(x: 0, row: row, label: label(node))
      place.x = x + place.width / 2
      x += place.width + gap
      places[node] = place
    }
  }

  /// The operation of a node.
  private static func label(_ node: Formula) -> String {
    switch node.kind {
    case .number, .constant, .variable, .dimension, .zeros, .ones, .identity, .differential: node.unicode
    case .sum: "+"
    case .times: node.children.allSatisfy(\.isScalar) ? "·" : "⊙"
    case .product: "·"
    case .power: "^"
    case .inverse: "⁻¹"
    case .transpose: "ᵀ"
    case .apply(let operation, _): name(operation)
    }
  }

  private static func name(_ operation: Operation) -> String {
    switch operation {
    case .elementwise(let name): name
    case .array(let operation): operation.name
    case .defined(let operation): operation.name
    case .function(let function, _): function.name
    case .blocks: "[ ]"
    case .slice: "[i:j]"
    case .indexSum: "Σ"
    }
  }
}
