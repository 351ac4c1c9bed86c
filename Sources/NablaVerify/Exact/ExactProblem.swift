/// Why a formula has no value in the field.
enum ExactProblem: Error {
  /// None at this point: a division by zero, or a root that does not exist. Another point may have one.
  case noValue
  /// None with these sizes.
  case sizes
  /// None at all, and why.
  case notApplicable(String)
  /// None within the limits, at these sizes.
  case tooMuchWork(String)
}

/// What keeps an exact check small; what is larger is checked with numbers only.
enum ExactLimits {
  /// Entries of one array.
  static let array = 1 << 14
  /// Multiplications in the field for one question.
  static let work = 1 << 21
  /// How deep functions may be defined by each other.
  static let depth = 32
}
