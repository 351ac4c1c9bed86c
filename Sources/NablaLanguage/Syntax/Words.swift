import NablaTypes

/// The reserved words of the language.
package enum Words {
  /// The words that start a question.
  package static let questions: Set<String> = Set(QuestionKind.allCases.map(\.rawValue))
  /// The names of a declared function's derivatives.
  static let derivatives: [String: FunctionDerivative] = [
    "grad": .gradient, "jac": .jacobian, "hess": .hessian,
  ]
  static let types: Set<String> = ["scalar", "vector", "row", "matrix"]
  static let connectives: Set<String> = ["wrt"]

  /// Whether a name is a reserved word (functions aside) and cannot be declared.
  package static func isReserved(_ name: String) -> Bool {
    questions.contains(name) || types.contains(name) || connectives.contains(name) || derivatives[name] != nil
      || Property(rawValue: name) != nil
  }
}
