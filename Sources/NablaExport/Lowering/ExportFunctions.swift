import NablaCore
import NablaNumerics
import NablaOutput
import NablaTypes

extension ExportLowering {
  mutating func apply(
    _ operation: Operation, _ arguments: [Formula], _ shape: Shape
  ) throws(ExportProblem) -> Int {
    switch operation {
    case .elementwise(let name): return try elementwise(name, arguments, shape)
    case .array(let operation): return try array(operation, arguments, shape)
    case .defined(let defined):
      guard let body = defined.unfolded(arguments) else { throw .functionWithoutBody(defined.name) }
      return try lowerPart(body)
    case .function(let function, _): throw .functionWithoutBody(function.name)
    case .blocks(let rows, let columns):
      var blocks: [Int] = []
      for argument in arguments { blocks.append(try lowerPart(argument)) }
      return add(.blocks(rows: rows, columns: columns), blocks, shape)
    case .slice(let rows, let columns):
      let (rows, columns) = (
        ExportRange(first: rows.first, last: rows.last), ExportRange(first: columns.first, last: columns.last)
      )
      return add(.slice(rows: rows, columns: columns), [try lowerPart(arguments[0])], shape)
    case .indexSum(let name, let first, let last):
      return add(.indexSum(name, first: first, last: last), [try lowerPart(arguments[0])], shape)
    }
  }

  private mutating func elementwise(
    _ name: String, _ arguments: [Formula], _ shape: Shape
  ) throws(ExportProblem) -> Int {
    // The determinant may overflow although its logarithm does not.
    if name == "log", case .apply(.array(.determinant), let inner) = arguments[0].kind {
      let factor = try factor(inner[0])
      let size = add(.logAbsDeterminant, [factor], .scalar)
      if graph[factor].operation == .factor(isDefinite: true) { return size }
      let sign = add(.determinantSign, [factor], .scalar)
      return withGraph { $0.sum([($0.apply(.log, [sign]), false), (size, false)], .scalar) }
    }
    var operands: [Int] = []
    for argument in arguments { operands.append(try lowerPart(argument)) }
    let values = operands
    let result: Int
    switch name {
    case "less": result = withGraph { $0.apply(.less, values) }
    case "lessequal": result = withGraph { $0.apply(.lessEqual, values) }
    default:
      guard let function = LibraryFunction(rawValue: name), function.arity == values.count else {
        throw .unknownFunction(name)
      }
      result = withGraph { Self.apply(function, values, &$0) }
    }
    return withGraph { $0.filled(result, shape) }
  }

  /// A function of the library in terms of those that every target has.
  private static func apply(
    _ function: LibraryFunction, _ operands: [Int], _ graph: inout ExportGraph
  ) -> Int {
    func times(_ a: Int, _ b: Int, _ graph: inout ExportGraph, divides: Bool = false) -> Int {
      graph.product([(a, false), (b, divides)], graph.wide([a, b]))
    }
    switch function {
    case .exp: return graph.apply(.exp, operands)
    case .log: return graph.apply(.log, operands)
    case .log1p: return graph.apply(.log1p, operands)
    case .expm1: return graph.apply(.expm1, operands)
    case .sqrt: return graph.apply(.sqrt, operands)
    case .abs: return graph.apply(.abs, operands)
    case .sign: return graph.apply(.sign, operands)
    case .sin: return graph.apply(.sin, operands)
    case .cos: return graph.apply(.cos, operands)
    case .tan: return graph.apply(.tan, operands)
    case .asin: return graph.apply(.asin, operands)
    case .acos: return graph.apply(.acos, operands)
    case .atan: return graph.apply(.atan, operands)
    case .sinh: return graph.apply(.sinh, operands)
    case .cosh: return graph.apply(.cosh, operands)
    case .tanh: return graph.apply(.tanh, operands)
    case .erf: return graph.apply(.erf, operands)
    case .erfc: return graph.apply(.erfc, operands)
    case .lgamma: return graph.apply(.lgamma, operands)
    case .max: return graph.apply(.maximum, operands)
    case .min: return graph.apply(.minimum, operands)
    case .hypot: return graph.apply(.hypot, operands)
    case .power: return graph.apply(.power, operands)
    case .sech: return graph.apply(.sech, operands)
    case .sigmoid: return graph.apply(.sigmoid, operands)
    case .softplus: return graph.apply(.softplus, operands)
    case .logit: return graph.apply(.logit, operands)
    case .leakyrelu: return graph.apply(.leakyrelu, operands)
    case .elu: return graph.apply(.elu, operands)
    case .gelu: return graph.apply(.gelu, operands)
    case .digamma: return graph.apply(.digamma, operands)
    case .polygamma: return graph.apply(.polygamma, operands)
    case .logerfc: return graph.apply(.logerfc, operands)
    case .logcosh: return graph.apply(.logcosh, operands)
    case .log1mexp: return graph.apply(.log1mexp, operands)
    case .log1psquare: return graph.apply(.log1psquare, operands)
    case .log1msquare: return graph.apply(.log1msquare, operands)
    case .dampedexpm1: return graph.apply(.dampedexpm1, operands)
    case .relu: return graph.apply(.maximum, [operands[0], graph.number(0)])
    case .step: return graph.apply(.less, [graph.number(0), operands[0]])
    case .silu: return times(operands[0], graph.apply(.sigmoid, operands), &graph)
    case .logsigmoid:
      return graph.negate(graph.apply(.softplus, [graph.negate(operands[0])]))
    case .ratio: return times(operands[0], operands[1], &graph, divides: true)
    case .damped: return times(operands[0], graph.apply(.exp, [operands[1]]), &graph)
    }
  }

  private mutating func array(
    _ operation: ArrayOperation, _ arguments: [Formula], _ shape: Shape
  ) throws(ExportProblem) -> Int {
    func unary(_ made: ExportOperation, _ self: inout Self) throws(ExportProblem) -> Int {
      self.add(made, [try self.lowerPart(arguments[0])], shape)
    }
    switch operation {
    case .trace: return try trace(arguments[0])
    case .determinant: return add(.determinant, [try factor(arguments[0])], .scalar)
    case .logDeterminant: return add(.logAbsDeterminant, [try factor(arguments[0])], .scalar)
    case .commutation:
      return add(.commutation(try size(arguments[0]), try size(arguments[1])), [], shape)
    case .dot:
      let (a, b) = (try lowerPart(arguments[0]), try lowerPart(arguments[1]))
      return a == b ? add(.squaredNorm, [a], .scalar) : add(.dot, [a, b], .scalar)
    case .kron:
      return add(.kronecker, [try lowerPart(arguments[0]), try lowerPart(arguments[1])], shape)
    case .vec: return arguments[0].shape == shape ? try lowerPart(arguments[0]) : try unary(.vectorize, &self)
    case .norm1: return try unary(.norm1, &self)
    case .norm2: return try unary(.norm2, &self)
    case .norminf: return try unary(.normInfinity, &self)
    case .maximum: return try unary(.maximum, &self)
    case .minimum: return try unary(.minimum, &self)
    case .specnorm: return try unary(.spectralNorm, &self)
    case .nucnorm: return try unary(.nuclearNorm, &self)
    case .logsumexp: return try unary(.logSumExp, &self)
    case .softmax: return try unary(.softmax, &self)
    case .logsoftmax: return try unary(.logSoftmax, &self)
    case .pseudoInverse: return try unary(.pseudoInverse, &self)
    case .adjugate: return try unary(.adjugate, &self)
    case .exponential: return try unary(.exponential, &self)
    case .cholesky: return try unary(.cholesky, &self)
    case .diagonalMatrix: return try unary(.diagonalMatrix, &self)
    case .diagonalVector: return try unary(.diagonal, &self)
    case .tril: return try unary(.lowerTriangle, &self)
    case .triu: return try unary(.upperTriangle, &self)
    case .polar: return try unary(.polar, &self)
    case .leftsv: return try unary(.leftVector, &self)
    case .rightsv: return try unary(.rightVector, &self)
    case .lowhalf:
      let matrix = try lowerPart(arguments[0])
      let lower = add(.lowerTriangle, [matrix], shape)
      let diagonal = add(.diagonal, [matrix], .vector(shape.rows))
      let diagonalMatrix = add(.diagonalMatrix, [diagonal], shape)
      return withGraph {
        let half = $0.product([(diagonalMatrix, false), ($0.number(2), true)], shape)
        return $0.sum([(lower, false), (half, true)], shape)
      }
    case .argmaxhot:
      // Tied entries share the 1.
      let array = try lowerPart(arguments[0])
      let largest = add(.maximum, [array], .scalar)
      let hot = withGraph { $0.apply(.lessEqual, [largest, array]) }
      let count = add(.total, [hot], .scalar)
      return withGraph { $0.product([(hot, false), (count, true)], shape) }
    }
  }

  /// The trace; that of a product is a sum of products of entries.
  private mutating func trace(_ matrix: Formula) throws(ExportProblem) -> Int {
    guard case .product(let chain) = matrix.kind, chain.count >= 2 else {
      return add(.trace, [try lowerPart(matrix)], .scalar)
    }
    var left: [ExportFactor] = []
    for formula in chain.dropLast() { left.append(try chainFactor(formula)) }
    let a = dense(multiply(left))
    let b = dense(try chainFactor(chain[chain.count - 1]))
    let transposed = withGraph { $0.transpose(a) }
    return transposed == b ? add(.squaredNorm, [b], .scalar) : add(.dot, [transposed, b], .scalar)
  }

  /// The size denoted by a formula of sizes and numbers.
  private func size(_ formula: Formula) throws(ExportProblem) -> Dimension {
    switch formula.kind {
    case .number(let value):
      if let integer = value.integer { return Dimension(integer) }
    case .dimension(let name): return Dimension(name: name)
    case .sum(let terms):
      var sum = Dimension(0)
      for term in terms { sum = sum + (try size(term)) }
      return sum
    case .times(let factors):
      var product = Dimension(1)
      for factor in factors { product = product * (try size(factor)) }
      return product
    case .power(let base, let exponent):
      if let count = exponent.number?.integer, (0...8).contains(count) {
        let factor = try size(base)
        return (0..<count).reduce(Dimension(1)) { product, _ in product * factor }
      }
    case .constant, .variable, .zeros, .ones, .identity, .product, .inverse, .transpose, .apply,
      .differential:
      break
    }
    throw .size(formula.text)
  }
}
