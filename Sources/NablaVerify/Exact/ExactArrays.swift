import NablaCore
import NablaNumerics
import NablaTypes

// Operations on whole arrays, blocks and slices.

extension ExactEvaluator {
  mutating func array(
    _ operation: ArrayOperation, _ values: [DualMatrix], _ arguments: [Formula], _ node: Formula
  ) throws(ExactProblem) -> DualMatrix {
    guard let a = values.first else { throw .sizes }
    let isMatrix = arguments[0].shape.isMatrix
    switch operation {
    case .trace: return a.trace
    case .determinant: return try determinant(a)
    case .logDeterminant: return try logDeterminant(arguments[0])
    case .adjugate: return try determinantAndAdjugate(a).adjugate
    case .dot, .kron: return try bilinear(operation, a, values[1])
    case .norm1: return try absolute(a).linear { FieldMatrix($0.sum) }
    case .norm2: return try power(try squaredNorm(a), Rational(1, over: 2))
    case .norminf: return largest(try absolute(a))
    case .maximum: return largest(a)
    case .minimum: return -largest(-a)
    case .argmaxhot: return DualMatrix(hot(a.value))
    case .logsumexp: return try logsumexp(a, isMatrix: isMatrix)
    case .softmax: return try softmax(a, isMatrix: isMatrix)
    case .logsoftmax: return try logsoftmax(a, isMatrix: isMatrix)
    case .pseudoInverse: return try pseudoInverse(a)
    case .vec: return a.linear { FieldMatrix(rows: $0.count, columns: 1, storage: $0.storage) }
    case .diagonalMatrix:
      try checkSize(a.count, a.count)
      return a.linear { vector in
        var result = FieldMatrix(rows: vector.count, columns: vector.count)
        for i in 0..<vector.count { result[i, i] = vector.storage[i] }
        return result
      }
    case .diagonalVector:
      return a.linear { matrix in
        let count = min(matrix.rows, matrix.columns)
        return FieldMatrix(rows: count, columns: 1, storage: (0..<count).map { matrix[$0, $0] })
      }
    case .tril: return a.linear { Self.masked($0) { $0 >= $1 ? 1 : 0 } }
    case .triu: return a.linear { Self.masked($0) { $0 <= $1 ? 1 : 0 } }
    case .lowhalf:
      return a.linear { Self.masked($0) { $0 > $1 ? 1 : $0 == $1 ? TranscendentalSymbols.half : 0 } }
    case .commutation: return DualMatrix(try commutation(node))
    case .cholesky:
      guard a.rows == a.columns else { throw .sizes }
      unknowns.noteChoice()
      try spend(a.count * (a.rows + 80))
      guard let factor = a.cholesky else { throw .noValue }
      return factor
    case .specnorm, .nucnorm, .exponential, .polar, .leftsv, .rightsv:
      return try opaque(operation.rawValue, [a], node)
    }
  }

  private static func masked(
    _ matrix: FieldMatrix, _ factor: (Int, Int) -> PrimeField
  ) -> FieldMatrix {
    var result = matrix
    for j in 0..<matrix.columns { for i in 0..<matrix.rows { result[i, j] *= factor(i, j) } }
    return result
  }

  private mutating func bilinear(
    _ operation: ArrayOperation, _ a: DualMatrix, _ b: DualMatrix
  ) throws(ExactProblem) -> DualMatrix {
    if operation == .dot {
      guard a.count == b.count else { throw .sizes }
      try spend(a.count)
      return a.bilinear(b) { FieldMatrix($0.dot($1)) }
    }
    try checkSize(a.rows * b.rows, a.columns * b.columns)
    try spend(a.count * b.count)
    return a.bilinear(b) { $0.kron($1) }
  }

  mutating func determinant(_ a: DualMatrix) throws(ExactProblem) -> DualMatrix {
    try determinantAndAdjugate(a).determinant
  }

  private mutating func determinantAndAdjugate(
    _ a: DualMatrix
  ) throws(ExactProblem) -> (determinant: DualMatrix, adjugate: DualMatrix) {
    guard a.rows == a.columns else { throw .sizes }
    try spend(2 * a.count * a.count)
    return a.determinantAndAdjugate
  }

  /// Computes the pseudoinverse from the Gram matrix, for full rank only: it jumps where the rank drops.
  private mutating func pseudoInverse(_ a: DualMatrix) throws(ExactProblem) -> DualMatrix {
    unknowns.noteChoice()
    let transposed = a.transposed
    return a.rows >= a.columns
      ? try product(try inverse(try product(transposed, a)), transposed)
      : try product(transposed, try inverse(try product(a, transposed)))
  }

  // MARK: The softmax family, over a whole vector or every row of a matrix

  private mutating func logsumexp(_ a: DualMatrix, isMatrix: Bool) throws(ExactProblem) -> DualMatrix {
    try logarithmOfAbsolute(try sums(try elementwise("exp", [a]), isMatrix: isMatrix))
  }

  private mutating func softmax(_ a: DualMatrix, isMatrix: Bool) throws(ExactProblem) -> DualMatrix {
    let powers = try elementwise("exp", [a])
    let over = try reciprocal(try sums(powers, isMatrix: isMatrix))
    return try hadamard(powers, try spread(over, over: a, isMatrix: isMatrix))
  }

  mutating func logsoftmax(_ a: DualMatrix, isMatrix: Bool) throws(ExactProblem) -> DualMatrix {
    let total = try logsumexp(a, isMatrix: isMatrix)
    return try sum([a, -(try spread(total, over: a, isMatrix: isMatrix))])
  }

  private mutating func sums(_ a: DualMatrix, isMatrix: Bool) throws(ExactProblem) -> DualMatrix {
    if !isMatrix { return a.linear { FieldMatrix($0.sum) } }
    return try product(a, DualMatrix(FieldMatrix(rows: a.columns, columns: 1, repeating: 1)))
  }

  private mutating func spread(
    _ total: DualMatrix, over a: DualMatrix, isMatrix: Bool
  ) throws(ExactProblem) -> DualMatrix {
    if !isMatrix { return total }
    return try product(total, DualMatrix(FieldMatrix(rows: 1, columns: a.columns, repeating: 1)))
  }

  // MARK: The largest entry, in an order of the field

  /// Marks the largest entries; ties share the 1.
  private mutating func hot(_ a: FieldMatrix) -> FieldMatrix {
    unknowns.noteChoice()
    guard let largest = a.storage.max(by: PrimeField.precedes) else { return a }
    let places = a.map { $0 == largest ? 1 : 0 }
    return places.scaled(by: places.sum.inverse ?? 0)
  }

  private mutating func largest(_ a: DualMatrix) -> DualMatrix {
    let places = hot(a.value)
    return a.linear { FieldMatrix(places.dot($0)) }
  }

  // MARK: Operations that have no exact value in the field

  /// Returns unknowns; norms get the derivative that the singular vectors define.
  mutating func opaque(
    _ operation: String, _ arguments: [DualMatrix], _ node: Formula
  ) throws(ExactProblem) -> DualMatrix {
    guard let a = arguments.first else { throw .sizes }
    let (rows, columns) = try size(node.shape)
    func unknown(_ name: String, _ rows: Int, _ columns: Int) throws(ExactProblem) -> FieldMatrix {
      try spend(8 * (arguments.reduce(0) { $0 + $1.count } + rows * columns))
      var key: [UInt64] = arguments.flatMap { $0.value.storage.map(\.residue) } + [0]
      var result = FieldMatrix(rows: rows, columns: columns)
      for index in 0..<result.count {
        key[key.count - 1] = UInt64(index)
        result.storage[index] = unknowns.value(name, key)
      }
      return result
    }
    let value = try unknown(operation, rows, columns)
    if arguments.allSatisfy(\.isConstant) { return DualMatrix(value) }
    let slope: FieldMatrix
    if operation == ArrayOperation.specnorm.rawValue {
      let left = try unknown(ArrayOperation.leftsv.rawValue, a.rows, 1)
      slope = left * (try unknown(ArrayOperation.rightsv.rawValue, a.columns, 1)).transposed
    } else if operation == ArrayOperation.nucnorm.rawValue {
      slope = try unknown(ArrayOperation.polar.rawValue, a.rows, a.columns)
    } else {
      throw .notApplicable("\(operation) has no derivative in the field")
    }
    if a.isOfSecondOrder { throw .notApplicable("\(operation) has no second derivative in the field") }
    var result = a.linear { FieldMatrix(slope.dot($0)) }
    result.value = value
    return result
  }

  private func commutation(_ node: Formula) throws(ExactProblem) -> FieldMatrix {
    guard case .apply(_, let arguments) = node.kind, arguments.count == 2 else { throw .sizes }
    let (count, _) = try size(node.shape)
    // Sizes are integers far below p, so each equals its residue.
    guard let m = Int(exactly: try value(arguments[0]).value.storage[0].residue),
      let n = Int(exactly: try value(arguments[1]).value.storage[0].residue),
      m.multipliedReportingOverflow(by: n) == (count, false)
    else { throw .sizes }
    var result = FieldMatrix(rows: count, columns: count)
    for i in 0..<m { for j in 0..<n { result[i * n + j, i + j * m] = 1 } }
    return result
  }

  // MARK: Blocks and slices

  mutating func blocks(
    _ blockRows: Int, _ blockColumns: Int, _ values: [DualMatrix]
  ) throws(ExactProblem) -> DualMatrix {
    guard blockRows > 0, blockColumns > 0, values.count / blockColumns == blockRows,
      values.count % blockColumns == 0
    else { throw .sizes }
    let heights = (0..<blockRows).map { values[$0 * blockColumns].rows }
    let widths = (0..<blockColumns).map { values[$0].columns }
    let (rows, columns) = (heights.reduce(0, +), widths.reduce(0, +))
    try checkSize(rows, columns)
    for (index, block) in values.enumerated() {
      guard block.rows == heights[index / blockColumns], block.columns == widths[index % blockColumns] else {
        throw .sizes
      }
    }
    func assembled(_ part: (DualMatrix) -> FieldMatrix?) -> FieldMatrix? {
      if values.allSatisfy({ part($0) == nil }) { return nil }
      var result = FieldMatrix(rows: rows, columns: columns)
      var top = 0
      for blockRow in 0..<blockRows {
        var left = 0
        for blockColumn in 0..<blockColumns {
          if let block = part(values[blockRow * blockColumns + blockColumn]) {
            for j in 0..<block.columns {
              for i in 0..<block.rows { result[top + i, left + j] = block[i, j] }
            }
          }
          left += widths[blockColumn]
        }
        top += heights[blockRow]
      }
      return result
    }
    guard let value = assembled(\.value) else { throw .sizes }
    return DualMatrix(
      value, first: assembled(\.first), second: assembled(\.second), mixed: assembled(\.mixed))
  }

  func slice(
    _ a: DualMatrix, _ rows: Operation.Range, _ columns: Operation.Range
  ) throws(ExactProblem) -> DualMatrix {
    guard let top = rows.first.value(sizes), let bottom = rows.last.value(sizes),
      let left = columns.first.value(sizes), let right = columns.last.value(sizes), top >= 1, left >= 1,
      bottom >= top, right >= left, bottom <= a.rows, right <= a.columns
    else { throw .sizes }
    return a.linear { matrix in
      var result = FieldMatrix(rows: bottom - top + 1, columns: right - left + 1)
      for j in 0..<result.columns {
        for i in 0..<result.rows { result[i, j] = matrix[top - 1 + i, left - 1 + j] }
      }
      return result
    }
  }
}
