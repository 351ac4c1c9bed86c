import NablaLanguage
import NablaTypes

/// The reason why a minimization cannot start.
package enum MinimizationError: Error, Sendable {
  /// The file has no definitions, or not the requested name; `nearest` is a similar name.
  case noDefinition
  case unknownObjective(String, nearest: String?)
  /// No variable is given, a name is not a variable, or is given twice.
  case noVariable
  case unknownVariable(String, nearest: String?)
  case notAVariable(String)
  case givenTwice(String)
  /// The objective is an array, whose values cannot be compared.
  case notScalar(Shape)
  /// The objective does not depend on the variable.
  case absent(String)
  /// A property couples the entries of the variable or restricts them to few values, so they cannot move freely.
  case tied(name: String, property: Property)
  /// More entries than the method supports.
  case tooManyEntries(count: Int, limit: Int, method: MinimizationMethod)
  /// The default start at zero violates a declared property.
  case startNeeded(name: String, property: Property)
  /// The objective or its gradient is infinite or NaN at the start; `names` are the variables that start at zero.
  case notFiniteAtStart(isGradient: Bool, names: [String])
  /// No gradient or Hessian can be derived.
  case underivable(Diagnostic, isHessian: Bool)
  /// The data are unsuitable, or an answer failed its check.
  case evaluation(EvaluationProblem)
}

extension MinimizationError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .noDefinition: "there is nothing to minimize: the file has no definitions"
    case .unknownObjective(let name, _): "there is no definition of `\(name)`"
    case .noVariable: "no variable is given to minimize over"
    case .unknownVariable(let name, _): "`\(name)` is not declared or defined"
    case .notAVariable(let name): "`\(name)` is not a variable that can be minimized over"
    case .givenTwice(let name): "`\(name)` is given twice"
    case .notScalar(let shape): "only a scalar can be minimized; the objective is a \(shape.declaration)"
    case .absent(let name): "the objective does not depend on `\(name)`"
    case .tied(let name, let property):
      "\(name) is declared \(property.rawValue), so its entries cannot be moved freely"
    case .tooManyEntries(let count, let limit, let method):
      "the variables have \(count) entries; \(method.rawValue) takes at most \(limit)"
    case .startNeeded(let name, let property):
      "\(name) is declared \(property.rawValue), but the default start, zero, is not"
    case .notFiniteAtStart(let isGradient, let names):
      "\(isGradient ? "the gradient" : "the objective") is not finite at the start"
        + (names.isEmpty
          ? "" : ", where \(names.joined(separator: ", ")) \(names.count == 1 ? "is" : "are") zero")
    case .underivable(let diagnostic, let isHessian):
      isHessian
        ? "the Hessian cannot be derived: \(diagnostic.message)" : diagnostic.message
    case .evaluation(let problem): problem.description
    }
  }

  /// A remedy; `nil` if none is known.
  package var hint: String? {
    switch self {
    case .unknownObjective(_, let nearest), .unknownVariable(_, let nearest):
      nearest.map { "did you mean `\($0)`?" }
    case .notScalar: "minimize `norm2(...)^2` or `sum(...)`"
    case .tied(let name, let property): Self.wayOut(name, property)
    case .tooManyEntries(_, _, .newton): "lbfgs needs no Hessian"
    case .startNeeded, .notFiniteAtStart: "give a start in the data, under the name of the variable"
    case .underivable(let diagnostic, let isHessian):
      isHessian ? "lbfgs needs only the gradient" : diagnostic.hint
    case .noDefinition: "define the objective: `J = ...`"
    case .noVariable, .notAVariable, .givenTwice, .absent, .tooManyEntries, .evaluation: nil
    }
  }

  /// The variable with the property, in terms of a free one.
  private static func wayOut(_ name: String, _ property: Property) -> String? {
    property.traits.parametrization.map { "declare a free \($0.replacing("#", with: name))" }
  }
}

extension EvaluationProblem: CustomStringConvertible {
  package var description: String {
    switch self {
    case .missing(let declarations):
      "no data are given for \(declarations.map(\.description).joined(separator: "; "))"
    case .sizeNotPositive(let name, let size): "\(name) is a size and must be at least 1, not \(size)"
    case .notFinite(let name, let row, let column, let value):
      "\(name) must contain finite numbers, but row \(row + 1), column \(column + 1) is \(value)"
    case .outOfRange(let name, let row, let column, let value, let precision):
      "\(name) must be in the range of \(precision.rawValue), but row \(row + 1), column \(column + 1) is \(value)"
    case .data(let error): error.description
    case .unanswered(let diagnostic): diagnostic.message
    case .defect(let question, _): "a defect of Nabla: the answer to '\(question)' failed its own check"
    }
  }
}
