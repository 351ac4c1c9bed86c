// The names of mathematics.
// swift-format-ignore-file: AlwaysUseLowerCamelCase, IdentifiersMustBeASCII

import Nabla
import Testing

private let X = Formula.matrix("X", "n", "d")
private let x = Formula.vector("x", "n")
private let w = Formula.vector("w", "d")
private let W = Formula.matrix("W", "h + 1", "2*h")
private let S = Formula.matrix("S", "n", "n", .spd)
private let λ = Formula.scalar("lambda", .positive)

/// The message of the error that a closure throws.
private func message(_ body: () throws(FormulaError) -> some Any) -> String {
  do throws(FormulaError) {
    _ = try body()
    return "no error"
  } catch {
    return "\(error)"
  }
}

@Suite("Library: evaluating")
struct LibraryEvaluationTests {
  @Test("sizes are read off the data")
  func values() throws {
    let product = try (X * w).compiled()
    #expect(product.variables == [X, w])
    #expect(try product([X: Matrix(rows: [[1, 2], [3, 4]]), w: [1, -1]]) == [-1, -1])
    #expect(try product([X: Matrix(rows: [[1, 2, 3]]), w: [1, 1, 1]]) == [6])
    #expect(try product([X: Matrix(rows: [[1, 2], [3, 4]]), w: [2, 0]]) == [2, 6])
    #expect(try sum(W).compiled()([W: Matrix(rows: 4, columns: 6, repeating: 1)]) == 24)
    #expect(try Formula.dimension("n").compiled()([:], sizes: ["n": 4]) == 4)
    #expect(try sum(ones("n")).compiled()([x: [1, 2, 3]]) == 3)
    #expect(try Formula(2.5).compiled()([:]) == 2.5)
  }

  @Test("a value and its gradients come from one program")
  func together() throws {
    let J = pow(norm2(X * w), 2) + λ * sum(w)
    let gradients = try J.gradients(wrt: [w, λ]).map(\.result)
    let all = try Formula.compiled([J] + gradients)
    let values: [Formula: Matrix] = [X: .random(4, 3), w: [1, 2, 3], λ: 2]
    let results = try all(values)
    #expect(results.count == 3)
    for (formula, result) in zip([J] + gradients, results) {
      #expect((try formula.compiled()(values) - result).maxAbs < 1e-12)
    }
    #expect(results[2] == 6)
  }

  @Test("data that do not fit are named")
  func errors() throws {
    let product = try (λ * X * w).compiled()
    let X23 = Matrix(rows: 2, columns: 3)
    #expect(
      message { () throws(FormulaError) in try product([X: X23, λ: 1]) }
        == "no value is given for w : vector(d)")
    #expect(
      message { () throws(FormulaError) in try product([X: X23, w: [1, 2], λ: 1]) }
        == "w : vector(d) is given as 2 x 1, but should be 3 x 1, with d = 3 from X")
    #expect(
      message { () throws(FormulaError) in try product([X: X23, w: Matrix(rows: 3, columns: 2), λ: 1]) }
        == "w : vector(d) is given as 3 x 2, but should be 3 x 1, with d = 3 from X")
    #expect(
      message { () throws(FormulaError) in try product([X: X23, w: [1, 2, 3], λ: [1, 2]]) }
        == "lambda : scalar is given as 2 x 1, but should be 1 x 1")
    #expect(
      message { () throws(FormulaError) in try product([X: X23, w: [1, 2, 3], λ: -1]) }
        == "lambda is declared positive, but row 1, column 1: the entry -1 is not positive")
    #expect(
      message { () throws(FormulaError) in try product([X: X23, w: [1, 2, 3], λ: 1], sizes: ["n": 7]) }
        == "X : matrix(n, d) is given as 2 x 3, but should be 7 x 3, with n = 7 from the given sizes")
    #expect(
      message { () throws(FormulaError) in try sum(ones("n")).compiled()([:]) }
        == "no data determine the size n; give it as `sizes: [\"n\": ...]`")
    #expect(
      message { () throws(FormulaError) in try sum(W).compiled()([W: Matrix(rows: 4, columns: 7)]) }
        == "W : matrix(h + 1, 2*h) is given as 4 x 7, but should be 4 x 6")
    #expect(
      message { () throws(FormulaError) in try sum(x).compiled()([x: [1], x + 1: [1]]) }.contains("x + 1"))
    let dx = try sum(x).differential(wrt: x).result
    #expect(message { () throws(FormulaError) in try dx.compiled() } == "a differential has no value")
  }

  @Test("declared properties are checked unless that is switched off")
  func properties() throws {
    let bad = Matrix(rows: [[1, 2], [2, 1]])
    #expect(
      message { () throws(FormulaError) in try inv(S).compiled()([S: bad]) }.hasPrefix(
        "S is declared spd, but"))
    let value = try inv(S).compiled(checkingProperties: false)([S: bad])
    #expect((value * bad - .identity(2)).maxAbs < 1e-12)
  }

  @Test("random matrices depend on size and seed alone")
  func random() {
    #expect(Matrix.random(3, 2) == Matrix.random(3, 2))
    #expect(Matrix.random(3, 2) != Matrix.random(3, 2, seed: 2))
    #expect(Matrix.random(3).columns == 1)
    #expect(Matrix.random(3).storage != Array(Matrix.random(3, 2).storage.prefix(3)))
  }

  @Test("any task may call a compiled function, for any sizes")
  func concurrently() async throws {
    let total = try sum(x .* x).compiled()
    let results = try await withThrowingTaskGroup(of: (Int, Double).self) { group in
      for size in 1...40 {
        group.addTask { (size, try total([x: Matrix(rows: size, columns: 1, repeating: 2)])[0, 0]) }
      }
      return try await group.reduce(into: [Int: Double]()) { $0[$1.0] = $1.1 }
    }
    for size in 1...40 { #expect(results[size] == Double(4 * size)) }
  }
}
