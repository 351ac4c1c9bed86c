import NablaLanguage

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
