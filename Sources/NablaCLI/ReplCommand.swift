import Nabla
import NablaPrompt
import NablaReport

/// `nabla repl`.
struct ReplCommand {
  private var prompt: Prompt

  init(_ words: [String]) throws(UsageError) {
    let arguments = try Arguments(words, for: .repl)
    if let operand = arguments.operands.first {
      throw UsageError(message: "unexpected argument '\(operand)'", hint: ":load reads a file at the prompt")
    }
    let options = try CommonOptions(arguments)
    if options.format == .json {
      throw UsageError(message: "--format json is for programs, not for a prompt")
    }
    prompt = Prompt(options.session, format: options.format, steps: options.steps, detail: options.detail)
  }

  consuming func execute() -> ExitCode {
    var copy = self
    if System.isTerminal(0), System.isTerminal(1), let mode = TerminalMode() { return copy.edit(mode) }
    return copy.read()
  }

  // MARK: Pipe

  /// Reads lines from standard input and writes only answers to standard output.
  private mutating func read() -> ExitCode {
    var reader = System.LineReader()
    var code: ExitCode = .answered
    while let line = reader.next() {
      let response = prompt.respond(to: line)
      if !write(response) { code = .input }
      if response.ends { return code }
    }
    return write(prompt.finish()) ? code : .input
  }

  /// Whether everything was understood.
  private mutating func write(_ response: Prompt.Response) -> Bool {
    Terminal.print(answer: response.output)
    if !response.errors.isEmpty { Terminal.error(response.errors) }
    var isFine = response.errors.isEmpty
    switch response.file {
    case .load(let path)?:
      do throws(UsageError) {
        isFine = write(prompt.load(try InputFile.read(path), name: path)) && isFine
      } catch {
        Terminal.error("\(error.message)\n")
        isFine = false
      }
    case .save(let path, let text)?:
      if !System.write(text, toFile: path) {
        Terminal.error("'\(path)' cannot be written: \(System.lastError)\n")
        isFine = false
      }
    case nil: break
    }
    return isFine
  }

  // MARK: Terminal

  private mutating func edit(_ mode: TerminalMode) -> ExitCode {
    let file = HistoryFile()
    var editor = LineEditor(history: file.lines)
    var reader = KeyReader()
    Terminal.print("nabla: `:help` lists what can be typed, ctrl-D ends\n")
    mode.enterRaw()
    defer { mode.restore() }
    draw(editor)
    while let bytes = System.readBytes() {
      var keys = reader.keys(bytes)
      if keys.isEmpty { keys = reader.flush() }
      for key in keys {
        editor.complete(with: prompt.names)
        switch editor.press(key) {
        case nil: break
        case .submitted(let text)?:
          Terminal.print("\n")
          mode.restore()
          let response = prompt.respond(to: text)
          _ = write(response)
          file.append(text)
          if response.ends { return .answered }
          mode.enterRaw()
        case .interrupted?:
          prompt.abandon()
          Terminal.print("^C\n")
        case .ended?:
          Terminal.print("\n")
          return .answered
        case .choices(let words)?: Terminal.print("\n" + words.joined(separator: "  ") + "\n")
        case .cleared?: Terminal.print("\u{1B}[H\u{1B}[2J")
        }
      }
      draw(editor)
    }
    return .answered
  }

  private func draw(_ editor: LineEditor) {
    let screen = LineScreen(
      editor, prompt: prompt.isOpen ? "  ...> " : "nabla> ", columns: System.columns,
      remark: prompt.shape(of: editor.text))
    Terminal.print(screen.bytes)
  }
}
