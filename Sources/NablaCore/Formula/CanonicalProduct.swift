import NablaTypes

extension Formula {
  /// The matrix product: flattened, with scalars and inner products pulled out, and identities and inverse pairs
  /// removed.
  /// A scalar factor scales the rest.
  package static func product(_ factors: [Formula]) -> Formula {
    if factors.contains(where: \.isInvalid) { return invalid }
    var (scalars, arrays): ([Formula], [Formula]) = ([], [])
    for factor in factors { flatten(factor, &scalars, &arrays) }
    for (left, right) in zip(arrays, arrays.dropFirst()) where left.shape.columns != right.shape.rows {
      return invalid
    }
    guard let first = arrays.first, let last = arrays.last else { return times(scalars) }
    let shape = Shape(first.shape.rows, last.shape.columns)
    if arrays.contains(where: \.isZero) { return zeros(shape) }

    var chain: [Formula] = []
    for factor in arrays where !factor.isIdentity {
      chain.append(factor)
      chain.removeLast(cancelling(atEndOf: chain))
    }
    if chain.isEmpty { return times(scalars + [identity(shape.rows)]) }
    // Every run between two boundaries of size 1 is an inner product, hence a scalar.
    let boundaries = [chain[0].shape.rows] + chain.map(\.shape.columns)
    let units = boundaries.indices.filter { boundaries[$0].isOne }
    guard let firstUnit = units.first, let lastUnit = units.last, firstUnit < lastUnit else {
      return times(scalars + [joined(chain)])
    }
    for (start, end) in zip(units, units.dropFirst()) {
      scalars.append(innerProduct(Array(chain[start..<end])))
    }
    let rest = Array(chain[..<firstUnit]) + Array(chain[lastUnit...])
    return rest.isEmpty ? times(scalars) : times(scalars + [joined(rest)])
  }

  /// Adds the scalars of a factor of a matrix product, and its arrays.
  private static func flatten(_ factor: Formula, _ scalars: inout [Formula], _ arrays: inout [Formula]) {
    if factor.isScalar {
      scalars.append(factor)
      return
    }
    let (inner, array) = factor.splitScalars
    scalars += inner
    guard let array else { return }
    switch array.kind {
    case .product(let chain):
      for part in chain { flatten(part, &scalars, &arrays) }
    case .ones where array.shape.isMatrix:
      arrays.append(ones(.vector(array.shape.rows)))
      arrays.append(ones(.row(array.shape.columns)))
    case .number, .constant, .variable, .dimension, .zeros, .ones, .identity, .sum, .times, .power,
      .inverse, .transpose, .apply, .differential:
      arrays.append(array)
    }
  }

  /// The number of factors at the end whose product is I: an inverse next to the factors of what is inverted.
  private static func cancelling(atEndOf chain: [Formula]) -> Int {
    let last = chain.count - 1
    if case .inverse(let inner) = chain[last].kind, chain[..<last].ends(with: inner.chain) {
      return inner.chain.count + 1
    }
    for index in chain.indices.dropLast() {
      guard case .inverse(let inner) = chain[index].kind, inner.chain.count == last - index,
        chain.ends(with: inner.chain)
      else { continue }
      return inner.chain.count + 1
    }
    return 0
  }

  /// A chain that is not a scalar and contains none; an outer product of ones is an array of ones.
  private static func joined(_ chain: [Formula]) -> Formula {
    if chain.count == 1 { return chain[0] }
    let shape = Shape(chain[0].shape.rows, chain[chain.count - 1].shape.columns)
    if chain.count == 2, chain[0].isOnes, chain[1].isOnes { return ones(shape) }
    let (content, factors) = primitive(chain)
    return interned(.product(factors), shape).scaled(by: content)
  }

  /// A 1 × 1 chain equals its transpose; the smaller of the two forms is used.
  private static func innerProduct(_ chain: [Formula]) -> Formula {
    if chain.count == 1 { return chain[0] }
    if chain.count == 2, chain[0].isOnes, chain[1].isOnes { return dimension(chain[1].shape.rows) }
    let (content, forward) = primitive(chain)
    let (transposedContent, transposed) = primitive(chain.reversed().map(\.transposed))
    let isForward =
      hasPlainerTotal(forward, transposed) ?? !transposed.lexicographicallyPrecedes(forward)
    return interned(.product(isForward ? forward : transposed), .scalar)
      .scaled(by: isForward ? content : transposedContent)
  }

  /// Whether the sum of the entries of a matrix costs less than that of its transpose; `nil` for other chains, and if
  /// both cost the same. Rules do not see functions of entries inside a transpose.
  private static func hasPlainerTotal(_ chain: [Formula], _ transposed: [Formula]) -> Bool? {
    guard chain.count == 3, chain[0].isOnes, chain[2].isOnes, chain[1].cost != transposed[1].cost else {
      return nil
    }
    return chain[1].cost < transposed[1].cost
  }

  /// Gives the multiples of a sum one form: the number moves out of the chain.
  private static func primitive(_ chain: [Formula]) -> (content: Rational, factors: [Formula]) {
    var content: Rational = 1
    let factors = chain.map { factor in
      // A transpose may have moved a number to the front of an elementwise product.
      let (coefficient, core) = factor.splitCoefficient
      let (number, rest) = core.splitPowerContent
      content = content * coefficient * number
      return rest
    }
    return (content, factors)
  }

  /// The transpose by one step of each law; `transposed` memoizes it.
  var computedTranspose: Formula {
    switch kind {
    case .transpose(let inner): return inner
    case .zeros: return .zeros(shape.transposed)
    case .ones: return .ones(shape.transposed)
    case .identity: return self
    case .sum(let terms): return .sum(terms.map(\.transposed), shape.transposed)
    case .times(let factors): return .times(factors.map(\.transposed))
    case .product(let factors): return .product(factors.reversed().map(\.transposed))
    case .inverse(let inner): return .inverse(inner.transposed)
    case .power(let base, let exponent): return .power(base.transposed, exponent.transposed)
    case .apply(.array(.diagonalMatrix), _): return self
    case .apply(.array(let operation), let arguments) where operation.commutesWithTransposition:
      return .apply(.array(operation), arguments.map(\.transposed), shape.transposed)
    case .apply(.blocks, _):
      return transposedInside(\.transposed) ?? .interned(.transpose(self), shape.transposed)
    case .number, .constant, .variable, .dimension, .apply, .differential:
      return .interned(.transpose(self), shape.transposed)
    }
  }

  /// The transpose of an elementwise operation or a block array, in terms of the transposes of its arguments; `nil` for
  /// other operations.
  func transposedInside(_ transposed: (Formula) -> Formula) -> Formula? {
    guard case .apply(let operation, let arguments) = kind else { return nil }
    switch operation {
    case .elementwise: return .apply(operation, arguments.map(transposed), shape.transposed)
    case .blocks(let height, let width):
      return .blockArray(
        (0..<width).map { column in (0..<height).map { transposed(arguments[$0 * width + column]) } })
    case .array, .defined, .function, .slice, .indexSum: return nil
    }
  }

  /// The inverse of a square matrix; of a scalar, its reciprocal.
  package static func inverse(_ inner: Formula) -> Formula {
    if inner.isScalar { return power(inner, number(-1)) }
    if case .inverse(let original) = inner.kind { return original }
    if inner.isIdentity { return inner }
    let (scalars, array) = inner.splitScalars
    if let array, !scalars.isEmpty { return times([power(times(scalars), number(-1)), inverse(array)]) }
    // The inverse of a multiple is the reciprocal multiple of the inverse.
    let (content, rest) = inner.splitContent
    if !content.isOne { return times([power(number(content), number(-1)), inverse(rest)]) }
    return interned(.inverse(inner), inner.shape)
  }

  /// Applies an operation. An elementwise operation has the transpose outside if that is the simpler form.
  package static func apply(_ operation: Operation, _ arguments: [Formula], _ shape: Shape) -> Formula {
    if case .array(let array) = operation {
      if let value = ofNumbers(array, arguments) { return value }
      if array == .commutation, shape.isScalar { return .one }
      if array.isLinear { return linear(operation, arguments, shape) }
    }
    if case .defined(let defined) = operation, defined.isLinear { return linear(operation, arguments, shape) }
    if case .elementwise(let name) = operation {
      if name == "sqrt" { return power(arguments[0], .half) }
      func ordered(_ parts: [Formula]) -> [Formula] { operation.commutes ? parts.sorted() : parts }
      if shape.isScalar { return interned(.apply(operation, ordered(arguments)), shape) }
      // Arguments with equal entries give a value with equal entries.
      let uniform = arguments.compactMap(\.uniformValue)
      if uniform.count == arguments.count {
        return times([apply(operation, uniform, .scalar), ones(shape)])
      }
      let parts = ordered(arguments.map { $0.uniformValue ?? $0 })
      // Elementwise operations move inside vec.
      if let stacked = Stacked(parts) { return stacked.around { .apply(operation, $0, $0.arrayShape) } }
      let transposed = ordered(parts.map(\.transposed))
      let (before, after) = (parts.reduce(0) { $0 + $1.cost }, transposed.reduce(0) { $0 + $1.cost })
      let isPlainer = after == before ? transposed.lexicographicallyPrecedes(parts) : after < before
      if isPlainer { return interned(.apply(operation, transposed), shape.transposed).transposed }
      return interned(.apply(operation, parts), shape)
    }
    return interned(.apply(operation, arguments), shape)
  }

  /// A linear operation: a zero argument makes it zero, and scalars come out.
  private static func linear(_ operation: Operation, _ arguments: [Formula], _ shape: Shape) -> Formula {
    if arguments.contains(where: \.isInvalid) { return invalid }
    if arguments.contains(where: \.isZero) { return zeros(shape) }
    // Adjoint rules are inner products with a differential inside; keep them as written.
    let isFree = !arguments.contains(where: \.containsDifferential)
    // The vec of a column is the column; that of a row is its transpose.
    if operation == .array(.vec), arguments[0].shape.columns.isOne { return arguments[0] }
    if operation == .array(.vec), arguments[0].shape.rows.isOne { return arguments[0].transposed }
    if operation == .array(.kron), arguments.contains(where: \.isScalar) { return times(arguments) }
    let isNarrow = if case .array = operation { arguments.contains(where: \.isScalar) } else { false }
    if !isFree || isNarrow { return interned(.apply(operation, arguments), shape) }
    var scalars: [Formula] = []
    let arrays = arguments.map { argument in
      if argument.isScalar { return argument }
      let (factors, array) = argument.splitScalars
      scalars += factors
      return array ?? argument
    }
    let ordered = operation.commutes ? arrays.sorted() : arrays
    return times(scalars + [interned(.apply(operation, ordered), shape)])
  }

  /// The same head applied to other children, in canonical form.
  package func rebuilt(_ children: [Formula]) -> Formula {
    switch kind {
    case .number, .constant, .variable, .dimension, .zeros, .ones, .identity, .differential: self
    case .sum: .sum(children, shape)
    case .times: .times(children)
    case .product: .product(children)
    case .power: .power(children[0], children[1])
    case .inverse: .inverse(children[0])
    case .transpose: children[0].transposed
    case .apply(.slice(let rows, let columns), _): .slice(children[0], rows: rows, columns: columns)
    case .apply(.blocks(let height, let width), _):
      .blockArray((0..<height).map { row in Array(children[(row * width)..<((row + 1) * width)]) })
    case .apply(let operation, _): .apply(operation, children, shape)
    }
  }

  /// The formula with some nodes replaced by others of the same shape. Each shared node is rebuilt once.
  package func replacing(_ replacements: [Formula: Formula]) -> Formula {
    if replacements.isEmpty { return self }
    var memo = replacements
    for node in nodesChildrenFirst where memo[node] == nil {
      let children = node.children
      if children.isEmpty {
        memo[node] = node
        continue
      }
      let renewed = children.map { memo[$0] ?? $0 }
      memo[node] = renewed == children ? node : node.rebuilt(renewed)
    }
    return memo[self] ?? self
  }
}

extension Collection<Formula> where Self: BidirectionalCollection {
  fileprivate func ends(with factors: [Formula]) -> Bool {
    count >= factors.count && zip(reversed(), factors.reversed()).allSatisfy { $0 === $1 }
  }
}
