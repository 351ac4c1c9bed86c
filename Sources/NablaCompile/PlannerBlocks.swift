import NablaCore
import NablaTypes

/// A Kronecker product that need not be formed.
enum KroneckerStructure {
  /// kron(eye(count), inner): one block repeated on the diagonal.
  case blocks(count: Dimension, inner: Formula)
  /// kron(ones(rows, columns), eye(size)).
  case stack(rows: Dimension, columns: Dimension, size: Dimension)
}

extension Formula {
  var kroneckerStructure: KroneckerStructure? {
    guard case .apply(.array(.kron), let arguments) = kind, arguments.count == 2 else { return nil }
    let (left, right) = (arguments[0], arguments[1])
    if case .identity = left.kind { return .blocks(count: left.shape.rows, inner: right) }
    if left.isOnes, case .identity = right.kind {
      return .stack(rows: left.shape.rows, columns: left.shape.columns, size: right.shape.rows)
    }
    return nil
  }
}

extension Planner {
  /// The factors of a product for a Kronecker product of a supported form; `nil` for other formulas.
  mutating func kroneckerOperands(_ formula: Formula) throws(CompileError) -> [ProductOperand]? {
    var stored = formula
    var isTransposed = false
    if case .transpose(let inner) = formula.kind { (stored, isTransposed) = (inner, true) }
    guard let structure = stored.kroneckerStructure, planned[stored] == nil else { return nil }
    var operands: [ProductOperand]
    switch structure {
    case .blocks(let count, let inner):
      guard case .array(let value, let transposed) = try operand(inner) else { return nil }
      operands = [.blocks(value, count: try size(count), repeats: true, transposed: transposed)]
    case .stack(let rows, let columns, let size):
      let (p, q, n) = (try self.size(rows), try self.size(columns), try self.size(size))
      // kron(ones(p, q), I) is a column of identities times a row of them.
      operands = [.stack(count: p, size: n, isRow: false), .stack(count: q, size: n, isRow: true)]
    }
    return isTransposed ? operands.reversed().map(transposedOperand) : operands
  }

  /// The product of two operands one of which consists of blocks; `nil` if it must be formed.
  mutating func multiplyBlocks(
    _ left: ProductOperand, _ right: ProductOperand
  ) throws(CompileError) -> ProductOperand? {
    switch (left, right) {
    case (.diagonal(let vector, false), .blocks(let value, let count, true, let transposed)):
      // diag(v)*kron(I, X) has the blocks diag(v_k)*X.
      let block = transposed ? try self.transposed(value) : value
      let (m, n) = (rows(block), columns(block))
      let made = try emit(
        PlanStep(opcode: .scaleBlocks, inputs: [block, vector], m: m, n: n, k: count), m,
        try product(n, count))
      return .blocks(made, count: count, repeats: false, transposed: false)
    case (.blocks(_, _, true, _), .diagonal(_, false)):
      return try multiplyBlocks(transposedOperand(right), transposedOperand(left)).map(transposedOperand)
    case (.stack(let count, let size, true), .blocks(let value, let other, false, false))
    where other == count && rows(value) == size:
      return .array(value, transposed: false)
    case (.blocks(_, _, false, true), .stack(_, _, false)):
      return try multiplyBlocks(transposedOperand(right), transposedOperand(left)).map(transposedOperand)
    case (.blocks(let a, let count, true, let transposed), .blocks(let b, let other, false, false))
    where other == count:
      // The blocks op(A)*B_k, side by side.
      let made = try gemm(a, transposed, b, false)
      return .blocks(made, count: count, repeats: false, transposed: false)
    case (.blocks(_, _, false, true), .blocks(_, _, true, _)):
      return try multiplyBlocks(transposedOperand(right), transposedOperand(left)).map(transposedOperand)
    case (.blocks(let a, let count, true, let transposed), .array(let b, let isTransposed)):
      // kron(I, A)*B is A times the columns of B, reshaped.
      let stored = isTransposed ? try self.transposed(b) : b
      let depth = transposed ? rows(a) : columns(a)
      let height = transposed ? columns(a) : rows(a)
      let pieces = try view(stored, depth, try product(count, columns(stored)))
      let made = try gemm(a, transposed, pieces, false)
      return .array(try view(made, try product(height, count), columns(stored)), transposed: false)
    case (.array, .blocks(_, _, true, _)):
      return try multiplyBlocks(transposedOperand(right), transposedOperand(left)).map(transposedOperand)
    case (.array, _), (.ones, _), (.diagonal, _), (.inverse, _), (.blocks, _), (.stack, _):
      return nil
    }
  }

  func product(_ a: Int, _ b: Int) throws(CompileError) -> Int {
    let (count, overflow) = a.multipliedReportingOverflow(by: b)
    if overflow || count > CompileLimits.array {
      throw .arrayTooLarge(rows: a, columns: b, limit: CompileLimits.array)
    }
    return count
  }

  /// The array of a block operand.
  mutating func denseBlocks(
    _ value: Int, count: Int, repeats: Bool, transposed: Bool
  ) throws(CompileError) -> Int {
    let (m, n) = blockSizes(value, count: count, repeats: repeats)
    let (height, width) = (try product(m, count), try product(n, count))
    let output = try newValue(height, width)
    try append(PlanStep(opcode: .fill, inputs: [], output: output, m: try entries(height, width), alpha: 0))
    try append(addBlocks(value, count: count, repeats: repeats, to: output, alpha: 1))
    return transposed ? try self.transposed(output) : output
  }

  func blockSizes(_ value: Int, count: Int, repeats: Bool) -> (rows: Int, columns: Int) {
    (rows(value), repeats ? columns(value) : columns(value) / max(count, 1))
  }

  func addBlocks(_ value: Int, count: Int, repeats: Bool, to output: Int, alpha: Double) -> PlanStep {
    let (m, n) = blockSizes(value, count: count, repeats: repeats)
    return PlanStep(
      opcode: .addBlocks, inputs: [value], output: output, m: m, n: n, k: count, alpha: alpha,
      extra: repeats ? 0 : m * n)
  }

  /// kron(ones(1, count), eye(size)), or its transpose.
  mutating func denseStack(count: Int, size: Int, isRow: Bool) throws(CompileError) -> Int {
    let one = try constant(1)
    let identity = try emit(PlanStep(opcode: .commutation, inputs: [], m: size, n: 1), size, size)
    let ones = try filled(1, isRow ? 1 : count, isRow ? count : 1)
    let factor = count == 1 ? one : ones
    let long = try product(size, count)
    return try emit(
      PlanStep(
        opcode: .kron, inputs: [factor, identity], m: isRow ? 1 : count, n: isRow ? count : 1, k: size,
        extra: size),
      isRow ? size : long, isRow ? long : size)
  }
}
