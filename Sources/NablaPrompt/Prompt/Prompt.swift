import Nabla
import NablaCore
import NablaLanguage
import NablaReport

/// Answers typed lines; it knows nothing about terminals or the file system.
package struct Prompt {
  /// The result of an input.
  package struct Response: Sendable {
    package var output = ""
    package var errors = ""
    package var ends = false
    /// A file to be read, or written with this text.
    package var file: FileRequest?
  }

  package enum FileRequest: Sendable {
    case load(String)
    case save(String, text: String)
  }

  /// A stored statement, with the names that it defines.
  private struct Kept {
    let text: String
    let names: [String]
    let isQuestion: Bool
  }

  private var options: SessionOptions
  private var format: OutputFormat
  private var showsSteps: Bool
  private let detail: AnswerDetail
  private var kept: [Kept] = []
  private var pending: [String] = []

  package init(_ options: SessionOptions, format: OutputFormat, steps: Bool, detail: AnswerDetail) {
    (self.options, self.format, showsSteps, self.detail) = (options, format, steps, detail)
  }

  /// Whether the next line continues an incomplete statement.
  package var isOpen: Bool { !pending.isEmpty }

  /// Abandons the incomplete statement.
  package mutating func abandon() { pending = [] }

  /// The names that a user may type next.
  package var names: [String] {
    let functions = options.book.userSignatures.keys.filter { $0.first?.isLetter == true }
    let words = QuestionKind.allCases.map(\.rawValue) + ["wrt", "scalar", "vector", "matrix", "row"]
    return Set(kept.flatMap(\.names) + functions + words + PromptCommand.allCases.map { ":\($0.rawValue)" })
      .sorted()
  }

  package mutating func respond(to line: String) -> Response {
    let first = line.first { !$0.isWhitespace }
    // A command and an empty line end an incomplete statement.
    if first == ":" || first == nil {
      var response = finish()
      guard first == ":" else { return response }
      let next = command(line)
      response.output += next.output
      response.errors += next.errors
      (response.ends, response.file) = (next.ends, next.file)
      return response
    }
    pending.append(line)
    let text = pending.joined(separator: "\n")
    if Self.goesOn(text) { return Response() }
    pending = []
    return answer(text)
  }

  /// An incomplete statement is answered as it is.
  package mutating func finish() -> Response {
    if pending.isEmpty { return Response() }
    defer { pending = [] }
    return answer(pending.joined(separator: "\n"))
  }

  /// Whether a bracket is open, or an operator lacks its right side.
  static func goesOn(_ text: String) -> Bool {
    let code = text.split(separator: "\n", omittingEmptySubsequences: false).map { line in
      line.prefix { $0 != "#" }
    }.joined(separator: "\n")
    var depth = 0
    for character in code {
      if "([{".contains(character) { depth += 1 }
      if ")]}".contains(character) { depth -= 1 }
    }
    if depth > 0 { return true }
    guard let last = code.last(where: { !$0.isWhitespace }) else { return false }
    return "+-*/=,⊙⊗\\".contains(last) && code.last != "\n"
  }

  // MARK: Statements

  private mutating func answer(_ text: String) -> Response {
    let (statements, problems) = parseFile(SourceText(text, name: "<prompt>"))
    if statements.isEmpty, problems.isEmpty { return Response() }
    // Anything that is not a statement may be an expression, which is simplified, `E wrt x` or `E1 == E2`.
    if statements.isEmpty {
      for kind in [QuestionKind.simplify, .gradient, .check] {
        let word = "\(kind.rawValue) "
        let (questions, flaws) = parseFile(SourceText("\(word)\(text)\n"))
        if flaws.isEmpty, questions.count == 1 { return ask("\(word)\(text)", offset: word.utf8.count) }
      }
    }
    let offset = Self.simplify.utf8.count
    let (_, flaws) = parseFile(SourceText("\(Self.simplify)\(text)\n"))
    if !problems.isEmpty {
      let isUnknown = problems.allSatisfy { $0.problem == .notAStatement } && !flaws.isEmpty
      return Response(errors: render(isUnknown ? flaws : problems, text, offset: isUnknown ? offset : 0))
    }
    var response = Response()
    for statement in statements {
      let next: Response
      switch statement.kind {
      case .declaration(let declarations): next = keep(statement.text, declarations.map(\.name))
      case .definition(let name, _, _): next = keep(statement.text, [name])
      case .question: next = ask(statement.text, offset: 0)
      }
      response.output += next.output
      response.errors += next.errors
    }
    return response
  }

  private static let simplify = "simplify "

  /// Problems of a text after `offset` bytes, of which `typed` was typed.
  private func render(_ diagnostics: [Diagnostic], _ typed: String, offset: Int) -> String {
    DiagnosticRenderer(SourceText(typed, name: "<prompt>")).render(diagnostics.map { $0.after(offset) })
  }

  private func session(_ last: String, without names: [String] = []) -> (session: Session, start: Int) {
    let before = kept.filter { !$0.isQuestion && Set($0.names).isDisjoint(with: names) }.map(\.text)
    let head = before.map { $0 + "\n" }.joined()
    return (Session(SourceText(head + last + "\n", name: "<prompt>"), options: options), head.utf8.count)
  }

  /// The shape of a line that is not yet entered, if it is an expression or a definition so far.
  package func shape(of line: String) -> String? {
    guard pending.isEmpty, line.utf8.count <= Self.longestShaped else { return nil }
    let (statements, problems) = parseFile(SourceText(line))
    let (name, text): (String, String)
    if problems.isEmpty, statements.count == 1, case .definition(let defined, _, _) = statements[0].kind {
      (name, text) = (defined, statements[0].text)
    } else if statements.isEmpty, line.contains(where: { !$0.isWhitespace }) {
      (name, text) = ("shape_of_line", "shape_of_line = \(line)")
    } else {
      return nil
    }
    let (session, start) = session(text, without: [name])
    if session.diagnostics.contains(where: { $0.range.end > start }) { return nil }
    return session.definition(name)?.shape.declaration
  }

  /// Longer lines would slow down typing.
  private static let longestShaped = 200

  /// Stores a declaration or a definition, replaces one of the same name, and describes it.
  private mutating func keep(_ text: String, _ names: [String]) -> Response {
    let (session, start) = session(text, without: names)
    let own = session.diagnostics.filter { $0.range.end > start }
    if !own.isEmpty { return Response(errors: render(own, text, offset: start)) }
    kept.removeAll { !$0.isQuestion && !Set($0.names).isDisjoint(with: names) }
    kept.append(Kept(text: text, names: names, isQuestion: false))
    var output = ""
    for name in names {
      if let declaration = session.declaration(of: name) {
        output += "  \(declaration)\n"
      } else if let formula = session.definition(name) {
        output += "  \(name) : \(formula.shape.declaration)\n"
      }
    }
    return Response(output: output)
  }

  /// Answers a question, of which `offset` bytes were not typed.
  private mutating func ask(_ text: String, offset: Int) -> Response {
    let isExpression = offset > 0 && text.hasPrefix(Self.simplify)
    let (session, start) = session(text)
    func failed(_ diagnostics: [Diagnostic]) -> Response {
      let typed = String(decoding: text.utf8.dropFirst(offset), as: UTF8.self)
      return Response(errors: render(diagnostics, typed, offset: start + offset))
    }
    let own = session.diagnostics.filter { $0.range.end > start }
    if !own.isEmpty { return failed(own) }
    guard let question = session.questions.last else { return Response() }
    switch session.answer(question) {
    case .answers(let answers):
      if !isExpression { kept.append(Kept(text: text, names: [], isQuestion: true)) }
      let writer = AnswerWriter(session, format: format, steps: showsSteps, detail: detail)
      if isExpression, let first = answers.first {
        let shape = first.expression.shape.declaration
        let lines = writer.write(answers).split(separator: "\n", omittingEmptySubsequences: false).dropFirst()
        return Response(output: "  \(shape)\n" + lines.joined(separator: "\n"))
      }
      return Response(output: writer.write(answers))
    case .failure(let diagnostic): return failed([diagnostic])
    case .defect(let question, _):
      return Response(errors: "defect: the answer to '\(question)' failed its own check; please report it\n")
    }
  }

  // MARK: Commands

  private mutating func command(_ line: String) -> Response {
    let words = line.drop(while: \.isWhitespace).dropFirst()
    let name = String(words.prefix { !$0.isWhitespace })
    let rest = words.dropFirst(name.count).trimmed
    let fitting = PromptCommand.allCases.filter { $0.rawValue.hasPrefix(name) }
    guard let command = PromptCommand(rawValue: name) ?? (fitting.count == 1 ? fitting[0] : nil) else {
      return Response(errors: "there is no command ':\(name)'\nhint: `:help` lists the commands\n")
    }
    func needed(_ what: String) -> Response { Response(errors: "\(what) is missing: \(command.usage)\n") }
    switch command {
    case .help: return Response(output: help(rest))
    case .steps:
      showsSteps.toggle()
      return Response(output: "  steps are \(showsSteps ? "shown" : "not shown")\n")
    case .check:
      options.checks.toggle()
      return Response(output: "  answers are \(options.checks ? "checked" : "not checked")\n")
    case .text: return use(.text)
    case .unicode: return use(.unicode)
    case .latex: return use(format == .latex ? .text : .latex)
    case .index: return use(.index)
    case .format:
      guard let wanted = OutputFormat(rawValue: rest), wanted != .json else {
        return Response(errors: ":format takes text, unicode, latex, mathml or index\n")
      }
      return use(wanted)
    case .declare: return rest.isEmpty ? needed("the declaration") : answer(rest)
    case .show: return Response(output: kept.map { "  \($0.text)\n" }.joined())
    case .forget:
      let count = kept.count
      kept.removeAll { $0.names.contains(rest) }
      return kept.count < count ? Response() : Response(errors: "there is nothing called '\(rest)'\n")
    case .load: return rest.isEmpty ? needed("the file") : Response(file: .load(rest))
    case .save:
      let text = kept.map { $0.text + "\n" }.joined()
      return rest.isEmpty ? needed("the file") : Response(file: .save(rest, text: text))
    case .quit: return Response(ends: true)
    }
  }

  private mutating func use(_ format: OutputFormat) -> Response {
    self.format = format
    return Response(output: "  answers are written as \(format.rawValue)\n")
  }

  private func help(_ name: String) -> String {
    if name.isEmpty {
      let commands = PromptCommand.allCases.map { command in
        "  " + command.usage + String(repeating: " ", count: max(28 - command.usage.count, 1))
          + command.summary
      }
      let introduction = [
        "Type a declaration (X : matrix(n, d)), a definition (J = norm2(X*w)^2), a question (gradient J wrt w)",
        "or an expression, which is simplified. An open bracket goes on to the next line, until an empty one. Tab completes names.",
      ]
      return (introduction + commands).joined(separator: "\n") + "\n"
    }
    let reference = HelpReference(options.book)
    let entries = reference.entries(named: name)
    if !entries.isEmpty { return entries.map(\.text).joined(separator: "\n") }
    if let rule = options.book.entries.first(where: { $0.name == name }) {
      return "\(rule.statement)\n" + (rule.saying.map { "  says: \($0)\n" } ?? "")
    }
    let near = nearestName(to: name, among: reference.names)
    return "nothing is known of '\(name)'\n" + (near.map { "hint: did you mean '\($0)'?\n" } ?? "")
  }

  /// The questions of a file, after its declarations and definitions, as if they were typed.
  package mutating func load(_ text: String, name: String) -> Response {
    let source = SourceText(text, name: name)
    let (statements, problems) = parseFile(source)
    var response = Response(errors: problems.isEmpty ? "" : DiagnosticRenderer(source).render(problems))
    for statement in statements {
      let next = answer(statement.text)
      response.output += next.output
      response.errors += next.errors
    }
    return response
  }
}

extension Substring {
  fileprivate var trimmed: String {
    var text = drop(while: \.isWhitespace)
    while text.last?.isWhitespace == true { text.removeLast() }
    return String(text)
  }
}
