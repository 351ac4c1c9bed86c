import Testing

@testable import NablaLanguage

/// The limits that only a whole file or a long search meets, each with its exact message.
@Suite struct LimitMessageTests {
  private func messages(_ text: String) -> [String] {
    let source = SourceText(text, name: "test")
    let (statements, problems) = parseFile(source)
    return (problems + FileElaborator.elaborate(statements, source: source).diagnostics).map(\.message)
  }

  @Test func tooManyErrors() {
    let text = String(repeating: "simplify )\n", count: 3 * Limits.diagnostics)
    let found = messages(text)
    #expect(found.contains("more than \(Limits.diagnostics) errors; the rest of the text is not read"))
    #expect(found.count <= Limits.diagnostics + 2)
  }

  @Test func tooManyUndeclaredNames() {
    let names = (0...Limits.undeclaredNames).map { "q\($0)" }.joined(separator: " + ")
    #expect(messages("simplify \(names)\n") == ["more than \(Limits.undeclaredNames) undeclared names"])
  }

  /// No known input takes that many steps, so the wording is tested directly.
  @Test func undecided() {
    let wording = Problem.undecided(limit: Limits.inferenceSteps).wording(in: .language)
    #expect(
      wording.message == "the shapes of the undeclared names were not found in \(Limits.inferenceSteps) steps"
    )
    #expect(wording.hint == "declare some of them")
  }
}
