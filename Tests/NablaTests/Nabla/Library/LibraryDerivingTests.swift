// The names of mathematics.
// swift-format-ignore-file: AlwaysUseLowerCamelCase, IdentifiersMustBeASCII

import Nabla
import Testing

private let X = Formula.matrix("X", "n", "d")
private let A = Formula.matrix("A", "n", "n")
private let S = Formula.matrix("S", "n", "n", .symmetric)
private let x = Formula.vector("x", "n")
private let y = Formula.vector("y", "n")
private let w = Formula.vector("w", "d")

@Suite("Library: deriving, simplifying, checking")
struct LibraryDerivingTests {
  @Test("gradients, with conditions, notes and verdicts")
  func gradients() throws {
    let norm = try norm2(x).gradient(wrt: x)
    #expect(norm.verdict?.status == .verified)
    #expect(norm.result == (try Formula(parsing: "x/norm2(x)", in: [x])))
    #expect(!(norm.conditions + norm.notes).isEmpty)
    #expect(try #require(norm.derivation).replayed() === norm.result)
    let both = try (x.transpose * A * y).gradients(wrt: [x, y])
    #expect(both.map(\.result.text) == ["A*y", "A'*x"])
    #expect(
      try sum(x).gradient(wrt: y).notes == ["y does not occur in the expression, so the derivative is zero"])
    #expect(try tr(S * A).gradient(wrt: S).notes == ["the entries of S are taken as independent"])
  }

  @Test("layouts, Jacobians, Hessians and differentials")
  func others() throws {
    var numerator = SessionOptions()
    numerator.layout = .numerator
    numerator.checks = false
    #expect(try (X * w).gradient(wrt: w).result == X.transpose)
    let turned = try (X * w).gradient(wrt: w, options: numerator)
    #expect(turned.result == X)
    #expect(turned.verdict == nil)
    #expect(try (X * w).jacobian(wrt: w).result == X)
    #expect(try (x.transpose * A * x).hessian(wrt: x).result == A + A.transpose)
    let mixed = try (x.transpose * A * y).hessian(wrt: x, and: y)
    #expect(mixed.result == A)
    #expect(mixed.verdict?.status == .verified)
    let differential = try (x.transpose * y).differential(wrt: x, y)
    #expect(differential.verdict?.status == .verified)
    #expect(differential.description.contains("dx"))
  }

  @Test("questions without an answer throw")
  func errors() {
    #expect(throws: FormulaError.self) { try sum(x).gradient(wrt: x + y) }
    #expect(throws: FormulaError.self) { try sum(x).gradient(wrt: .dimension("n")) }
    #expect(throws: FormulaError.self) { try sum(x).gradients(wrt: [x, x]) }
    #expect(throws: FormulaError.self) { try X.gradient(wrt: A) }
    #expect(throws: FormulaError.self) { try x.hessian(wrt: x) }
    do throws(FormulaError) {
      _ = try sum(x).gradient(wrt: x + y)
    } catch {
      #expect(error.description.contains("`x + y` is not a variable"))
    }
  }

  @Test("simplification uses declared properties")
  func simplified() {
    #expect((S.transpose - S).simplified() == zeros("n", "n"))
    #expect(tr(A.transpose).simplified() == tr(A))
  }

  @Test("three answers to a check")
  func checks() throws {
    let squares = tr(A * A.transpose).checked(equalTo: pow(normF(A), 2))
    #expect(squares.status == .verified && squares.isExact)
    #expect(tr(A).checked(equalTo: tr(A), points: 3).status == .verified)
    let verdict = det(A).checked(equalTo: tr(A))
    guard verdict.status == .refuted, let witness = verdict.counterexample else {
      Issue.record("det(A) is not tr(A)")
      return
    }
    #expect(witness.left != witness.right)
    #expect(witness.description.hasPrefix("A = ["))
    guard case .skipped(let reason) = x.checked(equalTo: w).status else {
      Issue.record("the shapes differ")
      return
    }
    #expect(reason == "the sides differ in shape: n x 1 and d x 1")
    #expect(det(A).checked(equalTo: tr(A), seed: 7) == det(A).checked(equalTo: tr(A), seed: 7))
  }
}
