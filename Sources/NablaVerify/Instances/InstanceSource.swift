import NablaCompile
import NablaCore
import NablaNumerics
import NablaTypes

/// Draws instances at which programs are finite.
package struct InstanceSource {
  let formulas: [Formula]
  let variables: [Formula]
  let options: Compiler.Options
  private let seed: UInt64
  var generator: SplitMix64
  /// Values that are given.
  var pinned: [Formula: Matrix] = [:]
  /// Where the search for a regime goes on: a regime that worked is tried first.
  private var regimeAttempt = 0
  private var sizeAttempt = 0
  /// Whether matrices must have their usual ranks, as derivatives ask for.
  package var needsRegularRanks = false
  /// Of the program that was made last.
  private var ranks: RegularRanks?
  /// The numbers in the formulas, near which branches change.
  private let numbers: [Double]
  private let sizes: InstanceSizes

  /// Whether there are names of sizes, so that there is a choice.
  var hasSizes: Bool { !sizes.names.isEmpty }

  static let tries = 60
  /// Numbers that a program may hold, and operations of one run: what is larger is tried at smaller sizes.
  private static let (largestWorkspace, mostOperations) = (1 << 18, 5e7)

  /// `variables` are all that get values; the sizes come from the formulas and from them.
  package init(_ formulas: [Formula], variables: [Formula], options: Compiler.Options, seed: UInt64) {
    self.formulas = formulas
    self.variables = variables
    self.options = options
    self.seed = seed
    numbers = Sampling.numbers(formulas)
    sizes = InstanceSizes(formulas + variables)
    generator = SplitMix64(seed: seed)
  }

  /// A program for the next sizes that fit, or the reason why there is none.
  package mutating func nextProgram(
    _ compiled: [Formula]
  ) -> Result<(program: CompiledProgram, sizes: [String: Int]), CheckProblem> {
    var problem = CheckProblem("no sizes were found that fit")
    for _ in 0..<Self.tries {
      let attempt = sizeAttempt
      sizeAttempt += 1
      guard let sizes = sizes.choice(attempt: attempt, &generator) else { continue }
      do throws(CompileError) {
        let program = try Compiler.compile(compiled, sizes: sizes, options: options)
        if program.workspaceSize > Self.largestWorkspace || program.operations > Self.mostOperations {
          problem = CheckProblem("the sizes take too much work")
          if hasSizes { continue }
          return .failure(problem)
        }
        if needsRegularRanks {
          ranks = RegularRanks(
            formulas, variables: variables, sizes: sizes, options: options, seed: seed)
        }
        return .success((program, sizes))
      } catch {
        problem = CheckProblem(error.description)
        // What is wrong in itself would only seem right at sizes of one.
        if case .invalidFormula = error { return .failure(problem) }
      }
    }
    return .failure(problem)
  }

  /// Values at which all outputs are finite, with the outputs.
  package mutating func nextPoint(
    _ program: CompiledProgram, _ sizes: [String: Int], regime: Regime? = nil,
    tries: Int = InstanceSource.tries
  ) -> (values: [Formula: Matrix], outputs: [Matrix])? {
    for _ in 0..<tries {
      if Cancellation.isRequested { return nil }
      let regimes =
        regime.map { regime in variables.map { _ in regime } }
        ?? Instance.regimes(variables, attempt: regimeAttempt, &generator)
      if let point = point(program, sizes, regimes) { return point }
      if regime == nil { regimeAttempt += 1 }
    }
    return nil
  }

  /// One try, with all variables of one regime or each of its own.
  mutating func nextPoint(
    _ program: CompiledProgram, _ sizes: [String: Int], among regimes: [Regime]
  ) -> (values: [Formula: Matrix], outputs: [Matrix])? {
    func regime() -> Regime { regimes[generator.integer(in: 0...(regimes.count - 1))] }
    let common = generator.coin() ? regime() : nil
    return point(program, sizes, variables.map { _ in common ?? regime() })
  }

  private mutating func point(
    _ program: CompiledProgram, _ sizes: [String: Int], _ regimes: [Regime]
  ) -> (values: [Formula: Matrix], outputs: [Matrix])? {
    var values: [Formula: Matrix] = [:]
    for (formula, regime) in zip(variables, regimes) {
      if let value = pinned[formula] {
        values[formula] = value
        continue
      }
      guard let variable = formula.variable,
        let value = Instance.value(
          of: variable, sizes, regime, near: numbers + sizes.values.sorted().map(Double.init), &generator)
      else { return nil }
      values[formula] = value
    }
    guard let outputs = try? program.run(values), outputs.allSatisfy(\.isFinite) else { return nil }
    if let ranks, !ranks.holds(at: values) { return nil }
    return (values, outputs)
  }
}

/// Why a check cannot be made.
package struct CheckProblem: Error {
  let reason: String
  init(_ reason: String) { self.reason = reason }
}
