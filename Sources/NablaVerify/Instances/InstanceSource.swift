import NablaCompile
import NablaCore
import NablaNumerics
import NablaTypes

/// Draws points at which programs have finite values.
package struct InstanceSource {
  let formulas: [Formula]
  let variables: [Formula]
  let options: Compiler.Options
  private let seed: UInt64
  var generator: SplitMix64
  /// Variables with fixed values.
  var pinned: [Formula: Matrix] = [:]
  /// The next regime to try; a regime that worked is tried first.
  private var regimeAttempt = 0
  private var sizeAttempt = 0
  /// Whether matrices must have generic rank, which derivatives may require.
  package var needsGenericRank = false
  /// The ranks for the most recent program.
  private var ranks: GenericRank?
  /// The numbers in the formulas, near which branches change.
  private let numbers: [Double]
  private let sizes: InstanceSizes

  /// Whether any sizes have names.
  var hasSizes: Bool { !sizes.names.isEmpty }

  static let tries = 60
  /// Limits on the workspace and the operations of one run; larger programs are retried with smaller sizes.
  private static let (largestWorkspace, mostOperations) = (1 << 18, 5e7)

  /// `variables` are all variables that get values. The sizes come from the formulas and from them.
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
    var problem = CheckProblem("found no sizes that fit")
    for _ in 0..<Self.tries {
      let attempt = sizeAttempt
      sizeAttempt += 1
      guard let sizes = sizes.choice(attempt: attempt, &generator) else { continue }
      do throws(CompileError) {
        let program = try Compiler.compile(compiled, sizes: sizes, options: options)
        if program.workspaceSize > Self.largestWorkspace || program.operations > Self.mostOperations {
          problem = CheckProblem("these sizes need too much work")
          if hasSizes { continue }
          return .failure(problem)
        }
        if needsGenericRank {
          ranks = GenericRank(
            formulas, variables: variables, sizes: sizes, options: options, seed: seed)
        }
        return .success((program, sizes))
      } catch {
        problem = CheckProblem(error.description)
        // An invalid formula must not pass as merely unsuitable at size 1.
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

  /// One attempt, with the same regime for all variables or one for each.
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

/// The reason why a check is impossible.
package struct CheckProblem: Error {
  let reason: String
  init(_ reason: String) { self.reason = reason }
}
