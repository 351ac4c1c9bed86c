import Nabla
import NablaArrays
import NablaCore
import NablaLanguage
import NablaNumerics
import NablaReport
import NablaVerify

/// The words after a command, split into operands and options; the command declares every option.
struct Arguments {
  private(set) var operands: [String] = []
  private var values: [String: [String]] = [:]
  private var flags: Set<String> = []
  /// The command that takes the words.
  let command: Command

  /// Takes the command's options from the table.
  init(_ words: [String], for command: Command) throws(UsageError) {
    self.command = command
    let options = CommandOption.all(command)
    let valued = Set(options.filter { $0.value != nil }.map(\.name))
    let known = Set(options.filter { $0.value == nil }.map(\.name))
    let shorts = Dictionary(
      uniqueKeysWithValues: options.compactMap { option in option.short.map { ($0, option.name) } })
    var index = 0
    var operandsOnly = false
    while index < words.count {
      let word = operandsOnly ? words[index] : shorts[words[index]] ?? words[index]
      index += 1
      if operandsOnly || !word.hasPrefix("--") {
        operands.append(word)
        continue
      }
      if word == "--" {
        operandsOnly = true
        continue
      }
      var name = word
      var value: String?
      if let equals = word.firstIndex(of: "=") {
        name = String(word[..<equals])
        value = String(word[word.index(after: equals)...])
      }
      if known.contains(name), value == nil {
        flags.insert(name)
      } else if valued.contains(name) {
        if value == nil, index < words.count {
          value = words[index]
          index += 1
        }
        guard let value else { throw UsageError(message: "\(name) needs a value") }
        values[name, default: []].append(value)
      } else {
        let near = nearestName(to: name, among: (valued.union(known)).sorted())
        throw UsageError(message: "there is no option '\(name)'", hint: near.map { "did you mean '\($0)'?" })
      }
    }
  }

  /// Whether a program reads the output, determined even if the words are invalid.
  static func askForJSON(_ words: [String]) -> Bool {
    words.contains("--format=json") || zip(words, words.dropFirst()).contains { $0 == ("--format", "json") }
  }

  func all(_ name: String) -> [String] { values[name] ?? [] }
  func has(_ name: String) -> Bool { flags.contains(name) }

  func one(_ name: String) throws(UsageError) -> String? {
    let found = all(name)
    if found.count > 1 { throw UsageError(message: "\(name) is given twice") }
    return found.first
  }

  /// The numbers that `--precision` chooses.
  func precision() throws(UsageError) -> Precision {
    guard let text = try one("--precision") else { return .float64 }
    guard let precision = Precision(rawValue: text) else {
      throw UsageError(message: "--precision takes float32 or float64, not '\(text)'")
    }
    return precision
  }

  /// Applies the options that choose how numbers are computed.
  func useKernels() throws(UsageError) {
    try useBLAS()
    guard let text = try one("--threads") else { return }
    guard let count = Int(text), (1...Threads.most).contains(count) else {
      throw UsageError(message: "--threads takes a number from 1 to \(Threads.most), not '\(text)'")
    }
    Threads.use(count)
  }

  /// Has large products computed by the library that `--blas` names.
  private func useBLAS() throws(UsageError) {
    guard let library = try one("--blas") else { return }
    do throws(SystemBLAS.Problem) { try SystemBLAS.use(library) } catch {
      throw UsageError(message: "--blas \(library): \(error)", hint: "without it Nabla's own loops compute")
    }
  }

  /// The single operand of a command.
  func operand(_ what: String) throws(UsageError) -> String {
    guard let first = operands.first else { throw UsageError(message: "\(what) is missing") }
    if operands.count > 1 {
      throw UsageError(
        message: "one \(what) at a time; unexpected '\(operands[1])'",
        hint: "quote an expression with spaces")
    }
    return first
  }
}

/// The options shared by all commands.
struct CommonOptions {
  var format: OutputFormat
  var steps: Bool
  var detail: AnswerDetail
  var purpose: AnswerPurpose
  var session: SessionOptions

  init(_ arguments: Arguments) throws(UsageError) {
    format = try Self.choice("--format", arguments, OutputFormat.text)
    steps = arguments.has("--steps")
    if arguments.has("--quiet"), arguments.has("--verbose") {
      throw UsageError(message: "--quiet and --verbose exclude each other")
    }
    detail = arguments.has("--quiet") ? .formula : arguments.has("--verbose") ? .verbose : .standard
    purpose = try Self.choice("--for", arguments, AnswerPurpose.reading)
    session = try Self.session(arguments)
    // Files of code and reports are written by their commands.
    switch arguments.command {
    case .export, .report: break
    case .derive, .run, .check, .eval, .minimize, .explain, .repl, .serve, .rules, .fuzz, .bench,
      .completions,
      .manual:
      if let path = try arguments.one("--output") { Terminal.redirect(to: path) }
    }
  }

  /// The options of a document, which has its own formats.
  init(document arguments: Arguments) throws(UsageError) {
    (format, steps, detail, purpose) = (.text, true, .standard, .reading)
    session = try Self.session(arguments)
  }

  /// The options for answering questions.
  static func session(_ arguments: Arguments) throws(UsageError) -> SessionOptions {
    var session = SessionOptions()
    session.layout = try choice("--layout", arguments, DerivativeLayout.denominator)
    session.checks = !arguments.has("--no-check")
    if let text = try arguments.one("--let") {
      guard text == "all" else { throw UsageError(message: "--let takes all, not '\(text)'") }
      if arguments.has("--no-let") { throw UsageError(message: "--let and --no-let exclude each other") }
      session.lets = .all
    } else if arguments.has("--no-let") {
      session.lets = .none
    }
    if let text = try arguments.one("--seed") {
      guard let seed = UInt64(text) else {
        throw UsageError(message: "--seed takes an integer of at least 0, not '\(text)'")
      }
      session.seed = seed
    }
    for path in arguments.all("--rules") { session.book = try rules(path, adding: session.book) }
    return session
  }

  private static func rules(_ path: String, adding book: RuleBook) throws(UsageError) -> RuleBook {
    let text = try InputFile.read(path)
    do {
      return try book.verified(adding: text, file: path)
    } catch {
      Terminal.error("\(error)\n")
      System.end(.input)
    }
  }

  static func choice<T: RawRepresentable & CaseIterable>(
    _ name: String, _ arguments: Arguments, _ standard: T
  ) throws(UsageError) -> T where T.RawValue == String {
    guard let text = try arguments.one(name) else { return standard }
    guard let value = T(rawValue: text) else {
      let choices = T.allCases.map(\.rawValue)
      throw UsageError(message: "\(name) takes \(choices.joined(separator: ", ")), not '\(text)'")
    }
    return value
  }
}

/// Reads an input given by the user: a file, or `-` for standard input.
enum InputFile {
  /// Limit on the size of an input.
  static let limit = 16 << 20

  static func bytes(_ path: String, limit: Int = limit) throws(UsageError) -> [UInt8] {
    switch System.read(path, limit: limit) {
    case .bytes(let bytes): return bytes
    case .missing: throw UsageError(message: "there is no file '\(path)'")
    case .folder: throw UsageError(message: "'\(path)' is a folder, not a file")
    case .unreadable: throw UsageError(message: "'\(path)' cannot be read")
    case .tooLarge:
      throw UsageError(message: "'\(path)' has more than \(limit >> 20) MiB, the limit")
    }
  }

  static func read(_ path: String) throws(UsageError) -> String {
    String(decoding: try bytes(path), as: UTF8.self)
  }

  /// A formula file or a paper.
  static func source(_ path: String) throws(UsageError) -> SourceText {
    do throws(UsageError) {
      return SourceText(bytes: try bytes(path), name: path == "-" ? "<stdin>" : path)
    } catch {
      // Names of files have neither brackets nor operators.
      guard path.contains(where: { " ()*=^'\\".contains($0) }) else { throw error }
      throw UsageError(message: error.message, hint: "`nabla derive` answers a question that is typed in")
    }
  }
}
