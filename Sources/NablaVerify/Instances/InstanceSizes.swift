import NablaCore
import NablaNumerics
import NablaTypes

/// The named sizes of formulas.
package struct InstanceSizes {
  /// The names without bound indices, sorted.
  package let names: [String]
  /// The distinct dimensions of the shapes.
  private let dimensions: Set<Dimension>
  /// The sizes of the commutation matrices that are not symmetric at all sizes.
  private let commutations: [(Dimension, Dimension)]

  package init(_ formulas: [Formula]) {
    var shapes: Set<Dimension> = []
    var others: Set<Dimension> = []
    var names: Set<String> = []
    var bound: Set<String> = []
    var commutations: [(Dimension, Dimension)] = []
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
        case .apply(.array(.commutation), let arguments):
          if let m = arguments[0].size, let n = arguments[1].size, m != n { commutations.append((m, n)) }
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
    self.commutations = commutations
  }

  private static let many = 12

  /// Small values for the named sizes that keep every size of a shape positive; `nil` if this attempt gives none.
  /// In the first attempts each name takes the value 1, even and odd values, and most sizes differ from each other, so
  /// that a claim cannot pass because of special sizes. Later attempts are random.
  func choice(attempt: Int, _ generator: inout SplitMix64) -> [String: Int]? {
    let count = names.count
    var sizes: [String: Int] = [:]
    for (index, name) in names.enumerated() {
      switch attempt {
      // With many names no size gets large: names that agree in one attempt differ in another.
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
      // One large size at a time, for claims that are polynomials in it.
      case 6..<12: sizes[name] = attempt % count == index ? attempt + 1 : 2 + index % 2
      default: sizes[name] = generator.integer(in: 1...min(count + 2 + attempt / 4, 12))
      }
    }
    return fit(sizes) ? sizes : nil
  }

  /// Whether sizes reveal sums, products and transposes: those of size 1 are trivial, and a commutation matrix of equal
  /// sizes is symmetric.
  func showStructure(_ sizes: [String: Int]) -> Bool {
    sizes.values.allSatisfy { $0 > 1 } && commutations.allSatisfy { $0.value(sizes) != $1.value(sizes) }
  }

  /// Whether every size of a shape is positive. Sizes with a bound index are checked when the sum is evaluated.
  func fit(_ sizes: [String: Int]) -> Bool {
    dimensions.allSatisfy { dimension in dimension.value(sizes).map { $0 >= 1 } ?? true }
  }
}
