import NablaCompile
import NablaCore
import NablaNumerics
import NablaOutput
import NablaTypes

/// One minimization: validates, derives, compiles, descends.
struct MinimizationTask {
  let objective: Formula
  let variables: [Formula]
  /// Data of all other variables, and starting values of the minimized ones.
  let values: [Formula: Matrix]
  let sizes: [String: Int]
  let compiler: Compiler.Options
  let derivation: SessionOptions
  let options: MinimizationOptions

  /// Limit on the entries of the variables, since L-BFGS keeps twenty vectors.
  static let mostEntries = 1 << 22

  func run(_ progress: (MinimizationProgress) -> Void) throws(MinimizationError) -> Minimization {
    try checkQuestion()
    let parts = try parts()
    let start = try start(parts)
    let derivatives = try ObjectiveDerivatives(
      of: objective, by: variables, withHessian: options.method == .newton, derivation)
    let function = try compiled(derivatives, parts, .float64)
    let first = function.iterate(at: start)
    if !first.isFinite {
      let names = variables.filter { values[$0] == nil }.compactMap(\.name)
      throw .notFiniteAtStart(isGradient: first.value.isFinite, names: names)
    }
    var notes = derivatives.notes
    var (point, before) = (first, 0)
    switch options.precision {
    case .float64: break
    case .float32:
      let floats = try compiled(derivatives, parts, .float32)
      if let found = coarse(floats, start, progress) {
        let end = function.iterate(at: found.end.point)
        // Floats may have gone astray.
        if end.isFinite, end.value <= first.value { (point, before) = (end, found.iterations) }
      } else {
        notes.append("floats have too small a range for the start, so doubles took all steps")
      }
    }
    var rest = options
    rest.maximumIterations = options.iterationLimit - before
    let result = Descent(options: rest).run(function, from: point, start: first) { step in
      if before > 0, step.iteration == 0 { return }
      progress(
        .init(iteration: before + step.iteration, value: step.value, gradientNorm: step.gradientNorm))
    }
    let iterations = before + result.iterations
    if iterations == 0, result.reason == .converged {
      notes.append("the gradient vanishes at the start, which may not be a minimum; try another start")
    }
    return Minimization(
      objective: objective, variables: variables, method: options.method,
      point: function.values(at: result.end.point), value: result.end.value, gradientNorm: result.end.norm,
      iterations: iterations, reason: result.reason, notes: notes)
  }

  /// The objective in numbers of a type.
  private func compiled(
    _ derivatives: ObjectiveDerivatives, _ parts: [CompiledObjective.Part], _ precision: Precision
  ) throws(MinimizationError) -> CompiledObjective {
    var compiler = compiler
    compiler.precision = precision
    do throws(EvaluationError) {
      return try CompiledObjective(
        objective, derivatives, parts: parts, values: values, sizes: sizes, options: compiler)
    } catch {
      throw .evaluation(.data(error))
    }
  }

  /// The descent in floats, until rounding prevents progress; nil if the start is out of their range.
  private func coarse(
    _ function: CompiledObjective, _ start: [Double], _ progress: (MinimizationProgress) -> Void
  ) -> DescentResult? {
    let first = function.iterate(at: start)
    guard first.isFinite else { return nil }
    var coarse = options
    coarse.tolerance = max(options.tolerance, Self.floatTolerance)
    return Descent(options: coarse).run(function, from: first, report: progress)
  }

  /// The size of a gradient, relative to that at the start, at which doubles take over.
  private static let floatTolerance = 1e-4

  private func checkQuestion() throws(MinimizationError) {
    guard !variables.isEmpty else { throw .noVariable }
    if objective.isInvalid { throw .evaluation(.data(.notComputable(.invalidFormula))) }
    if objective.containsDifferential { throw .evaluation(.data(.notComputable(.differential))) }
    guard objective.isScalar else { throw .notScalar(objective.shape) }
    for (index, formula) in variables.enumerated() {
      guard let variable = formula.variable, variable.role != .index else {
        throw .notAVariable(formula.text)
      }
      if variables[..<index].contains(formula) { throw .givenTwice(variable.name) }
      if !objective.contains(formula) { throw .absent(variable.name) }
      let tied = variable.properties.strongest.first {
        $0.traits.tiesEntries || $0 == .binary || $0 == .signs
      }
      if let tied { throw .tied(name: variable.name, property: tied) }
    }
  }

  /// The range of each variable's entries in a point.
  private func parts() throws(MinimizationError) -> [CompiledObjective.Part] {
    let limit = options.method == .newton ? NewtonDescent.largest : Self.mostEntries
    var parts: [CompiledObjective.Part] = []
    var offset = 0
    for variable in variables {
      let shape = variable.shape
      for name in (shape.rows.names + shape.columns.names).sorted() where sizes[name] == nil {
        throw .evaluation(.data(.unknownSize(name)))
      }
      guard let rows = shape.rows.value(sizes), let columns = shape.columns.value(sizes), rows > 0,
        columns > 0
      else { throw .evaluation(.data(.notComputable(.impossibleSize(dimension: shape.description)))) }
      let (count, isOver) = rows.multipliedReportingOverflow(by: columns)
      if isOver || count > limit - offset {
        let (total, isFar) = count.addingReportingOverflow(offset)
        throw .tooManyEntries(
          count: isOver || isFar ? .max : total, limit: limit, method: options.method)
      }
      parts.append(.init(variable: variable, rows: rows, columns: columns, offset: offset))
      offset += count
    }
    return parts
  }

  /// The data of the variables in one vector; zeros by default.
  private func start(_ parts: [CompiledObjective.Part]) throws(MinimizationError) -> [Double] {
    var start: [Double] = []
    for part in parts {
      let zeros = Matrix(rows: part.rows, columns: part.columns)
      let value = values[part.variable] ?? zeros
      if values[part.variable] == nil {
        for property in part.variable.properties.strongest {
          guard
            RandomInstance.violation(
              of: property, in: zeros, isVector: part.variable.shape.isVector) != nil
          else { continue }
          throw .startNeeded(name: part.variable.name ?? "", property: property)
        }
      }
      start += value.storage
    }
    return start
  }
}
