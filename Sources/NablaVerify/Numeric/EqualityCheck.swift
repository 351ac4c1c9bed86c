import NablaCompile
import NablaCore
import NablaNumerics
import NablaTypes

extension NumericCheck {
  /// Relative difference up to which two sides count as equal, measured on the scale of their terms.
  static let equalityTolerance = 1e-9

  /// Whether two formulas of one shape have the same values wherever both have one.
  /// A refutation includes values at which the sides differ, as small integers where possible. Domain conditions must
  /// have values too: outside its domain a function has no derivative.
  func equality(_ left: Formula, _ right: Formula, presupposing presupposed: [Formula]) -> Verdict {
    if left === right, !left.isInvalid {
      return Verdict(status: .verified, error: 0, points: points ?? Sampling.equation.reduce(0, +))
    }
    // A comparison of infinite numbers would hide the borders of domains.
    let parts = Self.magnitudeParts([left, right]) + partialParts([left, right])
    let everything = [left, right] + presupposed
    let variables = everything.freeVariables
    var comparison = EquationComparison(
      check: self, left: left, right: right, parts: parts, presupposed: presupposed,
      source: Sampler(everything, variables: variables, options: options, seed: seed))
    return withOtherFunctions(everything, comparison.verdict()) {
      $0.equality(left, right, presupposing: presupposed)
    }
  }

  /// Whether agreement at a point may be evidence. Both sides, the first outputs, must have values nearby too: sides
  /// that agree at an isolated point, as `polygamma(b, 1)` and `polygamma(1, b)` do at 1, may differ elsewhere. No
  /// matrix may be symmetric by chance, which would hide transposes.
  func mayBeEvidence(_ values: [Formula: Matrix], _ program: CompiledProgram) -> Bool {
    if values.contains(where: { $0.key.variable?.properties.isEmpty == true && $0.value.isSymmetric }) {
      return false
    }
    guard let outputs = try? program.run(moved(values, by: 1e-7)) else { return false }
    return outputs.prefix(2).allSatisfy(\.isFinite)
  }

  /// A point at a relative distance, with the same values of the variables with properties.
  private func moved(_ values: [Formula: Matrix], by step: Double) -> [Formula: Matrix] {
    var generator = SplitMix64(seed: seed)
    var moved = values
    for formula in values.keys.sorted() where formula.variable?.properties.isEmpty == true {
      moved[formula] = values[formula]?.map { $0 + step * max(1, $0.magnitude) * generator.normal() }
    }
    return moved
  }

  /// The verdict if no point certainly refutes.
  func concluded(_ verdict: Verdict, _ doubt: Counterexample?, _ reason: String) -> Verdict {
    guard let doubt else { return verdict.points > 0 ? verdict : .skipped(reason) }
    var verdict = verdict
    verdict.status = .refuted
    verdict.isDoubtful = true
    verdict.counterexample = doubt
    return verdict
  }

  /// The largest difference relative to the scale; `nil` if the sizes differ. The first outputs are both sides and
  /// their parts.
  func compare(
    _ left: Formula, _ right: Formula, _ outputs: [Matrix], _ parts: [Formula], _ sizes: [String: Int]
  ) -> Double? {
    let (a, b) = (outputs[0], outputs[1])
    guard a.rows == b.rows, a.columns == b.columns else { return nil }
    let scale = scale(left, right, outputs, parts, sizes)
    return scale > 0 ? (a - b).maxAbs / scale : 0
  }

  /// The magnitude of the terms and factors that make up both sides.
  func scale(
    _ left: Formula, _ right: Formula, _ outputs: [Matrix], _ parts: [Formula], _ sizes: [String: Int]
  ) -> Double {
    var magnitudes: [Formula: Double] = [:]
    for (part, value) in zip(parts, outputs.dropFirst(2)) { magnitudes[part] = value.maxAbs }
    let bounds = [left, right].map { Self.magnitude($0, magnitudes, sizes) }.filter(\.isFinite)
    return max(outputs[0].maxAbs, outputs[1].maxAbs, bounds.max() ?? 0)
  }

  /// The nodes whose values bound the sums and products above them.
  static func magnitudeParts(_ formulas: [Formula]) -> [Formula] {
    var seen: Set<Formula> = []
    var result: [Formula] = []
    var open = formulas
    while let node = open.popLast() {
      guard seen.insert(node).inserted else { continue }
      switch node.kind {
      case .sum, .times, .product: open += node.children
      case .number, .zeros, .ones, .identity: break
      // Determinants add products of entries, which may cancel completely.
      case .apply(.array(.determinant), _), .apply(.array(.adjugate), _):
        open += node.children
      case .constant, .variable, .dimension, .power, .inverse, .transpose, .apply, .differential:
        result.append(node)
      }
    }
    return result
  }

  /// The value that the terms of a formula would add up to at a point without cancellation; `nil` if it has no value.
  func magnitude(of formula: Formula, _ values: [Formula: Matrix], _ sizes: [String: Int]) -> Double? {
    let parts = Self.magnitudeParts([formula])
    guard let program = try? Compiler.compile(parts, sizes: sizes, options: options),
      let outputs = try? program.run(values)
    else { return nil }
    var magnitudes: [Formula: Double] = [:]
    for (part, value) in zip(parts, outputs) { magnitudes[part] = value.maxAbs }
    let result = Self.magnitude(formula, magnitudes, sizes)
    return result.isFinite ? result : nil
  }

  /// Whether the terms of a formula, an output of a program, cancel both at a point and at one nearby, and so
  /// presumably everywhere. A factor that underflows does not cancel, nor do the terms of `x - 10` at 10.
  func cancels(
    _ formula: Formula, _ program: CompiledProgram, output: Int, _ values: [Formula: Matrix],
    _ sizes: [String: Int]
  ) -> Bool {
    [values, moved(values, by: 1e-3)].allSatisfy { point in
      guard let whole = magnitude(of: formula, point, sizes), whole > 0,
        let value = try? program.run(point)[output]
      else { return false }
      return value.maxAbs <= 1e-9 * whole
    }
  }

  /// The nodes that do not have a value everywhere, quotients and functions with a domain: a point counts only where
  /// all of them are finite. A formula under an index has no value outside its sum.
  package func partialParts(_ formulas: [Formula]) -> [Formula] {
    var seen: Set<Formula> = []
    var result: [Formula] = []
    var open = formulas
    while let node = open.popLast() {
      guard seen.insert(node).inserted else { continue }
      if case .apply(.indexSum, _) = node.kind { continue }
      if case .power(_, let exponent) = node.kind, exponent.number?.isNegative == true { result.append(node) }
      if case .apply(.elementwise(let name), _) = node.kind, definitions(name)?.hasDomain == true {
        result.append(node)
      }
      open += node.children
    }
    return result
  }

  /// A bound for the sum of all terms of a determinant: k! products of k entries.
  private static func sumOfProducts(_ count: Int, _ largest: Double) -> Double {
    var result = 1.0
    for factor in stride(from: 1, through: min(count, 100), by: 1) { result *= Double(factor) * largest }
    return result
  }

  /// A bound for the terms added on the way to a formula's entries.
  private static func magnitude(
    _ formula: Formula, _ known: [Formula: Double], _ sizes: [String: Int]
  ) -> Double {
    var memo = known
    var stack: [(Formula, Bool)] = [(formula, false)]
    while let (node, expanded) = stack.popLast() {
      if memo[node] != nil { continue }
      let children = node.children
      if !expanded {
        stack.append((node, true))
        if case .number = node.kind {} else { for child in children { stack.append((child, false)) } }
        continue
      }
      let values = children.map { memo[$0] ?? 0 }
      switch node.kind {
      case .number(let value): memo[node] = value.double.magnitude
      case .sum: memo[node] = values.reduce(0, +)
      case .times: memo[node] = values.reduce(1, *)
      case .product(let chain):
        let inner = chain.dropLast().map { Double($0.shape.columns.value(sizes) ?? 1) }
        memo[node] = values.reduce(1, *) * inner.reduce(1, *)
      case .ones, .identity: memo[node] = 1
      case .apply(.array(let operation), let arguments)
      where operation == .determinant || operation == .adjugate:
        let size = arguments[0].shape.rows.value(sizes) ?? 1
        memo[node] = sumOfProducts(operation == .determinant ? size : size - 1, values[0])
      case .zeros, .constant, .variable, .dimension, .power, .inverse, .transpose, .apply, .differential:
        memo[node] = 0
      }
    }
    return memo[formula] ?? 0
  }
}

extension NumericCheck {
  /// Values for a claim that numbers hardly distinguish from a true one; `nil` for differentials.
  func closest(_ claim: Claim) -> Counterexample? {
    switch claim {
    case .equality(let left, let right, _): closest(left, right)
    case .derivative(let derivative): closest(derivative.formula, derivative.formula)
    case .differential: nil
    }
  }

  /// Both sides at the readable point where they differ most.
  private func closest(_ left: Formula, _ right: Formula) -> Counterexample? {
    let variables = [left, right].freeVariables
    var source = Sampler([left, right], variables: variables, options: options, seed: seed)
    guard case .success(let (program, sizes)) = source.nextProgram([left, right]) else { return nil }
    var best: (difference: Double, example: Counterexample)?
    for attempt in 0..<12 {
      let distribution: SamplingDistribution? = attempt < 8 ? .integers : nil
      guard let point = source.nextPoint(program, sizes, distribution: distribution, tries: 1) else {
        continue
      }
      let (a, b) = (point.outputs[0], point.outputs[1])
      let difference = (a - b).maxAbs
      if let best, best.difference >= difference { continue }
      best = (
        difference, Counterexample(point.values, sizes: sizes, left: a, right: b, shape: left.shape)
      )
    }
    return best?.example
  }
}

extension Matrix {
  /// Whether it is square with more than one row and equals its transpose.
  fileprivate var isSymmetric: Bool {
    isSquare && rows > 1 && (1..<rows).allSatisfy { i in (0..<i).allSatisfy { self[i, $0] == self[$0, i] } }
  }
}

extension Counterexample {
  /// Whether the sides differ by less than doubles can tell.
  package var isWithinTolerance: Bool {
    left.rows == right.rows && left.columns == right.columns
      && (left - right).maxAbs <= NumericCheck.equalityTolerance * max(left.maxAbs, right.maxAbs)
  }
}
