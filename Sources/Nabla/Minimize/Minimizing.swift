import NablaCompile
import NablaCore
import NablaLanguage
import NablaNumerics
import NablaOutput
import NablaTypes

extension Formula {
  /// Finds values of variables that minimize a scalar formula.
  ///
  /// `data` gives values to all other variables, in their declared shapes, and a start to those of `variables` that it
  /// contains; the others start at zero. Sizes are inferred from the data; `sizes` gives those that no data determine.
  /// Variables may be scalars, vectors, rows and matrices; properties that couple their entries are rejected, and
  /// declared signs are kept. Gradient and Hessian are derived, and checked unless `derivation` says otherwise. The
  /// result is a point where the gradient vanishes, or `reason` explains why not; a minimum is local unless the formula
  /// is convex.
  /// Throws if the formula is not a scalar, if data are missing or do not fit, if a derivative is
  /// unknown, or if the formula is not finite at the start.
  /// The methods are those of Nocedal and Wright, Numerical Optimization, 2nd edition: gradient descent (chapter 3),
  /// Newton's method with a modified Hessian (sections 3.3 and 3.4), L-BFGS (section 7.2).
  public func minimized(
    wrt variables: [Formula], data: [Formula: Matrix] = [:], sizes: [String: Int] = [:],
    options: MinimizationOptions = MinimizationOptions(), derivation: SessionOptions = SessionOptions(),
    progress: (MinimizationProgress) -> Void = { _ in }
  ) throws(FormulaError) -> Minimization {
    do throws(MinimizationError) {
      return try minimum(variables, data, sizes, options, derivation, progress)
    } catch {
      if Cancellation.isRequested { throw .cancelled }
      throw FormulaError(message: error.description, hint: error.hint)
    }
  }

  private func minimum(
    _ variables: [Formula], _ data: [Formula: Matrix], _ sizes: [String: Int],
    _ options: MinimizationOptions, _ derivation: SessionOptions, _ progress: (MinimizationProgress) -> Void
  ) throws(MinimizationError) -> Minimization {
    let bound: BoundData
    do throws(EvaluationError) {
      if let name = ([self] + variables).sharedName { throw .nameTwice(name) }
      bound = try BoundData(
        data, for: [self].freeVariables.filter { !variables.contains($0) }, sizes: sizes)
    } catch {
      throw .evaluation(.data(error))
    }
    let task = MinimizationTask(
      objective: self, variables: variables, values: bound.values, sizes: bound.sizes,
      compiler: .relyingOnProperties(derivation.book), derivation: derivation, options: options)
    return try task.run(progress)
  }
}

extension Evaluation {
  /// Minimizes the last definition of the file, or the one with a given name, over variables of the file.
  /// Data under the names of the variables are the start, which is zero otherwise. A defined name counts as an
  /// independent variable, as after `wrt` in a question, and starts at zero. Otherwise like `Formula.minimized`.
  package func minimization(
    of objective: String? = nil, wrt variables: [String],
    options: MinimizationOptions = MinimizationOptions(),
    progress: (MinimizationProgress) -> Void = { _ in }
  ) throws(MinimizationError) -> Minimization {
    let environment = session.file.environment
    let defined = session.file.definitions
    guard let last = defined.last else { throw .noDefinition }
    let name = objective ?? last
    guard let expression = environment.definitions[name], defined.contains(name) else {
      throw .unknownObjective(name, nearest: nearestName(to: name, among: defined))
    }
    let lowering = session.names(opaque: Set(variables).intersection(defined).subtracting([name]))
    if let problem = lowering.problem(in: expression) { throw .evaluation(.unanswered(problem)) }
    var formulas: [Formula] = []
    for variable in variables {
      guard let formula = lowering.names[variable] else {
        let isKnown = environment.dimensions.contains(variable) || environment.declarations[variable] != nil
        if isKnown { throw .notAVariable(variable) }
        let names = lowering.names.keys.sorted()
        throw .unknownVariable(variable, nearest: nearestName(to: variable, among: names))
      }
      if variable == name { throw .notAVariable(variable) }
      formulas.append(formula)
    }
    let formula = lowering.formula(expression)
    let missing = missing([formula]).filter { !variables.contains($0.name) }
    if !missing.isEmpty { throw .evaluation(.missing(missing)) }
    let task = MinimizationTask(
      objective: formula, variables: formulas, values: values, sizes: sizes, compiler: self.options,
      derivation: session.options, options: options)
    return try task.run(progress)
  }
}
