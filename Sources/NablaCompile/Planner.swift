import NablaCore
import NablaTypes

/// Plans a schedule for formulas of given sizes.
/// Each node is planned once. Products, sums and traces look through the nodes below them, so transposes, inverses,
/// arrays of ones and diagonal matrices are formed only when needed.
struct Planner {
  var schedule = Schedule()
  var sizes: [String: Int]
  let options: Compiler.Options
  /// Memo of planned formulas; entries are dropped at the end of the loop that made them.
  var planned: [Formula: Int] = [:]
  /// Memo of emitted steps, with the same lifetime.
  var emitted: [PlanStep: Int] = [:]
  var constants: [UInt64: Int] = [:]
  /// The values of variables; they outlive loops.
  var variables: [Formula: Int] = [:]
  /// The products among the formulas; longer products reuse their values.
  var products: Set<Formula> = []
  /// The sums into which products are distributed.
  var apart: [Formula: Formula] = [:]
  /// For a matrix with scaled rows or columns, the original matrix.
  var scaledFrom: [Int: ScaledArray] = [:]
  /// Factors of products that are symmetric, values that are, and for products with those the other factor.
  var symmetric: Set<Formula> = []
  var symmetricValues: Set<Int> = []
  var symmetricTimes: [Int: SymmetricFactor] = [:]
  /// Index names that loops count, innermost last.
  var counters: [String: (counter: Int, value: Int)] = [:]
  /// Number of iterations of the enclosing loops.
  var iterations = 1

  init(sizes: [String: Int], options: Compiler.Options) {
    self.sizes = sizes
    self.options = options
  }

  static func schedule(
    _ formulas: [Formula], sizes: [String: Int], options: Compiler.Options
  ) throws(CompileError) -> Schedule {
    var planner = Planner(sizes: sizes, options: options)
    var inverses = SmallerInverses(planner)
    let formulas = formulas.map { inverses.rewritten($0) }
    planner.findSymmetric(formulas)
    for formula in formulas {
      for node in formula.nodes(without: { _ in false }) {
        if case .product = node.kind { planner.products.insert(node) }
      }
    }
    for formula in formulas {
      if formula.isInvalid { throw .invalidFormula }
      planner.schedule.outputs.append(try planner.plan(formula))
    }
    planner.schedule.removeUnused()
    planner.schedule.foldFactors()
    planner.schedule.joinPasses()
    planner.schedule.fuse()
    planner.schedule.stream()
    switch options.precision {
    case .float64: break
    case .float32: planner.schedule.useFloats()
    }
    return planner.schedule
  }

  // MARK: Sizes

  func size(_ dimension: Dimension) throws(CompileError) -> Int {
    for name in dimension.names where sizes[name] == nil { throw .missingSize(name) }
    guard let value = dimension.value(sizes), value >= 0 else {
      throw .impossibleSize(dimension: dimension.description)
    }
    return value
  }

  func sizes(_ shape: Shape) throws(CompileError) -> (rows: Int, columns: Int) {
    (try size(shape.rows), try size(shape.columns))
  }

  // MARK: Values and steps

  mutating func newValue(
    _ rows: Int, _ columns: Int, length: Int? = nil, root: Int? = nil, source: PlannedValue.Source = .computed
  ) throws(CompileError) -> Int {
    let (count, overflow) = rows.multipliedReportingOverflow(by: columns)
    if overflow || count > CompileLimits.array {
      throw .arrayTooLarge(rows: rows, columns: columns, limit: CompileLimits.array)
    }
    let index = schedule.values.count
    schedule.values.append(
      PlannedValue(rows: rows, columns: columns, length: length ?? count, root: root ?? index, source: source)
    )
    return index
  }

  /// Appends a step without looking for an equal one.
  mutating func append(_ step: PlanStep) throws(CompileError) {
    if schedule.steps.count >= CompileLimits.steps { throw .programTooLong(limit: CompileLimits.steps) }
    schedule.steps.append(step)
  }

  /// The value of a step that makes a new array; equal steps share one value.
  mutating func emit(_ step: PlanStep, _ rows: Int, _ columns: Int, length: Int? = nil) throws(CompileError)
    -> Int
  {
    if let known = emitted[step] { return known }
    let value = try newValue(rows, columns, length: length)
    var made = step
    made.output = value
    try append(made)
    emitted[step] = value
    return value
  }

  mutating func constant(_ number: Double) throws(CompileError) -> Int {
    if let known = constants[number.bitPattern] { return known }
    let value = try newValue(1, 1, source: .constant(number))
    constants[number.bitPattern] = value
    return value
  }

  /// The same memory with other sizes.
  mutating func view(_ value: Int, _ rows: Int, _ columns: Int) throws(CompileError) -> Int {
    let known = schedule.values[value]
    if known.rows == rows, known.columns == columns { return value }
    guard rows.multipliedReportingOverflow(by: columns) == (known.count, false) else { throw .invalidFormula }
    return try newValue(rows, columns, length: known.length, root: known.root)
  }

  func rows(_ value: Int) -> Int { schedule.values[value].rows }
  func columns(_ value: Int) -> Int { schedule.values[value].columns }
  func count(_ value: Int) -> Int { schedule.values[value].count }

  /// The transposed array; for a vector another view of the same memory.
  mutating func transposed(_ value: Int) throws(CompileError) -> Int {
    let (m, n) = (rows(value), columns(value))
    if m == 1 || n == 1 { return try view(value, n, m) }
    return try emit(PlanStep(opcode: .transpose, inputs: [value], m: m, n: n), n, m)
  }

  // MARK: Formulas

  /// The value of a formula. Plans its subformulas first, without deep recursion.
  mutating func plan(_ formula: Formula) throws(CompileError) -> Int {
    if let known = planned[formula] { return known }
    var stack: [(Formula, Bool)] = [(formula, false)]
    while let (node, expanded) = stack.popLast() {
      if planned[node] != nil { continue }
      if expanded {
        planned[node] = try compute(node)
      } else if let known = knownTransposed(node) {
        planned[node] = try transposed(known)
      } else {
        stack.append((node, true))
        if case .product(let chain) = node.kind, let sum = try distributed(node, chain) {
          apart[node] = sum
          products.remove(node)
          stack.append((sum, false))
          continue
        }
        for operand in Self.operands(of: node).reversed() where planned[operand] == nil {
          if case .product = node.kind, isKnown(operand) { continue }
          stack.append((operand, false))
        }
      }
    }
    if let known = planned[formula] { return known }
    return try compute(formula)
  }

  /// The formulas whose values planning this node will need; index sums plan their own.
  static func operands(of node: Formula) -> [Formula] {
    switch node.kind {
    case .number, .constant, .variable, .dimension, .zeros, .ones, .identity, .differential: []
    case .apply(.indexSum, _): []
    case .apply(.array(.trace), let arguments): arguments.flatMap { openedForTrace($0) }
    case .sum, .times, .product, .power, .inverse, .transpose, .apply: node.children.flatMap(opened)
    }
  }

  /// The formulas needed when this formula is part of a sum, product or trace: never the nodes that those look through.
  private static func opened(_ formula: Formula) -> [Formula] {
    switch formula.kind {
    case .zeros, .ones, .identity, .differential: []
    case .transpose(let inner), .inverse(let inner): opened(inner)
    case .apply(.array(.diagonalMatrix), let arguments): arguments.flatMap(opened)
    case .times(let factors): factors.flatMap(opened)
    case .product(let chain) where chain.contains(where: \.isOnes): chain.flatMap(opened)
    case .apply(.array(.kron), let arguments) where formula.kroneckerStructure != nil:
      arguments.flatMap(opened)
    case .number, .constant, .variable, .dimension, .sum, .product, .power, .apply: [formula]
    }
  }

  private static func openedForTrace(_ formula: Formula) -> [Formula] {
    switch formula.kind {
    case .product(let chain): chain.flatMap(opened)
    case .sum(let terms): terms.flatMap(openedForTrace)
    case .times(let factors): factors.flatMap(openedForTrace)
    case .number, .constant, .variable, .dimension, .zeros, .ones, .identity, .power, .inverse, .transpose,
      .apply, .differential:
      opened(formula)
    }
  }

  /// Plans one node; usually its operands are already planned.
  private mutating func compute(_ node: Formula) throws(CompileError) -> Int {
    let (rows, columns) = try sizes(node.shape)
    switch node.kind {
    case .number(let value):
      if value.isOverflow { throw .invalidFormula }
      return try constant(value.double)
    case .constant(let name): return try constant(name.double)
    case .dimension(let name):
      if let counter = counters[name] { return counter.value }
      guard let size = sizes[name] else { throw .missingSize(name) }
      return try constant(Double(size))
    case .variable(let variable):
      if variable.role == .index {
        if let counter = counters[variable.name] { return counter.value }
        guard let size = sizes[variable.name] else { throw .missingSize(variable.name) }
        return try constant(Double(size))
      }
      if let known = variables[node] { return known }
      let value = try newValue(rows, columns, source: .input)
      variables[node] = value
      schedule.inputs.append((node, value))
      return value
    case .zeros: return try filled(0, rows, columns)
    case .ones: return try filled(1, rows, columns)
    case .identity: return try sum([node], rows, columns)
    case .sum(let terms): return try sum(terms, rows, columns)
    case .times(let factors): return try times(factors, rows, columns)
    case .product: return try product(node, rows, columns)
    case .power(let base, let exponent): return try power(base, exponent, rows, columns)
    case .inverse: return try dense(try operand(node))
    case .transpose(let inner): return try transposed(try plan(inner))
    case .apply(let operation, let arguments):
      return try apply(operation, arguments, node, rows, columns)
    case .differential: throw .differential
    }
  }

  mutating func filled(_ number: Double, _ rows: Int, _ columns: Int) throws(CompileError) -> Int {
    if rows == 1, columns == 1 { return try constant(number) }
    let count = try entries(rows, columns)
    return try emit(
      PlanStep(opcode: .fill, inputs: [], m: count, n: rows, k: columns, alpha: number), rows, columns)
  }

  func entries(_ rows: Int, _ columns: Int) throws(CompileError) -> Int {
    let (count, overflow) = rows.multipliedReportingOverflow(by: columns)
    if overflow || count > CompileLimits.array {
      throw .arrayTooLarge(rows: rows, columns: columns, limit: CompileLimits.array)
    }
    return count
  }
}
