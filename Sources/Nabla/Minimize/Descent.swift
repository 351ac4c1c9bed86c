/// What a method made of one point.
enum DescentStep {
  case moved(Iterate)
  case stopped(StoppingReason)
}

/// A way from one point to the next; it may remember earlier ones.
protocol DescentMethod {
  /// Whether the point reached last is the answer whatever its value.
  var endsAtLast: Bool { get }
  /// How many steps without a new least value or gradient mean that there is none to be found.
  var patience: Int { get }
  mutating func step(from current: Iterate, of function: any DescentFunction) -> DescentStep
}

/// Where a descent ended, and why.
struct DescentResult {
  let end: Iterate
  let iterations: Int
  let reason: StoppingReason
}

/// Steps from point to point until a reason to stop is met.
struct Descent {
  let options: MinimizationOptions
  /// A value so many times below the start's size counts as falling without end.
  static let depth = 1e20
  /// Relative change of a value that rounding alone makes.
  private static let rounding = 1e-14

  /// Runs the method of the options from a start at which value and gradient are finite.
  func run(
    _ function: any DescentFunction, from start: Iterate, report: (MinimizationProgress) -> Void = { _ in }
  ) -> DescentResult {
    var method = makeMethod(start)
    var current = start
    var best = start
    var leastNorm = start.norm
    var idle = 0
    var iterations = 0
    /// Whether the last step changed the value by no more than rounding does.
    var isSettled = false
    report(.init(iteration: 0, value: start.value, gradientNorm: start.norm))

    func ended(_ found: StoppingReason) -> DescentResult {
      // Where rounding leaves nothing to find, a gradient small for the value is as small as it gets.
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
      switch method.step(from: current, of: function) {
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

  /// Whether the gradient is small for the value. Far from the minimum that says nothing: the value may be large
  /// because it is far.
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
