import NablaCore
import NablaNumerics

/// Makes programs from formulas.
public struct Compiler {
  /// What may vary.
  public struct Options: Sendable {
    /// Whether forms that overflow are replaced by stable ones of the same value.
    public var stable = true
    /// Says which matrices are known to be symmetric positive definite; Cholesky serves those. Without it, never.
    public var isPositiveDefinite: (@Sendable (Formula) -> Bool)?
    /// Gives the elementwise functions that the library does not have as formulas.
    public var definitions: FunctionDefinitions?
    /// Gives values to declared functions.
    public var functions: FunctionProvider?
    /// How often the loops of sums may go round; more is a `CompileError`.
    package var mostPasses = CompileLimits.passes

    public init() {}
  }

  /// A program for all formulas together, with what they share computed once.
  ///
  /// `sizes` has every dimension's name that occurs. A `CompileError` names what is missing or too large.
  public static func compile(
    _ formulas: [Formula], sizes: [String: Int], stable: Bool = true
  ) throws(CompileError) -> CompiledProgram {
    var options = Options()
    options.stable = stable
    return try compile(formulas, sizes: sizes, options: options)
  }

  /// The same with all options.
  public static func compile(
    _ formulas: [Formula], sizes: [String: Int], options: Options
  ) throws(CompileError) -> CompiledProgram {
    var inlined: [Formula] = []
    for formula in formulas { inlined.append(try self.inlined(formula, options)) }
    var forms = CheaperForms { options.isPositiveDefinite?($0) == true }
    // Stable forms of a part and of its transpose may differ.
    let prepared = forms.shared(inlined).map { forms.separated(stable($0, options)) }
    return try CompiledProgram(try Planner.schedule(prepared, sizes: sizes, options: options))
  }

  /// The formula with definitions written out, in the stable form of which programs are made.
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
