import Testing

@testable import Nabla
@testable import NablaCore
@testable import NablaLanguage

/// A typed expression may have a value only on a domain; if the answer has one everywhere, the domain is reported.
@Suite struct LostDomainTests {
  private static let limited =
    RuleBook.standard.functions.names.filter { RuleBook.standard.functions[$0]?.domain.isEmpty == false }

  private func conditions(_ text: String, of type: String = "vector(n)") throws -> [String] {
    let session = Session(SourceText("x : \(type)\n\(text)\n", name: "<test>"))
    let question = try #require(session.questions.first, "\(session.diagnostics)")
    guard case .answers(let answers) = session.answer(question) else {
      Issue.record("no answer to \(text)")
      return []
    }
    return answers.flatMap(\.conditions)
  }

  @Test(arguments: limited) func domainsOfTheCatalogue(_ name: String) throws {
    let function = try #require(RuleBook.standard.functions[name])
    let arguments = Array(repeating: "1", count: function.parameters.count - 1) + ["x"]
    let call = "\(name)(\(arguments.joined(separator: ", ")))"
    #expect(try conditions("simplify \(call) - \(call)", of: "scalar").count == function.domain.count)
    #expect(try conditions("simplify \(call)", of: "scalar").isEmpty)
  }

  @Test(arguments: [
    ("expm1(log1p(x))", ["x + 1 > 0"]), ("sigmoid(logit(x))", ["x > 0", "1 - x > 0"]),
    ("exp(-log(x))", ["x > 0"]), ("logit(sigmoid(x))", []), ("log(exp(x))", []), ("x ./ x", ["x != 0"]),
  ]) func lost(_ text: String, _ expected: [String]) throws {
    #expect(try conditions("simplify \(text)") == expected)
  }

  @Test(
    "a verified claim names the conditions of one side that another side does not have",
    arguments: [
      ("gradient norm2(x)^2 wrt x == 2*sqrt(x) .* sqrt(x)", ["x >= 0"]), ("x ./ x == ones(n)", ["x != 0"]),
      ("log(x .^ 2 .* exp(x)) == 2*log(x) + x", ["x > 0"]), ("gradient sum(log(x)) wrt x == 1 ./ x", []),
      ("gradient norm2(x) wrt x == x/sqrt(x'*x)", []), ("gradient norm2(x)^2 wrt x == 2*x", []),
    ]) func claims(_ text: String, _ expected: [String]) throws
  {
    #expect(try conditions("check \(text)") == expected)
  }

  @Test(
    "a derivative names the points where it does not exist",
    arguments: [
      ("gradient norm2(x) wrt x", ["norm2(x) != 0"]), ("gradient norm2(x)^3 wrt x", []),
      ("hessian norm2(x)^3 wrt x", ["norm2(x) != 0"]), ("hessian norm2(x)^4 wrt x", []),
      ("gradient norm2(x)^t wrt x", ["norm2(x) != 0"]), ("gradient prod(x - 1) wrt x", ["x - 1 != 0"]),
    ]) func derivatives(_ text: String, _ expected: [String]) throws
  {
    #expect(try conditions("t : scalar\n\(text)") == expected)
  }
}
