/// The reason why a formula cannot be compiled for the given sizes.
package enum CompileError: Error, Hashable, Sendable {
  /// No size was given for a dimension's name.
  case missingSize(String)
  /// A dimension is negative for the given sizes, or does not fit.
  case impossibleSize(dimension: String)
  /// One array would have more entries than the limit.
  case arrayTooLarge(rows: Int, columns: Int, limit: Int)
  /// All arrays together would need more numbers than the limit.
  case workspaceTooLarge(limit: Int)
  /// The program, with its sums written out, would have more steps than the limit.
  case programTooLong(limit: Int)
  /// The loops of index sums would run more iterations than the limit.
  case tooManyIterations(limit: Int)
  /// A slice exceeds the bounds of its array.
  case sliceOutside(String)
  /// Neither the library nor the given definitions know the function.
  case unknownFunction(String)
  /// A declared function has no values.
  case functionWithoutValues(String)
  /// The shapes do not fit for these sizes, or a number in the formula overflowed.
  case invalidFormula
  /// A differential has no value.
  case differential
}

extension CompileError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .missingSize(let name): "the size \(name) is not given"
    case .impossibleSize(let dimension): "the size \(dimension) is negative or too large"
    case .arrayTooLarge(let rows, let columns, let limit):
      "an array of \(rows) x \(columns) exceeds the limit of \(limit) entries"
    case .workspaceTooLarge(let limit): "the computation exceeds the limit of \(limit) numbers of memory"
    case .programTooLong(let limit): "the computation exceeds the limit of \(limit) steps"
    case .tooManyIterations(let limit): "index sums exceed the limit of \(limit) iterations"
    case .sliceOutside(let text): "\(text) exceeds the bounds of its array"
    case .unknownFunction(let name): "the function \(name) has no numeric value"
    case .functionWithoutValues(let name):
      "the function \(name) is declared without a body, so it has no value"
    case .invalidFormula: "the formula has no value: shapes do not fit, or an exact number is too large"
    case .differential: "a differential has no value"
    }
  }
}

/// The reason why a program cannot run on the given data.
package enum RunError: Error, Hashable, Sendable {
  case missingInput(String)
  case wrongSize(name: String, expected: String, found: String)
  case indexOutside(index: Int, bound: Int)
  /// Nobody waits for the values.
  case cancelled
}

extension RunError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .missingInput(let name): "no value is given for \(name)"
    case .wrongSize(let name, let expected, let found): "\(name) should be \(expected), but is \(found)"
    case .indexOutside(let index, let bound): "index \(index) lies outside 1:\(bound)"
    case .cancelled: "the work was cancelled"
    }
  }
}

/// The limits that bound the memory and time of every program.
package enum CompileLimits {
  /// Entries of one array.
  static let array = 1 << 28
  /// Doubles of the whole workspace.
  static let workspace = 1 << 30
  /// Steps of a program, with index sums unrolled.
  static let steps = 1 << 20
  /// Iterations of nested loops for index sums.
  static let iterations = 1 << 28
  /// The same for formulas that are only checked, which evaluates them hundreds of times.
  package static let iterationsOfChecks = 1 << 16
  /// Factors of a matrix product whose order is optimized; longer products are split.
  static let chain = 64
  /// Factors of a product whose parts are looked up among other products.
  static let searched = 10
  /// Steps of one fused group.
  static let fused = 48
  /// Passes over blocks of one program.
  static let streams = 64
  /// Chunks of a pass over blocks, the least operations of one, and the doubles of all their partial sums.
  static let chunks = 16
  static let chunkWork = 1e6
  static let partialSums = 1 << 21
}
