import NablaCore
import NablaLanguage

/// The value of a declared function, or of a derivative of it, that a program asks for.
///
/// `rows` and `columns` of the argument and of the function's own value (not of the derivative). An elementwise
/// function is asked for with sizes 1 × 1 and called entry by entry.
public struct FunctionCall: Hashable, Sendable {
  public let name: String
  public let derivative: FunctionDerivative
  public let argumentRows: Int
  public let argumentColumns: Int
  public let valueRows: Int
  public let valueColumns: Int
  public var argumentCount: Int { argumentRows * argumentColumns }
  public var valueCount: Int { valueRows * valueColumns }
}

/// Reads the argument and writes the value, both by columns.
public typealias FunctionEvaluator = @Sendable (UnsafePointer<Double>, UnsafeMutablePointer<Double>) -> Void

/// Gives values to declared functions; nil for one it does not know.
public typealias FunctionProvider = @Sendable (FunctionCall) -> FunctionEvaluator?

/// The formula that defines an elementwise function: its parameters as scalar variables, and its body.
public typealias FunctionDefinitions = @Sendable (String) -> (parameters: [Formula], body: Formula)?

extension RuleBook {
  /// Bodies of functions that the numeric library does not have.
  package var numericDefinitions: FunctionDefinitions {
    { [functions] name in
      guard let function = functions[name], let body = function.body else { return nil }
      return (function.parameters, body)
    }
  }
}
