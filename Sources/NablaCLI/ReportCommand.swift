import Nabla
import NablaLanguage
import NablaReport

/// `nabla report FILE -o report.html`.
struct ReportCommand {
  enum Format: String, CaseIterable {
    case html
    case latex = "latex-document"
    case markdown

    /// The format of a file with this name; nil where its end does not tell.
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

  init(_ words: [String]) throws(UsageError) {
    let arguments = try Arguments(
      words, valued: CommonOptions.valued.union(["--output", "--title"]), flags: CommonOptions.flags)
    let path = try arguments.operand("formula file")
    output = try arguments.one("--output")
    format = try CommonOptions.choice("--format", arguments, output.flatMap(Format.init(path:)) ?? .html)
    title = try arguments.one("--title") ?? Self.title(path)
    session = Session(try InputFile.source(path), options: try CommonOptions.session(arguments))
  }

  /// The name of a file without folder and extension.
  private static func title(_ path: String) -> String {
    let file = path.split(separator: "/").last.map(String.init) ?? path
    return file == "-" ? "Report" : file.hasSuffix(".nabla") ? String(file.dropLast(6)) : file
  }

  func execute() -> ExitCode {
    let (report, failures, isRefuted) = ReportBuilder(session).report(title: title)
    if !failures.isEmpty { Terminal.error(DiagnosticRenderer(session.source).render(failures)) }
    Runner.sayIfNothingIsAsked(session)
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
    return failures.isEmpty ? isRefuted ? .refuted : .answered : .input
  }
}
