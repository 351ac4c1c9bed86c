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

extension Derivative {
  /// The rules that the sweep used, in order.
  func steps(_ book: RuleBook) -> [DerivationStep] {
    let entries = Dictionary(book.entries.map { ($0.name, $0) }) { first, _ in first }
    let adjoints = Set(book.adjoints.map(\.name))
    return sweep.map { step in
      let function = step.rule.split(separator: ".").first.map(String.init) ?? step.rule
      let rule =
        entries[step.rule] ?? entries[function]
        ?? RuleEntry(name: step.rule, statement: "", file: "", line: 0, saying: nil)
      return DerivationStep(
        rule: rule, kind: adjoints.contains(step.rule) ? .adjoint : .differential, before: step.before,
        after: step.after)
    }
  }
}
