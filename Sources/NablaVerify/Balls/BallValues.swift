import NablaCompile
import NablaCore
import NablaNumerics

/// True values of formulas, each entry with as many digits as it takes despite cancellation.
/// The data count as exact. Sums, products and functions bound their own errors, so each entry is either certain or
/// reported as undecided.
package struct BallValues {
  let sizes: [String: Int]
  let values: [Formula: Matrix]
  /// The definitions of elementwise functions that have a body.
  var definitions: FunctionDefinitions?
  var functions: RandomFunctions?
  /// Numbers of limbs, tried in order until the values are certain.
  var places = Self.allPlaces
  /// Work allowed for each number of limbs, roughly in nanoseconds.
  var work = Int.max

  package init(
    sizes: [String: Int], values: [Formula: Matrix], definitions: FunctionDefinitions? = nil,
    functions: RandomFunctions? = nil, places: [Int] = BallValues.allPlaces, work: Int = Int.max
  ) {
    self.sizes = sizes
    self.values = values
    self.definitions = definitions
    self.functions = functions
    self.places = places
    self.work = work
  }

  package static let allPlaces = [3, 6, 20, 44]
  /// Bits that make a value certain: a relative error below 1e-12.
  static let accuracy = 44.0

  /// The entries in column-major order, or `nil` if an operation is unsupported or the work exceeds its limit.
  package func entries(_ formula: Formula) -> [Real]? {
    var form = formula
    if let definitions {
      guard let inlined = try? Definitions(lookup: definitions).inlined(formula) else { return nil }
      form = inlined
    }
    var result: [Real]?
    for places in places {
      var evaluator = BallEvaluator(
        sizes: sizes, values: values.mapValues { RealArray($0, places: places) }, places: places,
        functions: functions, work: work)
      evaluator.hasInfinities = true
      guard let array = try? evaluator.value(form) else { return result }
      let entries = array.entries.map(Self.settled)
      result = entries
      if !entries.contains(where: \.isUndecided) { break }
    }
    return result
  }

  /// The entry if enough of its bits are certain, otherwise undecided.
  package static func settled(_ entry: Real) -> Real {
    guard case .ball(let ball) = entry, ball.accuracy < accuracy else { return entry }
    // A value certainly below the smallest double counts as zero.
    return ball.upper < -1100 ? entry : .undecided
  }

  /// The result of comparing a computed entry with the true one.
  enum Comparison: Equatable {
    case right
    case undecided
    /// The double nearest to the true value, or NaN if there is no true value.
    case wrong(Double)
  }

  /// A value beyond the range of doubles is infinite, or NaN if infinite parts met on the way and NaN is allowed.
  private static func tooLarge(_ computed: Double, _ isNegative: Bool, _ allowsNaN: Bool) -> Comparison {
    let infinite = isNegative ? -Double.infinity : .infinity
    return computed == infinite || allowsNaN && computed.isNaN ? .right : .wrong(infinite)
  }

  /// Base-2 logarithm of the magnitude of the largest entry within the range of doubles.
  static func size(_ entries: [Real]) -> Double {
    entries.reduce(-.infinity) { largest, entry in
      guard case .ball(let ball) = entry, ball.middle < 1024 else { return largest }
      return max(largest, ball.middle)
    }
  }

  /// The double nearest to a value that is known to more digits than a double has.
  static func nearest(_ truth: Real) -> Double? {
    guard case .ball(let ball) = truth, ball.accuracy > 60 else { return nil }
    // Removes the sign of a zero.
    return ball.double + 0
  }

  /// Compares within a relative tolerance. `size` is the logarithm of the smallest magnitude that the tolerance is
  /// relative to.
  static func compare(
    _ computed: Double, _ truth: Real, tolerance: Double = 1e-10, size: Double = -.infinity,
    allowsNaN: Bool = true
  ) -> Comparison {
    switch truth {
    case .undecided: return .undecided
    case .undefined: return computed.isFinite || !allowsNaN && !computed.isNaN ? .wrong(.nan) : .right
    case .infinity(let isNegative): return tooLarge(computed, isNegative, allowsNaN)
    case .power(let isNegative, let logarithm):
      if logarithm.isNegative { return computed == 0 ? .right : .wrong(0) }
      return tooLarge(computed, isNegative, allowsNaN)
    case .ball(let ball):
      let most = 0x1.fffffffffffffp1023
      if ball.middle > 1025 || ball.double.magnitude > most {
        return tooLarge(computed, ball.isNegative, allowsNaN)
      }
      if !computed.isFinite {
        // Within the tolerance of the largest double, a finite and an infinite value are both right.
        let isNear = computed.isInfinite && ball.double.magnitude > most * (1 - 1e-10)
        return isNear ? .right : .wrong(ball.double)
      }
      let difference = Ball(computed, places: ball.places) - ball
      // Subnormal doubles have fewer digits, or are zero.
      let allowed = max(max(ball.middle, size) + Ball.logarithm(tolerance), -1022)
      return difference.isZero || difference.upper <= allowed ? .right : .wrong(ball.double)
    }
  }
}
