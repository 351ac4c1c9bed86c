import Foundation
import Nabla
import TestSupport
import Testing

@testable import NablaReport

/// Every line that an answer has as text, by its field in JSON.
@Suite("JSON carries all that the text of an answer says")
struct AnswerJSONTests {
  private static let sessions = Documents.examples + Documents.derivations + Documents.seeds

  @Test(arguments: Sample.of(sessions.map(\.source.name), oneIn: 2))
  func carriesTheText(_ name: String) throws {
    let session = try #require(Self.sessions.first { $0.source.name == name })
    // Derivations of the seeds are compared elsewhere, and take long.
    let steps = !Documents.seeds.contains { $0.source.name == name }
    let writer = AnswerWriter(session, format: .text, steps: steps, detail: .verbose)
    for question in session.sampledQuestions {
      guard case .answers(let answers) = session.sharedAnswer(question) else { continue }
      var strings: [String] = []
      for answer in answers {
        let data = Data(writer.json(answer).text().utf8)
        strings += Self.strings(try JSONSerialization.jsonObject(with: data))
      }
      if answers.count > 1 {
        // The verdict on all of them together is the worst of those in the objects.
        strings += answers.compactMap(\.verdict).isEmpty ? [] : ["each verified"]
      }
      let whole = strings.joined(separator: "\n")
      for line in writer.write(answers).split(separator: "\n") {
        for part in Self.parts(String(line)) where !Self.isCarried(part, whole) {
          Issue.record("'\(part)' of '\(line)' is in no field")
        }
      }
    }
  }

  private static func isCarried(_ part: String, _ whole: String) -> Bool {
    if part.hasPrefix("each verified") { return whole.contains("each verified") }
    // A further step, or a stationary point, is in JSON without its left side.
    let right = part.range(of: "= ").map { String(part[$0.upperBound...]) }
    return whole.contains(part) || right.map(whole.contains) == true
  }

  /// The parts of a line, without the words and the alignment of the text form.
  private static func parts(_ line: String) -> [String] {
    var text = line.trimmingCharacters(in: .whitespaces)
    for prefix in ["note: ", "wrt "] where text.hasPrefix(prefix) {
      text.removeFirst(prefix.count)
      if prefix == "wrt ", let colon = text.range(of: ": ") { text.removeSubrange(..<colon.upperBound) }
    }
    for (prefix, separator) in [("assumed: ", "; "), ("holds where ", ", ")] where text.hasPrefix(prefix) {
      return text.dropFirst(prefix.count).components(separatedBy: separator)
    }
    if text.hasPrefix("where "), let sign = text.range(of: " = ") {
      return [String(text[sign.upperBound...])]
    }
    if let number = text.firstMatch(of: #/^\d+\. /#) { text.removeSubrange(number.range) }
    if let reason = text.firstMatch(of: #/ {4}\[(.*)\]$/#) {
      return [String(text[..<reason.range.lowerBound]), String(reason.output.1)]
    }
    return text.components(separatedBy: "  ").map { $0.trimmingCharacters(in: .whitespaces) }
      .filter { !$0.isEmpty }.map { $0.hasPrefix("(") ? String($0.dropFirst().dropLast()) : $0 }
  }

  private static func strings(_ value: Any) -> [String] {
    switch value {
    case let text as String: [text]
    case let values as [Any]: values.flatMap(strings)
    case let fields as [String: Any]: fields.values.flatMap(strings)
    default: []
    }
  }
}
