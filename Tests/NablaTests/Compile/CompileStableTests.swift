import Testing

@testable import Nabla
@testable import NablaCore
@testable import NablaNumerics
@testable import NablaTypes

private let x = Make.variable("x", .vector("n"))
private let t = Make.variable("t", .scalar)
private let a = Make.variable("A", .matrix("n", "m"))
private let sizes = ["n": 3, "m": 2]
private let extreme = Matrix(column: [1000, -1000, 0.5])
private let large: [Formula: Matrix] = [
  x: extreme, t: Matrix(1000), a: Matrix(rows: [[1000, -1000], [0, 1], [-999, -1000]]),
]
private let mild: [Formula: Matrix] = [
  x: Matrix(column: [0.3, -1.2, 2]), t: Matrix(-0.7), a: Matrix(rows: [[0.1, -1], [0, 1], [2, -0.5]]),
]
private let one = Formula.one
private func exp(_ f: Formula) -> Formula { Make.apply("exp", f) }
private func log(_ f: Formula) -> Formula { Make.apply("log", f) }
private func sum(_ f: Formula) -> Formula { Make.sum(f) }
private func over(_ a: Formula, _ b: Formula) -> Formula { .times([a, .power(b, .number(-1))]) }
private func plus(_ a: Formula, _ b: Formula) -> Formula { .adding(a, b) }
private func minus(_ a: Formula, _ b: Formula) -> Formula { .adding(a, b.negated) }

@Suite struct CompileStableTests {
  private static let forms: [(String, Formula)] = [
    ("softplus", log(plus(exp(x), one))),
    ("softplus of -x", log(plus(exp(x.negated), one))),
    ("logaddexp", log(plus(exp(t), exp(t.scaled(by: 2))))),
    ("three terms", log(plus(plus(exp(t), exp(t.scaled(by: 2))), .number(3)))),
    ("logsumexp", log(sum(exp(x)))),
    ("log mean exp", log(over(sum(exp(x)), .dimension("n")))),
    ("log sum exp of rows", log(.product([exp(a), .ones(.vector("m"))]))),
    ("log sum exp of columns", log(.product([.ones(.row("n")), exp(a)]))),
    ("log sum exp of all", log(sum(exp(a)))),
    ("sigmoid 1", over(exp(x), plus(exp(x), one))),
    ("sigmoid 2", over(one, plus(exp(x.negated), one))),
    ("sigmoid'", .times([exp(x), .power(plus(exp(x), one), .number(-2))])),
    ("sigmoid'' part", .times([.power(exp(x), .number(2)), .power(plus(exp(x), one), .number(-3))])),
    ("softmax", over(exp(x), sum(exp(x)))),
    (
      "softmax of rows",
      .times([exp(a), .power(.product([exp(a), .ones(.vector("m")), .ones(.row("m"))]), .number(-1))])
    ),
    (
      "softmax of rows by diag",
      .product([
        Make.array(
          .diagonalMatrix, .power(.product([exp(a), .ones(.vector("m"))]), .number(-1)),
          shape: .matrix("n", "n")), exp(a),
      ])
    ),
    ("log sigmoid", log(Make.apply("sigmoid", x))),
    ("log(1 - sigmoid)", log(minus(one, Make.apply("sigmoid", x)))),
    ("log softmax", log(Make.array(.softmax, x, shape: x.shape))),
    ("log of the quotient", log(over(exp(x), sum(exp(x))))),
    ("gradient of logsumexp", over(.product([a.transposed, exp(x)]), sum(exp(x)))),
    (
      "hessian of logsumexp",
      minus(
        over(
          .product([a.transposed, Make.array(.diagonalMatrix, exp(x), shape: .matrix("n", "n")), a]),
          sum(exp(x))),
        .times([.product([a.transposed, exp(x), exp(x).transposed, a]), .power(sum(exp(x)), .number(-2))]))
    ),
    ("tanh by exp", over(minus(exp(x), exp(x.negated)), plus(exp(x), exp(x.negated)))),
    ("exp quotient", over(exp(x), exp(x.scaled(by: Rational(9, over: 10))).rebuilt([x]))),
    ("exp shifted", .times([exp(x), exp(x.negated)])),
    ("log cosh", log(Make.apply("cosh", x))),
    ("log expm1", log(minus(exp(Make.apply("abs", t)), one))),
    ("norm", .power(.product([x.transposed, x]), .half)),
  ]

  @Test(arguments: forms.indices) func finiteAtExtremes(_ index: Int) throws {
    let (name, form) = Self.forms[index]
    #expect(!form.isInvalid)
    let value = try Make.value(form, sizes, large)
    #expect(value.isFinite, "\(name): \(value)")
  }

  @Test(arguments: forms.indices) func unchangedAtMildValues(_ index: Int) throws {
    let (name, form) = Self.forms[index]
    let stable = try Make.value(form, sizes, mild)
    let plain = Reference(sizes: sizes, values: mild).value(form)
    #expect((stable - plain).maxAbs <= 1e-12 * max(1, plain.maxAbs), "\(name): \(stable) \(plain)")
  }

  @Test func valuesAtExtremes() throws {
    #expect(try Make.value(log(plus(exp(x), one)), sizes, large)[0, 0] == 1000)
    #expect(try Make.value(log(minus(one, Make.apply("sigmoid", x))), sizes, large)[0, 0] == -1000)
    #expect(try Make.value(over(exp(x), sum(exp(x))), sizes, large)[0, 0] == 1)
    let u = Make.variable("u", .scalar)
    let small = try Make.value(minus(one, Make.apply("sigmoid", u)), [:], [u: Matrix(50)])[0, 0]
    #expect(abs(small / 1.928749847963918e-22 - 1) < 1e-12)
    let n = Make.variable("n1", .vector("n"))
    let huge = [n: Matrix(column: [3e200, 4e200, 0])]
    #expect(
      abs(try Make.value(.power(.product([n.transposed, n]), .half), sizes, huge)[0, 0] / 5e200 - 1) < 1e-15)
  }

  @Test func indicatorSelects() throws {
    let positive = Make.apply("less", .zero, x)
    let values: [Formula: Matrix] = [x: Matrix(column: [4, -1, 0]), t: Matrix(2), a: mild[a] ?? Matrix(0)]
    let branch = Formula.times([positive, log(x)])
    #expect(try Make.value(branch, sizes, values).storage == [LibraryFunction.log.evaluate(4), 0, 0])
    let other = Formula.times([Formula.adding(.one, positive.negated), .power(x, .number(-1)), t])
    #expect(try Make.value(other, sizes, [x: Matrix(column: [0, 2, -4]), t: Matrix(2)])[1, 0] == 0)
    #expect(
      try Make.value(other, sizes, [x: Matrix(column: [1, 2, -4]), t: Matrix(2)]).storage == [0, 0, -0.5])
    let scaled = Formula.product([
      Make.array(.diagonalMatrix, positive, shape: .matrix("n", "n")), log(x), .ones(.row("m")),
    ])
    #expect(try Make.value(scaled, sizes, values).isFinite)
    let product = Formula.sum([branch, Formula.times([Make.apply("lessequal", x, .zero), x])], x.shape)
    #expect(try Make.value(product, sizes, values).storage == [LibraryFunction.log.evaluate(4), -1, 0])
    #expect(
      try Make.value(Make.apply("less", x, .zero), sizes, [x: Matrix(column: [.nan, 1, -1])])[0, 0].isNaN)
  }
}
