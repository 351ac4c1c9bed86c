import Foundation
import Nabla
import NablaCore
import NablaLanguage
import NablaPrompt
import NablaTypes
import Testing

@testable import NablaReport

@Suite("Help and the reference")
struct HelpTests {
  private let reference = HelpReference()

  @Test("everything that may be written has an entry with a meaning")
  func entries() {
    for name in RuleBook.standard.userSignatures.keys.sorted() {
      let entries = reference.entries(named: name)
      #expect(!entries.isEmpty, "\(name)")
      for entry in entries { #expect(!entry.meaning.isEmpty && entry.usage.contains(name), "\(name)") }
    }
    let names = reference.names + Signature.builtins.keys
    for name in names { #expect(!reference.entries(named: name).isEmpty, "\(name)") }
    #expect(reference.entries(named: "nothing").isEmpty)
  }

  @Test("notation has an example that is answered")
  func notation() {
    for construct in Construct.all {
      for name in construct.names {
        for entry in reference.entries(named: name) { #expect(entry.example != nil, "\(name)") }
        #expect(reference.entries(named: name).map(\.usage) == [construct.usage], "\(name)")
      }
    }
  }

  @Test(
    "names of other systems are explained",
    arguments: [
      ("trace", "tr(S : matrix(n, n)) : scalar"), ("matmul", "`a·b`"), ("cumsum", "`tril(ones(n, n))*x`"),
      ("argmax", "`argmaxhot(x)`"),
    ]) func foreign(_ name: String, _ expected: String)
  {
    let text = reference.entries(named: name).map(\.text).joined()
    #expect(text.contains(expected), "\(name): \(text)")
  }

  @Test("the reference of the documentation is that of the rules")
  func generated() throws {
    var root = URL(filePath: #filePath)
    while root.lastPathComponent != "Tests" { root.deleteLastPathComponent() }
    let path = root.deletingLastPathComponent().appending(path: "Sources/Nabla/Nabla.docc/Reference.md")
    let written = try String(contentsOf: path, encoding: .utf8)
    #expect(
      written == reference.markdown,
      "write it anew: nabla help reference > Sources/Nabla/Nabla.docc/Reference.md")
  }

  @Test("the prompt explains a name as the command does")
  func prompt() {
    var prompt = Prompt(SessionOptions(), format: .text, steps: false, detail: .standard)
    for name in ["softmax", "relu", "spd", "gradient"] {
      let text = reference.entries(named: name).map(\.text).joined(separator: "\n")
      #expect(prompt.respond(to: ":help \(name)").output == text)
    }
    #expect(prompt.respond(to: ":help sofmax").output.contains("did you mean 'softmax'?"))
    #expect(prompt.respond(to: ":help product.left.adjoint").output.contains("says: move the left factor"))
  }
}
