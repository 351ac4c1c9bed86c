import Nabla
import NablaCore
import NablaLanguage
import NablaNumerics
import NablaOutput
import NablaStack

/// CPU time that one input may take before it counts as a defect.
package enum FuzzPatience {
  #if DEBUG
    // Unoptimized code is about ten times as slow.
    package static let limit = Duration.seconds(20)
  #else
    package static let limit = Duration.seconds(1)
  #endif
}

extension FuzzCampaign {
  /// Runs an input; taking too long is a defect, shrunk to the fewest lines that are still slow.
  func timed(_ number: Int, _ lines: [String], _ run: (String) -> Void) -> FuzzDefect? {
    func time(_ lines: [String]) -> Duration {
      let start = nabla_thread_seconds()
      run(lines.joined(separator: "\n"))
      return .seconds(nabla_thread_seconds() - start)
    }
    let whole = time(lines)
    guard whole > FuzzPatience.limit else { return nil }
    var rest = lines
    var index = 0
    while index < rest.count, rest.count < 40 {
      var shorter = rest
      shorter.remove(at: index)
      if time(shorter) > FuzzPatience.limit { rest = shorter } else { index += 1 }
    }
    return FuzzDefect(
      kind: .work, seed: seed, number: number, message: "took \(whole)", input: rest.joined(separator: "\n"))
  }
}

/// Mutated formula files: read, typed, and, if they are short, answered and printed.
package struct FileCampaign: FuzzCampaign {
  package let name = "files"
  package let seed: UInt64
  private let corpus: [[UInt8]]
  /// Longer inputs are read but not answered.
  private static let longestAnswered = 1_500

  package init(seed: UInt64) {
    self.seed = seed
    corpus = FuzzCorpus.files.map { Array($0.utf8) }
  }

  private func bytes(_ number: Int) -> [UInt8] {
    var mutator = FuzzMutator(random: random(number))
    var base = corpus.randomElement(using: &mutator.random) ?? []
    if mutator.random.integer(in: 0...3) == 0 {
      var generator = FuzzGenerator(seed: mutator.random.next(), book: .standard)
      let tree = generator.next()
      let names = tree.variables.map(\.name).joined(separator: ", ")
      base = Array(tree.file(["gradient \(tree.text) wrt \(names)", "simplify \(tree.text)"]).utf8)
    }
    return mutator.spoiled(base, others: corpus)
  }

  package func input(_ number: Int) -> String { String(decoding: bytes(number), as: UTF8.self) }

  package func tried(_ number: Int) -> FuzzDefect? {
    let bytes = bytes(number)
    // Bytes that are not text are read as they are; slow inputs are shrunk by lines of text.
    if String(validating: bytes, as: UTF8.self) == nil { read(bytes) }
    let lines = String(decoding: bytes, as: UTF8.self).split(
      separator: "\n", omittingEmptySubsequences: false)
    return timed(number, lines.map(String.init)) { read(Array($0.utf8)) }
  }

  private func read(_ bytes: [UInt8]) {
    var options = SessionOptions()
    options.checks = false
    let session = Session(SourceText(bytes: bytes, name: "<fuzz>"), options: options)
    _ = DiagnosticRenderer(session.source).render(session.diagnostics)
    guard bytes.count <= Self.longestAnswered else { return }
    for question in session.questions.prefix(4) {
      switch session.answer(question) {
      case .answers(let answers):
        for answer in answers {
          _ = answer.formula.text + answer.formula.latex + answer.formula.unicode
          _ = answer.components?.latex
        }
      case .failure(let diagnostic): _ = DiagnosticRenderer(session.source).render(diagnostic)
      case .defect: break
      }
    }
  }
}

/// Mutated rule files: read, and used if they are accepted.
package struct RuleCampaign: FuzzCampaign {
  package let name = "rules"
  package let seed: UInt64
  private let corpus: [[UInt8]]

  package init(seed: UInt64) {
    self.seed = seed
    corpus = FuzzCorpus.rules.map { Array(($0.declarations + $0.entries).joined(separator: "\n").utf8) }
  }

  private func bytes(_ number: Int) -> [UInt8] {
    var mutator = FuzzMutator(random: random(number))
    guard let file = FuzzCorpus.rules.randomElement(using: &mutator.random) else { return [] }
    let entries = (0..<3).compactMap { _ in file.entries.randomElement(using: &mutator.random) }
    return mutator.spoiled(
      Array((file.declarations + entries).joined(separator: "\n").utf8), others: corpus)
  }

  package func input(_ number: Int) -> String { String(decoding: bytes(number), as: UTF8.self) }

  package func tried(_ number: Int) -> FuzzDefect? {
    let lines = input(number).split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    return timed(number, lines) { text in
      guard let book = try? RuleBook(texts: [("fuzz.rules", text)]) else { return }
      // Rules may be false; their results are still formulas, found in bounded time.
      var generator = FuzzGenerator(seed: UInt64(truncatingIfNeeded: number), book: .standard)
      let tree = generator.next()
      guard let reader = try? FuzzReader(tree.declarations, book: .standard),
        let formula = try? reader.formula(tree.text)
      else { return }
      _ = Calculus(book: book).simplified(formula).text
    }
  }
}
