/// A dense matrix over the prime field, in column-major order.
/// Sizes that do not fit are a programming error, as for `Matrix`.
package struct FieldMatrix: Hashable, Sendable {
  package let rows: Int
  package let columns: Int
  package var storage: [PrimeField]

  package init(rows: Int, columns: Int, repeating value: PrimeField = 0) {
    self.rows = rows
    self.columns = columns
    storage = Array(repeating: value, count: rows * columns)
  }

  package init(rows: Int, columns: Int, storage: [PrimeField]) {
    precondition(storage.count == rows * columns, "A matrix has as many entries as rows times columns.")
    self.rows = rows
    self.columns = columns
    self.storage = storage
  }

  package init(_ value: PrimeField) { self.init(rows: 1, columns: 1, storage: [value]) }

  package static func identity(_ n: Int) -> FieldMatrix {
    var result = FieldMatrix(rows: n, columns: n)
    for i in 0..<n { result[i, i] = 1 }
    return result
  }

  package static func random(_ rows: Int, _ columns: Int, using generator: inout SplitMix64) -> FieldMatrix {
    let entries = (0..<(rows * columns)).map { _ in PrimeField.random(using: &generator) }
    return FieldMatrix(rows: rows, columns: columns, storage: entries)
  }

  package var count: Int { storage.count }
  package var isZero: Bool { storage.allSatisfy(\.isZero) }

  package subscript(i: Int, j: Int) -> PrimeField {
    get { storage[i + j * rows] }
    set { storage[i + j * rows] = newValue }
  }

  package func hasSize(of other: FieldMatrix) -> Bool { rows == other.rows && columns == other.columns }

  package func map(_ body: (PrimeField) -> PrimeField) -> FieldMatrix {
    FieldMatrix(rows: rows, columns: columns, storage: storage.map(body))
  }

  /// Combines entries; a number next to an array applies to every entry.
  package func zip(_ other: FieldMatrix, _ body: (PrimeField, PrimeField) -> PrimeField) -> FieldMatrix {
    if other.count == 1, count != 1 { return map { body($0, other.storage[0]) } }
    if count == 1, other.count != 1 { return other.map { body(storage[0], $0) } }
    precondition(count == other.count, "Matrices that are combined have the same size.")
    var result = self
    for i in 0..<count { result.storage[i] = body(storage[i], other.storage[i]) }
    return result
  }

  package static func + (a: FieldMatrix, b: FieldMatrix) -> FieldMatrix { a.zip(b, +) }
  package static func - (a: FieldMatrix, b: FieldMatrix) -> FieldMatrix { a.zip(b, -) }
  package static prefix func - (a: FieldMatrix) -> FieldMatrix { a.map { -$0 } }
  package func hadamard(_ other: FieldMatrix) -> FieldMatrix { zip(other, *) }
  package func scaled(by factor: PrimeField) -> FieldMatrix { map { $0 * factor } }

  package static func * (a: FieldMatrix, b: FieldMatrix) -> FieldMatrix {
    precondition(a.columns == b.rows, "The columns of one factor are the rows of the next.")
    var result = FieldMatrix(rows: a.rows, columns: b.columns)
    for j in 0..<b.columns {
      for k in 0..<a.columns {
        let factor = b[k, j]
        if factor.isZero { continue }
        for i in 0..<a.rows { result.storage[i + j * a.rows] += a[i, k] * factor }
      }
    }
    return result
  }

  package var transposed: FieldMatrix {
    if rows == 1 || columns == 1 { return FieldMatrix(rows: columns, columns: rows, storage: storage) }
    var result = FieldMatrix(rows: columns, columns: rows)
    for j in 0..<columns { for i in 0..<rows { result[j, i] = self[i, j] } }
    return result
  }

  package var trace: PrimeField {
    (0..<min(rows, columns)).reduce(0) { $0 + self[$1, $1] }
  }

  package var sum: PrimeField { storage.reduce(0, +) }

  package func dot(_ other: FieldMatrix) -> PrimeField {
    precondition(count == other.count, "Arrays in an inner product have the same size.")
    return Swift.zip(storage, other.storage).reduce(0) { $0 + $1.0 * $1.1 }
  }

  /// The Kronecker product.
  package func kron(_ other: FieldMatrix) -> FieldMatrix {
    var result = FieldMatrix(rows: rows * other.rows, columns: columns * other.columns)
    for j in 0..<columns {
      for i in 0..<rows {
        let factor = self[i, j]
        if factor.isZero { continue }
        for l in 0..<other.columns {
          for k in 0..<other.rows {
            result[i * other.rows + k, j * other.columns + l] = factor * other[k, l]
          }
        }
      }
    }
    return result
  }

  /// By Gauss-Jordan elimination; `nil` if the matrix is singular.
  package var inverse: FieldMatrix? {
    guard rows == columns else { return nil }
    let n = rows
    var work = self
    var result = FieldMatrix.identity(n)
    for column in 0..<n {
      guard let pivot = (column..<n).first(where: { !work[$0, column].isZero }),
        let reciprocal = work[pivot, column].inverse
      else { return nil }
      for j in 0..<n {
        if pivot != column {
          work.storage.swapAt(pivot + j * n, column + j * n)
          result.storage.swapAt(pivot + j * n, column + j * n)
        }
        work[column, j] *= reciprocal
        result[column, j] *= reciprocal
      }
      for i in 0..<n where i != column {
        let factor = work[i, column]
        if factor.isZero { continue }
        for j in 0..<n {
          work[i, j] -= factor * work[column, j]
          result[i, j] -= factor * result[column, j]
        }
      }
    }
    return result
  }
}
