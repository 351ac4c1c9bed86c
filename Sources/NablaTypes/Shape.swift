/// The rows and columns of a formula; a scalar is 1 × 1, a vector n × 1, a row 1 × n.
public struct Shape: Hashable, Sendable {
  public let rows: Dimension
  public let columns: Dimension

  public init(_ rows: Dimension, _ columns: Dimension) {
    self.rows = rows
    self.columns = columns
  }

  public static let scalar = Shape(1, 1)
  public static func vector(_ rows: Dimension) -> Shape { Shape(rows, 1) }
  public static func row(_ columns: Dimension) -> Shape { Shape(1, columns) }
  public static func matrix(_ rows: Dimension, _ columns: Dimension) -> Shape { Shape(rows, columns) }

  public var isScalar: Bool { rows.isOne && columns.isOne }
  /// A column that is not a scalar.
  public var isVector: Bool { columns.isOne && !rows.isOne }
  /// A row that is not a scalar.
  public var isRow: Bool { rows.isOne && !columns.isOne }
  /// Neither scalar, nor vector, nor row.
  public var isMatrix: Bool { !rows.isOne && !columns.isOne }
  public var isSquare: Bool { rows == columns }
  public var transposed: Shape { Shape(columns, rows) }

  public func substituting(_ values: [String: Dimension]) -> Shape {
    Shape(rows.substituting(values), columns.substituting(values))
  }
}

extension Shape: CustomStringConvertible {
  /// `n x d`, for messages.
  public var description: String { "\(rows) x \(columns)" }

  /// The shape as in a declaration: `scalar`, `vector(n)`, `row(n)`, `matrix(n, d)`.
  public var declaration: String {
    if isScalar { return "scalar" }
    if isVector { return "vector(\(rows))" }
    if isRow { return "row(\(columns))" }
    return "matrix(\(rows), \(columns))"
  }
}
