import AllocationCounter
import Testing

@testable import Nabla
@testable import NablaCompile
@testable import NablaCore
@testable import NablaLanguage
@testable import NablaNumerics
@testable import NablaTypes

/// Calls in a loop allocate nothing.
@Suite struct CompileAllocationTests {
  private static let formulas: [[String]] = [
    ["norm2(X*x - v)^2", "2*X'*(X*x - v)"],
    ["sum(softplus(X*x)) - v'*(X*x)", "X'*(sigmoid(X*x) - v)"],
    ["norm2(X - Y*A)^2", "(Y*A - X)*A'", "Y'*(X - Y*A)"],
    ["sum(logsumexp(X*A)) - sum(Y .* (X*A))", "X'*(softmax(X*A) - Y)"],
    ["logdet(X'*X + c*eye(n))", "X*inv(X'*X + c*eye(n))"], ["tr(inv(A))", "inv(A*A)*x", "det(A)"],
    ["tanh(X*A + ones(m)*x')", "X'*diag(v)*X"], ["sum(i = 1:n, exp(x[i] + x[1]*i))"],
    ["kron(eye(3), X')*diag(p)*kron(eye(3), X)"], ["specnorm(X)", "nucnorm(X)"], ["expm(A)", "pinv(X)"],
  ]

  @Test(arguments: formulas) func aBoundCall(texts: [String]) throws {
    let formulas = try texts.map { try Formula(parsing: $0, in: CompilePlanTests.variables) }
    let sizes = ["n": 7, "m": 300]
    let bound = try Formula.compiled(formulas, checkingProperties: false).bound(sizes)
    for (index, variable) in bound.variables.enumerated() {
      let rows = variable.shape.rows.value(sizes) ?? 1
      var value = Make.random(rows, variable.shape.columns.value(sizes) ?? 1, UInt64(index + 1), 0.1, 1)
      if rows == 7, value.columns == 7 { value = value + 5 * .identity(7) }
      #expect(bound.set(variable, value))
    }
    var result = Matrix(rows: bound.sizes.last?.rows ?? 0, columns: bound.sizes.last?.columns ?? 0)
    var point = Make.random(7, 1, 99)
    var count = -1
    try point.withMutablePointer { x in
      try result.withMutablePointer { y in
        // The first call makes the thread's memory for packed matrices.
        try bound(x, into: y)
        guard allocation_counter_start() == 1 else { return }
        for _ in 0..<3 { try bound(x, into: y) }
        count = allocation_counter_stop()
      }
    }
    if count < 0 { return print("allocations cannot be counted here") }
    #expect(count == 0, "\(texts)")
    #expect(result.isFinite)
  }

  /// The count itself: an array of 100 numbers is one.
  @Test func anAllocationIsCounted() {
    guard allocation_counter_start() == 1 else { return }
    let array = [Double](repeating: 1, count: 100)
    let count = allocation_counter_stop()
    #expect(count >= 1 && array.count == 100)
  }
}
