/// The rows and columns of a formula; a scalar is 1 × 1, a vector n × 1, a row 1 × n.
public struct Shape: Hashable, Sendable {
  /// The number of rows.
  public let rows: Dimension
  /// The number of columns.
  public let columns: Dimension

  package init(_ rows: Dimension, _ columns: Dimension) {
    self.rows = rows
    self.columns = columns
  }

  package static let scalar = Shape(1, 1)
  package static func vector(_ rows: Dimension) -> Shape { Shape(rows, 1) }
  package static func row(_ columns: Dimension) -> Shape { Shape(1, columns) }
  package static func matrix(_ rows: Dimension, _ columns: Dimension) -> Shape { Shape(rows, columns) }

  /// One row and one column.
  public var isScalar: Bool { rows.isOne && columns.isOne }
  /// A column that is not a scalar.
  public var isVector: Bool { columns.isOne && !rows.isOne }
  /// A row that is not a scalar.
  public var isRow: Bool { rows.isOne && !columns.isOne }
  /// Neither scalar, nor vector, nor row.
  public var isMatrix: Bool { !rows.isOne && !columns.isOne }
  /// As many rows as columns.
  public var isSquare: Bool { rows == columns }
  package var transposed: Shape { Shape(columns, rows) }

  package func substituting(_ values: [String: Dimension]) -> Shape {
    Shape(rows.substituting(values), columns.substituting(values))
  }
}

extension Shape: CustomStringConvertible {
  /// `n x d`, for messages.
  public var description: String { "\(rows) x \(columns)" }

  /// The shape as in a declaration: `scalar`, `vector(n)`, `row(n)`, `matrix(n, d)`.
  package var declaration: String {
    if isScalar { return "scalar" }
    if isVector { return "vector(\(rows))" }
    if isRow { return "row(\(columns))" }
    return "matrix(\(rows), \(columns))"
  }
}
