import NablaCompile
import NablaCore
import NablaNumerics

/// Compares an equation at random points for several choices of sizes.
struct EquationComparison {
  let check: NumericCheck
  let left: Formula
  let right: Formula
  /// The nodes that determine the scale.
  let parts: [Formula]
  /// The domain conditions, which must have values too.
  let presupposed: [Formula]
  var source: Sampler

  private var found = Verdict(status: .verified)
  private var programs: [(program: CompiledProgram, sizes: [String: Int])] = []
  /// A point where doubles refute, perhaps only because of rounding.
  private var doubt: Counterexample?
  private var reason = "no point was found at which both sides are finite"
  private let budget: BallBudget

  init(
    check: NumericCheck, left: Formula, right: Formula, parts: [Formula], presupposed: [Formula],
    source: Sampler
  ) {
    (self.check, self.left, self.right) = (check, left, right)
    budget = BallBudget(effort: check.effort)
    (self.parts, self.presupposed, self.source) = (parts, presupposed, source)
  }

  mutating func verdict() -> Verdict {
    for wanted in check.plan(Sampling.equation([left, right]), hasSizes: source.hasSizes) {
      switch source.nextProgram([left, right] + parts + presupposed) {
      case .failure(let problem):
        if programs.isEmpty { return .skipped(problem.reason) }
      case .success(let made):
        programs.append(made)
        for _ in 0..<wanted {
          guard let point = source.nextPoint(made.program, made.sizes) else { break }
          if let end = compare(point, made.program, made.sizes) { return end }
        }
      }
    }
    if let end = compareMore() ?? compareBranches() { return end }
    return check.concluded(found, doubt, reason)
  }

  /// Compares at many more points if there are branches, or variables with values in several components, and the work
  /// allows.
  private mutating func compareMore() -> Verdict? {
    guard check.takesMore,
      source.hasDisconnectedVariables || Sampling.hasBranches(source.formulas, definitions: check.definitions)
    else { return nil }
    let work = programs.reduce(0) { max($0, $1.program.workspaceSize) }
    let distributions = check.differentiated.isEmpty ? Sampling.distributions : Sampling.regimesOffKinks
    let wanted = check.needsEvidence ? Sampling.moreOfOtherEquations : Sampling.moreOfEquations
    for index in 0..<min(wanted, 1_000_000 / (1_000 + work)) {
      let (program, sizes) = programs[index % programs.count]
      let distribution = distributions[index / programs.count % distributions.count]
      // If few points have a value, the distributions that gave one are tried again.
      guard
        let point = source.nextPoint(program, sizes, distribution: distribution, tries: 2)
          ?? source.nextPoint(program, sizes, among: distributions)
      else { continue }
      if let end = compare(point, program, sizes) { return end }
    }
    return nil
  }

  /// Compares on every combination of branches that is found.
  private mutating func compareBranches() -> Verdict? {
    guard check.takesMore else { return nil }
    var search = BranchSearch(
      [left, right], moving: check.differentiated, places: programs, limit: Sampling.branches,
      options: check.options)
    while let (point, place) = search.next(&source) {
      let (program, sizes) = programs[place]
      if let end = compare(point, program, sizes) { return end }
    }
    return nil
  }

  /// Compares at a point; returns a verdict if the outcome is final.
  private mutating func compare(
    _ point: (values: [Formula: Matrix], outputs: [Matrix]), _ program: CompiledProgram,
    _ sizes: [String: Int]
  ) -> Verdict? {
    guard let difference = check.compare(left, right, point.outputs, parts, sizes) else {
      return .skipped("the sides have different sizes")
    }
    if difference <= NumericCheck.equalityTolerance {
      found.points += 1
      found.error = max(found.error, difference)
      if check.needsEvidence, found.evidence < Self.enoughEvidence, hasPower(point, program, sizes) {
        found.evidence += 1
      }
      return nil
    }
    let example = Counterexample(
      point.values, sizes: sizes, left: point.outputs[0], right: point.outputs[1], shape: left.shape)
    switch judgement(example, program, point.values, point.outputs) {
    case .agree(let isZero):
      found.points += 1
      if !isZero, source.sizes.showStructure(sizes), check.mayBeEvidence(point.values, program),
        !isOnKink(point.values, sizes)
      {
        found.evidence += 1
      }
    case .undefined: reason = "no point was found at which both sides have a value"
    case .undecided:
      found.unsettled += 1
      reason = "rounding decides at the points that were found"
    case .tooMuchWork:
      found.unsettled += 1
      reason = "more digits are too much work at the points where doubles have too few"
    case .unsupported: doubt = doubt ?? example
    case .differ:
      found.points += 1
      found.error = max(found.error, difference)
      found.status = .refuted
      found.counterexample = check.readable(left, right, parts, presupposed) ?? example
      return found
    }
    return nil
  }

  private static let enoughEvidence = 2

  /// Whether doubles would have refuted a false claim at a point where the sides agree: twice the claim, its negation,
  /// or a claim off by a factor of 1 + 1e-7.
  private func hasPower(
    _ point: (values: [Formula: Matrix], outputs: [Matrix]), _ program: CompiledProgram,
    _ sizes: [String: Int]
  ) -> Bool {
    guard source.sizes.showStructure(sizes), check.mayBeEvidence(point.values, program),
      !isOnKink(point.values, sizes)
    else { return false }
    let scale = check.scale(left, right, point.outputs, parts, sizes)
    let size = left.isZero || right.isZero ? scale : max(point.outputs[0].maxAbs, point.outputs[1].maxAbs)
    guard size > 0.1 * scale else { return false }
    return !Conditioning.isRoundoff(1e-7 * size, program, point.values, point.outputs, checking: [0, 1])
  }

  /// Whether derivatives among the sides may be matters of choice at a point, which proves nothing then.
  private func isOnKink(_ values: [Formula: Matrix], _ sizes: [String: Int]) -> Bool {
    !check.differentiated.isEmpty
      && Branches([left, right], moving: check.differentiated, sizes, check.options).haveKink(at: values)
  }

  /// Judges a point at which doubles differ.
  private mutating func judgement(
    _ example: Counterexample, _ program: CompiledProgram, _ values: [Formula: Matrix], _ outputs: [Matrix]
  ) -> BallCheck.Finding {
    let finding = check.ballCheck(example.sizes, values, budget).equality(left, right)
    switch finding {
    case .agree, .undefined: return finding
    case .differ, .undecided, .tooMuchWork, .unsupported:
      if isOnKink(values, example.sizes) { return .undefined }
      if finding == .differ { return .differ }
      let difference = (example.left - example.right).maxAbs
      if Conditioning.isRoundoff(difference, program, values, outputs, checking: [0, 1]) {
        return .undecided
      }
      if finding != .unsupported { found.contradictions += 1 }
      return finding
    }
  }
}
