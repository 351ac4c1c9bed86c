import Nabla
import NablaLanguage
import NablaReport

/// `nabla report FILE -o report.html`.
struct ReportCommand {
  enum Format: String, CaseIterable {
    case html
    case latex = "latex-document"
    case markdown

    /// The format for a file name; nil if the extension does not determine it.
    init?(path: String) {
      if path.hasSuffix(".html") || path.hasSuffix(".htm") {
        self = .html
      } else if path.hasSuffix(".tex") {
        self = .latex
      } else if path.hasSuffix(".md") {
        self = .markdown
      } else {
        return nil
      }
    }
  }

  private let session: Session
  private let format: Format
  private let output: String?
  private let title: String
  /// An additional minimization, if variables and data are given.
  private let minimize: MinimizeCommand?

  init(_ words: [String]) throws(UsageError) {
    let arguments = try Arguments(words, for: .report)
    output = try arguments.one("--output")
    format = try CommonOptions.choice("--format", arguments, output.flatMap(Format.init(path:)) ?? .html)
    let options = try CommonOptions(document: arguments)
    if arguments.all("--wrt").isEmpty {
      minimize = nil
      let path = try arguments.operand("formula file")
      session = Session(try InputFile.source(path), options: options.session)
    } else {
      let command = try MinimizeCommand(arguments, options)
      minimize = command
      session = command.session
    }
    title = try arguments.one("--title") ?? Self.title(session.source.name)
  }

  /// The name of a file without folder and extension.
  private static func title(_ path: String) -> String {
    let file = path.split(separator: "/").last.map(String.init) ?? path
    return file == "<stdin>" ? "Report" : file.hasSuffix(".nabla") ? String(file.dropLast(6)) : file
  }

  func execute() throws(UsageError) -> ExitCode {
    var (report, failures, isRefuted) = ReportBuilder(session).report(title: title)
    if !failures.isEmpty { Terminal.error(DiagnosticRenderer(session.source).render(failures)) }
    var code: ExitCode = failures.isEmpty ? isRefuted ? .refuted : .answered : .input
    if let minimize {
      var writer = EvaluationWriter(session: session, isJSON: false)
      var history: [MinimizationProgress] = []
      if let (objective, found) = try minimize.minimum(&writer, { history.append($0) }) {
        report.add(found, of: objective, history, reason: EvaluationWriter.sentence(found.reason))
      }
      code = code.worse(writer.code)
    } else {
      Runner.sayIfNothingIsAsked(session)
    }
    let text =
      switch format {
      case .html: HTMLDocument(report).text
      case .latex: LaTeXDocument(report).text
      case .markdown: MarkdownDocument(report).text
      }
    if let output {
      guard System.write(text, toFile: output) else {
        Terminal.error("nabla: error: '\(output)' cannot be written: \(System.lastError)\n")
        return .output
      }
    } else {
      Terminal.print(text)
    }
    return code
  }
}
