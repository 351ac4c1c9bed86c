import TestSupport
import Testing

@testable import Nabla
@testable import NablaLanguage
@testable import NablaNumerics

private let declarations = """
  A, B : matrix(n, n)
  x, v : vector(n)
  r : row(n)
  s, t : scalar

  """

/// A question whose answer's formula has no value where its truth has: polynomials in the entries.
private let polynomials = [
  "hessian det(A) wrt A", "hessian det(A') wrt A", "jacobian adj(A) wrt A", "jacobian adj(A)*x wrt A",
  "gradient tr(adj(A)*B) wrt A", "gradient sum(adj(A)) wrt A", "hessian tr(adj(A)*B) wrt A",
  "hessian det(A)^2 wrt A",
  "hessian det(A*A) wrt A", "gradient det(A^3) wrt A", "hessian det(A'*A) wrt A", "hessian det(A*B) wrt A, B",
  "jacobian adj(A*B) wrt A", "jacobian det(A)*A wrt A", "hessian det(s*A) wrt s",
  "gradient tr(adj(adj(A))) wrt A",
  "gradient det(A)*tr(adj(A)) wrt A", "hessian x'*adj(A)*x wrt x, A", "hessian det(A + x*v') wrt x, v",
  "hessian 2*det(A) + sum(A)^2 wrt A",
]

/// Matrices of rank one, whatever the entries are.
private let lowRanks = [
  "gradient det(v*r) wrt v", "hessian det(v*r) wrt v", "hessian det(v*r) wrt v, r",
  "gradient tr(adj(v*r)) wrt v",
  "gradient tr(adj(x*x')) wrt x", "hessian tr(adj(x*x')) wrt x", "hessian det(x*x') wrt x",
  "gradient det(x*x')^2 wrt x",
  "jacobian adj(x*v') wrt x",
]

@Suite("Derivatives where their formulas have no value")
struct RemovableTests {
  /// A question that is answered once, and evaluated with many data.
  private struct Answered {
    let session: Session
    let outcome: Outcome

    init(_ question: String) throws {
      var options = SessionOptions()
      options.checks = false
      session = Session(SourceText(declarations + question + "\n", name: "test.nabla"), options: options)
      #expect(session.diagnostics.isEmpty)
      outcome = session.answer(try #require(session.questions.first))
    }

    func results(_ data: [String: Matrix]) throws -> [EvaluationResult] {
      try Nabla.Evaluation(session, data: data).results(session.questions[0]) { _ in outcome }
    }
  }

  /// Singular matrices of several sizes and ranks.
  private static let singular: [Matrix] = [
    [0], Matrix(rows: [[1, 0], [0, 0]]), Matrix(rows: [[1, 2], [2, 4]]), Matrix(rows: [[0, 0], [0, 0]]),
    Matrix(rows: [[1, 2, 3], [4, 5, 6], [7, 8, 9]]), Matrix(rows: [[1, 2, 3], [2, 4, 6], [-1, -2, -3]]),
  ]

  private static func data(_ matrix: Matrix) -> [String: Matrix] {
    let n = matrix.rows
    return [
      "A": matrix, "B": Matrix(rows: n, columns: n, storage: (0..<(n * n)).map { Double($0 % 5) - 1.5 }),
      "x": Matrix(column: (0..<n).map { Double($0) + 1 }),
      "v": Matrix(column: (0..<n).map { 2 - Double($0) }),
      "r": Matrix(rows: 1, columns: n, storage: (0..<n).map { Double($0 * $0) - 3 }), "s": 2, "t": 0,
    ]
  }

  @Test(
    "polynomials of singular matrices have the derivatives that they tend to",
    arguments: Sample.of(polynomials, oneIn: 6))
  func singular(_ question: String) throws {
    let answered = try Answered(question)
    for matrix in Sample.of(Self.singular, oneIn: 6) {
      let n = matrix.rows
      let found = try #require(try answered.results(Self.data(matrix)).first)
      #expect(found.result.isFinite && found.failures.isEmpty, "\(matrix): \(found.result)")
      // A path through invertible matrices, as far to one side as to the other.
      var near = Matrix(rows: n, columns: n)
      for step in [1e-4, -1e-4] {
        var generator = SplitMix64(seed: 7)
        var moved = matrix
        for i in 0..<n { for j in 0..<n { moved[i, j] += step * generator.uniform(0.5, 1.5) } }
        let beside = try #require(try answered.results(Self.data(moved)).first?.result)
        near = step > 0 ? beside : (near + beside) / 2
      }
      let gap = (near - found.result).maxAbs
      #expect(gap <= 1e-5 * max(1, found.result.maxAbs), "\(matrix): \(found.result), but \(near) beside it")
    }
  }

  @Test("so have those of matrices of rank one", arguments: Sample.of(lowRanks, oneIn: 6))
  func lowRank(_ question: String) throws {
    let answered = try Answered(question)
    for n in 1...3 {
      let found = try #require(try answered.results(Self.data(Matrix(rows: n, columns: n))).first)
      #expect(found.result.isFinite && found.failures.isEmpty, "\(n): \(found.result)")
      // Determinants of rank one vanish, and adjugates from the third size on.
      let vanishes = question.contains("det") ? n > 1 : n > 2
      if vanishes { #expect(found.result.maxAbs == 0, "\(n): \(found.result)") }
    }
  }

  @Test("known values")
  func known() throws {
    let corner = Matrix(rows: [[1, 0], [0, 0]])
    let cases: [(question: String, result: Matrix)] = [
      (
        "hessian det(A) wrt A",
        Matrix(rows: [[0, 0, 0, 1], [0, 0, -1, 0], [0, -1, 0, 0], [1, 0, 0, 0]])
      ),
      (
        "jacobian adj(A) wrt A",
        Matrix(rows: [[0, 0, 0, 1], [0, -1, 0, 0], [0, 0, -1, 0], [1, 0, 0, 0]])
      ),
      ("gradient tr(adj(x*x')) wrt x", [2, 4]), ("gradient tr(adj(v*r)) wrt v", Matrix(column: [-3, -2])),
      ("gradient exp(-1/t^2) wrt t", 0), ("hessian exp(-1/t^2) wrt t", 0), ("gradient sech(s/t) wrt s, t", 0),
    ]
    for (question, result) in cases {
      for found in try Answered(question).results(Self.data(corner)) {
        #expect(found.result == result, "\(question): \(found.result)")
      }
    }
  }

  @Test("no derivative is given at a point without one")
  func none() throws {
    let questions = [
      "gradient atan(1/t) wrt t", "gradient sqrt(t) wrt t", "gradient 1/t wrt t",
      "gradient inv(A)[1, 1] wrt A", "gradient logdet(A) wrt A", "hessian t*abs(t)/sqrt(t^2) wrt t",
      "gradient (t*s^2)^(1/3) wrt t", "gradient abs(t)*tr(adj(A))/norm2(t*x) wrt t",
    ]
    for question in questions {
      let found = try #require(
        try Answered(question).results(Self.data(Matrix(rows: [[1, 0], [0, 0]]))).first)
      #expect(!found.result.isFinite, "\(question): \(found.result)")
      // A power that has no slope at zero is said to have none by no condition.
      if !question.contains("^(1/3)") { #expect(!found.failures.isEmpty, "\(question)") }
    }
  }
}
