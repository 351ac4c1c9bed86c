import NablaLanguage
import NablaNumerics

/// Decides at a point where doubles refute: there they may merely have lost their digits, or a function may swing
/// or climb faster than differences of doubles can follow.
///
/// All is computed again in ball arithmetic. A step of 2^-160 leaves neither truncation nor rounding to speak of.
struct CertifiedReferee {
  let sizes: [String: Int]
  let values: [Formula: Matrix]
  let definitions: FunctionDefinitions?
  let functionSeed: UInt64
  let seed: UInt64

  enum Finding: Equatable {
    /// The two sides agree.
    case right
    /// They differ for certain.
    case wrong
    /// One of them has no value.
    case unusable
    /// Even so many digits do not tell.
    case undecided
    /// An operation is not known, or the work is too much.
    case unknown
  }

  /// Numbers of limbs, and the logarithm of the step of differences.
  private static let places = [8, 20]
  private static let step = -160
  /// For each evaluation, about in nanoseconds.
  private static let work = 40_000_000
  /// Relative differences up to which sides agree; beyond it they differ.
  private static let tolerance = 1e-9
  /// The logarithm of what is as good as zero, for what cancels altogether.
  private static let smallest = -200.0
  /// The same for slopes on both sides of a point, between which a step lies.
  private static let bend = -120.0

  // MARK: Equations

  func equality(_ left: Formula, _ right: Formula) -> Finding {
    // Where more digits are too much work, what fewer did not decide stays undecided.
    var settled = Finding.unknown
    for places in Self.places {
      guard let a = evaluated(left, values.mapValues { RealArray($0, places: places) }, places),
        let b = evaluated(right, values.mapValues { RealArray($0, places: places) }, places)
      else { return settled }
      settled = Self.compare(a.entries, b.entries)
      if settled != .undecided { return settled }
    }
    return settled
  }

  /// Digits to which two formulas agree at a point at the least, where that is more than differences by accident;
  /// nil where nothing can be said, zero where they differ.
  func digits(_ left: Formula, _ right: Formula) -> Int? {
    let places = Self.places[0]
    let place = values.mapValues { RealArray($0, places: places) }
    guard let a = evaluated(left, place, places), let b = evaluated(right, place, places) else { return nil }
    switch Self.compare(a.entries, b.entries, smallest: -.infinity, tolerance: 0x1p-300) {
    case .right: return 90
    case .wrong: return 0
    case .unusable, .undecided, .unknown: return nil
    }
  }

  // MARK: Derivatives

  /// Whether a claim has the derivatives of E by a variable; by `first` and then by the variable, where that is given.
  func derivative(
    _ claim: Formula, of objective: Formula, by variable: Formula, first: Formula?,
    _ layout: DerivativeLayout
  ) -> Finding {
    var generator = SplitMix64(seed: seed)
    var settled = Finding.unknown
    for places in Self.places {
      let base = values.mapValues { RealArray($0, places: places) }
      guard let start = base[variable], let claimed = evaluated(claim, base, places) else { return settled }
      let direction = Self.direction(start, &generator, places)
      let outer = first.flatMap { base[$0] }.map { Self.direction($0, &generator, places) }
      /// The value where the variables have moved so many steps along their directions.
      func moved(_ steps: Int, _ outerSteps: Int = 0) -> RealArray? {
        var place = base
        func move(_ name: Formula, _ along: RealArray, _ count: Int) {
          place[name] = place[name]?.zip(along) { $0 + ($1 * Real(count, places: places)).scaled(Self.step) }
        }
        move(variable, direction, steps)
        if let first, let outer { move(first, outer, outerSteps) }
        return evaluated(objective, place, places)
      }
      /// The difference quotients ahead and behind, which agree where there is a derivative.
      func quotients() -> (ahead: RealArray, behind: RealArray)? {
        guard let center = moved(0), let ahead = moved(1), let behind = moved(-1) else { return nil }
        if first == nil {
          return (
            ahead.zip(center) { ($0 - $1).scaled(-Self.step) },
            center.zip(behind) { ($0 - $1).scaled(-Self.step) }
          )
        }
        guard let plus = moved(0, 1), let minus = moved(0, -1), let both = moved(1, 1),
          let neither = moved(-1, -1)
        else { return nil }
        func second(_ corner: RealArray, _ a: RealArray, _ b: RealArray) -> RealArray {
          corner.zip(a, -).zip(b, -).zip(center, +).map { $0.scaled(-2 * Self.step) }
        }
        return (second(both, ahead, plus), second(neither, behind, minus))
      }
      guard let (ahead, behind) = quotients() else { return settled }
      let projected = Self.projected(claimed, direction, outer, layout, outputs: ahead.entries.count)
      guard let projected else { return settled }
      // At a kink the sides have slopes of their own.
      let sides = Self.compare(ahead.entries, behind.entries, smallest: Self.bend)
      if sides == .wrong { return .unusable }
      // In the middle what is of second order cancels.
      let middle = zip(ahead.entries, behind.entries).map { ($0 + $1).scaled(-1) }
      settled = Self.compare(projected, middle)
      if settled != .undecided { return settled }
    }
    return settled
  }

  /// Whole numbers, so that a step along it is exact; large enough that none is special.
  private static func direction(
    _ array: RealArray, _ generator: inout SplitMix64, _ places: Int
  ) -> RealArray {
    array.map { _ in
      let size = generator.integer(in: 1 << 6...1 << 10)
      return Real(generator.coin() ? size : -size, places: places)
    }
  }

  /// The change that a derivative claims along a direction; along two for second derivatives of a scalar.
  private static func projected(
    _ claimed: RealArray, _ direction: RealArray, _ outer: RealArray?, _ layout: DerivativeLayout,
    outputs: Int
  ) -> [Real]? {
    let count = direction.entries.count
    if let outer {
      let rows = outer.entries.count
      guard claimed.entries.count == rows * count else { return nil }
      return [
        .sum(
          (0..<count).flatMap { j in
            (0..<rows).map { i in claimed.entries[i + j * rows] * outer.entries[i] * direction.entries[j] }
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

  // MARK: Both

  private func evaluated(_ formula: Formula, _ values: [Formula: RealArray], _ places: Int) -> RealArray? {
    var form = formula
    if let definitions {
      guard let inlined = try? Definitions(lookup: definitions).inlined(formula) else { return nil }
      form = inlined
    }
    var evaluator = CertifiedEvaluator(
      sizes: sizes, values: values, places: places, functionSeed: functionSeed, work: Self.work)
    return try? evaluator.value(form)
  }

  /// Relative to the largest entry of either.
  private static func compare(
    _ a: [Real], _ b: [Real], smallest: Double = smallest, tolerance: Double = tolerance
  ) -> Finding {
    guard a.count == b.count else { return .unknown }
    if (a + b).contains(where: \.isUndefined) { return .unusable }
    var (scale, gap, least) = (-Double.infinity, -Double.infinity, -Double.infinity)
    for (x, y) in zip(a, b) {
      guard case .ball(let left) = x, case .ball(let right) = y else { return .undecided }
      let difference = left - right
      (gap, least) = (max(gap, difference.upper), max(least, difference.lower))
      scale = max(scale, left.upper, right.upper)
    }
    if gap < smallest || gap <= scale + Ball.logarithm(tolerance) { return .right }
    return least > scale + Ball.logarithm(tolerance) ? .wrong : .undecided
  }
}
