/// Arithmetic of block arrays: products with blocks that are zero or the identity, and sums.
enum Blocks {
  /// A block array with its rows of blocks.
  private struct Array2 {
    let rows: [[Formula]]

    init?(_ formula: Formula) {
      guard case .apply(.blocks(let height, let width), let blocks) = formula.kind else { return nil }
      rows = (0..<height).map { Swift.Array(blocks[($0 * width)..<(($0 + 1) * width)]) }
    }

    var isSelection: Bool {
      rows.allSatisfy { $0.allSatisfy { $0.isZero || $0.splitScalars.array?.isIdentity == true } }
    }
  }

  /// A matrix product with a factor multiplied into a neighbouring column or row of zero and identity blocks.
  static func distributed(_ chain: [Formula]) -> [Formula] {
    var result: [Formula] = []
    for place in chain.indices {
      guard let blocks = Array2(chain[place]), blocks.isSelection else { continue }
      let rest = chain[(place + 1)...]
      if blocks.rows[0].count == 1, !rest.isEmpty {
        let right = Formula.product(Swift.Array(rest))
        let whole = Formula.blockArray(blocks.rows.map { [.product([$0[0], right])] })
        result.append(.product(chain[..<place] + [whole]))
      }
      if blocks.rows.count == 1, place > 0 {
        let left = Formula.product(Swift.Array(chain[..<place]))
        let whole = Formula.blockArray([blocks.rows[0].map { .product([left, $0]) }])
        result.append(.product([whole] + rest))
      }
    }
    return result
  }

  /// The Kronecker product of a block array of numbers and a matrix, block by block.
  static func kronecker(_ left: Formula, _ right: Formula) -> Formula? {
    guard let blocks = Array2(left), blocks.rows.allSatisfy({ $0.allSatisfy { $0.number != nil } }) else {
      return nil
    }
    let inner = Array2(right)?.rows ?? [[right]]
    return .blockArray(
      blocks.rows.flatMap { row in
        inner.map { innerRow in row.flatMap { number in innerRow.map { .times([number, $0]) } } }
      })
  }

  /// A sum with its block arrays of equal block sizes merged.
  static func collected(_ sum: Formula) -> Formula? {
    var found: [(rows: [[Formula]], index: Int)] = []
    for (index, term) in sum.terms.enumerated() {
      let (scalars, array) = term.splitScalars
      guard let array, let blocks = Array2(array) else { continue }
      let rows = blocks.rows.map { $0.map { Formula.times(scalars + [$0]) } }
      if let first = found.first, first.rows.map({ $0.map(\.shape) }) != rows.map({ $0.map(\.shape) }) {
        continue
      }
      found.append((rows, index))
    }
    guard found.count > 1, let first = found.first else { return nil }
    let rows = first.rows.indices.map { row in
      first.rows[row].indices.map { column in
        Formula.sum(found.map { $0.rows[row][column] }, first.rows[row][column].shape)
      }
    }
    let indices = Set(found.map(\.index))
    let others = sum.terms.indices.filter { !indices.contains($0) }.map { sum.terms[$0] }
    return .sum([.blockArray(rows)] + others, sum.shape)
  }
}
