import NablaCore
import NablaNumerics

/// Compiles formulas to programs.
package struct Compiler {
  /// Compiler options.
  package struct Options: Sendable {
    /// Whether forms that overflow are replaced by stable forms of the same value.
    package var stable = true
    /// Tells which matrices are known to be symmetric positive definite, so that Cholesky factorization applies. If
    /// `nil`, it is never used.
    package var isPositiveDefinite: (@Sendable (Formula) -> Bool)?
    /// Provides the elementwise functions that the numeric library lacks, as formulas.
    package var definitions: FunctionDefinitions?
    /// Provides the values of declared functions.
    package var functions: FunctionProvider?
    /// Limit on the iterations of index sums; more throw a `CompileError`.
    package var mostIterations = CompileLimits.iterations
    /// The number of threads for an operation; that of the process if `nil`.
    package var threads: Int?

    package init() {}
  }

  /// A program for all formulas together, with shared parts computed once.
  /// `sizes` has every dimension name that occurs. A `CompileError` names a missing or excessive size.
  package static func compile(
    _ formulas: [Formula], sizes: [String: Int], stable: Bool = true
  ) throws(CompileError) -> CompiledProgram {
    var options = Options()
    options.stable = stable
    return try compile(formulas, sizes: sizes, options: options)
  }

  /// The same with all options.
  package static func compile(
    _ formulas: [Formula], sizes: [String: Int], options: Options
  ) throws(CompileError) -> CompiledProgram {
    var inlined: [Formula] = []
    for formula in formulas { inlined.append(try self.inlined(formula, options)) }
    var forms = CheaperForms { options.isPositiveDefinite?($0) == true }
    // Stable forms of a part and of its transpose may differ.
    let prepared = forms.shared(inlined).map { forms.separated(stable($0, options)) }
    return try CompiledProgram(
      try Planner.schedule(prepared, sizes: sizes, options: options), threads: options.threads)
  }

  /// The formula with definitions expanded and in its stable form, ready for planning.
  package static func prepared(_ formula: Formula, _ options: Options) throws(CompileError) -> Formula {
    stable(try inlined(formula, options), options)
  }

  private static func inlined(_ formula: Formula, _ options: Options) throws(CompileError) -> Formula {
    if formula.isInvalid { throw .invalidFormula }
    guard let definitions = options.definitions else { return formula }
    return try Definitions(lookup: definitions).inlined(formula)
  }

  private static func stable(_ formula: Formula, _ options: Options) -> Formula {
    options.stable ? StableForms.rewritten(formula) : formula
  }
}
