import NablaTypes

/// A statement of a rule file; formulas are untyped trees.
package struct RuleStatement: Sendable {
  package enum Kind: Sendable {
    case declaration([Declaration])
    case rule(Identity)
    /// A rule of programs alone: the right side is computed in place of the left.
    case stable(Identity)
    case fact(pattern: SyntaxTree, property: Property, conditions: [ConditionTree])
    case function(Block)
    /// A function of programs alone, known only in its file.
    case kernel(Block)
    case operation(Block, isNotation: Bool)
  }

  /// The arrow between the sides of a rule.
  package enum Arrow: String, Sendable {
    /// Used left to right; makes things simpler.
    case rewrites = "->"
    /// Used left to right; leads to the conventional form, though it may be longer.
    case prefers = "=>"
    /// True both ways; tried by the search.
    case equals = "=="
  }

  /// `LEFT -> RIGHT for CONDITIONS says "WORDS"`.
  package struct Identity: Sendable {
    package let left: SyntaxTree
    package let right: SyntaxTree
    package let arrow: Arrow
    package let conditions: [ConditionTree]
    package let saying: String?
  }

  /// `function f(x, a : scalar) = BODY` or `operation f(A : matrix(m, n)) -> scalar = BODY`, and its lines.
  package struct Block: Sendable {
    package let head: Signature.Head
    package let body: SyntaxTree?
    package let lines: [Line]
  }

  /// A line of a block.
  package struct Line: Sendable {
    package let key: Key
    package let range: SourceRange
    package let value: Value

    package enum Value: Sendable {
      /// Formulas, `nil` for `none`, and conditions after `for`.
      case formulas([SyntaxTree?], [ConditionTree])
      case conditions([ConditionTree])
      case properties([Property])
      case text(String)
    }
  }

  /// The kind of a line in a block.
  package enum Key: String, Sendable, CaseIterable {
    case body, derivative, kink, domain, facts, latex, letter, help, example, kernel, laws
  }

  /// One condition after `for`: a property, or a regularity in words.
  package struct ConditionTree: Sendable {
    package let subject: SyntaxTree
    package let words: String
    package let range: SourceRange
  }

  package let kind: Kind
  /// The name of a rule, a fact, a function or an operation; empty for a declaration.
  package let name: String
  package let nameRange: SourceRange
  package let range: SourceRange
  /// The statement on one line.
  package let text: String
}
