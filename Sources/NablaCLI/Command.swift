import Nabla
import NablaArrays
import NablaLanguage
import NablaNumerics
import NablaReport

/// The exit codes of the program; see `sysexits`.
enum ExitCode: Int32, CaseIterable {
  case answered = 0
  /// A claim was refuted, or a minimization did not converge.
  case refuted = 1
  case usage = 64
  case input = 65
  case defect = 70
  /// The answers could not be written.
  case output = 74

  /// The more severe of the two.
  func worse(_ other: ExitCode) -> ExitCode { rawValue >= other.rawValue ? self : other }
}

/// Wrong use of the command, with a message for the user.
struct UsageError: Error {
  let message: String
  var hint: String?
}

/// The commands of `nabla`.
enum Command: String, CaseIterable {
  case derive, run, check, eval, minimize, export, report, explain, repl, serve, rules, fuzz, bench,
    completions,
    manual

  var summary: String {
    switch self {
    case .derive: "answer one question, typed in"
    case .run: "answer every question of a formula file"
    case .check: "verify the claims and the answers of a formula file"
    case .eval: "compute every question's value on numbers"
    case .minimize: "minimize a definition"
    case .export: "write the answers as source code"
    case .report: "write the answers of a formula file as a web page or an article"
    case .explain: "show how answers are derived, and the program that computes them"
    case .repl: "answer line by line"
    case .serve: "answer on a local web page while the user types"
    case .rules: "list, show or verify the rule set"
    case .fuzz: "search for inputs that break nabla"
    case .completions: "print completions for a shell"
    case .manual: "print the manual page"
    case .bench: "measure the speed of deriving and of computing derivatives"
    }
  }

  func execute(_ arguments: [String]) throws(UsageError) -> ExitCode {
    switch self {
    case .derive: try DeriveCommand(arguments).execute()
    case .run: try RunCommand(arguments).execute()
    case .check: try CheckCommand(arguments).execute()
    case .eval: try EvalCommand(arguments).execute()
    case .minimize: try MinimizeCommand(arguments).execute()
    case .export: try ExportCommand(arguments).execute()
    case .report: try ReportCommand(arguments).execute()
    case .explain: try ExplainCommand(arguments).execute()
    case .repl: try ReplCommand(arguments).execute()
    case .serve: try ServeCommand(arguments).execute()
    case .rules: try RulesCommand(arguments).execute()
    case .fuzz: try FuzzCommand(arguments).execute()
    case .bench: try BenchCommand(arguments).execute()
    case .completions: try CompletionsCommand(arguments).execute()
    case .manual: try manual(arguments)
    }
  }
}

extension Command {
  private func manual(_ words: [String]) throws(UsageError) -> ExitCode {
    let arguments = try Arguments(words, for: .manual)
    if let word = arguments.operands.first { throw UsageError(message: "unexpected argument '\(word)'") }
    Terminal.print(Manual.page)
    return .answered
  }
}

@main
enum Main {

  static func main() {
    // Some code recurses over deep formulas; a large stack makes the documented limits safe.
    System.run(stack: 512 << 20) { run(Array(CommandLine.arguments.dropFirst())).rawValue }
  }

  static func run(_ arguments: [String]) -> ExitCode {
    if let library = System.environment("NABLA_BLAS"), !library.isEmpty, !SystemBLAS.isUsed {
      Terminal.error("nabla: warning: NABLA_BLAS names no library that can be used: \(library)\n")
    }
    if let count = System.environment("NABLA_THREADS"), !(1...Threads.most).contains(Int(count) ?? 0) {
      Terminal.error("nabla: warning: NABLA_THREADS is not a number from 1 to \(Threads.most): \(count)\n")
    }
    guard let first = arguments.first else {
      Terminal.error(Help.overview)
      return .usage
    }
    if ["--help", "-h", "help"].contains(first) {
      return HelpCommand(arguments.dropFirst().first).execute()
    }
    if first == "--version" {
      Terminal.print("nabla \(nablaVersion)\n")
      return .answered
    }
    guard let command = Command(rawValue: first) else {
      let near = nearestName(to: first, among: Command.allCases.map(\.rawValue) + ["help", "--version"])
      let isQuestion = QuestionKind(rawValue: first) != nil
      Terminal.error(
        "nabla: error: there is no command '\(first)'\n"
          + (near.map { "hint: did you mean '\($0)'?\n" } ?? "")
          + (isQuestion ? "hint: `nabla derive '\(first) ...'` answers a question that is typed in\n" : "")
          + "hint: `nabla --help` lists the commands\n")
      return .usage
    }
    let rest = Array(arguments.dropFirst())
    if rest.contains("--help") || rest.contains("-h") {
      Terminal.print(Help.text(command))
      return .answered
    }
    do throws(UsageError) {
      let code = try command.execute(rest)
      return Terminal.finish() ? code : .output
    } catch {
      let help = "`nabla \(command.rawValue) --help` shows how it is used"
      if Arguments.askForJSON(rest) {
        Terminal.print(JSON.error(error.message, hint: error.hint ?? help).text() + "\n")
      } else {
        Terminal.error(
          "nabla \(command.rawValue): error: \(error.message)\n" + (error.hint.map { "hint: \($0)\n" } ?? "")
            + "hint: \(help)\n")
      }
      return .usage
    }
  }
}
