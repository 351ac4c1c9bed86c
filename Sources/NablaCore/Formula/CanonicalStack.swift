import NablaTypes

/// Parts of something that acts entry by entry, of which all arrays are stacked: vec(A), or all of them vec(A)'.
///
/// Such a thing acts before the columns are stacked: vec(A) .* vec(B) is vec(A .* B).
struct Stacked {
  /// The arrays before they are stacked, and the scalars as they are.
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
      if case .transpose(let turned) = part.kind { column = turned }
      guard case .apply(.array(.vec), let arguments) = column.kind else { return nil }
      if shape == nil { (shape, isRow) = (arguments[0].shape, column !== part) }
      guard shape == arguments[0].shape, isRow == (column !== part) else { return nil }
      inner.append(arguments[0])
    }
    if shape == nil { return nil }
    (self.inner, self.isRow) = (inner, isRow)
  }

  /// Several of some parts that are stacked alike, with the places of all others; nil where no two are.
  static func several(of parts: [Formula]) -> (stacked: Stacked, others: [Int])? {
    var places: [Kind: [Int]] = [:]
    for (place, part) in parts.enumerated() where !part.isScalar {
      if let stacked = Stacked([part]), let array = stacked.inner.first {
        places[Kind(shape: array.shape, isRow: stacked.isRow), default: []].append(place)
      }
    }
    // The first such parts; the rest meets the next time.
    let alike = places.values.filter { $0.count > 1 }.min { $0[0] < $1[0] }
    guard let alike, let stacked = Stacked(alike.map { parts[$0] }) else { return nil }
    return (stacked, parts.indices.filter { !alike.contains($0) })
  }

  /// How an array is stacked.
  private struct Kind: Hashable {
    let shape: Shape
    let isRow: Bool
  }

  /// What a function makes of the arrays, stacked as they were.
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
