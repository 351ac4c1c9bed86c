/// A dense real matrix in column-major order.
/// Entry (i, j) of a `rows`×`columns` matrix is `storage[i + j * rows]`, indices from zero. A column vector is an n×1
/// matrix and a scalar a 1×1 matrix. Shape mismatches are preconditions: callers have typed their formulas before they
/// compute.
public struct Matrix: Sendable, Equatable {
  /// The number of rows.
  public let rows: Int
  /// The number of columns.
  public let columns: Int
  /// The entries, column after column; always `rows * columns` of them.
  public package(set) var storage: [Double]

  /// Makes the zero matrix of a shape.
  public init(rows: Int, columns: Int) {
    self.init(rows: rows, columns: columns, repeating: 0)
  }

  /// Makes a matrix of a shape with one value in every entry.
  public init(rows: Int, columns: Int, repeating value: Double) {
    require(rows >= 0 && columns >= 0, "a matrix cannot be \(rows) × \(columns)")
    self.rows = rows
    self.columns = columns
    self.storage = [Double](repeating: value, count: rows * columns)
  }

  /// Makes a matrix of a shape from its entries, column after column.
  public init(rows: Int, columns: Int, storage: [Double]) {
    require(
      rows >= 0 && columns >= 0 && storage.count == rows * columns,
      "a \(rows) × \(columns) matrix cannot have \(storage.count) entries")
    self.rows = rows
    self.columns = columns
    self.storage = storage
  }

  /// Makes a 1×1 matrix.
  public init(_ scalar: Double) {
    self.init(rows: 1, columns: 1, storage: [scalar])
  }

  /// Makes a matrix from its rows, which must have equal lengths.
  public init(rows lines: [[Double]]) {
    let width = lines.first?.count ?? 0
    require(
      lines.allSatisfy { $0.count == width },
      "the rows of a matrix have equal lengths, not \(lines.map { "\($0.count)" }.joined(separator: ", "))")
    self.init(rows: lines.count, columns: width)
    for (i, line) in lines.enumerated() {
      for (j, value) in line.enumerated() { storage[i + j * lines.count] = value }
    }
  }

  /// Makes a column vector.
  public init(column values: [Double]) {
    self.init(rows: values.count, columns: 1, storage: values)
  }

  /// Makes a row vector.
  public init(row values: [Double]) {
    self.init(rows: 1, columns: values.count, storage: values)
  }

  /// Makes the square matrix with the given diagonal and zeros elsewhere.
  public init(diagonal values: [Double]) {
    self.init(rows: values.count, columns: values.count)
    for (i, value) in values.enumerated() { storage[i + i * values.count] = value }
  }

  /// The n×n identity matrix.
  public static func identity(_ n: Int) -> Matrix {
    Matrix(diagonal: [Double](repeating: 1, count: n))
  }

  /// The entry in row `i` and column `j`, both counted from zero.
  public subscript(i: Int, j: Int) -> Double {
    get {
      require(
        i >= 0 && i < rows && j >= 0 && j < columns,
        "[\(i), \(j)] is outside a \(rows) × \(columns) matrix, which counts from 0")
      return storage[i + j * rows]
    }
    set {
      require(
        i >= 0 && i < rows && j >= 0 && j < columns,
        "[\(i), \(j)] is outside a \(rows) × \(columns) matrix, which counts from 0")
      storage[i + j * rows] = newValue
    }
  }

  /// The number of entries.
  public var count: Int { storage.count }
  /// Whether the matrix has as many rows as columns.
  public var isSquare: Bool { rows == columns }
  /// Whether the matrix is 1×1.
  public var isScalar: Bool { rows == 1 && columns == 1 }
  /// The only entry of a 1 × 1 matrix, such as the value of a scalar formula; traps for another shape.
  public var number: Double {
    require(isScalar, "a \(rows) × \(columns) matrix is not a number")
    return storage[0]
  }
  /// Whether every entry is finite.
  public var isFinite: Bool { storage.allSatisfy { $0.isFinite } }

  /// The entries of the main diagonal.
  public var diagonal: [Double] {
    (0..<Swift.min(rows, columns)).map { storage[$0 + $0 * rows] }
  }

  /// The column with index `j`, counted from 0, as an n×1 matrix.
  public func column(_ j: Int) -> Matrix {
    require(
      j >= 0 && j < columns, "column \(j) is outside a \(rows) × \(columns) matrix, which counts from 0")
    return Matrix(rows: rows, columns: 1, storage: Array(storage[(j * rows)..<((j + 1) * rows)]))
  }

  /// The entries column after column, as one vector.
  package var vectorized: Matrix { Matrix(column: storage) }

  /// The same entries, column after column, in another shape of equal size.
  package func reshaped(rows: Int, columns: Int) -> Matrix {
    Matrix(rows: rows, columns: columns, storage: storage)
  }

  /// Calls `body` with the entries, valid only during the call.
  ///
  /// An empty matrix passes a pointer that must not be read.
  public func withPointer<R>(_ body: (UnsafePointer<Double>) throws -> R) rethrows -> R {
    try storage.withUnsafeBufferPointer { buffer in
      if let base = buffer.baseAddress { return try body(base) }
      var nothing = 0.0
      return try Swift.withUnsafePointer(to: &nothing, body)
    }
  }

  /// Calls `body` with the mutable entries, valid only during the call.
  ///
  /// An empty matrix passes a pointer that must not be used.
  public mutating func withMutablePointer<R>(
    _ body: (UnsafeMutablePointer<Double>) throws -> R
  ) rethrows -> R {
    try storage.withUnsafeMutableBufferPointer { buffer in
      if let base = buffer.baseAddress { return try body(base) }
      var nothing = 0.0
      return try Swift.withUnsafeMutablePointer(to: &nothing, body)
    }
  }
}

extension Matrix: ExpressibleByArrayLiteral {
  /// Makes a column vector from a literal such as `[1, 2, 3]`.
  public init(arrayLiteral elements: Double...) {
    self.init(column: elements)
  }
}

extension Matrix: ExpressibleByFloatLiteral {
  /// Makes a 1×1 matrix from a literal such as `2.5`.
  public init(floatLiteral value: Double) {
    self.init(value)
  }
}

extension Matrix: ExpressibleByIntegerLiteral {
  /// Makes a 1×1 matrix from a literal such as `2`.
  public init(integerLiteral value: Int) {
    self.init(Double(value))
  }
}
