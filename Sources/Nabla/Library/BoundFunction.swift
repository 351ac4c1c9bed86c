import NablaArrays
import NablaCompile
import NablaCore
import NablaNumerics
import NablaOutput

/// Compiled formulas for given sizes with their own memory, for loops that evaluate often.
///
/// Calls allocate nothing. An instance belongs to one thread at a time. Arrays are in column-major order and have the
/// sizes it was made for. Data must have their declared properties, which are not checked: half of a matrix that is
/// declared symmetric may be read. Values outside the range of its numbers are not recomputed. If the formulas were
/// compiled with `precision: .float32`, addresses are those of `Float`s.
/// ```swift
/// let slope = try Formula.compiled([J, gradient]).bound(["n": 1000, "d": 200], argument: w)
/// slope.read(X, at: data)
/// slope.set(y, labels)
/// let value = try slope(point, into: direction)
/// ```
public final class BoundFunction {
  /// The variables that it needs.
  public let variables: [Formula]
  /// Rows and columns of each value.
  public let sizes: [(rows: Int, columns: Int)]
  /// The type of numbers that it reads and writes.
  public let precision: Precision
  /// Additions, multiplications and function evaluations of a call, as planned.
  public let operations: Double
  private let workspace: ProgramWorkspace
  private let places: [Formula: Int]
  private let argument: Int?
  private let last: Int
  private let writesInPlace: Bool

  init(_ program: CompiledProgram, argument: Formula?) throws(EvaluationError) {
    variables = program.variables
    sizes = program.outputSizes
    operations = program.operations
    precision = program.precision
    workspace = program.makeWorkspace()
    var places: [Formula: Int] = [:]
    for (index, variable) in program.variables.enumerated() { places[variable] = index }
    self.places = places
    if let argument, places[argument] == nil {
      throw .missingValue(name: argument.variable?.name ?? argument.text, shape: argument.shape)
    }
    self.argument = argument.flatMap { places[$0] }
    last = program.outputSizes.count - 1
    writesInPlace = last >= 0 && workspace.isMovable(output: last)
  }

  /// Copies the values of a variable, rounded to the precision; returns false if the variable does not occur or has
  /// another size.
  @discardableResult
  public func set(_ variable: Formula, _ values: Matrix) -> Bool {
    guard let place = places[variable], workspace.inputCount(place) == values.count else { return false }
    values.withPointer { workspace.setInput(place, $0) }
    return true
  }

  /// Reads the values of a variable in place from the next call on; they must stay at this address. Returns false if the
  /// variable does not occur or the function has another precision.
  @discardableResult
  public func read(_ variable: Formula, at values: UnsafePointer<Double>) -> Bool {
    read(variable, at: UnsafeRawPointer(values), .float64)
  }

  /// The same for a function with `precision: .float32`.
  @discardableResult
  public func read(_ variable: Formula, at values: UnsafePointer<Float>) -> Bool {
    read(variable, at: UnsafeRawPointer(values), .float32)
  }

  private func read(_ variable: Formula, at values: UnsafeRawPointer, _ given: Precision) -> Bool {
    guard let place = places[variable], given == precision else { return false }
    workspace.readInput(place, at: UnsafeMutableRawPointer(mutating: values))
    return true
  }

  /// Computes all values, which `value` and `pointer` read. Throws if an index of a sum exceeds the bounds of its array.
  public func callAsFunction() throws(FormulaError) {
    try FormulaError.computing { () throws(EvaluationError) in
      do throws(RunError) { try workspace.run() } catch { throw .failed(error) }
    }
  }

  /// Computes all values with the argument read from `x`, writes the last one to `y`, and returns the first entry of
  /// the first, or 0 if it is empty. Throws if the function has another precision, or as a call without arguments does.
  @discardableResult
  public func callAsFunction(
    _ x: UnsafePointer<Double>, into y: UnsafeMutablePointer<Double>
  ) throws(FormulaError) -> Double {
    try call(x, y, .float64) { workspace.outputPointer($0) } ?? 0
  }

  /// The same for a function with `precision: .float32`.
  @discardableResult
  public func callAsFunction(
    _ x: UnsafePointer<Float>, into y: UnsafeMutablePointer<Float>
  ) throws(FormulaError) -> Float {
    try call(x, y, .float32) { workspace.floatOutputPointer($0) } ?? 0
  }

  @inline(__always)
  private func call<T: KernelNumber>(
    _ x: UnsafePointer<T>, _ y: UnsafeMutablePointer<T>, _ given: Precision,
    _ output: (Int) -> UnsafePointer<T>
  ) throws(FormulaError) -> T? {
    guard given == precision else {
      throw FormulaError(
        message: "this function is compiled for \(precision.rawValue), not \(given.rawValue)",
        hint: "compile it with `precision: .\(given.rawValue)`")
    }
    if let argument { workspace.readInput(argument, at: UnsafeMutableRawPointer(mutating: x)) }
    if writesInPlace { workspace.writeOutput(last, at: y) }
    try self()
    if !writesInPlace, last >= 0 {
      Kernels.copy(sizes[last].rows * sizes[last].columns, output(last), into: y)
    }
    return last >= 0 && sizes[0].rows * sizes[0].columns > 0 ? output(0)[0] : nil
  }

  /// The address of a value after a call, in column-major order; `nil` if the function has another precision.
  public func pointer(_ index: Int) -> UnsafePointer<Double>? {
    precision == .float64 ? workspace.outputPointer(index) : nil
  }

  /// The same for a function with `precision: .float32`.
  public func floatPointer(_ index: Int) -> UnsafePointer<Float>? {
    precision == .float32 ? workspace.floatOutputPointer(index) : nil
  }

  /// A copy of a value.
  public func value(_ index: Int) -> Matrix { workspace.output(index) }
}
