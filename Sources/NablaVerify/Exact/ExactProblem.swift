/// The reason why a formula has no value in the field.
enum ExactProblem: Error {
  /// No value at this point: a division by zero, or a root that does not exist. Another point may have one.
  case noValue
  /// No value for these sizes.
  case sizes
  /// No value at all, for this reason.
  case notApplicable(String)
  /// Too much work for these sizes.
  case tooMuchWork(String)
}

/// Limits of an exact check; larger formulas are checked only with numbers.
enum ExactLimits {
  /// Entries of one array.
  static let array = 1 << 14
  /// Multiplications for one question.
  static let work = 1 << 21
  /// How deeply functions may be nested in each other's definitions.
  static let depth = 32
}
