import Foundation
import Testing

@testable import Nabla
@testable import NablaCore
@testable import NablaLanguage
@testable import NablaOutput
@testable import NablaVerify

/// A question of a seed file, with its row in the seed documents and the expected answer.
struct SeedCase: Sendable, CustomTestStringConvertible {
  let file: String
  let row: String
  /// The expected form or verdict; one line for each variable and each adjoint if there are several.
  let expected: [String]
  let notation: Notation
  let question: String
  let index: Int

  var testDescription: String { "\(row) (\(file)): \(question)" }

  /// The format of the answer: a formula, entries, or the lines of the derivation.
  enum Notation: String {
    case formula, index, steps
  }
}

/// The files of `Examples/seeds`, read once.
enum SeedFiles {
  static let names = Documents.seeds.map(\.source.name)

  static let sessions = Dictionary(uniqueKeysWithValues: Documents.seeds.map { ($0.source.name, $0) })

  /// Every question with the comment lines right above it; a question without one has an empty row.
  static let cases: [SeedCase] = names.flatMap { name -> [SeedCase] in
    guard let session = sessions[name] else { return [] }
    let lines = session.source.text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    return session.questions.enumerated().map { index, question in
      let line = session.source.line(at: question.statement.range.start)
      let comments = lines[..<(line - 1)].reversed().map(comment).prefix { $0 != nil }.compactMap { $0 }
      let words = comments.first?.row.split(separator: " ").map(String.init) ?? []
      return SeedCase(
        file: name, row: words.first ?? "", expected: comments.reversed().map(\.expected),
        notation: words.dropFirst().first.flatMap(SeedCase.Notation.init) ?? .formula,
        question: question.question.text, index: index)
    }
  }

  /// Those of the questions that a run of the tests takes.
  static let some: [SeedCase] = {
    let taken = sessions.mapValues { Set($0.sampledQuestions.map(\.statement.range.start)) }
    return cases.filter { seed in
      let start = sessions[seed.file]?.questions[seed.index].statement.range.start
      return start.map { taken[seed.file]?.contains($0) == true } ?? false
    }
  }()

  /// `# A12 => form`, taken apart; `# A26 index => form` in index notation, `# A15 steps => line` for a derivation.
  private static func comment(_ line: String) -> (row: String, expected: String)? {
    guard line.hasPrefix("# "), let arrow = line.range(of: " => ") else { return nil }
    return (String(line[..<arrow.lowerBound].dropFirst(2)), String(line[arrow.upperBound...]))
  }
}

extension SeedCase {
  /// The parts of the answers that correspond to the row.
  func printed(_ answers: [Answer], _ session: Session) -> [String] {
    switch notation {
    case .index: return [answers[0].components?.lines.joined(separator: "; ") ?? ""]
    case .steps: return session.derivation(of: answers[0])?.lines.map(\.text) ?? []
    case .formula: break
    }
    if answers.count == 1 { return [answers[0].formula.text] }
    var lines = answers.map { "wrt \($0.variable): \($0.formula.text)" }
    for definition in answers.flatMap(\.definitions) where definition.name.hasPrefix("delta_") {
      let line = "where \(definition.name) = \(definition.formula.text)"
      if !lines.contains(line) { lines.append(line) }
    }
    return lines
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

  @Test("a question", arguments: SeedFiles.some)
  func question(_ seed: SeedCase) throws {
    try #require(!seed.row.isEmpty, "a question without its row")
    let session = try #require(SeedFiles.sessions[seed.file])
    switch session.sharedAnswer(session.questions[seed.index]) {
    case .answers(let answers):
      for answer in answers {
        let verdict = try #require(answer.verdict)
        if answer.kind == .check {
          #expect(verdict.status == (seed.expected == ["refuted"] ? .refuted : .verified))
          #expect((verdict.counterexample != nil) == (seed.expected == ["refuted"]))
        } else {
          #expect(verdict.status == .verified)
          #expect(verdict.points > 0 && verdict.error < 1e-6)
        }
      }
      if answers[0].kind != .check { #expect(seed.printed(answers, session) == seed.expected) }
    case .failure(let diagnostic):
      Issue.record("\(diagnostic.message)")
    case .defect(let question, _):
      Issue.record("the answer to \(question) failed its own check")
    }
  }

  @Test("printed answers read back to themselves", arguments: SeedFiles.some)
  func readBack(_ seed: SeedCase) throws {
    let session = try #require(SeedFiles.sessions[seed.file])
    let typed = session.questions[seed.index]
    // No claim can state a stationary point.
    guard typed.question.kind != .check, typed.question.kind != .stationary, seed.notation == .formula,
      case .answers(let answers) = session.sharedAnswer(typed)
    else { return }
    // The claims, appended to their own file, are ones that the engine verifies.
    let kind = typed.question.kind.rawValue
    let asked = typed.question.text.hasPrefix(kind) ? typed.question.text : "\(kind) \(typed.question.text)"
    var text = session.source.text + "\n"
    for definition in answers.flatMap(\.definitions) where definition.name.hasPrefix("delta_") {
      let line = "\(definition.name) = \(definition.formula.text)\n"
      if !text.contains("\n" + line) { text += line }
    }
    for answer in answers {
      let claim = answers.count == 1 ? asked : "\(asked.prefix { $0 != "w" })wrt \(answer.variable)"
      text += "check \(claim) == \(answer.formula.text)\n"
    }
    let longer = Session(SourceText(text, name: seed.file))
    #expect(longer.diagnostics.map(\.message) == [])
    for question in longer.questions.suffix(answers.count) {
      guard case .answers(let checked) = longer.answer(question) else {
        Issue.record("no answer to \(question.question.text)")
        continue
      }
      #expect(checked.map(\.verdict?.status) == [.verified], "\(question.question.text)")
    }
  }

  @Test("every row of the documents is there")
  func rows() {
    let rows = (1...30).map { "A\($0)" } + (1...5).map { "B\($0)" } + (1...38).map { "C\($0)" }
    // Descent is run on numbers; `MinimizeCommandTests` does that.
    let present = Set(SeedFiles.cases.map(\.row) + ["C32"])
    #expect(rows.filter { !present.contains($0) } == [])
  }

  @Test("the derivative of tanh is the square of sech on request")
  func hyperbolic() throws {
    let file = Repository.root.appending(path: "Examples/hyperbolic.rules")
    let text = try String(contentsOf: file, encoding: .utf8)
    var options = SessionOptions()
    options.book = try RuleBook.standard.verified(adding: text, file: "hyperbolic.rules")
    let session = Session(SourceText("x : scalar\ngradient tanh(x) wrt x\n", name: "tanh"), options: options)
    guard case .answers(let answers) = session.answer(try #require(session.questions.first)) else {
      Issue.record("no answer")
      return
    }
    #expect(answers.map(\.formula.text) == ["sech(x)^2"])
  }

  @Test("wrong claims are the only ones refuted")
  func refuted() {
    let refuted = SeedFiles.cases.filter { $0.expected == ["refuted"] }
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
