import NablaLanguage
import NablaTypes

/// Converts typed expressions to formulas.
package struct Lowering {
  /// The meaning of each name: a variable, or the formula of a definition.
  package var names: [String: Formula]
  /// Functions declared without a body.
  package var functions: [String: DeclaredFunction] = [:]
  /// The operations and notation that blocks of `Rules/` define.
  var operations: [String: BlockOperation]
  /// The functions that `kernel` blocks of a rule file define; no other text knows their names.
  var kernels: Set<String> = []

  package init(
    names: [String: Formula] = [:], functions: [String: DeclaredFunction] = [:],
    operations: [String: BlockOperation]
  ) {
    self.names = names
    self.functions = functions
    self.operations = operations
  }

  package func formula(_ expression: TypedExpression) -> Formula {
    let shape = expression.shape
    switch expression.kind {
    case .number(let value): return .number(value)
    case .constant(let name): return Formula.Constant(rawValue: name).map { .constant($0) } ?? .invalid
    case .name(let name): return names[name] ?? .invalid
    case .dimension(let name): return .dimension(Dimension(name: name))
    case .index(let name): return index(name)
    case .negate(let inner): return formula(inner).negated
    case .add(let a, let b): return .adding(formula(a), formula(b))
    case .subtract(let a, let b): return .adding(formula(a), formula(b).negated)
    case .multiply(let a, let b): return .product([formula(a), formula(b)])
    case .divide(let a, let b), .elementwiseDivide(let a, let b):
      return broadcast([formula(a), .power(formula(b), .number(-1))], shape)
    case .elementwiseMultiply(let a, let b): return broadcast([formula(a), formula(b)], shape)
    case .elementwisePower(let a, let b): return .power(formula(a), formula(b))
    case .matrixPower(let base, let exponent): return matrixPower(formula(base), exponent)
    case .kronecker(let a, let b): return .apply(.array(.kron), [formula(a), formula(b)], shape)
    case .transpose(let inner): return formula(inner).transposed
    case .compare(let comparison, let a, let b):
      let (x, y) = (formula(a), formula(b))
      switch comparison {
      case .less: return .apply(.elementwise("less"), [x, y], shape)
      case .lessOrEqual: return .apply(.elementwise("lessequal"), [x, y], shape)
      case .greater: return .apply(.elementwise("less"), [y, x], shape)
      case .greaterOrEqual: return .apply(.elementwise("lessequal"), [y, x], shape)
      }
    case .call(let name, let arguments): return call(name, arguments.map(formula), shape)
    case .apply(let name, let derivative, let arguments):
      guard let function = functions[name] else { return .invalid }
      return .apply(.function(function, derivative), arguments.map(formula), shape)
    case .identity: return .identity(shape.rows)
    case .ones: return .ones(shape)
    case .zeros: return .zeros(shape)
    case .fill(let value): return .times([formula(value), .ones(shape)])
    case .blocks(let rows): return .blockArray(rows.map { $0.map(formula) })
    case .entry(let array, let row, let column):
      let inner = formula(array)
      guard let rows = range(row, inner.shape.rows), let columns = range(column, inner.shape.columns) else {
        return .invalid
      }
      return .slice(inner, rows: rows, columns: columns)
    case .sum(let index, let lower, let upper, let body):
      return .apply(.indexSum(index, lower, upper), [formula(body)], shape)
    case .sized(let name, let arguments, let sizes):
      return call(name, arguments.map(formula) + sizes.map(Formula.dimension), shape)
    case .differential(let inner): return .differential(of: formula(inner))
    }
  }

  private func index(_ name: String) -> Formula {
    .variable(Variable(name: name, shape: .scalar, properties: [], role: .index))
  }

  private func broadcast(_ factors: [Formula], _ shape: Shape) -> Formula {
    let result = Formula.times(factors)
    return result.shape == shape ? result : .times([result, .ones(shape)])
  }

  private func matrixPower(_ base: Formula, _ exponent: Int) -> Formula {
    if base.isInvalid { return .invalid }
    if exponent == 0 { return .identity(base.shape.rows) }
    guard exponent.magnitude <= Self.largestMatrixPower else { return .invalid }
    let factor = exponent < 0 ? Formula.inverse(base) : base
    return .product(Array(repeating: factor, count: Int(exponent.magnitude)))
  }

  /// The most factors of a product that represents a matrix power; larger exponents are rejected.
  static let largestMatrixPower = 32

  private func range(_ selection: TypedExpression.Subscript, _ size: Dimension) -> Operation.Range? {
    switch selection {
    case .all: return Operation.Range(first: 1, last: size)
    case .index(let expression):
      return dimension(expression).map { Operation.Range(first: $0, last: $0) }
    case .range(let first, let last):
      guard let from = dimension(first), let to = dimension(last) else { return nil }
      return Operation.Range(first: from, last: to)
    }
  }

  /// An index or bound as a polynomial in sizes and bound indices.
  private func dimension(_ expression: TypedExpression) -> Dimension? {
    switch expression.kind {
    case .number(let value): return value.integer.map { Dimension($0) }
    case .dimension(let name), .index(let name): return Dimension(name: name)
    case .add(let a, let b): return combine(a, b, +)
    case .subtract(let a, let b): return combine(a, b, -)
    case .multiply(let a, let b): return combine(a, b, *)
    case .negate(let a): return dimension(a).map { Dimension(-1) * $0 }
    case .elementwisePower(let a, let exponent):
      guard let size = dimension(a), case .number(let value) = exponent.kind, let count = value.integer,
        (1...4).contains(count)
      else { return nil }
      return (1..<count).reduce(size) { power, _ in power * size }
    case .constant, .name, .divide, .elementwiseMultiply, .elementwiseDivide, .matrixPower,
      .kronecker, .transpose, .compare, .call, .apply, .identity, .ones, .zeros, .fill, .blocks, .entry, .sum,
      .sized, .differential:
      return nil
    }
  }

  private func combine(
    _ a: TypedExpression, _ b: TypedExpression, _ operation: (Dimension, Dimension) -> Dimension
  ) -> Dimension? {
    guard let x = dimension(a), let y = dimension(b) else { return nil }
    return operation(x, y)
  }

  /// Operations that have a node kind of their own.
  static let native: Set<String> = ["inv", "sum"]

  /// The name of a kernel's node, which users cannot type.
  static func kernelName(_ name: String) -> String { "stable." + name }

  /// A built-in function; notation for something simpler is replaced by that.
  private func call(_ name: String, _ arguments: [Formula], _ shape: Shape) -> Formula {
    guard let first = arguments.first else { return .invalid }
    switch name {
    case "inv": return .inverse(first)
    case "sum": return .total(first)
    case "diag":
      return .apply(.array(first.shape.isMatrix ? .diagonalVector : .diagonalMatrix), [first], shape)
    case "max" where arguments.count == 2, "min" where arguments.count == 2:
      return .apply(.elementwise(name), arguments, shape)
    default:
      switch operations[name] {
      case .notation(let operation): return operation.unfolded(arguments) ?? .invalid
      case .operation(let operation): return .apply(.defined(operation), arguments, shape)
      case nil: break
      }
      if kernels.contains(name) { return .apply(.elementwise(Self.kernelName(name)), arguments, shape) }
      if let operation = ArrayOperation(rawValue: name) { return .apply(.array(operation), arguments, shape) }
      return .apply(.elementwise(name), arguments, shape)
    }
  }
}

extension Formula {
  /// The sum of all entries.
  package static func total(_ inner: Formula) -> Formula {
    product([ones(.row(inner.shape.rows)), inner, ones(.vector(inner.shape.columns))])
  }

  /// The differential of a formula, as an unknown of its shape.
  package static func differential(of inner: Formula) -> Formula {
    interned(.differential(inner), inner.shape)
  }
}
