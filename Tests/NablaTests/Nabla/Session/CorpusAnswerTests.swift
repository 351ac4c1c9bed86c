import Foundation
import Nabla
import NablaLanguage
import NablaTypes
import TestSupport
import Testing

/// Formulas of `Tests/Corpora` have the same answers with and without their declarations, and formulas in LaTeX the
/// same as in text notation.
@Suite struct CorpusAnswerTests {
  struct Entry {
    let line: Int
    /// As it is typed without declarations, in either language.
    let typed: String
    let variables: String
    /// As it is meant.
    let meant: String
    let declarations: [Declaration]
  }

  /// Lines `FORMULA @ VARIABLES` or `LATEX @ VARIABLES @ FORMULA` below lines of declarations.
  private static func entries(_ file: String) throws -> [Entry] {
    let text = try String(
      contentsOf: Repository.root.appendingPathComponent("Tests/Corpora/\(file)"), encoding: .utf8)
    var declared: [Declaration] = []
    var result: [Entry] = []
    for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated()
    where !line.isEmpty && !line.hasPrefix("#") {
      if line.hasPrefix(":") {
        declared = try line.dropFirst().split(separator: ";").flatMap {
          try parseDeclaration(SourceText(String($0)))
        }
        continue
      }
      let parts = line.split(separator: "@").map { $0.trimmingCharacters(in: .whitespaces) }
      let meant = parts.count > 2 ? parts[2] : parts[0]
      let names = Set(meant.split { !$0.isLetter && !$0.isNumber && $0 != "_" }.map(String.init))
      result.append(
        Entry(
          line: index + 1, typed: parts[0], variables: parts[1], meant: meant,
          declarations: declared.filter { names.contains($0.name) }))
    }
    return result
  }

  private static func answers(_ text: String) -> (texts: [String], assumed: [Declaration])? {
    var options = SessionOptions()
    options.checks = false
    let session = Session(SourceText(text + "\n"), options: options)
    guard let question = session.questions.first, case .answers(let answers) = session.answer(question) else {
      return nil
    }
    let assumed = (answers.first?.assumed ?? []).flatMap { (try? parseDeclaration(SourceText($0))) ?? [] }
    return (answers.map(\.expanded.text), assumed)
  }

  /// The inferred sizes, and their names in the declarations.
  private static func sizes(_ assumed: [Declaration], _ entry: Entry) -> [String: String] {
    var result: [String: String] = [:]
    for read in assumed {
      guard let wanted = entry.declarations.first(where: { $0.name == read.name }),
        case .value(let a) = read.type, case .value(let b) = wanted.type
      else { continue }
      for (size, other) in [(a.rows, b.rows), (a.columns, b.columns)] {
        if let name = size.name { result[name] = result[name] ?? other.description }
      }
    }
    return result
  }

  private static func renamed(_ text: String, _ names: [String: String]) -> String {
    var result = ""
    var word = ""
    for character in text + " " {
      if character.isLetter || character.isNumber || character == "_" {
        word.append(character)
      } else {
        result += (names[word] ?? word) + String(character)
        word = ""
      }
    }
    return String(result.dropLast())
  }

  /// The problem with an entry; nil if its answers agree or it is rejected.
  private static func difference(_ entry: Entry, _ refused: inout Int) -> String? {
    let declared = entry.declarations.map { "\($0)\n" }.joined()
    guard let meant = answers(declared + "gradient \(entry.meant) wrt \(entry.variables)"),
      let typed = answers("gradient \(entry.typed) wrt \(entry.variables)")
    else {
      refused += 1
      return nil
    }
    let names = sizes(typed.assumed, entry)
    let found = typed.texts.map { renamed($0, names) }
    // A size is a number here and a name there, so that the same answer may be written in two ways.
    let variables = entry.variables.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }
    for (variable, (found, meant)) in zip(variables, zip(found, meant.texts)) where found != meant {
      let session = Session(
        SourceText(declared + "check gradient \(entry.meant) wrt \(variable) == \(found)\n"))
      guard let question = session.questions.first, case .answers(let answers) = session.answer(question),
        answers.allSatisfy({ $0.verdict.map { $0.status != .refuted } ?? false })
      else { return "\(found) for \(meant)" }
    }
    return nil
  }

  @Test(arguments: [("formulas.txt", 40), ("latex.txt", 16)])
  func answersAreThoseMeant(file: String, step: Int) throws {
    let all = try Self.entries(file)
    let entries = Sample.of(all, oneIn: step)
    var refused = 0
    for entry in entries {
      if let difference = Self.difference(entry, &refused) {
        Issue.record("\(file):\(entry.line): \(entry.typed) @ \(entry.variables): \(difference)")
      }
    }
    print(
      "\(file): \(entries.count) formulas, \(entries.count - refused) with the answers meant, \(refused) refused"
    )
    #expect(refused * 50 <= all.count)
  }
}
