/// Gradient descent with a constant step size: w - eta*gradient.
struct FixedStepDescent: DescentMethod {
  let step: Double
  let endsAtLast = true
  // A constant step may stall for long before it makes progress.
  let patience = Int.max

  func step(from current: Iterate, of function: any DescentFunction) -> DescentStep {
    let next = function.iterate(at: current.point.adding(-step, current.gradient))
    if next.value == -.infinity { return .stopped(.unboundedBelow) }
    if !next.isFinite { return .stopped(.notFinite) }
    return next.point == current.point ? .stopped(.noDecrease) : .moved(next)
  }
}

/// Gradient descent whose first trial is the Barzilai-Borwein step, halved until the value is below the largest of the
/// last ones. If that stalls, it restarts from the best point so far.
/// Source: Raydan, The Barzilai and Borwein gradient method for the large scale unconstrained minimization problem,
/// SIAM Journal on Optimization 7 (1997).
struct SpectralDescent: DescentMethod {
  let endsAtLast = false
  let patience = 500
  private var step: Double?
  private var values: [Double] = []
  private var least: Iterate?
  private var sinceLeast = 0

  private static let memory = 10

  mutating func step(from last: Iterate, of function: any DescentFunction) -> DescentStep {
    let current = base(last)
    values.append(current.value)
    if values.count > Self.memory { values.removeFirst() }
    let highest = values.max() ?? current.value
    var trial = step ?? 1 / max(1, current.norm)
    var isFinite = true
    if current.norm > 0 {
      // The step is too short to change the point in floating point.
      while trial < 1e300, current.point.adding(-trial, current.gradient) == current.point { trial *= 1024 }
    }
    while true {
      let point = current.point.adding(-trial, current.gradient)
      if point == current.point || trial == 0 { return .stopped(isFinite ? .noDecrease : .notFinite) }
      let next = function.iterate(at: point)
      if next.value == -.infinity { return .stopped(.unboundedBelow) }
      isFinite = next.isFinite
      let slope = -current.norm * current.norm
      let end = SufficientDecrease.End(
        step: trial, value: next.value, slope: -next.gradient.inner(current.gradient))
      if isFinite, SufficientDecrease.holds(at: end, below: highest, slope: slope) {
        step = Self.spectral(current, next, trial)
        return .moved(next)
      }
      trial *= isFinite ? 0.5 : 0.1
    }
  }

  /// The point to continue from: sometimes the best one, with the history cleared.
  private mutating func base(_ last: Iterate) -> Iterate {
    guard let best = least, last.value > best.value + SufficientDecrease.rounding * best.value.magnitude
    else {
      if last.value < least?.value ?? .infinity { least = last }
      sinceLeast = 0
      return last
    }
    sinceLeast += 1
    if sinceLeast < 2 * Self.memory { return last }
    (sinceLeast, values, step) = (0, [], nil)
    return best
  }

  /// |s|^2 / (s'y) for the step s and the change y of the gradient; longer where the function is not convex.
  private static func spectral(_ current: Iterate, _ next: Iterate, _ trial: Double) -> Double {
    let s = next.point.adding(-1, current.point)
    let y = next.gradient.adding(-1, current.gradient)
    let ratio = s.inner(s) / s.inner(y)
    return ratio > 0 && ratio.isFinite ? min(max(ratio, 1e-30), 1e30) : min(4 * trial, 1e30)
  }
}
