import NablaCompile
import NablaCore
import NablaNumerics
import NablaTypes

/// The result of all draws for one claim.
struct RuleOutcome: Sendable {
  var draws = 0
  var usable = 0
  var worst = 0.0
  var counterexample: RuleCounterexample?
  var problem: String?

  var isUnusable: Bool {
    usable * RuleVerifier.usablePart.1 < draws * RuleVerifier.usablePart.0
  }
}

extension RuleVerifier {
  /// Attempts to draw values for one instance before giving up.
  static let tries = 40

  /// Tests a claim on a number of instances; stops at the first that refutes it.
  func run(_ claim: RuleClaim, draws: Int, seed: UInt64) -> RuleOutcome {
    var outcome = RuleOutcome()
    if claim.formulas.contains(where: \.isInvalid) {
      outcome.draws = draws
      outcome.problem = "the shapes on one side do not fit"
      return outcome
    }
    for index in 0..<(claim.hasBranches(options.definitions) ? 3 * draws : draws) {
      outcome.draws += 1
      var generator = SplitMix64(seed: seed &+ UInt64(truncatingIfNeeded: index) &* 0x9E37_79B9_7F4A_7C15)
      let instance = claim.instance(index, &generator)
      let sizes = Self.sizes(instance, index, &generator)
      search: for sizes in [sizes, Self.exchanged(sizes)] {
        let trial: RuleTrial
        do throws(CompileError) { trial = try RuleTrial(instance, sizes, options) } catch {
          outcome.problem = error.description
          continue
        }
        for attempt in 0..<Self.tries {
          // A function such as log(1 - exp(x)) has values only for negative numbers.
          let isNegative = attempt >= Self.tries / 2
          guard let values = trial.draw(index &+ attempt, isNegative: isNegative, &generator) else {
            continue
          }
          switch trial.test(values) {
          case .unusable: continue
          case .holds(let error):
            outcome.usable += 1
            outcome.worst = max(outcome.worst, error)
          case .fails(let left, let right, let complaint):
            outcome.usable += 1
            outcome.counterexample =
              readable(instance, seed: seed) ?? trial.counterexample(values, left, right, complaint)
            return outcome
          }
          break search
        }
      }
    }
    return outcome
  }

  /// The same sizes under the names in reverse: a claim may hold only for tall matrices, or only for wide ones.
  private static func exchanged(_ sizes: [String: Int]) -> [String: Int] {
    let names = sizes.keys.sorted()
    return Dictionary(uniqueKeysWithValues: zip(names, names.reversed().map { sizes[$0] ?? 1 }))
  }

  /// The instances on which a claim about arrays can be tested; used to compare other evaluators.
  func usableInstances(
    _ claim: RuleClaim, draws: Int, seed: UInt64
  ) -> [(claim: RuleClaim, sizes: [String: Int], values: [Formula: Matrix])] {
    (0..<draws).compactMap { index in
      var generator = SplitMix64(seed: seed &+ UInt64(truncatingIfNeeded: index) &* 0x9E37_79B9_7F4A_7C15)
      let instance = claim.instance(index, &generator)
      let sizes = Self.sizes(instance, index, &generator)
      guard let trial = try? RuleTrial(instance, sizes, options) else { return nil }
      for attempt in 0..<Self.tries {
        guard let values = trial.draw(index &+ attempt, &generator) else { continue }
        if case .holds = trial.test(values) { return (instance, sizes, values) }
      }
      return nil
    }
  }

  /// A counterexample in small integers, easier to read.
  private func readable(_ instance: RuleClaim, seed: UInt64) -> RuleCounterexample? {
    var generator = SplitMix64(seed: seed)
    let names = InstanceSizes(instance.formulas + instance.variables).names
    for shift in [2, 1, 3, 4] {
      var sizes: [String: Int] = [:]
      for (index, name) in names.enumerated() { sizes[name] = shift < 3 ? shift : 2 + (index + shift) % 3 }
      guard let trial = try? RuleTrial(instance, sizes, options) else { continue }
      for _ in 0..<30 {
        guard let values = trial.draw(distribution: .integers, &generator) else { continue }
        if case .fails(let left, let right, let complaint) = trial.test(values) {
          return trial.counterexample(values, left, right, complaint)
        }
      }
    }
    return nil
  }

  /// All sizes 1 first, then all equal, then pairwise different.
  static func sizes(_ claim: RuleClaim, _ index: Int, _ generator: inout SplitMix64) -> [String: Int] {
    let names = InstanceSizes(claim.formulas + claim.variables).names
    var sizes: [String: Int] = [:]
    if index < 3 {
      for name in names { sizes[name] = index + 1 }
      return sizes
    }
    // Larger sizes if there are few names, for claims that fail only from some size on.
    if index % 8 == 7, names.count < 3 {
      for (place, name) in names.enumerated() { sizes[name] = 6 + place + index / 8 % 3 }
      return sizes
    }
    // Usually without 1, which makes many wrong formulas right.
    let pool = (index.isMultiple(of: 4) ? 1...max(4, names.count) : 2...max(4, names.count + 1)).shuffled(
      using: &generator)
    for (name, value) in zip(names, pool) { sizes[name] = value }
    return sizes
  }
}

extension RuleClaim {
  func hasBranches(_ definitions: FunctionDefinitions?) -> Bool {
    Sampling.hasBranches(formulas + conditions.map(\.formula), definitions: definitions)
  }

  /// The claim itself; for a claim about scalars also its versions for vectors and matrices, with some variables left
  /// scalar.
  func instance(_ index: Int, _ generator: inout SplitMix64) -> RuleClaim {
    guard isEntrywise, index % 3 != 0 else { return self }
    let shape: Shape = index % 3 == 1 ? .vector("n") : .matrix("m", "n")
    var bindings = Bindings()
    let all = variables
    // At least one variable is an array.
    let sure = all.isEmpty ? 0 : generator.integer(in: 0...(all.count - 1))
    for (position, formula) in all.enumerated() {
      guard let variable = formula.variable else { continue }
      let isArray = position == sure || !generator.next().isMultiple(of: 3)
      let lifted = Variable(
        name: variable.name, shape: isArray ? shape : .scalar, properties: variable.properties,
        role: variable.role)
      bindings.formulas.append((formula, .variable(lifted)))
    }
    if all.isEmpty { return self }
    func lift(_ formula: Formula, fills: Bool = true) -> Formula {
      bindings.instantiate(formula, entrywise: shape, fillsShape: fills)
    }
    func lift(_ condition: Condition) -> Condition {
      switch condition {
      case .property(let formula, let property): .property(lift(formula, fills: false), property)
      case .regular(let formula, let regularity): .regular(lift(formula, fills: false), regularity)
      }
    }
    var result = self
    switch statement {
    case .equal(let left, let right): result.statement = .equal(lift(left), lift(right))
    case .differential(let inner, let right):
      // The slopes in a differential apply entry by entry, as do the differentials that they multiply.
      result.statement = .differential(lift(inner), lift(right))
    case .property(let pattern, let property): result.statement = .property(lift(pattern), property)
    }
    result.conditions = conditions.map(lift)
    result.fixed = fixed.compactMap { bindings[$0] }
    result.kinks = kinks.map { lift($0) }
    result.dropped = dropped.map(lift)
    result.isEntrywise = false
    return result
  }
}
