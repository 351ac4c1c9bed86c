import NablaCompile
import NablaCore
import NablaNumerics
import NablaTypes

/// One claim compiled for given sizes.
package struct RuleTrial {
  enum Result {
    /// The largest relative difference.
    case holds(Double)
    case fails(Matrix, Matrix?, String?)
    /// Something has no value there, or no difference can be taken.
    case unusable
  }

  private let claim: RuleClaim
  private let sizes: [String: Int]
  private let variables: [Formula]
  /// Whether the sides have branches, and the numbers near which they change.
  private let (hasBranches, numbers): (Bool, [Double])
  /// Variables that replace differentials: the direction of a variable, or the difference of a formula.
  private let directions: [(of: Formula, standIn: Formula)]
  private let main: CompiledProgram
  private let conditions: [(condition: Condition, program: CompiledProgram)]
  private let kinks: CompiledProgram?
  /// The number of outputs that are sides; the remaining outputs are parts of them and determine the scale.
  private let sideCount: Int
  /// Indices of inverses among the outputs, with those of their arguments.
  private let inverses: [(Int, Int)]
  /// Indices of the arguments of log-determinants.
  private let logarithms: [Int]
  /// Formulas inside differentials, for their differences.
  private let inner: [CompiledProgram]

  init(_ claim: RuleClaim, _ sizes: [String: Int], _ options: Compiler.Options) throws(CompileError) {
    self.claim = claim
    self.sizes = sizes
    variables = claim.variables
    hasBranches = claim.hasBranches(options.definitions)
    numbers = Sampling.numbers(claim.formulas)
    var standIns: [Formula: Formula] = [:]
    var directions: [(of: Formula, standIn: Formula)] = []
    var parts = claim.formulas.flatMap(\.differentialLeaves)
    // A differential moves every variable, including those that occur on the right side only inside another
    // differential.
    if case .differential(let inner, _) = claim.statement { parts += inner.variables }
    for part in parts where standIns[.differential(of: part)] == nil {
      let standIn = Formula.variable(
        Variable(name: "d\(directions.count)", shape: part.shape, properties: [], role: .definition))
      standIns[.differential(of: part)] = standIn
      directions.append((part, standIn))
    }
    self.directions = directions
    let sides = claim.formulas.map { $0.replacing(standIns) }
    sideCount = sides.count
    var outputs = sides
    let nodes = sides.flatMap(\.nodesChildrenFirst)
    let hasBoundIndex = nodes.contains { node in
      if case .apply(.indexSum, _) = node.kind { true } else { false }
    }
    if !hasBoundIndex { for node in nodes where !outputs.contains(node) { outputs.append(node) } }
    inverses = outputs.indices.compactMap { index in
      guard case .inverse(let inside) = outputs[index].kind, let other = outputs.firstIndex(of: inside) else {
        return nil
      }
      return (index, other)
    }
    logarithms = outputs.compactMap { output in
      guard case .apply(.array(.logDeterminant), let inside) = output.kind else { return nil }
      return outputs.firstIndex(of: inside[0])
    }
    main = try Compiler.compile(outputs, sizes: sizes, options: options)
    var tested: [(condition: Condition, program: CompiledProgram)] = []
    for condition in claim.conditions {
      tested.append((condition, try Compiler.compile([condition.formula], sizes: sizes, options: options)))
    }
    if let dropped = claim.dropped {
      tested.append((dropped, try Compiler.compile([dropped.formula], sizes: sizes, options: options)))
    }
    conditions = tested
    kinks = claim.kinks.isEmpty ? nil : try Compiler.compile(claim.kinks, sizes: sizes, options: options)
    var inner: [CompiledProgram] = []
    for direction in directions where direction.of.variable == nil {
      inner.append(try Compiler.compile([direction.of], sizes: sizes, options: options))
    }
    self.inner = inner
  }

  // MARK: Values

  /// Values with the declared properties that satisfy the conditions; `nil` if they do not.
  func draw(_ attempt: Int, isNegative: Bool = false, _ generator: inout SplitMix64) -> [Formula: Matrix]? {
    var common: [SamplingDistribution] = [
      .normal, .positive, .unitInterval, .definite, .definitePositive, .integers,
    ]
    // Facts claim nothing about values too small for doubles.
    let isFact = if case .property = claim.statement { true } else { false }
    if hasBranches, !isFact { common += [.wide, .nearNumbers, .extreme, .wide, .nearNumbers, .extreme] }
    if attempt < common.count { return draw(distribution: common[attempt], &generator) }
    return draw(distribution: nil, common, isNegative: isNegative, &generator)
  }

  func draw(distribution: SamplingDistribution, _ generator: inout SplitMix64) -> [Formula: Matrix]? {
    draw(distribution: distribution, [distribution], &generator)
  }

  private func draw(
    distribution: SamplingDistribution?, _ choices: [SamplingDistribution], isNegative: Bool = false,
    _ generator: inout SplitMix64
  ) -> [Formula: Matrix]? {
    var values: [Formula: Matrix] = [:]
    for formula in variables {
      guard let variable = formula.variable else { return nil }
      let chosen = distribution ?? choices[generator.integer(in: 0...(choices.count - 1))]
      let wanted = variable.properties.union(conditionsOn(formula))
      let drawn = Variable(
        name: variable.name, shape: variable.shape, properties: wanted, role: variable.role)
      guard var value = Instance.value(of: drawn, sizes, chosen, near: numbers, &generator) else {
        return nil
      }
      if claim.fixed.contains(formula) { value = value.map { _ in Double(generator.integer(in: 1...3)) } }
      if speaksOf(claim.dropped, formula), wanted.isEmpty { value = Self.degenerate(value, &generator) }
      values[formula] = isNegative && wanted.isEmpty ? value.map { -$0.magnitude } : value
    }
    for (of, standIn) in directions where of.variable != nil {
      guard let variable = standIn.variable, !claim.fixed.contains(of),
        let value = Instance.value(
          of: variable, sizes, distribution == .integers ? .integers : .normal, &generator)
      else { continue }
      values[standIn] = value
    }
    for (index, tested) in conditions.enumerated() {
      guard let value = try? tested.program.run(values)[0] else { return nil }
      let isDropped = claim.dropped != nil && index == conditions.count - 1
      if holds(tested.condition, value) == isDropped { return nil }
    }
    return values
  }

  /// The properties that the conditions require of a variable.
  private func conditionsOn(_ variable: Formula) -> Set<Property> {
    var result: Set<Property> = []
    for condition in claim.conditions {
      if case .property(let formula, let property) = condition, formula === variable {
        result.insert(property)
      }
    }
    return result
  }

  private func speaksOf(_ condition: Condition?, _ variable: Formula) -> Bool {
    condition.map { $0.formula.contains(variable) } ?? false
  }

  /// Makes a value zero, singular or negative, as conditions exclude.
  private static func degenerate(_ value: Matrix, _ generator: inout SplitMix64) -> Matrix {
    var result = value
    switch generator.integer(in: 0...4) {
    case 0: return value
    case 1: return Matrix(rows: value.rows, columns: value.columns)
    case 2:
      for j in 0..<value.columns { result[value.rows - 1, j] = 0 }
    case 3:
      for j in 0..<value.columns { for i in 0..<value.rows { result[i, j] = value[0, j] } }
    default:
      return value.map { -$0.magnitude }
    }
    return result
  }

  private func holds(_ condition: Condition, _ value: Matrix) -> Bool {
    switch condition {
    case .property(let formula, let property):
      return value.isFinite && Self.violation(property, formula, value) == nil
    case .regular(_, let regularity): return value.isFinite && Self.holds(regularity, value)
    }
  }

  /// Whether a value is regular, and far enough from irregular ones for differences.
  package static func holds(_ regularity: Regularity, _ value: Matrix) -> Bool {
    let entries = value.storage.sorted()
    guard let largest = entries.last else { return false }
    switch regularity {
    case .constantRank:
      let singular = SVD(value).values
      guard let first = singular.first, let last = singular.last else { return false }
      return last > 1e-6 * first
    case .simpleSingularValue:
      let singular = SVD(value).values
      return singular[0] - (singular.count > 1 ? singular[1] : 0) > 1e-3 * max(singular[0], 1)
    case .oneLargestEntry: return entries.dropLast().last.map { largest - $0 > 1e-3 } ?? true
    case .oneSmallestEntry: return entries.count < 2 || entries[1] - entries[0] > 1e-3
    }
  }

  /// How a value violates a property; `nil` if it has the property.
  package static func violation(_ property: Property, _ formula: Formula, _ value: Matrix) -> String? {
    RandomInstance.violation(of: property, in: value, isVector: formula.shape.isVector)?.description
  }

  // MARK: Testing

  func test(_ values: [Formula: Matrix]) -> Result {
    var values = values
    switch claim.statement {
    case .equal:
      for direction in directions where values[direction.standIn] == nil { return .unusable }
      guard let outputs = try? main.run(values) else { return .unusable }
      return compare(outputs)
    case .differential:
      for index in directions.indices where values[directions[index].standIn] == nil {
        let part = directions[index].of
        if part.variable != nil {
          values[directions[index].standIn] = zero(part)
          continue
        }
        let place = directions[..<index].count { $0.of.variable == nil }
        guard let difference = difference(inner[place], values), isGood(difference, 0) else {
          return .unusable
        }
        values[directions[index].standIn] = shaped(difference.values, part)
      }
      return compareDifference(values)
    case .property(let pattern, let property):
      guard let outputs = try? main.run(values), outputs[0].isFinite, !isIllConditioned(outputs) else {
        return .unusable
      }
      guard let violation = Self.violation(property, pattern, outputs[0]) else { return .holds(0) }
      return .fails(outputs[0], nil, "not \(property.rawValue): \(violation)")
    }
  }

  private func zero(_ formula: Formula) -> Matrix {
    Matrix(rows: formula.shape.rows.value(sizes) ?? 1, columns: formula.shape.columns.value(sizes) ?? 1)
  }

  private func shaped(_ entries: [Double], _ formula: Formula) -> Matrix {
    let empty = zero(formula)
    return Matrix(rows: empty.rows, columns: empty.columns, storage: entries)
  }

  private func compare(_ outputs: [Matrix]) -> Result {
    let (left, right) = (outputs[0], outputs[1])
    guard left.rows == right.rows, left.columns == right.columns else { return .fails(left, right, nil) }
    // A finite left side must not become undefined; an undefined one may get a value.
    guard left.isFinite, !isIllConditioned(outputs) else { return .unusable }
    guard right.isFinite else { return .fails(left, right, nil) }
    let scale = outputs.reduce(0) { $1.isFinite ? max($0, $1.maxAbs) : $0 }
    let error = scale > 0 ? (left - right).maxAbs / scale : 0
    // Large parts must not hide an obvious difference.
    let plain = max(left.maxAbs, right.maxAbs)
    let isPlain = plain > 0 && (left - right).maxAbs > 1e-4 * plain && scale < 1e6 * plain
    if error > RuleVerifier.identityTolerance || isPlain { return .fails(left, right, nil) }
    return .holds(error)
  }

  /// Whether an inverse or a log-determinant is too inexact for a comparison.
  private func isIllConditioned(_ outputs: [Matrix]) -> Bool {
    let isNearlySingular = logarithms.contains { inside in
      let values = SVD(outputs[inside]).values
      return (values.last ?? 1) < 1e-6 * (values.first ?? 1)
    }
    if isNearlySingular { return true }
    return inverses.contains { inverse, inside in
      let condition = outputs[inverse].maxAbs * outputs[inside].maxAbs * Double(outputs[inside].rows)
      return condition.isFinite && condition > 1e4
    }
  }

  /// Five-point differences of the first output, with all variables moved along their directions together.
  private func difference(_ program: CompiledProgram, _ values: [Formula: Matrix]) -> Difference? {
    let workspace = program.makeWorkspace()
    for (formula, value) in values { value.withPointer { _ = workspace.setInput(formula, $0) } }
    let moved = directions.compactMap { direction -> (Matrix, Matrix, UnsafeMutablePointer<Double>)? in
      guard let base = values[direction.of], let step = values[direction.standIn],
        let input = workspace.inputPointer(direction.of)
      else { return nil }
      return (base, step, input)
    }
    let count = program.outputSizes[0].rows * program.outputSizes[0].columns
    return Difference.derivative(count: count, step: 0.01) { t, output in
      for (base, step, input) in moved {
        for i in 0..<base.count { input[i] = base.storage[i] + t * step.storage[i] }
      }
      guard (try? workspace.run()) != nil else { return false }
      let result = workspace.outputPointer(0)
      for i in 0..<count { output[i] = result[i] }
      return true
    }
  }

  private func isGood(_ difference: Difference, _ scale: Double) -> Bool {
    let size = difference.values.reduce(scale) { max($0, $1.magnitude) }
    return !difference.hasKink && difference.errors.allSatisfy { $0 <= 1e-6 * max(size, 1e-6) }
  }

  private func compareDifference(_ values: [Formula: Matrix]) -> Result {
    if let kinks, let distances = try? kinks.run(values),
      distances.contains(where: { $0.storage.contains { $0.magnitude < 0.05 } })
    {
      return .unusable
    }
    guard let outputs = try? main.run(values), outputs[0].isFinite else { return .unusable }
    let claimed = outputs[1]
    guard outputs[0].rows == claimed.rows, outputs[0].columns == claimed.columns else {
      return .fails(outputs[0], claimed, "the differential is \(claimed.rows) x \(claimed.columns)")
    }
    guard let difference = difference(main, values), isGood(difference, claimed.isFinite ? claimed.maxAbs : 0)
    else {
      // With its condition dropped, the rule claims a derivative that does not exist.
      if claim.dropped != nil { return .fails(outputs[0], claimed, "it has no derivative there") }
      return .unusable
    }
    let measured = Matrix(rows: claimed.rows, columns: claimed.columns, storage: difference.values)
    guard claimed.isFinite else { return .fails(measured, claimed, nil) }
    let scale = max(measured.maxAbs, claimed.maxAbs, 1e-6 * outputs[0].maxAbs, 1e-9)
    var worst = 0.0
    for i in 0..<claimed.count {
      let gap = (claimed.storage[i] - measured.storage[i]).magnitude
      worst = max(worst, gap / scale)
      if gap > RuleVerifier.differentialTolerance * scale + 20 * difference.errors[i] {
        return .fails(measured, claimed, nil)
      }
    }
    return .holds(worst)
  }

  // MARK: Output

  func counterexample(
    _ values: [Formula: Matrix], _ left: Matrix, _ right: Matrix?, _ complaint: String?
  ) -> RuleCounterexample {
    var shown: [(name: String, value: Matrix)] = []
    for formula in variables {
      if let variable = formula.variable, let value = values[formula] { shown.append((variable.name, value)) }
    }
    for direction in directions {
      if let value = values[direction.standIn], let variable = direction.of.variable {
        shown.append(("d" + variable.name, value))
      }
    }
    let named = sizes.keys.sorted().map { (name: $0, value: sizes[$0] ?? 0) }
    return RuleCounterexample(sizes: named, values: shown, left: left, right: right, complaint: complaint)
  }
}
