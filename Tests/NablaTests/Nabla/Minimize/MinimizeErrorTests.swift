// The names of mathematics.
// swift-format-ignore-file: AlwaysUseLowerCamelCase

import Testing

@testable import Nabla
@testable import NablaCore
@testable import NablaNumerics
@testable import NablaTypes

private let x = Formula.vector("x", "n")
private let S = Formula.matrix("S", "n", "n", .spd)

/// A function of Swift, with its derivatives.
private final class Written: DescentFunction {
  let count: Int
  let body: ([Double]) -> (value: Double, gradient: [Double], hessian: [Double])

  init(_ count: Int, _ body: @escaping ([Double]) -> (value: Double, gradient: [Double], hessian: [Double])) {
    self.count = count
    self.body = body
  }

  func value(at point: [Double], gradient: inout [Double]) -> Double {
    let found = body(point)
    gradient = found.gradient
    return found.value
  }

  func hessian(at point: [Double]) -> [Double]? { body(point).hessian }

  func descend(_ method: MinimizationMethod, from start: [Double]) -> DescentResult {
    Descent(options: MinimizationOptions(method: method)).run(self, from: iterate(at: start))
  }
}

@Suite("Minimization: errors and the methods themselves")
struct MinimizeErrorTests {
  private func message(_ body: () throws(FormulaError) -> Minimization) -> String {
    do throws(FormulaError) {
      return "no error, but \(try body().reason)"
    } catch {
      return error.message + (error.hint.map { "; \($0)" } ?? "")
    }
  }

  @Test("what cannot be minimized is told")
  func refusals() {
    let sizes = ["n": 3]
    #expect(
      message { () throws(FormulaError) in try (x + 1).minimized(wrt: [x], sizes: sizes) }
        == "only a scalar can be minimized; the objective is a vector(n); minimize `norm2(...)^2` or `sum(...)`"
    )
    #expect(
      message { () throws(FormulaError) in try sum(x).minimized(wrt: []) }
        == "no value is given for x : vector(n)")
    #expect(
      message { () throws(FormulaError) in try sum(x).minimized(wrt: [x, x], sizes: sizes) }
        == "`x` is given twice")
    #expect(
      message { () throws(FormulaError) in try sum(x).minimized(wrt: [x, S], sizes: sizes) }
        == "the objective does not depend on `S`")
    #expect(
      message { () throws(FormulaError) in try sum(x).minimized(wrt: [x]) }
        == "no data determine the size n; give it as `sizes: [\"n\": ...]`")
    #expect(
      message { () throws(FormulaError) in try sum(x).minimized(wrt: [x + 1], data: [x: [1]]) }
        == "`x + 1` is not a variable that can be minimized over")
    #expect(
      message { () throws(FormulaError) in try tr(S).minimized(wrt: [S], sizes: sizes) }
        == "S is declared spd, so its entries cannot be moved freely; declare a free matrix C and define S = C*C'"
    )
    #expect(
      message { () throws(FormulaError) in
        try sum(exp(x)).minimized(wrt: [x], sizes: ["n": 3000], options: .init(method: .newton))
      } == "the variables have 3000 entries; newton takes at most 2000; lbfgs needs no Hessian")
    #expect(
      message { () throws(FormulaError) in try sum(x).minimized(wrt: [x], sizes: ["n": .max]) }
        == "the size n is negative or too large")
    #expect(
      message { () throws(FormulaError) in try sum(log(x)).minimized(wrt: [x], sizes: sizes) }
        == "the objective is not finite at the start, where x is zero; "
        + "give a start in the data, under the name of the variable")
    #expect(
      message { () throws(FormulaError) in
        try sum(1 / Formula.scalar("s", .positive)).minimized(wrt: [Formula.scalar("s", .positive)])
      }.hasPrefix("s is declared positive, but the default start, zero, is not"))
    #expect(
      message { () throws(FormulaError) in try sum(x).minimized(wrt: [x], data: [x: [.nan, 1]]) }
        == "the objective is not finite at the start; give a start in the data, under the name of the variable"
    )
  }

  @Test("the pivots of an indefinite, a singular and a badly scaled Hessian")
  func directions() throws {
    // Downhill although the Hessian is not positive definite.
    for hessian in [[1, 0, 0, -1], [0, 1, 1, 0], [0, 0, 0, 0], [1, 1, 1, 1], [-3, 2, 2, -3.0]] {
      let direction = try #require(NewtonDescent.direction(hessian, [1, 2]))
      #expect(direction.inner([1, 2]) < 0)
    }
    let scaled = try #require(NewtonDescent.direction([1e20, 0, 0, 1e-20], [1e20, 1e-20]))
    #expect(relativeGap(Matrix(column: scaled), [-1, -1]) < 1e-12)
  }

  @Test("a saddle is left, a wall is not crossed", arguments: MinimizationMethod.allCases)
  func walls(_ method: MinimizationMethod) {
    let saddle = Written(2) { p in
      let (x, y) = (p[0], p[1])
      return (
        x * x - y * y + y * y * y * y, [2 * x, -2 * y + 4 * y * y * y], [2, 0, 0, -2 + 12 * y * y]
      )
    }
    let left = saddle.descend(method, from: [1, 1e-3])
    #expect(left.reason == .converged && (left.end.value + 0.25).magnitude < 1e-12)
    let wall = Written(1) { p in
      p[0] > 1 ? (.nan, [.nan], [.nan]) : (-p[0], [-1], [0])
    }
    let stopped = wall.descend(method, from: [0])
    #expect(stopped.reason == .notFinite || stopped.reason == .noDecrease)
    #expect(stopped.end.value < -0.99)
  }

  @Test("a gradient that lies ends the search", arguments: MinimizationMethod.allCases)
  func lies(_ method: MinimizationMethod) {
    let lying = Written(1) { p in (p[0] * p[0], [-2 * p[0] - 1], [2]) }
    #expect(lying.descend(method, from: [1]).reason != .converged)
  }
}
