import Foundation
import Testing

@testable import NablaLanguage
@testable import NablaTypes

/// Formulas of the literature with their declarations, read without them; see Tests/Corpora/formulas.txt.
@Suite struct CorpusTests {
  struct Entry {
    let line: Int
    let formula: String
    let variables: String
    let declarations: [Declaration]
  }

  enum Reading: Equatable {
    case asDeclared
    case refused(String)
    case different(String)
  }

  static func entries() throws -> [Entry] {
    var tests = URL(fileURLWithPath: #filePath)
    while tests.lastPathComponent != "Tests", tests.pathComponents.count > 1 {
      tests.deleteLastPathComponent()
    }
    let file = tests.appendingPathComponent("Corpora/formulas.txt")
    var declared: [String: Declaration] = [:]
    var result: [Entry] = []
    let lines = try String(contentsOf: file, encoding: .utf8).split(
      separator: "\n", omittingEmptySubsequences: false)
    for (index, line) in lines.enumerated() where !line.isEmpty && !line.hasPrefix("#") {
      if line.hasPrefix(":") {
        declared = [:]
        for text in line.dropFirst().split(separator: ";") {
          for declaration in try parseDeclaration(SourceText(String(text))) {
            declared[declaration.name] = declaration
          }
        }
        continue
      }
      let parts = line.split(separator: "@").map { $0.trimmingCharacters(in: .whitespaces) }
      let names = Set(parts[0].split { !$0.isLetter && !$0.isNumber && $0 != "_" }.map(String.init))
      let used = declared.values.filter { names.contains($0.name) }.sorted { $0.name < $1.name }
      result.append(Entry(line: index + 1, formula: parts[0], variables: parts[1], declarations: used))
    }
    return result
  }

  static func elaborated(_ entry: Entry, declares: Bool) -> ElaboratedFile {
    var text = "gradient \(entry.formula) wrt \(entry.variables)\n"
    if declares { text = entry.declarations.map { "\($0)\n" }.joined() + text }
    let source = SourceText(text)
    let (statements, diagnostics) = parseFile(source)
    let file = FileElaborator.elaborate(statements, source: source)
    for diagnostic in diagnostics { Issue.record("\(entry.formula): \(diagnostic.message)") }
    return file
  }

  /// How a formula is typed without its declarations; sizes may be distinguished even if they need not be equal.
  static func reading(_ entry: Entry) -> Reading {
    let file = elaborated(entry, declares: false)
    if let diagnostic = file.diagnostics.first { return .refused(diagnostic.message) }
    var renaming: [NablaTypes.Dimension: NablaTypes.Dimension] = [:]
    var differences: [String] = []
    for declaration in entry.declarations {
      guard let read = file.assumed.first(where: { $0.name == declaration.name }) else {
        // A scalar that the text uses as a size.
        if declaration.type != .value(.scalar) { differences.append("\(declaration) is not read") }
        continue
      }
      guard case .value(let found) = read.type, case .value(let wanted) = declaration.type else { continue }
      for (size, other) in [(found.rows, wanted.rows), (found.columns, wanted.columns)]
      where renaming[size, default: other] != other || size.isOne != other.isOne {
        differences.append("\(read) for \(declaration)")
        break
      }
      renaming[found.rows] = wanted.rows
      renaming[found.columns] = wanted.columns
    }
    if differences.isEmpty { return .asDeclared }
    // Two readings that are equally good are an error unless their answers agree.
    if let problem = file.ambiguity { return .refused("\(problem)") }
    return .different(differences.joined(separator: "; "))
  }

  @Test func theDeclarationsFit() throws {
    for entry in try Self.entries() {
      let file = Self.elaborated(entry, declares: true)
      #expect(file.diagnostics.isEmpty, "line \(entry.line): \(entry.formula): \(file.diagnostics)")
    }
  }

  @Test func formulasAreReadAsDeclared() throws {
    let entries = try Self.entries()
    #expect(entries.count >= 300)
    var refused: [String] = []
    for entry in entries {
      switch Self.reading(entry) {
      case .asDeclared: break
      case .refused(let why): refused.append("line \(entry.line): \(entry.formula): \(why)")
      case .different(let how):
        Issue.record("line \(entry.line): \(entry.formula) @ \(entry.variables): \(how)")
      }
    }
    print(
      "\(entries.count) formulas, \(entries.count - refused.count) read as declared, \(refused.count) refused"
    )
    for line in refused { print("  " + line) }
    #expect(refused.count * 50 <= entries.count, "\(refused.joined(separator: "\n"))")
  }
}
