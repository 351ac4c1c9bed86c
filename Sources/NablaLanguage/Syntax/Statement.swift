/// The kind of a question about an expression.
public enum QuestionKind: String, Sendable, Hashable, CaseIterable {
  case gradient, jacobian, hessian, differential, simplify, check, stationary

  /// Its meaning, for `nabla help`.
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

/// The subject of a question: an expression, or in a `check` also its derivative.
public struct Claim: Sendable {
  /// `gradient`, `jacobian` or `hessian`; `nil` for the expression itself.
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
  /// The right sides of each `==` in a check; otherwise empty.
  public let otherSides: [Claim]
  /// The question as typed, on one line.
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
  /// The shapes suggested by the fonts of its LaTeX.
  var fontHints: [String: FontHint] = [:]
  /// The text notation of a LaTeX claim; `nil` for any other statement.
  package var plain: String?
}
