import NablaTypes

/// The kind of a question about an expression.
public enum QuestionKind: String, Sendable, Hashable, CaseIterable {
  /// The gradient, in the shape of the variable.
  case gradient
  /// The matrix of first derivatives.
  case jacobian
  /// The matrix of second derivatives.
  case hessian
  /// The differential in those of the variables.
  case differential
  /// The simplest form.
  case simplify
  /// Whether all sides are equal.
  case check
  /// The point at which the gradient is zero.
  case stationary

  /// Its meaning, for `nabla help`.
  package var meaning: String {
    switch self {
    case .gradient: "the gradient of a scalar, in the shape of the variable"
    case .jacobian: "the matrix of all first derivatives"
    case .hessian: "the matrix of all second derivatives of a scalar"
    case .differential: "the differential, in the differentials dx of the variables"
    case .simplify: "the simplest form of an expression"
    case .check: "whether all sides are equal: check E1 == E2 == E3, where a side may be `gradient E wrt x`"
    case .stationary: "the zeros of the gradient, if it is linear in the variable"
    }
  }

  /// Whether it names variables after `wrt`.
  package var takesVariables: Bool {
    switch self {
    case .gradient, .jacobian, .hessian, .differential, .stationary: true
    case .simplify, .check: false
    }
  }
}

/// A name after `wrt`.
package struct VariableMention: Sendable, Hashable {
  package let name: String
  package let range: SourceRange

  package init(name: String, range: SourceRange) {
    self.name = name
    self.range = range
  }
}

/// The subject of a question: an expression, or in a `check` also its derivative.
package struct QuestionSide: Sendable {
  /// `gradient`, `jacobian` or `hessian`; `nil` for the expression itself.
  package let derivative: QuestionKind?
  package let tree: SyntaxTree
  package let wrt: [VariableMention]
  package let range: SourceRange
}

/// A question of a formula file.
package struct Question: Sendable {
  package let kind: QuestionKind
  package let expression: QuestionSide
  package let wrt: [VariableMention]
  /// The right sides of each `==` in a check; otherwise empty.
  package let otherSides: [QuestionSide]
  /// The question as typed, on one line.
  package let text: String
}

/// A line of a formula file.
package struct Statement: Sendable {
  package enum Kind: Sendable {
    case declaration([Declaration])
    case definition(name: String, nameRange: SourceRange, tree: SyntaxTree)
    case question(Question)
  }

  package let kind: Kind
  package let range: SourceRange
  /// The statement on one line, without comments.
  package let text: String
  /// The shapes suggested by the fonts of its LaTeX.
  var fontHints: [String: FontHint] = [:]
  /// The properties that a remark behind its LaTeX gives to names.
  var properties: [String: Property] = [:]
  /// The text notation of a LaTeX claim; `nil` for any other statement.
  package var plain: String?
}
