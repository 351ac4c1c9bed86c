/// The `stable` lines of a rule book, which replace forms that overflow or cancel in programs.
package struct StableRules {
  private let book: RuleBook
  private let application: RuleApplication
  private var tables: RuleTables

  package init(_ book: RuleBook) {
    self.book = book
    application = RuleApplication(knowledge: Knowledge(book))
    tables = book.tables()
  }

  /// The result of the first line that applies at the root.
  package mutating func rewritten(_ formula: Formula) -> Formula? {
    if !formula.marks.isSubset(of: tables.covered) { tables = book.tables(covering: formula.marks) }
    for form in tables.stable(for: formula) {
      if let result = application.apply(form, to: formula, { _ in true }) { return result }
    }
    return nil
  }
}
