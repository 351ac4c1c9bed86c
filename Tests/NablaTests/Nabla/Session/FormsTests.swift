import Foundation
import Nabla
import NablaCore
import NablaLanguage
import NablaVerify
import Testing

/// A question of `Examples/forms` with the closed form that is published for it.
private struct PublishedForm: Sendable {
  let question: String
  let form: String
  let answer: String

  /// The number of symbols by which the answer exceeds its source.
  var excess: Int { Self.symbols(answer) - Self.symbols(form) }

  /// Identifiers, numbers, operators and calls; brackets and commas are free.
  static func symbols(_ text: String) -> Int {
    let free: Set<Substring> = ["(", ")", "[", "]", ",", ";"]
    return text.split(separator: " ").flatMap(tokens).count { !free.contains($0) }
  }

  private static func tokens(_ word: Substring) -> [Substring] {
    var result: [Substring] = []
    var rest = word
    while let first = rest.first {
      let length: Int
      if first.isLetter || first.isNumber || first == "_" {
        length = rest.prefix { $0.isLetter || $0.isNumber || $0 == "_" }.count
      } else {
        length = [".*", "./", ".^", "<=", ">="].contains { rest.hasPrefix($0) } ? 2 : 1
      }
      result.append(rest.prefix(length))
      rest = rest.dropFirst(length)
    }
    return result
  }
}

/// The files of `Examples/forms`.
private enum FormFiles {
  static let folder = SeedFiles.folder.deletingLastPathComponent().appendingPathComponent("forms")

  static let names: [String] =
    ((try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? [])
    .filter { $0.hasSuffix(".nabla") }.sorted()

  static func lines(_ name: String) throws -> [String] {
    let data = try Data(contentsOf: folder.appendingPathComponent(name))
    return String(decoding: data, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false)
      .map(String.init)
  }

  static func session(_ lines: [String]) -> Session {
    var options = SessionOptions()
    options.checks = false
    return Session(SourceText(lines.joined(separator: "\n"), name: "forms"), options: options)
  }

  /// The printed answer of each question, by its line.
  static func answers(_ session: Session) -> [Int: String] {
    var result: [Int: String] = [:]
    for question in session.questions {
      let line = session.source.line(at: question.statement.range.start)
      guard case .answers(let answers) = session.answer(question), let answer = answers.first else {
        continue
      }
      result[line] = answer.formula.text
    }
    return result
  }
}

@Suite("Published forms, and equivalent writings of one question")
struct FormsTests {
  /// Of the answers, the shares in hundredths that are longer than their source at all, by 2 symbols and by 5.
  private static let bounds = [9, 5, 1]

  @Test("few answers are longer than the form that is published")
  func lengths() throws {
    var forms: [PublishedForm] = []
    for name in FormFiles.names where name != "groups.nabla" {
      let lines = try FormFiles.lines(name)
      let answers = FormFiles.answers(FormFiles.session(lines))
      for (index, line) in lines.enumerated() where line.hasPrefix("# => ") {
        let answer = try #require(answers[index + 2], "no answer to line \(index + 2) of \(name)")
        forms.append(
          PublishedForm(question: lines[index + 1], form: String(line.dropFirst(5)), answer: answer))
      }
    }
    #expect(forms.count > 250)
    for (excess, bound) in zip([1, 2, 5], Self.bounds) {
      let longer = forms.filter { $0.excess >= excess }
      let share = Double(100 * longer.count) / Double(forms.count)
      print("answers longer by \(excess): \(longer.count) of \(forms.count)")
      #expect(
        share <= Double(bound),
        "\(longer.map { "\($0.question)\n  \($0.answer)\n  \($0.form)" }.joined(separator: "\n"))")
    }
  }

  @Test("what is published is what is derived", arguments: FormFiles.names)
  func claims(name: String) throws {
    var lines = try FormFiles.lines(name)
    for index in lines.indices where lines[index].hasPrefix("# => ") {
      let question = lines[index + 1]
      let subject = question.hasPrefix("simplify ") ? String(question.dropFirst(9)) : question
      lines[index + 1] = "check \(subject) == \(lines[index].dropFirst(5))"
    }
    let session = Session(SourceText(lines.joined(separator: "\n"), name: name))
    #expect(session.diagnostics.map(\.message) == [])
    for question in session.questions where question.question.kind == .check {
      guard case .answers(let answers) = session.answer(question) else {
        Issue.record("no verdict on \(question.question.text)")
        continue
      }
      #expect(answers[0].verdict?.status == .verified, "\(question.question.text)")
    }
  }

  @Test("nearly all groups of equivalent writings have one answer")
  func groups() throws {
    let lines = try FormFiles.lines("groups.nabla")
    let answers = FormFiles.answers(FormFiles.session(lines))
    var groups: [[String]] = [[]]
    for (index, line) in lines.enumerated() {
      if line.isEmpty { groups.append([]) }
      if let answer = answers[index + 1] { groups[groups.count - 1].append(answer) }
    }
    groups.removeAll { $0.isEmpty }
    let split = groups.filter { Set($0).count > 1 }
    print("groups with more than one answer: \(split.count) of \(groups.count)")
    #expect(groups.count > 40)
    #expect(split.count * 100 <= groups.count * 3, "\(split)")
  }
}
