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
    /// Tells which matrices are known to be symmetric, so that half of some products suffices. If `nil`, none are.
    package var isSymmetric: (@Sendable (Formula) -> Bool)?
    /// Provides the elementwise functions that the numeric library lacks, as formulas.
    package var definitions: FunctionDefinitions?
    /// Provides the values of declared functions.
    package var functions: FunctionProvider?
    /// Limit on the iterations of index sums; more throw a `CompileError`.
    package var mostIterations = CompileLimits.iterations
    /// The number of threads for an operation; that of the process if `nil`.
    package var threads: Int?
    /// The type of numbers of data and results, and of all operations that have kernels for it.
    package var precision = Precision.float64

    /// The rules with the stable forms.
    package var book = RuleBook.standard

    package init() {}

    /// Compiles with the functions and the stable forms of a rule book.
    package init(_ book: RuleBook) {
      self.book = book
      definitions = book.numericDefinitions
    }
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
    try compile(try Prepared(formulas, options), sizes: sizes)
  }

  /// Formulas in the forms that programs of any sizes compute.
  package struct Prepared {
    fileprivate let formulas: [Formula]
    fileprivate let options: Options

    package init(_ formulas: [Formula], _ options: Options) throws(CompileError) {
      var inlined: [Formula] = []
      for formula in formulas { inlined.append(try Compiler.inlined(formula, options)) }
      var forms = CheaperForms { options.isPositiveDefinite?($0) == true }
      // Stable forms of a part and of its transpose may differ.
      self.formulas = forms.shared(inlined).map { forms.separated(Compiler.stable($0, options)) }
      self.options = options
    }
  }

  /// A program for prepared formulas.
  package static func compile(
    _ prepared: Prepared, sizes: [String: Int]
  ) throws(CompileError) -> CompiledProgram {
    try CompiledProgram(
      try Planner.schedule(prepared.formulas, sizes: sizes, options: prepared.options),
      precision: prepared.options.precision, threads: prepared.options.threads)
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
    guard options.stable else { return formula }
    var forms = StableForms(options.book)
    return forms.rewritten(formula)
  }
}
