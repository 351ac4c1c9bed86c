/// How the next point is found.
public enum MinimizationMethod: String, CaseIterable, Sendable {
  /// Steps down the gradient.
  case gradientDescent = "gd"
  /// Steps to the least point of the quadratic model with the derived Hessian.
  case newton
  /// Steps with an approximate inverse Hessian from the last steps' gradients, in memory linear in the variables.
  case limitedMemoryBFGS = "lbfgs"
}

/// What may vary in how a formula is minimized.
public struct MinimizationOptions: Sendable {
  public var method: MinimizationMethod = .limitedMemoryBFGS
  /// Steps after which it ends; nil means 100 000 for gradient descent, 1000 for the others.
  public var maximumIterations: Int?
  /// It has converged where |gradient| <= tolerance * min(1, |gradient at the start|), or where steps no longer
  /// change the value and |gradient| <= tolerance * |value|, with the lesser of the values at the start and now.
  public var tolerance = 1e-8
  /// The factor eta of gradient descent w - eta*gradient without a search; nil means that each step is searched.
  public var fixedStep: Double?

  /// Makes the standard options with a method.
  public init(method: MinimizationMethod = .limitedMemoryBFGS) { self.method = method }

  /// The number of steps that is allowed.
  var iterationLimit: Int {
    if let maximumIterations { return max(maximumIterations, 0) }
    switch method {
    case .gradientDescent: return 100_000
    case .newton, .limitedMemoryBFGS: return 1000
    }
  }
}

/// Why a minimization ended.
public enum StoppingReason: String, CaseIterable, Sendable {
  /// The gradient vanishes within the tolerance.
  case converged
  /// As many steps were taken as are allowed.
  case iterationLimit = "iteration limit"
  /// No lower value is found although the gradient does not vanish: at a kink, at the border of the domain, or
  /// where rounding hides any change.
  case noDecrease = "no decrease possible"
  /// A value or gradient is infinite or NaN where the next point should be.
  case notFinite = "not finite"
  /// The value falls without end.
  case unboundedBelow = "unbounded below"
}

/// Where a minimization stands after a step.
public struct MinimizationProgress: Sendable, Equatable {
  /// The number of steps that were taken; zero at the start.
  public let iteration: Int
  public let value: Double
  /// The Euclidean norm of the gradient by all variables together.
  public let gradientNorm: Double
}
