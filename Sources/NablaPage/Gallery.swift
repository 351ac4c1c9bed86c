import NablaLanguage
import NablaReport

/// The examples of the page: each question of the embedded formula files, with its declarations.
enum Gallery {
  struct Example: Sendable {
    let title: String
    let question: PageQuestion

    var json: JSON {
      .object([
        ("title", .string(title)), ("expression", .string(question.expression)),
        ("mode", .string(question.mode.rawValue)), ("wrt", .strings(question.wrt)),
        ("declarations", .strings(question.declarations)),
      ])
    }
  }

  static let examples: [Example] = PageFiles.names(in: "Examples").flatMap { name in
    PageFiles.text(name).map { examples(of: $0, name: title(name)) } ?? []
  }

  /// `Examples/ridge.nabla` is about ridge.
  private static func title(_ path: String) -> String {
    String(path.dropFirst("Examples/".count).prefix { $0 != "." })
  }

  private static func examples(of text: String, name: String) -> [Example] {
    let source = SourceText(text)
    var declarations: [String] = []
    var definitions: [String] = []
    var examples: [Example] = []
    for statement in parseFile(source).statements {
      switch statement.kind {
      case .declaration: declarations.append(statement.text)
      case .definition: definitions.append(statement.text)
      case .question(let asked):
        // The claims of a file repeat its questions.
        if asked.kind == .check { continue }
        let expression = source.text(asked.expression.tree.range)
        var question = PageQuestion(expression: (definitions + [expression]).joined(separator: "\n"))
        question.mode = asked.kind
        question.wrt = asked.wrt.map(\.name)
        question.declarations = declarations
        let title = "\(name): \(asked.kind.rawValue) wrt \(question.wrt.joined(separator: ", "))"
        examples.append(Example(title: title, question: question))
      }
    }
    return examples
  }
}
