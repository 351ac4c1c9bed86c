import Nabla
import NablaCore
import NablaLanguage
import NablaOutput
import NablaTypes

/// The help on a function, an operation, a property, a question or another notation.
package struct HelpEntry: Sendable {
  /// The usage: `softmax(A : matrix(m, n)) : matrix(m, n)`.
  package let usage: String
  /// The meaning, in one sentence.
  package let meaning: String
  /// Further facts with their labels: definition, derivative, domain, kinks, implications.
  package var facts: [(label: String, text: String)] = []
  /// A question and its answer.
  package var example: (question: String, answer: String)?

  /// The entry as text for terminals.
  package var text: String {
    var lines = [usage, "  \(meaning)"]
    func line(_ label: String, _ text: String) -> String {
      "  " + label + String(repeating: " ", count: max(12 - label.count, 1)) + text
    }
    lines += facts.map { line($0.label, $0.text) }
    if let example { lines += [line("example", example.question), line("", example.answer)] }
    return lines.joined(separator: "\n") + "\n"
  }

  /// The entry as items of a Markdown list.
  package var markdown: String {
    var text = "- `\(usage)`\n\n  \(meaning.sentence)"
    for fact in facts {
      text += " \(fact.label.prefix(1).uppercased() + fact.label.dropFirst()): `\(fact.text)`."
    }
    if let example { text += "\n\n  ```\n  \(example.question)\n  \(example.answer)\n  ```" }
    return text + "\n"
  }
}

extension HelpEntry {
  init(_ construct: Construct) {
    usage = construct.usage
    meaning = construct.meaning
    example = Self.example(construct.question, construct.declarations)
  }

  init(_ notation: ForeignNotation) {
    usage = notation.usage
    meaning = notation.meaning
  }

  init(_ function: FunctionDefinition) {
    let names = function.parameters.compactMap { $0.variable?.name }
    let call = "\(function.name)(\(names.joined(separator: ", ")))"
    usage = "\(call), entry by entry"
    meaning = function.about.help ?? "a helper of other functions"
    facts += function.body.map { [("definition", $0.text)] } ?? []
    for (name, derivative) in zip(names, function.derivatives) where !derivative.isInvalid {
      facts.append(("derivative", "d/d\(name) = \(derivative.text)"))
    }
    facts += function.domain.map { ("domain", $0.words) }
    if !function.kinks.isEmpty {
      facts.append(("kinks", "where \(function.kinks.map { "\($0.text) = 0" }.joined(separator: " or "))"))
    }
    example = Self.example(
      "gradient sum(\(call)) wrt \(names.last ?? "x")", names.map { "\($0) : vector(n)" })
  }

  init(_ operation: OperationDefinition) {
    let parameters = operation.head.parameters.map { parameter in
      parameter.shape.map { "\(parameter.name) : \($0.declaration)" } ?? parameter.name
    }
    usage = "\(operation.name)(\(parameters.joined(separator: ", "))) : \(operation.head.result.declaration)"
    meaning = operation.about.help ?? "a helper of other operations"
    facts += operation.body.map { [("definition", $0.text)] } ?? []
    facts += operation.domain.map { ("domain", $0.words) }
    let arrays = operation.head.parameters.filter { $0.shape != nil }.map(\.name)
    if let variable = arrays.first {
      let call = "\(operation.name)(\(operation.head.parameters.map(\.name).joined(separator: ", ")))"
      let question = operation.head.result.isScalar ? "gradient" : "differential"
      let declared = zip(operation.head.parameters, parameters).filter { $0.0.shape != nil }.map(\.1)
      example = Self.example(operation.about.example ?? "\(question) \(call) wrt \(variable)", declared)
    }
  }

  init(_ property: Property) {
    let traits = property.traits
    usage =
      traits.isOfSquareMatrices
      ? "A : matrix(n, n), \(property.rawValue)" : "x : vector(n), \(property.rawValue)"
    meaning = traits.meaning
    if !traits.implies.isEmpty {
      let implied = Set(traits.implies).closed.sorted().map(\.rawValue)
      facts.append(("implies", implied.joined(separator: ", ")))
    }
    let excluded = Property.allCases.filter {
      traits.excludes.contains($0) || $0.traits.excludes.contains(property)
    }
    if !excluded.isEmpty { facts.append(("excludes", excluded.map(\.rawValue).joined(separator: ", "))) }
  }

  init(_ question: QuestionKind) {
    usage = "\(question.rawValue) E\(question.takesVariables ? " wrt x" : "")"
    meaning = question.meaning
  }

  /// A question and its answer; `nil` if there is none.
  private static func example(_ question: String, _ declarations: [String]) -> (String, String)? {
    var options = SessionOptions()
    options.checks = false
    let text = declarations.map { $0 + "\n" }.joined() + question + "\n"
    let session = Session(SourceText(text), options: options)
    guard session.diagnostics.isEmpty, let first = session.questions.first,
      case .answers(let answers) = session.answer(first), let answer = answers.first
    else { return nil }
    return (question, answer.formula.text)
  }
}

extension Condition {
  fileprivate var words: String {
    switch self {
    case .property(let formula, let property): "\(formula.text) is \(property.rawValue)"
    case .regular(let formula, let regularity): "\(formula.text) is \(regularity.rawValue)"
    }
  }
}

extension String {
  /// The text with a capital and a full stop, unless it begins with a formula.
  fileprivate var sentence: String {
    let word = prefix { $0.isLetter }
    let isWord = word.count < count && word.allSatisfy(\.isLowercase) && dropFirst(word.count).first == " "
    let isFormula = !isWord || word.count == 1 && word != "a"
    return (isFormula ? self : prefix(1).uppercased() + dropFirst()) + "."
  }
}
