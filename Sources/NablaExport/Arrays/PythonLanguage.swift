import NablaTypes

/// The differences between Python's array packages.
protocol PythonDialect {
  static var target: ExportTarget { get }
  /// The module's name in code.
  static var module: String { get }
  static var imports: [String] { get }
  /// The package's name of a function, with `$0`, `$1` and `$2` for arguments.
  static func spelling(_ function: ScalarFunction) -> String
  /// The package's name of a helper; `nil` if the file defines it.
  static func spelling(_ helper: ScalarHelper) -> String?
  /// The code of a matrix function or reduction, given the code of its operands.
  static func code(_ operation: PythonArrayOperation, _ operands: [String], isVector: Bool) -> String
  /// Definitions that the file needs for array functions, by function name.
  static var definitions: [(name: String, lines: String)] { get }
  /// Whether factorizations are separate values.
  static var hasFactors: Bool { get }
  static func array(_ value: String) -> String
  /// Lines that the functions in the file need.
  static var preparation: [String] { get }
  /// The first lines of a function, which convert its parameters to arrays; for a helper, only where needed.
  static func prepared(_ parameters: String?) -> [String]
  static func helperPrepared(_ parameter: String) -> [String]
  /// Random numbers of the self-test.
  static var generator: [String] { get }
  static func attempt(_ count: Int) -> [String]
  static func normal(_ shape: String) -> String
  static func isFinite(_ value: String) -> String
  /// An array filled with a number.
  static func full(_ value: String, _ shape: String) -> String
  static func eye(_ count: String) -> String
  static func arange(_ count: String) -> String
  static func broadcast(_ array: String, _ shape: String) -> String
  static func concatenate(_ parts: String, axis: Int) -> String
}

/// NumPy, or a package with its names.
protocol NumpyStyleDialect: PythonDialect {
  /// The template of `erf`, `erfc` or `lgamma`.
  static func special(_ function: ScalarFunction) -> String
}

extension NumpyStyleDialect {
  static func spelling(_ function: ScalarFunction) -> String {
    switch function {
    case .exp, .log, .log1p, .expm1, .sqrt, .abs, .sign, .sin, .cos, .tan, .sinh, .cosh, .tanh, .maximum,
      .minimum, .hypot:
      "\(module).\(function.rawValue)(\((0..<function.arity).map { "$\($0)" }.joined(separator: ", ")))"
    case .asin: "\(module).arcsin($0)"
    case .acos: "\(module).arccos($0)"
    case .atan: "\(module).arctan($0)"
    case .erf, .erfc, .lgamma: special(function)
    case .power: "\(module).power($0, $1)"
    case .less: "\(module).where($0 < $1, 1.0, 0.0)"
    case .lessEqual: "\(module).where($0 <= $1, 1.0, 0.0)"
    case .choose: "\(module).where($0 != 0, $1, $2)"
    }
  }

  static var preparation: [String] { [] }
  static func isFinite(_ value: String) -> String { "\(module).all(\(module).isfinite(\(value)))" }
  static func arange(_ count: String) -> String { "\(module).arange(\(count))" }
  static func broadcast(_ array: String, _ shape: String) -> String {
    "\(module).broadcast_to(\(array), \(shape))"
  }
  static func concatenate(_ parts: String, axis: Int) -> String {
    "\(module).concatenate([\(parts)], axis=\(axis))"
  }
}

/// Operations on whole arrays that each package writes differently.
enum PythonArrayOperation: CaseIterable {
  case total, rowSums, columnSums, trace, norm1, norm2, normInfinity, maximum, minimum
  case logSumExp, softmax, logSoftmax
  case choleskyFactor, luFactor, choleskySolve, luSolve, luSolveTransposed, choleskyInverse, luInverse
  case choleskyDeterminant, luDeterminant, choleskyLogDeterminant, luLogDeterminant, luSign
  case spectralNorm, nuclearNorm, polar, leftVector, rightVector
  case pseudoInverse, adjugate, exponential, cholesky
  case diagonalMatrix, diagonal, lowerTriangle, upperTriangle, kronecker, outer
}

/// Python with one of its array packages. Columns and rows are arrays with one axis, scalars have none.
struct PythonLanguage<Dialect: PythonDialect>: ArrayLanguage {
  static var reserved: Set<String> {
    [
      "False", "None", "True", "and", "as", "assert", "async", "await", "break", "class", "continue", "def",
      "del", "elif", "else", "except", "finally", "for", "from", "global", "if", "import", "in", "is",
      "lambda", "nonlocal", "not", "or", "pass", "raise", "return", "try", "while", "with", "yield", "match",
      "case", "type", "print", "range", "abs", "max", "min", "sum", "len", "int", "float", "math", "np",
      "jnp", "jax", "torch", "dtype", "device",
    ]
  }
  static var renamed: [String: String] { ["lambda": "lam"] }

  var symbols: [String: String] = [:]
  /// The helpers and definitions that the code uses.
  var helpers: Set<ScalarHelper> = []
  var definitions: Set<String> = []

  // MARK: Statements

  func assignment(_ name: String, _ value: String) -> String { "\(name) = \(value)" }

  func loop(_ index: String, _ first: String, _ last: String) -> (open: [String], close: [String]) {
    let end = Int(last).map { "\($0 + 1)" } ?? "\(last) + 1"
    return (["for \(index) in range(\(first), \(end)):"], [])
  }

  func check(_ first: String, _ last: String, _ count: String) -> String? {
    first == last ? "assert 1 <= \(first) <= \(count)" : "assert 1 <= \(first) and \(last) <= \(count)"
  }

  func zeros(_ shape: Shape) -> String { shape.isScalar ? "0.0" : filled("0", shape) }

  func isTransparent(_ operation: ExportOperation) -> Bool {
    if case .factor = operation { return !Dialect.hasFactors }
    return false
  }

  func repeatsOperands(_ node: ExportGraph.Node, _ shapes: [Shape]) -> Bool {
    switch node.operation {
    case .squaredNorm: !shapes[0].isMatrix
    case .select: true
    case .factor: Dialect.hasFactors
    case .solve, .inverse, .determinant, .logAbsDeterminant, .determinantSign: Dialect.hasFactors
    case .input, .number, .pi, .e, .size, .index, .identity, .commutation, .fill, .add, .multiply, .negate,
      .power, .function, .helper, .transpose, .spreadColumn, .spreadRow, .diagonalMatrix, .diagonal,
      .lowerTriangle, .upperTriangle, .vectorize, .kronecker, .blocks, .slice, .product, .total, .rowSums,
      .columnSums, .dot, .trace, .norm1, .norm2, .normInfinity, .maximum, .minimum, .logSumExp, .softmax,
      .logSoftmax, .spectralNorm, .nuclearNorm, .polar, .leftVector, .rightVector, .pseudoInverse, .adjugate,
      .exponential, .cholesky, .indexSum:
      false
    }
  }

  // MARK: Expressions

  mutating func code(_ node: ExportGraph.Node, _ operands: [ArrayOperand]) -> ArrayCode {
    let shape = node.shape
    switch node.operation {
    case .input(let name), .index(let name): return ArrayCode(symbols[name] ?? name)
    case .number(let value): return Self.number(value)
    case .pi: return ArrayCode("math.pi")
    case .e: return ArrayCode("math.e")
    case .size(let size):
      let text = size.code(symbols)
      return ArrayCode(text, size.name == nil ? .sum : .atom)
    case .identity: return ArrayCode(Dialect.eye(shape.rows.code(symbols)))
    case .commutation(let m, let n):
      let (m, n) = (m.code(symbols), n.code(symbols))
      let (rows, columns) = ("(\(m))*(\(n))", "\(n), \(m)")
      return ArrayCode(
        "\(Dialect.eye(rows))[\(Dialect.arange(rows)).reshape(\(columns)).T.reshape(-1)]")
    case .fill: return ArrayCode(filled(operands[0].text, shape))
    case .add(let subtracts): return Self.sum(operands, subtracts)
    case .multiply(let divides): return Self.product(operands, divides)
    case .negate:
      let code = operands[0].code
      return code.level == .product
        ? ArrayCode("-\(code.text)", .product) : ArrayCode("-\(code.bracketed(.matrixProduct))", .sign)
    case .power(let exponent): return ArrayCode("\(operands[0].code.atom)**\(exponent)", .power)
    case .function(let function):
      return ArrayCode(Self.called(Dialect.spelling(function), operands.map(argument)))
    case .helper(let helper):
      if let spelling = Dialect.spelling(helper) {
        return ArrayCode(Self.called(spelling, operands.map(argument)))
      }
      helpers.insert(helper)
      let arguments = operands.map(argument).joined(separator: ", ")
      return ArrayCode("_\(helper.rawValue)(\(arguments))")
    case .select:
      let selector = argument(operands[0])
      let value = operands[1].code.bracketed(.sign)
      return ArrayCode("\(Dialect.module).where(\(selector) != 0, \(selector) * \(value), 0.0)")
    case .transpose:
      return operands[0].shape.isMatrix ? ArrayCode("\(operands[0].code.atom).T") : operands[0].code
    case .spreadColumn:
      return ArrayCode(Dialect.broadcast("\(operands[0].code.atom)[:, None]", tuple(shape)))
    case .spreadRow: return ArrayCode(Dialect.broadcast(operands[0].text, tuple(shape)))
    case .vectorize:
      return operands[0].shape.isMatrix
        ? ArrayCode("\(operands[0].code.atom).T.reshape(-1)") : operands[0].code
    case .blocks(let rows, let columns): return blocks(rows, columns, operands, shape)
    case .slice(let rows, let columns):
      let place = index(rows, columns, of: operands[0].shape)
      return ArrayCode(place.map { "\(operands[0].code.atom)[\($0)]" } ?? operands[0].code.atom)
    case .product:
      let (a, b) = (operands[0], operands[1])
      if a.shape.isVector { return called(.outer, [a.text, b.text], isVector: false) }
      return ArrayCode(
        "\(a.code.bracketed(.matrixProduct)) @ \(b.code.bracketed(.power))", .matrixProduct)
    case .dot:
      if !operands[0].shape.isMatrix {
        return ArrayCode(
          "\(operands[0].code.bracketed(.matrixProduct)) @ \(operands[1].code.bracketed(.power))",
          .matrixProduct)
      }
      return called(.total, [Self.product(operands, [false, false]).text], isVector: false)
    case .squaredNorm:
      if operands[0].shape.isMatrix {
        return called(.total, ["\(operands[0].code.atom)**2"], isVector: false)
      }
      return ArrayCode("\(operands[0].code.atom) @ \(operands[0].code.atom)", .matrixProduct)
    case .total: return called(.total, [argument(operands[0])], isVector: false)
    case .rowSums: return called(.rowSums, [matrix(operands[0])], isVector: false)
    case .columnSums: return called(.columnSums, [matrix(operands[0])], isVector: false)
    case .norm1: return called(.norm1, [argument(operands[0])], isVector: false)
    case .norm2: return called(.norm2, [array(operands[0])], isVector: false)
    case .normInfinity: return called(.normInfinity, [argument(operands[0])], isVector: false)
    case .maximum: return called(.maximum, [argument(operands[0])], isVector: false)
    case .minimum: return called(.minimum, [argument(operands[0])], isVector: false)
    case .logSumExp: return called(.logSumExp, [array(operands[0])], isVector: false)
    case .softmax: return rowwise(.softmax, operands[0])
    case .logSoftmax: return rowwise(.logSoftmax, operands[0])
    case .trace: return called(.trace, [matrix(operands[0])], isVector: false)
    case .kronecker: return kronecker(operands, shape)
    case .diagonalMatrix: return called(.diagonalMatrix, [array(operands[0])], isVector: false)
    case .diagonal: return called(.diagonal, [matrix(operands[0])], isVector: false)
    case .lowerTriangle: return matrixFunction(.lowerTriangle, operands, shape)
    case .upperTriangle: return matrixFunction(.upperTriangle, operands, shape)
    case .factor(let isDefinite):
      return called(isDefinite ? .choleskyFactor : .luFactor, [matrix(operands[0])], isVector: false)
    case .solve(let isTransposed):
      let operation: PythonArrayOperation =
        operands[0].isDefinite ? .choleskySolve : isTransposed ? .luSolveTransposed : .luSolve
      let isVector = operands[1].shape.isVector
      let right = isVector ? operands[1].code.atom : matrix(operands[1])
      let solution = called(operation, [factor(operands[0]), right], isVector: isVector)
      return isVector ? solution : shaped(solution, shape)
    case .inverse:
      let operation: PythonArrayOperation = operands[0].isDefinite ? .choleskyInverse : .luInverse
      return shaped(called(operation, [factor(operands[0])], isVector: false), shape)
    case .determinant:
      return called(
        operands[0].isDefinite ? .choleskyDeterminant : .luDeterminant, [factor(operands[0])], isVector: false
      )
    case .logAbsDeterminant:
      return called(
        operands[0].isDefinite ? .choleskyLogDeterminant : .luLogDeterminant, [factor(operands[0])],
        isVector: false)
    case .determinantSign: return called(.luSign, [factor(operands[0])], isVector: false)
    case .spectralNorm: return called(.spectralNorm, [matrix(operands[0])], isVector: false)
    case .nuclearNorm: return called(.nuclearNorm, [matrix(operands[0])], isVector: false)
    case .polar: return matrixFunction(.polar, operands, shape)
    case .leftVector: return leading(.leftVector, operands[0], shape)
    case .rightVector: return leading(.rightVector, operands[0], shape)
    case .pseudoInverse: return matrixFunction(.pseudoInverse, operands, shape)
    case .adjugate: return matrixFunction(.adjugate, operands, shape)
    case .exponential: return matrixFunction(.exponential, operands, shape)
    case .cholesky: return matrixFunction(.cholesky, operands, shape)
    // The printer writes sums as loops.
    case .indexSum: return operands[0].code
    }
  }
}
