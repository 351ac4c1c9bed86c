/// A property that a variable may be declared to have.
public enum InstanceProperty: String, CaseIterable, Sendable, Hashable {
  /// Square and equal to its transpose.
  case symmetric
  /// Square and equal to minus its transpose.
  case skew
  /// Zero off the diagonal.
  case diagonal
  /// Zero above the diagonal.
  case lower
  /// Zero below the diagonal.
  case upper
  /// Square with orthonormal columns.
  case orthogonal
  /// Square with an inverse.
  case invertible
  /// Symmetric positive definite.
  case spd
  /// Symmetric positive semidefinite.
  case psd
  /// Every entry is positive.
  case positive
  /// Every entry is zero or positive.
  case nonnegative
  /// Every entry differs from zero.
  case nonzero
  /// Every entry is zero or one.
  case binary
  /// Every entry is minus one or one.
  case signs
  /// Nonnegative entries that sum to one: all of a vector, each row of a matrix.
  case simplex
  /// One entry is 1 and the others are 0: in all of a vector, in each row of a matrix.
  case onehot

  /// Whether only square matrices have the property.
  public var needsSquare: Bool {
    switch self {
    case .symmetric, .skew, .orthogonal, .invertible, .spd, .psd: true
    default: false
    }
  }
}

/// The place where a matrix breaks a property, and how.
public struct PropertyViolation: Sendable, Equatable, CustomStringConvertible {
  /// The row of the entry, from zero.
  public let row: Int
  /// The column of the entry, from zero.
  public let column: Int
  /// A clause without the place, such as "the entry -2 is not positive".
  public let reason: String

  package init(row: Int, column: Int, reason: String) {
    self.row = row
    self.column = column
    self.reason = reason
  }

  /// The reason with the place, counted from one.
  public var description: String { "row \(row + 1), column \(column + 1): \(reason)" }
}
