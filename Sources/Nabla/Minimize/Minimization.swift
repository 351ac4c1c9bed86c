import NablaCore
import NablaNumerics

/// What a minimization found.
public struct Minimization: Sendable {
  /// The formula that was minimized, and the variables, in the order in which they were asked for.
  public let objective: Formula
  public let variables: [Formula]
  public let method: MinimizationMethod
  /// The value of each variable at the last point; the best one met where the method did not converge.
  public let point: [Formula: Matrix]
  /// The objective's value there.
  public let value: Double
  /// The Euclidean norm of the gradient there, by all variables together.
  public let gradientNorm: Double
  /// The number of steps that were taken.
  public let iterations: Int
  public let reason: StoppingReason
  /// Notes for the user: kinks, a check that was not possible, a start at which the gradient vanishes.
  public let notes: [String]

  /// Whether the gradient vanishes within the tolerance.
  public var hasConverged: Bool { reason == .converged }
}
