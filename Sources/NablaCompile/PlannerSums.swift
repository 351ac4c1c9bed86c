import NablaCore
import NablaTypes

/// A term of a sum in a form that can be added without being formed.
enum Addend {
  /// An array with the sizes of the sum.
  case array(Int)
  /// One number in every entry.
  case uniform(Int?)
  /// A column repeated in every column, or a row in every row.
  case column(Int)
  case row(Int)
  /// A vector, a number or 1 on the diagonal.
  case diagonal(Int)
  case identity(Int?)
  /// Blocks on the diagonal.
  case blocks(Int, count: Int, repeats: Bool)
  case nothing
}

extension Planner {
  /// The sum of terms, accumulated in place.
  mutating func sum(_ terms: [Formula], _ rows: Int, _ columns: Int) throws(CompileError) -> Int {
    let count = try entries(rows, columns)
    var addends: [(alpha: Double, addend: Addend)] = []
    for term in terms { addends.append(try addend(term)) }
    // A full array goes first: it initializes the sum and saves a fill.
    if let first = addends.firstIndex(where: { if case .array = $0.addend { true } else { false } }),
      first > 0
    {
      addends.swapAt(0, first)
    }
    let output = try newValue(rows, columns)
    var isFirst = true
    func fill() throws(CompileError) {
      if isFirst { try append(PlanStep(opcode: .fill, inputs: [], output: output, m: count, alpha: 0)) }
    }
    for (alpha, addend) in addends {
      switch addend {
      case .array(let value):
        guard self.count(value) == count else { throw .invalidFormula }
        try append(
          PlanStep(opcode: isFirst ? .scaled : .axpy, inputs: [value], output: output, m: count, alpha: alpha)
        )
      case .uniform(nil):
        try append(
          PlanStep(opcode: isFirst ? .fill : .addConstant, inputs: [], output: output, m: count, alpha: alpha)
        )
      case .uniform(let scalar?):
        try append(
          PlanStep(
            opcode: isFirst ? .fillFrom : .addScalar, inputs: [scalar], output: output, m: count, alpha: alpha
          ))
      case .column(let value):
        try fill()
        try append(
          PlanStep(opcode: .addColumn, inputs: [value], output: output, m: rows, n: columns, alpha: alpha))
      case .row(let value):
        try fill()
        try append(
          PlanStep(opcode: .addRow, inputs: [value], output: output, m: rows, n: columns, alpha: alpha))
      case .diagonal(let value):
        try fill()
        try append(PlanStep(opcode: .addDiagonal, inputs: [value], output: output, m: rows, alpha: alpha))
      case .identity(nil):
        try fill()
        try append(PlanStep(opcode: .addDiagonalConstant, inputs: [], output: output, m: rows, alpha: alpha))
      case .identity(let scalar?):
        try fill()
        try append(
          PlanStep(opcode: .addDiagonalScalar, inputs: [scalar], output: output, m: rows, alpha: alpha))
      case .blocks(let value, let count, let repeats):
        try fill()
        try append(addBlocks(value, count: count, repeats: repeats, to: output, alpha: alpha))
      case .nothing:
        try fill()
      }
      isFirst = false
    }
    return output
  }

  /// Splits a term into an exact coefficient and an addend.
  private mutating func addend(_ term: Formula) throws(CompileError) -> (Double, Addend) {
    let (coefficient, core) = term.splitCoefficient
    if coefficient.isOverflow { throw .invalidFormula }
    let alpha = coefficient.double
    if core.isOne { return (alpha, .uniform(nil)) }
    if core.isScalar || core.isSelected { return (alpha, .array(try plan(core))) }
    let (scalars, array) = core.splitScalars
    guard let array else { return (alpha, .array(try plan(core))) }
    func scale(_ value: Int?) throws(CompileError) -> Int? {
      if scalars.isEmpty { return value }
      let factor = try plan(.times(scalars))
      guard let value else { return factor }
      return try emit(
        PlanStep(opcode: .scaleBy, inputs: [value, factor], m: count(value)), rows(value), columns(value))
    }
    switch array.kind {
    case .zeros: return (alpha, .nothing)
    case .ones: return (alpha, .uniform(try scale(nil)))
    case .identity: return (alpha, .identity(try scale(nil)))
    case .apply(.array(.diagonalMatrix), let arguments):
      let vector = try plan(arguments[0])
      return (alpha, .diagonal(try scale(vector) ?? vector))
    case .product(let chain):
      if let last = chain.last, last.isOnes, last.shape.isRow,
        let rest = Formula.chainValue(chain.dropLast()),
        rest.shape.columns.isOne
      {
        let vector = try plan(rest)
        return (alpha, .column(try scale(vector) ?? vector))
      }
      if let first = chain.first, first.isOnes, first.shape.isVector,
        let rest = Formula.chainValue(chain.dropFirst()), rest.shape.rows.isOne
      {
        let row = try plan(rest)
        return (alpha, .row(try scale(row) ?? row))
      }
      if scalars.isEmpty, chain.contains(where: { $0.kroneckerStructure != nil }), planned[array] == nil {
        let product = try self.chain(chain)
        if case .blocks(let value, let count, let repeats, false) = product {
          return (alpha, .blocks(value, count: count, repeats: repeats))
        }
        let value = try dense(product)
        planned[array] = value
        return (alpha, .array(value))
      }
      if scalars.isEmpty { return (alpha, .array(try plan(array))) }
      return (alpha, .array(try plan(core)))
    case .number, .constant, .variable, .dimension, .sum, .times, .power, .inverse, .transpose, .apply,
      .differential:
      return (alpha, .array(try plan(core)))
    }
  }
}

extension Formula {
  /// The product of a part of a chain; `nil` if it is empty.
  static func chainValue(_ chain: ArraySlice<Formula>) -> Formula? {
    chain.isEmpty ? nil : product(Array(chain))
  }
}
