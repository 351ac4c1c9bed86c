import Testing

@testable import Nabla
@testable import NablaCore
@testable import NablaLanguage
@testable import NablaNumerics
@testable import NablaTypes
@testable import NablaVerify

private let xs = Make.variable("X", .matrix("n", "d"))
private let a = Make.variable("A", .matrix("n", "n"))
private let definite = Make.variable("S", .matrix("n", "n"), [.spd])
private let regular = Make.variable("M", .matrix("n", "n"), [.invertible])
private let w = Make.variable("w", .vector("d"))
private let y = Make.variable("y", .vector("n"))
private let z = Make.variable("z", .vector("n"))
private let t = Make.variable("t", .scalar)
private let square = Shape.matrix("n", "n")
private func plus(_ a: Formula, _ b: Formula) -> Formula { .adding(a, b) }
private func minus(_ a: Formula, _ b: Formula) -> Formula { .adding(a, b.negated) }
private func diag(_ v: Formula) -> Formula {
  Make.array(.diagonalMatrix, v, shape: .matrix(v.shape.rows, v.shape.rows))
}
private func sigmoid(_ v: Formula) -> Formula { Make.apply("sigmoid", v) }

private struct Case: Sendable {
  let name: String
  let objective: Formula
  let variable: Formula
  let gradient: Formula
  var isTransposable = false
}

private let residual = minus(.product([xs, w]), y)
private let cases: [Case] = [
  Case(
    name: "least squares", objective: .product([residual.transposed, residual]), variable: w,
    gradient: Formula.product([xs.transposed, residual]).scaled(by: 2)),
  Case(
    name: "quadratic form", objective: .product([z.transposed, a, z]), variable: z,
    gradient: .product([plus(a, a.transposed), z])),
  Case(
    name: "by the matrix", objective: .product([y.transposed, a, z]), variable: a,
    gradient: .product([y, z.transposed]), isTransposable: true),
  Case(
    name: "trace of the inverse", objective: Make.array(.trace, .inverse(regular)), variable: regular,
    gradient: Formula.product([.inverse(regular.transposed), .inverse(regular.transposed)]).negated,
    isTransposable: true),
  Case(
    name: "logdet of spd", objective: Make.array(.logDeterminant, definite), variable: definite,
    gradient: .inverse(definite.transposed)),
  Case(
    name: "logistic", objective: Make.sum(Make.apply("softplus", .product([xs, w]))), variable: w,
    gradient: .product([xs.transposed, sigmoid(.product([xs, w]))])),
  Case(
    name: "norm", objective: Make.array(.norm2, w), variable: w,
    gradient: .times([w, .power(Make.array(.norm2, w), .number(-1))])),
  Case(
    name: "logsumexp", objective: Make.array(.logsumexp, z), variable: z,
    gradient: Make.array(.softmax, z, shape: z.shape)),
  Case(
    name: "Frobenius",
    objective: .power(Make.array(.norm2, minus(xs, .product([y, w.transposed]))), .number(2)), variable: xs,
    gradient: minus(xs, .product([y, w.transposed])).scaled(by: 2)),
  Case(
    name: "vector by vector", objective: .product([a, z]), variable: z, gradient: a.transposed,
    isTransposable: true),
  Case(
    name: "matrix by scalar", objective: .times([.power(t, .number(3)), xs]), variable: t,
    gradient: .times([.number(3), .power(t, .number(2)), xs])),
  Case(
    name: "relu", objective: Make.sum(Make.apply("relu", .product([xs, w]))), variable: w,
    gradient: .product([xs.transposed, Make.apply("step", .product([xs, w]))])),
  Case(name: "log", objective: Make.sum(Make.apply("log", w)), variable: w, gradient: .power(w, .number(-1))),
  Case(
    name: "determinant", objective: Make.array(.determinant, a), variable: a,
    gradient: Make.array(.adjugate, a, shape: square).transposed, isTransposable: true),
  Case(
    name: "spectral norm", objective: Make.array(.specnorm, a), variable: a,
    gradient: .product([
      Make.array(.leftsv, a, shape: .vector("n")), Make.array(.rightsv, a, shape: .vector("n")).transposed,
    ]), isTransposable: true),
  Case(
    name: "expm", objective: Make.array(.trace, Make.array(.exponential, a, shape: square)), variable: a,
    gradient: Make.array(.exponential, a.transposed, shape: square), isTransposable: true),
]

@Suite struct VerifyTests {
  private let check = NumericCheck(seed: 7)

  @Test(arguments: cases.indices) func acceptsRightGradients(_ index: Int) {
    let c = cases[index]
    let verdict = check.verdict(on: .gradient(c.gradient, of: c.objective, by: c.variable))
    #expect(
      verdict.status == .verified && verdict.points >= 5 && verdict.error < 1e-6, "\(c.name): \(verdict)")
  }

  @Test(arguments: cases.indices) func rejectsWrongGradients(_ index: Int) {
    let c = cases[index]
    var wrong = [
      c.gradient.negated, c.gradient.scaled(by: 2), c.gradient.scaled(by: Rational(100_001, over: 100_000)),
    ]
    if c.isTransposable, c.gradient.shape.isSquare { wrong.append(c.gradient.transposed) }
    wrong.append(.zeros(c.gradient.shape))
    for gradient in wrong {
      let verdict = check.verdict(on: .gradient(gradient, of: c.objective, by: c.variable))
      #expect(verdict.status == .refuted && verdict.counterexample != nil, "\(c.name): \(verdict.status)")
    }
  }

  @Test("central differences of five points converge with order 4, and are exact for polynomials")
  func orderOfConvergence() throws {
    let check = NumericCheck(seed: 5)
    let wave = Make.apply("exp", z)
    let total = Formula.product([.ones(.row("n")), wave])
    let smooth = check.verdict(on: .gradient(wave, of: total, by: z))
    #expect((3.9...4.1).contains(try #require(smooth.order)), "\(smooth)")
    let form = check.verdict(on: .gradient(z.scaled(by: 2), of: .product([z.transposed, z]), by: z))
    #expect(form.status == .verified && form.order == nil, "\(form)")
  }

  @Test func isDeterministic() {
    let c = cases[3]
    let first = check.verdict(on: .gradient(c.gradient, of: c.objective, by: c.variable))
    #expect(first == check.verdict(on: .gradient(c.gradient, of: c.objective, by: c.variable)))
  }

  @Test func jacobiansAndHessians() {
    let check = Verification(seed: 7)
    let p = sigmoid(z)
    let slope = Formula.times([p, minus(.one, p)])
    #expect(check.verdict(on: .jacobian(diag(slope), of: p, by: z)).status == .verified)
    #expect(check.verdict(on: .jacobian(a, of: .product([a, z]), by: z)).status == .verified)
    #expect(
      check.verdict(on: .jacobian(a.transposed, of: .product([a, z]), by: z)).status == .refuted)
    let nd = Dimension("n") * Dimension("n")
    let kron = Formula.apply(
      .array(.kron), [.identity("d"), a], .matrix(Dimension("n") * "d", Dimension("n") * "d"))
    #expect(check.verdict(on: .jacobian(kron, of: .product([a, xs]), by: xs)).status == .verified)
    let commutation = Formula.apply(
      .array(.commutation), [.dimension("n"), .dimension("n")], .matrix(nd, nd))
    #expect(check.verdict(on: .jacobian(commutation, of: a.transposed, by: a)).status == .verified)
    let objective = Make.sum(Make.apply("softplus", .product([xs, w])))
    let q = sigmoid(.product([xs, w]))
    let hessian = Formula.product([xs.transposed, diag(.times([q, minus(.one, q)])), xs])
    let gradient = Formula.product([xs.transposed, q])
    #expect(check.verdict(on: .hessian(hessian, of: objective, by: w)).status == .verified)
    #expect(
      check.verdict(onHessian: hessian, of: objective, by: w, w, through: gradient).status == .verified
    )
    #expect(check.verdict(on: .hessian(hessian.scaled(by: 2), of: objective, by: w)).status == .refuted)
    let mixed = check.verdict(on: .hessian(a, of: .product([y.transposed, a, z]), by: y, z))
    #expect(mixed.status == .verified)
    #expect(
      check.verdict(on: .hessian(a.transposed, of: .product([y.transposed, a, z]), by: y, z))
        .status == .refuted)
  }

  @Test func equalities() {
    let square = Formula.power(Make.array(.norm2, plus(y, z)), .number(2))
    let parts = Formula.sum(
      [
        .product([y.transposed, y]), .product([z.transposed, z]), .product([y.transposed, z]).scaled(by: 2),
      ], .scalar)
    #expect(check.verdict(on: .equality(square, parts)).status == .verified)
    let wrong = check.verdict(on: .equality(.product([a, regular]), .product([regular, a])))
    #expect(wrong.status == .refuted)
    let example = wrong.counterexample
    #expect(example != nil)
    #expect(example?.values["A"]?.storage.allSatisfy { $0 == $0.rounded() && abs($0) <= 3 } == true)
    #expect(example.map { $0.left != $0.right } == true)
    let log = Make.apply("log", Formula.power(t, .number(2)))
    #expect(check.verdict(on: .equality(log, Make.apply("log", t).scaled(by: 2))).status == .verified)
    #expect(
      check.verdict(on: .equality(Make.array(.determinant, a), Make.array(.determinant, a.transposed))).status
        == .verified)
    #expect(check.verdict(on: .equality(.product([.inverse(regular), regular, z]), z)).status == .verified)
    let close = Formula.sum([t, .number(Rational(1, over: 100_000_000))], .scalar)
    #expect(check.verdict(on: .equality(close, t)).status == .refuted)
    #expect(check.verdict(on: .equality(Make.apply("log", .times([t, t]).negated), t)).status != .verified)
  }

  @Test func sizesRespectPolynomials() {
    var generator = SplitMix64(seed: 1)
    let tall = Make.variable("V", .matrix(Dimension("h") - 2, Dimension("h") + 1))
    var found = 0
    for attempt in 0..<20 {
      guard let sizes = InstanceSizes([tall]).choice(attempt: attempt, &generator) else { continue }
      found += 1
      #expect((sizes["h"] ?? 0) > 2)
    }
    #expect(found > 0)
    let head = Formula.apply(
      .slice(rows: .init(first: 1, last: "h"), columns: .init(first: 1, last: "d")), [xs], .matrix("h", "d"))
    let objective = Make.sum(head)
    let pad = Formula.apply(
      .blocks(rows: 2, columns: 1), [.ones(head.shape), .zeros(.matrix(Dimension("n") - "h", "d"))], xs.shape)
    #expect(check.verdict(on: .gradient(pad, of: objective, by: xs)).status == .verified)
  }

  @Test func kinksAreAvoidedOrSaid() {
    // Differences of binary data are exactly 0: a kink at the base point is redrawn, never a false refutation.
    let p = Make.variable("p", .vector("n"), [.binary])
    let q = Make.variable("q", .vector("n"), [.binary])
    let gap = minus(p, q)
    let slope = Formula.number(Rational(1, over: 4))
    let objective = Make.sum(Make.apply("leakyrelu", gap, slope))
    let positive = Make.apply("step", gap)
    let gradient = plus(positive, .times([slope, minus(.one, positive)]))
    #expect(check.verdict(on: .gradient(gradient, of: objective, by: p)).status != .refuted)
    let narrow = check.verdict(
      on: .gradient(Make.apply("sign", z), of: Make.sum(Make.apply("abs", z)), by: z))
    #expect(narrow.status == .verified)
    let nowhere = check.verdict(on: .gradient(.zero, of: Make.apply("log", .number(-1)), by: t))
    #expect(nowhere.status != .verified)
  }

  @Test func declaredFunctions() {
    let check = Verification(seed: 7)
    let phi = DeclaredFunction(name: "phi", parameter: .scalar, result: .scalar, isElementwise: true)
    let f = DeclaredFunction(name: "f", parameter: .vector("n"), result: .scalar, isElementwise: false)
    let g = DeclaredFunction(name: "g", parameter: .vector("d"), result: .vector("n"), isElementwise: false)
    func call(_ f: DeclaredFunction, _ d: FunctionDerivative, _ x: Formula, _ shape: Shape) -> Formula {
      .apply(.function(f, d), [x], shape)
    }
    let inner = call(phi, .value, z, z.shape)
    let gradient = Formula.times([call(phi, .prime(1), z, z.shape), call(f, .gradient, inner, z.shape)])
    let objective = call(f, .value, inner, .scalar)
    #expect(check.verdict(on: .gradient(gradient, of: objective, by: z)).status == .verified)
    #expect(
      check.verdict(on: .gradient(gradient.scaled(by: 3), of: objective, by: z)).status == .refuted)
    #expect(
      check.verdict(
        on: .jacobian(diag(call(phi, .prime(3), z, z.shape)), of: call(phi, .prime(2), z, z.shape), by: z)
      ).status == .verified)
    #expect(
      check.verdict(
        on: .jacobian(call(g, .jacobian, w, .matrix("n", "d")), of: call(g, .value, w, y.shape), by: w)
      ).status == .verified)
    #expect(
      check.verdict(on: .jacobian(call(f, .hessian, z, square), of: call(f, .gradient, z, z.shape), by: z))
        .status == .verified)
  }
}
