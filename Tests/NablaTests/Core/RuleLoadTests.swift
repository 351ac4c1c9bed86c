import Testing

@testable import NablaCore

/// The checks of loading for the embedded rules, since a start skips them.
@Suite struct RuleLoadTests {
  @Test(arguments: RuleBook.standard.rules.map(\.name))
  func isWellFormed(_ name: String) throws {
    let rule = try #require(RuleBook.standard.rules.first { $0.name == name })
    #expect(rule.problem == nil)
  }

  @Test func loadsWithAllChecks() throws {
    let book = try RuleBook(texts: RuleBook.embeddedTexts)
    #expect(book.rules.map(\.name) == RuleBook.standard.rules.map(\.name))
  }
}
