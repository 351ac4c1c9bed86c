import NablaCore
import NablaLanguage
import NablaNumerics
import NablaTypes

extension Planner {
  /// Plans an operation.
  mutating func apply(
    _ operation: Operation, _ arguments: [Formula], _ node: Formula, _ rows: Int, _ columns: Int
  ) throws(CompileError) -> Int {
    switch operation {
    case .elementwise(let name): return try elementwise(name, arguments, rows, columns)
    case .array(let operation): return try array(operation, arguments, rows, columns)
    case .defined(let defined): return try self.defined(defined, arguments, rows, columns)
    case .function(let function, let derivative):
      return try declared(function, derivative, arguments, rows, columns)
    case .blocks(let blockRows, let blockColumns):
      return try blocks(blockRows, blockColumns, arguments, rows, columns)
    case .slice(let rowRange, let columnRange):
      return try slice(rowRange, columnRange, arguments[0], operation, rows, columns)
    case .indexSum(let name, let lower, let upper):
      return try indexSum(name, lower, upper, arguments[0], rows, columns)
    }
  }

  private mutating func elementwise(
    _ name: String, _ arguments: [Formula], _ rows: Int, _ columns: Int
  ) throws(CompileError) -> Int {
    let count = try entries(rows, columns)
    if options.stable, name == "log", arguments.count == 1,
      case .apply(.array(.determinant), let inner) = arguments[0].kind
    {
      // The determinant may overflow although its logarithm does not.
      let (factors, isDefinite) = try factored(inner[0])
      return try emit(
        PlanStep(
          opcode: .logSignedDeterminant, inputs: [factors], m: self.rows(factors),
          flags: isDefinite ? .positiveDefinite : []), 1, 1)
    }
    var values: [Int] = []
    for argument in arguments {
      let value = try plan(argument)
      guard self.count(value) == count || self.count(value) == 1 else { throw .invalidFormula }
      values.append(value)
    }
    func strided(_ opcode: Opcode, _ extra: Int = -1) -> PlanStep {
      PlanStep(
        opcode: opcode, inputs: values, m: count, n: self.count(values[0]) == 1 ? 0 : 1,
        k: self.count(values[1]) == 1 ? 0 : 1, extra: extra)
    }
    if values.count == 2, name == "less" || name == "lessequal" {
      return try emit(strided(name == "less" ? .less : .lessEqual), rows, columns)
    }
    if values.count == 1, let kernel = NamedKernels.functions[name] {
      return try emit(
        PlanStep(opcode: .function, inputs: values, m: count, extra: add { $1[0] = kernel($0[0]) }), rows,
        columns)
    }
    guard let function = LibraryFunction(rawValue: name), function.arity == values.count,
      let index = LibraryFunction.allCases.firstIndex(of: function)
    else { throw .unknownFunction(name) }
    if values.count == 2 { return try emit(strided(.binary, index), rows, columns) }
    return try emit(PlanStep(opcode: .unary, inputs: values, m: count, extra: index), rows, columns)
  }

  /// An operation on whole arrays. In the softmax family a vector is a single row.
  private mutating func array(
    _ operation: ArrayOperation, _ arguments: [Formula], _ rows: Int, _ columns: Int
  ) throws(CompileError) -> Int {
    switch operation {
    case .trace: return try trace(arguments[0])
    case .determinant: return try ofFactors(.determinant, arguments[0])
    case .logDeterminant: return try ofFactors(.logDeterminant, arguments[0])
    case .commutation:
      let (m, n) = (try exactSize(arguments[0]), try exactSize(arguments[1]))
      guard m >= 0, n >= 0, m.multipliedReportingOverflow(by: n) == (rows, false), rows == columns else {
        throw .invalidFormula
      }
      return try emit(PlanStep(opcode: .commutation, inputs: [], m: m, n: n), rows, columns)
    case .kron where arguments[1].isIdentity:
      let (x, size) = (try plan(arguments[0]), try self.size(arguments[1].shape.rows))
      return try emit(
        PlanStep(opcode: .kronIdentity, inputs: [x], m: self.rows(x), n: self.columns(x), k: size), rows,
        columns)
    case .dot, .kron:
      let (x, y) = (try plan(arguments[0]), try plan(arguments[1]))
      if operation == .dot { return try emit(PlanStep(opcode: .dot, inputs: [x, y], m: count(x)), 1, 1) }
      return try emit(
        PlanStep(
          opcode: .kron, inputs: [x, y], m: self.rows(x), n: self.columns(x), k: self.rows(y),
          extra: self.columns(y)),
        rows, columns)
    case .vec: return try view(try plan(arguments[0]), rows, columns)
    case .norm1, .norm2, .norminf, .maximum, .minimum, .specnorm, .nucnorm, .logsumexp, .softmax, .logsoftmax,
      .pseudoInverse, .adjugate, .exponential, .cholesky, .diagonalMatrix, .diagonalVector, .tril, .triu,
      .lowhalf,
      .argmaxhot, .polar, .leftsv, .rightsv:
      let value = try plan(arguments[0])
      return try unary(operation, value, isMatrix: arguments[0].shape.isMatrix, rows, columns)
    }
  }

  mutating func square(_ value: Int) throws(CompileError) -> Int {
    try emit(PlanStep(opcode: .dot, inputs: [value, value], m: count(value)), 1, 1)
  }

  private mutating func ofFactors(_ opcode: Opcode, _ matrix: Formula) throws(CompileError) -> Int {
    let (factors, isDefinite) = try factored(matrix)
    return try emit(
      PlanStep(
        opcode: opcode, inputs: [factors], m: rows(factors), flags: isDefinite ? .positiveDefinite : []),
      1, 1)
  }

  /// The value of a formula made of sizes and integers.
  private func exactSize(_ formula: Formula) throws(CompileError) -> Int {
    guard let dimension = formula.size else { throw .invalidFormula }
    return try size(dimension)
  }

  private mutating func unary(
    _ operation: ArrayOperation, _ value: Int, isMatrix: Bool, _ rows: Int, _ columns: Int
  ) throws(CompileError) -> Int {
    let (m, n) = (self.rows(value), self.columns(value))
    let count = self.count(value)
    let singular = try bounded(MatrixFunctions.singularWorkspace(m, n))
    func step(_ opcode: Opcode, scratch: Int = 0, alpha: Double = 1) -> PlanStep {
      PlanStep(opcode: opcode, inputs: [value], m: m, n: n, k: count, alpha: alpha, scratch: scratch)
    }
    // A vector counts as one row by its declared shape; an n x 1 matrix has n rows.
    func rowwise(_ opcode: Opcode) -> PlanStep {
      PlanStep(opcode: opcode, inputs: [value], m: isMatrix ? m : 1, n: isMatrix ? n : count)
    }
    let step =
      switch operation {
      case .norm1: step(.norm1)
      // The square is found in the pass that makes the array.
      case .norm2: PlanStep(opcode: .norm2, inputs: [try square(value), value], k: count)
      case .norminf: step(.normInf)
      case .maximum: step(.maximum)
      case .minimum: step(.minimum)
      case .specnorm: step(.singularNorm, scratch: min(m, n))
      case .nucnorm: step(.nuclearNorm, scratch: min(m, n))
      case .logsumexp: rowwise(.logSumExp)
      case .softmax: rowwise(.softmax)
      case .logsoftmax: rowwise(.logSoftmax)
      case .pseudoInverse: step(.pseudoInverse, scratch: singular)
      case .adjugate: step(.adjugate, scratch: try bounded(MatrixFunctions.adjugateWorkspace(m)))
      case .exponential: step(.exponential, scratch: try bounded(MatrixFunctions.exponentialWorkspace(m)))
      case .cholesky: step(.cholesky)
      case .diagonalMatrix: PlanStep(opcode: .diagonalMatrix, inputs: [value], m: count)
      case .diagonalVector: PlanStep(opcode: .diagonal, inputs: [value], m: min(m, n), n: m)
      case .tril: step(.lowerTriangle)
      case .triu: step(.upperTriangle)
      case .lowhalf: step(.lowHalf)
      case .argmaxhot: step(.argmaxHot)
      case .polar: step(.polar, scratch: singular)
      case .leftsv: step(.leftVector, scratch: try bounded(singular + n))
      case .rightsv: step(.rightVector, scratch: try bounded(singular + m))
      case .trace, .determinant, .logDeterminant, .dot, .kron, .vec, .commutation: throw .invalidFormula
      }
    return try emit(step, rows, columns)
  }

  /// Array sizes are below 2^28, so these never overflow; too much memory is rejected later.
  private func bounded(_ size: Int) throws(CompileError) -> Int {
    if size > CompileLimits.workspace { throw .workspaceTooLarge(limit: CompileLimits.workspace) }
    return size
  }

  private mutating func declared(
    _ function: DeclaredFunction, _ derivative: FunctionDerivative, _ arguments: [Formula], _ rows: Int,
    _ columns: Int
  ) throws(CompileError) -> Int {
    let argument = try plan(arguments[0])
    let count = try entries(rows, columns)
    let parameter = (rows: self.rows(argument), columns: self.columns(argument))
    let result = function.isElementwise ? (1, 1) : try sizes(function.result)
    let call = FunctionCall(
      name: function.name, derivative: derivative, argumentRows: function.isElementwise ? 1 : parameter.rows,
      argumentColumns: function.isElementwise ? 1 : parameter.columns, valueRows: result.0,
      valueColumns: result.1)
    let expected =
      switch derivative {
      case .value, .prime: call.valueCount
      case .gradient: call.argumentCount
      case .jacobian: try entries(call.valueCount, call.argumentCount)
      case .hessian: try entries(call.argumentCount, call.argumentCount)
      }
    guard function.isElementwise ? count == self.count(argument) : count == expected else {
      throw .invalidFormula
    }
    guard let evaluator = options.functions?(call) else { throw .functionWithoutValues(function.name) }
    return try emit(
      PlanStep(
        opcode: .function, inputs: [argument], m: function.isElementwise ? count : 1, extra: add(evaluator)),
      rows, columns)
  }

  private mutating func add(_ evaluator: @escaping FunctionEvaluator) -> Int {
    schedule.functions.append(evaluator)
    return schedule.functions.count - 1
  }

  /// An operation defined by a block: its kernel or its body.
  private mutating func defined(
    _ operation: DefinedOperation, _ arguments: [Formula], _ rows: Int, _ columns: Int
  ) throws(CompileError) -> Int {
    guard let kernel = operation.kernel.flatMap({ NamedKernels.operations[$0] }) else {
      guard let body = operation.unfolded(arguments) else { throw .unknownFunction(operation.name) }
      return try plan(body)
    }
    var values: [Int] = []
    for argument in arguments { values.append(try plan(argument)) }
    let sizes = values.map { (rows: self.rows($0), columns: self.columns($0)) }
    let evaluator: FunctionEvaluator = { entries, output in
      var start = entries
      let matrices = sizes.map { size in
        defer { start += size.rows * size.columns }
        return Matrix(
          rows: size.rows, columns: size.columns,
          storage: Array(UnsafeBufferPointer(start: start, count: size.rows * size.columns)))
      }
      let value = kernel(matrices)
      let fits = value.rows == rows && value.columns == columns
      for index in 0..<(rows * columns) { output[index] = fits ? value.storage[index] : .nan }
    }
    let step = PlanStep(opcode: .function, inputs: [try stacked(values)], m: 1, extra: add(evaluator))
    return try emit(step, rows, columns)
  }

  /// The entries of values concatenated.
  private mutating func stacked(_ values: [Int]) throws(CompileError) -> Int {
    if values.count == 1 { return values[0] }
    let total = values.reduce(0) { $0 + count($1) }
    let output = try newValue(total, 1)
    var top = 0
    for value in values {
      try append(
        PlanStep(opcode: .place, inputs: [value], output: output, m: count(value), n: 1, k: total, extra: top)
      )
      top += count(value)
    }
    return output
  }

  /// Blocks side by side and below each other.
  private mutating func blocks(
    _ blockRows: Int, _ blockColumns: Int, _ arguments: [Formula], _ rows: Int, _ columns: Int
  ) throws(CompileError) -> Int {
    let total = blockRows.multipliedReportingOverflow(by: blockColumns)
    guard !total.overflow, total.partialValue == arguments.count, blockColumns > 0 else {
      throw .invalidFormula
    }
    var values: [Int] = []
    for argument in arguments { values.append(try plan(argument)) }
    let output = try newValue(rows, columns)
    var top = 0
    for blockRow in 0..<blockRows {
      var left = 0
      let height = self.rows(values[blockRow * blockColumns])
      for blockColumn in 0..<blockColumns {
        let value = values[blockRow * blockColumns + blockColumn]
        let (m, n) = (self.rows(value), self.columns(value))
        guard m == height, top + m <= rows, left + n <= columns else { throw .invalidFormula }
        // The offset, and the number of rows of the output.
        try append(
          PlanStep(
            opcode: .place, inputs: [value], output: output, m: m, n: n, k: rows, extra: top + left * rows)
        )
        left += n
      }
      guard left == columns else { throw .invalidFormula }
      top += height
    }
    guard top == rows else { throw .invalidFormula }
    return output
  }

  /// Rows and columns first...last; the bounds may depend on loop counters.
  private mutating func slice(
    _ rowRange: Operation.Range, _ columnRange: Operation.Range, _ argument: Formula, _ operation: Operation,
    _ rows: Int, _ columns: Int
  ) throws(CompileError) -> Int {
    let value = try plan(argument)
    let (m, n) = (self.rows(value), self.columns(value))
    let moves = (rowRange.first.names + columnRange.first.names).contains { counters[$0] != nil }
    if moves {
      let place = SlidingSlice(
        row: try slidingIndex(rowRange.first), column: try slidingIndex(columnRange.first), rows: m,
        columns: n)
      schedule.slices.append(place)
      return try emit(
        PlanStep(
          opcode: .slidingSlice, inputs: [value], m: rows, n: columns, extra: schedule.slices.count - 1),
        rows,
        columns)
    }
    let (top, left) = (try size(rowRange.first), try size(columnRange.first))
    guard top >= 1, left >= 1, rows <= m, columns <= n, top - 1 <= m - rows, left - 1 <= n - columns else {
      throw .sliceOutside(operation.description)
    }
    return try emit(
      PlanStep(opcode: .slice, inputs: [value], m: rows, n: columns, k: m, extra: (top - 1) + (left - 1) * m),
      rows,
      columns)
  }

  private func slidingIndex(_ dimension: Dimension) throws(CompileError) -> SlidingSlice.Index {
    var terms: [SlidingSlice.Index.Term] = []
    for term in dimension.terms {
      var result = SlidingSlice.Index.Term(coefficient: term.coefficient, counters: [])
      for name in term.names {
        if let counter = counters[name] {
          result.counters.append(counter.counter)
        } else {
          guard let size = sizes[name] else { throw .missingSize(name) }
          let (next, overflow) = result.coefficient.multipliedReportingOverflow(by: size)
          if overflow { throw .impossibleSize(dimension: dimension.description) }
          result.coefficient = next
        }
      }
      terms.append(result)
    }
    return SlidingSlice.Index(terms: terms)
  }
}
