import NablaTypes

/// An expression with known names and shapes.
package final class TypedExpression: Sendable {
  package let kind: Kind
  package let shape: Shape
  package let range: SourceRange

  package init(_ kind: Kind, shape: Shape, range: SourceRange) {
    self.kind = kind
    self.shape = shape
    self.range = range
  }

  package indirect enum Kind: Sendable {
    case number(Rational)
    /// `pi` or `e`, unless declared.
    case constant(String)
    /// A declared or inferred variable, or a definition.
    case name(String)
    /// A size's name used as a scalar.
    case dimension(String)
    /// A bound summation index used as a scalar.
    case index(String)
    case negate(TypedExpression)
    /// A scalar next to an array applies to every entry, as in `subtract`.
    case add(TypedExpression, TypedExpression)
    case subtract(TypedExpression, TypedExpression)
    /// Matrix product or scaling.
    case multiply(TypedExpression, TypedExpression)
    /// The right side is a scalar.
    case divide(TypedExpression, TypedExpression)
    case elementwiseMultiply(TypedExpression, TypedExpression)
    case elementwiseDivide(TypedExpression, TypedExpression)
    /// `.^`, and `^` between scalars.
    case elementwisePower(TypedExpression, TypedExpression)
    /// A power of a square matrix; `X^-T` is `transpose(matrixPower(X, -1))`.
    case matrixPower(TypedExpression, Int)
    case kronecker(TypedExpression, TypedExpression)
    case transpose(TypedExpression)
    case compare(Comparison, TypedExpression, TypedExpression)
    /// A built-in function under its canonical name.
    case call(String, [TypedExpression])
    /// A declared function or one of its derivatives.
    case apply(String, derivative: FunctionDerivative, [TypedExpression])
    /// Constants of this node's shape.
    case identity, ones, zeros
    /// A constant array of this node's shape.
    case fill(TypedExpression)
    case blocks([[TypedExpression]])
    /// `x[i]` of a vector has the column `index(1)`, of a row the row `index(1)`.
    case entry(TypedExpression, row: Subscript, column: Subscript)
    case sum(index: String, lower: Dimension, upper: Dimension, TypedExpression)
    /// A built-in function whose last arguments are sizes.
    case sized(String, [TypedExpression], [Dimension])
    /// `d(E)`, only if the environment allows it.
    case differential(TypedExpression)
  }

  package enum Subscript: Sendable {
    case index(TypedExpression)
    case range(TypedExpression, TypedExpression)
    case all
  }
}

extension TypedExpression.Kind {
  /// A size as a scalar.
  init(size: Dimension, range: SourceRange) {
    func made(_ kind: TypedExpression.Kind) -> TypedExpression {
      TypedExpression(kind, shape: .scalar, range: range)
    }
    var sum: TypedExpression?
    for term in size.terms {
      var product: TypedExpression? =
        term.names.isEmpty || term.coefficient != 1
        ? made(.number(Rational(term.coefficient))) : nil
      for name in term.names {
        let factor = made(.dimension(name))
        product = product.map { made(.multiply($0, factor)) } ?? factor
      }
      guard let product else { continue }
      sum = sum.map { made(.add($0, product)) } ?? product
    }
    self = sum?.kind ?? .number(0)
  }
}

extension TypedExpression: CustomDebugStringConvertible {
  /// As an s-expression: sizes are written `#n`, indices `%i`, constants `@pi`.
  package var debugDescription: String {
    switch kind {
    case .number(let value): value.description
    case .constant(let name): "@" + name
    case .name(let name): name
    case .dimension(let name): "#" + name
    case .index(let name): "%" + name
    case .negate(let a): form("neg", a)
    case .add(let a, let b): form("+", a, b)
    case .subtract(let a, let b): form("-", a, b)
    case .multiply(let a, let b): form("*", a, b)
    case .divide(let a, let b): form("/", a, b)
    case .elementwiseMultiply(let a, let b): form(".*", a, b)
    case .elementwiseDivide(let a, let b): form("./", a, b)
    case .elementwisePower(let a, let b): form(".^", a, b)
    case .matrixPower(let a, let exponent): "(^ \(a.debugDescription) \(exponent))"
    case .kronecker(let a, let b): form("kron", a, b)
    case .transpose(let a): form("'", a)
    case .compare(let comparison, let a, let b): form(comparison.rawValue, a, b)
    case .differential(let a): form("d", a)
    case .call(let name, let arguments):
      "(" + ([name] + arguments.map(\.debugDescription)).joined(separator: " ") + ")"
    case .apply(let name, let derivative, let arguments):
      "(" + ([derivative.prefix + name] + arguments.map(\.debugDescription)).joined(separator: " ") + ")"
    case .identity: "(identity \(shape))"
    case .ones: "(ones \(shape))"
    case .zeros: "(zeros \(shape))"
    case .fill(let a): "(fill \(a.debugDescription) \(shape))"
    case .blocks(let rows):
      "[" + rows.map { $0.map(\.debugDescription).joined(separator: ", ") }.joined(separator: "; ") + "]"
    case .entry(let a, let row, let column):
      "(at \(a.debugDescription) \(row.debugDescription) \(column.debugDescription))"
    case .sum(let index, let lower, let upper, let summand):
      "(sum \(index) \(lower) \(upper) \(summand.debugDescription))"
    case .sized(let name, let arguments, let sizes):
      "(" + ([name] + arguments.map(\.debugDescription) + sizes.map(\.description)).joined(separator: " ")
        + ")"
    }
  }

  private func form(_ head: String, _ operands: TypedExpression...) -> String {
    "(" + ([head] + operands.map(\.debugDescription)).joined(separator: " ") + ")"
  }
}

extension TypedExpression.Subscript: CustomDebugStringConvertible {
  package var debugDescription: String {
    switch self {
    case .index(let a): a.debugDescription
    case .range(let a, let b): "\(a.debugDescription):\(b.debugDescription)"
    case .all: ":"
    }
  }
}

extension FunctionDerivative {
  fileprivate var prefix: String {
    switch self {
    case .value: "@"
    case .prime(let order): String(repeating: "'", count: order) + "@"
    case .gradient: "grad@"
    case .jacobian: "jac@"
    case .hessian: "hess@"
    }
  }
}

extension TypedExpression {
  /// The names in the expression, including those of its definitions.
  package func names(definition: (String) -> TypedExpression?) -> Set<String> {
    var result: Set<String> = []
    var open = [self]
    while let next = open.popLast() {
      if case .name(let name) = next.kind, result.insert(name).inserted, let inner = definition(name) {
        open.append(inner)
      }
      next.forEachChild { open.append($0) }
    }
    return result
  }
}
