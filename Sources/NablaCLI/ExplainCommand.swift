import Nabla
import NablaLanguage
import NablaNumerics
import NablaReport

/// `nabla explain FILE`: the derivation of each answer; `--plan --size n=1000,d=200`: the program that computes it.
struct ExplainCommand {
  private let session: Session
  private let format: OutputFormat
  private let subject: Subject
  private var isJSON: Bool { format == .json }

  private enum Subject {
    case derivation(DerivationStage?)
    case plan([String: Int], Precision)
  }

  init(_ words: [String]) throws(UsageError) {
    let arguments = try Arguments(words, for: .explain)
    let source = try InputFile.source(try arguments.operand("formula file"))
    let options = try CommonOptions(arguments)
    format = options.format
    session = Session(source, options: options.session)
    let stage = try arguments.one("--stage")
    if arguments.has("--plan") {
      guard format == .text || format == .json else {
        throw UsageError(message: "--format takes text or json with --plan")
      }
      if stage != nil {
        throw UsageError(message: "--stage is about the derivation, --plan about the program")
      }
      subject = .plan(try Self.sizes(arguments.all("--size")), try arguments.precision())
      return
    }
    for option in ["--size", "--precision"] where !arguments.all(option).isEmpty {
      throw UsageError(message: "\(option) goes with --plan")
    }
    guard let stage else {
      subject = .derivation(nil)
      return
    }
    guard let known = DerivationStage(rawValue: stage) else {
      let stages = DerivationStage.allCases.map(\.rawValue).joined(separator: ", ")
      throw UsageError(message: "--stage takes \(stages), not '\(stage)'")
    }
    subject = .derivation(known)
  }

  private static func sizes(_ words: [String]) throws(UsageError) -> [String: Int] {
    var sizes: [String: Int] = [:]
    for word in words.flatMap({ $0.split(separator: ",") }) {
      let parts = word.split(separator: "=", omittingEmptySubsequences: false)
      guard parts.count == 2, !parts[0].isEmpty, let size = Int(parts[1]) else {
        throw UsageError(message: "--size takes n=1000,d=200, not '\(word)'")
      }
      if sizes.updateValue(size, forKey: String(parts[0])) != nil {
        throw UsageError(message: "the size \(parts[0]) is given twice")
      }
    }
    return sizes
  }

  func execute() throws(UsageError) -> ExitCode {
    switch subject {
    case .derivation(let stage): derivations(stage)
    case .plan(let sizes, let precision): try plans(sizes, precision)
    }
  }

  private func derivations(_ stage: DerivationStage?) -> ExitCode {
    let writer = AnswerWriter(session, format: format, steps: true)
    var output = EvaluationWriter(session: session, isJSON: isJSON)
    output.report(session.diagnostics)
    Runner.sayIfNothingIsAsked(session)
    var code = ExitCode.answered
    var isFirst = true
    for question in session.questions {
      switch session.answer(question) {
      case .answers(let answers):
        output.objects += isJSON ? writer.explanations(answers, stage) : []
        let text = isJSON ? "" : writer.explanation(answers, stage)
        if text.isEmpty { continue }
        Terminal.print((isFirst ? "" : "\n") + text)
        isFirst = false
      case .failure(let diagnostic): output.report(diagnostic)
      case .defect(let text, let example):
        Terminal.error(Runner.defect(text, example, session))
        code = .defect
      }
    }
    return code.worse(output.finish())
  }

  private func plans(_ sizes: [String: Int], _ precision: Precision) throws(UsageError) -> ExitCode {
    var writer = EvaluationWriter(session: session, isJSON: isJSON)
    writer.report(session.diagnostics)
    Runner.sayIfNothingIsAsked(session)
    let known = session.sizeNames
    if let name = sizes.keys.sorted().first(where: { !known.contains($0) }), session.diagnostics.isEmpty {
      throw UsageError(
        message: "there is no size '\(name)' in the file",
        hint: known.isEmpty ? nil : "its sizes are \(known.sorted().joined(separator: ", "))")
    }
    let evaluation: Evaluation
    do throws(EvaluationProblem) {
      evaluation = try Evaluation(session, data: [:], sizes: sizes, precision: precision)
    } catch {
      writer.report(error, session.questions.first?.expression.expression.range)
      return writer.finish()
    }
    var isFirst = true
    for question in session.questions {
      do throws(EvaluationProblem) {
        guard let plan = try evaluation.plan(question) else { continue }
        if isJSON {
          writer.objects.append(Self.json(plan))
        } else {
          Terminal.print((isFirst ? "" : "\n") + Self.text(plan))
        }
        isFirst = false
      } catch {
        report(error, question, &writer)
      }
    }
    return writer.finish()
  }

  private func report(
    _ problem: EvaluationProblem, _ question: TypedQuestion, _ writer: inout EvaluationWriter
  ) {
    let range = question.expression.expression.range
    if case .data(.unknownSize(let name)) = problem {
      writer.report(
        Diagnostic(
          message: "the size \(name) is not given", range: range, hint: "give it: --size \(name)=100"))
    } else {
      writer.report(problem, range)
    }
  }

  private static func text(_ plan: EvaluationPlan) -> String {
    let sizes = plan.sizes.map { "\($0.name) = \($0.size)" }.joined(separator: ", ")
    var text = plan.question + (sizes.isEmpty ? "" : "  (\(sizes))") + "\n"
    let width = min(plan.steps.map(\.text.count).max() ?? 0, 84)
    for step in plan.steps {
      let room = String(repeating: " ", count: max(width - step.text.count, 0) + 2)
      text += "  \(step.text)\(room)\(scaled(step.operations))flop, \(scaled(step.bytes))B\n"
    }
    text += "  results: " + plan.results.map { "\($0.name) \($0.place)" }.joined(separator: ", ") + "\n"
    return text
      + "  in all: \(scaled(plan.operations))flop, \(scaled(plan.bytes))B read and written; data"
      + " \(scaled(Double(plan.inputBytes)))B, workspace \(scaled(Double(plan.workspaceBytes)))B\n"
  }

  /// Three digits and a prefix for the unit: `1.23 M`.
  private static func scaled(_ value: Double) -> String {
    var (value, prefix) = (value, 0)
    let prefixes = ["", "k", "M", "G", "T", "P", "E"]
    while value >= 999.5, prefix + 1 < prefixes.count { (value, prefix) = (value / 1000, prefix + 1) }
    let factor = prefix == 0 || value >= 99.95 ? 1.0 : value >= 9.995 ? 10 : 100
    let digits = (value * factor).rounded() / factor
    return (digits == digits.rounded() ? "\(Int(digits))" : "\(digits)") + " \(prefixes[prefix])"
  }

  private static func json(_ plan: EvaluationPlan) -> JSON {
    .object([
      ("question", .string(plan.question)),
      ("sizes", .object(plan.sizes.map { ($0.name, .integer($0.size)) })),
      (
        "steps",
        .array(
          plan.steps.map { step in
            .object([
              ("step", .string(step.text)), ("flop", .number(step.operations)),
              ("bytes", .number(step.bytes)),
            ])
          })
      ),
      (
        "results",
        .array(
          plan.results.map { .object([("what", .string($0.name)), ("place", .string($0.place))]) })
      ),
      ("flop", .number(plan.operations)), ("bytes", .number(plan.bytes)),
      ("data", .integer(plan.inputBytes)), ("workspace", .integer(plan.workspaceBytes)),
    ])
  }
}
