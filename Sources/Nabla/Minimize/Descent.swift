import NablaTypes

/// The result of one step.
enum DescentStep {
  case moved(Iterate)
  case stopped(StoppingReason)
}

/// A way from one point to the next; it may remember earlier ones.
protocol DescentMethod {
  /// Whether the last point is the answer whatever its value.
  var endsAtLast: Bool { get }
  /// Number of steps without a new smallest value or gradient after which the method stops.
  var patience: Int { get }
  mutating func step(from current: Iterate, of function: any DescentFunction) -> DescentStep
}

/// The end of a descent, and the reason.
struct DescentResult {
  let end: Iterate
  let iterations: Int
  let reason: StoppingReason
}

/// Steps from point to point until a stopping criterion is met.
struct Descent {
  let options: MinimizationOptions
  /// A value below minus this many times the size of the starting value counts as unbounded below.
  static let depth = 1e20
  /// Relative change of a value that rounding alone may cause.
  private static let rounding = 1e-14

  /// Runs the chosen method from a point with finite value and gradient. Convergence is relative to `start`, if another
  /// descent has come from there.
  func run(
    _ function: any DescentFunction, from point: Iterate, start: Iterate? = nil,
    report: (MinimizationProgress) -> Void = { _ in }
  ) -> DescentResult {
    let start = start ?? point
    var method = makeMethod(start)
    var current = point
    var best = point
    var leastNorm = point.norm
    var idle = 0
    var iterations = 0
    /// Whether the last step changed the value by no more than rounding.
    var isSettled = false
    report(.init(iteration: 0, value: point.value, gradientNorm: point.norm))

    func ended(_ found: StoppingReason) -> DescentResult {
      // If only rounding prevents progress, a gradient that is small relative to the value counts as converged.
      let reason = found == .noDecrease && isSmall(current, start) ? .converged : found
      let end = reason == .converged || method.endsAtLast || current.value <= best.value ? current : best
      return DescentResult(end: end, iterations: iterations, reason: reason)
    }

    while true {
      if current.norm <= options.tolerance * min(1, start.norm) { return ended(.converged) }
      if isSettled, isSmall(current, start) { return ended(.converged) }
      if current.value < Self.bottom(start) { return ended(.unboundedBelow) }
      if idle >= method.patience { return ended(.noDecrease) }
      if iterations >= options.iterationLimit { return ended(.iterationLimit) }
      if Cancellation.isRequested { return ended(.cancelled) }
      let step = method.step(from: current, of: function)
      // A step that was cancelled may be wrong.
      if Cancellation.isRequested { return ended(.cancelled) }
      switch step {
      case .stopped(let reason): return ended(reason)
      case .moved(let next):
        iterations += 1
        isSettled = (next.value - current.value).magnitude <= Self.rounding * next.value.magnitude
        idle = next.value < best.value || next.norm < leastNorm ? 0 : idle + 1
        current = next
        if next.value < best.value { best = next }
        leastNorm = min(leastNorm, next.norm)
        report(.init(iteration: iterations, value: next.value, gradientNorm: next.norm))
      }
    }
  }

  /// Whether the gradient is small relative to the value. Far from the minimum this means nothing: the value may be
  /// large there.
  private func isSmall(_ current: Iterate, _ start: Iterate) -> Bool {
    let scale = min(current.value.magnitude, start.value.magnitude)
    return current.norm <= options.tolerance * max(min(1, start.norm), scale)
  }

  static func bottom(_ start: Iterate) -> Double { -depth * max(1, start.value.magnitude) }

  private func makeMethod(_ start: Iterate) -> any DescentMethod {
    let bottom = Self.bottom(start)
    switch options.method {
    case .gradientDescent:
      if let step = options.fixedStep { return FixedStepDescent(step: step) }
      return SpectralDescent()
    case .newton: return NewtonDescent(search: LineSearch(bottom: bottom))
    case .limitedMemoryBFGS: return LimitedMemoryBFGS(search: LineSearch(bottom: bottom))
    }
  }
}
