import NablaCore
import NablaLanguage
import NablaTypes

/// The value of a declared function, or of one of its derivatives, that a program needs.
/// `rows` and `columns` are those of the argument and of the function's own value, not of the derivative. An
/// elementwise function has sizes 1 × 1 and is called entry by entry.
package struct FunctionCall: Hashable, Sendable {
  package let name: String
  package let derivative: FunctionDerivative
  package let argumentRows: Int
  package let argumentColumns: Int
  package let valueRows: Int
  package let valueColumns: Int
  package var argumentCount: Int { argumentRows * argumentColumns }
  package var valueCount: Int { valueRows * valueColumns }
}

/// Reads the argument and writes the value, both in column-major order.
package typealias FunctionEvaluator = @Sendable (UnsafePointer<Double>, UnsafeMutablePointer<Double>) -> Void

/// Provides the values of declared functions; `nil` for an unknown function.
package typealias FunctionProvider = @Sendable (FunctionCall) -> FunctionEvaluator?

/// The data of an elementwise function that programs and checks need, in terms of its parameters, which are scalar
/// variables.
package struct ElementwiseFunction: Sendable {
  let parameters: [Formula]
  /// The formula that defines it; `nil` if only the numeric library does.
  let body: Formula?
  /// Formulas at whose zeros there is no derivative.
  package let kinks: [Formula]
  /// Whether some arguments have no value.
  package let hasDomain: Bool

  package init(parameters: [Formula], body: Formula?, kinks: [Formula] = [], hasDomain: Bool = false) {
    (self.parameters, self.body, self.kinks, self.hasDomain) = (parameters, body, kinks, hasDomain)
  }

  /// A formula in the parameters, applied to arguments entry by entry.
  package func applied(_ formula: Formula, _ arguments: [Formula], _ shape: Shape) -> Formula {
    formula.lifted(parameters, arguments, shape)
  }
}

/// Provides elementwise functions by name; `nil` for an unknown function.
package typealias FunctionDefinitions = @Sendable (String) -> ElementwiseFunction?

extension RuleBook {
  /// The elementwise functions of the rules.
  package var numericDefinitions: FunctionDefinitions {
    { [functions] name in
      functions[name].map {
        ElementwiseFunction(
          parameters: $0.parameters, body: $0.body, kinks: $0.kinks, hasDomain: !$0.domain.isEmpty)
      }
    }
  }
}
