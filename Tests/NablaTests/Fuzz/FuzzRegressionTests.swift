import Foundation
import TestSupport
import Testing

@testable import Nabla
@testable import NablaCore
@testable import NablaLanguage
@testable import NablaNumerics
@testable import NablaOutput
@testable import NablaVerify

/// The verdicts and errors of a formula file.
private func outcomes(_ text: String) -> [String] {
  let session = Session(SourceText(text, name: "<test>"))
  return session.diagnostics.map(\.message)
    + session.questions.flatMap { question -> [String] in
      switch session.answer(question) {
      case .answers(let answers):
        answers.map { "\($0.formula.text): \(String(describing: $0.verdict?.status))" }
      case .failure(let diagnostic): [diagnostic.message]
      case .defect: ["a defect"]
      }
    }
}

private func read(_ text: String, _ declarations: String...) throws -> Formula {
  try Formula(parsing: text, in: declarations.flatMap { try Formula.declared($0) })
}

/// Each of these questions takes seconds in ball arithmetic.
private let seeds: ClosedRange<UInt64> = 1...UInt64(Sample.count(1, of: 3))

@Suite("Defects that campaigns found")
struct FuzzRegressionTests {
  @Test func rowsMultipliedEntryByEntryAreLifted() {
    let text = "A : matrix(n, 3)\nx : row(3)\nsimplify sum(i = 1:n, x .* A[i, :])\n"
    #expect(outcomes(text).first?.hasPrefix("colsums(A .* (ones(n)*x)): Optional") == true)
  }

  @Test func logarithmsOfDeterminantsOfQuotientsEnd() {
    let text = "A, B : matrix(2, 2)\nsimplify logdet(A ./ B)\n"
    #expect(outcomes(text).first?.contains("verified") == true)
  }

  @Test func rowsWithUnlikeNumbersOfBlocks() {
    let text = "A : matrix(m, n)\nC : matrix(k, 2*n)\nsimplify [A, A; C]\ngradient sum([A, A; C].^2) wrt A\n"
    #expect(outcomes(text).first?.hasPrefix("[[A, A]; C]: Optional") == true)
    #expect(outcomes(text).allSatisfy { $0.contains("verified") })
  }

  @Test func ruleFilesWithAFunctionWrittenBackwardsAreRefused() {
    for text in [
      "function )f(x)\n", "function f()\n  facts positive\n", "function f(x, x) = x\n", "function 1(x) = x\n",
    ] {
      #expect(throws: RuleError.self) { try RuleBook.standard.adding(text) }
    }
    #expect(throws: RuleError.self) { try RuleBook.standard.adding("function exp(x, y) = x*y\n") }
  }

  @Test(arguments: [
    ("max(a, 2)", "max(2, a)"), ("max(B, zeros(2, n))", "max(0, B)"), ("dot(u, v)", "dot(v, u)"),
    ("dot(a, 3)", "3*a"), ("min(a, n)", "min(n, a)"),
  ]) func argumentsThatCommuteHaveOneOrder(_ first: String, _ second: String) throws {
    let names = ["a : scalar", "B : matrix(2, n)", "u, v : row(n)"].flatMap {
      (try? Formula.declared($0)) ?? []
    }
    #expect(try Formula(parsing: first, in: names) === Formula(parsing: second, in: names))
  }

  @Test func transposesGoIntoPseudoInversesAdjugatesAndExponentials() throws {
    for name in ["pinv", "adj", "expm"] {
      let both = try [read("\(name)(A)'", "A : matrix(n, n)"), read("\(name)(A')", "A : matrix(n, n)")]
      #expect(both[0] === both[1])
    }
  }

  @Test func numbersLeavePowersOfSumsBesideOtherFactors() throws {
    let both = try [
      read("x/(a*(2*c + 2))", "x, a, c : scalar"), read("x/(2*c + 2)/a", "x, a, c : scalar"),
    ]
    #expect(both[0] === both[1])
    let product = try read("(2*A - 2).^2*B", "A : matrix(m, n)", "B : matrix(n, m)")
    #expect(product.text == "4*(A - 1).^2*B")
  }

  @Test(arguments: [
    "(1/0)^0", "(x/0)*zeros(n)", "[x/0, x][:, 2]", "0*(1/0)", "sum(zeros(n)/0)", "tr(A ./ eye(n))",
    "eye(n) ./ eye(n)", "diag(x).^(-1/2)", "A ./ (2*tril(A))", "L ./ L'", "kron(A, eye(2)).^-1",
    "1 ./ L .* L",
  ])
  func whatDividesByZeroIsNoFormula(_ text: String) {
    #expect(throws: FormulaError.self) {
      try read(text, "x : vector(n)", "A : matrix(n, n)", "L : matrix(n, n), lower")
    }
  }

  @Test func anAnswerWithoutAValueIsAnError() {
    let text =
      "s : row(3), signs\ngradient sum(asin(s)) wrt s\ndifferential asin(s) wrt s\nsimplify 1/log(1)\n"
      + "x : vector(4)\njacobian sqrt(triu(x)) wrt x\nL : matrix(n, n), lower\nA : matrix(n, n)\n"
      + "jacobian A ./ sum(j = 1:3, L) wrt L\ndifferential A ./ sum(j = 1:3, L) wrt A\n"
    #expect(outcomes(text).count == 6)
    #expect(outcomes(text).allSatisfy { $0.hasPrefix("it has no value: it divides by zero") })
  }

  @Test func tailsOfTheNormalDistributionKeepTheirDigits() throws {
    #expect(outcomes("a : scalar\ngradient gelu(a - 10) wrt a\n").first?.contains("verified") == true)
    let tail = try read("1 + erf(x)", "x : scalar").compiled()([read("x", "x : scalar"): -5])
    // erfc(5), from the tables of mpmath.
    #expect(abs(tail[0, 0] / 1.5374597944280348e-12 - 1) < 1e-14)
  }

  @Test func subscriptsThatNoSizeExceedsAreRead() {
    let text = "B : matrix(3, m + n)\nsimplify B[3, m + 1]\n"
    #expect(outcomes(text).first?.hasPrefix("B[3, m + 1]: Optional") == true)
    #expect(outcomes("B : vector(n)\nsimplify B[n + 1]\n").first?.contains("outside") == true)
  }

  @Test(
    arguments: Sample.of(
      [
        "x, y : vector(2)\nsimplify logdet(outer(x, x + y))\n",
        "A : matrix(m, 3)\nB : matrix(3, m)\nsimplify (sum(i = 1:n, A*B))^-2\n",
        "Q : matrix(m, m), orthogonal\na : scalar\nsimplify a + acos(Q^-2)\n",
        "B : matrix(m, m)\ny : vector(m)\ngradient det(outer(y, ones(m, 1)) - argmaxhot(B)) wrt y\n",
        "phi : scalar -> scalar\nB : matrix(3, 3)\nsimplify adj(phi''(sum(i = 1:m, ones(3, 3)*B)))\n",
        "x : vector(m)\nf : vector(m) -> vector(m)\nsimplify f(trigamma((x .* x) .^ relu(3)))\n",
      ], oneIn: 6)) func differencesThatRoundingExplainsRefuteNothing(_ text: String)
  {
    #expect(!outcomes(text).contains("a defect"))
  }

  @Test(arguments: [
    "sum(i = 1:2, dot(A[i, :], A[i, :]))", "sum(i = 1:2, dot(A[i, :], ones(1, 3)))", "relu(sign(1 + s))",
    "sum(i = 1:2, norm2(outer(A[i, :]', s')))", "abs(A*abs(s' - s'))",
  ]) func thePlainestFormStays(_ text: String) throws {
    let formula = try read(text, "A : matrix(2, 3)", "s : row(3), binary")
    let plain = Calculus(book: .standard).simplified(formula)
    #expect(Calculus(book: .standard).simplified(plain) === plain, "\(plain.text)")
  }

  /// Functions that vary within the step of a difference, ranks that a step changes, jumps at data with a property, and
  /// vanishing determinants: doubles seem to refute true claims.
  @Test(
    arguments: Sample.of(
      [
        "A : matrix(3, 3)\ndifferential sin(polygamma(3, A)) wrt A\n",
        "a : scalar\nb : row(m), binary\nx, y : vector(m)\ngradient digamma(expm1(a - (10 + b)*(x + y))) wrt y\n",
        "H : matrix(m, m), onehot\ndifferential pinv(pinv(H)) wrt H\n",
        "s : vector(n), simplex\nr : row(n), nonzero\nx, y : vector(n)\n"
          + "differential kron(ones(1, n)*s < 1, min(r', y > x)) wrt r\n",
        "S : matrix(m, 3), simplex\nx, y : vector(m)\n"
          + "gradient argmaxhot(sum(i = 1:3, S[:, i])) .* (x + y).^(3/2) wrt x\n",
        "H : matrix(n, 3), onehot\nB : matrix(3, n), binary\nA : matrix(2, 2)\n"
          + "differential kron(det(H*B), A) wrt B\n",
        "A, B : matrix(m, m)\nsimplify logdet((cos(B) > A)^-2)\n",
        "r : row(n)\nx : vector(n)\nhessian cos(polygamma(3, r)*x) wrt r\n",
        "B : matrix(2, m)\na, b : scalar\nr : row(2), binary\nf : scalar -> matrix(2, 2)\n"
          + "gradient r*(inv(B*ones(m, 2)) + f(a - b)) wrt a\n",
        "B : matrix(m, 3)\nsimplify sign(sech(tan(B)))\n",
        "H : matrix(n, n), onehot\ngradient det(sech(H)) wrt H\n",
        "a : scalar\nf : scalar -> matrix(3, n)\njacobian acos(erf(10*f'(a))) wrt a\n",
      ], oneIn: 6)) func whatDoublesCannotFollowRefutesNothing(_ text: String)
  {
    #expect(!outcomes(text).contains("a defect"))
  }

  /// Printers transpose forms that no constructor makes, which the constructors then met again.
  @Test func printingLeavesNoTraces() throws {
    let names = ["x : vector(2)", "r, s : row(2)"].flatMap { (try? Formula.declared($0)) ?? [] }
    let formula = try Formula(parsing: "r*((sqrt(s) - exp(s))' .* x)", in: names)
    #expect(try Formula(parsing: formula.text, in: names) === formula)
    #expect(try Formula(parsing: formula.text, in: names) === formula)
  }

  @Test func theSignOfASumIsThatOfItsTranspose() throws {
    let names = ["A, B : matrix(3, m)", "D : matrix(3, 3), diagonal", "S : matrix(3, 3), skew"].flatMap {
      (try? Formula.declared($0)) ?? []
    }
    for (text, printed) in [
      ("log((D - eye(3))*(A - B))", "log((I - D)*(B - A))"),
      ("log((D' - eye(3))*A)", "log(D*A - A)"),
      ("sigmoid(A'*(eye(3) - S'))", "sigmoid(A - S*A)'"),
    ] {
      let plain = Calculus(book: .standard).simplified(try Formula(parsing: text, in: names))
      #expect(plain.text == printed)
      #expect(Calculus(book: .standard).simplified(plain) === plain)
    }
  }

  @Test func differencesThatAreNegativesOfEachOtherAreOneBase() throws {
    let quotient = try read("(x - 1) ./ (1 - x)", "x : row(n)")
    #expect(quotient.text == "-ones(n)'")
    let square = try read("(A - B)/c .* (B - A)", "A, B : matrix(2, 3)", "c : scalar")
    #expect(square.text == "-(A - B).^2/c")
  }

  /// `det(x'*A*x)` is the determinant of a number.
  @Test(arguments: [
    ("det(x'*A*x)", "x'*A*x"), ("tr(t)", "t"), ("chol(t)", "sqrt(t)"), ("norm2(t)", "abs(t)"),
    ("logdet(x'*x)", "log(abs(x'*x))"), ("softmax(t)", "1"), ("adj(t)", "1"),
    ("expm(2*t)", "exp(2*t)"), ("lowhalf(t)", "t/2"), ("pinv(t)", "pinv(t)"), ("logsoftmax(t)", "0"),
  ]) func arrayOperationsOnNumbers(_ text: String, _ printed: String) throws {
    #expect(try read(text, "x : vector(n)", "A : matrix(n, n)", "t : scalar").text == printed)
  }

  @Test func whatActsEntryByEntryActsBeforeStacking() throws {
    let names = ["A, B : matrix(m, n)", "s, t : scalar", "x, y : vector(m*n)", "C : matrix(m*n, m*n)"].flatMap
    { (try? Formula.declared($0)) ?? [] }
    for (text, printed) in [
      ("vec(A) .* vec(B)", "vec(A .* B)"), ("s*vec(A) - t*vec(B)", "vec(s*A - t*B)"),
      ("s*vec(A)' + t*vec(B)'", "vec(s*A + t*B)'"), ("exp(vec(A))", "vec(exp(A))"),
      ("vec(A).^2 ./ vec(B)", "vec(A.^2 ./ B)"), ("max(vec(A), 0)", "vec(max(0, A))"),
      ("vec(A) .* (C*x) .* vec(B)", "(C*x) .* vec(A .* B)"), ("vec(A) + x - vec(B)", "vec(A - B) + x"),
      ("vec(A)' .* x' .* vec(B)' .* y'", "(x .* y .* vec(A .* B))'"),
    ] {
      let formula = try Formula(parsing: text, in: names)
      #expect(formula.text == printed)
      #expect(try Formula(parsing: printed, in: names) === formula)
    }
  }

  @Test func powersOfZero() throws {
    #expect(try read("1 ./ triu(r)", "r : row(2)").text == "1 ./ triu(r)")
    #expect(try read("sqrt(zeros(m)) ./ x", "x : vector(m)").text == "zeros(m)")
    #expect(
      try read("zeros(m).^a .* zeros(m).^(1 - a) ./ x", "x : vector(m)", "a : scalar").text == "zeros(m)")
  }

  /// `leakyrelu(x, a)` takes one number a for all entries.
  @Test(arguments: ["leakyrelu", "elu"]) func parametersAreNotStacked(_ name: String) throws {
    let text = "sum(i = 1:3, \(name)(b, B[i, :]*x))"
    let formula = try read(text, "B : matrix(3, 3)", "b : scalar", "x : vector(3)")
    let plain = Calculus(book: .standard).simplified(formula)
    #expect(try read(plain.text, "B : matrix(3, 3)", "b : scalar", "x : vector(3)") === plain)
  }

  @Test func sizesThatAreFarTooLargeAreRefusedInTheLibraryToo() throws {
    let x = try #require(try Formula.declared("x : vector(n - 2*m*m*m)").first)
    let function = try x.compiled()
    #expect(throws: FormulaError.self) {
      try function([x: .init(1)], sizes: ["m": 1 << 30])
    }
    let p = try #require(try Formula.declared("p : vector(2), nonnegative").first)
    #expect(throws: FormulaError.self) { try p.compiled()([p: [1, .infinity]]) }
  }

  /// A thread of 512 KB, the usual size in applications.
  @Test func deepTextsAreRefusedOnSmallStacks() async {
    let messages = await withCheckedContinuation { continuation in
      let thread = Thread {
        let texts = [
          String(repeating: "(", count: 900) + "x" + String(repeating: ")", count: 900),
          String(repeating: "sin(", count: 200) + "x" + String(repeating: ")", count: 200),
          String(repeating: "[", count: 900) + "x" + String(repeating: "]", count: 900),
          "x" + String(repeating: "'", count: 900),
        ]
        continuation.resume(
          returning: texts.map { text in
            do throws(FormulaError) {
              return try Formula(text).text
            } catch {
              return "\(error)"
            }
          })
      }
      thread.stackSize = 512 << 10
      thread.start()
    }
    for message in messages { #expect(message.contains("nested"), "\(message)") }
  }

  @Test func deepFormulasAreMadeUsedAndReleasedOnSmallStacks() async {
    let isDone = await withCheckedContinuation { continuation in
      let thread = Thread {
        var formula = Formula.scalar("x")
        // Far deeper than anything is printed: made and released.
        for index in 0..<8_000 { formula = index.isMultiple(of: 2) ? sin(formula) : exp(formula) }
        formula = .scalar("x")
        for index in 0..<60 { formula = index.isMultiple(of: 2) ? sin(formula) : exp(formula) + 1 }
        let verified = try? formula.gradient(wrt: .scalar("x"))
        for index in 0..<140 { formula = index.isMultiple(of: 2) ? sin(formula) : exp(formula) + 1 }
        var options = SessionOptions()
        options.checks = false
        let gradient = try? formula.gradient(wrt: .scalar("x"), options: options)
        let value = try? formula.compiled()([.scalar("x"): 1])
        continuation.resume(
          returning: verified != nil && gradient != nil && value != nil && formula.components != nil)
      }
      thread.stackSize = 512 << 10
      thread.start()
    }
    #expect(isDone)
  }

  @Test func theSignOfASumIsSetByWhatStandsInItAtTheEnd() throws {
    // A scalar sum applied to every entry is expanded when its number is taken out.
    let declared = ["A : matrix(3, m)", "B : matrix(m, 3)"]
    let names = try declared.flatMap { try Formula.declared($0) }
    let whole = try Formula(parsing: "A*(m + B - 2)/2", in: names)
    for text in ["A*(lowhalf(m - 2) + B .* 0.5)", "A*((m - 2)/2 + B/2)", "A*(B/2 - (2 - m)/2)"] {
      let formula = try Formula(parsing: text, in: names)
      #expect(formula === whole && formula.text == "A*(m + B - 2)/2", "\(text)")
    }
  }

  @Test(arguments: [
    "jacobian acos(s) wrt s", "jacobian acos(s)*ones(3, 2)*B wrt s",
    "jacobian A[1, :] + acos(s)*(ones(3, 2)*B) wrt s",
  ]) func answersThatHaveNoValueWhenTheyAreTurned(_ question: String) {
    let text = "A : matrix(n, m)\nB : matrix(2, m)\ns : row(3), signs\n\(question)\n"
    let found = outcomes(text)
    #expect(found.count == 1 && found[0].hasPrefix("it has no value"), "\(found)")
  }

  @Test(arguments: [
    "simplify expm(zeros(n, n))", "simplify expm(A - A)*x", "gradient sum(expm(A .* zeros(n, n))) wrt A",
  ]) func exponentialsOfZeros(_ question: String) {
    let found = outcomes("A : matrix(n, n)\nx : vector(n)\n\(question)\n")
    #expect(found.count == 1 && found[0].contains("verified"), "\(found)")
  }

  @Test(
    arguments: Sample.of(
      [
        // Points far out need too many digits.
        "simplify logdet(expm(A))",
        // Large terms cancel to zero.
        "hessian sum(leftsv(t*ones(n, n))) wrt t", "hessian sum(rightsv(x*ones(n)')) wrt x",
      ], oneIn: 6), seeds) func whatRoundingLeavesIsNoRefutation(_ question: String, _ seed: UInt64)
  {
    var options = SessionOptions()
    options.seed = seed
    let text = "A : matrix(n, n)\nx : vector(n)\nt : scalar\n\(question)\n"
    let session = Session(SourceText(text, name: "<test>"), options: options)
    for question in session.questions {
      guard case .answers(let answers) = session.answer(question) else {
        Issue.record("seed \(seed): no answer to \(question.question.text)")
        continue
      }
      #expect(answers.allSatisfy { $0.verdict != nil && $0.verdict?.status != .refuted }, "seed \(seed)")
    }
  }

  @Test(arguments: [
    ("3 - 2*sin(t)^2 - 2*cos(t)^2", "1"), ("x - sigmoid(y) - sigmoid(-y)", "x - 1"),
    ("x + 2*softplus(-y) - 2*softplus(y)", "x - 2*y"), ("a + a*sigmoid(t) + a*sigmoid(-t)", "2*a"),
  ]) func sumsHoldMultiplesOfPatterns(_ text: String, _ expected: String) throws {
    let formula = try read(text, "a, t : scalar", "x, y : vector(n)")
    #expect(Calculus(book: .standard).simplified(formula).text == expected)
  }
}
