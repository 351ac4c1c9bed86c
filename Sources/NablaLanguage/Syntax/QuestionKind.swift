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
  package var takesVariables: Bool { derivative != nil || self == .stationary }

  /// The derivative that it asks for; `nil` for other questions.
  package var derivative: DerivativeKind? { DerivativeKind(rawValue: rawValue) }

  /// Whether the answer has a value on kinks, as a subgradient.
  package var isFirstDerivative: Bool { derivative != nil && derivative != .hessian }
}

/// A derivative, as the subject of a question or of the side of a claim.
package enum DerivativeKind: String, Sendable, Hashable, CaseIterable {
  case gradient, jacobian, hessian, differential

  /// The question that asks for it.
  package var question: QuestionKind {
    switch self {
    case .gradient: .gradient
    case .jacobian: .jacobian
    case .hessian: .hessian
    case .differential: .differential
    }
  }

  /// Whether a side of a claim can be one. The differential is not the value of an expression.
  package var canBeSide: Bool { self != .differential }

  /// The name within a sentence.
  package var words: String {
    switch self {
    case .gradient, .differential: rawValue
    case .jacobian: "Jacobian"
    case .hessian: "Hessian"
    }
  }
}
