import NablaCompile
import NablaCore
import NablaNumerics
import NablaTypes

/// Compares one claim about a derivative with differences at random points.
struct DerivativeComparison {
  let check: NumericCheck
  let claim: DerivativeClaim
  /// Both formulas.
  private var formulas: [Formula] { [claim.formula, claim.objective] }

  private var found = Verdict(status: .verified)
  private var orders: [Double] = []
  private var places: [Place] = []
  private let budget: BallBudget
  private let named: InstanceSizes
  /// Operations spent on differences so far.
  private var work = 0.0
  /// The points within the tolerance that balls may still decide.
  private var decisionsLeft = 8
  /// A point where doubles refute, perhaps only because of rounding.
  private var doubt: Counterexample?
  /// The best known reason why no point was found.
  private var reason = "no point was found at which everything is finite"

  init(check: NumericCheck, claim: DerivativeClaim) {
    (self.check, self.claim) = (check, claim)
    budget = BallBudget(effort: check.effort)
    named = InstanceSizes([claim.formula, claim.objective] + claim.variables)
  }

  mutating func verdict() -> Verdict {
    var source = Sampler(
      formulas, variables: claim.variables, options: check.options, seed: check.seed)
    source.pinned = check.pinned
    source.needsGenericRank = true
    let usual = check.needsEvidence ? Sampling.derivative(formulas) : Sampling.besidesCertificate
    for wanted in check.plan(usual, hasSizes: source.hasSizes) {
      if let end = compare(&source, wanted) { return end }
    }
    if let end = compareMore(&source) ?? compareBranches(&source) { return end }
    return check.concluded(found, doubt, reason)
  }

  /// Compares at more points if there are branches, or variables with values in several components.
  private mutating func compareMore(_ source: inout Sampler) -> Verdict? {
    guard check.takesMore,
      source.hasDisconnectedVariables || Sampling.hasBranches(source.formulas, definitions: check.definitions)
    else { return nil }
    let wanted = check.needsEvidence ? Sampling.moreOfOtherDerivatives : Sampling.moreOfDerivatives
    let most = work + check.effort * Self.largestWorkOfMore
    for index in 0..<wanted where !places.isEmpty && (work < most || index < Sampling.moreOfDerivatives) {
      let place = places[index % places.count]
      let distribution = Sampling.regimesOffKinks[index % Sampling.regimesOffKinks.count]
      // If few points have a value, the distributions that gave one are tried again.
      guard
        let point = source.nextPoint(place.program, place.sizes, distribution: distribution, tries: 4)
          ?? source.nextPoint(place.program, place.sizes, among: Sampling.regimesOffKinks)
      else { continue }
      if let end = compare(point, place).end { return end }
    }
    return nil
  }

  /// Compares on every combination of branches that is found: in balls, which take fewer evaluations than differences of
  /// many entries do, and in doubles where balls decide nothing.
  private mutating func compareBranches(_ source: inout Sampler) -> Verdict? {
    guard check.takesMore else { return nil }
    var search = BranchSearch(
      formulas, moving: claim.moving, places: places.map { ($0.program, $0.sizes) },
      limit: check.needsEvidence ? Sampling.branchesOfOtherDerivatives : Sampling.branches,
      options: check.options)
    var inDoubles = 0
    while let (point, index) = search.next(&source) {
      let place = places[index]
      switch check.ballCheck(place.sizes, point.values, budget).derivative(claim) {
      case .agree: found.points += 1
      case .differ: return refuted(by: point.outputs[1], point.values, place)
      case .undefined: continue
      case .undecided, .unsupported, .tooMuchWork:
        inDoubles += 1
        if inDoubles > Sampling.moreOfDerivatives { return nil }
        if let end = compare(point, place).end { return end }
      }
    }
    return nil
  }

  /// The verdict at a point off all kinks where balls refute the claim.
  private mutating func refuted(
    by claimed: Matrix, _ values: [Formula: Matrix], _ place: Place
  ) -> Verdict {
    found.status = .refuted
    found.isRefutedExactly = true
    found.counterexample = Counterexample(
      values, sizes: place.sizes, left: claimed,
      right: check.expected(claim, place.sizes, values) ?? claimed, shape: claim.formula.shape)
    return found
  }

  /// Compares at up to `wanted` points of one choice of sizes; returns a verdict if the outcome is final.
  private mutating func compare(_ source: inout Sampler, _ wanted: Int) -> Verdict? {
    let program: CompiledProgram
    let sizes: [String: Int]
    switch source.nextProgram([claim.objective, claim.formula] + check.partialParts(formulas)) {
    case .failure(let problem):
      return check.concluded(found, doubt, problem.reason)
    case .success(let made): (program, sizes) = made
    }
    let entries = (claim.variable.shape.rows * claim.variable.shape.columns).value(sizes) ?? 1
    guard let plain = try? source.program([claim.objective], sizes) else {
      return .skipped("the expression cannot be compiled")
    }
    let place = Place(
      program: program, plain: plain, workspace: plain.makeWorkspace(), sizes: sizes, entries: entries)
    places.append(place)
    var (done, unusable) = (0, 0)
    for _ in 0..<(3 * wanted + 4) where done < wanted {
      guard let point = source.nextPoint(program, sizes) else { break }
      switch compare(point, place) {
      case .passed: done += 1
      case .kink: continue
      case .unusable:
        unusable += 1
        if unusable > Self.mostUnusable { return nil }
      // More points of these sizes would not settle it either.
      case .doubt: return nil
      case .end(let verdict): return verdict
      }
    }
    return nil
  }

  /// The programs for one choice of sizes.
  private struct Place {
    let program: CompiledProgram
    /// E alone, which differences evaluate many times.
    let plain: CompiledProgram
    let workspace: ProgramWorkspace
    let sizes: [String: Int]
    /// Number of entries of the variable.
    let entries: Int
  }

  private enum Outcome {
    case passed, kink, unusable, doubt
    case end(Verdict)

    var end: Verdict? { if case .end(let verdict) = self { verdict } else { nil } }
  }

  private mutating func compare(
    _ point: (values: [Formula: Matrix], outputs: [Matrix]), _ place: Place
  ) -> Outcome {
    let run = DifferenceRun(program: place.plain, workspace: place.workspace, point: point.values)
    let claimed = point.outputs[1]
    if claim.first == nil, place.entries > Self.fewEntries, spend(Self.directions, place.plain),
      let gap = directionalGap(claimed, run, place.entries, point.outputs[0])
    {
      note(gap.largest, gap.orders)
      return noteEvidence(claimed, gap.offset, gap.resolution, point.values, place)
    }
    guard spend(place.entries, place.plain) else {
      reason = "differences take too much work"
      return .doubt
    }
    guard let settled = settled(claimed, run, point.outputs[0]) else {
      reason = "no point was found away from kinks"
      return .kink
    }
    if settled.expected.values.count != claimed.count {
      return .end(
        .skipped("the derivative has \(claimed.count) entries instead of \(settled.expected.values.count)"))
    }
    if let gap = settled.gap {
      note(gap, settled.expected.order.map { [$0] } ?? [])
      return noteEvidence(
        claimed, settled.expected.offset, settled.expected.resolution, point.values, place)
    }
    let example = Counterexample(
      point.values, sizes: place.sizes, left: claimed,
      right: Matrix(rows: claimed.rows, columns: claimed.columns, storage: settled.expected.values),
      shape: claim.formula.shape)
    switch judgement(example, place.program, point.values, point.outputs, place.sizes) {
    case .agree(let isZero):
      note(0, [])
      if !isZero, named.showStructure(place.sizes),
        check.mayBeEvidence(point.values, place.program)
      {
        found.evidence += 1
      }
      return .passed
    case .undefined: return .unusable
    case .undecided, .tooMuchWork:
      found.unsettled += 1
      return .unusable
    case .differ:
      found.status = .refuted
      found.points += 1
      found.counterexample = example
      return .end(found)
    case .unsupported:
      doubt = doubt ?? example
      return .doubt
    }
  }

  private mutating func note(_ gap: Double, _ orders: [Double]) {
    found.points += 1
    found.error = max(found.error, gap)
    self.orders += orders
    found.order = self.orders.isEmpty ? nil : self.orders.sorted()[self.orders.count / 2]
  }

  /// Largest relative error of differences that still expose a claim that is off by a factor of 1 + 1e-7.
  private static let sharp = 2e-8

  /// Counts the point as evidence if it would refute twice the claim, its negation, or a change in one entry. If
  /// doubles have too few digits for that, balls decide. If balls do not decide, the point is unsettled if the claim
  /// deviates by more than the error of the differences.
  private mutating func noteEvidence(
    _ claimed: Matrix, _ offset: Double, _ error: Double, _ values: [Formula: Matrix], _ place: Place
  ) -> Outcome {
    guard check.needsEvidence, named.showStructure(place.sizes),
      check.mayBeEvidence(values, place.program)
    else { return .passed }
    if offset > max(error, Self.sharp) { return decided(claimed, values, place) }
    let resolution = max(offset, error)
    if resolution <= Self.sharp, claim.formula.isZero || claimed.maxAbs > 0 {
      found.evidence += 1
    } else if resolution * claimed.maxAbs <= Self.sharp,
      !Sampling.mayVanishInPlaces(formulas, definitions: check.definitions),
      check.cancels(claim.formula, place.program, output: 1, values, place.sizes)
    {
      found.evidence += 1
    } else if resolution > Self.sharp, claimed.maxAbs > 0 {
      return decided(claimed, values, place, isWithinError: true)
    }
    return .passed
  }

  /// The judgement of balls on a point at which the claim is within the tolerance of doubles.
  private mutating func decided(
    _ claimed: Matrix, _ values: [Formula: Matrix], _ place: Place, isWithinError: Bool = false
  ) -> Outcome {
    guard decisionsLeft > 0 else {
      if !isWithinError { found.unsettled += 1 }
      return .passed
    }
    decisionsLeft -= 1
    let finding = check.ballCheck(place.sizes, values, budget).derivative(claim)
    switch finding {
    case .agree(let isZero):
      if !isZero { found.evidence += 1 }
    case .differ:
      if Branches(formulas, moving: claim.moving, place.sizes, check.options).haveKink(at: values) {
        break
      }
      return .end(refuted(by: claimed, values, place))
    case .undecided, .undefined, .tooMuchWork, .unsupported: if !isWithinError { found.unsettled += 1 }
    }
    return .passed
  }

  /// Judges a point at which doubles refute the claim.
  private mutating func judgement(
    _ example: Counterexample, _ program: CompiledProgram, _ values: [Formula: Matrix], _ outputs: [Matrix],
    _ sizes: [String: Int]
  ) -> BallCheck.Finding {
    if Branches(formulas, moving: claim.moving, sizes, check.options).haveKink(at: values) {
      reason = "every point that was found lies on a kink"
      return .undefined
    }
    if !check.needsConfirmation { return .differ }
    let finding = check.ballCheck(sizes, values, budget).derivative(claim)
    switch finding {
    case .agree, .differ: return finding
    case .undefined:
      // Doubles refute, and may be right about a value that balls do not have.
      found.unsettled += 1
      reason = "no point was found at which there is a derivative"
      return finding
    case .undecided, .tooMuchWork, .unsupported:
      reason =
        finding == .tooMuchWork
        ? "more digits are too much work at the points where doubles have too few"
        : "rounding decides at the points that were found"
      if roundingExplains(example, program, values, outputs, sizes) { return .undecided }
      if finding != .unsupported { found.contradictions += 1 }
      return finding
    }
  }

  /// Whether a difference in doubles may come from rounding.
  private func roundingExplains(
    _ example: Counterexample, _ program: CompiledProgram, _ values: [Formula: Matrix], _ outputs: [Matrix],
    _ sizes: [String: Int]
  ) -> Bool {
    let difference = (example.left - example.right).maxAbs
    if Conditioning.isRoundoff(difference, program, values, outputs, checking: [1])
      || Conditioning.jumps(program, values, outputs)
    {
      return true
    }
    // Without more digits, a remainder of complete cancellation does not refute.
    guard let whole = check.magnitude(of: claim.formula, values, sizes) else { return false }
    return difference <= NumericCheck.equalityTolerance * whole
  }

  /// Points for one choice of sizes that may stay unsettled with more digits, since each of them is slow.
  private static let mostUnusable = 3

  // MARK: Differences

  /// Step sizes, tried in order until the differences settle and agree. A function that oscillates within a step
  /// misleads differences, so finer steps decide.
  private static let stepScales = [1, 1.0 / 23, 1.0 / 512]
  /// Variables with more entries are first moved in random directions, and entry by entry only if that leaves a doubt.
  /// A wrong derivative differs from the right one in almost every direction.
  private static let fewEntries = 12
  private static let directions = 4
  /// Work allowed for all differences of one comparison, roughly in nanoseconds.
  private static let largestWork = 4e8
  /// The same for the extra points of claims that are not certified.
  private static let largestWorkOfMore = 3e7
  /// Evaluations needed for a derivative along one direction.
  private static let evaluations = 20.0
  /// The overhead of an evaluation.
  private static let evaluation = 300.0

  /// Charges for differences of a program along a number of directions; false if they would exceed the limit.
  private mutating func spend(_ directions: Int, _ program: CompiledProgram) -> Bool {
    let count = Double(directions) * (claim.first == nil ? 1 : Double(directions) * Self.evaluations)
    let each = Self.evaluation + program.nanoseconds
    let needed = Self.evaluations * count * each
    if work + needed > check.effort * Self.largestWork { return false }
    work += needed
    return true
  }

  /// The differences, entry by entry, where they settle; the gap is `nil` if they contradict the claim.
  private func settled(
    _ claimed: Matrix, _ run: DifferenceRun, _ output: Matrix
  ) -> (expected: Settled, gap: Double?)? {
    var last: (expected: Settled, gap: Double?)?
    for stepScale in Self.stepScales {
      let table =
        claim.first.map { run.second(by: $0, claim.variable, stepScale) }
        ?? run.first(by: claim.variable, stepScale)
      guard let expected = table?.arranged(claim.layout, output) else { continue }
      let scale = expected.scale(beside: claimed, output)
      let settled = Settled(
        values: expected.values, order: expected.order,
        offset: expected.offset(from: claimed), resolution: expected.resolution(of: claimed))
      guard claimed.count == expected.values.count else { return (settled, nil) }
      if expected.hasKink || !(expected.errors.reduce(0, max) <= 1e-5 * scale) { continue }
      let tolerance = (claim.first == nil ? 1 : 10) * NumericCheck.derivativeTolerance
      let gap = expected.gap(from: claimed, scale, tolerance)
      last = (settled, gap)
      if gap != nil { break }
    }
    return last
  }

  private struct Settled {
    let values: [Double]
    let order: Double?
    /// The largest difference from the claim, relative to the claim.
    let offset: Double
    /// The error of the differences relative to the claim.
    let resolution: Double
  }

  /// The largest difference along random directions, relative to the scale; `nil` if there is any doubt.
  private func directionalGap(
    _ claimed: Matrix, _ run: DifferenceRun, _ entries: Int, _ output: Matrix
  ) -> (largest: Double, orders: [Double], offset: Double, resolution: Double)? {
    guard claimed.count == entries * output.count else { return nil }
    var orders: [Double] = []
    var generator = SplitMix64(seed: check.seed &+ UInt64(truncatingIfNeeded: entries))
    var (largest, offset, resolution) = (0.0, 0.0, 0.0)
    for _ in 0..<Self.directions {
      let direction = (0..<entries).map { _ in generator.normal() / Double(entries).squareRoot() }
      let projected = claim.layout.projected(claimed, along: direction, outputs: output.count)
      let gaps = Self.stepScales.lazy.compactMap { stepScale -> (gap: Double, table: DifferenceTable)? in
        guard let table = run.along(direction, of: claim.variable, stepScale) else { return nil }
        let scale = table.scale(beside: claimed, output)
        if table.hasKink || !(table.errors.reduce(0, max) <= 1e-7 * scale) { return nil }
        return table.gap(from: projected, scale, NumericCheck.derivativeTolerance).map { ($0, table) }
      }
      guard let (gap, table) = gaps.first else { return nil }
      largest = max(largest, gap)
      offset = max(offset, table.offset(from: projected))
      resolution = max(resolution, table.resolution(of: projected))
      if let order = table.order { orders.append(order) }
    }
    return (largest, orders, offset, resolution)
  }
}
