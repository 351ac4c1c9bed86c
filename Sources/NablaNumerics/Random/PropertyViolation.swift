/// The position where a matrix violates a property, and how.
package struct PropertyViolation: Sendable, Equatable, CustomStringConvertible {
  /// The row of the entry, from zero.
  package let row: Int
  /// The column of the entry, from zero.
  package let column: Int
  /// A clause without the place, such as "the entry -2 is not positive".
  package let reason: String

  package init(row: Int, column: Int, reason: String) {
    self.row = row
    self.column = column
    self.reason = reason
  }

  /// The reason with the place, counted from one.
  package var description: String { "row \(row + 1), column \(column + 1): \(reason)" }
}
