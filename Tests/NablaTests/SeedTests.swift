import Foundation
import Nabla
import NablaLanguage
import Testing

/// A question of a seed file, with the row of the seed documents that it stands for and what it must print.
struct SeedCase: Sendable, CustomTestStringConvertible {
  let file: String
  let row: String
  let expected: String
  /// Whether it is to be printed entry by entry.
  let isByIndex: Bool
  let question: String
  let index: Int

  var testDescription: String { "\(row) (\(file)): \(question)" }
}

/// The files of `Examples/seeds`, read once.
enum SeedFiles {
  static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().appendingPathComponent("Examples/seeds")

  static let names: [String] =
    ((try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? [])
    .filter { $0.hasSuffix(".nabla") }.sorted()

  static let sessions: [String: Session] = Dictionary(
    uniqueKeysWithValues: names.map { name in
      let data = (try? Data(contentsOf: folder.appendingPathComponent(name))) ?? Data()
      return (name, Session(SourceText(bytes: Array(data), name: name)))
    })

  /// Every question with the comment line above it; a question without one has an empty row.
  static let cases: [SeedCase] = names.flatMap { name -> [SeedCase] in
    guard let session = sessions[name] else { return [] }
    let lines = session.source.text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    return session.questions.enumerated().map { index, question in
      let line = session.source.line(at: question.statement.range.start)
      let (row, expected) = line > 1 ? comment(lines[line - 2]) ?? ("", "") : ("", "")
      let words = row.split(separator: " ").map(String.init)
      return SeedCase(
        file: name, row: words.first ?? "", expected: expected, isByIndex: words.dropFirst().first == "index",
        question: question.question.text, index: index)
    }
  }

  /// `# A12 => form`, or `# A26 index => form` where it is to be printed in index notation, taken apart.
  private static func comment(_ line: String) -> (row: String, expected: String)? {
    guard line.hasPrefix("# "), let arrow = line.range(of: " => ") else { return nil }
    return (String(line[..<arrow.lowerBound].dropFirst(2)), String(line[arrow.upperBound...]))
  }
}

@Suite("Seed documents: every formula, answered and printed as it should be")
struct SeedTests {
  @Test("the files are read without complaint", arguments: SeedFiles.names)
  func reading(name: String) throws {
    let session = try #require(SeedFiles.sessions[name])
    #expect(session.diagnostics.map(\.message) == [])
    #expect(!session.questions.isEmpty)
  }

  @Test("a question", arguments: SeedFiles.cases)
  func question(_ seed: SeedCase) throws {
    try #require(!seed.row.isEmpty, "a question without the row it stands for")
    let session = try #require(SeedFiles.sessions[seed.file])
    switch session.answer(session.questions[seed.index]) {
    case .answers(let answers):
      try #require(answers.count == 1)
      let answer = answers[0]
      let verdict = try #require(answer.verdict)
      if answer.kind == .check {
        #expect(verdict.status == (seed.expected == "refuted" ? .refuted : .verified))
        #expect((verdict.counterexample != nil) == (seed.expected == "refuted"))
      } else {
        let printed =
          seed.isByIndex ? answer.components?.lines.joined(separator: "; ") : answer.formula.text
        #expect(printed == seed.expected)
        #expect(verdict.status == .verified)
        #expect(verdict.points > 0 && verdict.error < 1e-6)
      }
    case .failure(let diagnostic):
      Issue.record("\(diagnostic.message)")
    case .defect(let question, _):
      Issue.record("the answer to \(question) failed its own check")
    }
  }

  @Test("printed answers read back to themselves", arguments: SeedFiles.cases)
  func readBack(_ seed: SeedCase) throws {
    let session = try #require(SeedFiles.sessions[seed.file])
    let typed = session.questions[seed.index]
    // A stationary point is no expression that a claim could hold.
    guard typed.question.kind != .check, typed.question.kind != .stationary, !seed.isByIndex else { return }
    // The claim, appended to its own file, is one that the engine verifies.
    let kind = typed.question.kind.rawValue
    let claim = typed.question.text.hasPrefix(kind) ? typed.question.text : "\(kind) \(typed.question.text)"
    let text = session.source.text + "\ncheck \(claim) == \(seed.expected)\n"
    let longer = Session(SourceText(text, name: seed.file))
    #expect(longer.diagnostics.map(\.message) == [])
    let last = try #require(longer.questions.last)
    guard case .answers(let answers) = longer.answer(last) else {
      Issue.record("no answer to check \(claim) == \(seed.expected)")
      return
    }
    #expect(answers.map(\.verdict?.status) == [.verified])
  }

  @Test("every row of the documents is there")
  func rows() {
    let first = [1...14, 16...17, 20...30].flatMap { $0 }.map { "A\($0)" } + (1...4).map { "B\($0)" }
    let second = [1...25, 28...31, 33...38].flatMap { $0 }.map { "C\($0)" }
    let present = Set(SeedFiles.cases.map(\.row))
    #expect((first + second).filter { !present.contains($0) } == [])
  }

  @Test("wrong claims are the only ones refuted")
  func refuted() {
    let refuted = SeedFiles.cases.filter { $0.expected == "refuted" }
    #expect(Set(refuted.map(\.row)) == ["C8", "C23"])
    #expect(refuted.allSatisfy { $0.file.contains("wrong-claims") })
  }

  @Test("kinks are said")
  func kinks() throws {
    for (row, what) in [("A17", "w"), ("A22", "z"), ("C16", "y - X*w"), ("C28", "w")] {
      let seed = try #require(
        SeedFiles.cases.first { $0.row == row && !$0.question.contains("==") })
      let session = try #require(SeedFiles.sessions[seed.file])
      guard case .answers(let answers) = session.answer(session.questions[seed.index]) else {
        Issue.record("no answer to \(row)")
        continue
      }
      let notes = answers.flatMap(\.notes)
      #expect(
        notes.contains { $0.hasPrefix("subgradient where") && $0.contains("\(what)") }, "\(row) \(notes)")
    }
  }

  @Test("the norm's gradient holds away from zero, and constrained entries are said to be free")
  func remarks() throws {
    for (row, kind, wanted) in [
      ("C11", "conditions", "norm2(x) != 0"), ("C37", "notes", "the entries of S are taken as independent"),
    ] {
      let seed = try #require(SeedFiles.cases.first { $0.row == row && !$0.question.contains("==") })
      let session = try #require(SeedFiles.sessions[seed.file])
      guard case .answers(let answers) = session.answer(session.questions[seed.index]) else {
        Issue.record("no answer to \(row)")
        continue
      }
      let remarks = answers.flatMap { kind == "notes" ? $0.notes : $0.conditions }
      #expect(remarks.contains(wanted))
    }
  }
}
