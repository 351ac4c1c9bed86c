import NablaTypes

/// Operands of an elementwise operation in which all arrays are stacked in the same way: vec(A), or vec(A)' throughout.
/// The operation moves inside: vec(A) .* vec(B) is vec(A .* B).
struct Stacked {
  /// The arrays before stacking, and the scalars unchanged.
  private let inner: [Formula]
  private let isRow: Bool

  init?(_ parts: [Formula]) {
    var shape: Shape?
    var isRow = false
    var inner: [Formula] = []
    for part in parts {
      if part.isScalar {
        inner.append(part)
        continue
      }
      var column = part
      if case .transpose(let transposed) = part.kind { column = transposed }
      guard case .apply(.array(.vec), let arguments) = column.kind else { return nil }
      if shape == nil { (shape, isRow) = (arguments[0].shape, column !== part) }
      guard shape == arguments[0].shape, isRow == (column !== part) else { return nil }
      inner.append(arguments[0])
    }
    if shape == nil { return nil }
    (self.inner, self.isRow) = (inner, isRow)
  }

  /// The largest set of parts that are stacked alike, with the indices of all others; `nil` if no two are.
  static func several(of parts: [Formula]) -> (stacked: Stacked, others: [Int])? {
    var places: [Kind: [Int]] = [:]
    for (place, part) in parts.enumerated() where !part.isScalar && mark.isSubset(of: part.marks) {
      if let stacked = Stacked([part]), let array = stacked.inner.first {
        places[Kind(shape: array.shape, isRow: stacked.isRow), default: []].append(place)
      }
    }
    // Takes one such set; the next pass handles the rest.
    let alike = places.values.filter { $0.count > 1 }.min { $0[0] < $1[0] }
    guard let alike, let stacked = Stacked(alike.map { parts[$0] }) else { return nil }
    return (stacked, parts.indices.filter { !alike.contains($0) })
  }

  private static let mark = Marks(operation: ArrayOperation.vec.name)

  /// How an array is stacked.
  private struct Kind: Hashable {
    let shape: Shape
    let isRow: Bool
  }

  /// Applies a function to the unstacked arrays and stacks the result.
  func around(_ function: ([Formula]) -> Formula) -> Formula {
    let array = function(inner)
    let column = Formula.apply(.array(.vec), [array], .vector(array.shape.rows * array.shape.columns))
    return isRow ? column.transposed : column
  }
}

extension [Formula] {
  /// The shape of the arrays among scalars.
  var arrayShape: Shape { first { !$0.isScalar }?.shape ?? .scalar }
}
