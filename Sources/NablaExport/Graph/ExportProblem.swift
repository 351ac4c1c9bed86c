/// The reason why formulas cannot be exported.
package enum ExportProblem: Error, Hashable, Sendable {
  /// A function declared without a body.
  case functionWithoutBody(String)
  /// A differential of something other than a variable.
  case differential(String)
  /// A function that neither the targets nor the rules define.
  case unknownFunction(String)
  /// A number in the formula overflowed, or a shape does not fit.
  case invalidFormula(String)
  /// A size that is not a polynomial in sizes.
  case size(String)
  /// Two variables with the same name.
  case nameTwice(String)
  /// More nodes than the limit.
  case tooLarge(limit: Int)
  /// The target has no counterpart.
  case unsupported(operation: String, target: ExportTarget)
  /// There are no formulas.
  case nothing
}

extension ExportProblem: CustomStringConvertible {
  package var description: String {
    switch self {
    case .functionWithoutBody(let name):
      "`\(name)` is declared without a body, so no code can compute it"
    case .differential(let text): "the differential `\(text)` has no value"
    case .unknownFunction(let name): "the function `\(name)` has no numeric definition"
    case .invalidFormula(let text): "`\(text)` has no value: shapes do not fit, or a number is too large"
    case .size(let text): "`\(text)` is not a size"
    case .nameTwice(let name): "two different variables are called `\(name)`"
    case .tooLarge(let limit): "the program exceeds the limit of \(limit) operations"
    case .unsupported(let operation, let target):
      "\(operation) has no counterpart in \(target.title)"
    case .nothing: "there is nothing to export: only `check` questions, or none"
    }
  }
}
