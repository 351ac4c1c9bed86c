import NablaLanguage
import NablaNumerics

/// A derivative, the way to it, where it holds, and what its check found.
public struct DerivationResult: Sendable {
  /// The derivative in its plainest form.
  public let result: Formula
  /// The rules that were used, in order: differentials, and the adjoints that collect them.
  public let steps: [DerivationStep]
  /// What has to hold and is not known to: `norm2(x) != 0`, `S invertible`.
  public let conditions: [String]
  /// Subgradients chosen, properties set aside, and the like.
  public let notes: [String]
  /// What the comparison with finite differences found; nil when checks were switched off.
  public let verdict: Verdict?
}

/// One line of a derivation: a rule, and what it did.
public struct DerivationStep: Sendable {
  /// What a rule of derivation does.
  public enum Kind: Sendable, Hashable {
    /// Writes the differential of a node by the differentials of its parts; both sides are equal.
    case differential
    /// Moves a linear map to the other side of an inner product; `after` is what goes to the part inside.
    case adjoint
  }

  /// The rule with its statement and its place; of a function's derivative, the function.
  public let rule: RuleEntry
  public let kind: Kind
  public let before: Formula
  public let after: Formula

  /// Both sides in the language, with `=` for a differential and `->` for an adjoint.
  public var text: String { "\(before.text) \(kind == .differential ? "=" : "->") \(after.text)" }
  /// Both sides for LaTeX.
  public var latex: String { "\(before.latex) \(kind == .differential ? "=" : "\\mapsto") \(after.latex)" }
}

extension DerivationStep: CustomStringConvertible {
  /// The text, and the rule as it stands in its file.
  public var description: String { "\(text)    \(rule.statement)" }
}

extension DerivationResult: CustomStringConvertible {
  public var description: String { result.text }
}
