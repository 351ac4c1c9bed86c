import Testing

@testable import Nabla
@testable import NablaCore
@testable import NablaLanguage

/// Entries are read when a formula has the operations that they name: their patterns must have those, or a formula
/// that matches would not find them.
@Suite struct RuleLibraryTests {
  private static let files = RuleTexts.files
  private static let names = PatternNames(RuleBook.standard.userSignatures)

  @Test func patternsHaveTheMarksOfTheirTexts() throws {
    let marks = Dictionary(
      Self.files.flatMap { file in
        var names = Self.names
        names.add(kernels: file.kernels.keys)
        return file.entries.filter { !$0.kind.isBlock && $0.kind != .declaration }.map {
          (
            $0.kind == .stable ? Rule.stableName(file.name($0)) : file.name($0),
            file.marks($0, names)
          )
        }
      },
      uniquingKeysWith: { first, _ in first })
    for rule in RuleBook.standard.rules {
      let directions = rule.arrow == .equals ? rule.directions : [(rule.left, rule.right)]
      for (from, to) in directions {
        let found = RuleDirection(rule, from, to).marks
        #expect(
          marks[rule.name]?.contains { $0.isSubset(of: found) } == true, "\(rule.name): \(rule.source.text)")
      }
    }
    for fact in RuleBook.standard.facts where marks[fact.name] != nil {
      #expect(
        marks[fact.name]?.contains { $0.isSubset(of: fact.marks) } == true,
        "\(fact.name): \(fact.source.text)")
    }
  }

  private func formula(_ text: String) throws -> Formula {
    let declarations = "A, B : matrix(n, n)\nx : vector(n)\n"
    let session = Session(SourceText(declarations + "simplify \(text)\n"))
    let question = try #require(session.questions.first)
    return session.names().formula(question.expression.expression)
  }

  /// A book of which everything was read at once finds the same rules for a formula as one that reads on demand.
  @Test(arguments: [
    "x'*A*x", "sum(log(1 + exp(-x)))", "tr(inv(A)*B) + logdet(A)", "softmax(x)'*tanh(x)", "norm2(A)^2",
  ])
  func readsWhatIsNeeded(_ text: String) throws {
    let whole = try RuleBook(texts: RuleBook.embeddedTexts)
    let library = try RuleLibrary(RuleTexts.files, extending: nil, readsAll: false)
    for node in try formula(text).nodesChildrenFirst {
      let (some, all) = (
        library.tables(covering: node.marks), whole.tables(covering: Marks(bits: .max))
      )
      #expect(some.identities(for: node).map(\.rule.name) == all.identities(for: node).map(\.rule.name))
      #expect(some.equalities(for: node).map(\.rule.name) == all.equalities(for: node).map(\.rule.name))
      #expect(some.differentials(for: node).map(\.rule.name) == all.differentials(for: node).map(\.rule.name))
    }
  }

  @Test("rules for formulas without operations are there before any operation was met")
  func rulesOfEveryFormula() throws {
    let library = try RuleLibrary(RuleTexts.files, extending: nil, readsAll: false)
    let product = try formula("A*x")
    let names = library.tables(covering: Marks()).differentials(for: product).map(\.rule.name)
    #expect(names.contains("product.differential"))
  }

  @Test(arguments: [
    ("expm(S)[1:n, n + 1:2*n] -> S", false), ("ones(n + 1) -> zeros(n + 1)", false),
    ("expm(S + T) -> expm(S)", true), ("expm(-S) -> S", false),
  ])
  func sumsOfSizesAreNoSums(_ rule: String, _ isSum: Bool) throws {
    let file = RuleFile(SourceText("rule one  \(rule)\n", name: "<test>"))
    let entry = try #require(file.entries.first)
    let marks = try #require(file.marks(entry, Self.names).first)
    #expect(Marks.sum.isSubset(of: marks) == isSum)
  }
}
