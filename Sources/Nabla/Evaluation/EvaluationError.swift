import NablaCompile
import NablaNumerics
import NablaTypes

/// The reason why a compiled formula has no value, in general or for the given data.
package enum EvaluationError: Error, Sendable, Equatable {
  /// No data for a variable that the formula needs; has the declared shape.
  case missingValue(name: String, shape: Shape)
  /// Data for a formula that is not a variable.
  case notAVariable(String)
  /// The rows or columns of a variable's data contradict the sizes found elsewhere, or the declaration.
  /// `expected` is the shape with these sizes; `because` names the data that fixed them.
  case wrongShape(name: String, shape: Shape, expected: String, found: String, because: String)
  /// Two different variables of the formula have this name.
  case nameTwice(String)
  /// No data determine a size that the formula needs; it can be given as `sizes: ["n": 3]`.
  case unknownSize(String)
  /// An entry of the data violates a declared property; `violation` names the entry.
  case brokenProperty(name: String, property: Property, violation: PropertyViolation)
  /// The formula cannot be computed, for these sizes or at all.
  case notComputable(CompileError)
  /// An index of a sum exceeds the bounds of its array.
  case failed(RunError)
}

extension EvaluationError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .missingValue(let name, let shape): "no value is given for \(name) : \(shape.declaration)"
    case .notAVariable(let text): "a value is given for \(text), which is not a variable"
    case .wrongShape(let name, let shape, let expected, let found, let because):
      "\(name) : \(shape.declaration) is given as \(found), but should be \(expected)\(because)"
    case .nameTwice(let name): "two different variables are called \(name)"
    case .unknownSize(let name): "no data determine the size \(name); give it as `sizes: [\"\(name)\": ...]`"
    case .brokenProperty(let name, let property, let violation):
      "\(name) is declared \(property.rawValue), but \(violation)"
    case .notComputable(let error): error.description
    case .failed(let error): error.description
    }
  }
}
