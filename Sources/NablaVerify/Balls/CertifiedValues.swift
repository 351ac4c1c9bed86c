import NablaCompile
import NablaCore
import NablaNumerics

/// The true values of formulas: each entry with as many digits as it takes, whatever the formula cancels.
///
/// The data are taken as exact. Sums, products and functions bound their own errors, so an entry is either certain
/// or said to be undecided.
package struct CertifiedValues {
  let sizes: [String: Int]
  let values: [Formula: Matrix]
  /// Gives the elementwise functions that have a formula.
  var definitions: FunctionDefinitions?
  var functionSeed: UInt64?
  /// Numbers of limbs, one after the other until the values are certain.
  var places = Self.allPlaces
  /// What may be spent with each number, about in nanoseconds.
  var work = Int.max

  package init(
    sizes: [String: Int], values: [Formula: Matrix], definitions: FunctionDefinitions? = nil,
    functionSeed: UInt64? = nil, places: [Int] = CertifiedValues.allPlaces, work: Int = Int.max
  ) {
    self.sizes = sizes
    self.values = values
    self.definitions = definitions
    self.functionSeed = functionSeed
    self.places = places
    self.work = work
  }

  package static let allPlaces = [3, 6, 20, 44]
  /// Bits of a value that is certain: more than 1e-12 of it.
  static let accuracy = 44.0

  /// The entries by columns; nil where an operation is not known, or the work is too much.
  package func entries(_ formula: Formula) -> [Real]? {
    var form = formula
    if let definitions {
      guard let inlined = try? Definitions(lookup: definitions).inlined(formula) else { return nil }
      form = inlined
    }
    var result: [Real]?
    for places in places {
      var evaluator = CertifiedEvaluator(
        sizes: sizes, values: values.mapValues { RealArray($0, places: places) }, places: places,
        functionSeed: functionSeed, work: work)
      evaluator.hasInfinities = true
      guard let array = try? evaluator.value(form) else { return result }
      let entries = array.entries.map(Self.settled)
      result = entries
      if !entries.contains(where: \.isUndecided) { break }
    }
    return result
  }

  /// The entry where enough of its bits are certain.
  package static func settled(_ entry: Real) -> Real {
    guard case .ball(let ball) = entry, ball.accuracy < accuracy else { return entry }
    // What is below the smallest double for certain is as good as zero.
    return ball.upper < -1100 ? entry : .undecided
  }

  /// How a computed entry compares with the true one.
  enum Comparison: Equatable {
    case right
    /// The true value is not known.
    case undecided
    /// The nearest double of the true value; nan where it has no value.
    case wrong(Double)
  }

  /// What has no double is infinite, or nan where two infinite parts meet on the way and that is allowed.
  private static func tooLarge(_ computed: Double, _ isNegative: Bool, _ allowsNaN: Bool) -> Comparison {
    let infinite = isNegative ? -Double.infinity : .infinity
    return computed == infinite || allowsNaN && computed.isNaN ? .right : .wrong(infinite)
  }

  /// The logarithm of the size of the largest entry that is no larger than a double can be.
  static func size(_ entries: [Real]) -> Double {
    entries.reduce(-.infinity) { largest, entry in
      guard case .ball(let ball) = entry, ball.middle < 1024 else { return largest }
      return max(largest, ball.middle)
    }
  }

  /// The double nearest to a value that is known to more digits than a double has.
  static func nearest(_ truth: Real) -> Double? {
    guard case .ball(let ball) = truth, ball.accuracy > 60 else { return nil }
    // Zero is printed without a sign.
    return ball.double + 0
  }

  /// Compares within a relative tolerance; `size` is the logarithm of the least size to which that is relative.
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
        // Within the tolerance of the largest double either is right.
        let isNear = computed.isInfinite && ball.double.magnitude > most * (1 - 1e-10)
        return isNear ? .right : .wrong(ball.double)
      }
      let difference = Ball(computed, places: ball.places) - ball
      // Below the normal numbers a double has fewer digits, or is zero.
      let allowed = max(max(ball.middle, size) + Ball.logarithm(tolerance), -1022)
      return difference.isZero || difference.upper <= allowed ? .right : .wrong(ball.double)
    }
  }
}
