import NablaCore
import NablaLanguage
import NablaTypes

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

/// What programs and checks need of an elementwise function, in its parameters, which are scalar variables.
public struct ElementwiseFunction: Sendable {
  let parameters: [Formula]
  /// The formula that defines it; nil where the numeric library has it alone.
  let body: Formula?
  /// Where these are zero there is no derivative.
  package let kinks: [Formula]

  package init(parameters: [Formula], body: Formula?, kinks: [Formula] = []) {
    (self.parameters, self.body, self.kinks) = (parameters, body, kinks)
  }

  /// A formula in the parameters, with arguments for them entry by entry.
  package func applied(_ formula: Formula, _ arguments: [Formula], _ shape: Shape) -> Formula {
    formula.lifted(parameters, arguments, shape)
  }
}

/// Gives elementwise functions by name; nil for one it does not know.
public typealias FunctionDefinitions = @Sendable (String) -> ElementwiseFunction?

extension RuleBook {
  /// The elementwise functions of the rules.
  package var numericDefinitions: FunctionDefinitions {
    { [functions] name in
      functions[name].map {
        ElementwiseFunction(parameters: $0.parameters, body: $0.body, kinks: $0.kinks)
      }
    }
  }
}
