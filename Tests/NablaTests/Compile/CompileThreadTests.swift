import Testing

@testable import Nabla
@testable import NablaCompile
@testable import NablaCore
@testable import NablaLanguage
@testable import NablaNumerics
@testable import NablaTypes

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Compiled programs have the same bits for every number of threads.
@Suite struct CompileThreadTests {
  private static let formulas: [[String]] = [
    ["norm2(X*x - v)^2", "2*X'*(X*x - v)"],
    ["sum(softplus(X*x)) - v'*(X*x)", "X'*(sigmoid(X*x) - v)"],
    ["norm2(X - Y*A)^2", "(Y*A - X)*A'", "Y'*(X - Y*A)"],
    ["sum(logsumexp(X*A)) - sum(Y .* (X*A))", "X'*(softmax(X*A) - Y)"],
    ["logdet(X'*X + c*eye(n))", "X*inv(X'*X + c*eye(n))"], ["tanh(X*A + ones(m)*x')", "X'*diag(v)*X"],
    ["sum(exp(X) .* tanh(Y))", "exp(X) + Y"],
  ]

  @Test(arguments: formulas) func sameBits(texts: [String]) throws {
    let formulas = try texts.map { try Formula(parsing: $0, in: CompilePlanTests.variables) }
    // Passes with few and with many columns, and chunks of many blocks.
    for sizes in [["n": 3, "m": 40_000], ["n": 120, "m": 3003]] {
      var values: [Formula: Matrix] = [:]
      var wanted: [Matrix] = []
      for threads in [1, 2, 4] {
        let bound = try Formula.compiled(formulas, checkingProperties: false, threads: threads).bound(sizes)
        for (index, variable) in bound.variables.enumerated() {
          let value = values[variable] ?? numbers(variable.shape, sizes, 1 + 0.3 * Double(index))
          values[variable] = value
          #expect(bound.set(variable, value))
        }
        try bound()
        let got = formulas.indices.map { bound.value($0) }
        if threads == 1 { wanted = got }
        for (got, wanted) in zip(got, wanted) {
          let agree = got.withPointer { x in wanted.withPointer { memcmp(x, $0, 8 * wanted.count) == 0 } }
          #expect(agree, "\(texts), \(sizes), \(threads) threads")
        }
      }
    }
  }

  /// Numbers between 0.1 and 1.1, quickly.
  private func numbers(_ shape: Shape, _ sizes: [String: Int], _ step: Double) -> Matrix {
    var result = Matrix(rows: shape.rows.value(sizes) ?? 1, columns: shape.columns.value(sizes) ?? 1)
    let count = result.count
    result.withMutablePointer { x in
      for i in 0..<count { x[i] = 0.1 + (Double(i) * step * 0.618).truncatingRemainder(dividingBy: 1) }
    }
    return result
  }

  /// The plans of the table have passes in chunks.
  @Test func chunks() throws {
    let formulas = try ["norm2(X*x - v)^2", "2*X'*(X*x - v)"].map {
      try Formula(parsing: $0, in: CompilePlanTests.variables)
    }
    let program = try Compiler.compile(formulas, sizes: ["n": 120, "m": 5003])
    let pass = try #require(program.instructions.first { $0.opcode == .stream })
    #expect(pass.extra < 5003 && pass.extra % pass.k == 0)
  }
}
