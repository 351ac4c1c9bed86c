import NablaTypes

/// One side of a question with its shape: an expression or its derivative.
package struct TypedSide: Sendable {
  /// `nil` for the expression itself.
  package let derivative: DerivativeKind?
  package let expression: TypedExpression
  package let wrt: [String]
  /// The shape of the side: that of the derivative if it is one.
  package let shape: Shape
  /// The location in the source.
  package let range: SourceRange
}

/// A question with typed expressions.
package struct TypedQuestion: Sendable {
  package let question: Question
  package let expression: TypedSide
  package let wrt: [String]
  /// The shapes of the answers, one for each variable; a mixed Hessian has one. Without variables, the shape of E.
  package let shapes: [Shape]
  package let otherSides: [TypedSide]
  /// The statement of the question.
  package let statement: Statement
}

/// A formula file with the meanings of its names.
package struct ElaboratedFile: Sendable {
  /// Declarations, assumptions and definitions together.
  package let environment: Environment
  /// The names of definitions in order.
  package let definitions: [String]
  /// The valid questions in order.
  package let questions: [TypedQuestion]
  /// The assumptions about undeclared names, in order of first use.
  package let assumed: [Declaration]
  /// An equally good typing of the undeclared names; empty if there is none.
  package let alternative: [Declaration]
  /// In text order.
  package let diagnostics: [Diagnostic]

  /// The error if two typings are equally good and lead to different answers.
  package var ambiguity: Problem? { .ambiguity(between: assumed, and: alternative) }
}
