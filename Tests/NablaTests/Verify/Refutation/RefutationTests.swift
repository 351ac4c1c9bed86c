import TestSupport
import Testing

@testable import Nabla
@testable import NablaLanguage
@testable import NablaNumerics
@testable import NablaVerify

/// A false claim, and the expected explanation.
private struct FalseClaim: Sendable, CustomTestStringConvertible {
  let text: String
  var slip: String?
  var property: String?
  var testDescription: String { text }

  init(_ text: String, slip: String? = nil, property: String? = nil) {
    (self.text, self.slip, self.property) = (text, slip, property)
  }
}

private let head = """
  A, B : matrix(n, n)
  S : matrix(n, n), symmetric
  Q : matrix(n, n), orthogonal
  X : matrix(m, n)
  x, y : vector(n)
  b : vector(m)
  s : vector(n), signs
  t, lambda : scalar
  r = X*x - b

  """

private let slips = [
  // Factors and signs of the whole
  FalseClaim("gradient x'*x wrt x == x", slip: "2*x: the factor 2 is missing"),
  FalseClaim("gradient norm2(r)^2 wrt x == X'*r", slip: "2*X'*r: the factor 2 is missing"),
  FalseClaim("gradient 1/2*norm2(r)^2 wrt x == 2*X'*r", slip: "X'*r: the factor 2 is superfluous"),
  FalseClaim("gradient norm2(r)^2/m wrt x == 2*X'*r", slip: "2/m*X'*r: the factor 1/m is missing"),
  FalseClaim("gradient norm2(r)^2 wrt x == 2/m*X'*r", slip: "2*X'*r: the factor 1/m is superfluous"),
  FalseClaim("gradient norm2(r)^2/m wrt x == 1/m*X'*r", slip: "2/m*X'*r: the factor 2 is missing"),
  FalseClaim("gradient norm2(r)^2 wrt x == 2*X'*(b - X*x)", slip: "-2*X'*(b - X*x): the sign is wrong"),
  FalseClaim("gradient sum(cos(x)) wrt x == sin(x)", slip: "-sin(x): the sign is wrong"),
  FalseClaim("gradient norm2(A*x)^2 wrt x == 4*A'*A*x", slip: "2*A'*A*x: the factor 2 is superfluous"),
  // Transposes
  FalseClaim("gradient y'*A*x wrt x == A*y", slip: "A'*y: A' for A"),
  FalseClaim("gradient y'*A*x wrt y == A'*x", slip: "A*x: A for A'"),
  FalseClaim("jacobian A*x wrt x == A'", slip: "A: A for A'", property: "A symmetric"),
  FalseClaim("(A*B)' == A'*B'", slip: nil),
  // Parts
  FalseClaim("gradient x'*x + y'*x wrt x == x + y", slip: "2*x + y: 2*x for x"),
  FalseClaim("gradient norm2(x - y)^2 wrt x == 2*(x + y)", slip: "2*(x - y): - y for + y"),
  FalseClaim(
    "gradient sum(sigmoid(x)) wrt x == sigmoid(x) .* (1 + sigmoid(x))",
    slip: "sigmoid(x) .* (1 - sigmoid(x)): - sigmoid(x) for + sigmoid(x)"),
  FalseClaim("gradient sum(log(1 + exp(x))) wrt x == sigmoid(-x)", slip: "sigmoid(x): x for -x"),
  FalseClaim("gradient sum(x.^3) wrt x == 3*x", slip: "3*x.^2: x.^2 for x"),
  FalseClaim("gradient t^3 wrt t == 3*t", slip: "3*t^2: t^2 for t"),
  FalseClaim("gradient t^3 wrt t == 3*t^3", slip: "3*t^2: 2 for 3"),
  // Operations
  FalseClaim("gradient sum(x .* y) wrt x == sum(y)", slip: nil),
  FalseClaim("x'*y == x .* y", slip: nil),
  FalseClaim("norm2(x)^2 == sum(x)", slip: "sum(x.^2): x.^2 for x"),
  FalseClaim("x'*A*y == mean(x .* (A*y))", slip: "sum(x .* (A*y)): sum for mean"),
  FalseClaim("gradient sum(sin(x)) wrt x == sin(x)", slip: "cos(x): cos for sin"),
  FalseClaim("gradient tr(A*B) wrt A == A'", slip: "B': B for A"),
  FalseClaim("gradient x'*A*B*y wrt x == B*A*y", slip: "A*B*y: A*B for B*A"),
  FalseClaim("inv(A*B) == inv(A)*inv(B)", slip: "inv(B)*inv(A): inv(B)*inv(A) for inv(A)*inv(B)"),
  // Terms
  FalseClaim(
    "gradient norm2(r)^2 + lambda*norm2(x)^2 wrt x == 2*X'*r",
    slip: "2*X'*r + 2*lambda*x: the term 2*lambda*x is missing"),
  FalseClaim("hessian x'*A*x wrt x == A", slip: "A + A': the term A' is missing"),
  FalseClaim("gradient norm2(r)^2 wrt x == 2*X'*r + x", slip: "2*X'*r: the term x is superfluous"),
  // The left side
  FalseClaim("2*x'*x == norm2(x)^2", slip: "2*norm2(x)^2: the factor 2 is missing"),
  FalseClaim("2*x == gradient norm2(x) wrt x", slip: "gradient norm2(x)^2 wrt x: norm2(x)^2 for norm2(x)"),
]

private let properties = [
  FalseClaim("gradient x'*A*x wrt x == 2*A*x", property: "A symmetric"),
  FalseClaim("A*x == A'*x", property: "A symmetric"),
  FalseClaim("A' == -A", property: "A skew"),
  FalseClaim("inv(A) == A'", property: "A orthogonal"),
  FalseClaim("A'*A == I", property: "A orthogonal"),
  FalseClaim("tril(A) == A", property: "A lower"),
  FalseClaim("triu(A) == A", property: "A upper"),
  FalseClaim("diag(diag(A)) == A", property: "A diagonal"),
  FalseClaim("nucnorm(A) == tr(A)", property: "A psd"),
  FalseClaim("norm1(x) == sum(x)", property: "x nonnegative"),
  FalseClaim("sqrt(t^2) == t", property: "t nonnegative"),
  FalseClaim("abs(x) == x", property: "x nonnegative"),
  FalseClaim("x.^2 == x", property: "x binary"),
  FalseClaim("x.^2 == ones(n)", property: "x signs"),
  FalseClaim("sum(x) == 1", property: "x simplex"),
  FalseClaim("x'*x == sum(x)", property: "x binary"),
  FalseClaim("norm2(x)^2 == 1 - (1 - sum(x))", property: "x binary"),
  FalseClaim("norm2(A*x) == norm2(x)", property: "A orthogonal"),
  FalseClaim("gradient -sum(y .* log(softmax(x))) wrt x == softmax(x) - y", property: "y simplex"),
  FalseClaim("gradient logdet(A) wrt A == inv(A)", property: "A symmetric"),
  FalseClaim("gradient tr(A*A) wrt A == 2*A", property: "A symmetric"),
  FalseClaim("A*S == (S*A)'", property: "A symmetric"),
  FalseClaim("A*B == (B*A)'", property: "A, B symmetric"),
  FalseClaim("det(A) == prod2", property: nil),
  FalseClaim("Q*Q == I", property: "Q symmetric"),
  FalseClaim("abs(s .* t) == t*ones(n)", property: "t nonnegative"),
  // Properties that make both sides vanish, or the variable the identity, are no help.
  FalseClaim("x'*A*x == 3*x'*A*x"), FalseClaim("Q*Q == Q"), FalseClaim("S*Q == Q*S"),
]

@Suite("Refutations that help")
struct RefutationTests {
  private func answer(_ text: String, head: String = head) throws -> (Session, Answer) {
    let session = Session(SourceText("\(head)check \(text)\n"))
    try #require(session.diagnostics.map(\.message) == [])
    let question = try #require(session.questions.last)
    guard case .answers(let answers) = session.answer(question) else {
      throw Failure(text: text)
    }
    return (session, try #require(answers.first))
  }

  private struct Failure: Error { let text: String }

  @Test("the likeliest slip", arguments: Sample.of(slips.filter { $0.slip != nil }, oneIn: 10))
  fileprivate func slip(_ claim: FalseClaim) throws {
    let (_, answer) = try answer(claim.text)
    #expect(answer.verdict?.status == .refuted)
    let slip = try #require(answer.refutation?.slip)
    #expect("\(slip.text): \(slip.edit)" == claim.slip)
    let (_, corrected) = try self.answer(slip.claim)
    #expect(corrected.verdict?.status == .verified)
    if let property = claim.property { #expect(Self.text(answer.refutation?.property) == property) }
  }

  @Test(
    "the weakest property", arguments: Sample.of(properties.filter { !$0.text.contains("prod2") }, oneIn: 12))
  fileprivate func property(_ claim: FalseClaim) throws {
    let (session, answer) = try answer(claim.text)
    #expect(answer.verdict?.status == .refuted)
    let needed = answer.refutation?.property
    #expect(Self.text(needed) == claim.property)
    guard let needed else { return }
    // Declared so, the claim is true.
    let lines = session.source.text.split(separator: "\n").map { line in
      line.contains(" : ") && needed.variables.contains { line.split(separator: ":")[0].contains($0) }
        ? "\(line), \(needed.property.rawValue)" : String(line)
    }
    let declared = Session(SourceText(lines.joined(separator: "\n") + "\n"))
    let question = try #require(declared.questions.last)
    guard case .answers(let answers) = declared.answer(question) else { throw Failure(text: claim.text) }
    #expect(answers.first?.verdict?.status == .verified)
  }

  private static func text(_ property: Refutation.NeededProperty?) -> String? {
    property.map { "\($0.variables.joined(separator: ", ")) \($0.property.rawValue)" }
  }

  @Test("the claim of the documents that is true for symmetric matrices alone")
  func documentsC8() throws {
    let (_, answer) = try answer(
      "gradient tr(A*X*B*X') wrt X == A'*X*(B + B')",
      head: "A : matrix(n, n)\nB : matrix(k, k)\nX : matrix(n, k)\n")
    #expect(
      answer.refutation?.lines == ["the gradient is A*X*B + A'*X*B'", "hint: true if A is symmetric"])
  }

  @Test("the claim of the documents with a needless term")
  func documentsC23() throws {
    let (_, answer) = try answer(
      """
      gradient 1/m*sum(log(1 + exp(-y .* (Z*w)))) wrt w == 1/m*Z'*((sigmoid(-y .* (Z*w)) - 1) .* (-y))
      """, head: "Z : matrix(m, d)\nw : vector(d)\ny : vector(m), signs\n")
    #expect(
      answer.refutation?.lines == [
        "the gradient is -Z'*(y .* sigmoid(-y .* (Z*w)))/m",
        "hint: true with 1/m*Z'*(sigmoid(-y .* (Z*w)) .* (-y)) on the right side: the term -1 is superfluous",
      ])
  }

  @Test("values are whole numbers, at the smallest sizes at which a claim fails")
  func values() throws {
    for (text, size) in [
      ("gradient x'*x wrt x == x", 1), ("A*B == B*A", 2), ("S*Q == Q*S", 2), ("det(A) == tr(A)/2", 1),
    ] {
      let (_, answer) = try answer(text)
      let example = try #require(answer.verdict?.counterexample)
      #expect(example.sizes["n"] == size, "\(text)")
      #expect(example.left != example.right)
      for value in example.values.values {
        #expect(value.storage.allSatisfy { $0 == $0.rounded() && $0.magnitude <= 4 }, "\(text): \(value)")
      }
    }
  }

  @Test("what is differentiated has a value where its derivatives are compared")
  func domains() throws {
    let (_, verified) = try answer("gradient log(t) wrt t == 1/abs(t)")
    #expect(verified.verdict?.status == .verified)
    let (_, refuted) = try answer("gradient sum(log(x)) wrt x == 1 ./ x.^2")
    let value = try #require(refuted.verdict?.counterexample?.values["x"])
    #expect(value.storage.allSatisfy { $0 > 0 })
  }

  @Test("a claim of two hundred terms is answered")
  func large() throws {
    let count = Sample.count(80, of: 200)
    let terms = (1...count).map { "\($0)*A*x" }
    let left = terms.joined(separator: " + ")
    let refutation = try answer("\(left) == \(left.replacing(" 77*A*x", with: " 77*A'*x"))").1.refutation
    #expect(refutation?.hints == ["true with A for A' on the right side", "true if A is symmetric"])
    let sines = (1...count).map { "sin(\($0)*x)" }.joined(separator: " + ")
    _ = try answer("gradient sum(\(sines)) wrt x == \(sines)")
  }

  @Test("odd claims do no harm")
  func odd() throws {
    for text in [
      "0 == 1", "t == 0", "1 == 2 == 3", "[x, y] == [y, x]", "x[1] == y[1]", "sum(i = 1:n, x[i]) == 2*sum(x)",
      "eye(n) == 2*eye(n)", "A^2 == A^3", "-(-x) == -x", "(x) == ((y))", "x .^ 2 ./ y == y", "A⁻¹ == Aᵀ",
      "‖x‖² == ‖x‖",
      "(t < 1) == (t > 1)", "kron(A, B) == kron(B, A)", "commutation(n, m) == 2*commutation(n, m)",
      "1e30*t == 1e-30*t", "t^2^2 == t^2", "99999999999999999999*t == t",
    ] {
      let (_, answer) = try answer(text)
      #expect(answer.verdict?.status == .refuted, "\(text)")
      if let slip = answer.refutation?.slip {
        let (_, corrected) = try self.answer(slip.claim)
        #expect(corrected.verdict?.status == .verified, "\(text): \(slip.claim)")
      }
    }
  }
}
