import Nabla
import NablaCore
import NablaLanguage
import NablaReport
import NablaTypes

/// `nabla help [COMMAND | language | functions | reference | NAME]`, generated from the blocks of `Rules/` and the language's
/// tables.
struct HelpCommand {
  let topic: String?
  private let reference = HelpReference()

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
      ["language", "functions", "reference"] + Command.allCases.map(\.rawValue)
      + Property.allCases.map(\.rawValue)
      + QuestionKind.allCases.map(\.rawValue) + Array(Signature.builtins.keys)
    let near = nearestName(to: topic, among: names.sorted())
    Terminal.error(
      "nabla help: error: there is nothing called '\(topic)'\n"
        + (near.map { "hint: did you mean '\($0)'?\n" } ?? "")
        + "hint: `nabla help language` and `nabla help functions` list what has an explanation\n")
    return .usage
  }

  private func text(_ topic: String) -> String? {
    if topic == "language" { return language }
    if topic == "functions" { return reference.functions }
    if topic == "reference" { return reference.markdown }
    if let command = Command(rawValue: topic) { return Help.text(command) }
    let entries = reference.entries(named: topic)
    return entries.isEmpty ? nil : entries.map(\.text).joined(separator: "\n")
  }

  private func padded(_ name: String, _ width: Int) -> String {
    name + String(repeating: " ", count: max(width - name.count, 0))
  }

  private var language: String {
    var result = """
      A formula file has declarations, definitions and questions, one on each line; `#` starts a comment.

        X : matrix(n, d)                  a declaration: scalar, vector(n), row(n), matrix(m, n)
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
        a .* b, a ./ b    elementwise operations, like a .^ b
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
