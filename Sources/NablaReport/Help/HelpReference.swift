import Nabla
import NablaCore
import NablaLanguage
import NablaTypes

/// The help on everything that may be written, generated from the blocks of `Rules/` and the tables of the language.
package struct HelpReference {
  private let book: RuleBook

  package init(_ book: RuleBook = .standard) { self.book = book }

  /// The entries of a name, also of one from another system; empty if it is unknown.
  package func entries(named name: String) -> [HelpEntry] {
    let found = ownEntries(named: name)
    if !found.isEmpty { return found }
    if let own = ForeignNotation.function(sameAs: name) { return ownEntries(named: own) }
    return ForeignNotation(name).map { [HelpEntry($0)] } ?? []
  }

  private func ownEntries(named name: String) -> [HelpEntry] {
    let constructs = Construct.all.filter { $0.names.contains(name) }
    if !constructs.isEmpty { return constructs.map { HelpEntry($0) } }
    if let property = Property(rawValue: name) { return [HelpEntry(property)] }
    if let question = QuestionKind(rawValue: name) { return [HelpEntry(question)] }
    let functions = (book.functions[name].map { [HelpEntry($0)] } ?? [])
    return functions + book.operations(named: name).map { HelpEntry($0) }
  }

  /// All names with an entry, sorted.
  package var names: [String] {
    let words = Property.allCases.map(\.rawValue) + QuestionKind.allCases.map(\.rawValue)
    let notation = Construct.all.flatMap(\.names).filter { $0.allSatisfy(\.isLetter) }
    return Set(words + notation + book.functions.names + book.operations.map(\.name)).sorted()
  }

  /// The functions and operations for users, with their meanings, as two lists.
  package var functions: String {
    var result = "Entry by entry; a scalar next to arrays acts on every entry:\n\n"
    for function in elementwise {
      let parameters = function.parameters.compactMap { $0.variable?.name }.joined(separator: ", ")
      result += "  \(padded("\(function.name)(\(parameters))", 22))  \(function.about.help ?? "")\n"
    }
    result += "\nOf whole arrays:\n\n"
    for operation in operations {
      let parameters = operation.head.parameters.map(\.name).joined(separator: ", ")
      result += "  \(padded("\(operation.name)(\(parameters))", 22))  \(operation.about.help ?? "")\n"
    }
    return result
  }

  /// The reference as an article of the documentation.
  package var markdown: String {
    var text = """
      # Reference

      Every question, notation, property, function and operation of the language.

      ## Overview

      This page is generated from the rules: `nabla help reference` prints it, and `nabla help NAME` one entry. Examples
      show a question and its answer.


      """
    func section(_ title: String, _ introduction: String, _ entries: [HelpEntry]) {
      text += "## \(title)\n\n\(introduction)\n\n"
      text += entries.map(\.markdown).joined(separator: "\n") + "\n"
    }
    section(
      "Questions", "Each question is on its own line; `E` is an expression, `x` a variable.",
      QuestionKind.allCases.map { HelpEntry($0) })
    section(
      "Notation", "Operators, brackets, constants, choices and sums over an index.",
      Construct.all.map { HelpEntry($0) })
    section(
      "Properties", "A property follows the type in a declaration.",
      Property.allCases.map { HelpEntry($0) })
    section(
      "Functions of numbers", "They act entry by entry; a scalar next to arrays acts on every entry.",
      elementwise.map { HelpEntry($0) })
    section(
      "Operations on arrays", "An operation with several usages has an entry for each.",
      operations.map { HelpEntry($0) })
    return text.split(separator: "\n", omittingEmptySubsequences: false).map { line in
      line.allSatisfy { $0 == " " } ? "" : String(line)
    }.joined(separator: "\n").trimmingBlankLines + "\n"
  }

  private var elementwise: [FunctionDefinition] {
    book.functions.names.compactMap { book.functions[$0] }.filter { $0.about.help != nil }
  }

  private var operations: [OperationDefinition] { book.operations.filter { $0.about.help != nil } }

  private func padded(_ name: String, _ width: Int) -> String {
    name + String(repeating: " ", count: max(width - name.count, 0))
  }
}

extension String {
  fileprivate var trimmingBlankLines: String {
    var text = self[...]
    while text.last == "\n" { text.removeLast() }
    return String(text)
  }
}
