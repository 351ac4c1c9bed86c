import NablaData
import NablaLanguage

/// A question of the page: the typed text and the selections around it.
package struct PageQuestion: Equatable, Sendable {
  /// Definitions, one on each line, and an expression or a whole question in the last.
  package var expression: String
  package var mode: QuestionKind = .gradient
  /// Empty if the page leaves the choice open.
  package var wrt: [String] = []
  /// One each: `X : matrix(n, d)`.
  package var declarations: [String] = []
  /// Whether to include the derivation.
  package var steps = false

  /// The problem with a request.
  struct Fault: Error {
    let message: String
  }

  /// Limit on the names and declarations of a question.
  private static let mostNames = 100

  init(expression: String) { self.expression = expression }

  /// Parses the JSON of a request.
  init(json: [UInt8]) throws(Fault) {
    let root: DataJSON.Node
    do throws(DataProblem) {
      root = try DataJSON.parse(DataFile(name: "request", bytes: json))
    } catch {
      throw Fault(message: "the request is not JSON: \(error.message)")
    }
    guard case .object(let fields) = root.kind else { throw Fault(message: "the request is not an object") }
    var expression: String?
    for (name, value) in fields {
      switch name {
      case "expression": expression = try Self.text(value, name)
      case "mode":
        let word = try Self.text(value, name)
        guard let mode = QuestionKind(rawValue: word) else {
          let modes = QuestionKind.allCases.map(\.rawValue).joined(separator: ", ")
          throw Fault(message: "mode is one of \(modes), not '\(word.prefix(40))'")
        }
        self.mode = mode
      case "wrt": wrt = try Self.texts(value, name)
      case "declarations": declarations = try Self.texts(value, name)
      case "steps":
        guard case .bool(let isAsked) = value.kind else { throw Fault(message: "steps is true or false") }
        steps = isAsked
      default: throw Fault(message: "there is no field '\(name.prefix(40))'")
      }
    }
    guard let expression else { throw Fault(message: "the expression is missing") }
    self.expression = expression
  }

  private static func text(_ node: DataJSON.Node, _ name: String) throws(Fault) -> String {
    guard case .string(let text) = node.kind else { throw Fault(message: "\(name) is a text") }
    return text
  }

  private static func texts(_ node: DataJSON.Node, _ name: String) throws(Fault) -> [String] {
    switch node.kind {
    case .numbers(let values) where values.isEmpty: return []
    case .array(let nodes) where nodes.count <= mostNames:
      var texts: [String] = []
      for node in nodes { texts.append(try text(node, name)) }
      return texts
    case .array: throw Fault(message: "\(name) has more than \(mostNames) entries")
    case .null, .bool, .number, .string, .numbers, .object:
      throw Fault(message: "\(name) is an array of texts")
    }
  }
}
