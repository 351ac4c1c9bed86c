import Testing

@testable import NablaCompile
@testable import NablaCore
@testable import NablaLanguage
@testable import NablaNumerics
@testable import NablaTypes

/// Products that are symmetric, and transposes of products, with symmetric factors.
@Suite struct CompileSymmetryTests {
  static let variables: [Formula] = [
    Make.variable("S", .matrix("n", "n")), Make.variable("A", .matrix("n", "n")),
    Make.variable("X", .matrix("m", "n")), Make.variable("v", .vector("m")), Make.variable("x", .vector("n")),
  ]
  static let sizes = ["n": 7, "m": 30]

  /// Formulas in one program, the numbers of its general and of its symmetric products, and what its plan lacks.
  static let plans: [(texts: [String], general: Int, symmetric: Int, lacks: [String])] = [
    (["X*S*X'"], 1, 1, []),
    (["A*S*A'"], 1, 1, []),
    (["A'*S*A"], 1, 1, []),
    (["A*S*A"], 2, 0, []),
    (["X*S*X' + v*v'", "X*S", "S*X'"], 1, 2, []),
    (["S*X'", "X*S*x", "tanh(X*S)"], 1, 0, ["gemm X S", "gemm S x"]),
    (["X*inv(S)*X'"], 0, 1, ["inverse"]),
    (["A'*inv(S)*A"], 0, 1, ["inverse"]),
    (["X'*diag(v)*X"], 0, 1, ["scaleRows"]),
    (["X*diag(x)*X'"], 0, 1, ["scaleColumns"]),
    (["X'*diag(v)*X", "sum(tanh(diag(v)*X))"], 0, 1, []),
    // The outer product is never formed with the other factors.
    (["X*S", "(eye(m) - v*v')*X*S"], 2, 0, ["(30 x 30)"]),
  ]

  @Test(arguments: plans) func valueAndPlan(
    texts: [String], general: Int, symmetric: Int, lacks: [String]
  ) throws {
    let formulas = try texts.map { try Formula(parsing: $0, in: Self.variables) }
    var values: [Formula: Matrix] = [:]
    for (index, variable) in Self.variables.enumerated() {
      values[variable] = Make.random(
        variable.shape.rows.value(Self.sizes) ?? 1, variable.shape.columns.value(Self.sizes) ?? 1,
        UInt64(index + 1))
    }
    let spd = Self.variables[0]
    let root = try #require(values[spd])
    values[spd] = root * root.transposed + .identity(7)
    var options = Compiler.Options()
    options.isPositiveDefinite = { $0 === spd }
    options.isSymmetric = { $0 === spd }
    let program = try Compiler.compile(formulas, sizes: Self.sizes, options: options)
    for (formula, value) in zip(formulas, try program.run(values)) {
      let wanted = Reference(sizes: Self.sizes, values: values).value(formula)
      #expect((value - wanted).maxAbs < 1e-12 * max(1, wanted.maxAbs), "\(formula)")
    }
    let plan = program.plan.joined(separator: "\n")
    // A product with a vector is cheap.
    let products = program.plan.filter { $0.contains("gemm") && !$0.contains("x 1)") && !$0.contains("(1 x") }
    #expect(products.count == general, "\(texts): \(products.count) products in\n\(plan)")
    #expect(program.plan.filter { $0.contains("gram") }.count == symmetric, "\(texts):\n\(plan)")
    for part in lacks { #expect(!plan.contains(part), "\(texts): \(part) in\n\(plan)") }
  }

  /// The square of a norm is found without its root, also where squares of entries leave the range.
  @Test func squaresOfNorms() throws {
    let formula = try Formula(parsing: "norm2(v)^2", in: Self.variables)
    let program = try Compiler.compile([formula], sizes: Self.sizes)
    #expect(!program.plan.contains { $0.contains("norm2") })
    for scale in [1e-170, 1e-158, 1, 1e150, 1e160] {
      let v = scale * Make.random(30, 1, 1)
      let got = try program.run([Self.variables[3]: v])[0][0, 0]
      let largest = v.maxAbs
      var sum = 0.0
      for i in 0..<30 { sum += (v[i, 0] / largest) * (v[i, 0] / largest) }
      let wanted = sum * largest * largest
      let allowed = 1e-14 * wanted + .leastNonzeroMagnitude
      #expect(got == wanted || abs(got - wanted) <= allowed, "\(scale): \(got), \(wanted)")
    }
  }
}
