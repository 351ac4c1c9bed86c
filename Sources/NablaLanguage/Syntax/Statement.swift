/// What is asked about an expression.
public enum QuestionKind: String, Sendable, Hashable, CaseIterable {
  case gradient, jacobian, hessian, differential, simplify, check, stationary

  /// What it asks, for `nabla help`.
  public var meaning: String {
    switch self {
    case .gradient: "the gradient of a scalar, in the shape of the variable"
    case .jacobian: "the matrix of all first derivatives"
    case .hessian: "the matrix of all second derivatives of a scalar"
    case .differential: "the differential, in the differentials dx of the variables"
    case .simplify: "the simplest form of an expression"
    case .check: "whether all sides are equal: check E1 == E2 == E3, where a side may be `gradient E wrt x`"
    case .stationary: "where the gradient is zero, if it is linear in the variable"
    }
  }

  /// Whether it names variables after `wrt`.
  public var takesVariables: Bool {
    switch self {
    case .gradient, .jacobian, .hessian, .differential, .stationary: true
    case .simplify, .check: false
    }
  }
}

/// A name after `wrt`.
public struct VariableMention: Sendable, Hashable {
  public let name: String
  public let range: SourceRange

  public init(name: String, range: SourceRange) {
    self.name = name
    self.range = range
  }
}

/// What a question speaks of: an expression, or in a `check` also the gradient of one.
public struct Claim: Sendable {
  /// `gradient`, `jacobian` or `hessian`; nil for the expression itself.
  public let derivative: QuestionKind?
  public let tree: SyntaxTree
  public let wrt: [VariableMention]
  public let range: SourceRange
}

/// A question of a formula file.
public struct Question: Sendable {
  public let kind: QuestionKind
  public let expression: Claim
  public let wrt: [VariableMention]
  /// What stands to the right of each `==` in a check; otherwise empty.
  public let otherSides: [Claim]
  /// The question on one line, as it was typed.
  public let text: String
}

/// A line of a formula file.
public struct Statement: Sendable {
  public enum Kind: Sendable {
    case declaration([Declaration])
    case definition(name: String, nameRange: SourceRange, tree: SyntaxTree)
    case question(Question)
  }

  public let kind: Kind
  public let range: SourceRange
  /// The statement on one line, without comments.
  public let text: String
  /// What the fonts of LaTeX say of the names in it.
  var fontHints: [String: FontHint] = [:]
  /// A claim of LaTeX in the plain language; nil for any other statement.
  package var plain: String?
}
