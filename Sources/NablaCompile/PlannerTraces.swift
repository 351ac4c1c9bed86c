import NablaCore
import NablaTypes

extension Planner {
  /// The trace, term by term; the trace of a product does not form the product.
  mutating func trace(_ matrix: Formula) throws(CompileError) -> Int {
    let (coefficient, core) = matrix.splitCoefficient
    if coefficient.isOverflow { throw .invalidFormula }
    switch core.kind {
    case .sum(let terms):
      let output = try newValue(1, 1)
      try append(PlanStep(opcode: .fill, inputs: [], output: output, m: 1, alpha: 0))
      for term in terms {
        let value = try trace(term)
        try append(PlanStep(opcode: .axpy, inputs: [value], output: output, m: 1, alpha: coefficient.double))
      }
      return output
    case .product(let chain):
      return try scaled(try traceOfProduct(chain), coefficient)
    case .transpose(let inner):
      return try scaled(try trace(inner), coefficient)
    case .apply(.array(.diagonalMatrix), let arguments):
      let vector = try plan(arguments[0])
      return try scaled(
        try emit(PlanStep(opcode: .sum, inputs: [vector], m: count(vector)), 1, 1), coefficient)
    case .number, .constant, .variable, .dimension, .zeros, .ones, .identity, .times, .power, .inverse,
      .apply,
      .differential:
      let value = try plan(core)
      let n = min(rows(value), columns(value))
      return try scaled(try emit(PlanStep(opcode: .trace, inputs: [value], m: n), 1, 1), coefficient)
    }
  }

  private mutating func scaled(_ value: Int, _ coefficient: Rational) throws(CompileError) -> Int {
    if coefficient.isOne { return value }
    return try emit(PlanStep(opcode: .scaled, inputs: [value], m: 1, alpha: coefficient.double), 1, 1)
  }

  /// tr(A*B) is the sum of A' .* B, where A and B are the best two runs of the cyclic chain.
  private mutating func traceOfProduct(_ formulas: [Formula]) throws(CompileError) -> Int {
    var operands: [ProductOperand] = []
    for formula in formulas { operands.append(try operand(formula)) }
    let count = operands.count
    if count > CompileLimits.chain || count < 2 {
      let value = try dense(try chain(formulas))
      return try emit(PlanStep(opcode: .trace, inputs: [value], m: rows(value)), 1, 1)
    }
    let cyclic = operands + operands
    let order = ChainOrder(factors(cyclic), longest: count)
    var best = (cost: Double.infinity, start: 0, length: 1)
    for start in 0..<count {
      for length in 1..<count {
        let (first, last) = (cyclic[start], cyclic[start + length - 1])
        var cost = order.cost(start: start, count: length)
        cost += order.cost(start: start + length, count: count - length)
        cost += 2 * Double(sizes(first).rows) * Double(sizes(last).columns)
        // A lone inverse would have to be formed.
        for (position, size) in [(start, length), (start + length, count - length)] where size == 1 {
          if case .inverse(_, let n, _, _) = cyclic[position] {
            cost += 2 * Double(n) * Double(n) * Double(n)
          }
        }
        if cost < best.cost { best = (cost, start, length) }
      }
    }
    let left = try multiply(order.tree(start: best.start, count: best.length), cyclic)
    let right = try multiply(
      order.tree(start: best.start + best.length, count: count - best.length), cyclic)
    return try traceOfProduct(left, right)
  }

  private mutating func traceOfProduct(
    _ left: ProductOperand, _ right: ProductOperand
  ) throws(CompileError) -> Int {
    switch (left, right) {
    case (.diagonal(let vector, _), .array(let value, _)), (.array(let value, _), .diagonal(let vector, _)):
      let n = rows(value)
      let diagonal = try emit(PlanStep(opcode: .diagonal, inputs: [value], m: n, n: n), n, 1)
      return try emit(PlanStep(opcode: .dot, inputs: [vector, diagonal], m: n), 1, 1)
    case (.array, _), (.ones, _), (.diagonal, _), (.inverse, _), (.blocks, _), (.stack, _):
      let (a, transposedA) = try stored(left)
      let (b, transposedB) = try stored(right)
      if transposedA != transposedB || rows(a) == 1 || columns(a) == 1 {
        return try emit(PlanStep(opcode: .dot, inputs: [a, b], m: count(a)), 1, 1)
      }
      return try emit(
        PlanStep(opcode: .traceOfProduct, inputs: [a, b], m: rows(a), n: columns(a)), 1, 1)
    }
  }

  private mutating func stored(_ operand: ProductOperand) throws(CompileError) -> (Int, Bool) {
    if case .array(let value, let transposed) = operand { return (value, transposed) }
    return (try dense(operand), false)
  }
}
