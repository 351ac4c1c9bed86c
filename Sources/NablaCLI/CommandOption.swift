import Nabla
import NablaExport
import NablaNumerics

/// An option of a command. Parsing, help, completions and the manual all use this table.
struct CommandOption {
  let name: String
  /// A one-letter name, such as `-o`.
  var short: String?
  /// The placeholder of the value; nil for an option without one.
  var value: String?
  /// The allowed values, if there are few.
  var choices: [String] = []
  let summary: String

  /// The option as typed: `--to LANGUAGE`.
  var usage: String {
    let names = (short.map { "\($0), " } ?? "") + name
    if !choices.isEmpty { return "\(names) \(choices.joined(separator: "|"))" }
    return names + (value.map { " \($0)" } ?? "")
  }

  private static func flag(_ name: String, _ summary: String) -> CommandOption {
    CommandOption(name: name, summary: summary)
  }

  private static func valued(
    _ name: String, _ value: String, _ summary: String, short: String? = nil
  ) -> CommandOption {
    CommandOption(name: name, short: short, value: value, summary: summary)
  }

  private static func choice(_ name: String, _ choices: [String], _ summary: String) -> CommandOption {
    CommandOption(name: name, value: "VALUE", choices: choices, summary: summary)
  }

  /// The options of all commands that answer questions.
  static let common: [CommandOption] = [
    choice(
      "--format", ["text", "unicode", "latex", "mathml", "index", "json"],
      "format of the answers (text); index: entry by entry"),
    choice("--layout", ["denominator", "numerator"], "the layout of gradients (denominator)"),
    flag("--steps", "show the rules used"),
    choice("--let", ["all"], "give every repeated part a name (default: where it saves much)"),
    flag("--no-let", "give no names to repeated parts"), flag("--quiet", "print only the formula"),
    flag("--verbose", "print all details of the check"),
    valued("--output", "OUT", "a file for the answers (standard output)", short: "-o"),
    valued("--rules", "FILE", "a file with more rules, functions and facts"),
    flag("--no-check", "do not compare answers with differences"),
    valued("--seed", "N", "seed of the check's random numbers (1)"),
  ]

  private static let declare = valued("--declare", "DECLARATION", "declares a name: 'X : matrix(n, d)'")
  private static let data = valued(
    "--data", "DATA", "data.json, or X=X.csv, X=X.npy, all.npz, lambda=0.1")
  private static let blas = valued(
    "--blas", "LIBRARY", "products by a BLAS of the system: a file, or system for the one that is installed")
  private static let threads = valued(
    "--threads", "N", "threads for large operations (1); results do not depend on it")
  private static let precision = choice(
    "--precision", Precision.allCases.map(\.rawValue), "the numbers that compute (float64)")
  private static let output = valued("--output", "OUT", "the file to write (standard output)", short: "-o")

  private static let purpose = choice(
    "--for", ["reading", "cost"],
    "cost: also print the operations, and the forms that take the fewest (reading)")

  private static let minimize: [CommandOption] = [
    data, valued("--wrt", "w[,b...]", "the variables to minimize over"),
    choice(
      "--method", ["gd", "newton", "lbfgs"],
      "gradient descent, Newton's method, limited-memory BFGS (lbfgs)"),
    valued("--objective", "J", "the objective (the last definition)"),
    valued(
      "--tolerance", "T",
      "converged where |gradient| <= T*min(1, |gradient at the start|), or where steps no longer change the value and"
        + " |gradient| <= T*|value| (1e-8)"),
    valued("--max-iterations", "N", "maximum number of steps (100000 for gd, 1000 otherwise)"),
    valued("--step", "ETA", "gradient descent w - ETA*gradient, with a constant step"),
  ]

  /// The options of a command in addition to the common ones.
  static func own(_ command: Command) -> [CommandOption] {
    switch command {
    case .derive:
      [
        valued("--wrt", "x[,A...]", "the variables"), declare,
        choice(
          "--mode", ["gradient", "jacobian", "hessian", "differential"], "the kind of derivative (gradient)"),
        purpose,
      ]
    case .run: [purpose]
    case .rules, .repl: []
    case .check: [declare]
    case .eval: [data, precision, blas, threads]
    case .minimize: minimize + [precision, blas, threads]
    case .export:
      [
        choice("--to", ExportTarget.allCases.map(\.rawValue), "the language, or the array package of Python"),
        output,
        valued("--name", "NAME", "the function's name (that of the file)"),
      ]
    case .report:
      [
        output, choice("--format", ["html", "latex-document", "markdown"], "(html)"),
        valued("--title", "TITLE", "the document's title (that of the file)"),
      ] + minimize
    case .explain:
      [
        choice("--stage", DerivationStage.allCases.map(\.rawValue), "one part of the derivation (all)"),
        flag("--plan", "the program's steps, with operations, bytes and memory"),
        valued("--size", "n=N[,d=D...]", "the sizes of the program's data"), precision,
      ]
    case .serve: [valued("--port", "N", "the port (8000); 0 chooses a free one")]
    case .fuzz:
      [
        valued("--seed", "N", "seed of all random numbers (1); with a case's number it reproduces the case"),
        valued("--count", "N", "cases of each campaign (1000)"),
        valued("--seconds", "S", "time limit, shared by the campaigns"),
        valued("--start", "N", "the number of the first case (0)"),
        flag("--show", "prints each input before running it"),
        flag("--verbose", "reports slow cases and every thousandth case on standard error"),
      ]
    case .bench:
      [
        valued("--only", "NAME,...", "the problems to measure"),
        choice("--size", ["small", "medium", "large"], "one size of data (all)"),
        choice("--format", ["text", "json"], "(text)"), valued("--seconds", "S", "CPU time for each (0.5)"),
        valued("--seed", "N", "of the data (1)"), flag("--plan", "shows the steps of each program"),
        precision,
        blas, threads,
      ]
    case .completions, .manual: []
    }
  }

  /// All options of a command; its own precede common ones of the same name.
  static func all(_ command: Command) -> [CommandOption] {
    let own = own(command)
    return own
      + (command.answersQuestions ? common.filter { option in !own.contains { $0.name == option.name } } : [])
  }
}

extension Command {
  /// Whether it has the common options.
  var answersQuestions: Bool {
    switch self {
    case .derive, .run, .check, .eval, .minimize, .export, .report, .explain, .repl, .rules: true
    case .serve, .fuzz, .bench, .completions, .manual: false
    }
  }

  /// Its operands.
  var operands: CommandOperands {
    switch self {
    case .derive: .text
    case .run, .check, .eval, .minimize, .export, .report, .explain: .files
    case .repl, .serve, .manual: .none
    case .rules: .words(["list", "show", "check", "unused"])
    case .fuzz: .words(["formulas", "claims", "latex", "tex", "spellings", "files", "rules", "data"])
    case .bench: .words(["numbers", "symbols"])
    case .completions: .words(Shell.allCases.map(\.rawValue))
    }
  }
}

enum CommandOperands {
  case none, text, files
  case words([String])
}
