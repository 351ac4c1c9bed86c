import NablaCore
import NablaLanguage

/// One side of a claim, as typed and as read.
package struct ClaimSide {
  package let claim: TypedSide
  /// The formula of the side: the derivative, if the side is one.
  package let formula: Formula
  /// The expression that is differentiated, or the side itself.
  package let expression: Formula
  package let variables: [Formula]
  /// The domain conditions of the typed expression that its canonical form no longer shows.
  package let grounds: [Formula]
  /// The text of the expression, and the typed text around it: `gradient `, ` wrt x`.
  var before = ""
  var body = ""
  var after = ""

  package init(
    claim: TypedSide, formula: Formula, expression: Formula, variables: [Formula], grounds: [Formula],
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
  /// The formulas that must have a value where the sides are compared.
  package var presupposed: [Formula] { (claim.derivative == nil ? [] : [expression]) + grounds }

  /// Takes the texts from a claim that was read from `source`.
  package mutating func setText(_ typed: QuestionSide, _ source: SourceText) {
    let (all, inner) = (typed.range, typed.tree.range)
    before = source.text(SourceRange(start: all.start, end: max(inner.start, all.start)))
    body = source.text(inner)
    after = source.text(SourceRange(start: inner.end, end: max(all.end, inner.end)))
  }
}
