import Foundation
import Testing

@testable import NablaPage

/// Questions of the page and their responses.
@Suite struct PageAnswerTests {
  struct Asked: CustomTestStringConvertible, Sendable {
    var expression: String
    var mode = "gradient"
    var wrt: [String] = []
    var declarations: [String] = []
    let texts: [String]
    var modeAnswered: String?
    var wrtAnswered: [String]?
    var testDescription: String { "\(mode) \(expression)" }

    var fields: [String: Any] {
      ["expression": expression, "mode": mode, "wrt": wrt, "declarations": declarations]
    }
  }

  static let table: [Asked] = [
    Asked(expression: "norm2(X*w - y)^2", texts: ["2*X'*(X*w - y)"], wrtAnswered: ["w"]),
    Asked(expression: "||y - Xw||^2", texts: ["2*X'*(X*w - y)"], wrtAnswered: ["w"]),
    Asked(
      expression: "norm2(Xw - y)^2", declarations: ["Xw : vector(n)"], texts: ["2*(Xw - y)"],
      wrtAnswered: ["Xw"]),
    Asked(expression: "x'*A*x", wrt: ["x", "A"], texts: ["(A + A')*x", "x*x'"]),
    Asked(expression: "x'*A*x", wrt: ["gone"], texts: ["(A + A')*x"], wrtAnswered: ["x"]),
    Asked(
      expression: "x'*A*x", mode: "hessian", declarations: ["A : matrix(n, n), symmetric"], texts: ["2*A"]),
    Asked(
      expression: "softmax(z)", mode: "jacobian", declarations: ["z : vector(n)"],
      texts: ["diag(softmax(z)) - softmax(z)*softmax(z)'"]),
    Asked(expression: "x'*x", mode: "differential", texts: ["2*dx'*x"]),
    Asked(
      expression: "x'*y + y'*x", mode: "simplify", declarations: ["x : vector(n)"], texts: ["2*x'*y"],
      wrtAnswered: []),
    Asked(
      expression: "norm2(X*w - y)^2", mode: "stationary", wrt: ["w"], texts: ["inv(X'*X)*X'*y"]),
    Asked(
      expression: "gradient w'*S*w wrt w == (S + S')*w", texts: ["(S + S')*w"], modeAnswered: "check"),
    Asked(expression: "r = X*w - y\nnorm2(r)^2", wrt: ["w"], texts: ["2*X'*r"]),
    Asked(expression: "norm2(X*w\n  - y)^2", texts: ["2*X'*(X*w - y)"]),
    Asked(expression: "J(w) = norm2(X*w - y)^2", texts: ["2*X'*(X*w - y)"]),
    Asked(expression: #"\lVert Xw - y \rVert_2^2"#, texts: ["2*X'*(X*w - y)"]),
    Asked(expression: "hessian x'*A*x wrt x", texts: ["A + A'"], modeAnswered: "hessian"),
    Asked(expression: #"\nabla_x (x^\top A x)"#, texts: ["(A + A')*x"], wrtAnswered: ["x"]),
  ]

  @Test(arguments: table)
  func answers(_ asked: Asked) throws {
    let response = try PageClient().ask(asked.fields)
    #expect(response.status == 200)
    #expect(response.answers.map { $0["text"] as? String } == asked.texts, "\(response.body)")
    let status = response.answers.map { ($0["check"] as? [String: Any])?["status"] as? String }
    #expect(status.allSatisfy { $0 == "verified" })
    if let wanted = asked.modeAnswered { #expect(response.json["mode"] as? String == wanted) }
    if let wanted = asked.wrtAnswered { #expect(response.json["wrt"] as? [String] == wanted) }
  }

  @Test func variablesAreInferredAndDeclared() throws {
    let response = try PageClient().ask([
      "expression": "x'*A*x", "declarations": ["A : matrix(n, n), spd"],
    ])
    let variables = try #require(response.json["variables"] as? [[String: Any]])
    #expect(variables.map { $0["name"] as? String } == ["A", "x"])
    #expect(variables.map { $0["type"] as? String } == ["matrix(n, n)", "vector(n)"])
    #expect(variables.map { $0["isAssumed"] as? Bool } == [false, true])
    #expect(variables.map { $0["isWrt"] as? Bool } == [false, true])
    #expect(variables.first?["properties"] as? [String] == ["spd"])
  }

  @Test func stepsComeWhenTheyAreAskedFor() throws {
    let client = try PageClient()
    #expect(try client.ask(["expression": "x'*x"]).answers.first?["steps"] == nil)
    let steps = try client.ask(["expression": "x'*x", "steps": true]).answers.first?["steps"]
    #expect((steps as? [[String: String]])?.isEmpty == false)
  }

  @Test func refutationsHaveValuesAndTheSlip() throws {
    let answer = try #require(
      PageClient().ask(["expression": "gradient x'*A*x wrt x == 2*A*x"]).answers.first)
    let check = try #require(answer["check"] as? [String: Any])
    #expect(check["status"] as? String == "refuted")
    #expect((check["counterexample"] as? [String: Any])?["x"] != nil)
    #expect((check["hint"] as? String)?.contains("symmetric") == true)
  }

  /// Texts with an error, and its location in the typed text.
  static let faults: [(fields: [String: [String]], field: String, marked: String)] = [
    (["expression": ["norm2(X*w - y)^2 + foo(w)"]], "expression", "foo"),
    (["expression": ["z = X*w\n\nnorm2(z - bar(y))"]], "expression", "bar"),
    (
      ["expression": ["x'*A*x"], "declarations": ["A : matrix(n, n)", "x : vectr(n)"]], "declaration 1",
      "vectr"
    ),
    (["expression": ["ξ'*ξ + foo(x)"]], "expression", "foo"),
  ]

  @Test(arguments: faults)
  func errorsHaveTheirPlace(_ fields: [String: [String]], _ field: String, _ marked: String) throws {
    var question: [String: Any] = fields
    question["expression"] = fields["expression"]?.first
    let response = try PageClient().ask(question)
    let errors = try #require(response.json["errors"] as? [[String: Any]])
    let place = try #require(errors.first?["place"] as? [String: Any], "\(response.body)")
    #expect(place["field"] as? String == field)
    let typed = field == "expression" ? fields["expression"]?[0] : fields["declarations"]?[1]
    let units = Array(try #require(typed).utf16)
    let (start, end) = (try #require(place["start"] as? Int), try #require(place["end"] as? Int))
    #expect(String(decoding: units[start..<end], as: UTF16.self) == marked)
  }

  @Test(arguments: ["sin(", "x'*", "x + * y", "", "   ", "\n\n", "wrt x", "\u{0}", "(((((", "#"])
  func unfinishedTextsAreErrors(_ text: String) throws {
    let response = try PageClient().ask(["expression": text])
    #expect(response.status == 200)
    #expect(response.answers.isEmpty)
    #expect((response.error?["message"] as? String)?.isEmpty == false)
    // The error refers to the typed text, not to the generated question.
    #expect((response.error?["message"] as? String)?.contains("simplify") == false)
  }

  @Test(arguments: Gallery.examples)
  func examplesAreAnswered(_ example: Gallery.Example) throws {
    let question = example.question
    let response = try PageClient().ask([
      "expression": question.expression, "mode": question.mode.rawValue, "wrt": question.wrt,
      "declarations": question.declarations,
    ])
    #expect(response.answers.count == question.wrt.count, "\(response.body)")
    #expect(response.json["mode"] as? String == question.mode.rawValue)
  }

  /// The request of the documentation, and the fields that it names.
  @Test func theDocumentedRequestIsAnswered() throws {
    let text = try String(
      contentsOf: Repository.root.appending(path: "Documentation/Page.md"), encoding: .utf8)
    let request = try #require(text.firstMatch(of: /```json\n((?s).*?)```/))
    let response = try PageClient().post("/api/answer", String(request.1))
    #expect(response.answers.first?["text"] as? String == "2*A*x")
    let table = text.matches(of: /\| (`[^|]*) \|/).flatMap {
      $0.1.matches(of: /`(\w+)`/).map { String($0.1) }
    }
    #expect(Set(table) == Set(response.json.keys))
    let answer = try #require(response.answers.first)
    for name in ["unicode", "verdict", "definitions"] { #expect(answer[name] != nil) }
  }

  @Test func theGalleryHasExamples() { #expect(Gallery.examples.count >= 7) }
}
