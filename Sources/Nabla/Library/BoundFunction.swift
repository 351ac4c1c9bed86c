import NablaCompile
import NablaCore
import NablaNumerics
import NablaOutput

/// Compiled formulas for given sizes with their own memory, for loops that evaluate often.
/// Calls allocate nothing. An instance belongs to one thread at a time. Arrays are in column-major order and have the
/// sizes it was made for. Declared properties are not checked, and values outside the range of doubles are not
/// recomputed.
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

  /// Copies the values of a variable; returns false if the variable does not occur or has another size.
  @discardableResult
  public func set(_ variable: Formula, _ values: Matrix) -> Bool {
    guard let place = places[variable], workspace.inputCount(place) == values.count else { return false }
    values.withPointer { workspace.setInput(place, $0) }
    return true
  }

  /// Reads the values of a variable in place from the next call on; they must stay at this address.
  public func read(_ variable: Formula, at values: UnsafePointer<Double>) {
    if let place = places[variable] {
      workspace.readInput(place, at: UnsafeMutablePointer(mutating: values))
    }
  }

  /// Computes all values.
  public func callAsFunction() throws(FormulaError) {
    try FormulaError.computing { () throws(EvaluationError) in
      do throws(RunError) { try workspace.run() } catch { throw .failed(error) }
    }
  }

  /// Computes all values with the argument read from `x`, writes the last one to `y`, and returns the first entry of
  /// the first.
  @discardableResult
  public func callAsFunction(
    _ x: UnsafePointer<Double>, into y: UnsafeMutablePointer<Double>
  ) throws(FormulaError) -> Double {
    if let argument { workspace.readInput(argument, at: UnsafeMutablePointer(mutating: x)) }
    if writesInPlace { workspace.writeOutput(last, at: y) }
    try self()
    if !writesInPlace, last >= 0 {
      Kernels.copy(sizes[last].rows * sizes[last].columns, workspace.outputPointer(last), into: y)
    }
    return last >= 0 && sizes[0].rows * sizes[0].columns > 0 ? workspace.outputPointer(0)[0] : 0
  }

  /// The address of a value after a call, in column-major order.
  public func pointer(_ index: Int) -> UnsafePointer<Double> { workspace.outputPointer(index) }

  /// A copy of a value.
  public func value(_ index: Int) -> Matrix { workspace.output(index) }
}
