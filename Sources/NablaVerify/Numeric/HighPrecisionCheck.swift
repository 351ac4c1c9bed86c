import NablaCompile
import NablaCore
import NablaNumerics
import NablaTypes

/// Decides a claim in ball arithmetic at a few points, each of which would have refuted a false claim.
/// Doubles cannot tell `cos(1e-9*a)` from 1, nor a derivative from one that is off by a factor of 1 + 1e-7. Balls can.
struct HighPrecisionCheck {
  enum Finding {
    /// Both sides agree to this many digits at the points.
    case agree(points: Int, digits: Int)
    case differ(Counterexample?)
    /// The check decides nothing, for this reason.
    case silent(String)
  }

  let check: NumericCheck
  /// The formulas that need a value at a point.
  let formulas: [Formula]
  /// The sides, with their places among the formulas.
  let sides: [(formula: Formula, place: Int)]
  /// Whether one side is the constant zero, so the sides agree only by vanishing.
  let claimsZero: Bool
  let precision: BallCheck.Precision
  /// Whether a point decides nothing although the sides differ there.
  let isExcused: ([Formula: Matrix], [String: Int]) -> Bool
  /// The counterexample for a point at which the sides differ.
  let example: ([Formula: Matrix], [String: Int], [Matrix]) -> Counterexample?
  let decide: (BallCheck, BallCheck.Precision) -> BallCheck.Finding

  private static let (points, pointsOfBranches) = (2, 12)
  /// Number of undecided points after which the check gives up.
  private static let mostFailures = 6
  private static let onKinks = "every point that was found lies on a kink"
  /// Choices of sizes. If branches need many points, these are distributed over more.
  private static let (programs, programsOfBranches) = (2, 4)

  func finding(_ source: Sampler) -> Finding {
    var source = source
    let budget = BallBudget()
    let hasBranches = Sampling.hasBranches(source.formulas, definitions: check.definitions)
    let takesMore = hasBranches || source.hasDisconnectedVariables
    let wanted = takesMore ? Self.pointsOfBranches : Self.points
    let programs = self.programs(&source, takesMore ? Self.programsOfBranches : Self.programs)
    if programs.isEmpty { return .silent("no sizes above 1 were found that fit") }
    var (agreeing, vanishing, failures) = (0, 0, 0)
    var reason = "no point was found at which both sides are finite"
    let distributions = Sampling.distributions
    search: for index in 0..<(wanted + Self.mostFailures) where agreeing + vanishing < wanted {
      if failures >= Self.mostFailures { break }
      let (program, sizes) = programs[index % programs.count]
      let distribution = index < wanted / 2 || !takesMore ? nil : distributions[index % distributions.count]
      guard let point = source.nextPoint(program, sizes, distribution: distribution) else {
        failures += 1
        continue
      }
      let ball = check.ballCheck(sizes, point.values, budget)
      switch decide(ball, precision) {
      case .agree where !check.mayBeEvidence(point.values, program): failures += 1
      // Agreement proves nothing at a point where a difference would not.
      case .agree where isExcused(point.values, sizes): reason = Self.onKinks
      case .agree(isZero: false): agreeing += 1
      case .agree(isZero: true):
        let vanishes =
          claimsZero
          || sides.contains { check.cancels($0.formula, program, output: $0.place, point.values, sizes) }
        if vanishes { vanishing += 1 } else { failures += 1 }
      case .differ where isExcused(point.values, sizes):
        failures += 1
        reason = Self.onKinks
      case .differ: return .differ(example(point.values, sizes, point.outputs))
      case .undecided:
        failures += 1
        reason = "rounding decides at the points that were found"
      case .undefined: failures += 1
      case .unsupported:
        reason = "an operation is unknown to ball arithmetic"
        break search
      case .tooMuchWork:
        reason = "more digits are too much work"
        break search
      }
    }
    let digits = Int(-precision.relative * 0.30103)
    if agreeing > 0 { return .agree(points: agreeing, digits: digits) }
    // Any multiple of a vanishing claim vanishes too. A zero is evidence only if zero was claimed, or if a function
    // that vanishes at a random point vanishes everywhere.
    let mayVanish = Sampling.mayVanishInPlaces(source.formulas, definitions: check.definitions)
    if vanishing > 0, claimsZero || !mayVanish { return .agree(points: vanishing, digits: digits) }
    return .silent(vanishing > 0 ? "both sides are zero at every point that was found" : reason)
  }

  /// Programs for sizes above 1; size 1 hides sums, products and transposes.
  private func programs(
    _ source: inout Sampler, _ wanted: Int
  ) -> [(program: CompiledProgram, sizes: [String: Int])] {
    var result: [(program: CompiledProgram, sizes: [String: Int])] = []
    for _ in 0..<(3 * wanted) where result.count < (source.hasSizes ? wanted : 1) {
      guard case .success(let made) = source.nextProgram(formulas) else { break }
      if source.sizes.showStructure(made.sizes) { result.append(made) }
    }
    return result
  }
}

extension NumericCheck {
  /// Decides a claim with many digits.
  func highPrecision(_ claim: Claim) -> HighPrecisionCheck.Finding {
    switch claim {
    case .equality(let left, let right, let presupposed):
      return highPrecision(left, right, presupposing: presupposed)
    case .derivative(let derivative): return highPrecision(derivative)
    case .differential(let differential, let objective, let variables):
      let (check, claim) = alongLine(differential, objective, variables)
      return check.highPrecision(claim)
    }
  }

  /// Compares both sides of an equation to about ninety digits.
  private func highPrecision(
    _ left: Formula, _ right: Formula, presupposing presupposed: [Formula]
  ) -> HighPrecisionCheck.Finding {
    let everything = [left, right] + presupposed
    let variables = everything.freeVariables
    let check = HighPrecisionCheck(
      check: self, formulas: everything, sides: [(left, 0), (right, 1)],
      claimsZero: left.isZero || right.isZero, precision: .ofEquations
    ) { values, sizes in
      !differentiated.isEmpty
        && Branches(everything, moving: differentiated, sizes, options).haveKink(at: values)
    } example: { values, sizes, outputs in
      Counterexample(values, sizes: sizes, left: outputs[0], right: outputs[1], shape: left.shape)
    } decide: { ball, precision in
      ball.equality(left, right, to: precision)
    }
    return check.finding(Sampler(everything, variables: variables, options: options, seed: seed))
  }

  /// Compares a derivative with difference quotients to about sixty digits.
  private func highPrecision(_ claim: DerivativeClaim) -> HighPrecisionCheck.Finding {
    let formulas = [claim.objective, claim.formula]
    var source = Sampler(
      [claim.formula, claim.objective], variables: claim.variables, options: options, seed: seed)
    source.pinned = pinned
    source.needsGenericRank = true
    let check = HighPrecisionCheck(
      check: self, formulas: formulas, sides: [(claim.formula, 1)], claimsZero: claim.formula.isZero,
      precision: .ofDerivatives
    ) { values, sizes in
      Branches(formulas, moving: claim.moving, sizes, options).haveKink(at: values)
    } example: { values, sizes, outputs in
      Counterexample(
        values, sizes: sizes, left: outputs[1], right: expected(claim, sizes, values) ?? outputs[1],
        shape: claim.formula.shape)
    } decide: { ball, precision in
      ball.derivative(claim, to: precision)
    }
    return check.finding(source)
  }

  /// The derivative by differences in double precision.
  func expected(_ claim: DerivativeClaim, _ sizes: [String: Int], _ values: [Formula: Matrix]) -> Matrix? {
    guard let program = try? Compiler.compile([claim.objective], sizes: sizes, options: options),
      let output = try? program.run(values).first
    else { return nil }
    let run = DifferenceRun(program: program, workspace: program.makeWorkspace(), point: values)
    let table = claim.first.map { run.second(by: $0, claim.variable, 1) } ?? run.first(by: claim.variable, 1)
    return (table?.arranged(claim.layout, output)).map { Matrix(column: $0.values) }
  }
}
