import NablaCompile
import NablaCore
import NablaNumerics

/// Compares formulas numerically: derivatives with differences, equations at random points.
/// All random numbers come from the seed, so the same question always gets the same verdict. Formulas are compiled
/// without shortcuts that rest on properties: a variable with a property is perturbed entry by entry, off the property,
/// from a base point that has it.
package struct NumericCheck: Sendable {
  package var seed: UInt64
  /// The elementwise functions of the rules.
  let definitions: FunctionDefinitions
  /// Upper bound on the number of sample points over all size assignments; `nil` uses the default for the kind of
  /// claim. Extra points for branches are not counted.
  package var points: Int?
  /// Whether to take extra points if there are branches.
  package var takesMore = true
  /// The variables of the derivatives on the sides of an equation; on kinks the sides may differ.
  var differentiated: [Formula] = []
  /// Whether points must prove that they would refute a false claim; unnecessary for a certified claim.
  var needsEvidence = true
  /// Whether balls must confirm what doubles refute.
  private(set) var needsConfirmation = true
  /// The levels of the random functions in place of declared ones, from the second comparison on.
  private var functionLevels: [Double] = []
  private var functions: RandomFunctions { RandomFunctions(seed: seed, levels: functionLevels) }
  /// The share of the usual limits of work.
  private(set) var effort = 1.0
  /// Variables with fixed values.
  package var pinned: [Formula: Matrix] = [:]

  package init(seed: UInt64, book: RuleBook = .standard) {
    self.seed = seed
    definitions = book.numericDefinitions
  }

  /// The same check at two points in doubles, which rejects most false claims at little cost.
  package var preliminary: NumericCheck {
    var result = self
    result.points = 2
    result.takesMore = false
    result.needsEvidence = false
    result.needsConfirmation = false
    return result
  }

  /// Relative difference up to which a derivative equals its differences.
  static let derivativeTolerance = 1e-6

  package var options: Compiler.Options {
    var options = Compiler.Options()
    options.definitions = definitions
    options.functions = functions.provider
    options.mostIterations = CompileLimits.iterationsOfChecks
    return options
  }

  package func ballCheck(
    _ sizes: [String: Int], _ values: [Formula: Matrix], _ budget: BallBudget
  ) -> BallCheck {
    BallCheck(
      sizes: sizes, values: values, definitions: definitions, functions: functions, seed: seed, budget: budget
    )
  }

  /// The number of points for each choice of sizes in turn. Without named sizes there is one choice.
  func plan(_ usual: [Int], hasSizes: Bool) -> [Int] {
    let total = points ?? usual.reduce(0, +)
    if !hasSizes { return [total] }
    var left = total
    return usual.compactMap { count in
      let taken = min(count, left)
      left -= taken
      return taken > 0 ? taken : nil
    }
  }

  /// The verdict of numbers on a claim.
  package func verdict(on claim: Claim) -> Verdict {
    switch claim {
    case .equality(let left, let right, let presupposed):
      return equality(left, right, presupposing: presupposed)
    case .derivative(let derivative):
      if derivative.variable.variable == nil {
        return .skipped("it can be differentiated only with respect to a variable")
      }
      var comparison = DerivativeComparison(check: self, claim: derivative)
      return withOtherFunctions([derivative.formula, derivative.objective], comparison.verdict()) {
        $0.verdict(on: claim)
      }
    case .differential(let differential, let objective, let variables):
      let (check, claim) = alongLine(differential, objective, variables)
      return check.verdict(on: claim)
    }
  }

  /// The verdict after more comparisons with other random functions in place of the declared ones, if branches depend
  /// on their values: those of one function may all lie on the same side.
  func withOtherFunctions(
    _ formulas: [Formula], _ verdict: Verdict, again: (NumericCheck) -> Verdict
  ) -> Verdict {
    guard takesMore, functionLevels.isEmpty, verdict.status == .verified,
      formulas.contains(where: \.hasDeclaredFunction),
      Sampling.hasBranches(formulas, definitions: definitions)
    else { return verdict }
    // All above the numbers in the formulas, all below, any of them above or below, then near the numbers in turn.
    let numbers = Sampling.numbers(formulas)
    let far = 10 + 3 * (numbers.last ?? 0)
    let magnitudes = [0, 1] + numbers + [0.5, 1.5].flatMap { factor in numbers.map { factor * $0 } }
    let near = magnitudes.flatMap { $0 == 0 ? [0] : [$0, -$0] }.prefix(Self.mostLevels)
    var generator = SplitMix64(seed: seed)
    let levels =
      [[far], [-far], [far, -far]]
      + near.map { level in [level, level, level] + [near.randomElement(using: &generator) ?? 0] }
    for choice in levels {
      var other = self
      other.seed = generator.next()
      other.functionLevels = choice
      other.points = Self.pointsOfOtherFunctions
      other.takesMore = false
      other.effort = 1 / Double(levels.count)
      let verdict = again(other)
      if verdict.status == .refuted { return verdict }
    }
    return verdict
  }

  private static let pointsOfOtherFunctions = 2
  private static let mostLevels = 24
}

extension Formula {
  fileprivate var hasDeclaredFunction: Bool {
    nodesChildrenFirst.contains { node in
      if case .apply(.function, _) = node.kind { true } else { false }
    }
  }
}
