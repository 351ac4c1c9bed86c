import Testing

@testable import Nabla
@testable import NablaCompile
@testable import NablaCore
@testable import NablaLanguage
@testable import NablaNumerics
@testable import NablaTypes

/// The planner's optimizations do not change the value.
@Suite struct CompilePlanTests {
  static let variables: [Formula] = [
    Make.variable("A", .matrix("n", "n")), Make.variable("B", .matrix("n", "n")),
    Make.variable("X", .matrix("m", "n")), Make.variable("Y", .matrix("m", "n")),
    Make.variable("v", .vector("m")), Make.variable("x", .vector("n")), Make.variable("z", .vector("n")),
    Formula.vector("p", "3*m"), Make.variable("c", .scalar),
  ]

  /// A formula, with required and forbidden steps of its plan.
  static let plans: [(text: String, has: [String], lacks: [String])] = [
    ("X'*X", ["gram"], ["gemm"]),
    ("X*X'", ["gram"], ["gemm"]),
    ("X'*diag(v)*X", ["gram X X v"], ["gemm", "scaleRows"]),
    ("X*diag(x)*X'", ["gram X X x"], ["gemm", "scaleColumns"]),
    ("X'*Y", ["gemm"], ["gram"]),
    ("(A + A')*x", ["multiplyBoth"], ["transpose"]),
    ("A*x + A'*z", ["multiplyBoth"], ["gemm"]),
    ("A*sin(x) + A'*cos(B*x)", ["multiplyBoth"], []),
    ("A*B*x + B'*A'*z", ["multiplyBoth"], ["gram"]),
    ("A'*sin(A*x)", [], ["multiplyBoth"]),
    ("A*sin(A'*x)", [], ["multiplyBoth"]),
    ("x'*A*x + c*sum(A'*x)", [], ["transpose"]),
    ("(A*B*A + B*A*B)*x", ["(7 x 1)"], ["(7 x 7)"]),
    ("x'*(A*B + B'*A')", [], ["(7 x 7)"]),
    ("(X'*X + c*eye(n))*x", [], ["gram"]),
    ("x*x'*A*z", [], ["(7 x 7)"]),
    ("tr(A*B*x*z')", [], ["(7 x 7)"]),
    ("A*inv(B)", ["solveRight"], ["inverse"]),
    ("inv(B')*A", ["solve"], ["inverse"]),
    ("A*inv(B')", ["solveRight"], ["inverse"]),
    ("norm2(X - Y)^2 + sum((Y - X)*A)", [], []),
    ("tr((X - Y)*(Y' - X'))", [], []),
    ("kron(eye(3), X)*diag(kron([1; 2; 3], x))", ["scaleBlocks"], []),
    ("kron(eye(3), X')*diag(p)*kron(eye(3), X)", ["scaleBlocks"], ["kron"]),
    ("kron(eye(3), X')*p", ["gemm"], ["kron"]),
    ("p'*kron(eye(3), X)", [], ["kron"]),
    ("kron(ones(3, 3), eye(m))*diag(p)*kron(eye(3), X)", ["scaleBlocks"], []),
    (
      "kron(eye(3), X')*diag(p)*(kron(eye(3), X) - kron(ones(3, 3), eye(m))*diag(p)*kron(eye(3), X))",
      ["scaleBlocks", "gram"], ["kron"]
    ),
    ("kron(ones(1, 3), eye(m))*p", [], []),
    ("kron(eye(3), X) + kron(eye(3), Y)", [], []),
    ("sum(exp(v) .* tanh(v) - v.^2)", ["fused"], ["unary"]),
    ("X'*(exp(X*x) .* v - v)", ["stream"], ["gemm"]),
    ("X'*(X*x - v) + c*x", ["stream"], ["gemm"]),
    ("sum(X*x)*(X'*(X*x - v))", [], []),
    ("exp(X) .* sigmoid(Y) + c*X", ["fused"], ["unary"]),
    ("sum(max(v, 0.5*v)) + v'*sin(v)", ["fused"], ["binary", "unary"]),
    ("norm2(exp(v))^2 + norm2(X)", ["exp, dot"], []),
    ("sum(X .* exp(Y))", ["sum"], ["rowSums"]),
    ("inv(A*A)", ["inverse", "gemm"], ["solve"]),
    ("inv(c^2*eye(m) + X*X')*v", ["(7 x 7)"], ["(30 x 30)"]),
    ("X'*inv(2*eye(m) + 3*X*X')*v", ["(7 x 7)"], ["(30 x 30)"]),
    ("v'*inv(eye(m) + X*X')*X", ["(7 x 7)"], ["(30 x 30)"]),
    ("v'*inv(eye(m) + X*X')^3*v", ["(7 x 7)"], ["(30 x 30)"]),
    ("inv(eye(n) + X'*X)*x", ["(7 x 7)"], ["(30 x 30)"]),
    ("2*kron(X'*X, eye(3))", ["kronIdentity %"], ["scaled"]),
    ("inv(A*B)*x", ["solve"], ["inverse"]),
    ("3*(X'*Y)", ["gemm X Y by 3.0"], ["scaled"]),
    ("3*X'*X", ["gram X X by 3.0"], ["scaled"]),
    (
      "kron(eye(3), X')*(diag(p) - kron(ones(3, 3), eye(m)) .* (p*p'))*kron(eye(3), X)",
      ["scaleBlocks", "gram"], ["kron", "commutation"]
    ),
  ]

  /// Formulas with parts in common, transposed or negated, and how many products their plan may have.
  static let shared: [(texts: [String], products: Int, lacks: [String])] = [
    (["X'*((Y*B') .* X.^2)", "rowsums(B .* ((X').^2*Y))"], 2, []),
    (["rowsums(B .* ((X').^2*Y))", "X'*((Y*B') .* X.^2)"], 2, []),
    (["A*((X'*Y) .* A')", "colsums(X .* (Y*A))"], 2, []),
    (["tanh(X*A)", "A'*X'*Y", "sum((X*A)')"], 2, []),
    (["norm2(X - Y*A)^2", "(Y*A - X)*A'", "Y'*(X - Y*A)"], 3, ["scaled"]),
    (["X'*(1 - tanh(X*A).^2)", "(1 - (tanh(X*A)').^2)*Y"], 3, ["tanh"]),
    (["sum(Y .* (X*A))", "sum((A'*X') .* Y')", "X*A"], 1, ["transpose"]),
  ]

  @Test(arguments: shared) func sharedParts(texts: [String], products: Int, lacks: [String]) throws {
    let formulas = try texts.map { try Formula(parsing: $0, in: Self.variables) }
    let sizes = ["n": 7, "m": 30]
    let program = try Compiler.compile(formulas, sizes: sizes)
    let values = Dictionary(
      uniqueKeysWithValues: Self.variables.enumerated().map { index, variable in
        (
          variable,
          Make.random(
            variable.shape.rows.value(sizes) ?? 1, variable.shape.columns.value(sizes) ?? 1, UInt64(index + 1)
          )
        )
      })
    for (formula, value) in zip(formulas, try program.run(values)) {
      let wanted = Reference(sizes: sizes, values: values).value(formula)
      #expect((value - wanted).maxAbs < 1e-12 * max(1, wanted.maxAbs), "\(formula)")
    }
    let plan = program.plan.joined(separator: "\n")
    let count = program.plan.filter { $0.contains("gemm") || $0.contains("gram") }.count
    #expect(count <= products, "\(texts): \(count) products in\n\(plan)")
    for part in lacks { #expect(!plan.contains(part), "\(texts): \(part) in\n\(plan)") }
  }

  @Test(arguments: plans) func valueAndPlan(text: String, has: [String], lacks: [String]) throws {
    let formula = try Formula(parsing: text, in: Self.variables)
    let sizes = ["n": 7, "m": 30]
    let program = try Compiler.compile([formula], sizes: sizes)
    var values: [Formula: Matrix] = [:]
    for (index, variable) in Self.variables.enumerated() {
      values[variable] = Make.random(
        variable.shape.rows.value(sizes) ?? 1, variable.shape.columns.value(sizes) ?? 1, UInt64(index + 1))
    }
    for name in ["A", "B"] {
      if let square = Self.variables.first(where: { $0.name == name }), let value = values[square] {
        values[square] = value + 2 * .identity(7)
      }
    }
    let got = try program.run(values)[0]
    let wanted = Reference(sizes: sizes, values: values).value(formula)
    let gap = (got - wanted).maxAbs / max(1, wanted.maxAbs)
    #expect(gap < 1e-12, "\(text): off by \(gap)\n\(program.plan.joined(separator: "\n"))")
    let plan = program.plan.joined(separator: "\n")
    for part in has { #expect(plan.contains(part), "\(text): no \(part) in\n\(plan)") }
    for part in lacks { #expect(!plan.contains(part), "\(text): \(part) in\n\(plan)") }
  }

  /// Passes over rows: values with gradients whose plan reads X in one pass.
  static let passes: [[String]] = [
    ["sum(softplus(X*x)) - v'*(X*x)", "X'*(sigmoid(X*x) - v)"],
    ["norm2(X*x - v)^2", "X'*(X*x - v)", "X*x"],
    ["sum(logsumexp(X*A)) - sum(Y .* (X*A))", "X'*(softmax(X*A) - Y)"],
    ["norm2(exp(X*A) - Y)^2", "X'*((exp(X*A) - Y) .* exp(X*A))"],
    ["X'*exp(X*A)", "X'*sin(X*B)"],
    ["X'*(X*x)", "X*x"],
    // The factor needs the norm of all rows first.
    ["X'*exp(X*x - norm2(X*x)*v)"],
  ]

  /// Blocks of rows, and the ends of blocks.
  @Test(arguments: [2, 63, 64, 65, 2047, 4100], passes) func streams(m: Int, texts: [String]) throws {
    let formulas = try texts.map { try Formula(parsing: $0, in: Self.variables) }
    let sizes = ["n": 3, "m": m]
    try expectValues(formulas, sizes, plan: texts.count > 1 ? "(\(m) rows by" : "gemm")
  }

  /// Passes over columns, for products of thin matrices.
  @Test(arguments: [(300, 200, 3), (700, 49, 2), (33000, 2, 2)]) func streamsByColumns(
    m: Int, n: Int, k: Int
  ) throws {
    let variables: [Formula] = [
      Make.variable("X", .matrix("m", "n")), Make.variable("U", .matrix("m", "k")),
      Make.variable("V", .matrix("n", "k")),
    ]
    let texts = ["norm2(X - U*V')^2", "-2*(X - U*V')*V", "-2*(X - U*V')'*U", "sum(exp(U*V'))"]
    let formulas = try texts.map { try Formula(parsing: $0, in: variables) }
    try expectValues(formulas, ["m": m, "n": n, "k": k], plan: "(\(n) columns by")
  }

  private func expectValues(
    _ formulas: [Formula], _ sizes: [String: Int], plan: String
  ) throws {
    let variables = formulas.freeVariables
    let values = Dictionary(
      uniqueKeysWithValues: variables.enumerated().map { index, variable in
        (
          variable,
          Make.random(
            variable.shape.rows.value(sizes) ?? 1, variable.shape.columns.value(sizes) ?? 1, UInt64(index + 1)
          )
        )
      })
    let program = try Compiler.compile(formulas, sizes: sizes)
    for (formula, value) in zip(formulas, try program.run(values)) {
      let wanted = Reference(sizes: sizes, values: values).value(formula)
      #expect((value - wanted).maxAbs < 1e-12 * max(1, wanted.maxAbs), "\(formula), \(sizes)")
    }
    #expect(program.plan.contains { $0.contains(plan) }, "\(program.plan)")
  }

  /// A value, its gradient and its Hessian share steps, and the numbers equal those of separate programs.
  @Test func severalOutputs() throws {
    let texts = ["norm2(X*x - v)^2", "2*X'*(X*x - v)", "2*X'*X", "sum(exp(-v))", "v .* exp(-v)"]
    let formulas = try texts.map { try Formula(parsing: $0, in: Self.variables) }
    let sizes = ["n": 7, "m": 9]
    let values = Dictionary(
      uniqueKeysWithValues: Self.variables.enumerated().map { index, variable in
        (
          variable,
          Make.random(
            variable.shape.rows.value(sizes) ?? 1, variable.shape.columns.value(sizes) ?? 1, UInt64(index + 1)
          )
        )
      })
    let together = try Compiler.compile(formulas, sizes: sizes).run(values)
    for (formula, value) in zip(formulas, together) {
      let alone = try Compiler.compile([formula], sizes: sizes).run(values)[0]
      #expect((alone - value).maxAbs <= 1e-14 * max(1, alone.maxAbs), "\(formula)")
    }
  }

  /// A bound function reads and writes at the given addresses, repeatedly.
  @Test func boundFunctions() throws {
    let (X, v, x) = (Self.variables[2], Self.variables[4], Self.variables[5])
    let loss = try Formula(parsing: "norm2(X*x - v)^2", in: Self.variables)
    let slope = try Formula(parsing: "2*X'*(X*x - v)", in: Self.variables)
    let compiled = try Formula.compiled([loss, slope])
    let sizes = ["n": 7, "m": 9]
    let bound = try compiled.bound(sizes, argument: x)
    let data = Make.random(9, 7, 1)
    #expect(bound.set(v, Make.random(9, 1, 2)) && !bound.set(v, Make.random(8, 1, 2)))
    for seed in UInt64(3)..<6 {
      let point = Make.random(7, 1, seed)
      var gradient = Matrix(rows: 7, columns: 1)
      let value = try data.withPointer { rows in
        bound.read(X, at: rows)
        return try point.withPointer { p in try gradient.withMutablePointer { try bound(p, into: $0) } }
      }
      let wanted = try compiled([X: data, v: Make.random(9, 1, 2), x: point])
      #expect(value == wanted[0][0, 0] && gradient == wanted[1], "seed \(seed)")
    }
    #expect(throws: FormulaError.self) { try compiled.bound(["n": 7]) }
    #expect(throws: FormulaError.self) { try compiled.bound(sizes, argument: Self.variables[0]) }
    // An output that is an input is copied.
    let same = try Formula.compiled([x]).bound(sizes, argument: x)
    var (point, copy) = (Make.random(7, 1, 9), Matrix(rows: 7, columns: 1))
    let first = try point.withMutablePointer { p in try copy.withMutablePointer { try same(p, into: $0) } }
    #expect(copy == point && first == point[0, 0])
  }
}
