import NablaLanguage
import NablaNumerics

/// One equation, compared at random points of several choices of sizes.
struct EquationComparison {
  let check: NumericCheck
  let left: Formula
  let right: Formula
  /// The nodes that bound what is added up, which the scale comes from.
  let parts: [Formula]
  /// What has to have a value as well.
  let presupposed: [Formula]
  var source: InstanceSource

  private var found = Verdict(status: .verified)
  private var programs: [(program: CompiledProgram, sizes: [String: Int])] = []
  /// Where doubles refute, though what they show may be rounding.
  private var doubt: Counterexample?
  private var isRounding = false
  private static let rounding = "at the points that were found rounding decides"

  init(
    check: NumericCheck, left: Formula, right: Formula, parts: [Formula], presupposed: [Formula],
    source: InstanceSource
  ) {
    (self.check, self.left, self.right) = (check, left, right)
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
    if let end = compareMore() { return end }
    let reason = isRounding ? Self.rounding : "no point was found at which both sides are finite"
    return check.concluded(found, doubt, reason)
  }

  /// Many more points where there are branches, as far as the work allows.
  private mutating func compareMore() -> Verdict? {
    guard check.takesMore, Sampling.hasBranches(source.formulas, definitions: check.definitions) else {
      return nil
    }
    let work = programs.reduce(0) { max($0, $1.program.workspaceSize) }
    let regimes = check.includesKinks ? Sampling.regimes : Sampling.regimesOffKinks
    for index in 0..<min(Sampling.moreOfEquations, 1_000_000 / (1_000 + work)) {
      let (program, sizes) = programs[index % programs.count]
      let regime = regimes[index / programs.count % regimes.count]
      guard let point = source.nextPoint(program, sizes, regime: regime, tries: 2) else { continue }
      if let end = compare(point, program, sizes) { return end }
    }
    return nil
  }

  /// Compares at a point; a verdict where nothing more is needed.
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
      return nil
    }
    let example = Counterexample(
      point.values, sizes: sizes, left: point.outputs[0], right: point.outputs[1], shape: left.shape)
    switch judgement(example, program, point.values, point.outputs) {
    case .right: found.points += 1
    case .unusable, .undecided: isRounding = true
    case .unknown: doubt = doubt ?? example
    case .wrong:
      found.points += 1
      found.error = max(found.error, difference)
      found.status = .refuted
      found.counterexample = check.readable(left, right, parts, presupposed) ?? example
      return found
    }
    return nil
  }

  /// What becomes of a point at which doubles differ.
  private func judgement(
    _ example: Counterexample, _ program: CompiledProgram, _ values: [Formula: Matrix], _ outputs: [Matrix]
  ) -> CertifiedReferee.Finding {
    let finding = check.referee(example.sizes, values).equality(left, right)
    switch finding {
    case .right, .unusable: return finding
    // Data have a property but for rounding.
    case .wrong where values.keys.allSatisfy(\.hasNoProperties): return .wrong
    case .wrong, .undecided, .unknown:
      let difference = (example.left - example.right).maxAbs
      return Conditioning.explains(difference, program, values, outputs, checking: [0, 1])
        ? .unusable : finding
    }
  }
}
