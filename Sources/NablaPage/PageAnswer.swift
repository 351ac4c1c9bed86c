import Nabla
import NablaCore
import NablaLanguage
import NablaOutput
import NablaReport

/// The answer to a page's question, as JSON.
struct PageAnswer {
  let file: QuestionFile
  let session: Session
  private let question: PageQuestion
  private let wrt: [String]
  /// The question, selected or typed.
  private let mode: QuestionKind

  init(_ question: PageQuestion) {
    self.question = question
    // The expression alone is read first, so that errors refer to what was typed.
    let bare = QuestionFile(question, mode: .simplify, wrt: [])
    let bareSession = Session(bare.source)
    var wrt: [String] = []
    if question.mode.takesVariables, let typed = bareSession.questions.last {
      // Names that do not occur in the expression cannot be selected.
      let names = bareSession.declarations(of: typed)
      wrt = question.wrt.filter { name in names.contains { $0.declaration.name == name } }
      if wrt.isEmpty, let choice = Self.choice(among: names) { wrt = [choice] }
    }
    self.wrt = wrt
    if bare.isWhole {
      (file, session) = (bare, bareSession)
      mode = bareSession.questions.last?.question.kind ?? question.mode
    } else if !bareSession.diagnostics.isEmpty {
      (file, session) = (bare, bareSession)
      mode = question.mode
    } else {
      file = QuestionFile(question, mode: question.mode, wrt: wrt)
      session = Session(file.source)
      mode = file.mode
    }
  }

  /// The variable that is most likely the unknown.
  private static func choice(among names: [SessionDeclaration]) -> String? {
    let values = names.filter { if case .value = $0.declaration.type { true } else { false } }
    func occurs(_ name: String) -> Bool { values.contains { $0.declaration.name == name } }
    // An undeclared `Xw` is X times the unknown w.
    func endsProduct(_ name: String) -> Bool {
      values.contains { $0.isAssumed && $0.declaration.name.isRunTogether(with: name) }
    }
    let usual = ["w", "theta", "beta", "x", "z", "W", "Theta", "X", "U", "V"]
    return usual.first(where: occurs) ?? usual.first(where: endsProduct) ?? values.first?.declaration.name
  }

  var json: JSON {
    var errors = session.diagnostics.map(error)
    var answers: [JSON] = []
    var variables: [JSON] = []
    var text = ""
    let writer = AnswerWriter(session, format: .text, steps: question.steps)
    if let typed = session.questions.last {
      variables = session.declarations(of: typed).map { self.variable($0, typed.wrt) }
      switch session.answer(typed) {
      case .answers(let found):
        text = writer.write(found)
        answers = found.map { self.answer($0, writer) }
      case .failure(let diagnostic): errors.append(error(diagnostic))
      case .defect(let question, _):
        errors.append(
          .error(
            "the answer to '\(question)' failed its own check and is not shown; please report it", hint: nil))
      }
    } else if errors.isEmpty {
      errors.append(.error("there is nothing to answer yet", hint: nil))
    }
    let asked = session.questions.last
    return .object([
      ("file", .string(file.text + "\n")),
      ("mode", .string(mode.rawValue)),
      ("wrt", .strings(asked?.wrt ?? wrt)), ("isWhole", .bool(file.isWhole)),
      ("variables", .array(variables)), ("answers", .array(answers)), ("text", .string(text)),
      ("errors", .array(errors)),
    ])
  }

  /// The answer's object with the additional data of the page.
  private func answer(_ answer: Answer, _ writer: AnswerWriter) -> JSON {
    guard case .object(var fields) = writer.json(answer) else { return .null }
    let names = session.options.book.latexNames
    fields.append(
      (
        "definitions",
        .strings(answer.definitions.map { $0.formula.mathML(of: $0.name, functionNames: names) })
      ))
    if answer.kind != .check, let count = OperationCount.text(answer.expanded) {
      fields.append(("operations", .string(count)))
    }
    if let picture = StructurePicture(of: answer, in: session) {
      fields.append(
        (
          "structure",
          .object([("svg", .string(picture.svg)), ("caption", .string(picture.caption))])
        ))
    }
    return .object(fields)
  }

  private func variable(_ declared: SessionDeclaration, _ wrt: [String]) -> JSON {
    let declaration = declared.declaration
    let type: String
    let isFunction: Bool
    switch declaration.type {
    case .value(let shape): (type, isFunction) = (shape.declaration, false)
    case .function(let parameter, let result, _):
      (type, isFunction) = ("\(parameter.declaration) -> \(result.declaration)", true)
    }
    return .object([
      ("name", .string(declaration.name)), ("type", .string(type)),
      ("properties", .strings(declaration.properties.sorted().map(\.rawValue))),
      ("isAssumed", .bool(declared.isAssumed)), ("isFunction", .bool(isFunction)),
      ("isWrt", .bool(wrt.contains(declaration.name))),
    ])
  }

  /// An error with its location in the typed text, in UTF-16 units as in scripts.
  private func error(_ diagnostic: Diagnostic) -> JSON {
    guard let place = file.place(of: diagnostic.range) else {
      return .error(diagnostic.message, hint: diagnostic.hint)
    }
    let field: String
    let typed: String
    switch place.field {
    case .expression: (field, typed) = ("expression", question.expression)
    case .declaration(let index): (field, typed) = ("declaration \(index)", question.declarations[index])
    case .wrt: (field, typed) = ("wrt", wrt.joined(separator: ", "))
    }
    let source = SourceText(typed)
    func units(_ end: Int) -> Int { source.text(SourceRange(start: 0, end: end)).utf16.count }
    let position = source.position(at: place.start)
    return .object([
      (
        "error",
        .object([
          ("message", .string(diagnostic.message)), ("line", .integer(position.line)),
          ("column", .integer(position.column)), ("hint", diagnostic.hint.map(JSON.string) ?? .null),
        ])
      ),
      (
        "place",
        .object([
          ("field", .string(field)), ("start", .integer(units(place.start))),
          ("end", .integer(units(place.end))),
        ])
      ),
    ])
  }
}
