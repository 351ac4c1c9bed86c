import NablaCore
import NablaOutput

/// The computation graph of an expression. Operations with several users are drawn once, below the lowest of them; names
/// and numbers are drawn at each use.
package struct GraphPicture {
  package let svg: String

  /// Larger graphs are unreadable.
  private static let mostNodes = 40
  private static let (rowHeight, gap) = (52.0, 14.0)

  /// Nil for a graph that is too large, or a single name.
  package init?(of formula: Formula) {
    let nodes = formula.nodesChildrenFirst
    guard nodes.count <= Self.mostNodes, nodes.count > 1 else { return nil }
    let places = Self.arranged(nodes)
    guard places.count <= Self.mostNodes else { return nil }
    svg = Self.drawn(places, title: "the graph of \(formula.text)")
  }

  /// A node of the picture, with the node above it and those that it uses from elsewhere.
  private struct Place {
    let label: String
    var row = 0
    var x = 0.0
    /// The width of the nodes below it, or its own.
    var span = 0.0
    var below: [Int] = []
    var elsewhere: [Int] = []
    var width: Double { max(26, Double(label.count) * 7.5 + 12) }
  }

  /// The nodes as a tree, parents first.
  private static func arranged(_ nodes: [Formula]) -> [Place] {
    let parentsFirst = nodes.reversed().filter { !$0.children.isEmpty }
    var rows: [Formula: Int] = [:]
    for node in parentsFirst {
      let row = rows[node, default: 0]
      for child in node.children { rows[child] = max(rows[child, default: 0], row + 1) }
    }
    var places: [Place] = []
    var indices: [Formula: Int] = [:]
    for node in parentsFirst {
      indices[node] = places.count
      places.append(Place(label: label(node), row: rows[node, default: 0]))
    }
    var hanging: Set<Formula> = []
    for (user, node) in parentsFirst.enumerated() {
      for child in node.children {
        guard let index = indices[child] else {
          places[user].below.append(places.count)
          places.append(Place(label: label(child), row: places[user].row + 1))
          continue
        }
        if places[index].row == places[user].row + 1, hanging.insert(child).inserted {
          places[user].below.append(index)
        } else {
          places[user].elsewhere.append(index)
        }
      }
    }
    let rowsFirst = places.indices.sorted { (places[$0].row, $0) < (places[$1].row, $1) }
    for index in rowsFirst.reversed() {
      let below = places[index].below.reduce(0) { $0 + places[$1].span }
      places[index].span = max(below, places[index].width + gap)
    }
    // Each node is centred above those below it.
    if let top = rowsFirst.first { places[top].x = places[top].span / 2 }
    for index in rowsFirst {
      let below = places[index].below
      var x = places[index].x - below.reduce(0) { $0 + places[$1].span } / 2
      for child in below {
        places[child].x = x + places[child].span / 2
        x += places[child].span
      }
    }
    return places
  }

  private static func drawn(_ places: [Place], title: String) -> String {
    let right = places.map { $0.x + $0.width / 2 }.max() ?? 0
    let left = places.map { $0.x - $0.width / 2 }.min() ?? 0
    let rows = (places.map(\.row).max() ?? 0) + 1
    var picture = SVG(width: right - left + 4, height: Double(rows) * rowHeight)
    func x(_ place: Place) -> Double { place.x - left + 2 }
    func y(_ place: Place) -> Double { (Double(place.row) + 0.5) * rowHeight }
    for place in places {
      for other in (place.below + place.elsewhere).map({ places[$0] }) {
        picture.line(x(place), y(place) + 13, x(other), y(other) - 13)
      }
    }
    for place in places {
      // Lines pass behind it.
      picture.frame(
        x(place) - place.width / 2, y(place) - 13, place.width, 26, radius: 13, fill: "var(--ground, none)")
      picture.text(x(place), y(place), place.label)
    }
    return picture.text(title: title)
  }

  /// The operation of a node.
  private static func label(_ node: Formula) -> String {
    switch node.kind {
    case .number, .constant, .variable, .dimension, .zeros, .ones, .identity, .differential: node.unicode
    case .sum: "+"
    case .times: node.children.filter { !$0.isScalar }.count <= 1 ? "·" : "⊙"
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
