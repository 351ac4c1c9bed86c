import TestSupport
import Testing

@testable import Nabla
@testable import NablaFuzz
@testable import NablaLanguage
@testable import NablaVerify

private let seeds = 0..<Sample.count(1, of: 8)

/// A verdict rests on points at which a false claim would have shown.
@Suite struct EvidenceTests {
  private static let declarations = """
    v, x : vector(n)
    Z : matrix(m, n)
    d : vector(n)
    y : vector(k), binary
    h : vector(k), onehot
    f : vector(N)
    A : matrix(k, k), signs
    B : matrix(2, 2)
    C : matrix(3, 3)
    L : matrix(3, 3), positive
    M : matrix(3, 3), signs
    T : matrix(2, 2*n), binary
    X : matrix(3, 3), onehot
    H : matrix(2, 2), onehot
    K : matrix(3, k), onehot
    N : matrix(n, 3)
    F : matrix(2, m)
    G : matrix(m, 2)
    e : vector(2), onehot
    t : row(m), signs
    P : matrix(n, m), simplex
    S : matrix(2, 2), spd
    a, b : scalar
    r : row(m)
    s : vector(k), signs
    phi : scalar -> matrix(m, 3)
    psi : scalar -> scalar
    X1 : matrix(m, 3)
    Y1 : matrix(3, 3), binary
    y1 : vector(2), binary

    """

  private func answers(_ question: String, seed: UInt64? = nil) -> [Answer] {
    var options = SessionOptions()
    options.explainsRefutations = false
    if let seed { options.seed = seed }
    let session = Session(
      SourceText(Self.declarations + question + "\n", name: "<test>"), options: options)
    return session.questions.flatMap { asked -> [Answer] in
      guard case .answers(let answers) = session.answer(asked) else {
        Issue.record("no answer to \(question)")
        return []
      }
      return answers
    }
  }

  /// A question, its true answer, and claims that are false of it.
  private static let claims: [(question: String, truth: String, false: [String])] = [
    (
      "gradient max(logsoftmax(v + v)) wrt v", "2*(argmaxhot(logsoftmax(2*v)) - softmax(2*v))",
      [
        "2*(2*(argmaxhot(logsoftmax(2*v)) - softmax(2*v)))", "-2*(argmaxhot(logsoftmax(2*v)) - softmax(2*v))",
        "2*(argmaxhot(logsoftmax(2*v)) - softmax(3*v))",
      ]
    ),
    ("gradient max(logsoftmax(v)) wrt v", "argmaxhot(v) - softmax(v)", ["7*argmaxhot(v)"]),
    (
      "gradient max(softmax(v)) wrt v", "softmax(v) .* (argmaxhot(softmax(v)) - max(softmax(v)))",
      ["2*softmax(v) .* (argmaxhot(softmax(v)) - dot(argmaxhot(softmax(v)), softmax(v)))"]
    ),
    (
      "gradient max(sigmoid(x)) + norm2(x)^2 wrt x", "2*x + argmaxhot(x) .* sigmoid(x) .* (1 - sigmoid(x))",
      ["2*x + 2*argmaxhot(x) .* sigmoid(x) .* (1 - sigmoid(x))"]
    ),
    (
      "gradient max(x ./ (1/2 + x.^2)) wrt x",
      "argmaxhot(x ./ (1/2 + x.^2)) .* (1/2 - x.^2) ./ (1/2 + x.^2).^2",
      ["3*argmaxhot(x ./ (1/2 + x.^2)) .* (1/2 - x.^2) ./ (1/2 + x.^2).^2", "3*argmaxhot(x)"]
    ),
    (
      "gradient min(x ./ (1/2 + x.^2) + x.^5) wrt x",
      "argmaxhot(-x ./ (1/2 + x.^2) - x.^5) .* ((1/2 - x.^2) ./ (1/2 + x.^2).^2 + 5*x.^4)",
      ["argmaxhot(-x ./ (1/2 + x.^2) - x.^5) .* ((1/2 - x.^2) ./ (1/2 + x.^2).^2 - 5*x.^4)"]
    ),
    (
      "jacobian argmaxhot(atan(d)) .* d wrt d", "diag(argmaxhot(d))",
      ["(1 + 1e-6)*diag(argmaxhot(atan(d)))", "2*diag(argmaxhot(atan(d)))"]
    ),
    (
      "hessian min(logsumexp(Z)) wrt Z",
      "diag(vec(argmaxhot(-logsumexp(Z))*ones(n)'))*(diag(vec(softmax(Z))) - diag(vec(softmax(Z)))*kron(ones(n, n), eye(m))*diag(vec(softmax(Z))))",
      [
        "2*diag(vec(argmaxhot(-logsumexp(Z))*ones(n)'))*(diag(vec(softmax(Z))) - diag(vec(softmax(Z)))*kron(ones(n, n), eye(m))*diag(vec(softmax(Z))))",
        "zeros(m*n, m*n)",
      ]
    ),
    // What is false on few branches, or of data that lie on the kinks of what is not differentiated.
    (
      "jacobian where(H/b, S, a) wrt S", "diag(vec((H/b > 0) + (H/b < 0)))",
      ["diag(vec((H/b > 0) + 2*(H/b < 0)))"]
    ),
    (
      "jacobian (10 <= r)*(phi(2)*C) wrt C", "kron(eye(3), (10 <= r)*phi(2))",
      ["kron(eye(3), (20 <= r)*phi(2))", "kron(eye(3), (10 < r)*phi(2)) .* (a <= 40)"]
    ),
    (
      "jacobian huber(B .* eye(2), b^1.5) wrt b",
      "3/2*sqrt(b)*vec((abs(B .* I) - b^(3/2)) .* (b^(3/2) < abs(B .* I)))",
      ["3/(2*sqrt(b))*vec((abs(B .* I) - b^(3/2)) .* (b^(3/2) < abs(B .* I)))"]
    ),
    ("gradient psi(min(10, a)) wrt a", "(a <= 10)*psi'(min(10, a))", ["(a <= 20)*psi'(min(20, a))"]),
    ("jacobian relu(s + y) wrt s", "diag(s + y > 0)", ["diag(y > 0)"]),
    (
      "gradient tanh(a) - P[1, 1] wrt P", "[-1, zeros(1, m - 1); zeros(n - 1, m)]",
      ["10000001/10000000*[-1, zeros(1, m - 1); zeros(n - 1, m)]"]
    ),
    (
      "jacobian [polar(K), C/(2 + a)] wrt a", "-vec([zeros(3, k), C])/(a + 2)^2",
      ["-vec([zeros(k, 3); C]')/(a + 2)^2"]
    ),
    (
      "jacobian kron(v < 3 + x, norminf(relu(N))) wrt N",
      "(v < 3 + x)*vec(argmaxhot(relu(N)) .* (N > 0) .* sign(relu(N)))'",
      [
        """
        [3*((v < 3 + x)*vec(argmaxhot(relu(N)) .* (N > 0) .* sign(relu(N)))')[1, :]; \
        ((v < 3 + x)*vec(argmaxhot(relu(N)) .* (N > 0) .* sign(relu(N)))')[2:n, :]]
        """
      ]
    ),
    (
      "gradient nucnorm(3*e*t) wrt e", "3*polar(3*e*t)*t'",
      ["[9*(polar(3*e*t)*t')[1]; 3*(polar(3*e*t)*t')[2]]"]
    ),
    (
      "gradient min(pi + a, b)^2 wrt a", "2*(pi + a)*(pi + a <= b)", ["2*(pi + a)*(a - pi <= b)"]
    ),
    (
      "jacobian exp(C)/max(a, pi) wrt a", "-vec(exp(C))/max(a, pi)^2*(pi <= a)",
      ["-vec(exp(C)')/max(a, pi)^2*(pi <= a)"]
    ),
    // Claims that are false only if all entries are equal, or at one of many leading entries.
    (
      "jacobian y1 .^ a wrt y1", "a*diag(y1.^(a - 1))", ["a*diag(y1.^(2*a - 1))"]
    ),
    (
      "jacobian huber(Y1, b) wrt Y1", "diag(vec(sign(Y1) .* min(b, Y1)))",
      [
        """
        [3*(diag(vec(sign(Y1) .* min(b, Y1))))[1, :]; \
        (diag(vec(sign(Y1) .* min(b, Y1))))[2:9, :]]
        """
      ]
    ),
    (
      "hessian (a < 0)*exp(norminf(X1)) wrt X1",
      "(a < 0)*exp(norminf(X1))*vec(sign(X1) .* argmaxhot(abs(X1)))*vec(sign(X1) .* argmaxhot(abs(X1)))'",
      [
        """
        [3*((a < 0)*exp(norminf(X1))*vec(sign(X1) .* argmaxhot(abs(X1)))*vec(sign(X1) .* argmaxhot(abs(X1)))')[1, :]; \
        ((a < 0)*exp(norminf(X1))*vec(sign(X1) .* argmaxhot(abs(X1)))*vec(sign(X1) .* argmaxhot(abs(X1)))')[2:3*m, :]]
        """
      ]
    ),
  ]

  @Test("sides that agree at isolated points alone are not verified", arguments: 0..<Sample.count(4, of: 40))
  func isolatedPoints(_ seed: Int) throws {
    let b = Formula.scalar("b")
    let sides = try ["polygamma(1, b)", "polygamma(b, 1)"].map { try Formula(parsing: $0, in: [b]) }
    let verdict = Verification(seed: UInt64(seed), book: .standard).verdict(on: .equality(sides[0], sides[1]))
    #expect(verdict.status != .verified, "seed \(seed)")
  }

  /// Claims that hold for some functions in place of the declared one and fail for others.
  @Test(
    "a declared function may have any value", arguments: seeds,
    Sample.of(
      [
        ("psi(1) > 0", "2*a", "1"), ("psi(2) > 3", "1", "2*a"), ("abs(psi(b)) > 20", "1", "2*a"),
        ("psi(2) > psi(1)", "1", "2*a"),
        ("psi(a) > 10", "where(psi(a) > 100, 2*a, 1)", "where(psi(a) > 4, 2*a, 1)"),
      ], oneIn: 6))
  func declaredFunctionsHaveAnyValue(_ seed: Int, _ question: (test: String, String, String)) throws {
    for claim in [question.1, question.2] {
      let text = "check gradient where(\(question.test), a^2, a) wrt a == \(claim)"
      for answer in answers(text, seed: UInt64(seed)) {
        #expect(answer.verdict?.status == .refuted, "\(text), seed \(seed)")
      }
    }
  }

  /// Claims that are false between two borders alone, far from every number in them.
  @Test("points between borders are found", arguments: 0..<Sample.count(1, of: 8))
  func pointsBetweenBorders(_ seed: Int) throws {
    let (b, c) = (Formula.scalar("b"), Formula.scalar("c"))
    func read(_ text: String) throws -> Formula { try Formula(parsing: text, in: [b, c]) }
    let check = Verification(seed: UInt64(seed), book: .standard, differentiated: [c])
    for left in ["relu(7*c - 121)*relu(17.5 - c)", "relu(b + c - 90)*relu(91 - b - c)"] {
      let verdict = check.verdict(on: .equality(try read(left), try read("0")))
      #expect(verdict.status == .refuted, "\(left), seed \(seed)")
    }
    // The claim is off by 1e-45 at most.
    let claim = "16*(2*c/3 <= 20)*min(20, 2*c/3)*exp(-min(20, 2*c/3)^2)/(9*sqrt(pi))"
    let verdict = check.verdict(on: .hessian(try read(claim), of: try read("erfc(min(10, 2/3*c))"), by: c))
    #expect(verdict.status == .refuted, "seed \(seed)")
  }

  @Test("a term that counts only where few points have a value", arguments: seeds)
  func fewPointsHaveValue(_ seed: Int) {
    let claim = "check jacobian clip(log1p(M), C + L, b*C) wrt b == vec(C .* (b*C <= max(L, log1p(M))))"
    for answer in answers(claim, seed: UInt64(seed)) {
      #expect(answer.verdict?.status == .refuted, "seed \(seed)")
    }
  }

  @Test("where a difference proves nothing, agreement proves nothing", arguments: 0..<Sample.count(1, of: 4))
  func agreementOnKinksIsNoEvidence(_ seed: Int) {
    // False, but not where the sizes are equal, and on a kink unless all entries are 1.
    let claim =
      "check jacobian commutation(2, n)*vec(relu(T[:, n + 1:2*n])) wrt T"
      + " == diag(vec((T[:, n + 1:2*n] > 0)'))*commutation(2, n)'*kron([zeros(n, n), eye(n)], eye(2))"
    for answer in answers(claim, seed: UInt64(seed)) {
      #expect(answer.verdict?.status != .verified, "seed \(seed)")
    }
  }

  @Test("points that contradict a claim outweigh those at which it holds", arguments: seeds)
  func contradictionsOutweighAgreement(_ seed: Int) {
    // Balls cannot tell whether an entry of the exponential is 0, so they decide nothing.
    let claim = "check jacobian relu(expm(X)) + min(C, 2/3) wrt C == diag(vec(3*(C <= 2/3) - 2*(C <= -1)))"
    for answer in answers(claim, seed: UInt64(seed)) {
      #expect(answer.verdict?.status != .verified, "seed \(seed)")
    }
  }

  @Test("what overflows or is singular at every size but one is not verified")
  func oneSizeIsNotEvidence() {
    let inner = "sylvester(ones(2, 2), ones(m, m), F)"
    let claim = "diag(vec(sech(G*\(inner)) .* tanh(G*\(inner))))*kron(eye(m), G)"
    let inverse = "inv(kron(eye(m), ones(2, 2)) + kron(ones(m, m), eye(2)))"
    for answer in answers("check jacobian sech(G*\(inner)) wrt F == -1000001/1000000*\(claim)*\(inverse)") {
      #expect(answer.verdict?.status != .verified)
    }
  }

  @Test(arguments: Sample.of(claims.indices, oneIn: 12)) func falseClaimsAreRefuted(_ index: Int) {
    let (question, truth, wrong) = Self.claims[index]
    for answer in answers("check \(question) == \(truth)") {
      #expect(answer.verdict?.status == .verified, "\(question) == \(truth)")
    }
    for claim in wrong {
      for answer in answers("check \(question) == \(claim)") {
        #expect(answer.verdict?.status == .refuted, "\(question) == \(claim)")
      }
    }
  }

  @Test(
    "discrete variables lie on kinks by their property, where nothing is refuted",
    arguments: [
      "hessian norm1(y)^2 wrt y", "hessian norminf(y)^2 wrt y",
      "hessian lgamma(2 + norm1(y/exp(3))^2) wrt y", "hessian norm1(h)^2 wrt h",
      "gradient cos(abs(h)'*sign(h)) wrt h", "gradient min(max(ones(N), f)) wrt f",
      "gradient relu(det(adj(A))) wrt A",
    ]) func kinksRefuteNothing(_ question: String)
  {
    for answer in answers(question) { #expect(answer.verdict?.status != .refuted) }
  }

  @Test("verified answers, each spoiled by one change, are not verified again unless it makes no difference")
  func spoiledClaims() {
    let campaign = ClaimCampaign(seed: 20)
    for number in Sample.of(0..<40, oneIn: 16) {
      let defect = campaign.tried(number)
      #expect(defect == nil, "case \(number): \(defect?.message ?? "")\n\(defect?.input ?? "")")
    }
  }

  @Test("the answers of the seed documents, each spoiled by one change")
  func spoiledSeeds() {
    let seed: UInt64 = 11
    var random = SplitMix64(seed: seed)
    let spoiling = SpoiledClaimCheck(book: .standard, seed: seed)
    for name in SeedFiles.names {
      guard let session = SeedFiles.sessions[name] else { continue }
      let questions = session.questions.filter { $0.question.kind != .check }
      for question in Sample.of(questions, oneIn: 12) {
        guard case .answers(let answers) = session.sharedAnswer(question), let answer = answers.first,
          !answer.expanded.containsDifferential, answer.expanded.cost < 4_000,
          let (edit, claim) = answer.expanded.spoiled(using: &random).randomElement(using: &random),
          Verification(seed: seed, book: .standard, differentiated: answer.variables)
            .verdict(on: .equality(answer.expanded, claim)).status == .verified
        else { continue }
        let example = spoiling.difference(answer.expanded, claim, of: answer.expression, by: answer.variables)
        #expect(example == nil, "\(name): \(question.question.text), \(edit), seed \(seed)")
      }
    }
  }
}
