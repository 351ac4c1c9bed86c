import NablaCompile
import NablaCore
import NablaOutput
import NablaTypes

/// Lowers formulas to the nodes of a graph, in stable form and with shared parts once.
/// As in `NablaCompile`, products and sums look through the nodes below them: inverses become solves, ones become sums,
/// diagonal matrices scale rows. Sizes stay symbolic, so the order of products is chosen for sizes of similar
/// magnitude.
struct ExportLowering {
  private(set) var graph = ExportGraph()
  let options: Compiler.Options
  var nodes: [Formula: Int] = [:]
  /// The names that sums bind.
  private var indices: Set<String> = []

  /// Operations of a program.
  static let limit = 20_000

  init(options: Compiler.Options) {
    self.options = options
  }

  mutating func add(_ operation: ExportOperation, _ operands: [Int] = [], _ shape: Shape) -> Int {
    graph.add(operation, operands, shape)
  }

  mutating func withGraph<T>(_ body: (inout ExportGraph) -> T) -> T { body(&graph) }

  /// The node of a formula in stable form.
  mutating func lower(_ formula: Formula) throws(ExportProblem) -> Int {
    if formula.isInvalid { throw .invalidFormula(formula.text) }
    let prepared: Formula
    do throws(CompileError) { prepared = try Compiler.prepared(formula, options) } catch {
      throw .unknownFunction("\(error)")
    }
    let order = prepared.nodesChildrenFirst
    for case .apply(.indexSum(let name, _, _), _) in order.map(\.kind) { indices.insert(name) }
    for node in order where nodes[node] == nil {
      nodes[node] = try compute(node)
      if graph.nodes.count > Self.limit { throw .tooLarge(limit: Self.limit) }
    }
    return try node(prepared)
  }

  func node(_ formula: Formula) throws(ExportProblem) -> Int {
    guard let known = nodes[formula] else { throw .invalidFormula(formula.text) }
    return known
  }

  private mutating func compute(_ formula: Formula) throws(ExportProblem) -> Int {
    let shape = formula.shape
    switch formula.kind {
    case .number(let value): return graph.number(value)
    case .constant(.pi): return add(.pi, [], .scalar)
    case .constant(.e): return add(.e, [], .scalar)
    case .dimension(let name):
      return indices.contains(name)
        ? add(.index(name), [], .scalar) : add(.size(Dimension(name: name)), [], .scalar)
    case .variable(let variable):
      if variable.role == .index { return add(.index(variable.name), [], .scalar) }
      return add(.input(variable.name), [], shape)
    case .zeros: return graph.filled(graph.number(0), shape)
    case .ones: return graph.filled(graph.number(1), shape)
    case .identity: return add(.identity, [], shape)
    case .sum(let terms):
      if let known = opposite(formula) { return known }
      var parts: [(node: Int, subtracts: Bool)] = []
      for term in terms {
        let isNegative = term.coefficient.isNegative
        parts.append((try scalarOrArray(isNegative ? term.negated : term), isNegative))
      }
      let sum = graph.sum(parts, graph.wide(parts.map(\.node)))
      return graph.filled(sum, shape)
    case .times(let factors): return graph.filled(try times(factors), shape)
    case .product(let chain): return try product(chain)
    case .power(let base, let exponent): return graph.filled(try power(base, exponent), shape)
    case .inverse(let matrix): return add(.inverse, [try factor(matrix)], shape)
    case .transpose(let inner):
      // Stable forms transpose products without regard to symmetry; a product with A is then computed once.
      if inner.variable?.properties.closed.contains(.symmetric) == true { return try node(inner) }
      return graph.transpose(try node(inner))
    case .apply(let operation, let arguments): return try apply(operation, arguments, shape)
    case .differential(let inner):
      guard let name = inner.variable?.name else { throw .differential(formula.text) }
      return add(.input("d" + name), [], shape)
    }
  }

  /// The sum as the negative or the transpose of an existing one.
  private mutating func opposite(_ sum: Formula) -> Int? {
    if let known = nodes[sum.negated] { return graph.negate(known) }
    if sum.shape.isScalar { return nil }
    if let known = nodes[sum.transposed] { return graph.transpose(known) }
    return nodes[sum.negated.transposed].map { graph.negate(graph.transpose($0)) }
  }

  /// A node for the formula; a scalar if all entries are equal, since it then applies to every entry of a sum.
  private mutating func scalarOrArray(_ formula: Formula) throws(ExportProblem) -> Int {
    if formula.isScalar { return try lowerPart(formula) }
    switch formula.kind {
    case .ones: return graph.number(1)
    case .zeros: return graph.number(0)
    case .times(let factors) where factors.allSatisfy({ $0.isScalar || $0.isOnes }):
      return try times(factors)
    case .number, .constant, .variable, .dimension, .identity, .sum, .times, .product, .power, .inverse,
      .transpose, .apply, .differential:
      return try lowerPart(formula)
    }
  }

  /// The node of a formula created by canonicalization, whose parts are already nodes.
  mutating func lowerPart(_ formula: Formula) throws(ExportProblem) -> Int {
    for part in formula.nodes(without: { nodes[$0] != nil }) { nodes[part] = try compute(part) }
    return try node(formula)
  }

  // MARK: Elementwise operations

  /// An elementwise product; scalars come first and selectors last. Where a selector is 0, so is the product.
  private mutating func times(_ factors: [Formula]) throws(ExportProblem) -> Int {
    var coefficient = Rational(1)
    var selectors: [Int] = []
    var scalars: [(node: Int, divides: Bool)] = []
    var arrays: [(node: Int, divides: Bool)] = []
    for factor in factors where !factor.isOnes {
      if let number = factor.number {
        coefficient = coefficient * number
      } else if factor.isSelector {
        selectors.append(try lowerPart(factor))
      } else {
        var part = (node: 0, divides: false)
        if case .power(let base, let exponent) = factor.kind, let number = exponent.number, number.isNegative
        {
          part = (try power(base, .number(-number)), true)
        } else {
          part = (try lowerPart(factor), false)
        }
        if graph.shape(part.node).isScalar { scalars.append(part) } else { arrays.append(part) }
      }
    }
    let isNegative = coefficient.isNegative
    let magnitude = coefficient.magnitude
    var parts: [(node: Int, divides: Bool)] = []
    let (numerator, denominator) = magnitude.parts
    let hasNumerator = scalars.contains { !$0.divides } || arrays.contains { !$0.divides }
    if !numerator.isOne || !hasNumerator { parts.append((graph.number(numerator), false)) }
    if !denominator.isOne { parts.append((graph.number(denominator), true)) }
    // 1/2*x is written x/2, and 3/2*x stays.
    if numerator.isOne, hasNumerator, !denominator.isOne {
      parts = scalars.filter { !$0.divides } + parts + scalars.filter(\.divides)
    } else {
      parts += scalars.filter { !$0.divides } + scalars.filter(\.divides)
    }
    parts += arrays.filter { !$0.divides } + arrays.filter(\.divides)
    if let first = parts.firstIndex(where: { !$0.divides }), first > 0 {
      parts.insert(parts.remove(at: first), at: 0)
    }
    var result = graph.product(parts, graph.wide(parts.map(\.node)))
    if isNegative { result = graph.negate(result) }
    for selector in selectors {
      result = add(.select, [selector, result], graph.wide([selector, result]))
    }
    return result
  }

  private mutating func power(_ base: Formula, _ exponent: Formula) throws(ExportProblem) -> Int {
    guard let number = exponent.number else {
      return graph.apply(.power, [try lowerPart(base), try lowerPart(exponent)])
    }
    if number.isNegative {
      let positive = try power(base, .number(-number))
      return graph.product([(positive, true)], graph.shape(positive))
    }
    if number == 2, case .apply(.array(.norm2), let arguments) = base.kind {
      return add(.squaredNorm, [try lowerPart(arguments[0])], .scalar)
    }
    let value = try lowerPart(base)
    if number.isOne { return value }
    if number == Rational(1, over: 2) { return graph.apply(.sqrt, [value]) }
    if let integer = number.integer, integer <= 64 {
      return add(.power(integer), [value], graph.shape(value))
    }
    return graph.apply(.power, [value, graph.number(number)])
  }

  // MARK: Matrices

  /// The shared factorization of a matrix.
  mutating func factor(_ matrix: Formula) throws(ExportProblem) -> Int {
    let isDefinite = options.isPositiveDefinite?(matrix) == true
    return add(.factor(isDefinite: isDefinite), [try lowerPart(matrix)], matrix.shape)
  }

  /// A matrix product in an order that is good if all sizes are large.
  private mutating func product(_ chain: [Formula]) throws(ExportProblem) -> Int {
    var factors: [ExportFactor] = []
    for formula in chain { factors.append(try chainFactor(formula)) }
    return dense(multiply(factors))
  }
}

extension Rational {
  /// Numerator and denominator of a positive number.
  fileprivate var parts: (Rational, Rational) {
    (Rational(numerator, over: 1), Rational(denominator, over: 1))
  }
}
