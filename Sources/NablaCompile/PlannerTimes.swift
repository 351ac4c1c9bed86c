import NablaCore
import NablaTypes

extension Formula {
  /// Whether its entries are exactly 0 where a branch is not taken: it consists of indicators and numbers only.
  /// Where such a factor is 0 the product is 0, whatever the other factors are. The formula of a branch that is not
  /// taken may be infinite or NaN (`x <= 0` times `log(-x)`), and so may its derivative; in floating point 0 times that
  /// is NaN, although the intended value is 0.
  package var isSelector: Bool {
    switch kind {
    case .apply(.elementwise("step"), _), .apply(.elementwise("less"), _),
      .apply(.elementwise("lessequal"), _):
      true
    case .sum(let parts), .times(let parts):
      parts.allSatisfy { $0.number != nil || $0.isOnes || $0.isSelector }
        && parts.contains { $0.number == nil && !$0.isOnes }
    case .power(let base, let exponent):
      base.isSelector && exponent.number.map { !$0.isNegative } == true
    case .transpose(let inner): inner.isSelector
    case .number, .constant, .variable, .dimension, .zeros, .ones, .identity, .product, .inverse, .apply,
      .differential:
      false
    }
  }

  /// Whether it is a product with a selector among its factors.
  var isSelected: Bool {
    if case .times(let factors) = kind { return factors.contains(where: \.isSelector) }
    return false
  }
}

extension Planner {
  /// The elementwise product of scalars and arrays. Selectors come last; where one is 0, so is the product.
  mutating func times(_ factors: [Formula], _ rows: Int, _ columns: Int) throws(CompileError) -> Int {
    var alpha = 1.0
    var selectors: [Int] = []
    var scalars: [(value: Int, divides: Bool)] = []
    var arrays: [(value: Int, divides: Bool)] = []
    var hasOnes = false
    for factor in factors {
      if let number = factor.number {
        if number.isOverflow { throw .invalidFormula }
        alpha *= number.double
      } else if factor.isOnes {
        hasOnes = true
      } else if factor.isSelector {
        selectors.append(try plan(factor))
      } else {
        var part = (value: 0, divides: false)
        if case .power(let base, let exponent) = factor.kind, let number = exponent.number, number.isNegative
        {
          part = (try plan(.power(base, .number(-number))), true)
        } else {
          part = (try plan(factor), false)
        }
        if factor.isScalar { scalars.append(part) } else { arrays.append(part) }
      }
    }
    if rows != 1 || columns != 1 {
      // Of an array, numbers are part of the coefficient.
      scalars.removeAll { value, divides in
        guard case .constant(let number) = schedule.values[schedule.values[value].root].source else {
          return false
        }
        alpha *= divides ? 1 / number : number
        return true
      }
    }
    // The scalars in one number, the arrays in one array.
    var result = try combine(arrays, rows, columns)
    var scalar = try combine(scalars, 1, 1)
    if result == nil, hasOnes || rows != 1 || columns != 1 {
      if selectors.contains(where: { count($0) != 1 }) {
        // Only the selectors are arrays.
      } else if let factor = scalar {
        result = try emit(
          PlanStep(opcode: .fillFrom, inputs: [factor], m: try entries(rows, columns), alpha: alpha), rows,
          columns)
        (scalar, alpha) = (nil, 1)
      } else {
        result = try filled(alpha, rows, columns)
        alpha = 1
      }
    }
    if let factor = scalar {
      if let array = result {
        result = try emit(
          PlanStep(opcode: .scaleBy, inputs: [array, factor], m: count(array), alpha: alpha), rows, columns)
        alpha = 1
      } else {
        result = factor
      }
    }
    if alpha != 1 || result == nil {
      if let array = result {
        result = try emit(
          PlanStep(opcode: .scaled, inputs: [array], m: count(array), alpha: alpha), self.rows(array),
          self.columns(array))
      } else {
        result = try constant(alpha)
      }
    }
    guard var product = result else { throw .invalidFormula }
    for selector in selectors {
      let isWide = count(selector) > 1 || count(product) > 1
      product = try emit(
        PlanStep(
          opcode: .select, inputs: [selector, product], m: max(count(selector), count(product)),
          n: isWide && count(selector) == 1 ? 0 : 1, k: isWide && count(product) == 1 ? 0 : 1),
        count(selector) > 1 ? self.rows(selector) : self.rows(product),
        count(selector) > 1 ? self.columns(selector) : self.columns(product))
    }
    if count(product) == 1, rows != 1 || columns != 1 {
      product = try emit(
        PlanStep(opcode: .fillFrom, inputs: [product], m: try entries(rows, columns)), rows, columns)
    }
    return product
  }

  /// Factors of one size multiplied and divided; `nil` if there are none.
  private mutating func combine(
    _ parts: [(value: Int, divides: Bool)], _ rows: Int, _ columns: Int
  ) throws(CompileError) -> Int? {
    let ordered = parts.filter { !$0.divides } + parts.filter(\.divides)
    var result: Int?
    for (value, divides) in ordered {
      guard count(value) == rows * columns else { throw .invalidFormula }
      if let product = result {
        result = try emit(
          PlanStep(
            opcode: divides ? .divide : .multiply, inputs: [product, value], m: count(value), n: 1, k: 1),
          rows, columns)
      } else {
        result =
          divides
          ? try emit(PlanStep(opcode: .reciprocal, inputs: [value], m: count(value)), rows, columns) : value
      }
    }
    return result
  }

  /// The elementwise power; small exponents become products and roots.
  mutating func power(
    _ base: Formula, _ exponent: Formula, _ rows: Int, _ columns: Int
  ) throws(CompileError) -> Int {
    let count = try entries(rows, columns)
    if let number = exponent.number, base.shape.isScalar == (rows == 1 && columns == 1) || !base.isScalar {
      if number == -1 {
        return try emit(PlanStep(opcode: .reciprocal, inputs: [try plan(base)], m: count), rows, columns)
      }
      if number.isNegative {
        let positive = try plan(.power(base, .number(-number)))
        return try emit(PlanStep(opcode: .reciprocal, inputs: [positive], m: count), rows, columns)
      }
      if number == 2, case .apply(.array(.norm2), let arguments) = base.kind {
        let value = try plan(arguments[0])
        return try emit(
          PlanStep(opcode: .squaredNorm, inputs: [try square(value), value], k: self.count(value)), 1, 1)
      }
      let value = try plan(base)
      if number == 2 { return try emit(PlanStep(opcode: .square, inputs: [value], m: count), rows, columns) }
      if number == Rational(1, over: 2) {
        return try emit(PlanStep(opcode: .squareRoot, inputs: [value], m: count), rows, columns)
      }
      if let integer = number.integer, integer <= 1 << 16 {
        return try emit(PlanStep(opcode: .powInteger, inputs: [value], m: count, k: integer), rows, columns)
      }
    }
    let (x, y) = (try plan(base), try plan(exponent))
    return try emit(
      PlanStep(
        opcode: .pow, inputs: [x, y], m: count, n: self.count(x) == 1 ? 0 : 1, k: self.count(y) == 1 ? 0 : 1),
      rows, columns)
  }
}
