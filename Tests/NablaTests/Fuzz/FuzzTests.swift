import Foundation
import Testing

@testable import NablaCore
@testable import NablaFuzz
@testable import NablaLanguage
@testable import NablaTypes

private let seed: UInt64 = 20_261

/// `.ci/run` runs each campaign with thousands of cases.
@Suite("A few cases of each campaign, seed 20261", .serialized)
struct FuzzTests {
  private func expectSound(_ campaign: some FuzzCampaign, _ numbers: Range<Int>) {
    for number in numbers {
      guard let defect = campaign.tried(number) else { continue }
      Issue.record(
        "\(defect.kind.rawValue), seed \(defect.seed), case \(number): \(defect.message)\n\(defect.input)")
    }
  }

  @Test func formulas() { expectSound(FormulaCampaign(seed: seed), 0..<30) }
  @Test func latex() { expectSound(LaTeXCampaign(seed: seed), 0..<100) }
  @Test func tex() { expectSound(TeXCampaign(seed: seed), 0..<150) }
  @Test func spellings() { expectSound(SpellingCampaign(seed: seed), 0..<150) }
  @Test func files() { expectSound(FileCampaign(seed: seed), 0..<40) }
  @Test func rules() { expectSound(RuleCampaign(seed: seed), 0..<120) }

  @Test func data() throws {
    let run = try Program.run(["fuzz", "data", "--seed", "20261", "--count", "500"])
    #expect(run.code == 0 && run.endedByItself, "\(run.output)\(run.errors)")
    #expect(run.output.hasPrefix("data: 500 tried, 0 defects, seed 20261, "))
  }

  /// The generator covers the whole catalogue.
  @Test func wholeCatalogue() throws {
    var generator = FuzzGenerator(seed: seed, book: .standard)
    var heads: Set<String> = []
    var missing: Set<String> = []
    for _ in 0..<3_000 {
      let tree = generator.next()
      collect(tree, &heads)
    }
    let made: Set = ["eye", "ones", "zeros", "commutation", "vector", "matrix"]
    for (name, _) in generator.functions where !made.contains(name) && !heads.contains(name) {
      missing.insert(name)
    }
    for operation in ArrayOperation.allCases
    where operation != .commutation && !heads.contains(operation.name) {
      missing.insert(operation.name)
    }
    #expect(missing.isEmpty, "\(missing.sorted())")
    #expect(heads.isSuperset(of: ["blocks", "[", "sum over an index", "declared", "'", "<"]))
  }

  private func collect(_ tree: FuzzTree, _ heads: inout Set<String>) {
    switch tree.form {
    case .call(let name), .infix(let name): heads.insert(name)
    case .suffix(let text): heads.insert(String(text.prefix(1)))
    case .blocks: heads.insert("blocks")
    case .indexSum: heads.insert("sum over an index")
    case .declared: heads.insert("declared")
    case .leaf, .name, .prefix: break
    }
    for child in tree.children { collect(child, &heads) }
  }

  /// The checks detect defects and shrink them.
  @Test func falseRulesAreFound() throws {
    let book = try RuleBook.standard.adding("x : vector(n)\nrule false.sum sum(exp(x)) -> sum(x)\n")
    let checks = FuzzChecks(book: book, seed: 3)
    let x = FuzzTree(
      .name(Declaration(name: "x_n", type: .value(.vector("n")))), [], .vector("n"))
    let sum = FuzzTree(.call("sum"), [FuzzTree(.call("exp"), [x], x.shape)], .scalar)
    let whole = FuzzTree(.infix("+"), [FuzzTree(.call("norm2"), [x], .scalar), sum], .scalar)
    let finding = try #require(checks.finding(whole))
    #expect(finding.kind == .simplification)
    let (smallest, reason) = FuzzShrinker.smallest(whole, finding, checks.finding)
    #expect(smallest.text == "sum(exp(x_n))")
    #expect(smallest.file(reason.questions) == "x_n : vector(n)\nsimplify sum(exp(x_n))\n")
  }

  @Test func aCaseIsGivenAgain() throws {
    let first = try Program.run(["fuzz", "formulas", "--seed", "5", "--start", "7", "--count", "1", "--show"])
    let again = try Program.run(["fuzz", "formulas", "--seed", "5", "--start", "7", "--count", "1", "--show"])
    let input = FormulaCampaign(seed: 5).input(7)
    #expect(first.code == 0 && first.output.contains("# formulas, case 7\n\(input)"))
    #expect(again.output.contains(input))
    #expect(try Program.run(["fuzz", "nothing"]).code == 64)
    #expect(try Program.run(["fuzz", "--count", "-1"]).code == 64)
  }
}
