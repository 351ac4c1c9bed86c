import Nabla
import NablaLanguage
import NablaReport

/// `nabla bench symbols`: measures the time from the text of a derivative to its verified answer, and how it grows.
struct BenchSymbols {
  /// A measurement and its formula file.
  struct Measure {
    let name: String
    let text: String
    var checks = true
  }

  private let names: [String]
  private let writesJSON: Bool

  init(_ arguments: Arguments) throws(UsageError) {
    let known = ["process", "question"] + Self.measures.map(\.name)
    names = try BenchCommand.chosen(arguments, among: known)
    writesJSON = try BenchCommand.writesJSON(arguments)
  }

  func execute() -> ExitCode {
    var code = ExitCode.answered
    var results: [JSON] = []
    if !writesJSON { Terminal.print("one thread, CPU time\n") }
    func tell(_ name: String, _ seconds: [(String, Double)]) {
      if writesJSON {
        results.append(.object([("name", .string(name))] + seconds.map { ($0.0, .number($0.1)) }))
      } else {
        let times = seconds.map { label, time in (label == "seconds" ? "" : label + " ") + Self.text(time) }
        Terminal.print(
          name + String(repeating: " ", count: max(1, 34 - name.count)) + times.joined(separator: ", ") + "\n"
        )
      }
    }
    func isWanted(_ name: String) -> Bool { names.isEmpty || names.contains(name) }
    if isWanted("process") {
      let times = (0..<20).compactMap { _ in System.childSeconds(["derive", "x'*A*x", "--wrt", "x"]) }
        .sorted()
      if times.isEmpty { code = .defect } else { tell("process", [("seconds", times[times.count / 2])]) }
    }
    if isWanted("question") {
      var each: [(question: String, seconds: Double)] = []
      for question in Self.questions {
        guard let time = measured(question, repeats: 3, checks: true) else {
          code = .defect
          Terminal.error("not verified: \(question)\n")
          continue
        }
        each.append((question, time))
      }
      if writesJSON {
        results += each.map { .object([("name", .string($0.question)), ("seconds", .number($0.seconds))]) }
      }
      let times = each.map(\.seconds).sorted()
      if let worst = times.last {
        tell(
          "question",
          [("median", times[times.count / 2]), ("p90", times[times.count * 9 / 10]), ("worst", worst)])
      }
    }
    for measure in Self.measures where isWanted(measure.name) {
      guard let time = measured(measure.text, repeats: 1, checks: measure.checks) else {
        code = .defect
        Terminal.error("not verified: \(measure.name)\n")
        continue
      }
      tell(measure.name, [("seconds", time)])
    }
    if writesJSON { Terminal.print(JSON.object([("results", .array(results))]).text() + "\n") }
    return code
  }

  /// CPU seconds from a text to its printed answers, the minimum of several repeats; nil if an answer is missing or not
  /// verified.
  private func measured(_ text: String, repeats: Int, checks: Bool) -> Double? {
    var least = Double.infinity
    for _ in 0..<repeats {
      let start = System.threadSeconds
      var options = SessionOptions()
      options.checks = checks
      let session = Session(SourceText(text + "\n", name: "bench"), options: options)
      if !session.diagnostics.isEmpty || session.questions.isEmpty { return nil }
      for question in session.questions {
        guard case .answers(let answers) = session.answer(question) else { return nil }
        for answer in answers {
          if checks, answer.verdict?.status != .verified { return nil }
          _ = answer.formula.text
        }
      }
      least = min(least, System.threadSeconds - start)
    }
    return least
  }

  private static func text(_ seconds: Double) -> String {
    seconds < 1
      ? "\(BenchCommand.rounded(seconds * 1e3)) ms" : "\(BenchCommand.rounded(seconds)) s"
  }
}
