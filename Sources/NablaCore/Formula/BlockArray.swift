import NablaTypes

/// The blocks of an array in rows and columns. Zero blocks can be divided, so that arrays with different blocks merge.
struct BlockArray {
  let rows: [[Formula]]

  init(rows: [[Formula]]) { self.rows = rows }

  /// `nil` if the formula is not an array of blocks, the transpose of one, or a multiple of these.
  init?(_ formula: Formula) {
    let (scalars, array) = formula.splitScalars
    if let array, !scalars.isEmpty {
      guard let other = BlockArray(array) else { return nil }
      rows = other.rows.map { $0.map { .times(scalars + [$0]) } }
      return
    }
    if case .transpose(let inner) = formula.kind, case .apply(.blocks, _) = inner.kind {
      guard let other = BlockArray(inner) else { return nil }
      rows = other.transposed.rows
      return
    }
    guard case .apply(.blocks(let height, let width), let blocks) = formula.kind else { return nil }
    rows = (0..<height).map { Array(blocks[($0 * width)..<(($0 + 1) * width)]) }
  }

  /// A column of entries times a row of entries, such as [1; 0]*[0, 1]; `nil` for anything else.
  init?(outerProduct formula: Formula) {
    let (scalars, array) = formula.splitScalars
    guard let chain = array?.chain, chain.count == 2, let left = BlockArray(chain[0]),
      let right = BlockArray(chain[1]), left.rows[0].count == 1, right.rows.count == 1, left.isOfEntries,
      right.isOfEntries
    else { return nil }
    rows = left.rows.map { row in right.rows[0].map { .product(scalars + [row[0], $0]) } }
  }

  private var isOfEntries: Bool { rows.allSatisfy { $0.allSatisfy { $0.isScalar || $0.isZero } } }

  var transposed: BlockArray {
    BlockArray(rows: rows[0].indices.map { column in rows.map { $0[column].transposed } })
  }

  private var heights: [Dimension] { rows.map { $0[0].shape.rows } }
  private var widths: [Dimension] { rows[0].map(\.shape.columns) }

  /// The sum of two arrays; `nil` if their blocks are not, and cannot be divided to be, of equal sizes.
  func adding(_ other: BlockArray) -> BlockArray? {
    guard let heights = Self.common(heights, other.heights), let widths = Self.common(widths, other.widths),
      let a = divided(heights, widths), let b = other.divided(heights, widths)
    else { return nil }
    return BlockArray(rows: zip(a.rows, b.rows).map { zip($0, $1).map { .sum([$0, $1], $0.shape) } })
  }

  /// The terms of a sum with all arrays of entries and zeros merged into one; `nil` if fewer than two merge.
  static func mergingEntries(of terms: [Formula]) -> [Formula]? {
    guard terms.count(where: { mark.isSubset(of: $0.marks) }) > 1 else { return nil }
    return merging(terms, where: \.isOfEntries)
  }

  private static let mark = Marks(operation: "[]")

  /// The terms of a sum with the first suitable array merged with all that can be added to it; `nil` if none can.
  static func merging(_ terms: [Formula], where isSuitable: (BlockArray) -> Bool) -> [Formula]? {
    var merged: BlockArray?
    var count = 0
    var others: [Formula] = []
    for term in terms {
      guard let blocks = BlockArray(term) ?? BlockArray(outerProduct: term), isSuitable(blocks) else {
        others.append(term)
        continue
      }
      guard let first = merged else {
        (merged, count) = (blocks, 1)
        continue
      }
      if let both = first.adding(blocks) {
        merged = both
        count += 1
      } else {
        others.append(term)
      }
    }
    guard count > 1, let merged else { return nil }
    return [.blockArray(merged.rows)] + others
  }

  /// The array with the blocks of its blocks as its own; `nil` if no block is an array of blocks, or their sizes differ.
  var flattened: BlockArray? {
    let parts = rows.map { $0.map { BlockArray($0) ?? BlockArray(rows: [[$0]]) } }
    guard parts.contains(where: { $0.contains { $0.rows.count > 1 || $0.rows[0].count > 1 } }) else {
      return nil
    }
    var heights: [[Dimension]] = []
    for row in parts {
      guard let sizes = Self.common(row.filter { !$0.isZero }.map(\.heights)) else { return nil }
      heights.append(sizes.isEmpty ? row[0].heights : sizes)
    }
    var widths: [[Dimension]] = []
    for column in parts[0].indices {
      guard let sizes = Self.common(parts.map { $0[column] }.filter { !$0.isZero }.map(\.widths)) else {
        return nil
      }
      widths.append(sizes.isEmpty ? parts[0][column].widths : sizes)
    }
    var result: [[Formula]] = []
    for (row, heights) in zip(parts, heights) {
      var lines = Array(repeating: [Formula](), count: heights.count)
      for (part, widths) in zip(row, widths) {
        guard let divided = part.divided(heights, widths) else { return nil }
        for (place, blocks) in divided.rows.enumerated() { lines[place] += blocks }
      }
      result += lines
    }
    return BlockArray(rows: result)
  }

  private var isZero: Bool { rows.allSatisfy { $0.allSatisfy(\.isZero) } }

  // MARK: Divisions

  private static func common(_ lists: [[Dimension]]) -> [Dimension]? {
    var result = lists.first ?? []
    for list in lists.dropFirst() {
      guard let both = common(result, list) else { return nil }
      result = both
    }
    return result
  }

  /// The sizes of the parts into which two divisions of one length divide it together; `nil` if their order is not known.
  private static func common(_ a: [Dimension], _ b: [Dimension]) -> [Dimension]? {
    let (ends, others) = (ends(of: a), ends(of: b))
    guard ends.last == others.last, let length = ends.last else { return nil }
    if others.allSatisfy(ends.contains) { return a }
    if ends.allSatisfy(others.contains) { return b }
    var inner: [Int: Dimension] = [:]
    for end in ends.dropLast() + others.dropLast() {
      guard let distance = (end - ends[0]).constant else { return nil }
      inner[distance] = end
    }
    var start = Dimension(0)
    return (inner.sorted { $0.key < $1.key }.map(\.value) + [length]).map { end in
      defer { start = end }
      return end - start
    }
  }

  private static func ends(of sizes: [Dimension]) -> [Dimension] {
    var end = Dimension(0)
    return sizes.map { size in
      end = end + size
      return end
    }
  }

  /// The array in blocks of these sizes; `nil` if a block that is not zero would be divided.
  private func divided(_ heights: [Dimension], _ widths: [Dimension]) -> BlockArray? {
    dividedRows(heights)?.transposed.dividedRows(widths)?.transposed
  }

  private func dividedRows(_ heights: [Dimension]) -> BlockArray? {
    var result: [[Formula]] = []
    var rest = heights[...]
    for row in rows {
      var parts: [Dimension] = []
      var total = Dimension(0)
      while total != row[0].shape.rows {
        guard let next = rest.popFirst() else { return nil }
        parts.append(next)
        total = total + next
      }
      if parts.count == 1 {
        result.append(row)
      } else if row.allSatisfy(\.isZero) {
        for part in parts { result.append(row.map { .zeros(Shape(part, $0.shape.columns)) }) }
      } else {
        return nil
      }
    }
    return rest.isEmpty ? BlockArray(rows: result) : nil
  }
}
