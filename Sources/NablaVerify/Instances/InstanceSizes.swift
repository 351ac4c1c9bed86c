import NablaCore
import NablaNumerics
import NablaTypes

/// The sizes that formulas have by name.
package struct InstanceSizes {
  /// The names, bound indices left out; sorted.
  package let names: [String]
  /// Of the shapes, each once.
  private let dimensions: Set<Dimension>

  package init(_ formulas: [Formula]) {
    var shapes: Set<Dimension> = []
    var others: Set<Dimension> = []
    var names: Set<String> = []
    var bound: Set<String> = []
    for formula in formulas {
      for node in formula.nodesChildrenFirst {
        shapes.insert(node.shape.rows)
        shapes.insert(node.shape.columns)
        switch node.kind {
        case .apply(.slice(let rows, let columns), _):
          others.formUnion([rows.first, rows.last, columns.first, columns.last])
        case .apply(.indexSum(let name, let lower, let upper), _):
          bound.insert(name)
          others.formUnion([lower, upper])
        case .dimension(let name): names.insert(name)
        case .number, .constant, .variable, .zeros, .ones, .identity, .sum, .times, .product, .power,
          .inverse, .transpose, .apply, .differential:
          break
        }
      }
    }
    names.formUnion(shapes.union(others).flatMap(\.names))
    self.names = names.subtracting(bound).sorted()
    dimensions = shapes
  }

  private static let many = 12

  /// Small sizes, with every size of a shape positive; nil when the attempt gives none.
  ///
  /// The first attempts are chosen so that each name takes 1, even and odd values, and sizes are pairwise different
  /// in most: what is true at some sizes alone does not pass. Later ones are drawn.
  func choice(attempt: Int, _ generator: inout SplitMix64) -> [String: Int]? {
    let count = names.count
    var sizes: [String: Int] = [:]
    for (index, name) in names.enumerated() {
      switch attempt {
      // Of many names none gets a large size: those alike in one choice differ in another.
      case 0: sizes[name] = 2 + (count > Self.many ? index % 7 : index)
      case 1: sizes[name] = 2 + (count > Self.many ? index % 5 : (index + 1) % max(count, 2))
      case 2: sizes[name] = 1
      case 3:
        sizes[name] =
          count == 1
          ? 5
          : count <= 4 ? 4 + (index + 1) % count : 2 + (count > Self.many ? index % 3 : (index + 2) % count)
      case 4: sizes[name] = count == 1 ? 4 : index.isMultiple(of: 2) ? 4 : 1
      case 5: sizes[name] = count == 1 ? 6 : index.isMultiple(of: 2) ? 1 : 3
      // One large size after the other, for what is a polynomial in it.
      case 6..<12: sizes[name] = attempt % count == index ? attempt + 1 : 2 + index % 2
      default: sizes[name] = generator.integer(in: 1...min(count + 2 + attempt / 4, 12))
      }
    }
    return fit(sizes) ? sizes : nil
  }

  /// Whether sizes show sums, products and transposes: at size 1 these are the identity.
  static func showStructure(_ sizes: [String: Int]) -> Bool { sizes.values.allSatisfy { $0 > 1 } }

  /// Whether every size of a shape is positive; one with a bound index in it is judged when the sum is computed.
  func fit(_ sizes: [String: Int]) -> Bool {
    dimensions.allSatisfy { dimension in dimension.value(sizes).map { $0 >= 1 } ?? true }
  }
}
