import NablaCore
import NablaLanguage

extension Session {
  /// The derivation of an answer of this session, line by line; `nil` for a `check`, which derives nothing.
  ///
  /// It starts with the expression as typed and ends with the answer as printed.
  public func derivation(of answer: Answer) -> Derivation? {
    let wrt = Set(answer.variables.compactMap { $0.variable?.name })
    let names = self.names(opaque: wrt.intersection(file.definitions)).names
    let definitions = file.definitions.filter { !wrt.contains($0) }.compactMap { name in
      names[name].map { (name: name, formula: $0) }
    }
    return DerivationWriter.derivation(
      of: DerivationQuestion(
        kind: answer.kind, expression: answer.expression, variables: answer.variables,
        answer: answer.expanded, shown: answer.formula, layout: options.layout),
      Calculus(book: options.book).about(answer.expression, definitions: definitions.map(\.formula)),
      definitions)
  }
}
