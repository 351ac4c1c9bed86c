import NablaCompile
import NablaCore
import NablaNumerics
import NablaOutput
import NablaTypes
import NablaVerify
import Synchronization

/// A formula as a function of the values of its variables.
///
/// The first call with new sizes plans the computation; later ones only compute. Any thread may call it.
public struct CompiledFunction: Sendable {
  private let functions: CompiledFunctions

  fileprivate init(_ functions: CompiledFunctions) { self.functions = functions }

  /// The formula.
  public var formula: Formula { functions.formulas[0] }
  /// The variables that need a value, sorted.
  public var variables: [Formula] { functions.variables }

  /// The value for values of the variables; a vector is n × 1, a scalar 1 × 1.
  ///
  /// Sizes are read off the data; `sizes` gives those that no data have. Variables that do not occur may be
  /// given, and fix sizes too. A value of finite data that is not finite is computed again as by `certified`, since
  /// it may merely have overflowed on the way. Throws for data that are missing, do not fit together, or break a
  /// declared property.
  public func callAsFunction(
    _ values: [Formula: Matrix], sizes: [String: Int] = [:]
  ) throws(EvaluationError) -> Matrix {
    try functions(values, sizes: sizes)[0]
  }

  /// The formula for given sizes with memory of its own, for loops; see `BoundFunction`.
  public func bound(
    _ sizes: [String: Int], argument: Formula? = nil
  ) throws(EvaluationError) -> BoundFunction {
    try functions.bound(sizes, argument: argument)
  }

  /// The same value, with more digits where doubles lose theirs.
  ///
  /// Computed again in ball arithmetic, with the data taken as exact, so that entries are the doubles nearest to the
  /// true ones. That takes up to some tenths of a second; what would take longer is left to doubles.
  public func certified(
    _ values: [Formula: Matrix], sizes: [String: Int] = [:]
  ) throws(EvaluationError) -> Matrix {
    try functions.certified(values, sizes: sizes)[0]
  }
}

/// Several formulas as one function, with what they share computed once.
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
    _ formulas: [Formula], _ book: RuleBook, _ checksProperties: Bool, _ functions: FunctionProvider?
  ) throws(EvaluationError) {
    self.formulas = formulas
    self.checksProperties = checksProperties
    if let name = formulas.sharedName { throw .nameTwice(name) }
    variables = formulas.freeVariables
    sizeNames = Set(InstanceSizes(formulas).names)
    var options = Compiler.Options()
    options.definitions = book.numericDefinitions
    options.functions = functions
    // Rests on declared properties, so only where the data are known to have them.
    if checksProperties {
      options.isPositiveDefinite = { Knowledge(book).truth(.spd, of: $0) == .yes }
    }
    self.options = options
    for formula in formulas {
      if formula.isInvalid { throw .notComputable(.invalidFormula) }
      if formula.containsDifferential { throw .notComputable(.differential) }
      if functions == nil {
        for case .apply(.function(let function, _), _) in formula.nodesChildrenFirst.map(\.kind) {
          throw .notComputable(.functionWithoutValues(function.name))
        }
      }
    }
  }

  /// The values of all formulas, in their order; data, sizes and errors as for `CompiledFunction`.
  public func callAsFunction(
    _ values: [Formula: Matrix], sizes: [String: Int] = [:]
  ) throws(EvaluationError) -> [Matrix] {
    let (outputs, sizes) = try computed(values, sizes)
    if outputs.allSatisfy(\.isFinite) { return outputs }
    // Products of large numbers overflow on the way to values that do not.
    let correction = Correction(sizes: sizes, values: values, definitions: options.definitions)
    return zip(outputs, formulas).map { $0.isFinite ? $0 : correction.corrected($0, $1).value }
  }

  /// The same values, with more digits where doubles lose theirs; see `CompiledFunction.certified`.
  public func certified(
    _ values: [Formula: Matrix], sizes: [String: Int] = [:]
  ) throws(EvaluationError) -> [Matrix] {
    let (outputs, sizes) = try computed(values, sizes)
    let correction = Correction(sizes: sizes, values: values, definitions: options.definitions)
    return zip(outputs, formulas).map { correction.corrected($0, $1).value }
  }

  /// The formulas for given sizes with memory of their own, for loops; see `BoundFunction`.
  public func bound(
    _ sizes: [String: Int], argument: Formula? = nil
  ) throws(EvaluationError) -> BoundFunction {
    try BoundFunction(try program(sizes), argument: argument)
  }

  /// The steps that compute the formulas at given sizes.
  public func plan(_ sizes: [String: Int]) throws(EvaluationError) -> [String] { try program(sizes).plan }

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
    let given = values.count == variables.count ? variables : values.keys.sorted()
    for variable in variables where values[variable] == nil {
      throw .missingValue(name: variable.name ?? "", shape: variable.shape)
    }
    if let other = given.first(where: { $0.variable == nil }) { throw .notAVariable(other.text) }
    var reader = SizeReader(given: sizes)
    try reader.read(given, values)
    if checksProperties { try DeclaredProperties.check(given, values) }
    let program = try program(reader.sizes)
    do throws(RunError) { return (try program.run(values), reader.sizes) } catch { throw .failed(error) }
  }
}

/// The programs that were made, by their sizes.
private final class Programs: Sendable {
  /// How many sizes are remembered.
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
  /// `functions` gives values to functions declared without a body. With `checkingProperties` each call makes
  /// sure that the data have the declared properties. Throws for what has no value at all: a differential, or
  /// a declared function without values.
  public func compiled(
    using book: RuleBook = .standard, checkingProperties: Bool = true, functions: FunctionProvider? = nil
  ) throws(EvaluationError) -> CompiledFunction {
    CompiledFunction(
      try Formula.compiled(
        [self], using: book, checkingProperties: checkingProperties, functions: functions))
  }

  /// Several formulas as one function, with what they share computed once: a value with its gradients.
  public static func compiled(
    _ formulas: [Formula], using book: RuleBook = .standard, checkingProperties: Bool = true,
    functions: FunctionProvider? = nil
  ) throws(EvaluationError) -> CompiledFunctions {
    try CompiledFunctions(formulas, book, checkingProperties, functions)
  }
}
