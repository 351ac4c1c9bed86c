import NablaCompile
import NablaCore
import NablaNumerics
import NablaOutput
import NablaTypes
import NablaVerify
import Synchronization

/// A formula as a function of the values of its variables.
///
/// The first call with new sizes compiles the computation; later calls only evaluate it. Any thread may call it.
public struct CompiledFunction: Sendable {
  private let functions: CompiledFunctions

  fileprivate init(_ functions: CompiledFunctions) { self.functions = functions }

  /// The formula.
  public var formula: Formula { functions.formulas[0] }
  /// The variables that need a value, sorted.
  public var variables: [Formula] { functions.variables }

  /// The value for values of the variables; a vector is n × 1, a scalar 1 × 1.
  ///
  /// Sizes are inferred from the data; `sizes` gives those that no data determine. Variables that do not occur may be
  /// given, and determine sizes too. If finite data lead to a value that is not finite, it is recomputed as by
  /// `certified`, since an intermediate may have overflowed. Throws if data are missing, do not fit together, or
  /// violate a declared property. If its task is cancelled, a sum over an index ends early and throws; a single
  /// operation, such as a product or a factorization, is completed.
  public func callAsFunction(
    _ values: [Formula: Matrix], sizes: [String: Int] = [:]
  ) throws(FormulaError) -> Matrix {
    try functions(values, sizes: sizes)[0]
  }

  /// The formula for given sizes with its own memory, for loops; see `BoundFunction`.
  ///
  /// `argument` is the variable whose values each call reads in place. Throws if a size is missing, or if the argument
  /// does not occur.
  public func bound(
    _ sizes: [String: Int], argument: Formula? = nil
  ) throws(FormulaError) -> BoundFunction {
    try functions.bound(sizes, argument: argument)
  }

  /// The same value, with more digits where doubles lose theirs.
  ///
  /// It is recomputed in ball arithmetic, with the data taken as exact, so entries are the doubles nearest to the true
  /// values. That takes up to a few tenths of a second; longer computations keep the doubles. Errors are those of a
  /// call.
  public func certified(
    _ values: [Formula: Matrix], sizes: [String: Int] = [:]
  ) throws(FormulaError) -> Matrix {
    try functions.certified(values, sizes: sizes)[0]
  }
}

/// Several formulas as one function, with shared parts computed once.
public struct CompiledFunctions: Sendable {
  /// The formulas, in the order of the values.
  public let formulas: [Formula]
  /// The variables that need a value, sorted.
  public let variables: [Formula]
  /// The sizes that need a value.
  private let sizeNames: Set<String>
  private let options: Compiler.Options
  private let checksProperties: Bool
  private let programs = Programs()

  fileprivate init(
    _ formulas: [Formula], _ book: RuleBook, _ checksProperties: Bool, _ threads: Int?,
    _ precision: Precision,
    _ functions: FunctionProvider?
  ) throws(EvaluationError) {
    self.formulas = formulas
    self.checksProperties = checksProperties
    if let name = formulas.sharedName { throw .nameTwice(name) }
    variables = formulas.freeVariables
    sizeNames = Set(InstanceSizes(formulas).names)
    var options = checksProperties ? Compiler.Options.relyingOnProperties(book) : .init(book)
    options.functions = functions
    options.threads = threads
    options.precision = precision
    self.options = options
    try Compiler.checkValues(of: formulas, options)
  }

  /// The values of all formulas, in their order; data, sizes and errors as for `CompiledFunction`.
  public func callAsFunction(
    _ values: [Formula: Matrix], sizes: [String: Int] = [:]
  ) throws(FormulaError) -> [Matrix] {
    let (outputs, sizes) = try FormulaError.computing { () throws(EvaluationError) in
      try computed(values, sizes)
    }
    if outputs.allSatisfy(\.isFinite) { return outputs }
    // Products of large numbers may overflow although the value does not.
    let correction = Correction(sizes: sizes, values: values, definitions: options.definitions)
    return zip(outputs, formulas).map {
      $0.isFinite ? $0 : correction.corrected($0, $1).value.rounded(to: options.precision)
    }
  }

  /// The same values, with more digits where doubles lose theirs; see `CompiledFunction.certified`.
  public func certified(
    _ values: [Formula: Matrix], sizes: [String: Int] = [:]
  ) throws(FormulaError) -> [Matrix] {
    let (outputs, sizes) = try FormulaError.computing { () throws(EvaluationError) in
      try computed(values, sizes)
    }
    let correction = Correction(sizes: sizes, values: values, definitions: options.definitions)
    return zip(outputs, formulas).map { correction.corrected($0, $1).value }
  }

  /// The formulas for given sizes with their own memory, for loops; see `CompiledFunction.bound`.
  public func bound(
    _ sizes: [String: Int], argument: Formula? = nil
  ) throws(FormulaError) -> BoundFunction {
    try FormulaError.computing { () throws(EvaluationError) in
      try BoundFunction(try program(sizes), argument: argument)
    }
  }

  /// The steps that compute the formulas at given sizes.
  package func plan(_ sizes: [String: Int]) throws(FormulaError) -> [String] {
    try FormulaError.computing { () throws(EvaluationError) in try program(sizes).plan }
  }

  private func program(_ sizes: [String: Int]) throws(EvaluationError) -> CompiledProgram {
    let needed = sizes.filter { sizeNames.contains($0.key) }
    if needed.count < sizeNames.count, let name = sizeNames.sorted().first(where: { needed[$0] == nil }) {
      throw .unknownSize(name)
    }
    return try programs.program(needed) { () throws(CompileError) in
      try Compiler.compile(formulas, sizes: needed, options: options)
    }
  }

  private func computed(
    _ values: [Formula: Matrix], _ sizes: [String: Int]
  ) throws(EvaluationError) -> (outputs: [Matrix], sizes: [String: Int]) {
    let data = try BoundData(values, for: variables, sizes: sizes, checksProperties: checksProperties)
    let program = try program(data.sizes)
    do throws(RunError) { return (try program.run(values), data.sizes) } catch { throw .failed(error) }
  }
}

/// The compiled programs by their sizes.
private final class Programs: Sendable {
  /// Number of size assignments kept.
  static let capacity = 16
  private let made = Mutex<[(sizes: [String: Int], program: CompiledProgram)]>([])

  func program(
    _ sizes: [String: Int], _ make: () throws(CompileError) -> CompiledProgram
  ) throws(EvaluationError) -> CompiledProgram {
    let known = made.withLock { made in made.first { $0.sizes == sizes }?.program }
    if let known { return known }
    let program: CompiledProgram
    do throws(CompileError) { program = try make() } catch { throw .notComputable(error) }
    made.withLock { made in
      if made.count == Self.capacity { made.removeFirst() }
      made.append((sizes, program))
    }
    return program
  }
}

extension Formula {
  /// The formula as a function of its variables.
  ///
  /// With `checkingProperties` each call checks that the data have the declared properties. With `threads` large
  /// operations are divided among up to that many threads, the calling one included; otherwise there is one, or as many
  /// as the environment variable `NABLA_THREADS` gives. Results do not depend on the number of threads. With
  /// `precision: .float32` data and results are rounded to floats, and so are those of all operations except
  /// factorizations and rare functions, which compute in doubles.
  ///
  /// Throws for a formula that has no value at all: a differential, or a function declared without a body.
  public func compiled(
    using book: RuleBook = .standard, checkingProperties: Bool = true, threads: Int? = nil,
    precision: Precision = .float64
  ) throws(FormulaError) -> CompiledFunction {
    CompiledFunction(
      try Formula.compiled(
        [self], using: book, checkingProperties: checkingProperties, threads: threads, precision: precision))
  }

  /// Several formulas as one function, with shared parts computed once, such as a value with its gradients.
  ///
  /// Arguments and errors are those of `compiled` for a single formula.
  public static func compiled(
    _ formulas: [Formula], using book: RuleBook = .standard, checkingProperties: Bool = true,
    threads: Int? = nil, precision: Precision = .float64
  ) throws(FormulaError) -> CompiledFunctions {
    try compiled(
      formulas, using: book, checkingProperties: checkingProperties, threads: threads, precision: precision,
      functions: nil)
  }

  /// As above; `functions` provides the values of functions declared without a body.
  package static func compiled(
    _ formulas: [Formula], using book: RuleBook = .standard, checkingProperties: Bool = true,
    threads: Int? = nil, precision: Precision = .float64, functions: FunctionProvider?
  ) throws(FormulaError) -> CompiledFunctions {
    try FormulaError.computing { () throws(EvaluationError) in
      try CompiledFunctions(formulas, book, checkingProperties, threads, precision, functions)
    }
  }
}
