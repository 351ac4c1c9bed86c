import NablaCore
import NablaNumerics

/// The result of a minimization.
public struct Minimization: Sendable {
  /// The minimized formula, and the variables in the given order.
  public let objective: Formula
  public let variables: [Formula]
  public let method: MinimizationMethod
  /// The value of each variable at the last point; the best point if the method did not converge.
  public let point: [Formula: Matrix]
  /// The objective's value there.
  public let value: Double
  /// The Euclidean norm of the gradient there, over all variables together.
  public let gradientNorm: Double
  /// The number of steps.
  public let iterations: Int
  public let reason: StoppingReason
  /// Notes for the user: kinks, a check that was impossible, a start at which the gradient vanishes.
  public let notes: [String]

  /// Whether the gradient vanishes within the tolerance.
  public var hasConverged: Bool { reason == .converged }
}
