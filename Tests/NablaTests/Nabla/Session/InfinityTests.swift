import Foundation
import Testing

@testable import Nabla
@testable import NablaCore
@testable import NablaLanguage
@testable import NablaNumerics
@testable import NablaOutput

/// An expression that divides by zero, and its value by the laws of IEEE 754; nan where that has none.
private struct Pole: Sendable, CustomTestStringConvertible {
  let text: String
  let value: [Double]

  init(_ text: String, _ value: Double...) { (self.text, self.value) = (text, value) }
  var testDescription: String { text }
}

private let declarations = "a, b, z, t : scalar\nx, y : vector(n)\nA : matrix(n, n)\n"
/// t is zero as it stands, and z as a difference.
private let data: [String: Matrix] = [
  "a": 2, "b": -3, "z": 2, "t": 0, "x": [0, 1, -2], "y": [4, 0, 5],
  "A": Matrix(rows: [[1, 0, 2], [0, 0, 0], [3, 0, 4]]),
]

private let poles: [Pole] = [
  Pole("sech(a/t)", 0), Pole("sech(b/t)", 0), Pole("sech(a/(a - z))", 0), Pole("tanh(1/t)", 1),
  Pole("tanh(b/t)", -1), Pole("atan(1/t)", .pi / 2), Pole("atan(b/t)", -.pi / 2), Pole("erf(a/t)", 1),
  Pole("erf(-1/t)", -1), Pole("sigmoid(a/t)", 1), Pole("sigmoid(b/t)", 0), Pole("exp(b/t)", 0),
  Pole("exp(a/t)", .infinity), Pole("exp(-a^2/t^2)", 0), Pole("exp(-(a - b)^2/(2*t^2))", 0),
  Pole("expm1(b/t)", -1), Pole("softplus(b/t)", 0), Pole("softplus(a/t)", .infinity), Pole("relu(b/t)", 0),
  Pole("silu(b/t)", 0), Pole("gelu(b/t)", 0), Pole("gelu(a/t)", .infinity), Pole("elu(b/t, 3)", -3),
  Pole("leakyrelu(b/t, 0.1)", -.infinity), Pole("sign(b/t)", -1), Pole("step(a/t)", 1),
  Pole("abs(b/t)", .infinity), Pole("cosh(b/t)", .infinity), Pole("sinh(b/t)", -.infinity),
  Pole("sqrt(a/t)", .infinity), Pole("1/sqrt(a/t)", 0), Pole("log(a/t)", .infinity),
  Pole("log(t)", -.infinity),
  Pole("exp(log(t))", 0), Pole("exp(a*log(t))", 0), Pole("1/log(t)", 0), Pole("log1p(a/t)", .infinity),
  Pole("lgamma(a/t)", .infinity), Pole("digamma(a/t)", .infinity), Pole("polygamma(1, a/t)", 0),
  Pole("digamma(t)", -.infinity), Pole("lgamma(t)", .infinity), Pole("polygamma(1, t)", .infinity),
  Pole("sigmoid(digamma(t))", 0), Pole("lgamma(b)", .infinity), Pole("digamma(b)", .nan),
  Pole("min(1/t, a)", 2), Pole("max(1/t, a)", .infinity), Pole("max(b/t, a)", 2),
  Pole("min(b/t, a)", -.infinity),
  Pole("max(1/t, 1/t)", .infinity), Pole("1/(1/t)", 0), Pole("1/(1 + a/t)", 0), Pole("a/(1 + exp(a/t))", 0),
  Pole("t^(-1/2)", .infinity), Pole("a^(b/t)", 0), Pole("(1/2)^(a/t)", 0), Pole("(a/t)^3", .infinity),
  Pole("(b/t)^3", -.infinity), Pole("(b/t)^2", .infinity), Pole("(a/t)^(-3/2)", 0), Pole("1/t > a", 1),
  Pole("b/t > a", 0), Pole("a <= 1/t", 1), Pole("1/t <= 1/t", 1), Pole("a/t + a/t", .infinity),
  Pole("t/t", .nan), Pole("t*(1/t)", .nan), Pole("a/t - a/t", .nan), Pole("a/t + b/t", .nan),
  Pole("sin(1/t)", .nan), Pole("cos(b/t)", .nan), Pole("asin(a/t)", .nan), Pole("logit(a/t)", .nan),
  Pole("sqrt(b/t)", .nan), Pole("log(b/t)", .nan), Pole("t*log(t)", .nan), Pole("(a - z)/(a - z)", .nan),
  Pole("atan(1/(a - z))", .pi / 2), Pole("atan(1/(z - a))", .pi / 2), Pole("1/(-t)", -.infinity),
  Pole("y >= 1 ./ x", 0, 0, 1), Pole("min(1 ./ x, y)", 4, 0, -0.5),
  Pole("atan(y ./ x)", .pi / 2, 0, atan(-2.5)),
  Pole("sech(1 ./ y)[2]", 0), Pole("x ./ x", .nan, 1, 1), Pole("softmax(log(y))", 4.0 / 9, 0, 5.0 / 9),
  Pole("logsumexp(log(y))", log(9)), Pole("norminf(1 ./ x)", .infinity), Pole("max(1 ./ x)", .infinity),
  Pole("argmaxhot(1 ./ x)", 1, 0, 0), Pole("min(1 ./ x)", -0.5),
  Pole("sum(exp(-1 ./ x.^2))", exp(-1) + exp(-0.25)),
  Pole("tanh(1 ./ A)[1, 2]", 1), Pole("diag(1 ./ y)*x", 0, .infinity, -0.4),
  Pole("(1 ./ y) .* x", 0, .infinity, -0.4),
  Pole("norm2(1 ./ y)", .infinity), Pole("exp(-norm2(1 ./ y)^2)", 0), Pole("det(inv(A))", .nan),
]

/// A part that has no value but is not used, or is.
private let slices: [Pole] = [
  Pole("silu(asin(y))[2]", 0), Pole("log(x)[2]", 0), Pole("log(x)[3]", .nan), Pole("sqrt(x)[1:2]", 0, 1),
  Pole("sum(sqrt(x)[1:2])", 1), Pole("sum(sqrt(x)[2:3])", .nan), Pole("log(sqrt(x) .* y)[1]", -.infinity),
  Pole("(log(x)')[1, 2]", 0), Pole("log(x - y)[2]", 0), Pole("(A*log(x))[1]", .nan),
  Pole("acos(y - x)[2]", .pi),
  Pole("log(A)[1, 1]", 0), Pole("sum(log(A)[1:1, 1:1])", 0), Pole("log(log(x))[2]", -.infinity),
  Pole("[log(x); y][4]", 4), Pole("log(x)[2]*sqrt(b)", .nan), Pole("(x .^ 0.5)[2]", 1),
  Pole("(x .^ y)[3]", -32),
]

@Suite("Infinite and unused values")
struct InfinityTests {
  private func results(_ questions: [String], _ data: [String: Matrix]) throws -> [EvaluationResult] {
    let session = Session(
      SourceText(declarations + questions.joined(separator: "\n") + "\n", name: "test.nabla"))
    #expect(session.diagnostics.isEmpty)
    let evaluation = try Nabla.Evaluation(session, data: data)
    return try session.questions.flatMap { try evaluation.results($0) }
  }

  private func isSame(_ a: [Double], _ b: [Double]) -> Bool {
    a.count == b.count
      && zip(a, b).allSatisfy {
        $0 == $1 || $0.isNaN && $1.isNaN || ($0 - $1).magnitude < 1e-12 * $1.magnitude
      }
  }

  @Test("eval has the value of IEEE 754 of what was typed", arguments: poles + slices)
  fileprivate func evaluated(_ pole: Pole) throws {
    let found = try #require(try results(["simplify \(pole.text)"], data).first)
    #expect(isSame(found.value.storage, pole.value), "\(found.value)")
    // The other order of a difference has the other zero.
    if pole.text.contains("z - a") { return }
    #expect(isSame(found.result.storage, pole.value), "\(found.answer.text) = \(found.result)")
  }

  @Test(
    "compiled functions and certified values agree where the canonical form has no other zero",
    arguments: poles)
  fileprivate func compiled(_ pole: Pole) throws {
    let session = Session(SourceText(declarations + "E = \(pole.text)\n", name: "test.nabla"))
    let formula = try #require(session.definition())
    let function = try formula.compiled()
    var values: [Formula: Matrix] = [:]
    for (name, variable) in session.dataVariables { values[variable] = data[name] }
    let needed = values.filter { function.variables.contains($0.key) }
    let (plain, certified) = (
      try function(needed, sizes: ["n": 3]), try function.certified(needed, sizes: ["n": 3])
    )
    #expect(isSame(plain.storage, certified.storage), "\(plain), \(certified)")
    // What the canonical form keeps, it computes as it was typed.
    let changes = ["t/t", "t*(1/t)", "z - a", "a/t - a/t", "a/t + b/t", "a - z)/(a - z", "x ./ x", "t*log"]
    if changes.contains(where: pole.text.contains) { return }
    #expect(isSame(certified.storage, pole.value), "\(formula.text) = \(certified)")
  }

  @Test("a derivative of a slice is that of what is used")
  func slicedDerivatives() throws {
    let data: [String: Matrix] = ["x": [0.5, 3, -4]]
    let s = 1 / (1 + exp(-asin(0.5)))
    let slope = s * (1 + asin(0.5) * (1 - s)) / sqrt(0.75)
    let cases: [(question: String, value: Double, result: [Double])] = [
      ("gradient silu(asin(x))[1] wrt x", asin(0.5) * s, [slope, 0, 0]),
      ("gradient log(x)[1] wrt x", log(0.5), [2, 0, 0]),
      ("gradient sum(sqrt(x)[1:2]) wrt x", sqrt(0.5) + sqrt(3), [0.5 / sqrt(0.5), 0.5 / sqrt(3), 0]),
      ("hessian log(x)[1] wrt x", log(0.5), [-4, 0, 0, 0, 0, 0, 0, 0, 0]),
      ("gradient log(x)[3] wrt x", .nan, [.nan, .nan, .nan]),
      ("gradient (log(x)')[1, 2] wrt x", log(3), [0, 1.0 / 3, 0]),
    ]
    for (question, value, result) in cases {
      let found = try #require(try results([question], data).first)
      #expect(isSame(found.value.storage, [value]), "\(question): \(found.value)")
      #expect(isSame(found.result.storage, result), "\(question): \(found.result)")
    }
    let jacobian = try #require(try results(["jacobian log(x) wrt x"], data).first)
    #expect(isSame(jacobian.value.storage, [log(0.5), log(3), .nan]))
    #expect(isSame(jacobian.result.storage, [2, 0, .nan, 0, 1.0 / 3, .nan, 0, 0, .nan]))
  }

  @Test("a value that is not finite names the condition that does not hold")
  func failures() throws {
    let cases: [(question: String, failures: [String])] = [
      ("simplify log(b)", ["b > 0"]), ("gradient log(x)'*y wrt x", ["x > 0"]),
      ("simplify inv(A)", ["A is invertible"]),
      ("gradient logdet(A) wrt A", ["A is invertible"]), ("simplify sqrt(b)/t", ["b >= 0", "t != 0"]),
      ("gradient sqrt(t) wrt t", ["t > 0"]), ("simplify asin(a)", ["1 - a^2 >= 0"]), ("simplify log(a)", []),
      ("gradient atan(1/t) wrt t", ["t != 0"]), ("simplify exp(1000*a)", []),
    ]
    for (question, failures) in cases {
      let found = try #require(try results([question], data).first)
      #expect(Set(found.failures) == Set(failures), "\(question)")
    }
  }
}
