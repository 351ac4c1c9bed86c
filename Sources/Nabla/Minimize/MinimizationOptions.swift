/// The method for finding the next point.
public enum MinimizationMethod: String, CaseIterable, Sendable {
  /// Steps along the negative gradient.
  case gradientDescent = "gd"
  /// Steps to the minimum of the quadratic model with the derived Hessian.
  case newton
  /// Steps with an inverse Hessian approximated from recent gradients, with memory linear in the number of variables.
  case limitedMemoryBFGS = "lbfgs"
}

/// Options of a minimization.
public struct MinimizationOptions: Sendable {
  /// How the next point is found.
  public var method: MinimizationMethod = .limitedMemoryBFGS
  /// Maximum number of steps; `nil` means 100 000 for gradient descent and 1000 for the other methods.
  public var maximumIterations: Int?
  /// Converged if |gradient| <= tolerance * min(1, |gradient at the start|), or if steps no longer change the value and
  /// |gradient| <= tolerance * |value|, with the smaller of the values at the start and now.
  public var tolerance = 1e-8
  /// Constant step size eta of gradient descent w - eta*gradient; `nil` means a line search at each step.
  public var fixedStep: Double?

  /// The numbers that compute. In 32-bit floats the descent goes on as long as they make progress; it always ends in
  /// doubles, with the same tolerance.
  public var precision: Precision = .float64

  /// The standard options for a method.
  public init(method: MinimizationMethod = .limitedMemoryBFGS) { self.method = method }

  /// The maximum number of steps.
  var iterationLimit: Int {
    if let maximumIterations { return max(maximumIterations, 0) }
    switch method {
    case .gradientDescent: return 100_000
    case .newton, .limitedMemoryBFGS: return 1000
    }
  }
}

/// The reason why a minimization ended.
public enum StoppingReason: String, CaseIterable, Sendable {
  /// The gradient vanishes within the tolerance.
  case converged
  /// The maximum number of steps was reached.
  case iterationLimit = "iteration limit"
  /// No lower value is found although the gradient does not vanish: at a kink, at the border of the domain, or where
  /// rounding hides any change.
  case noDecrease = "no decrease possible"
  /// A value or gradient is infinite or NaN at the next point.
  case notFinite = "not finite"
  /// The task was cancelled.
  case cancelled
  /// The value decreases without bound.
  case unboundedBelow = "unbounded below"
}

/// The state of a minimization after a step.
public struct MinimizationProgress: Sendable, Equatable {
  /// The number of steps; zero at the start.
  public let iteration: Int
  /// The objective's value.
  public let value: Double
  /// The Euclidean norm of the gradient over all variables together.
  public let gradientNorm: Double
}
