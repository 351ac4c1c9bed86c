import Foundation
import Testing

@testable import Nabla
@testable import NablaCompile
@testable import NablaLanguage
@testable import NablaNumerics

/// The error that a closure throws.
private func problem(_ body: () throws(EvaluationProblem) -> some Any) -> EvaluationProblem? {
  do throws(EvaluationProblem) {
    _ = try body()
    return nil
  } catch {
    return error
  }
}

@Suite("Evaluation of a session")
struct EvaluationTests {
  private func session(_ text: String) -> Session { Session(SourceText(text, name: "test.nabla")) }

  private func results(
    _ text: String, _ data: [String: Matrix], sizes: [String: Int] = [:]
  ) throws -> [EvaluationResult] {
    let session = session(text)
    #expect(session.diagnostics.isEmpty)
    let evaluation = try Nabla.Evaluation(session, data: data, sizes: sizes)
    return try session.questions.flatMap { try evaluation.results($0) }
  }

  @Test("a value and its derivatives, sizes read off the data")
  func values() throws {
    let found = try results(
      "X : matrix(n, d)\nw : vector(d)\nJ = norm2(X*w)^2 / n\ngradient J wrt w\nhessian J wrt w\n",
      ["X": Matrix(rows: [[1, 2], [3, 4]]), "w": [1, -1], "unknown": 7])
    for result in found { #expect((result.value[0, 0] - 1).magnitude < 1e-14) }
    #expect(found.map(\.result) == [[-4, -6], Matrix(rows: [[10, 14], [14, 20]])] as [Matrix])
    #expect(found.map(\.variable) == ["w", "w"])
  }

  @Test("a norm of zeros has the subgradient 0, and a quotient by it no value")
  func subgradients() throws {
    let found = try results(
      """
      x, y : vector(n)
      A : matrix(n, n)
      gradient norm2(A*(x - y)) + sum(x) wrt x
      gradient exp(norm2(x - y)) wrt y
      jacobian norm2(x - y)*x wrt x
      hessian norm2(x - y) wrt x
      gradient x'*y/norm2(x - y) wrt x

      """, ["x": [1, 2], "y": [1, 2], "A": Matrix(rows: [[1, 2], [3, 5]])])
    #expect(found[0].result == [1, 1] as Matrix)
    #expect(found[1].result == [0, 0] as Matrix)
    #expect(found[2].result == Matrix(rows: 2, columns: 2))
    for result in found[3...] { #expect(result.result.storage.filter { !$0.isNaN }.isEmpty) }
  }

  @Test("data of a column are accepted for a row, and of a row for a column")
  func columnsAndRows() throws {
    let found = try results(
      "r : row(n)\nx : vector(n)\ngradient r*x wrt x\n", ["r": [1, 2, 3], "x": Matrix(rows: [[1, 1, 1]])])
    #expect(found.map(\.value) == [6] as [Matrix])
    #expect(found.map(\.result) == [[1, 2, 3]] as [Matrix])
  }

  @Test("sizes in polynomials are solved for")
  func polynomials() throws {
    let found = try results(
      "W : matrix(h + 1, 2*h)\ngradient h*sum(W) wrt W\n", ["W": Matrix(rows: 4, columns: 6, repeating: 1)])
    #expect(found.map(\.value) == [72] as [Matrix])
    #expect(found.map(\.result) == [Matrix(rows: 4, columns: 6, repeating: 3)] as [Matrix])
  }

  @Test("an intermediate after wrt is computed from its definition")
  func intermediates() throws {
    let found = try results(
      "x : vector(n)\nz = 2*x\nL = sum(z.^2)\ngradient L wrt z, x\n", ["x": [1, 2]])
    #expect(found.map(\.variable) == ["z", "x"])
    #expect(found.map(\.value) == [20, 20] as [Matrix])
    #expect(found.map(\.result).first == [4, 8] as Matrix)
  }

  @Test("a differential needs the change, under the name dX")
  func differentials() throws {
    let text = "x : vector(n)\ndifferential x'*x wrt x\n"
    #expect(try results(text, ["x": [1, 2], "dx": [1, 10]]).map(\.result) == [42] as [Matrix])
    guard
      case .missing(let names) = problem({ () throws(EvaluationProblem) in
        let session = session(text)
        return try Nabla.Evaluation(session, data: ["x": [1, 2]]).results(session.questions[0])
      })
    else {
      Issue.record("dx is not asked for")
      return
    }
    #expect(names.map(\.name) == ["dx"])
  }

  @Test("all missing names are reported")
  func missing() throws {
    let session = session("X : matrix(n, d)\ny : vector(n)\nw : vector(d)\ngradient norm2(X*w - y)^2 wrt w\n")
    let evaluation = try Nabla.Evaluation(session, data: ["y": [1, 2]])
    #expect(evaluation.missing(session.questions[0]).map(\.name) == ["X", "w"])
    guard
      case .missing(let names) = problem({ () throws(EvaluationProblem) in
        try evaluation.results(session.questions[0])
      })
    else {
      Issue.record("nothing is missing")
      return
    }
    #expect(names.map(\.description) == ["X : matrix(n, d)", "w : vector(d)"])
  }

  @Test("sizes that disagree name both sides")
  func disagreement() {
    let session = session("X : matrix(n, d)\ny : vector(n)\ngradient sum(X'*y) wrt y\n")
    guard
      case .data(let error) = problem({ () throws(EvaluationProblem) in
        try Nabla.Evaluation(session, data: ["X": Matrix(rows: 3, columns: 2), "y": [1, 2]])
      })
    else {
      Issue.record("sizes that differ are taken")
      return
    }
    #expect("\(error)" == "y : vector(n) is given as 2 x 1, but should be 3 x 1, with n = 3 from X")
    guard
      case .sizeNotPositive("n", 0) = problem({ () throws(EvaluationProblem) in
        try Nabla.Evaluation(session, data: [:], sizes: ["n": 0])
      })
    else {
      Issue.record("a size of zero is taken")
      return
    }
  }

  @Test("declared properties are looked after")
  func properties() {
    let session = session("S : matrix(n, n), symmetric\ngradient tr(S*S) wrt S\n")
    guard
      case .data(let error) = problem({ () throws(EvaluationProblem) in
        try Nabla.Evaluation(session, data: ["S": Matrix(rows: [[1, 2], [3, 4]])])
      })
    else {
      Issue.record("a matrix that is not symmetric is taken")
      return
    }
    #expect("\(error)".contains("S is declared symmetric, but row 2, column 1: the entry 3"))
    guard
      case .notFinite("S", 1, 0, _) = problem({ () throws(EvaluationProblem) in
        try Nabla.Evaluation(session, data: ["S": Matrix(rows: [[1, 2], [.nan, 4]])])
      })
    else {
      Issue.record("nan is taken for an entry of a symmetric matrix")
      return
    }
  }

  @Test("what has no value says so, and singular matrices give what they give")
  func withoutValue() throws {
    let session = session("f : scalar -> scalar\nx : vector(n)\ngradient sum(f(x)) wrt x\n")
    guard
      case .data(.notComputable(.functionWithoutValues("f"))) = problem({ () throws(EvaluationProblem) in
        try Nabla.Evaluation(session, data: ["x": [1]]).results(session.questions[0])
      })
    else {
      Issue.record("a function without a body has a value")
      return
    }
    let text = "A : matrix(n, n)\ngradient sum(inv(A)) wrt A\n"
    let found = try results(text, ["A": Matrix(rows: [[1, 2], [2, 4]])])
    #expect(!found[0].result.isFinite)
  }

  @Test("a size that no data have can be given")
  func sizes() throws {
    let text = "z : scalar\ngradient z*sum(ones(k)) wrt z\n"
    #expect(try results(text, ["z": 2], sizes: ["k": 5]).map(\.result) == [5] as [Matrix])
    let session = session(text)
    guard
      case .data(.unknownSize("k")) = problem({ () throws(EvaluationProblem) in
        try Nabla.Evaluation(session, data: ["z": 2]).results(session.questions[0])
      })
    else {
      Issue.record("a size without a value is taken")
      return
    }
  }
}
