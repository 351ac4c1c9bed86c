import NablaLanguage
import NablaNumerics

/// A derivative, the way to it, where it holds, and what its check found.
public struct DerivationResult: Sendable {
  /// The derivative in its plainest form.
  public let result: Formula
  /// The differentials that were used, in order; a step for each node of the formula.
  public let steps: [DerivationStep]
  /// What has to hold and is not known to: `norm2(x) != 0`, `S invertible`.
  public let conditions: [String]
  /// Subgradients chosen, properties set aside, and the like.
  public let notes: [String]
  /// What the comparison with finite differences found; nil when checks were switched off.
  public let verdict: Verdict?
}

/// One line of a derivation: a rule, and what it turned into what.
public struct DerivationStep: Sendable {
  /// The rule with its statement and its place; of a function's derivative, the function.
  public let rule: RuleEntry
  /// The differential of a node.
  public let before: Formula
  /// The same, in the differentials of its parts.
  public let after: Formula

  /// The equation of the two sides in the language.
  public var text: String { "\(before.text) = \(after.text)" }
  /// The equation of the two sides for LaTeX.
  public var latex: String { "\(before.latex) = \(after.latex)" }
}

extension DerivationStep: CustomStringConvertible {
  public var description: String { "\(text)    \(rule.name): \(rule.statement)" }
}

extension DerivationResult: CustomStringConvertible {
  public var description: String { result.text }
}
