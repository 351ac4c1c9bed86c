import NablaLanguage
import NablaRules
import NablaTypes

/// All rules, facts and functions that a derivation may use.
public final class RuleBook: Sendable {
  private let library: RuleLibrary
  package let functions: FunctionTable

  /// The rules that come with Nabla; the texts are inside the binary.
  public static let standard: RuleBook = {
    do {
      return RuleBook(try RuleLibrary(texts: embeddedTexts, extending: nil, readsAll: false))
    } catch {
      // The embedded rules are checked by the tests; without them there is no engine to speak of.
      preconditionFailure("\(error)")
    }
  }()

  /// The embedded texts of `Rules/`, with their names.
  public static var embeddedTexts: [(name: String, text: String)] {
    (0..<nabla_rule_file_count()).map { index in
      let file = nabla_rule_file_at(index)
      let bytes = UnsafeRawBufferPointer(start: file.bytes, count: file.count)
      return (String(cString: file.name), String(decoding: bytes, as: UTF8.self))
    }
  }

  public init(texts: [(name: String, text: String)]) throws(RuleError) {
    library = try RuleLibrary(texts: texts, extending: nil, readsAll: true)
    functions = FunctionTable(library: library)
  }

  private init(_ library: RuleLibrary) {
    self.library = library
    functions = FunctionTable(library: library)
  }

  /// These rules and more, read from text. The new ones are not verified here; see `RuleVerifier`.
  public func adding(_ text: String, file: String = "rules") throws(RuleError) -> RuleBook {
    RuleBook(try RuleLibrary(texts: [(file, text)], extending: library, readsAll: true))
  }

  package var rules: [Rule] { library.everything.rules }
  package var facts: [Fact] { library.everything.facts }

  /// The rules for formulas with these operations, and more.
  func tables(covering marks: Marks = Marks()) -> RuleTables { library.tables(covering: marks) }
}

/// The elementwise functions by their names, each read from its text when it is first asked for.
package struct FunctionTable: Sendable {
  fileprivate let library: RuleLibrary

  package subscript(name: String) -> FunctionDefinition? { library.function(name) }

  /// The names, sorted.
  package var names: [String] { library.functionNames.sorted() }
}

extension RuleBook {
  /// The signatures of the functions that a user may call: all except the engine's own helpers.
  package var userSignatures: [String: Signature] {
    library.signatures.filter { !["power", "less", "lessequal"].contains($0.key) }
  }

  /// Names of functions in LaTeX.
  public var latexNames: [String: String] { library.latexNames }
}
