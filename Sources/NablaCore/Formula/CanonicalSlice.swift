import NablaTypes

extension Formula {
  /// Selects rows and columns of an array, with slices pushed to the leaves; the full slice is the array itself.
  package static func slice(_ inner: Formula, rows: Operation.Range, columns: Operation.Range) -> Formula {
    if inner.isInvalid { return invalid }
    let shape = Shape(rows.count, columns.count)
    let allRows = rows == .all(inner.shape.rows)
    let allColumns = columns == .all(inner.shape.columns)
    if allRows, allColumns { return inner }
    switch inner.kind {
    case .zeros: return zeros(shape)
    case .ones: return ones(shape)
    case .sum(let terms): return sum(terms.map { slice($0, rows: rows, columns: columns) }, shape)
    case .times(let factors):
      return times(factors.map { $0.isScalar ? $0 : slice($0, rows: rows, columns: columns) })
    case .power(let base, let exponent):
      func part(_ formula: Formula) -> Formula {
        formula.isScalar ? formula : slice(formula, rows: rows, columns: columns)
      }
      return power(part(base), part(exponent))
    case .product(var chain):
      guard chain.count > 1 else { break }
      let last = chain.count - 1
      chain[0] = slice(chain[0], rows: rows, columns: .all(chain[0].shape.columns))
      chain[last] = slice(chain[last], rows: .all(chain[last].shape.rows), columns: columns)
      return product(chain)
    case .transpose(let of):
      return slice(of, rows: columns, columns: rows).transposed
    case .apply(.elementwise, let arguments):
      guard case .apply(let operation, _) = inner.kind else { break }
      let parts = arguments.map { $0.isScalar ? $0 : slice($0, rows: rows, columns: columns) }
      return apply(operation, parts, shape)
    case .apply(.slice(let outerRows, let outerColumns), let arguments):
      return slice(
        arguments[0], rows: outerRows.narrowed(to: rows), columns: outerColumns.narrowed(to: columns))
    case .apply(.blocks(let height, let width), let arguments):
      if let part = slice(blocks: arguments, height, width, rows, columns) { return part }
    case .number, .constant, .variable, .dimension, .identity, .inverse, .apply, .differential:
      break
    }
    return interned(.apply(.slice(rows: rows, columns: columns), [inner]), shape)
  }

  /// A slice along block boundaries consists of whole blocks.
  private static func slice(
    blocks: [Formula], _ height: Int, _ width: Int, _ rows: Operation.Range, _ columns: Operation.Range
  ) -> Formula? {
    func chosen(_ sizes: [Dimension], _ range: Operation.Range) -> Swift.Range<Int>? {
      var start = Dimension(1)
      var first: Int?
      for (index, size) in sizes.enumerated() {
        if start == range.first { first = index }
        start = start + size
        if let first, start - 1 == range.last { return first..<(index + 1) }
      }
      return nil
    }
    let heights = (0..<height).map { blocks[$0 * width].shape.rows }
    let widths = (0..<width).map { blocks[$0].shape.columns }
    guard let down = chosen(heights, rows), let across = chosen(widths, columns) else { return nil }
    return .blockArray(down.map { row in across.map { blocks[row * width + $0] } })
  }

  /// An array of blocks. A single block is itself, and zero blocks make a zero array.
  static func blockArray(_ rows: [[Formula]]) -> Formula {
    let arguments = rows.flatMap { $0 }
    guard let first = rows.first, let corner = first.first else { return invalid }
    if arguments.count == 1 { return corner }
    // If rows have different numbers of blocks, each row is an array of its own.
    if rows.contains(where: { $0.count != first.count }) {
      return blockArray(rows.map { [blockArray([$0])] })
    }
    if let flat = BlockArray(rows: rows).flattened { return blockArray(flat.rows) }
    var height = Dimension(0)
    for row in rows { height = height + (row.first?.shape.rows ?? 0) }
    var width = Dimension(0)
    for block in first { width = width + block.shape.columns }
    let shape = Shape(height, width)
    if arguments.allSatisfy(\.isZero) { return zeros(shape) }
    if arguments.allSatisfy({ $0.isOnes || $0.isOne }) { return ones(shape) }
    // The transpose is outside if that is the simpler form.
    let transposed = first.indices.flatMap { column in rows.map { $0[column].transposed } }
    if transposed.reduce(0, { $0 + $1.cost }) < arguments.reduce(0, { $0 + $1.cost }) {
      let array = interned(
        .apply(.blocks(rows: first.count, columns: rows.count), transposed), shape.transposed)
      return interned(.transpose(array), shape)
    }
    return interned(.apply(.blocks(rows: rows.count, columns: first.count), arguments), shape)
  }

  /// A zero array of this shape with `inner` embedded in it.
  static func embedded(
    _ inner: Formula, rows: Operation.Range, columns: Operation.Range, in shape: Shape
  ) -> Formula {
    func pieces(_ range: Operation.Range, _ size: Dimension) -> [Dimension] {
      [range.first - 1, range.count, size - range.last]
    }
    let heights = pieces(rows, shape.rows)
    let widths = pieces(columns, shape.columns)
    let zero = Dimension(0)
    return .blockArray(
      heights.indices.filter { heights[$0] != zero }.map { row in
        widths.indices.filter { widths[$0] != zero }.map { column in
          row == 1 && column == 1 ? inner : .zeros(Shape(heights[row], widths[column]))
        }
      })
  }
}

extension Operation.Range {
  package static func all(_ size: Dimension) -> Operation.Range { Operation.Range(first: 1, last: size) }

  var count: Dimension { last - first + 1 }

  /// The part of this range that a range relative to it selects.
  func narrowed(to inner: Operation.Range) -> Operation.Range {
    Operation.Range(first: first + inner.first - 1, last: first + inner.last - 1)
  }
}
