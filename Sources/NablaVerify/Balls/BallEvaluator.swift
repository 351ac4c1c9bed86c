import NablaCompile
import NablaCore
import NablaLanguage
import NablaNumerics
import NablaTypes

/// Evaluates formulas node by node in ball arithmetic with a given number of limbs.
/// Elementwise functions come from the library; expand functions with a body before evaluating.
package struct BallEvaluator {
  package var sizes: [String: Int]
  package var values: [Formula: RealArray]
  package let places: Int
  /// The random functions that replace declared ones. Without them, declared functions have no value.
  package var functions: RandomFunctions?
  /// Remaining work, roughly in nanoseconds.
  package var work: Int

  /// Whether a division by zero gives infinity, as in double precision; otherwise it has no value.
  package var hasInfinities = false

  package init(
    sizes: [String: Int], values: [Formula: RealArray], places: Int, functions: RandomFunctions? = nil,
    work: Int,
    hasInfinities: Bool = false
  ) {
    self.sizes = sizes
    self.values = values
    self.places = places
    self.functions = functions
    self.work = work
    self.hasInfinities = hasInfinities
  }

  /// The reason why a formula has no value.
  package enum Failure: Error {
    /// An unsupported operation, or sizes that do not fit.
    case unknown
    case tooMuchWork
  }

  func number(_ value: Double) -> Real { Real(value, places: places) }

  mutating func spend(_ operations: Int) throws(Failure) {
    // An operation allocates arrays of limbs, and a product multiplies every limb by every other.
    let (cost, overflow) = operations.multipliedReportingOverflow(by: 200 + places * places)
    if overflow || cost > work { throw .tooMuchWork }
    work -= cost
  }

  package mutating func value(_ formula: Formula) throws(Failure) -> RealArray {
    var memo: [Formula: RealArray] = [:]
    return try value(formula, &memo)
  }

  private mutating func value(_ formula: Formula, _ memo: inout [Formula: RealArray]) throws(Failure)
    -> RealArray
  {
    // The body of an index sum has values only while the index is bound.
    for node in formula.nodes(without: { memo[$0] != nil }, closing: \.isIndexSum) {
      var parts: [RealArray] = []
      if !node.isIndexSum {
        for child in node.children {
          guard let part = memo[child] else { throw .unknown }
          parts.append(part)
        }
      }
      let made = try compute(node, parts)
      memo[node] = hasInfinities ? made : made.map { $0.isInfinite ? .undefined : $0 }
    }
    guard let result = memo[formula] else { throw .unknown }
    return result
  }

  func size(_ dimension: Dimension) throws(Failure) -> Int {
    guard let value = dimension.value(sizes), value.magnitude <= 1 << 20 else { throw .unknown }
    return value
  }

  private mutating func compute(_ node: Formula, _ parts: [RealArray]) throws(Failure) -> RealArray {
    let (rows, columns) = (try size(node.shape.rows), try size(node.shape.columns))
    guard rows >= 0, columns >= 0 else { throw .unknown }
    try spend(rows * columns)
    func uniform(_ entry: Real) -> RealArray { RealArray(rows, columns) { _, _ in entry } }
    switch node.kind {
    case .number(let value): return uniform(rational(value))
    case .constant(.pi): return uniform(.ball(Ball.pi(places)))
    case .constant(.e): return uniform(number(1).exponential)
    case .dimension(let name): return uniform(Real(try size(Dimension(name: name)), places: places))
    case .variable:
      guard let value = values[node], value.rows == rows, value.columns == columns else { throw .unknown }
      return value
    case .zeros: return uniform(number(0))
    case .ones: return uniform(number(1))
    case .identity: return .identity(rows, places: places)
    case .sum:
      try spend(rows * columns * parts.count)
      return RealArray(rows, columns) { i, j in .sum(parts.map { $0.wide(i, j) }) }
    case .times:
      try spend(rows * columns * parts.count)
      let selectors = zip(node.children, parts).filter { $0.0.isSelector }.map(\.1)
      return RealArray(rows, columns) { i, j in
        // A branch that is not taken contributes nothing.
        if selectors.contains(where: { $0.wide(i, j).isZero }) { return number(0) }
        return parts.dropFirst().reduce(parts[0].wide(i, j)) { $0 * $1.wide(i, j) }
      }
    case .product:
      var result = parts[0]
      var isDiagonal = node.children[0].isDiagonalArray
      for (formula, factor) in zip(node.children, parts).dropFirst() {
        guard result.columns == factor.rows else { throw .unknown }
        try spend(result.entries.count * factor.columns)
        // The zeros off a diagonal contribute nothing, even next to infinities.
        if isDiagonal {
          let left = result
          result = RealArray(factor.rows, factor.columns) { left[$0, $0] * factor[$0, $1] }
        } else if formula.isDiagonalArray {
          let left = result
          result = RealArray(left.rows, left.columns) { left[$0, $1] * factor[$1, $1] }
        } else {
          result = result * factor
        }
        isDiagonal = isDiagonal && formula.isDiagonalArray
      }
      return result
    case .power(_, let exponent):
      try spend(60 * rows * columns)
      return RealArray(rows, columns) { i, j in
        power(parts[0].wide(i, j), parts[1].wide(i, j), exponent)
      }
    case .inverse:
      try spend(2 * rows * rows * rows)
      guard let inverse = parts[0].eliminated(places: places)?.inverse else { throw .unknown }
      return inverse
    case .transpose: return parts[0].transposed
    case .apply(let operation, let arguments): return try apply(operation, arguments, parts, rows, columns)
    case .differential: throw .unknown
    }
  }

  private func power(_ base: Real, _ exponent: Real, _ formula: Formula) -> Real {
    if formula === Formula.half { return base.squareRoot }
    if formula.number == Rational(-1, over: 2) { return number(1) / base.squareRoot }
    return base.power(exponent, whole: formula.number?.integer ?? RealFunctions.whole(exponent))
  }

  private func rational(_ value: Rational) -> Real {
    func whole(_ text: String) -> Real {
      let digits = text.hasPrefix("-") ? text.dropFirst() : text[...]
      let size = digits.reduce(number(0)) { $0 * number(10) + number(Double($1.wholeNumberValue ?? 0)) }
      return text.hasPrefix("-") ? -size : size
    }
    let top = whole("\(value.numerator)")
    return value.denominator == 1 ? top : top / whole("\(value.denominator)")
  }

  private mutating func apply(
    _ operation: Operation, _ arguments: [Formula], _ parts: [RealArray], _ rows: Int, _ columns: Int
  ) throws(Failure) -> RealArray {
    switch operation {
    case .elementwise(let name):
      try spend(RealFunctions.cost(name) * rows * columns)
      var result: [Real] = []
      for j in 0..<columns {
        for i in 0..<rows {
          let entries = parts.map { $0.wide(i, j) }
          guard let value = RealFunctions.value(name, entries, places: places) else { throw .unknown }
          result.append(value)
        }
      }
      return RealArray(rows, columns) { result[$0 + $1 * rows] }
    case .array(let operation):
      return try array(operation, parts, isMatrix: arguments[0].shape.isMatrix, rows, columns)
    case .defined(let defined):
      guard let body = defined.unfolded(arguments) else { throw .unknown }
      return try value(body)
    case .function(let function, let derivative):
      return try declared(function, derivative, parts[0], rows, columns)
    case .blocks(let height, let width):
      return try blocks(parts, height, width, rows, columns)
    case .slice(let rowRange, let columnRange):
      let (top, left) = (try size(rowRange.first) - 1, try size(columnRange.first) - 1)
      guard top >= 0, left >= 0, top + rows <= parts[0].rows, left + columns <= parts[0].columns else {
        throw .unknown
      }
      return RealArray(rows, columns) { parts[0][$0 + top, $1 + left] }
    case .indexSum(let name, let lower, let upper):
      return try indexSum(name, try size(lower), try size(upper), arguments[0], rows, columns)
    }
  }

  private mutating func indexSum(
    _ name: String, _ lower: Int, _ upper: Int, _ body: Formula, _ rows: Int, _ columns: Int
  ) throws(Failure) -> RealArray {
    let (outerSize, outerValues) = (sizes[name], values)
    defer { (sizes[name], values) = (outerSize, outerValues) }
    let indices = body.variables.filter { $0.variable?.role == .index && $0.variable?.name == name }
    var total = RealArray(rows, columns) { _, _ in number(0) }
    for place in stride(from: lower, through: upper, by: 1) {
      sizes[name] = place
      for index in indices { values[index] = RealArray(1, 1) { _, _ in Real(place, places: places) } }
      let term = try value(body)
      guard term.rows == rows, term.columns == columns else { throw .unknown }
      total = total.zip(term, +)
    }
    return total
  }

  private mutating func blocks(
    _ parts: [RealArray], _ height: Int, _ width: Int, _ rows: Int, _ columns: Int
  ) throws(Failure) -> RealArray {
    var result = RealArray(rows, columns) { _, _ in number(0) }
    var top = 0
    for row in 0..<height {
      var left = 0
      for column in 0..<width {
        let block = parts[row * width + column]
        guard top + block.rows <= rows, left + block.columns <= columns else { throw .unknown }
        for j in 0..<block.columns {
          for i in 0..<block.rows { result.entries[top + i + (left + j) * rows] = block[i, j] }
        }
        left += block.columns
      }
      top += parts[row * width].rows
    }
    return result
  }

  private mutating func declared(
    _ function: DeclaredFunction, _ derivative: FunctionDerivative, _ argument: RealArray, _ rows: Int,
    _ columns: Int
  ) throws(Failure) -> RealArray {
    guard let functions else { throw .unknown }
    func random(_ arguments: Int, _ values: Int) -> RandomSmoothFunction {
      RandomSmoothFunction(
        name: function.name, of: functions, argumentCount: arguments, valueCount: values)
    }
    let entries: [Real]?
    if function.isElementwise {
      try spend(300 * rows * columns)
      let scalar = random(1, 1)
      entries = argument.entries.compactMap { scalar.values(derivative, at: [$0], places: places)?.first }
    } else {
      let valueCount = try size(function.result.rows) * size(function.result.columns)
      try spend(valueCount * (300 + 3 * argument.entries.count * rows * columns))
      entries = random(argument.entries.count, valueCount).values(
        derivative, at: argument.entries, places: places)
    }
    guard let entries, entries.count == rows * columns else { throw .unknown }
    return RealArray(rows, columns) { entries[$0 + $1 * rows] }
  }
}

extension Formula {
  /// Whether the formula is diagonal by construction.
  fileprivate var isDiagonalArray: Bool {
    switch kind {
    case .identity, .apply(.array(.diagonalMatrix), _): true
    case .number, .constant, .variable, .dimension, .zeros, .ones, .sum, .times, .product, .power, .inverse,
      .transpose, .apply, .differential:
      false
    }
  }

  fileprivate var isIndexSum: Bool {
    if case .apply(.indexSum, _) = kind { return true }
    return false
  }
}
