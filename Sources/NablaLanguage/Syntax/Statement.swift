import NablaTypes

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
  /// `nil` for the expression itself.
  package let derivative: DerivativeKind?
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
