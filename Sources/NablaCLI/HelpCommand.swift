import Nabla
import NablaCore
import NablaLanguage
import NablaOutput
import NablaTypes

/// `nabla help [COMMAND | language | functions | NAME]`, generated from the blocks of `Rules/` and the language's
/// tables.
struct HelpCommand {
  let topic: String?
  private let book = RuleBook.standard

  init(_ topic: String?) { self.topic = topic }

  func execute() -> ExitCode {
    guard let topic else {
      Terminal.print(Help.overview)
      return .answered
    }
    if let text = text(topic) {
      Terminal.print(text)
      return .answered
    }
    let names =
      ["language", "functions"] + Command.allCases.map(\.rawValue) + Property.allCases.map(\.rawValue)
      + QuestionKind.allCases.map(\.rawValue) + Array(Signature.builtins.keys)
    let near = nearestName(to: topic, among: names.sorted())
    Terminal.error(
      "nabla help: error: nothing is called '\(topic)'\n"
        + (near.map { "hint: did you mean '\($0)'?\n" } ?? ""))
    return .usage
  }

  private func text(_ topic: String) -> String? {
    if topic == "language" { return language }
    if topic == "functions" { return functions }
    if let command = Command(rawValue: topic) { return Help.text(command) }
    if let property = Property(rawValue: topic) { return text(property) }
    if let question = QuestionKind(rawValue: topic) {
      let variables = question.takesVariables ? " wrt x" : ""
      return "\(topic) E\(variables)\n  \(question.meaning)\n"
    }
    let blocks = (book.functions[topic].map { [text($0)] } ?? []) + book.operations(named: topic).map(text)
    return blocks.isEmpty ? nil : blocks.joined(separator: "\n")
  }

  // MARK: Blocks

  private func text(_ function: FunctionDefinition) -> String {
    let names = function.parameters.compactMap { $0.variable?.name }
    let call = "\(function.name)(\(names.joined(separator: ", ")))"
    var lines = ["\(call), entry by entry"]
    if let help = function.about.help { lines.append("  \(help)") }
    if let body = function.body { lines.append("  definition  \(body.text)") }
    for (name, derivative) in zip(names, function.derivatives) where !derivative.isInvalid {
      lines.append("  derivative  d/d\(name) = \(derivative.text)")
    }
    lines += function.domain.map { "  domain      \(words($0))" }
    if !function.kinks.isEmpty {
      lines.append("  kinks       where \(function.kinks.map { "\($0.text) = 0" }.joined(separator: " or "))")
    }
    lines.append(
      contentsOf: example("gradient sum(\(call)) wrt \(names.last ?? "x")", names.map { "\($0) : vector(n)" })
    )
    return lines.joined(separator: "\n") + "\n"
  }

  private func text(_ operation: OperationDefinition) -> String {
    let parameters = operation.head.parameters.map { parameter in
      parameter.shape.map { "\(parameter.name) : \($0.declaration)" } ?? parameter.name
    }
    var lines = [
      "\(operation.name)(\(parameters.joined(separator: ", "))) : \(operation.head.result.declaration)"
    ]
    if let help = operation.about.help { lines.append("  \(help)") }
    if let body = operation.body { lines.append("  definition  \(body.text)") }
    lines += operation.domain.map { "  domain      \(words($0))" }
    let arrays = operation.head.parameters.filter { $0.shape != nil }.map(\.name)
    if let variable = arrays.first {
      let call = "\(operation.name)(\(operation.head.parameters.map(\.name).joined(separator: ", ")))"
      let question = operation.head.result.isScalar ? "gradient" : "differential"
      let declared = zip(operation.head.parameters, parameters).filter { $0.0.shape != nil }.map(\.1)
      lines += example(operation.about.example ?? "\(question) \(call) wrt \(variable)", declared)
    }
    return lines.joined(separator: "\n") + "\n"
  }

  private func words(_ condition: Condition) -> String {
    switch condition {
    case .property(let formula, let property): "\(formula.text) is \(property.rawValue)"
    case .regular(let formula, let regularity): "\(formula.text) is \(regularity.rawValue)"
    }
  }

  /// A question and its answer; empty if there is none.
  private func example(_ question: String, _ declarations: [String]) -> [String] {
    var options = SessionOptions()
    options.checks = false
    let text = declarations.map { $0 + "\n" }.joined() + question + "\n"
    let session = Session(SourceText(text), options: options)
    guard session.diagnostics.isEmpty, let first = session.questions.first,
      case .answers(let answers) = session.answer(first), let answer = answers.first
    else { return [] }
    return ["  example     \(question)", "              \(answer.formula.text)"]
  }

  // MARK: Properties

  private func text(_ property: Property) -> String {
    let traits = property.traits
    var lines = [
      traits.isOfSquareMatrices
        ? "A : matrix(n, n), \(property.rawValue)" : "x : vector(n), \(property.rawValue)",
      "  \(traits.meaning)",
    ]
    if !traits.implies.isEmpty {
      let implied = Set(traits.implies).closed.sorted().map(\.rawValue)
      lines.append("  implies   \(implied.joined(separator: ", "))")
    }
    let excluded = Property.allCases.filter {
      traits.excludes.contains($0) || $0.traits.excludes.contains(property)
    }
    if !excluded.isEmpty {
      lines.append("  excludes  \(excluded.map(\.rawValue).joined(separator: ", "))")
    }
    return lines.joined(separator: "\n") + "\n"
  }

  // MARK: Lists

  private func padded(_ name: String, _ width: Int) -> String {
    name + String(repeating: " ", count: max(width - name.count, 0))
  }

  private var functions: String {
    var result = "Entry by entry; a scalar next to arrays acts on every entry:\n\n"
    for name in book.functions.names {
      guard let function = book.functions[name], let help = function.about.help else { continue }
      let parameters = function.parameters.compactMap { $0.variable?.name }.joined(separator: ", ")
      result += "  \(padded("\(name)(\(parameters))", 22))  \(help)\n"
    }
    result += "\nOf whole arrays:\n\n"
    for operation in book.operations {
      guard let help = operation.about.help else { continue }
      let parameters = operation.head.parameters.map(\.name).joined(separator: ", ")
      result += "  \(padded("\(operation.name)(\(parameters))", 22))  \(help)\n"
    }
    return result
  }

  private var language: String {
    var result = """
      A formula file has declarations, definitions and questions, one a line; `#` starts a comment.

        X : matrix(n, d)                  a declaration: scalar, vector(n), row(n), matrix(m, n), a size by its name
        S : matrix(d, d), spd             with properties
        f : vector(d) -> scalar           a function without a body
        r = X*w - y                       a definition
        gradient norm2(r)^2 wrt w         a question

      Questions:


      """
    for question in QuestionKind.allCases {
      result += "  \(padded(question.rawValue, 14))  \(question.meaning)\n"
    }
    result += "\nProperties:\n\n"
    for property in Property.allCases {
      result += "  \(padded(property.rawValue, 14))  \(property.traits.meaning)\n"
    }
    result += """

      Operators:

        A*B, A'           the matrix product, the transpose
        a .* b, a ./ b    entry by entry, as is a .^ b
        X^-1, X^k         the inverse, a power of a square matrix
        a < b, a <= b     1 where it holds, 0 elsewhere
        x[i], A[i, j]     entries; A[1:k, :] is a block
        [A, B; C, D]      blocks side by side and below each other
        sum(i = 1:n, E)   the sum of E over an index

      `nabla help functions` lists the functions, `nabla help NAME` explains one.

      """
    return result
  }
}
