import TestSupport
import Testing

@testable import Nabla
@testable import NablaCompile
@testable import NablaCore
@testable import NablaLanguage
@testable import NablaNumerics
@testable import NablaVerify

/// The true claims of the seed files, each a file with one more line.
private struct TrueClaim: Sendable {
  let file: String
  /// The text before the last `==`, including the word `check`.
  let left: String
  let right: String

  /// The declarations and definitions of the file.
  var head: String { Self.heads[file] ?? "" }

  func session(_ right: String) -> Session { Session(SourceText("\(head)\(left) == \(right)\n", name: file)) }

  /// The files without their questions; of the claims of this file under no name.
  private static let heads: [String: String] = SeedFiles.sessions.mapValues { session in
    parseFile(session.source).statements.compactMap { statement in
      if case .question = statement.kind { nil } else { statement.text + "\n" }
    }.joined()
  }.merging(["": more.head]) { $1 }

  /// Matrices in plenty, of which the documents have few.
  private static let more = (
    head: """
    A, B : matrix(n, n)
    C : matrix(n, m)
    X : matrix(n, m)
    x, y, z : vector(n)
    u : vector(m)

    """,
    claims: [
      ("gradient tr(A*X*C') wrt X", "A'*C"), ("gradient y'*A*x wrt x", "A'*y"),
      ("gradient y'*A*x wrt A", "y*x'"),
      ("gradient x'*A*B*x wrt x", "A*B*x + B'*A'*x"), ("gradient tr(A*B*A) wrt B", "A'*A'"),
      ("gradient x'*A*B*y wrt A", "x*y'*B'"), ("gradient x'*A*B*y wrt B", "A'*x*y'"),
      ("gradient norm2(A*x - C*u)^2 wrt u", "-2*C'*(A*x - C*u)"), ("jacobian A*B*x wrt x", "A*B"),
      ("gradient tr(X'*A*B*X) wrt X", "A*B*X + B'*A'*X"), ("gradient tr(A*X*X'*B) wrt X", "A'*B'*X + B*A*X"),
      ("(A*B*x)'*y", "x'*B'*A'*y"), ("tr(A*B*C*C')", "tr(C'*A*B*C)"), ("inv(A*B)*x", "inv(B)*inv(A)*x"),
      ("gradient x'*inv(A)*y wrt A", "-inv(A)'*x*y'*inv(A)'"),
      ("gradient det(A*B) wrt A", "det(A*B)*inv(A)'"), ("(A*B)'*x", "B'*A'*x"),
      ("A*(B + A)*x", "A*B*x + A*A*x"),
      ("gradient tr(B'*X*C'*A) wrt X", "B*A'*C"), ("inv(A)*B*inv(B)*x", "inv(A)*x"),
      ("(A*B*C*u)'*x", "u'*C'*B'*A'*x"),
      ("(C*C'*A)'*B", "A'*C*C'*B"), ("gradient y'*A*B*A*x wrt y", "A*B*A*x"), ("A*x*y'*B*z", "(y'*B*z)*A*x"),
    ]
  )

  static let all: [TrueClaim] =
    more.claims.map { TrueClaim(file: "", left: "check \($0.0)", right: $0.1) } + ofDocuments

  private static let ofDocuments: [TrueClaim] = SeedFiles.cases.compactMap { seed in
    guard seed.expected != ["refuted"], seed.notation == .formula, let session = SeedFiles.sessions[seed.file]
    else {
      return nil
    }
    let question = session.questions[seed.index].question
    switch question.kind {
    case .check:
      guard let last = question.otherSides.last, last.derivative == nil else { return nil }
      let source = SourceText(question.text)
      guard let first = parseFile(source).statements.first, case .question(let typed) = first.kind,
        let side = typed.otherSides.last
      else { return nil }
      let left = source.text(SourceRange(start: 0, end: typed.expression.range.end))
      return TrueClaim(file: seed.file, left: left, right: source.text(side.tree.range))
    case .gradient:
      guard question.wrt.count == 1 else { return nil }
      return TrueClaim(file: seed.file, left: "check \(question.text)", right: seed.expected.joined())
    case .jacobian, .hessian, .differential, .simplify, .stationary: return nil
    }
  }
}

@Suite("Slips of the pen, made at random and found again")
struct RefutationRoundTripTests {
  private static let seed: UInt64 = 20_260_611
  private static let all = 12
  private static let wanted = Sample.count(2, of: all)

  /// Slips of this kind in all claims, in a separate order.
  private func slips(_ rank: SlipEdits.Rank) -> [(claim: TrueClaim, right: String, words: String)] {
    var generator = SplitMix64(seed: Self.seed &+ UInt64(rank.rawValue))
    var result: [(claim: TrueClaim, right: String, words: String)] = []
    for claim in Sample.of(TrueClaim.all, oneIn: 3) {
      guard let side = SideText(claim.right) else { continue }
      let names = claim.session(claim.right).names().names
      let scalars = Set(names.filter { $0.value.isScalar }.keys)
      let exchangeable = names.mapValues { mine in
        names.filter { $0.value.shape == mine.shape && $0.value != mine }.keys.sorted()
      }
      let edits = SlipEdits(of: side, exchangeable: exchangeable, sizes: ["n"], scalars: scalars).edits
        .filter { $0.rank == rank }.shuffled(using: &generator).prefix(claim.file.isEmpty ? 8 : 3)
      for edit in edits {
        result.append((claim, side.replacing(edit.range, by: edit.replacement), edit.words))
      }
    }
    return result.shuffled(using: &generator)
  }

  @Test(
    "a slip is found, and the claim without it is true",
    arguments: Sample.of(SlipEdits.Rank.allCases.filter { $0 != .missing }, oneIn: 3))
  func found(_ rank: SlipEdits.Rank) throws {
    var refuted = 0
    var missed: [String] = []
    for (claim, right, words) in slips(rank) where refuted < Self.wanted {
      let session = claim.session(right)
      guard session.diagnostics.isEmpty, let question = session.questions.last,
        case .answers(let answers) = session.answer(question), let answer = answers.first,
        answer.verdict?.status == .refuted
      else { continue }
      refuted += 1
      let refutation = try #require(answer.refutation)
      try differ(session, question, answer)
      guard let slip = refutation.slip else {
        missed.append("\(question.statement.text) (\(words))")
        continue
      }
      let corrected = Session(SourceText("\(claim.head)check \(slip.claim)\n", name: claim.file))
      #expect(corrected.diagnostics.isEmpty, "seed \(Self.seed): \(slip.claim)")
      guard let last = corrected.questions.last, case .answers(let again) = corrected.answer(last) else {
        Issue.record("seed \(Self.seed): no answer to \(slip.claim)")
        continue
      }
      #expect(again.first?.verdict?.status == .verified, "seed \(Self.seed): \(slip.claim)")
    }
    #expect(refuted >= Self.wanted, "seed \(Self.seed)")
    let tolerated = (Self.tolerated[rank, default: 0] * Self.wanted + Self.all - 1) / Self.all
    #expect(missed.count <= tolerated, "seed \(Self.seed): \(missed)")
  }

  /// The number of slips among all that no single edit undoes: the part that was left out occurs nowhere else in the
  /// claim.
  private static let tolerated: [SlipEdits.Rank: Int] = [
    .surplus: 2, .operation: 2, .name: 3, .term: 9, .part: 4,
  ]

  /// The values that are shown are those of the sides, and they differ.
  private func differ(_ session: Session, _ question: TypedQuestion, _ answer: Answer) throws {
    let example = try #require(answer.verdict?.counterexample)
    let text = question.statement.text
    #expect(example.left != example.right, "\(text)")
    let answering = Answering(session, question)
    let right = try #require(question.otherSides.last)
    let formulas = [answer.expanded, answering.names.formula(right.expression)]
    let options = answering.check.numeric.options
    let program = try Compiler.compile(formulas, sizes: example.sizes, options: options)
    var values: [Formula: Matrix] = [:]
    for formula in formulas.flatMap(\.variables) {
      guard let name = formula.variable?.name else { continue }
      let value = example.values[name]
      #expect(value != nil, "\(text): \(name)")
      values[formula] = value
    }
    let sides = try program.run(values)
    for (side, shown) in zip(sides, [example.left, example.right]) {
      #expect((side - shown).maxAbs <= 1e-9 * max(1, shown.maxAbs), "\(text)")
    }
  }
}
