import NablaCompile
import NablaCore
import NablaNumerics

/// Decides a claim at one point in ball arithmetic, where doubles lose their digits or functions vary too fast for
/// differences in double precision.
/// Difference quotients take a step of 2^-160, which makes truncation and rounding negligible.
package struct BallCheck {
  let sizes: [String: Int]
  let values: [Formula: Matrix]
  let definitions: FunctionDefinitions?
  let functions: RandomFunctions
  let seed: UInt64
  var budget = BallBudget()

  package enum Finding: Equatable {
    /// Both sides agree. If `isZero`, both vanish, so a multiple of the claim would agree too.
    case agree(isZero: Bool)
    /// The sides provably differ.
    case differ
    /// A side has no value, or there is no derivative.
    case undefined
    /// Undecided even with the largest number of digits.
    case undecided
    /// Ball arithmetic does not support an operation.
    case unsupported
    case tooMuchWork
  }

  /// How closely two sides must agree.
  package struct Precision {
    /// Base-2 logarithm of the relative difference above which sides differ.
    let relative: Double
    /// Base-2 logarithm of the magnitude that counts as zero when everything cancels.
    let zero: Double

    /// The precision of double arithmetic.
    static let ofDoubles = Precision(relative: -30, zero: -200)
    /// About ninety digits; only equal formulas agree this closely.
    static let ofEquations = Precision(relative: -300, zero: -380)
    /// About sixty digits, the precision of the difference quotients.
    static let ofDerivatives = Precision(relative: -200, zero: -200)
  }

  /// Numbers of limbs, tried in order, each with the logarithm of the difference step.
  private static let places = [8, 20]
  private static let step = -160
  /// The relative difference between one-sided slopes that makes a point a kink.
  private static let bend = Precision(relative: -30, zero: -120)

  // MARK: Equations

  package func equality(_ left: Formula, _ right: Formula, to precision: Precision = .ofDoubles) -> Finding {
    // A claim left undecided by fewer digits stays undecided if more digits are too much work.
    var settled: Finding?
    for places in Self.places {
      do throws(BallEvaluator.Failure) {
        let data = self.data(places)
        let finding = Self.compare(
          try evaluated(left, data, places).entries, try evaluated(right, data, places).entries, precision)
        if finding != .undecided { return finding }
        settled = finding
      } catch { return settled ?? Finding(error) }
    }
    return settled ?? .undecided
  }

  // MARK: Derivatives

  func derivative(_ claim: DerivativeClaim, to precision: Precision = .ofDoubles) -> Finding {
    var generator = SplitMix64(seed: seed)
    var settled: Finding?
    for places in Self.places {
      do throws(BallEvaluator.Failure) {
        let quotient = try Quotient(self, claim, places, &generator)
        let claimed = try evaluated(claim.formula, quotient.base, places)
        guard let projected = quotient.projected(claimed, claim.layout) else { return .unsupported }
        // At a kink the one-sided slopes differ.
        let sides = Self.compare(quotient.ahead.entries, quotient.behind.entries, Self.bend)
        if sides == .differ { return .undefined }
        // In the mean of both the second-order terms cancel.
        let middle = zip(quotient.ahead.entries, quotient.behind.entries).map { ($0 + $1).scaled(-1) }
        // A kink of the slope leaves an error of the size of the step. The threshold for zero shrinks with the
        // expression, so that the small slope of a small expression is not taken for zero.
        let rounded = Precision(
          relative: precision.relative,
          zero: max(precision.zero, Self.bend.zero) + min(0, quotient.size ?? 0))
        let finding = Self.compare(projected, middle, rounded)
        if finding != .undecided { return finding }
        settled = finding
      } catch { return settled ?? Finding(error) }
    }
    return settled ?? .undecided
  }

  /// One-sided difference quotients at a point; they agree where a derivative exists.
  private struct Quotient {
    let base: [Formula: RealArray]
    let direction: RealArray
    /// The direction of the first variable of a second derivative.
    let outer: RealArray?
    let ahead: RealArray
    let behind: RealArray
    /// The base-2 logarithm of the largest entry of the expression; `nil` if all are zero.
    let size: Double?

    init(
      _ check: BallCheck, _ claim: DerivativeClaim, _ places: Int, _ generator: inout SplitMix64
    ) throws(BallEvaluator.Failure) {
      let (variable, first) = (claim.variable, claim.first)
      let base = check.data(places)
      guard let start = base[variable] else { throw .unknown }
      let direction = Self.direction(start, &generator, places)
      let outer = first.flatMap { base[$0] }.map { Self.direction($0, &generator, places) }
      /// The value after the variables moved by a number of steps along their directions.
      func moved(_ steps: Int, _ outerSteps: Int = 0) throws(BallEvaluator.Failure) -> RealArray {
        var place = base
        func move(_ name: Formula, _ along: RealArray, _ count: Int) {
          place[name] = place[name]?.zip(along) {
            $0 + ($1 * Real(count, places: places)).scaled(BallCheck.step)
          }
        }
        move(variable, direction, steps)
        if let first, let outer { move(first, outer, outerSteps) }
        return try check.evaluated(claim.objective, place, places)
      }
      let center = try moved(0)
      let largest = center.entries.reduce(-Double.infinity) { largest, entry in
        if case .ball(let ball) = entry { max(largest, ball.middle) } else { largest }
      }
      size = largest.isFinite ? largest : nil
      if outer == nil {
        ahead = try moved(1).zip(center) { ($0 - $1).scaled(-BallCheck.step) }
        behind = center.zip(try moved(-1)) { ($0 - $1).scaled(-BallCheck.step) }
      } else {
        let (plus, minus) = (try moved(0, 1), try moved(0, -1))
        func second(_ corner: RealArray, _ a: RealArray, _ b: RealArray) -> RealArray {
          corner.zip(a, -).zip(b, -).zip(center, +).map { $0.scaled(-2 * BallCheck.step) }
        }
        ahead = second(try moved(1, 1), try moved(1), plus)
        behind = second(try moved(-1, -1), try moved(-1), minus)
      }
      (self.base, self.direction, self.outer) = (base, direction, outer)
    }

    /// An integer direction, so steps along it are exact, with entries large enough not to be special.
    private static func direction(
      _ array: RealArray, _ generator: inout SplitMix64, _ places: Int
    ) -> RealArray {
      array.map { _ in
        let size = generator.integer(in: 1 << 6...1 << 10)
        return Real(generator.coin() ? size : -size, places: places)
      }
    }

    /// The change that a claimed derivative predicts along the direction, or along both directions for second
    /// derivatives of a scalar.
    /// `nil` if the claim has another number of entries.
    func projected(_ claimed: RealArray, _ layout: DerivativeLayout) -> [Real]? {
      let (count, outputs) = (direction.entries.count, ahead.entries.count)
      if let outer {
        let rows = outer.entries.count
        guard claimed.entries.count == rows * count else { return nil }
        return [
          .sum(
            (0..<count).flatMap { j in
              (0..<rows).map { i in
                claimed.entries[i + j * rows] * outer.entries[i] * direction.entries[j]
              }
            })
        ]
      }
      guard claimed.entries.count == outputs * count else { return nil }
      return (0..<outputs).map { j in
        .sum(
          (0..<count).map { i in
            claimed.entries[layout.place(input: i, output: j, inputs: count, outputs: outputs)]
              * direction.entries[i]
          })
      }
    }
  }

  // MARK: Shared

  /// The values as exact numbers; orthogonal matrices are replaced by the nearest exactly orthogonal ones.
  private func data(_ places: Int) -> [Formula: RealArray] {
    var result: [Formula: RealArray] = [:]
    for (formula, value) in values {
      let array = RealArray(value, places: places)
      let isOrthogonal = formula.variable?.properties.contains(.orthogonal) == true
      result[formula] = isOrthogonal ? array.orthogonalized(places: places) ?? array : array
    }
    return result
  }

  private func evaluated(
    _ formula: Formula, _ values: [Formula: RealArray], _ places: Int
  ) throws(BallEvaluator.Failure) -> RealArray {
    var form = formula
    if let definitions {
      guard let inlined = try? Definitions(lookup: definitions).inlined(formula) else { throw .unknown }
      form = inlined
    }
    let work = min(BallBudget.work, budget.left)
    var evaluator = BallEvaluator(
      sizes: sizes, values: values, places: places, functions: functions, work: work)
    defer { budget.left -= work - evaluator.work }
    return try evaluator.value(form)
  }

  /// Compares relative to the largest entry of either side.
  private static func compare(_ a: [Real], _ b: [Real], _ precision: Precision) -> Finding {
    guard a.count == b.count else { return .unsupported }
    if (a + b).contains(where: { $0.isUndefined || $0.isInfinite }) { return .undefined }
    var (scale, gap, least) = (-Double.infinity, -Double.infinity, -Double.infinity)
    for (x, y) in zip(a, b) {
      guard case .ball(let left) = x, case .ball(let right) = y else { return .undecided }
      let difference = left - right
      (gap, least) = (max(gap, difference.upper), max(least, difference.lower))
      scale = max(scale, left.upper, right.upper)
    }
    if gap < precision.zero || gap <= scale + precision.relative {
      return .agree(isZero: scale < precision.zero)
    }
    return least > scale + precision.relative ? .differ : .undecided
  }
}

/// The work allowed for all ball evaluations of one verdict, roughly in nanoseconds.
package final class BallBudget {
  /// The limit for one evaluation.
  static let work = 40_000_000
  var left: Int

  package init(effort: Double = 1) { left = Int(effort * 400_000_000) }
}

extension BallCheck.Finding {
  fileprivate init(_ failure: BallEvaluator.Failure) {
    switch failure {
    case .unknown: self = .unsupported
    case .tooMuchWork: self = .tooMuchWork
    }
  }
}
