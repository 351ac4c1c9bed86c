import NablaTypes

extension PythonLanguage {
  mutating func called(
    _ operation: PythonArrayOperation, _ operands: [String], isVector: Bool
  ) -> ArrayCode {
    let text = Dialect.code(operation, operands, isVector: isVector)
    for (name, _) in Dialect.definitions where text.contains(name + "(") { definitions.insert(name) }
    return ArrayCode(
      text, text.hasPrefix("2 * ") || text.contains(" ** ") || text.contains(") * ") ? .product : .atom)
  }

  /// A matrix function, whose value has the axes of its shape.
  mutating func matrixFunction(
    _ operation: PythonArrayOperation, _ operands: [ArrayOperand], _ shape: Shape
  ) -> ArrayCode {
    shaped(called(operation, operands.map(matrix), isVector: false), shape)
  }

  mutating func leading(_ operation: PythonArrayOperation, _ operand: ArrayOperand, _ shape: Shape)
    -> ArrayCode
  {
    let code = called(operation, [matrix(operand)], isVector: false)
    return shape.isScalar ? ArrayCode("\(code.text)[0]") : code
  }

  mutating func rowwise(_ operation: PythonArrayOperation, _ operand: ArrayOperand) -> ArrayCode {
    let code = called(operation, [array(operand)], isVector: false)
    return operand.shape.isScalar ? ArrayCode("\(code.text)[0]") : code
  }

  /// An array with two axes as one with the axes of the shape.
  func shaped(_ code: ArrayCode, _ shape: Shape) -> ArrayCode {
    if shape.isMatrix { return code }
    return ArrayCode(shape.isScalar ? "\(code.atom)[0, 0]" : "\(code.atom).reshape(-1)")
  }

  /// The operand as an argument of the package's functions.
  func argument(_ operand: ArrayOperand) -> String {
    operand.isStatic ? Dialect.array(operand.text) : operand.text
  }

  /// The operand with at least one axis.
  func array(_ operand: ArrayOperand) -> String {
    operand.shape.isScalar ? "\(Dialect.module).reshape(\(Dialect.array(operand.text)), (1,))" : operand.text
  }

  /// The operand with two axes.
  func matrix(_ operand: ArrayOperand) -> String {
    let shape = operand.shape
    if shape.isMatrix { return operand.text }
    if shape.isScalar { return "\(Dialect.module).reshape(\(Dialect.array(operand.text)), (1, 1))" }
    return operand.code.atom + (shape.isVector ? "[:, None]" : "[None, :]")
  }

  func factor(_ operand: ArrayOperand) -> String { Dialect.hasFactors ? operand.text : matrix(operand) }

  func tuple(_ shape: Shape) -> String {
    let (rows, columns) = (shape.rows.code(symbols), shape.columns.code(symbols))
    if shape.isScalar { return "()" }
    if shape.isVector { return "(\(rows),)" }
    return shape.isRow ? "(\(columns),)" : "(\(rows), \(columns))"
  }

  func filled(_ value: String, _ shape: Shape) -> String { Dialect.full(value, tuple(shape)) }

  // MARK: Numbers, sums and products

  static func number(_ value: Rational) -> ArrayCode { .number(value, integer: { $0 }, quotient: " / ") }

  static func sum(_ operands: [ArrayOperand], _ subtracts: [Bool]) -> ArrayCode {
    .sum(unspread(operands), subtracts)
  }

  static func product(_ operands: [ArrayOperand], _ divides: [Bool]) -> ArrayCode {
    let codes = unspread(operands)
    var text = codes[0].level == .product ? codes[0].text : codes[0].bracketed(.sign)
    for (code, isDivisor) in zip(codes, divides).dropFirst() {
      text += (isDivisor ? " / " : " * ") + code.bracketed(.sign)
    }
    return ArrayCode(text, .product)
  }

  /// A column or row next to a full array is broadcast automatically.
  private static func unspread(_ operands: [ArrayOperand]) -> [ArrayCode] {
    let hasWhole = operands.contains { $0.spread == nil && $0.shape.isMatrix }
    return operands.map { operand in
      guard hasWhole, let spread = operand.spread else { return operand.code }
      return spread.isColumn ? ArrayCode("\(spread.code.atom)[:, None]") : spread.code
    }
  }

  /// A template with its arguments substituted.
  static func called(_ spelling: String, _ arguments: [String]) -> String {
    var text = spelling
    for (index, argument) in arguments.enumerated() {
      text = text.split(separator: "$\(index)", omittingEmptySubsequences: false).joined(separator: argument)
    }
    return text
  }

  // MARK: Places

  mutating func kronecker(_ operands: [ArrayOperand], _ shape: Shape) -> ArrayCode {
    let (a, b) = (operands[0], operands[1])
    if a.shape.isScalar || b.shape.isScalar { return Self.product(operands, [false, false]) }
    let isFlat = a.shape.isVector && b.shape.isVector || a.shape.isRow && b.shape.isRow
    if isFlat { return called(.kronecker, [a.text, b.text], isVector: false) }
    return shaped(called(.kronecker, [matrix(a), matrix(b)], isVector: false), shape)
  }

  func blocks(_ rows: Int, _ columns: Int, _ operands: [ArrayOperand], _ shape: Shape) -> ArrayCode {
    if !shape.isMatrix {
      return ArrayCode(
        Dialect.concatenate(operands.map(array).joined(separator: ", "), axis: 0))
    }
    let lines = (0..<rows).map { row in
      let parts = operands[(row * columns)..<((row + 1) * columns)].map(matrix)
      return parts.count == 1 ? parts[0] : Dialect.concatenate(parts.joined(separator: ", "), axis: 1)
    }
    return ArrayCode(
      lines.count == 1 ? lines[0] : Dialect.concatenate(lines.joined(separator: ", "), axis: 0))
  }

  /// The subscript of a slice; `nil` for all of a scalar.
  func index(_ rows: ExportRange, _ columns: ExportRange, of shape: Shape) -> String? {
    func place(_ range: ExportRange, _ count: Dimension) -> String {
      let first = (range.first - 1).code(symbols)
      if range.isSingle { return first }
      if range.first == 1, range.last == count { return ":" }
      return "\(range.first == 1 ? "" : first):\(range.last.code(symbols))"
    }
    if shape.isScalar { return nil }
    if shape.isVector { return place(rows, shape.rows) }
    if shape.isRow { return place(columns, shape.columns) }
    return place(rows, shape.rows) + ", " + place(columns, shape.columns)
  }
}

extension ArrayCode {
  /// A number as a literal or a quotient.
  static func number(
    _ value: Rational, integer: (String) -> String, quotient: String
  ) -> ArrayCode {
    if value.isNegative {
      return ArrayCode("-" + number(-value, integer: integer, quotient: quotient).bracketed(.sign), .sign)
    }
    let exact: Int128 = 1 << 53
    if value.numerator > exact || value.denominator > exact {
      return ArrayCode("\(value.double)")
    }
    if value.isInteger { return ArrayCode(integer("\(value.numerator)")) }
    if let decimal = value.shortDecimal { return ArrayCode(decimal) }
    return ArrayCode(
      integer("\(value.numerator)") + quotient + integer("\(value.denominator)"), .product)
  }
}

extension Rational {
  /// The number as a decimal with at most six places; `nil` if there is none.
  fileprivate var shortDecimal: String? {
    var power: Int128 = 1
    for places in 1...6 {
      power *= 10
      guard power.isMultiple(of: denominator) else { continue }
      let digits = String(numerator * (power / denominator))
      if digits.count > 15 { return nil }
      let padded = String(repeating: "0", count: max(places + 1 - digits.count, 0)) + digits
      return "\(padded.dropLast(places)).\(padded.suffix(places))"
    }
    return nil
  }
}
