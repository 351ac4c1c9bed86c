import NablaLanguage
import NablaNumerics

/// Compares formulas with numbers: derivatives with differences, equations with both sides at random points.
///
/// Every random number comes from the seed, so the same question has the same verdict. Formulas are compiled
/// without shortcuts that rest on properties: a variable with a property is differentiated entry by entry, off
/// the property, from a base point that has it.
public struct NumericCheck: Sendable {
  public var seed: UInt64
  /// Formulas of elementwise functions that the library does not have.
  public var definitions: (@Sendable (String) -> (parameters: [Formula], body: Formula)?)?
  /// Points at which derivatives and equations are compared.
  public var points = 5
  /// Variables that are not drawn.
  var pinned: [Formula: Matrix] = [:]

  public init(
    seed: UInt64, definitions: (@Sendable (String) -> (parameters: [Formula], body: Formula)?)? = nil
  ) {
    self.seed = seed
    self.definitions = definitions
  }

  /// Relative difference up to which a derivative counts as equal to its differences.
  static let derivativeTolerance = 1e-6

  var options: Compiler.Options {
    var options = Compiler.Options()
    options.definitions = definitions
    options.functions = RandomSmoothFunction.provider(seed: seed)
    return options
  }

  /// How the derivatives of the entries of E by the entries of x are laid out.
  enum Layout {
    /// Scalar E: the shape of x; by a scalar: the shape of E; else by x downwards, by E to the right.
    case denominator
    /// By E downwards, by x to the right.
    case numerator

    /// The change of the entries of E that a derivative in this layout claims, for a change of the entries of x.
    func projected(_ claimed: Matrix, along direction: [Double], outputs: Int) -> Matrix {
      var result = Matrix(rows: outputs, columns: 1)
      for j in 0..<outputs {
        var sum = 0.0
        for (i, change) in direction.enumerated() {
          let place =
            switch self {
            case .denominator: i + j * direction.count
            case .numerator: j + i * outputs
            }
          sum += claimed.storage[place] * change
        }
        result[j, 0] = sum
      }
      return result
    }
  }

  /// Whether `gradient` is the gradient of `objective` by `variable`, in the layout of the language.
  public func checkGradient(of objective: Formula, variable: Formula, gradient: Formula) -> Verdict {
    check(gradient, objective, variable, .denominator)
  }

  /// Whether `jacobian` is ∂vec(E)/∂vec(x)ᵀ.
  public func checkJacobian(of objective: Formula, variable: Formula, jacobian: Formula) -> Verdict {
    check(jacobian, objective, variable, .numerator)
  }

  /// Whether `hessian` has the second derivatives of a scalar, rows by vec(x), columns by vec(y); y is x unless
  /// given. With the gradient by x, differences are taken of that, which is sharper and faster.
  public func checkHessian(
    of objective: Formula, variable x: Formula, variable y: Formula? = nil, hessian: Formula,
    gradient: Formula? = nil
  ) -> Verdict {
    let y = y ?? x
    if let gradient { return check(hessian, gradient, y, .numerator) }
    return check(hessian, objective, y, .numerator, first: x)
  }

  /// Compares a claim with differences; with `first`, with second differences by `first` and then `variable`.
  private func check(
    _ claim: Formula, _ objective: Formula, _ variable: Formula, _ layout: Layout, first: Formula? = nil
  ) -> Verdict {
    if variable.variable == nil { return .skipped("what it is differentiated by is no variable") }
    let variables = Self.variables([claim, objective, variable] + (first.map { [$0] } ?? []))
    var source = InstanceSource([claim, objective], variables: variables, options: options, seed: seed)
    source.pinned = pinned
    var orders: [Double] = []
    var verdict = Verdict(status: .verified)
    var reason = "no point was found at which everything is finite"
    // Two choices of sizes, so that a coincidence of one does not pass.
    for wanted in [points - points / 2, points / 2] where wanted > 0 {
      let program: CompiledProgram
      let sizes: [String: Int]
      switch source.nextProgram([objective, claim]) {
      case .failure(let problem):
        if verdict.points > 0 { return verdict }
        return .skipped(problem.reason)
      case .success(let made): (program, sizes) = made
      }
      let entries = (variable.shape.rows * variable.shape.columns).value(sizes) ?? 1
      if entries * program.workspaceSize > Self.largestWork {
        return .skipped("the sizes that are given as numbers are too large for differences")
      }
      // Differences ask for E alone, many times.
      guard let plain = try? Compiler.compile([objective], sizes: sizes, options: options) else {
        return .skipped("no program of the expression")
      }
      let workspace = plain.makeWorkspace()
      var done = 0
      for _ in 0..<(3 * wanted + 4) where done < wanted {
        guard let point = source.nextPoint(program, sizes) else { break }
        let run = DifferenceRun(program: plain, workspace: workspace, point: point.values)
        let claimed = point.outputs[1]
        if first == nil, entries > Self.fewEntries,
          let gap = directionalGap(claimed, run, variable, entries, layout, point.outputs[0])
        {
          done += 1
          verdict.points += 1
          verdict.error = max(verdict.error, gap.largest)
          orders.append(contentsOf: gap.orders)
          verdict.order = Self.median(orders)
          continue
        }
        var isSettled = false
        var gap: Double?
        var order: Double?
        var shown = claimed
        for stepScale in Self.stepScales where gap == nil {
          let table =
            first.map { run.second(by: $0, variable, stepScale) } ?? run.first(by: variable, stepScale)
          guard let expected = table?.arranged(layout, point.outputs[0]) else { continue }
          guard claimed.count == expected.values.count else {
            return .skipped("the derivative has \(claimed.count) entries instead of \(expected.values.count)")
          }
          let scale = Self.scale(expected, claimed, point.outputs[0])
          if expected.hasKink || !(expected.errors.reduce(0, max) <= 1e-5 * scale) { continue }
          isSettled = true
          order = expected.order
          shown = Matrix(rows: claimed.rows, columns: claimed.columns, storage: expected.values)
          gap = Self.gap(claimed, expected, scale, (first == nil ? 1 : 10) * Self.derivativeTolerance)
        }
        guard isSettled else {
          reason = "no point was found away from kinks"
          continue
        }
        if gap == nil,
          Conditioning.explains(
            (claimed - shown).maxAbs, program, point.values, point.outputs, checking: [1])
        {
          reason = "at the points that were found rounding decides"
          continue
        }
        done += 1
        verdict.points += 1
        guard let gap else {
          verdict.status = .refuted
          verdict.counterexample = Counterexample(
            point.values, sizes: sizes, left: claimed, right: shown, shape: claim.shape)
          return verdict
        }
        verdict.error = max(verdict.error, gap)
        if let order { orders.append(order) }
        verdict.order = Self.median(orders)
      }
    }
    return verdict.points > 0 ? verdict : .skipped(reason)
  }

  /// Variables with more entries are moved in random directions first; entry by entry only where that leaves a
  /// doubt. A derivative that is wrong differs from the right one in almost every direction.
  private static let fewEntries = 12
  private static let directions = 4

  /// The largest difference along random directions, relative to the scale; nil where there is any doubt.
  private func directionalGap(
    _ claimed: Matrix, _ run: DifferenceRun, _ variable: Formula, _ entries: Int, _ layout: Layout,
    _ output: Matrix
  ) -> (largest: Double, orders: [Double])? {
    guard claimed.count == entries * output.count else { return nil }
    var orders: [Double] = []
    var generator = SplitMix64(seed: seed &+ UInt64(truncatingIfNeeded: entries))
    var largest = 0.0
    for _ in 0..<Self.directions {
      let direction = (0..<entries).map { _ in generator.normal() / Double(entries).squareRoot() }
      let projected = layout.projected(claimed, along: direction, outputs: output.count)
      let gaps = Self.stepScales.lazy.compactMap { stepScale -> (gap: Double, order: Double?)? in
        guard let table = run.along(direction, of: variable, stepScale) else { return nil }
        let scale = Self.scale(table, claimed, output)
        if table.hasKink || !(table.errors.reduce(0, max) <= 1e-7 * scale) { return nil }
        return Self.gap(projected, table, scale, Self.derivativeTolerance).map { ($0, table.order) }
      }
      guard let (gap, order) = gaps.first else { return nil }
      largest = max(largest, gap)
      if let order { orders.append(order) }
    }
    return (largest, orders)
  }

  private static func median(_ values: [Double]) -> Double? {
    values.isEmpty ? nil : values.sorted()[values.count / 2]
  }

  /// Sizes of steps, tried in order until the differences settle and agree: a function that swings within the
  /// step deceives differences, so finer ones decide.
  private static let stepScales = [1, 1.0 / 23, 1.0 / 512]

  /// What differences are measured by: the derivative's own size, and what rounding of E leaves of a zero.
  private static func scale(_ expected: DifferenceTable, _ claimed: Matrix, _ output: Matrix) -> Double {
    // A zero has no size of its own to be measured by.
    let floor = claimed.maxAbs == 0 ? 1e-6 : 1e-300
    let size = expected.values.reduce(0) { max($0, $1.magnitude) }
    return max(size, claimed.maxAbs, 1e-6 * output.maxAbs, floor)
  }

  /// Differences whose entries, times the numbers of the program, exceed this are not taken.
  private static let largestWork = 100_000_000

  /// The largest difference relative to the scale; nil when an entry lies outside the tolerance.
  private static func gap(
    _ claimed: Matrix, _ expected: DifferenceTable, _ scale: Double, _ tolerance: Double
  ) -> Double? {
    var largest = 0.0
    for i in 0..<claimed.count {
      let difference = (claimed.storage[i] - expected.values[i]).magnitude
      if difference > tolerance * scale + 20 * expected.errors[i] { return nil }
      largest = max(largest, difference / scale)
    }
    return largest
  }

  static func variables(_ formulas: [Formula]) -> [Formula] {
    var result: Set<Formula> = []
    for formula in formulas {
      for variable in formula.variables where variable.variable?.role != .index { result.insert(variable) }
    }
    return result.sorted()
  }
}
