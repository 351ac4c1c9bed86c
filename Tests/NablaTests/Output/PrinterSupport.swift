@testable import NablaCore
@testable import NablaLanguage
@testable import NablaTypes

/// Short ways to build formulas for the tests of the printers.
enum Build {
  static func scalar(_ name: String) -> Formula { variable(name, .scalar) }
  static func vector(_ name: String, _ size: Dimension = "n") -> Formula { variable(name, .vector(size)) }
  static func matrix(_ name: String, _ rows: Dimension = "n", _ columns: Dimension = "n") -> Formula {
    variable(name, .matrix(rows, columns))
  }

  static func variable(_ name: String, _ shape: Shape) -> Formula {
    .variable(Variable(name: name, shape: shape, properties: [], role: .declared))
  }

  static func number(_ value: Int, over divisor: Int = 1) -> Formula {
    .number(Rational(Int128(value), over: Int128(divisor)))
  }

  static func size(_ name: String) -> Formula { .dimension(Dimension(name: name)) }

  /// A sum; scalars among arrays apply to every entry.
  static func plus(_ terms: Formula...) -> Formula { terms.dropFirst().reduce(terms[0]) { .adding($0, $1) } }
  static func minus(_ a: Formula, _ b: Formula) -> Formula { .adding(a, b.negated) }

  /// The matrix product and scaling.
  static func mul(_ factors: Formula...) -> Formula { .product(factors) }
  /// The elementwise product.
  static func dot(_ factors: Formula...) -> Formula { .times(factors) }
  static func over(_ a: Formula, _ b: Formula) -> Formula { .times([a, .power(b, number(-1))]) }
  static func pow(_ a: Formula, _ exponent: Int) -> Formula { .power(a, number(exponent)) }

  /// An elementwise function.
  static func map(_ name: String, _ arguments: Formula...) -> Formula {
    .apply(.elementwise(name), arguments, arguments.first { !$0.isScalar }?.shape ?? .scalar)
  }

  static func array(_ operation: ArrayOperation, _ shape: Shape, _ arguments: Formula...) -> Formula {
    .apply(.array(operation), arguments, shape)
  }

  static func norm(_ x: Formula) -> Formula { array(.norm2, .scalar, x) }
  static func inv(_ x: Formula) -> Formula { .inverse(x) }
  static func ones(_ size: Dimension) -> Formula { .ones(.vector(size)) }
  static func eye(_ size: Dimension) -> Formula { .identity(size) }
  static func diag(_ x: Formula) -> Formula { array(.diagonalMatrix, .matrix(x.shape.rows, x.shape.rows), x) }
  static func softmax(_ x: Formula) -> Formula { array(.softmax, x.shape, x) }
  static func sum(_ x: Formula) -> Formula {
    .product([.ones(.row(x.shape.rows)), x, .ones(.vector(x.shape.columns))])
  }

  static func slice(_ x: Formula, _ rows: (Dimension, Dimension), _ columns: (Dimension, Dimension))
    -> Formula
  {
    let shape = Shape(rows.1 - rows.0 + Dimension(1), columns.1 - columns.0 + Dimension(1))
    return .apply(
      .slice(
        rows: .init(first: rows.0, last: rows.1), columns: .init(first: columns.0, last: columns.1)),
      [x], shape)
  }

  static func declared(
    _ name: String, _ derivative: FunctionDerivative, _ x: Formula, _ shape: Shape,
    isElementwise: Bool = false
  ) -> Formula {
    let result: Shape
    switch derivative {
    case .value, .prime: result = shape
    case .gradient, .hessian: result = .scalar
    case .jacobian: result = .vector(shape.rows)
    }
    let function = DeclaredFunction(
      name: name, parameter: x.shape, result: result, isElementwise: isElementwise)
    return .apply(.function(function, derivative), [x], shape)
  }
}

/// The unmatched brackets and groups of a LaTeX text; nil if all match.
func unbalanced(_ latex: String) -> String? {
  var open: [Character] = []
  let pairs: [Character: Character] = [")": "(", "]": "[", "}": "{"]
  for character in latex {
    if "([{".contains(character) { open.append(character) }
    if let wanted = pairs[character], open.popLast() != wanted { return "stray \(character)" }
  }
  if !open.isEmpty { return "open \(String(open))" }
  for (left, right) in [
    ("\\left", "\\right"), ("\\lVert", "\\rVert"), ("\\lvert", "\\rvert"), ("\\begin", "\\end"),
  ] {
    if occurrences(of: left, in: latex) != occurrences(of: right, in: latex) { return left }
  }
  return nil
}

private func occurrences(of command: String, in text: String) -> Int {
  var count = 0
  var rest = text[...]
  while let start = rest.firstIndex(of: "\\") {
    let word = rest[start...].dropFirst().prefix { $0.isLetter }
    if "\\" + word == command { count += 1 }
    rest = rest[rest.index(after: start)...]
  }
  return count
}
