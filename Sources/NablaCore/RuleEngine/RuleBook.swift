import NablaLanguage
import NablaTypes

/// All rules, facts and functions that a derivation may use.
public final class RuleBook: Sendable {
  private let library: RuleLibrary
  package let functions: FunctionTable

  /// The rules that come with Nabla; their texts are embedded in the binary.
  public static let standard: RuleBook = {
    do {
      return RuleBook(try RuleLibrary(RuleTexts.files, extending: nil, readsAll: false))
    } catch {
      // Only a defect in the embedded rules gets here; tests would find it.
      preconditionFailure("\(error)")
    }
  }()

  /// The embedded texts of `Rules/`, with their names.
  package static var embeddedTexts: [(name: String, text: String)] {
    RuleTexts.embedded.map { ($0.name, $0.text) }
  }

  package init(texts: [(name: String, text: String)]) throws(RuleError) {
    library = try RuleLibrary(
      texts.map { RuleFile(SourceText($0.text, name: $0.name)) }, extending: nil, readsAll: true)
    functions = FunctionTable(library: library)
  }

  private init(_ library: RuleLibrary) {
    self.library = library
    functions = FunctionTable(library: library)
  }

  /// This book extended by rules read from text. The new rules are not verified here; see `RuleVerifier`.
  package func adding(_ text: String, file: String = "rules") throws(RuleError) -> RuleBook {
    RuleBook(try RuleLibrary([RuleFile(SourceText(text, name: file))], extending: library, readsAll: true))
  }

  package var rules: [Rule] { library.everything.rules }
  package var facts: [Fact] { library.everything.facts }
  /// The blocks of operations, in the order of the files.
  package var operations: [OperationDefinition] { library.everything.operations }
  /// The operations with a body or a kernel, for reading formulas.
  package var notation: [String: BlockOperation] { library.notation }

  /// The blocks of an operation.
  package func operations(named name: String) -> [OperationDefinition] { library.operation(name) }

  /// The rules for formulas with these operations, possibly with others.
  func tables(covering marks: Marks = Marks()) -> RuleTables { library.tables(covering: marks) }
}

extension RuleBook {
  /// All facts that derive a property of formulas with these operations, possibly with others.
  func facts(for property: Property, covering marks: Marks) -> FactTable.Entry {
    library.facts(for: property, covering: marks)
  }
}

/// The elementwise functions by name. Each is parsed on first use.
package struct FunctionTable: Sendable {
  fileprivate let library: RuleLibrary

  package subscript(name: String) -> FunctionDefinition? { library.function(name) }

  /// The names, sorted.
  package var names: [String] { library.functionNames.sorted() }

  /// The names of the kernels of `Stable.rules`, sorted.
  package var kernels: [String] { library.kernelNames.sorted() }
}

extension RuleBook {
  /// The signatures of the functions that a user may call: all except internal helpers.
  package var userSignatures: [String: Signature] {
    library.signatures.filter { !Signature.hidden.contains($0.key) }
  }

  /// The letter that the block of an operation assigns to its values.
  package func letter(of operation: String) -> String? {
    library.operation(operation).lazy.compactMap(\.about.letter).first
  }

  /// LaTeX names of functions and operations.
  package var latexNames: [String: String] { library.latexNames }
}
