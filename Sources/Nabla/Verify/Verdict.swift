import NablaNumerics

/// What a check found.
public struct Verdict: Sendable, Equatable {
  public enum Status: Sendable, Equatable {
    case verified
    case refuted
    /// Why nothing can be said.
    case skipped(String)
  }

  public var status: Status
  public var method = "numeric"
  /// The largest difference met, relative to the size of what was compared.
  public var error = 0.0
  /// How many points were compared.
  public var points = 0
  public var counterexample: Counterexample?

  /// What can be said of two at once, both verified.
  public func joined(with other: Verdict) -> Verdict {
    var result = self
    result.error = max(error, other.error)
    result.points = min(points, other.points)
    return result
  }

  static func skipped(_ reason: String) -> Verdict { Verdict(status: .skipped(reason)) }
}

/// Values at which two sides differ.
public struct Counterexample: Sendable, Equatable {
  /// The values of the variables, by name.
  public var values: [String: Matrix]
  public var sizes: [String: Int]
  /// What was claimed, or the left side.
  public var left: Matrix
  /// What the differences give, or the right side.
  public var right: Matrix
}
