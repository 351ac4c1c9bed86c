import Nabla
import NablaLanguage
import Testing

/// The order of names decides the order of terms and factors, but not the form of an answer.
@Suite("The form of an answer does not depend on names")
struct NameIndependenceTests {
  private func simplified(_ declarations: String, _ formula: String) throws -> String {
    let session = Session(SourceText("\(declarations)\nsimplify \(formula)\n"))
    #expect(session.diagnostics.isEmpty)
    let question = try #require(session.questions.first)
    guard case .answers(let answers) = session.answer(question) else {
      Issue.record("no answer to \(formula)")
      return ""
    }
    return try #require(answers.first).formula.text
  }

  @Test(
    "sizes", arguments: [("m", "n"), ("n", "m"), ("n", "d"), ("d", "n"), ("n", "3"), ("3", "n"), ("n", "n")])
  func sizes(_ rows: String, _ columns: String) throws {
    let declarations = "X, B : matrix(\(rows), \(columns))"
    #expect(try simplified(declarations, "sum(1 ./ (1 + exp(-X)))") == "sum(sigmoid(X))")
    #expect(try simplified(declarations, "sum(B .* X)") == "sum(B .* X)")
    #expect(try simplified(declarations, "tr(B*X')") == "sum(B .* X)")
    #expect(try simplified(declarations, "sum(sinh(X) .* sech(X))") == "sum(tanh(X))")
  }

  @Test("variables", arguments: [("y", "w"), ("w", "y"), ("a", "z"), ("z", "a")])
  func variables(_ left: String, _ right: String) throws {
    let declarations = "X : matrix(n, d)\n\(left) : vector(n)\n\(right) : vector(d)"
    for formula in ["sum(\(left) .* (X*\(right)))", "\(right)'*X'*\(left)", "tr(X*\(right)*\(left)')"] {
      #expect(try simplified(declarations, formula) == "\(left)'*X*\(right)", "\(formula)")
    }
  }
}
