import Nabla
import NablaExport
import NablaLanguage
import NablaReport

/// `nabla export FILE --to LANGUAGE [-o OUT]`.
struct ExportCommand {
  private let session: Session
  private let target: ExportTarget
  private let output: String?
  private let name: String
  private let isJSON: Bool

  init(_ words: [String]) throws(UsageError) {
    let arguments = try Arguments(words, for: .export)
    let path = try arguments.operand("formula file")
    let languages = ExportTarget.allCases.map(\.rawValue).joined(separator: ", ")
    guard try arguments.one("--to") != nil else {
      throw UsageError(message: "--to is missing: \(languages)")
    }
    target = try CommonOptions.choice("--to", arguments, ExportTarget.numpy)
    output = try arguments.one("--output")
    name = try arguments.one("--name") ?? Self.stem(output ?? path)
    let options = try CommonOptions(arguments)
    isJSON = options.format == .json
    session = Session(try InputFile.source(path), options: options.session)
  }

  /// The name of a file without folder and extension.
  private static func stem(_ path: String) -> String {
    let file = path.split(separator: "/").last.map(String.init) ?? path
    let stem = file.firstIndex(of: ".").map { String(file[..<$0]) } ?? file
    return stem.isEmpty || stem == "-" ? "formulas" : stem
  }

  func execute() throws(UsageError) -> ExitCode {
    guard session.diagnostics.isEmpty else {
      report(session.diagnostics)
      return .input
    }
    do throws(ExportFailure) {
      let source = try session.exported(to: target, name: name)
      if isJSON {
        Terminal.print(Self.json(source).text() + "\n")
      } else if let output {
        guard System.write(source.text, toFile: output) else {
          Terminal.error("nabla: error: '\(output)' cannot be written: \(System.lastError)\n")
          return .output
        }
      } else {
        Terminal.print(source.text)
      }
      return .answered
    } catch {
      switch error {
      case .unanswered(let diagnostic): report([diagnostic])
      case .defect(let question):
        Terminal.error(
          "\(session.source.name): defect: the answer to '\(question)' failed its own check; please report it\n"
        )
        return .defect
      case .problem(let problem, let range):
        let place = range ?? session.questions.first?.expression.expression.range
        report([
          Diagnostic(
            message: problem.description, range: place ?? SourceRange(start: 0, end: 0),
            hint: Self.hint(problem))
        ])
      }
      return .input
    }
  }

  private static func hint(_ problem: ExportProblem) -> String? {
    switch problem {
    case .functionWithoutBody:
      "write the function's formula in its place, or add it in a rule file with --rules"
    case .nothing: "ask for something: gradient J wrt w"
    case .differential, .unknownFunction, .invalidFormula, .size, .nameTwice, .tooLarge, .unsupported: nil
    }
  }

  private func report(_ diagnostics: [Diagnostic]) {
    if isJSON, let first = diagnostics.first {
      Terminal.print(AnswerWriter.json(first, session.source).text() + "\n")
    } else {
      Terminal.error(DiagnosticRenderer(session.source).render(diagnostics))
    }
  }

  /// The source with the data a program needs to call it.
  private static func json(_ source: ExportedSource) -> JSON {
    .object([
      ("source", .string(source.text)), ("function", .string(source.function)),
      (
        "parameters",
        .array(
          source.parameters.map {
            .object([
              ("name", .string($0.name)), ("variable", .string($0.variable)),
              ("shape", .strings([$0.shape.rows.description, $0.shape.columns.description])),
            ])
          })
      ),
      ("sizes", .strings(source.sizes)), ("allSizes", .strings(source.allSizes)),
      (
        "outputs",
        .array(
          source.outputs.map {
            .object([
              ("name", .string($0.name)),
              ("shape", .strings([$0.shape.rows.description, $0.shape.columns.description])),
              ("value", $0.value.map { .integer($0) } ?? .null),
            ])
          })
      ),
    ])
  }
}
