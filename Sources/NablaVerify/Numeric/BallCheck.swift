import NablaCompile
import NablaCore
import NablaNumerics

/// Decides a claim at one point in ball arithmetic, where doubles lose their digits and functions may swing or climb
/// faster than their differences can follow.
///
/// Difference quotients take a step of 2^-160, which leaves neither truncation nor rounding to speak of.
package struct BallCheck {
  let sizes: [String: Int]
  let values: [Formula: Matrix]
  let definitions: FunctionDefinitions?
  let functionSeed: UInt64
  let seed: UInt64
  var budget = BallBudget()

  package enum Finding: Equatable {
    /// Both sides agree; with `isZero`, because both vanish, so a multiple of the claim would agree as well.
    case agree(isZero: Bool)
    /// They differ for certain.
    case differ
    /// One of them has no value, or there is no derivative.
    case undefined
    /// Even the largest number of digits does not tell.
    case undecided
    /// An operation is unknown to ball arithmetic.
    case unsupported
    case tooMuchWork
  }

  /// How closely two sides must agree.
  package struct Precision {
    /// The logarithm of the relative difference up to which sides agree; beyond it they differ.
    let relative: Double
    /// The logarithm of an absolute size that counts as zero, for values that cancel altogether.
    let zero: Double

    /// The precision to which doubles claim something.
    static let ofDoubles = Precision(relative: -30, zero: -200)
    /// Some ninety digits: what two formulas have in common only where they are equal.
    static let ofEquations = Precision(relative: -300, zero: -380)
    /// Some sixty digits, which difference quotients leave.
    static let ofDerivatives = Precision(relative: -200, zero: -200)
  }

  /// Numbers of limbs, tried in order, and the logarithm of the step of differences.
  private static let places = [8, 20]
  private static let step = -160
  /// The logarithm of the relative difference of slopes on both sides of a point that makes a kink.
  private static let bend = Precision(relative: -30, zero: -120)

  // MARK: Equations

  package func equality(_ left: Formula, _ right: Formula, to precision: Precision = .ofDoubles) -> Finding {
    // What fewer digits did not decide stays undecided where more are too much work.
    var settled: Finding?
    for places in Self.places {
      do throws(CertifiedEvaluator.Failure) {
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

  /// Whether a claim has the derivatives of E by a variable; by `first` and then by the variable, where that is given.
  func derivative(
    _ claim: Formula, of objective: Formula, by variable: Formula, first: Formula?,
    _ layout: DerivativeLayout, to precision: Precision = .ofDoubles
  ) -> Finding {
    var generator = SplitMix64(seed: seed)
    var settled: Finding?
    for places in Self.places {
      do throws(CertifiedEvaluator.Failure) {
        let quotient = try Quotient(self, objective, variable, first, places, &generator)
        let claimed = try evaluated(claim, quotient.base, places)
        guard let projected = quotient.projected(claimed, layout) else { return .unsupported }
        // At a kink the sides have slopes of their own.
        let sides = Self.compare(quotient.ahead.entries, quotient.behind.entries, Self.bend)
        if sides == .differ { return .undefined }
        // In the middle what is of second order cancels.
        let middle = zip(quotient.ahead.entries, quotient.behind.entries).map { ($0 + $1).scaled(-1) }
        // Where the slope has a kink the step leaves something of its own size.
        let rounded = Precision(relative: precision.relative, zero: max(precision.zero, Self.bend.zero))
        let finding = Self.compare(projected, middle, rounded)
        if finding != .undecided { return finding }
        settled = finding
      } catch { return settled ?? Finding(error) }
    }
    return settled ?? .undecided
  }

  /// Difference quotients ahead of a point and behind it, which agree where there is a derivative.
  private struct Quotient {
    let base: [Formula: RealArray]
    let direction: RealArray
    /// The direction of the variable that comes first in a second derivative.
    let outer: RealArray?
    let ahead: RealArray
    let behind: RealArray

    init(
      _ check: BallCheck, _ objective: Formula, _ variable: Formula, _ first: Formula?, _ places: Int,
      _ generator: inout SplitMix64
    ) throws(CertifiedEvaluator.Failure) {
      let base = check.data(places)
      guard let start = base[variable] else { throw .unknown }
      let direction = Self.direction(start, &generator, places)
      let outer = first.flatMap { base[$0] }.map { Self.direction($0, &generator, places) }
      /// The value where the variables have moved by a number of steps along their directions.
      func moved(_ steps: Int, _ outerSteps: Int = 0) throws(CertifiedEvaluator.Failure) -> RealArray {
        var place = base
        func move(_ name: Formula, _ along: RealArray, _ count: Int) {
          place[name] = place[name]?.zip(along) {
            $0 + ($1 * Real(count, places: places)).scaled(BallCheck.step)
          }
        }
        move(variable, direction, steps)
        if let first, let outer { move(first, outer, outerSteps) }
        return try check.evaluated(objective, place, places)
      }
      let center = try moved(0)
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

    /// Whole numbers, so that a step along them is exact; large enough that none is special.
    private static func direction(
      _ array: RealArray, _ generator: inout SplitMix64, _ places: Int
    ) -> RealArray {
      array.map { _ in
        let size = generator.integer(in: 1 << 6...1 << 10)
        return Real(generator.coin() ? size : -size, places: places)
      }
    }

    /// The change that a derivative claims along the direction; along both for second derivatives of a scalar.
    ///
    /// Nil where the claim has another number of entries.
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

  // MARK: Both

  /// The values, which are exact but for those of orthogonal matrices: the nearest ones take their place.
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
  ) throws(CertifiedEvaluator.Failure) -> RealArray {
    var form = formula
    if let definitions {
      guard let inlined = try? Definitions(lookup: definitions).inlined(formula) else { throw .unknown }
      form = inlined
    }
    let work = min(BallBudget.work, budget.left)
    var evaluator = CertifiedEvaluator(
      sizes: sizes, values: values, places: places, functionSeed: functionSeed, work: work)
    defer { budget.left -= work - evaluator.work }
    return try evaluator.value(form)
  }

  /// Relative to the largest entry of either.
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

/// The work that all ball evaluations of one verdict may take together, about in nanoseconds.
package final class BallBudget {
  /// For one evaluation.
  static let work = 40_000_000
  var left = 400_000_000

  package init() {}
}

extension BallCheck.Finding {
  fileprivate init(_ failure: CertifiedEvaluator.Failure) {
    switch failure {
    case .unknown: self = .unsupported
    case .tooMuchWork: self = .tooMuchWork
    }
  }
}
