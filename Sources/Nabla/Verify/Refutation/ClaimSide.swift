import NablaLanguage

/// A side of a claim: as it was typed, and what it stands for.
struct ClaimSide {
  let claim: TypedClaim
  /// What it stands for: where it is a derivative, that.
  let formula: Formula
  /// What is differentiated, or the side itself.
  let expression: Formula
  let variables: [Formula]
  /// What the typed expression asks for besides, and its canonical form does not.
  let grounds: [Formula]
  /// The text of the expression, and what is typed around it: `gradient `, ` wrt x`.
  var before = ""
  var body = ""
  var after = ""

  var text: String { before + body + after }
  /// What must have a value where the sides are compared.
  var presupposed: [Formula] { (claim.derivative == nil ? [] : [expression]) + grounds }

  /// Takes the texts from a claim that was read from `source`.
  mutating func setText(_ typed: Claim, _ source: SourceText) {
    let (all, inner) = (typed.range, typed.tree.range)
    before = source.text(SourceRange(start: all.start, end: max(inner.start, all.start)))
    body = source.text(inner)
    after = source.text(SourceRange(start: inner.end, end: max(all.end, inner.end)))
  }
}
