import TestSupport
import Testing

@testable import Nabla
@testable import NablaCore
@testable import NablaLanguage
@testable import NablaOutput
@testable import NablaTypes
@testable import NablaVerify

private let seed: UInt64 = 20_260_512
private let check = ExactCheck(seed: seed, book: .standard)
private let declarations = """
  A, B, X : matrix(n, n)
  S : matrix(n, n), spd
  P : matrix(n, n), psd
  Q : matrix(n, n), orthogonal
  T : matrix(m, n)
  x, a, b, y, z : vector(n)
  c : vector(n), onehot
  p : vector(n), simplex
  w : vector(3)
  t : scalar
  f : vector(n) -> scalar
  g : vector(n) -> vector(m)

  """

/// Objectives with the variable they are differentiated by; the claim is the engine's.
private let questions = [
  "gradient x'*A*x wrt x", "gradient tr(A*X*B*X') wrt X", "gradient a'*inv(X)*b wrt X",
  "gradient det(X) wrt X",
  "gradient logdet(S) wrt S", "gradient x'*S*x wrt S", "gradient norm2(T*x - g(x))^2 wrt x",
  "gradient f(A*x) wrt x", "gradient sum(log(1 + exp(-y .* (A*x)))) wrt x", "gradient norm2(A*x - b) wrt x",
  "gradient norm1(A*x - b) wrt x", "gradient -sum(c .* log(softmax(z))) wrt z",
  "gradient sum(i = 1:n, exp(x[i])*y[i]) wrt x", "gradient tr((A .* X)*B) wrt X", "gradient t^3*A wrt t",
  "gradient sum(relu(A*x)) wrt A", "gradient max(A*x) wrt x", "gradient tr(kron(A, X)) wrt X",
  "gradient norm2(Q*x - y)^2 wrt Q", "gradient sum(gelu(A*x)) wrt x", "gradient T*x wrt x",
  "jacobian X*a wrt X", "jacobian A*X*B wrt X", "jacobian inv(X) wrt X", "jacobian x/(x'*x) wrt x",
  "jacobian softmax(x) wrt x", "jacobian g(x) wrt x", "jacobian [x; A*x] wrt x",
]

@Suite("Derivatives and equations over the prime field, seed 20260512") struct ExactCheckTests {
  private func answer(_ question: String) throws -> Answer {
    let session = Session(SourceText(declarations + question + "\n", name: "exact"))
    try #require(session.diagnostics.isEmpty, "\(session.diagnostics.map(\.message))")
    guard case .answers(let answers) = session.answer(try #require(session.questions.first)) else {
      throw EvaluationFailure()
    }
    return try #require(answers.first)
  }

  private struct EvaluationFailure: Error {}

  private func finding(_ answer: Answer, _ claim: Formula) throws -> ExactCheck.Finding {
    let claim = Claim(
      try #require(answer.kind.derivative), claim, of: answer.expression, by: answer.variables)
    return check.finding(on: try #require(claim))
  }

  @Test(arguments: questions) func rightOnesAreCertified(_ question: String) throws {
    let answer = try answer(question)
    guard case .certified(let certificate) = try finding(answer, answer.expanded) else {
      Issue.record("\(try finding(answer, answer.expanded))")
      return
    }
    #expect(certificate.exponent >= 24 && certificate.points >= 3)
    #expect(answer.verdict?.certificate != nil && answer.verdict?.method == "exact")
  }

  @Test(arguments: Sample.of(questions, oneIn: 6)) func wrongOnesDiffer(_ question: String) throws {
    let answer = try answer(question)
    let right = answer.expanded
    var wrong = [
      right.negated, right.scaled(by: 2),
      right.scaled(by: Rational(1_000_000_000_001, over: 1_000_000_000_000)),
      Formula.adding(right, Formula.ones(right.shape).scaled(by: Rational(1, over: 1_000_000_000_000))),
      .zeros(right.shape),
    ]
    if right.shape.isSquare, right.transposed != right, question != "gradient x'*S*x wrt S",
      question != "gradient logdet(S) wrt S"
    {
      wrong.append(right.transposed)
    }
    for claim in wrong where claim != right {
      guard case .differs = try finding(answer, claim) else {
        Issue.record("\(claim.text) passes: \(try finding(answer, claim))")
        continue
      }
    }
  }

  @Test func secondDerivatives() throws {
    for question in ["hessian x'*A*x wrt x", "hessian sum(exp(A*x)) wrt x", "hessian log(x'*A*x) wrt x"] {
      let answer = try answer(question)
      let x = try #require(answer.variables.first)
      func finding(_ claim: Formula) -> ExactCheck.Finding {
        check.finding(on: .hessian(claim, of: answer.expression, by: x))
      }
      guard case .certified = finding(answer.expanded) else {
        Issue.record("\(question): \(finding(answer.expanded))")
        continue
      }
      for wrong in [answer.expanded.scaled(by: 2), answer.expanded.negated] {
        guard case .differs = finding(wrong) else {
          Issue.record("\(question): \(finding(wrong))")
          continue
        }
      }
    }
    let mixed = try answer("hessian x'*A*y wrt x, y")
    #expect(mixed.verdict?.method == "exact")
  }

  @Test(
    "errors far below the tolerance of numbers are refuted",
    arguments: [
      "check (1 + 1e-12)*t == t", "check gradient x'*x wrt x == (2 + 1e-13)*x", "check (1 + 1e-25)*t == t",
      "check det(A*B) == det(A)*det(B) + 1e-14", "check norm2(Q*x)^2 == (1 + 1e-12)*norm2(x)^2",
      "check inv(A*B) == (1 + 1e-13)*inv(B)*inv(A)",
    ])
  func tinyErrors(question: String) throws {
    let verdict = try #require(try answer(question).verdict)
    #expect(verdict.status == .refuted && verdict.isRefutedExactly && verdict.method == "exact")
    #expect(verdict.counterexample != nil)
  }

  @Test("what numbers refute by rounding alone is verified where it is a rational identity")
  func rounding() throws {
    let verdict = try #require(try answer("check det(w*w') == 0").verdict)
    #expect(verdict.status == .verified && verdict.method == "exact" && verdict.counterexample == nil)
    let claims = [
      "check det(x*x') == 1", "check det(Q) == 1", "check abs(t) == t", "check pinv(T)*T == eye(n)",
      "check det(x*x') == 0", "check adj(P)*P == zeros(n, n)",
    ]
    for claim in Sample.of(claims, oneIn: 6) {
      let verdict = try #require(try answer(claim).verdict)
      #expect(verdict.status == .refuted && verdict.method == "numeric", "\(claim)")
    }
  }

  @Test("what numbers pass and unknowns cannot decide stays numeric")
  func undecided() throws {
    let verdict = try #require(try answer("check exp(t + 1) == e*exp(t)").verdict)
    #expect(verdict.status == .verified && verdict.method == "numeric" && verdict.certificate == nil)
  }

  @Test("an answer that rests on a numeric one is numeric")
  func grounds() throws {
    let certificate = ExactCertificate(points: 3, bits: 50, hasChoices: false)
    let exact = Verdict(status: .verified, certificate: certificate)
    #expect(exact.restingOn(Verdict(status: .verified)).method == "numeric")
    #expect(exact.restingOn(exact).method == "exact" && exact.restingOn(nil).method == "exact")
    let choices = Verdict(
      status: .verified, certificate: ExactCertificate(points: 8, bits: 40, hasChoices: true))
    #expect(exact.restingOn(choices).certificate?.exponent == 40)
    #expect(certificate.exponent == 150)
  }

  @Test("the same question has the same verdict")
  func isDeterministic() throws {
    for question in questions {
      #expect(try answer(question).verdict == (try answer(question).verdict))
    }
  }

  @Test("what is too large, or has no value, is left to numbers with a reason")
  func limits() throws {
    let long = Make.variable("x", .vector(Dimension(1_099_511_627_776)))
    let finding = check.finding(
      on: .equality(Make.array(.dot, long, long), Make.sum(.power(long, .number(2)))))
    guard case .notApplicable(let reason) = finding else {
      Issue.record("\(finding)")
      return
    }
    #expect(reason.contains("\(ExactLimits.array)"))
    let index = Make.index("i")
    for last in [1 << 30, Int.max] {
      let endless = Formula.apply(
        .indexSum("i", Dimension(last - (1 << 29)), Dimension(last)), [.times([index, index])], .scalar)
      guard case .notApplicable = check.finding(on: .equality(endless, endless.scaled(by: 2))) else {
        Issue.record("a sum of \(last) terms")
        continue
      }
    }
    let x = Make.variable("t", .scalar)
    let nothing = Formula.power(.sum([x, x.negated, .times([.zero, x])], .scalar), .number(-1))
    if case .certified = check.finding(on: .equality(nothing, x)) {
      Issue.record("one over zero is certified")
    }
    let empty = Make.variable("y", .vector(0))
    if case .certified = check.finding(on: .equality(Make.sum(empty), x)) {
      Issue.record("an empty vector is certified")
    }
  }

  @Test("sums over an index: nested, as exponents, empty")
  func indexSums() throws {
    for (left, right) in [
      ("sum(i = 1:n, sum(j = 1:n, A[i, j]*x[j]*y[i]))", "y'*A*x"),
      ("sum(i = 1:n, x[i]*sum(j = 1:n, y[j]))", "sum(x)*sum(y)"),
      ("sum(i = 1:n, i*x[i]) + sum(i = 1:n, x[i])", "sum(i = 1:n, (i + 1)*x[i])"),
      ("sum(i = 1:n, x[i]^i)*sum(i = 1:n, x[i]^i)", "sum(i = 1:n, x[i]^i)^2"),
    ] {
      let verdict = try #require(try answer("check \(left) == \(right)").verdict)
      #expect(verdict.status == .verified && verdict.method == "exact", "\(left)")
    }
    let empty = Formula.apply(.indexSum("i", 2, 1), [Make.index("i")], .scalar)
    guard case .certified = check.finding(on: .equality(empty, .zero)) else {
      Issue.record("an empty sum")
      return
    }
  }
}
