import Testing

@testable import Nabla
@testable import NablaCompile
@testable import NablaCore
@testable import NablaLanguage
@testable import NablaNumerics
@testable import NablaTypes

/// Programs in floats, compared with the same programs in doubles.
@Suite struct CompilePrecisionTests {
  /// Every operation and every function.
  static let catalogue: [String] =
    ArrayOperation.allCases.map(Catalogue.expression) + Catalogue.others + Catalogue.functionCalls

  /// Regressions and their gradients, which are fused and go by blocks.
  static let passes: [String] = [
    "norm2(X*x - q)^2", "2*X'*(X*x - q)", "sum(softplus(X*x)) - q'*(X*x)", "X'*(sigmoid(X*x) - q)",
    "sum(logsumexp(X*A))", "X'*(softmax(X*A) - X)", "norm2(X - q*x')^2", "(q*x' - X)*x", "X'*diag(q)*X",
    "logdet(X'*X + s*eye(n))", "X*inv(X'*X + s*eye(n))", "kron(eye(3), X')*diag(r)*kron(eye(3), X)",
    "sum(i = 1:n, exp(x[i] + x[1]*i/n))", "tanh(X*A + ones(m)*x')", "max(X, s) + min(X, s)",
    "(A + A')*x + A*x", "sum(exp(X) .* tanh(X))", "norm1(X) + norminf(X)",
  ]

  /// Small sizes of all, and sizes with packed products and more than one block for some.
  @Test(arguments: [0, 1]) func agrees(with large: Int) throws {
    let sizes = large == 1 ? ["n": 70, "m": 2100] : ["n": 5, "m": 7]
    let texts = large == 1 ? Self.passes.filter { !$0.contains("kron") } : Self.catalogue + Self.passes
    let declarations = Catalogue.declarations + "q : vector(m)\nr : vector(3*m)\n"
    for text in texts {
      let source = SourceText(declarations + "simplify \(text)\n")
      var options = SessionOptions()
      options.checks = false
      let session = Session(source, options: options)
      let question = try #require(session.questions.first, "\(text): \(session.diagnostics)")
      let formula = session.names().formula(question.expression.expression)
      let values = Self.values(formula, sizes)
      var compile = Compiler.Options(.standard)
      compile.isPositiveDefinite = { Knowledge(.standard).truth(.spd, of: $0) == .yes }
      let wide = try Compiler.compile([formula], sizes: sizes, options: compile).run(values)[0]
      compile.precision = .float32
      let program = try Compiler.compile([formula], sizes: sizes, options: compile)
      let narrow = try program.run(values)[0]
      #expect(narrow == narrow.rounded(to: .float32), "\(text)")
      let gap = (narrow - wide).maxAbs
      #expect(wide.isFinite && gap <= 1e-5 * max(wide.maxAbs, 0.1), "\(text): \(gap) of \(wide.maxAbs)")
    }
  }

  /// Seeded floats: positive where declared, square arrays far from singular.
  private static func values(_ formula: Formula, _ sizes: [String: Int]) -> [Formula: Matrix] {
    var values: [Formula: Matrix] = [:]
    for (index, variable) in [formula].freeVariables.enumerated() {
      let rows = variable.shape.rows.value(sizes) ?? 1
      let columns = variable.shape.columns.value(sizes) ?? 1
      let isPositive = variable.variable?.properties.contains(.positive) == true || variable.isScalar
      let scale = 1 / Double(columns).squareRoot()
      var value = scale * Make.random(rows, columns, UInt64(70 + index), isPositive ? 0.1 : -1, 1)
      if rows == columns, rows > 1 { value = value + 3 * .identity(rows) }
      if variable.variable?.properties.contains(.spd) == true { value = 0.5 * (value + value.transposed) }
      values[variable] = value.rounded(to: .float32)
    }
    return values
  }

  /// Floats are read and written in place, and nothing is converted in between.
  @Test func boundFunctions() throws {
    let (matrix, x) = (Formula.matrix("X", "m", "n"), Formula.vector("x", "n"))
    let formulas = [norm2(matrix * x), matrix.transposed * (matrix * x)]
    let bound = try Formula.compiled(formulas, precision: .float32).bound(["m": 3, "n": 2], argument: x)
    let data: [Float] = [1, 2, 3, 4, 5, 6]
    try data.withUnsafeBufferPointer { data in
      let address = try #require(data.baseAddress)
      #expect(bound.read(matrix, at: address))
      var (point, result): ([Float], [Float]) = ([1, 0], [0, 0])
      #expect(try bound(&point, into: &result) == Float(14).squareRoot())
      #expect(result == [14, 32] && bound.value(1) == Matrix(column: [14, 32]))
      #expect(try #require(bound.floatPointer(1))[1] == 32 && bound.pointer(1) == nil)
      point = [0, 1]
      try bound(&point, into: &result)
      #expect(result == [32, 77])
      // Doubles are refused.
      var (wrong, other): ([Double], [Double]) = ([1, 0], [0, 0])
      #expect(!bound.read(matrix, at: &wrong))
      do {
        try bound(&wrong, into: &other)
        Issue.record("a function of floats has read doubles")
      } catch { #expect("\(error)".contains("float32")) }
    }
  }

  /// A factorization stays in doubles between the steps that use it.
  @Test func conversions() throws {
    let variables = [Formula.matrix("A", "n", "n"), Formula.vector("x", "n")]
    var options = Compiler.Options(.standard)
    options.precision = .float32
    let formula = try Formula(parsing: "A*(A*x) + inv(A)*x + logdet(A)*x", in: variables)
    let steps = try Compiler.compile([formula], sizes: ["n": 4], options: options).plan
    #expect(steps.filter { $0.contains("factorLU") }.count == 1)
    #expect(steps.filter { $0.contains("widen") }.count >= 2 && steps.contains { $0.contains("narrow") })
  }

  /// Values beyond the range of floats are infinite, not wrong.
  @Test func range() throws {
    let x = try Formula.declared("x : vector(n)")[0]
    let function = try exp(x).compiled(precision: .float32)
    let value = try function([x: Matrix(column: [1, 88, 89, -104])])
    #expect(value[0, 0] == Double(Float(2.718281828459045)) && value[2, 0] == .infinity && value[3, 0] == 0)
  }
}
