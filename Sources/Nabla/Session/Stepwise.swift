import NablaCore
import NablaLanguage

/// Evaluates an expression operation by operation as typed, each on the values of its operands, so that no law of the
/// canonical form applies.
/// An index sum is one operation.
package struct Stepwise<Value> {
  /// The values of the variables, including those that represent operands.
  package struct Bound {
    package var values: [Formula: Value]
    package var operands: [Value] = []
  }

  package let lowering: Lowering
  /// The expression that defines a name.
  var definition: (String) -> TypedExpression? = { _ in nil }
  /// The value of an operation, given as a formula in its operands; `nil` if there is none.
  let compute: (_ operation: TypedExpression, _ formula: Formula, _ bound: Bound) -> Value?

  package init(
    lowering: Lowering, definition: @escaping (String) -> TypedExpression? = { _ in nil },
    compute: @escaping (_ operation: TypedExpression, _ formula: Formula, _ bound: Bound) -> Value?
  ) {
    self.lowering = lowering
    self.definition = definition
    self.compute = compute
  }

  /// The value of an expression; `nil` if a part has none.
  package func value(_ expression: TypedExpression, _ values: [Formula: Value]) -> Value? {
    var named: [String: Value] = [:]
    var made: [Value] = []
    var open = [(node: expression, isReady: false)]
    while let (node, isReady) = open.popLast() {
      let operands = node.operands.filter { !$0.isExactNumber }
      if case .name(let name) = node.kind, let known = isReady ? made.last : named[name] {
        named[name] = known
        if !isReady { made.append(known) }
      } else if case .name(let name) = node.kind, let inner = definition(name) {
        open += [(node, true), (inner, false)]
      } else if !isReady, !operands.isEmpty {
        open.append((node, true))
        open += operands.reversed().map { ($0, false) }
      } else {
        var bound = Bound(values: values, operands: Array(made.suffix(operands.count)))
        made.removeLast(operands.count)
        guard let value = compute(node, formula(node, &bound), bound) else { return nil }
        made.append(value)
      }
    }
    return made.last
  }

  /// The operation with variables in place of its operands, whose values are bound.
  private func formula(_ node: TypedExpression, _ bound: inout Bound) -> Formula {
    var lowering = lowering
    var place = 0
    let parts = node.operands.map { operand in
      if operand.isExactNumber { return operand }
      let name = "operand_\(place)"
      let variable = Formula.variable(Variable(name: name, shape: operand.shape, properties: []))
      lowering.names[name] = variable
      bound.values[variable] = bound.operands[place]
      place += 1
      return TypedExpression(.name(name), shape: operand.shape, range: operand.range)
    }
    return lowering.formula(node.with(parts))
  }
}

extension TypedExpression {
  /// The operands that have values of their own: neither subscripts nor parts under an index.
  var operands: [TypedExpression] {
    switch kind {
    case .sum: return []
    case .entry(let array, _, _): return [array]
    case .number, .constant, .name, .dimension, .index, .negate, .add, .subtract, .multiply, .divide,
      .elementwiseMultiply, .elementwiseDivide, .elementwisePower, .matrixPower, .kronecker, .transpose,
      .compare, .call, .apply, .identity, .ones, .zeros, .fill, .blocks, .sized, .differential:
      var children: [TypedExpression] = []
      forEachChild { children.append($0) }
      return children
    }
  }
}

extension TypedExpression {
  /// Whether it is a number that belongs to the operation above it: an exponent or an order.
  var isExactNumber: Bool {
    switch kind {
    case .number: return true
    case .negate(let inner): return inner.isExactNumber
    case .divide(let a, let b): return a.isExactNumber && b.isExactNumber
    case .constant, .name, .dimension, .index, .add, .subtract, .multiply, .elementwiseMultiply,
      .elementwiseDivide, .elementwisePower, .matrixPower, .kronecker, .transpose, .compare, .call, .apply,
      .identity, .ones, .zeros, .fill, .blocks, .entry, .sum, .sized, .differential:
      return false
    }
  }

  /// The same operation on other operands, in the order of `operands`.
  func with(_ parts: [TypedExpression]) -> TypedExpression {
    func made(_ kind: Kind) -> TypedExpression { TypedExpression(kind, shape: shape, range: range) }
    switch kind {
    case .number, .constant, .name, .dimension, .index, .identity, .ones, .zeros, .sum:
      return self
    case .entry(_, let row, let column): return made(.entry(parts[0], row: row, column: column))
    case .negate: return made(.negate(parts[0]))
    case .add: return made(.add(parts[0], parts[1]))
    case .subtract: return made(.subtract(parts[0], parts[1]))
    case .multiply: return made(.multiply(parts[0], parts[1]))
    case .divide: return made(.divide(parts[0], parts[1]))
    case .elementwiseMultiply: return made(.elementwiseMultiply(parts[0], parts[1]))
    case .elementwiseDivide: return made(.elementwiseDivide(parts[0], parts[1]))
    case .elementwisePower: return made(.elementwisePower(parts[0], parts[1]))
    case .matrixPower(_, let exponent): return made(.matrixPower(parts[0], exponent))
    case .kronecker: return made(.kronecker(parts[0], parts[1]))
    case .transpose: return made(.transpose(parts[0]))
    case .compare(let comparison, _, _): return made(.compare(comparison, parts[0], parts[1]))
    case .call(let name, _): return made(.call(name, parts))
    case .sized(let name, _, let sizes): return made(.sized(name, parts, sizes))
    case .apply(let name, let derivative, _): return made(.apply(name, derivative: derivative, parts))
    case .fill: return made(.fill(parts[0]))
    case .differential: return made(.differential(parts[0]))
    case .blocks(let rows):
      var rest = parts[...]
      return made(.blocks(rows.map { row in row.map { _ in rest.removeFirst() } }))
    }
  }
}
