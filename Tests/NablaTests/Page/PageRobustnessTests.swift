import Foundation
import NablaLanguage
import NablaNumerics
import TestSupport
import Testing

@testable import NablaFuzz
@testable import NablaPage

/// Whatever is typed into the page has an answer or an error.
@Suite struct PageRobustnessTests {
  /// Questions with random bytes changed, as one types; the seed is that of the mutator.
  @Test func mutatedQuestionsAreAnsweredOrRefused() throws {
    let seed: UInt64 = 14
    var mutator = FuzzMutator(random: SplitMix64(seed: seed))
    let texts = FuzzCorpus.files.filter { $0.utf8.count < 400 }
    for number in 0..<Sample.count(20, of: 150) {
      let base = Array((texts.randomElement(using: &mutator.random) ?? "").utf8)
      let lines = String(decoding: mutator.spoiled(base, others: []), as: UTF8.self).split(separator: "\n")
        .map(String.init)
      var question = PageQuestion(expression: lines.suffix(2).joined(separator: "\n"))
      question.declarations = Array(lines.dropLast(2).prefix(5))
      question.mode = QuestionKind.allCases.randomElement(using: &mutator.random) ?? .gradient
      question.wrt = ["x", "w"]
      let text = PageAnswer(question).json.text()
      let json = try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any]
      let found = (json?["answers"] as? [Any] ?? []).count + (json?["errors"] as? [Any] ?? []).count
      #expect(found > 0, "seed \(seed), question \(number): \(question)")
    }
  }

  /// Texts as large as the server takes.
  static let large: [String] = [
    String(repeating: "(", count: 60_000), String(repeating: "x'*", count: 20_000),
    String(repeating: "-", count: 60_000) + "x", String(repeating: "x + ", count: 2_000) + "x",
    String(repeating: "\\frac{", count: 8_000), String(repeating: "sin(", count: 15_000),
    String(repeating: "a = b\n", count: 8_000), String(repeating: "λ", count: 30_000),
    (0..<3000).map { "x\($0)" }.joined(separator: "+"),
  ]

  @Test(arguments: Sample.of(large, oneIn: 2))
  func largeTextsAreAnsweredOrRefused(_ text: String) throws {
    let response = try PageClient().ask(["expression": text])
    #expect(response.status == 200)
    #expect(!response.answers.isEmpty || response.error != nil)
  }
}
