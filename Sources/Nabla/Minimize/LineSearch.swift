/// Whether a step lowers the value by as much as the initial slope predicts.
/// This is Armijo's condition. Close to a minimum, where values differ only by rounding, the same condition for a
/// parabola, stated in terms of slopes. Sources: Nocedal and Wright, Numerical Optimization, 2nd edition, section 3.1;
/// for slopes Hager and Zhang, A new conjugate gradient method with guaranteed descent, SIAM Journal on Optimization 16
/// (2005).
enum SufficientDecrease {
  /// The length of a step along a line, with the value and the slope at its end.
  struct End {
    var step: Double
    var value: Double
    var slope: Double
  }

  private static let share = 1e-4
  /// Relative rounding error of the value.
  static let rounding = 1e-12

  static func holds(at end: End, below start: Double, slope: Double) -> Bool {
    if end.value <= start + share * end.step * slope { return true }
    return end.value <= start + rounding * start.magnitude && end.slope <= (2 * share - 1) * slope
  }
}

/// Finds a step length in a descent direction that satisfies the weak Wolfe conditions: long enough that the slope has
/// flattened, short enough that the value decreases as the slope predicts.
/// It brackets the step and narrows the bracket, which also ends at kinks. Sources: Nocedal and Wright, Numerical
/// Optimization, 2nd edition, sections 3.1 and 3.5; the bracket from Lewis and Overton, Nonsmooth optimization via
/// quasi-Newton methods, Mathematical Programming 141 (2013).
struct LineSearch {
  /// The search stops at values below this.
  let bottom: Double

  enum Result {
    /// A point that satisfies both conditions; at a kink perhaps only the one on the value.
    case found(Iterate)
    case unbounded
    /// No step lowers the value; `isFinite` tells whether the last trial had a value.
    case failed(isFinite: Bool)
  }

  private typealias End = SufficientDecrease.End
  private static let curvature = 0.9
  private static let evaluations = 80

  func search(
    _ function: any DescentFunction, from start: Iterate, along direction: [Double], firstStep: Double
  ) -> Result {
    let slope = start.gradient.inner(direction)
    guard slope < 0, slope.isFinite, direction.euclideanNorm.isFinite else { return .failed(isFinite: true) }
    var low = End(step: 0, value: start.value, slope: slope)
    var high: End?
    var lower: Iterate?
    var wasFinite = true
    var step = firstStep
    for trial in 0..<Self.evaluations {
      let point = start.point.adding(step, direction)
      if point == start.point {
        if high != nil || step.isInfinite { break }
        // The step is too short to change the point in floating point.
        step *= 1024
        continue
      }
      let next = function.iterate(at: point)
      if next.value == -.infinity { return .unbounded }
      let end = End(step: step, value: next.value, slope: next.gradient.inner(direction))
      wasFinite = next.isFinite && end.slope.isFinite
      if !wasFinite || !SufficientDecrease.holds(at: end, below: start.value, slope: slope) {
        high = end
      } else {
        lower = next
        if end.slope >= Self.curvature * slope || next.value < bottom { return .found(next) }
        let before = low
        low = end
        if high == nil {
          step = Self.extended(before, low)
          if step.isFinite { continue } else { break }
        }
      }
      guard let high, high.step - low.step > 1e-15 * high.step else { break }
      step =
        wasFinite ? Self.between(low, high, halves: trial % 3 == 2) : low.step + 0.1 * (high.step - low.step)
    }
    if let lower, lower.value < start.value { return .found(lower) }
    return .failed(isFinite: wasFinite)
  }

  /// A longer step: the extrapolated zero of the slope, two to ten times as far.
  private static func extended(_ before: End, _ last: End) -> Double {
    let secant = last.step - last.slope * (last.step - before.step) / (last.slope - before.slope)
    return secant.isFinite ? min(max(secant, 2 * last.step), 10 * last.step) : 10 * last.step
  }

  /// The minimum of the cubic through both ends, at least a tenth of the bracket away from them.
  private static func between(_ low: End, _ high: End, halves: Bool) -> Double {
    let width = high.step - low.step
    let middle = low.step + 0.5 * width
    if halves || !high.value.isFinite || !high.slope.isFinite { return middle }
    let d1 = low.slope + high.slope - 3 * (high.value - low.value) / width
    let discriminant = d1 * d1 - low.slope * high.slope
    guard discriminant >= 0 else { return middle }
    let d2 = discriminant.squareRoot()
    let cubic = high.step - width * (high.slope + d2 - d1) / (high.slope - low.slope + 2 * d2)
    guard cubic.isFinite else { return middle }
    return min(max(cubic, low.step + 0.1 * width), high.step - 0.1 * width)
  }
}
