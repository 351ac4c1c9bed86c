import NablaCore
import NablaTypes

/// A factor of a matrix product in a form that can be multiplied without being formed.
enum ProductOperand {
  /// An array, or its transpose.
  case array(Int, transposed: Bool)
  /// A row or a column of ones.
  case ones(rows: Int, columns: Int)
  /// The diagonal matrix of a vector; `selects` if its zeros come from a branch that is not taken.
  case diagonal(Int, selects: Bool)
  /// The inverse of a factored matrix, or the transpose of the inverse.
  case inverse(Int, size: Int, transposed: Bool, positiveDefinite: Bool)
  /// Blocks on the diagonal, or their transpose: one repeated block, or blocks stored side by side.
  case blocks(Int, count: Int, repeats: Bool, transposed: Bool)
  /// A row, or a column, of identities.
  case stack(count: Int, size: Int, isRow: Bool)
}

extension Planner {
  /// A formula as a factor of a product.
  mutating func operand(_ formula: Formula) throws(CompileError) -> ProductOperand {
    let (rows, columns) = try sizes(formula.shape)
    if let value = knownTransposed(formula) { return .array(value, transposed: true) }
    switch formula.kind {
    case .ones where rows == 1 || columns == 1:
      return .ones(rows: rows, columns: columns)
    case .transpose(let inner):
      return transposedOperand(try operand(inner))
    case .inverse(let inner):
      if case .transpose(let stored) = inner.kind { return transposedOperand(try operand(.inverse(stored))) }
      if case .apply(.array(.diagonalMatrix), let arguments) = inner.kind {
        let vector = try plan(.power(arguments[0], .number(-1)))
        return .diagonal(vector, selects: false)
      }
      let (factors, isDefinite) = try factored(inner)
      return .inverse(factors, size: rows, transposed: false, positiveDefinite: isDefinite)
    case .apply(.array(.diagonalMatrix), let arguments):
      return .diagonal(try plan(arguments[0]), selects: arguments[0].isSelector)
    case .sum where isKnown(formula):
      let negative = formula.negated
      guard let value = planned[negative] ?? planned[negative.transposed] else { throw .invalidFormula }
      let isTransposed = planned[negative] == nil
      let result = try emit(
        PlanStep(opcode: .scaled, inputs: [value], m: count(value), alpha: -1), self.rows(value),
        self.columns(value))
      planned[isTransposed ? formula.transposed : formula] = result
      return .array(result, transposed: isTransposed)
    case .number, .constant, .variable, .dimension, .zeros, .ones, .identity, .sum, .times, .product, .power,
      .apply, .differential:
      let value = try plan(formula)
      if symmetric.contains(formula) { symmetricValues.insert(schedule.values[value].root) }
      return .array(value, transposed: false)
    }
  }

  /// The value of the transpose, if that is planned already and the formula is not.
  func knownTransposed(_ formula: Formula) -> Int? {
    switch formula.kind {
    case .sum, .times, .product, .power, .apply:
      formula.isScalar || planned[formula] != nil ? nil : planned[flipped(formula)]
    case .number, .constant, .variable, .dimension, .zeros, .ones, .identity, .inverse, .transpose,
      .differential:
      nil
    }
  }

  /// Whether its transpose, or the negative of a sum, is already planned.
  func isKnown(_ formula: Formula) -> Bool {
    if knownTransposed(formula) != nil { return true }
    guard case .sum = formula.kind, formula.shape.isMatrix, planned[formula] == nil else { return false }
    let negative = formula.negated
    return planned[negative] != nil || planned[negative.transposed] != nil
  }

  func transposedOperand(_ operand: ProductOperand) -> ProductOperand {
    switch operand {
    case .array(let value, let transposed): .array(value, transposed: !transposed)
    case .ones(let rows, let columns): .ones(rows: columns, columns: rows)
    case .diagonal: operand
    case .inverse(let factors, let size, let transposed, let definite):
      .inverse(factors, size: size, transposed: !transposed, positiveDefinite: definite)
    case .blocks(let value, let count, let repeats, let transposed):
      .blocks(value, count: count, repeats: repeats, transposed: !transposed)
    case .stack(let count, let size, let isRow): .stack(count: count, size: size, isRow: !isRow)
    }
  }

  /// The shared factorization of a square matrix: LU, or Cholesky if it is known to exist.
  mutating func factored(_ matrix: Formula) throws(CompileError) -> (value: Int, isDefinite: Bool) {
    let isDefinite = options.isPositiveDefinite?(matrix) == true
    let value = try plan(matrix)
    let n = rows(value)
    let length = try entries(n, n + 2)
    return (
      try emit(
        PlanStep(opcode: isDefinite ? .factorCholesky : .factorLU, inputs: [value], m: n), n, n,
        length: length),
      isDefinite
    )
  }

  func sizes(_ operand: ProductOperand) -> (rows: Int, columns: Int) {
    switch operand {
    case .array(let value, let transposed):
      transposed ? (columns(value), rows(value)) : (rows(value), columns(value))
    case .ones(let rows, let columns): (rows, columns)
    case .diagonal(let value, _): (count(value), count(value))
    case .inverse(_, let size, _, _): (size, size)
    case .blocks(let value, let count, let repeats, let transposed):
      {
        let (m, n) = blockSizes(value, count: count, repeats: repeats)
        return transposed ? (n * count, m * count) : (m * count, n * count)
      }()
    case .stack(let count, let size, let isRow): isRow ? (size, size * count) : (size * count, size)
    }
  }

  /// The array that an operand represents.
  mutating func dense(_ operand: ProductOperand) throws(CompileError) -> Int {
    switch operand {
    case .array(let value, let isTransposed): return isTransposed ? try transposed(value) : value
    case .ones(let rows, let columns): return try filled(1, rows, columns)
    case .diagonal(let value, _):
      let n = count(value)
      return try emit(PlanStep(opcode: .diagonalMatrix, inputs: [value], m: n), n, n)
    case .inverse(let factors, let n, let isTransposed, let definite):
      let value = try emit(
        PlanStep(opcode: .inverse, inputs: [factors], m: n, flags: definite ? .positiveDefinite : []), n, n)
      return isTransposed ? try transposed(value) : value
    case .blocks(let value, let count, let repeats, let isTransposed):
      return try denseBlocks(value, count: count, repeats: repeats, transposed: isTransposed)
    case .stack(let count, let size, let isRow): return try denseStack(count: count, size: size, isRow: isRow)
    }
  }

  /// A matrix product in the cheapest order for these sizes.
  mutating func product(_ node: Formula, _ rows: Int, _ columns: Int) throws(CompileError) -> Int {
    if let sum = apart[node] { return try view(try plan(sum), rows, columns) }
    if let total = try total(node.chain) { return total }
    let value = try dense(try chain(node.chain))
    return try view(value, rows, columns)
  }

  /// The sum of all entries of an array, in the orientation that is cheaper; nil for other products.
  private mutating func total(_ chain: [Formula]) throws(CompileError) -> Int? {
    guard chain.count == 3, chain[0].isOnes, chain[0].shape.rows.isOne, chain[2].isOnes,
      chain[2].shape.columns.isOne, case .times(let factors) = chain[1].kind
    else { return nil }
    let known = factors.filter { planned[$0] != nil }.count
    let other = chain[1].transposed
    let transposed = other.factors.filter { planned[$0] != nil }.count
    let value = try plan(transposed > known ? other : chain[1])
    return try emit(PlanStep(opcode: .sum, inputs: [value], m: count(value)), 1, 1)
  }

  /// The product of a chain of factors.
  mutating func chain(_ formulas: [Formula]) throws(CompileError) -> ProductOperand {
    var operands: [ProductOperand] = []
    for formula in formulas {
      if let structured = try kroneckerOperands(formula) {
        operands += structured
      } else {
        operands.append(try operand(formula))
      }
    }
    // Very long chains are split to bound the work of ordering.
    while operands.count > CompileLimits.chain {
      let head = Array(operands[..<CompileLimits.chain])
      let order = ChainOrder(factors(head), longest: head.count)
      operands.replaceSubrange(
        ..<head.count, with: [try multiply(order.tree(start: 0, count: head.count), head)])
    }
    let isWhole = operands.count == formulas.count
    let shared = isWhole ? sharedRuns(formulas) : [:]
    let order = ChainOrder(factors(operands), longest: operands.count, known: Set(shared.keys))
    return try multiply(
      order.tree(start: 0, count: operands.count), operands, shared, formulas: isWhole ? formulas : [])
  }

  func factors(_ operands: [ProductOperand]) -> [ChainOrder.Factor] {
    operands.map { operand in
      let (rows, columns) = sizes(operand)
      let kind: ChainOrder.Factor.Kind =
        switch operand {
        case .array: .dense
        case .ones: .ones
        case .diagonal: .diagonal
        case .inverse: .inverse
        case .blocks(_, let count, _, _): .blocks(count)
        case .stack: .stack
        }
      return ChainOrder.Factor(rows: rows, columns: columns, kind: kind)
    }
  }

  mutating func multiply(
    _ tree: ChainOrder.Tree, _ operands: [ProductOperand], _ shared: [ChainOrder.Run: Formula] = [:],
    formulas: [Formula] = []
  ) throws(CompileError) -> ProductOperand {
    switch tree {
    case .leaf(let index): return operands[index]
    case .known(let run):
      guard let formula = shared[run] else { throw .invalidFormula }
      let (rows, columns) = try sizes(formula.shape)
      if let value = knownTransposed(formula) {
        return .array(try view(value, columns, rows), transposed: true)
      }
      if planned[formula] != nil || products.contains(formula) {
        return .array(try view(try plan(formula), rows, columns), transposed: false)
      }
      return .array(try view(try plan(flipped(formula)), columns, rows), transposed: true)
    case .node(let left, let right):
      let product = try multiply(
        try multiply(left, operands, shared, formulas: formulas),
        try multiply(right, operands, shared, formulas: formulas))
      note(product, tree.run, of: formulas)
      return product
    }
  }

  /// The product of two operands.
  private mutating func multiply(
    _ left: ProductOperand, _ right: ProductOperand
  ) throws(CompileError) -> ProductOperand {
    if let product = try multiplyBlocks(left, right) { return product }
    switch (left, right) {
    case (.blocks, _), (.stack, _): return try multiply(.array(try dense(left), transposed: false), right)
    case (_, .blocks), (_, .stack): return try multiply(left, .array(try dense(right), transposed: false))
    case (.diagonal(let a, let selectsA), .diagonal(let b, let selectsB)):
      if selectsA || selectsB {
        let (mask, rest) = selectsA ? (a, b) : (b, a)
        let value = try emit(
          PlanStep(opcode: .select, inputs: [mask, rest], m: count(a), n: 1, k: 1), count(a), 1)
        return .diagonal(try view(value, count(a), 1), selects: selectsA && selectsB)
      }
      return .diagonal(
        try emit(PlanStep(opcode: .multiply, inputs: [a, b], m: count(a), n: 1, k: 1), count(a), 1),
        selects: false)
    case (.diagonal(let vector, let selects), _):
      return try scaled(right, rowsBy: vector, selects: selects)
    case (_, .diagonal(let vector, let selects)):
      return transposedOperand(try scaled(transposedOperand(left), rowsBy: vector, selects: selects))
    case (.inverse(let factors, _, _, _), .inverse(let others, _, _, _)) where factors == others:
      // One inverse serves both.
      return try multiply(try formed(left), try formed(right))
    case (.inverse(let factors, let n, let transposed, let definite), _):
      return try solved(factors, n, transposed, definite, right)
    case (_, .inverse(let factors, let n, let transposed, let definite)):
      // B'*inv(A) is (inv(A')*B)'.
      if case .array(let value, true) = left {
        return transposedOperand(
          try solved(factors, n, !transposed, definite, .array(value, transposed: false)))
      }
      return try solvedRight(factors, n, transposed, definite, try dense(left))
    case (.ones(let m, let k), .ones(_, let n)):
      return .array(try filled(Double(k), m, n), transposed: false)
    case (.ones(let m, _), .array(let value, let transposed)):
      if m == 1 { return .array(try sums(value, ofRows: transposed, asRow: true), transposed: false) }
      // A column of ones times a row repeats the row.
      let row = try dense(right)
      return .array(try spread(row, .addRow, m, columns(row)), transposed: false)
    case (.array(let value, let transposed), .ones(_, let n)):
      if n == 1 { return .array(try sums(value, ofRows: !transposed, asRow: false), transposed: false) }
      let column = try dense(left)
      return .array(try spread(column, .addColumn, rows(column), n), transposed: false)
    case (.array(let a, let transposedA), .array(let b, let transposedB)):
      return try multiplyArrays(a, transposedA, b, transposedB)
    }
  }

  private mutating func multiplyArrays(
    _ a: Int, _ transposedA: Bool, _ b: Int, _ transposedB: Bool
  ) throws(CompileError) -> ProductOperand {
    // B'A' is known where AB is.
    if let known = emitted[turnedStep(a, transposedA, b, transposedB)], count(known) > 1 {
      return .array(known, transposed: true)
    }
    return .array(
      try gemm(a, isTurned(a, transposedA), b, isTurned(b, transposedB)), transposed: false)
  }

  /// Whether an operand is read transposed; a symmetric matrix never is.
  private func isTurned(_ value: Int, _ isTransposed: Bool) -> Bool {
    isSymmetric(value) ? false : isTransposed
  }

  /// The step for the transpose of a product.
  private func turnedStep(_ a: Int, _ transposedA: Bool, _ b: Int, _ transposedB: Bool) -> PlanStep {
    gemmStep(b, isTurned(b, !transposedB), a, isTurned(a, !transposedA))
  }

  /// An inverse as an array, or the transpose of one.
  private mutating func formed(_ operand: ProductOperand) throws(CompileError) -> ProductOperand {
    guard case .inverse(let factors, let size, true, let definite) = operand else {
      return .array(try dense(operand), transposed: false)
    }
    let straight = ProductOperand.inverse(factors, size: size, transposed: false, positiveDefinite: definite)
    return .array(try dense(straight), transposed: true)
  }

  func flags(transposed: Bool, definite: Bool) -> StepFlags {
    definite ? .positiveDefinite : transposed ? .transposeA : []
  }

  mutating func gemm(_ a: Int, _ transposedA: Bool, _ b: Int, _ transposedB: Bool) throws(CompileError) -> Int
  {
    let (m, k) = transposedA ? (columns(a), rows(a)) : (rows(a), columns(a))
    let n = transposedB ? rows(b) : columns(b)
    guard (transposedB ? columns(b) : rows(b)) == k else { throw .invalidFormula }
    if m == 1, n == 1 { return try emit(PlanStep(opcode: .dot, inputs: [a, b], m: k), 1, 1) }
    if m == 1 { return try view(try gemm(b, !transposedB, a, !transposedA), 1, n) }
    if m == n, m > 1,
      let step = gramStep(a, transposedA, b, transposedB) ?? sandwichStep(a, transposedA, b, transposedB)
    {
      let value = try emit(step, m, n)
      symmetricValues.insert(value)
      return value
    }
    let value = try emit(gemmStep(a, transposedA, b, transposedB), m, n)
    if isSymmetric(a) {
      symmetricTimes[value] = SymmetricFactor(b, transposed: transposedB, isFirst: true)
    } else if isSymmetric(b) {
      symmetricTimes[value] = SymmetricFactor(a, transposed: transposedA, isFirst: false)
    }
    return value
  }

  /// A vector on the right is the same array either way.
  private func gemmStep(_ a: Int, _ transposedA: Bool, _ b: Int, _ transposedB: Bool) -> PlanStep {
    let (m, k) = transposedA ? (columns(a), rows(a)) : (rows(a), columns(a))
    let n = transposedB ? rows(b) : columns(b)
    var flags: StepFlags = []
    if transposedA { flags.insert(.transposeA) }
    if transposedB, n > 1 { flags.insert(.transposeB) }
    let root = schedule.values[b].root
    return PlanStep(
      opcode: .gemm, inputs: [a, n == 1 && count(root) == count(b) ? root : b], m: m, n: n, k: k, flags: flags
    )
  }

  /// diag(v) times an operand that is not diagonal.
  private mutating func scaled(
    _ operand: ProductOperand, rowsBy vector: Int, selects: Bool
  ) throws(CompileError) -> ProductOperand {
    if case .ones(_, 1) = operand { return .array(try view(vector, count(vector), 1), transposed: false) }
    if case .array(let value, true) = operand {
      // (B diag(v))' with B in its stored order.
      let step = PlanStep(
        opcode: selects ? .selectColumns : .scaleColumns, inputs: [value, vector], m: rows(value),
        n: columns(value))
      let result = try emit(step, rows(value), columns(value))
      scaledFrom[result] = ScaledArray(value, by: selects ? nil : vector, isByRows: false)
      return .array(result, transposed: true)
    }
    let value = try dense(operand)
    let step = PlanStep(
      opcode: selects ? .selectRows : .scaleRows, inputs: [value, vector], m: rows(value), n: columns(value))
    let result = try emit(step, rows(value), columns(value))
    scaledFrom[result] = ScaledArray(value, by: selects ? nil : vector, isByRows: true)
    return .array(result, transposed: false)
  }

  /// The row or column sums of the stored array, as a row or a column.
  private mutating func sums(_ value: Int, ofRows: Bool, asRow: Bool) throws(CompileError) -> Int {
    let (m, n) = (rows(value), columns(value))
    let length = ofRows ? m : n
    let step =
      length == 1
      ? PlanStep(opcode: .sum, inputs: [value], m: m * n)
      : PlanStep(opcode: ofRows ? .rowSums : .columnSums, inputs: [value], m: m, n: n)
    return try view(try emit(step, length, 1), asRow ? 1 : length, asRow ? length : 1)
  }

  /// Repeats a row in every row, or a column in every column.
  private mutating func spread(
    _ value: Int, _ opcode: Opcode, _ rows: Int, _ columns: Int
  ) throws(CompileError) -> Int {
    let output = try newValue(rows, columns)
    try append(PlanStep(opcode: .fill, inputs: [], output: output, m: rows * columns, alpha: 0))
    try append(PlanStep(opcode: opcode, inputs: [value], output: output, m: rows, n: columns))
    return output
  }
}
