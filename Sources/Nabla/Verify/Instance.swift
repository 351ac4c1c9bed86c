import NablaLanguage
import NablaNumerics

/// Sizes and values at which formulas are compared.
struct Instance: Sendable {
  var sizes: [String: Int]
  var values: [Formula: Matrix]
}

/// How the entries of a variable without properties are drawn.
enum Regime: CaseIterable, Sendable {
  case normal
  case positive
  case unitInterval
  /// Square matrices symmetric positive definite, other arrays normal.
  case definite
  /// Square matrices symmetric positive definite, other arrays positive.
  case definitePositive
  /// Small whole numbers, for people to read.
  case integers
  /// The same, all positive.
  case positiveIntegers
}

extension Instance {
  /// The names of sizes in formulas, bound indices left out; sorted.
  static func sizeNames(_ formulas: [Formula]) -> [String] {
    var names: Set<String> = []
    var bound: Set<String> = []
    for formula in formulas {
      for node in formula.nodesChildrenFirst {
        names.formUnion(dimensions(of: node).flatMap(\.names))
        if case .dimension(let name) = node.kind { names.insert(name) }
        if case .apply(.indexSum(let name, _, _), _) = node.kind { bound.insert(name) }
      }
    }
    return names.subtracting(bound).sorted()
  }

  private static func dimensions(of node: Formula) -> [Dimension] {
    var result = [node.shape.rows, node.shape.columns]
    switch node.kind {
    case .apply(.slice(let rows, let columns), _):
      result += [rows.first, rows.last, columns.first, columns.last]
    case .apply(.indexSum(_, let lower, let upper), _): result += [lower, upper]
    case .number, .constant, .variable, .dimension, .zeros, .ones, .identity, .sum, .times, .product, .power,
      .inverse, .transpose, .apply, .differential:
      break
    }
    return result
  }

  /// Small sizes, pairwise different where there are enough, with every size of a shape positive; nil when the
  /// attempt gives none. The first attempts are fixed, later ones draw from more and larger sizes.
  static func sizes(_ formulas: [Formula], attempt: Int, _ generator: inout SplitMix64) -> [String: Int]? {
    let names = sizeNames(formulas)
    var pool = Array(2...max(names.count + 1, 4))
    switch attempt {
    case 0: break
    case 1: pool = pool.reversed()
    default:
      pool = Array((attempt < 8 ? 2 : 1)...(names.count + 2 + attempt / 4))
      pool.shuffle(using: &generator)
    }
    var sizes: [String: Int] = [:]
    for (index, name) in names.enumerated() { sizes[name] = pool[index % pool.count] }
    return fit(sizes, formulas) ? sizes : nil
  }

  /// Whether every size of a shape is positive.
  static func fit(_ sizes: [String: Int], _ formulas: [Formula]) -> Bool {
    for formula in formulas {
      for node in formula.nodesChildrenFirst {
        for dimension in [node.shape.rows, node.shape.columns] {
          // A size with a bound index in it is judged when the sum is computed.
          guard let value = dimension.value(sizes) else { continue }
          if value < 1 { return false }
        }
      }
    }
    return true
  }

  /// A value for a variable, with its properties; nil where none was found.
  static func value(
    of variable: Variable, _ sizes: [String: Int], _ regime: Regime, _ generator: inout SplitMix64
  ) -> Matrix? {
    guard let rows = variable.shape.rows.value(sizes), let columns = variable.shape.columns.value(sizes),
      rows >= 0, columns >= 0
    else { return nil }
    let properties = Set(variable.properties.compactMap { InstanceProperty(rawValue: $0.rawValue) })
    func random(_ more: InstanceProperty...) -> Matrix? {
      RandomInstance.random(
        rows: rows, columns: columns, properties: properties.union(more), using: &generator)
    }
    let isSquare = rows == columns && variable.shape.isMatrix
    if !properties.isEmpty {
      switch regime {
      case .normal, .unitInterval, .definite: return random()
      case .positive, .definitePositive: return random(.positive) ?? random()
      case .integers: return readable(properties, rows, columns, &generator) ?? rounded(random(), properties)
      case .positiveIntegers: return rounded(random(.positive) ?? random(), properties)
      }
    }
    func filled(_ low: Double, _ high: Double) -> Matrix {
      Matrix(rows: rows, columns: columns).map { _ in (generator.uniform(low, high) * 100).rounded() / 100 }
    }
    switch regime {
    case .normal: return random()
    case .positive: return filled(0.3, 2.5)
    case .unitInterval: return filled(0.05, 0.95)
    case .definite: return isSquare ? random(.spd) : random()
    case .definitePositive: return isSquare ? random(.spd) : filled(0.3, 2.5)
    case .integers:
      return Matrix(rows: rows, columns: columns).map { _ in Double(generator.integer(in: -2...3)) }
    case .positiveIntegers:
      return Matrix(rows: rows, columns: columns).map { _ in Double(generator.integer(in: 1...4)) }
    }
  }

  /// Whole numbers with properties that rounding would destroy; now and then none, where they are special.
  private static func readable(
    _ properties: Set<InstanceProperty>, _ rows: Int, _ columns: Int, _ generator: inout SplitMix64
  ) -> Matrix? {
    guard rows > 0 else { return nil }
    if properties.contains(.orthogonal) {
      guard generator.integer(in: 0...2) > 0 else { return nil }
      return RandomInstance.random(
        rows: rows, columns: rows, properties: properties.union([.binary]), using: &generator)
    }
    if properties.isSubset(of: [.spd, .psd, .symmetric, .invertible]), properties.contains(.psd) {
      var factor = Matrix.identity(rows)
      for j in 0..<rows {
        for i in 0..<rows where i > j { factor[i, j] = Double(generator.integer(in: -1...2)) }
      }
      return factor.multiplied(by: factor, transposingOther: true)
    }
    if properties.isSubset(of: [.simplex, .nonnegative]), properties.contains(.simplex), columns == 1 {
      var quarters = Matrix(rows: rows, columns: 1)
      for _ in 0..<4 { quarters[generator.integer(in: 0...(rows - 1)), 0] += 0.25 }
      return quarters
    }
    return nil
  }

  /// Rounded to whole numbers where the properties survive that.
  private static func rounded(_ matrix: Matrix?, _ properties: Set<InstanceProperty>) -> Matrix? {
    guard let matrix else { return nil }
    let rounded = matrix.map { $0.rounded() }
    return properties.allSatisfy { RandomInstance.violation(of: $0, in: rounded) == nil } ? rounded : matrix
  }

  /// The regimes of the variables at one try: first one for all, then one for each.
  static func regimes(_ variables: [Formula], attempt: Int, _ generator: inout SplitMix64) -> [Regime] {
    let common: [Regime] = [.normal, .positive, .unitInterval, .definite, .definitePositive]
    if attempt < common.count { return variables.map { _ in common[attempt] } }
    return variables.map { _ in common[generator.integer(in: 0...(common.count - 1))] }
  }
}

/// Draws instances at which programs are finite.
struct InstanceSource {
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
  var needsRegularRanks = false
  /// Of the program that was made last.
  private var ranks: RegularRanks?

  static let tries = 60

  /// `variables` are all that get values; the sizes come from the formulas and from them.
  init(_ formulas: [Formula], variables: [Formula], options: Compiler.Options, seed: UInt64) {
    self.formulas = formulas
    self.variables = variables
    self.options = options
    self.seed = seed
    generator = SplitMix64(seed: seed)
  }

  /// A program for the next sizes that fit, or the reason why there is none.
  mutating func nextProgram(
    _ compiled: [Formula]
  ) -> Result<(program: CompiledProgram, sizes: [String: Int]), CheckProblem> {
    var problem = CheckProblem("no sizes were found that fit")
    for _ in 0..<Self.tries {
      let attempt = sizeAttempt
      sizeAttempt += 1
      guard let sizes = Instance.sizes(formulas + variables, attempt: attempt, &generator) else { continue }
      do throws(CompileError) {
        let program = try Compiler.compile(compiled, sizes: sizes, options: options)
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
  mutating func nextPoint(
    _ program: CompiledProgram, _ sizes: [String: Int], regime: Regime? = nil,
    tries: Int = InstanceSource.tries
  ) -> (values: [Formula: Matrix], outputs: [Matrix])? {
    for _ in 0..<tries {
      let regimes =
        regime.map { regime in variables.map { _ in regime } }
        ?? Instance.regimes(variables, attempt: regimeAttempt, &generator)
      if let point = point(program, sizes, regimes) { return point }
      if regime == nil { regimeAttempt += 1 }
    }
    return nil
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
        let value = Instance.value(of: variable, sizes, regime, &generator)
      else { return nil }
      values[formula] = value
    }
    guard let outputs = try? program.run(values), outputs.allSatisfy(\.isFinite) else { return nil }
    if let ranks, !ranks.holds(at: values) { return nil }
    return (values, outputs)
  }
}

/// Why a check cannot be made.
struct CheckProblem: Error {
  let reason: String
  init(_ reason: String) { self.reason = reason }
}
