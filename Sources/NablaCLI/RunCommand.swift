import Nabla
import NablaCore
import NablaLanguage
import NablaReport
import NablaVerify

/// Answers the questions of a session and writes them.
struct Runner {
  let session: Session
  let format: OutputFormat
  let steps: Bool
  var detail = AnswerDetail.standard
  var purpose = AnswerPurpose.reading

  var writer: AnswerWriter {
    AnswerWriter(session, format: format, steps: steps, detail: detail, purpose: purpose)
  }

  /// Answers every question in order and returns the most severe exit code.
  func run() -> ExitCode {
    format == .json ? runAsJSON() : runAsText()
  }

  private func runAsText() -> ExitCode {
    let renderer = DiagnosticRenderer(session.source)
    var code: ExitCode = .answered
    if !session.diagnostics.isEmpty {
      Terminal.error(renderer.render(session.diagnostics))
      code = .input
    }
    var isFirst = true
    Self.sayIfNothingIsAsked(session)
    for question in session.questions {
      switch session.answer(question) {
      case .answers(let answers):
        Terminal.print(answer: (isFirst || detail == .formula ? "" : "\n") + writer.write(answers))
        isFirst = false
        if answers.contains(where: \.isRefuted) { code = code.worse(.refuted) }
      case .failure(let diagnostic):
        Terminal.error(renderer.render(diagnostic))
        code = code.worse(.input)
      case .defect(let text, let example):
        Terminal.error(Self.defect(text, example, session))
        code = .defect
      }
    }
    return code
  }

  /// Reports that a file has no question, unless an error is the cause.
  static func sayIfNothingIsAsked(_ session: Session) {
    guard session.questions.isEmpty, session.diagnostics.isEmpty else { return }
    Terminal.error(
      "\(session.source.name): note: it has no questions; `gradient E wrt x` and `check E1 == E2` are examples\n"
    )
  }

  /// One array with the answers; if something is wrong, the first error is an object of its own.
  private func runAsJSON() -> ExitCode {
    Self.sayIfNothingIsAsked(session)
    let (objects, code) = answersAsJSON()
    // An error that leaves nothing to answer is an object of its own, as scripts expect.
    if code == .input, objects.count == 1 || session.questions.isEmpty, let first = objects.first {
      Terminal.print(first.text() + "\n")
    } else {
      Terminal.print(JSON.array(objects).text() + "\n")
    }
    return code
  }

  /// An object for each answer and each error.
  func answersAsJSON() -> ([JSON], ExitCode) {
    var code: ExitCode = session.diagnostics.isEmpty ? .answered : .input
    var objects: [JSON] = session.diagnostics.map { AnswerWriter.json($0, session.source) }
    for question in session.questions {
      switch session.answer(question) {
      case .answers(let answers):
        objects += answers.map(writer.json)
        if answers.contains(where: \.isRefuted) { code = code.worse(.refuted) }
      case .failure(let diagnostic):
        objects.append(AnswerWriter.json(diagnostic, session.source))
        code = code.worse(.input)
      case .defect(let text, let example):
        Terminal.error(Self.defect(text, example, session))
        code = .defect
      }
    }
    return (objects, code)
  }

  static func defect(_ question: String, _ example: Counterexample?, _ session: Session) -> String {
    "\(session.source.name): defect: the answer to '\(question)' failed its own check and is not shown; please report it\n"
      + (example.map { VerdictText.counterexample($0) + "\n" } ?? "")
  }
}

extension Answer {
  var isRefuted: Bool { verdict?.status == .refuted }
}

/// `nabla run FILE`.
struct RunCommand {
  let runner: Runner

  init(_ words: [String]) throws(UsageError) {
    let arguments = try Arguments(words, for: .run)
    let source = try InputFile.source(try arguments.operand("formula file"))
    let options = try CommonOptions(arguments)
    runner = Runner(
      session: Session(source, options: options.session), format: options.format, steps: options.steps,
      detail: options.detail, purpose: options.purpose)
  }

  func execute() -> ExitCode { runner.run() }
}

/// `nabla derive EXPR --wrt x`.
struct DeriveCommand {
  let runner: Runner

  init(_ words: [String]) throws(UsageError) {
    let arguments = try Arguments(words, for: .derive)
    let options = try CommonOptions(arguments)
    let expression = try arguments.operand("expression")
    let variables = arguments.all("--wrt")
    let mode = try Self.mode(arguments)
    // One line each, so that locations in messages refer to what was typed.
    let declarations = arguments.all("--declare").flatMap { $0.split(separator: ";") }.map {
      QuestionText.line(String($0))
    }
    let question = try Self.question(expression, mode, variables)
    let text = (declarations + [question]).joined(separator: "\n") + "\n"
    let source = SourceText(text, name: "<expression>")
    runner = Runner(
      session: Session(source, options: options.session), format: options.format, steps: options.steps,
      detail: options.detail, purpose: options.purpose)
  }

  /// The kind of derivative, if it is chosen.
  private static func mode(_ arguments: Arguments) throws(UsageError) -> String? {
    guard let mode = try arguments.one("--mode") else { return nil }
    guard ["gradient", "jacobian", "hessian", "differential"].contains(mode) else {
      let isQuestion = QuestionKind(rawValue: mode) != nil
      throw UsageError(
        message: "--mode takes gradient, jacobian, hessian, differential, not '\(mode)'",
        hint: isQuestion ? "`nabla derive '\(mode) ...'` asks the question" : nil)
    }
    return mode
  }

  /// The question of a formula file: an expression with its variables, or a text that is complete.
  private static func question(
    _ expression: String, _ mode: String?, _ variables: [String]
  ) throws(UsageError) -> String {
    let typed = QuestionText.rightSide(of: QuestionText.line(expression))
    // A claim is a question too.
    if let whole = [typed, "check \(typed)"].first(where: QuestionText.isQuestion) {
      guard variables.isEmpty, mode == nil else {
        throw UsageError(
          message: "'\(typed)' is a complete question",
          hint: "leave out \(variables.isEmpty ? "--mode" : mode == nil ? "--wrt" : "--wrt and --mode")")
      }
      return whole
    }
    if !variables.isEmpty { return QuestionText.asked(mode ?? "gradient", of: expression, wrt: variables) }
    // `E wrt x`
    let asked = "\(mode ?? "gradient") \(typed)"
    guard QuestionText.isQuestion(asked) else {
      throw UsageError(message: "--wrt is missing: with respect to which variable?")
    }
    return asked
  }

  func execute() -> ExitCode { runner.run() }
}

/// `nabla check FILE...`: prints a line for each, and a count.
struct CheckCommand {
  let paths: [String]
  let options: CommonOptions
  private let declared: [String]

  init(_ words: [String]) throws(UsageError) {
    let arguments = try Arguments(words, for: .check)
    declared = arguments.all("--declare").flatMap { $0.split(separator: ";").map(String.init) }
    guard !arguments.operands.isEmpty else { throw UsageError(message: "formula file is missing") }
    paths = arguments.operands
    if !declared.isEmpty, let file = paths.first(where: { !PaperReport.isPaper($0) }) {
      throw UsageError(message: "--declare goes with papers; '\(file)' has declarations of its own")
    }
    options = try CommonOptions(arguments)
  }

  func execute() throws(UsageError) -> ExitCode {
    var code: ExitCode = .answered
    var counts = (verified: 0, refuted: 0, skipped: 0, failed: 0)
    var all: [JSON] = []
    var papers: PaperReport.Counts?
    for path in paths {
      if PaperReport.isPaper(path) {
        code = code.worse(try check(paper: path, &papers, &all))
        continue
      }
      let session = Session(try InputFile.source(path), options: options.session)
      if options.format == .json {
        let (objects, worst) = Runner(session: session, format: .json, steps: options.steps).answersAsJSON()
        all += objects
        code = code.worse(worst)
        continue
      }
      code = code.worse(check(session, &counts))
    }
    if options.format == .json {
      Terminal.print(JSON.array(all).text() + "\n")
    } else {
      if let papers { Terminal.print(PaperReport.summary(papers)) }
      if papers != nil, paths.allSatisfy(PaperReport.isPaper) { return code }
      var line = "\(counts.verified) verified, \(counts.refuted) refuted"
      if counts.skipped > 0 { line += ", \(counts.skipped) not checked" }
      if counts.failed > 0 { line += ", \(counts.failed) without an answer" }
      Terminal.print(line + "\n")
    }
    return code
  }

  private func check(paper path: String, _ total: inout PaperReport.Counts?, _ all: inout [JSON])
    throws(UsageError) -> ExitCode
  {
    let source = try InputFile.source(path)
    let report: PaperReport
    do throws(NablaError) {
      report = try PaperReport(source, declared: declared, options: options.session)
    } catch {
      Terminal.error(DiagnosticRenderer(source).render(error.diagnostics))
      all += error.diagnostics.map { AnswerWriter.json($0, source) }
      return .input
    }
    let counts = report.counts
    if options.format == .json { all += report.json } else { Terminal.print(report.text) }
    var sum = total ?? PaperReport.Counts()
    sum.verified += counts.verified
    sum.refuted += counts.refuted
    sum.notUnderstood += counts.notUnderstood
    sum.definitions += counts.definitions
    sum.others += counts.others
    total = sum
    return counts.refuted > 0 ? .refuted : .answered
  }

  private func check(
    _ session: Session, _ counts: inout (verified: Int, refuted: Int, skipped: Int, failed: Int)
  ) -> ExitCode {
    let renderer = DiagnosticRenderer(session.source)
    var code: ExitCode = .answered
    if !session.diagnostics.isEmpty {
      Terminal.error(renderer.render(session.diagnostics))
      counts.failed += session.diagnostics.count
      code = .input
    }
    Runner.sayIfNothingIsAsked(session)
    for question in session.questions {
      switch session.answer(question) {
      case .answers(let answers):
        for answer in answers {
          let several = answers.count > 1 ? " [\(answer.variable)]" : ""
          switch answer.verdict?.status {
          case .verified:
            counts.verified += 1
            let isClaim = answer.kind == .check && !answer.conditions.isEmpty
            let conditions = isClaim ? ", where \(answer.conditions.joined(separator: ", "))" : ""
            Terminal.print(answer: "verified  \(answer.question)\(several)\(conditions)\n")
          case .refuted:
            counts.refuted += 1
            code = code.worse(.refuted)
            Terminal.print(answer: "REFUTED   \(answer.question)\(several)\n")
            if let step = answer.refutation?.step { Terminal.print("    \(step.words)\n") }
            if let verdict = answer.verdict {
              for line in VerdictText.details(verdict, answer.refutation) {
                Terminal.print(answer: line + "\n")
              }
            }
          case .skipped(let reason):
            counts.skipped += 1
            Terminal.print(answer: "unchecked \(answer.question)\(several): \(reason)\n")
          case nil:
            counts.skipped += 1
            Terminal.print(answer: "unchecked \(answer.question)\(several)\n")
          }
        }
      case .failure(let diagnostic):
        counts.failed += 1
        Terminal.error(renderer.render(diagnostic))
        code = code.worse(.input)
      case .defect(let text, let example):
        Terminal.error(Runner.defect(text, example, session))
        code = .defect
      }
    }
    return code
  }
}
