import NablaCore
import NablaLanguage

/// A side of a claim: as it was typed, and what it stands for.
package struct ClaimSide {
  package let claim: TypedClaim
  /// What it stands for: where it is a derivative, that.
  package let formula: Formula
  /// What is differentiated, or the side itself.
  package let expression: Formula
  package let variables: [Formula]
  /// What the typed expression asks for besides, and its canonical form does not.
  package let grounds: [Formula]
  /// The text of the expression, and what is typed around it: `gradient `, ` wrt x`.
  var before = ""
  var body = ""
  var after = ""

  package init(
    claim: TypedClaim, formula: Formula, expression: Formula, variables: [Formula], grounds: [Formula],
    before: String = "", body: String = "", after: String = ""
  ) {
    self.claim = claim
    self.formula = formula
    self.expression = expression
    self.variables = variables
    self.grounds = grounds
    self.before = before
    self.body = body
    self.after = after
  }

  package var text: String { before + body + after }
  /// What must have a value where the sides are compared.
  package var presupposed: [Formula] { (claim.derivative == nil ? [] : [expression]) + grounds }

  /// Takes the texts from a claim that was read from `source`.
  package mutating func setText(_ typed: Claim, _ source: SourceText) {
    let (all, inner) = (typed.range, typed.tree.range)
    before = source.text(SourceRange(start: all.start, end: max(inner.start, all.start)))
    body = source.text(inner)
    after = source.text(SourceRange(start: inner.end, end: max(all.end, inner.end)))
  }
}
