/// Arithmetic of block arrays: products with blocks that are zero or the identity, and sums.
enum Blocks {
  /// A matrix product with a factor multiplied into a neighbouring column or row of zero and identity blocks.
  static func distributed(_ chain: [Formula]) -> [Formula] {
    var result: [Formula] = []
    for place in chain.indices {
      guard let blocks = BlockArray(chain[place]), blocks.isSelection else { continue }
      let rest = chain[(place + 1)...]
      if blocks.rows[0].count == 1, !rest.isEmpty {
        let right = Formula.product(Array(rest))
        let whole = Formula.blockArray(blocks.rows.map { [.product([$0[0], right])] })
        result.append(.product(chain[..<place] + [whole]))
      }
      if blocks.rows.count == 1, place > 0 {
        let left = Formula.product(Array(chain[..<place]))
        let whole = Formula.blockArray([blocks.rows[0].map { .product([left, $0]) }])
        result.append(.product([whole] + rest))
      }
    }
    return result
  }

  /// The Kronecker product of a block array of numbers and a matrix, block by block.
  static func kronecker(_ left: Formula, _ right: Formula) -> Formula? {
    guard let blocks = BlockArray(left), blocks.rows.allSatisfy({ $0.allSatisfy { $0.number != nil } }) else {
      return nil
    }
    let inner = BlockArray(right)?.rows ?? [[right]]
    return .blockArray(
      blocks.rows.flatMap { row in
        inner.map { innerRow in row.flatMap { number in innerRow.map { .times([number, $0]) } } }
      })
  }

  /// A sum with block arrays merged.
  static func collected(_ sum: Formula) -> Formula? {
    BlockArray.merging(sum.terms) { _ in true }.map { .sum($0, sum.shape) }
  }
}

extension BlockArray {
  fileprivate var isSelection: Bool {
    rows.allSatisfy { $0.allSatisfy { $0.isZero || $0.splitScalars.array?.isIdentity == true } }
  }
}
