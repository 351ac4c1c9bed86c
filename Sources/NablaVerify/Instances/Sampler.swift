import NablaCompile
import NablaCore
import NablaNumerics
import NablaTypes

/// Draws points at which programs have finite values.
package struct Sampler {
  let formulas: [Formula]
  let variables: [Formula]
  let options: Compiler.Options
  private let seed: UInt64
  var generator: SplitMix64
  /// Variables with fixed values.
  var pinned: [Formula: Matrix] = [:]
  /// The next distribution to try; a distribution that worked is tried first.
  private var distributionAttempt = 0
  private var sizeAttempt = 0
  /// Choices of distributions that gave points in the search for branches, and the points for each choice of sizes.
  private var successes: [[SamplingDistribution]] = []
  private var points: [[String: Int]: [[Formula: Matrix]]] = [:]
  private static let mostSuccesses = 64
  /// Whether matrices must have generic rank, which derivatives may require.
  package var needsGenericRank = false
  /// The ranks for each choice of sizes.
  private var ranks: [[String: Int]: GenericRank] = [:]
  /// The numbers in the formulas, near which branches change.
  private let numbers: [Double]
  let sizes: InstanceSizes

  /// The forms of the formulas compiled so far.
  private var prepared: [[Formula]: Compiler.Prepared] = [:]

  /// Whether any sizes have names.
  var hasSizes: Bool { !sizes.names.isEmpty }

  /// Whether the values of a variable lie in several components, as the rotations and the reflections do.
  var hasDisconnectedVariables: Bool {
    variables.contains { $0.variable?.properties.contains { $0.traits.isDiscrete } == true }
  }

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

  /// The program for formulas; what does not depend on the sizes is done once.
  mutating func program(
    _ formulas: [Formula], _ sizes: [String: Int]
  ) throws(CompileError) -> CompiledProgram {
    if let known = prepared[formulas] { return try Compiler.compile(known, sizes: sizes) }
    let forms = try Compiler.Prepared(formulas, options)
    prepared[formulas] = forms
    return try Compiler.compile(forms, sizes: sizes)
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
        let program = try program(compiled, sizes)
        if program.workspaceSize > Self.largestWorkspace || program.operations > Self.mostOperations {
          problem = CheckProblem("these sizes need too much work")
          if hasSizes { continue }
          return .failure(problem)
        }
        if needsGenericRank {
          ranks[sizes] = GenericRank(
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
    _ program: CompiledProgram, _ sizes: [String: Int], distribution: SamplingDistribution? = nil,
    tries: Int = Sampler.tries
  ) -> (values: [Formula: Matrix], outputs: [Matrix])? {
    for _ in 0..<tries {
      if Cancellation.isRequested { return nil }
      let distributions =
        distribution.map { distribution in variables.map { _ in distribution } }
        ?? Instance.distributions(variables, attempt: distributionAttempt, &generator)
      if let point = point(program, sizes, distributions) { return point }
      if distribution == nil { distributionAttempt += 1 }
    }
    return nil
  }

  /// One attempt, with the same distribution for all variables or one for each. Since few points may have a value, some
  /// attempts repeat the distributions of a point that was found, and some change part of its values.
  mutating func nextPoint(
    _ program: CompiledProgram, _ sizes: [String: Int], among distributions: [SamplingDistribution]
  ) -> (values: [Formula: Matrix], outputs: [Matrix])? {
    func distribution() -> SamplingDistribution {
      distributions[generator.integer(in: 0...(distributions.count - 1))]
    }
    let common = generator.coin() ? distribution() : nil
    var choice = variables.map { _ in common ?? distribution() }
    var base: [Formula: Matrix]?
    if generator.coin() {
      if generator.coin() { base = points[sizes]?.randomElement(using: &generator) }
      if base == nil, let known = successes.randomElement(using: &generator) { choice = known }
    }
    guard let values = values(sizes, choice, changing: base), let found = point(program, sizes, values) else {
      return nil
    }
    if base == nil, successes.count < Self.mostSuccesses { successes.append(choice) }
    let known = points[sizes]?.count ?? 0
    if known == Self.mostSuccesses { points[sizes]?.remove(at: generator.integer(in: 0...(known - 1))) }
    points[sizes, default: []].append(values)
    return found
  }

  /// Values with the given distributions. With `base`, half of the variables keep their values, and half of the others
  /// change in one entry only.
  private mutating func values(
    _ sizes: [String: Int], _ distributions: [SamplingDistribution], changing base: [Formula: Matrix]? = nil
  ) -> [Formula: Matrix]? {
    var values: [Formula: Matrix] = [:]
    let special = numbers + sizes.values.sorted().map(Double.init)
    for (formula, distribution) in zip(variables, distributions) {
      if let value = pinned[formula] {
        values[formula] = value
        continue
      }
      let known = base?[formula]
      if let known, generator.coin() {
        values[formula] = known
        continue
      }
      guard let variable = formula.variable,
        let drawn = Instance.value(
          of: variable, sizes, distribution, near: special, &generator)
      else { return nil }
      if var known, generator.coin(), known.count > 1, variable.hasIndependentEntries {
        let entry = generator.integer(in: 0...(known.count - 1))
        known.storage[entry] = drawn.storage[entry]
        values[formula] = known
      } else {
        values[formula] = drawn
      }
    }
    return values
  }

  private mutating func point(
    _ program: CompiledProgram, _ sizes: [String: Int], _ distributions: [SamplingDistribution]
  ) -> (values: [Formula: Matrix], outputs: [Matrix])? {
    guard let values = values(sizes, distributions) else { return nil }
    return point(program, sizes, values)
  }

  /// Values with finite outputs, with the outputs.
  private func point(
    _ program: CompiledProgram, _ sizes: [String: Int], _ values: [Formula: Matrix]
  ) -> (values: [Formula: Matrix], outputs: [Matrix])? {
    guard let outputs = try? program.run(values), outputs.allSatisfy(\.isFinite) else { return nil }
    if let ranks = ranks[sizes], !ranks.holds(at: values) { return nil }
    return (values, outputs)
  }

  /// A point near the middle of two; the middle itself may lie on a border. A variable keeps its last value if its
  /// entries are not independent, or if the middle does not have its properties.
  mutating func point(
    _ program: CompiledProgram, _ sizes: [String: Int], between first: [Formula: Matrix],
    _ last: [Formula: Matrix]
  ) -> (values: [Formula: Matrix], outputs: [Matrix])? {
    var values = last
    let share = generator.uniform(0.4, 0.6)
    for formula in variables where pinned[formula] == nil {
      guard let variable = formula.variable, variable.hasIndependentEntries,
        let (from, to) = first[formula].flatMap({ from in last[formula].map { (from, $0) } })
      else { continue }
      let middle = (1 - share) * from + share * to
      let isVector = formula.shape.isVector
      let holds = variable.properties.closed.allSatisfy {
        RandomInstance.violation(of: $0, in: middle, isVector: isVector) == nil
      }
      if holds {
        values[formula] = middle
      }
    }
    return point(program, sizes, values)
  }
}

/// The reason why a check is impossible.
package struct CheckProblem: Error {
  let reason: String
  init(_ reason: String) { self.reason = reason }
}

extension Variable {
  /// Whether every entry may change alone.
  fileprivate var hasIndependentEntries: Bool { !properties.closed.contains { $0.traits.tiesEntries } }
}
