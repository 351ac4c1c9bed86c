import NablaLanguage
import NablaTypes

/// Converts index sums to matrix form: sum(i = 1:n, log(1 + exp(-y[i]*w'*X[i, :]'))) becomes sum(log(1 + exp(-y .*
/// (X*w)))).
/// The body at index i becomes row i of one array. Sums without such a form are kept.
package struct IndexSums {
  /// The formula with every convertible index sum in matrix form. With `withNumbers` also sums in which the index is a
  /// number, as in sum(i = 1:n, i*a[i]): their matrix form is longer, but it has a derivative.
  package static func lifted(_ formula: Formula, withNumbers: Bool = false) -> Formula {
    let nodes = formula.nodesChildrenFirst
    let hasSums = nodes.contains { node in
      if case .apply(.indexSum, _) = node.kind { true } else { false }
    }
    if !hasSums { return formula }
    let ranges = ranges(nodes)
    var memo: [Formula: Formula] = [:]
    for node in nodes {
      let children = node.children
      let rebuilt = children.isEmpty ? node : node.rebuilt(children.map { memo[$0] ?? $0 })
      guard case .apply(.indexSum(let name, let lower, let upper), let arguments) = rebuilt.kind, lower.isOne
      else {
        memo[node] = rebuilt
        continue
      }
      memo[node] =
        IndexSums(index: name, size: upper, ranges: ranges, hasNumbers: withNumbers)
        .total(of: arguments[0]) ?? rebuilt
    }
    return memo[formula] ?? formula
  }

  let index: String
  let size: Dimension
  /// The upper bounds of the indices that have one and start at 1.
  let ranges: [String: Dimension]
  /// Whether the index may be a number in the body.
  let hasNumbers: Bool

  private static func ranges(_ nodes: [Formula]) -> [String: Dimension] {
    var result: [String: Dimension] = [:]
    var others: Set<String> = []
    for case .apply(.indexSum(let name, let lower, let upper), _) in nodes.map(\.kind) {
      if !lower.isOne || result.updateValue(upper, forKey: name) ?? upper != upper { others.insert(name) }
    }
    return result.filter { !others.contains($0.key) }
  }

  /// The sum of the body over all indices, without the index.
  private func total(of body: Formula) -> Formula? {
    if !depends(body) { return .times([.dimension(size), body]) }
    if body.isScalar { return column(body).map { .total($0) } }
    if case .sum(let terms) = body.kind {
      var parts: [Formula] = []
      for term in terms {
        guard let part = total(of: term) else { return nil }
        parts.append(part)
      }
      return .sum(parts, body.shape)
    }
    // s_i * A * u_i * v_i' * B: a sum of outer products is a product of the stacked arrays.
    let (scalars, array) = body.splitScalars
    guard let chain = array?.chain else { return nil }
    let constants = scalars.filter { !depends($0) }
    let moving = scalars.filter(depends)
    guard let weights = moving.isEmpty ? Formula.ones(.vector(size)) : column(.times(moving)),
      let first = chain.firstIndex(where: depends), let last = chain.lastIndex(where: depends)
    else { return nil }
    let before = Array(chain[..<first])
    let after = Array(chain[(last + 1)...])
    if first == last {
      let part = chain[first]
      if part.shape.columns.isOne, let stacked = rows(part.transposed) {
        return .product(constants + before + [stacked.transposed, weights] + after)
      }
      if part.shape.rows.isOne, let stacked = rows(part) {
        return .product(constants + before + [weights.transposed, stacked] + after)
      }
      return nil
    }
    guard last == first + 1, chain[first].shape.columns.isOne, let left = rows(chain[first].transposed),
      let right = rows(chain[last])
    else { return nil }
    let diagonal = Formula.apply(.array(.diagonalMatrix), [weights], Shape(size, size))
    return .product(constants + before + [left.transposed, diagonal, right] + after)
  }

  /// The vector whose entry i is the scalar body at index i.
  private func column(_ body: Formula) -> Formula? {
    let shape = Shape.vector(size)
    if !depends(body) { return .times([body, .ones(shape)]) }
    switch body.kind {
    case .apply(.slice(let rows, let columns), let arguments):
      return diagonal(of: arguments[0], rows, columns) ?? self.rows(body)
    case .sum(let terms): return all(terms).map { .sum($0, shape) }
    case .times(let factors):
      return all(factors.filter(depends)).map { .times(factors.filter { !depends($0) } + $0) }
    case .power(let base, let exponent):
      guard let parts = all([base, exponent]) else { return nil }
      return .power(parts[0], parts[1])
    case .variable(let variable) where variable.role == .index && variable.name == index && hasNumbers:
      // The numbers from 1 on.
      return .product([.apply(.array(.tril), [.ones(square)], square), .ones(shape)])
    case .apply(.elementwise(let name), let arguments):
      if let column = comparison(name, arguments) { return column }
      guard takesRows(name, arguments) else { return nil }
      return all(arguments).map { .apply(.elementwise(name), $0, shape) }
    case .apply(.array(let operation), let arguments):
      return arguments.first.flatMap { reduced(operation, $0) }
    case .product(let chain):
      for way in [chain, chain.reversed().map(\.transposed)] {
        guard let first = way.first, depends(first), let left = rows(first) else { continue }
        let rest = Array(way.dropFirst())
        if !rest.contains(where: depends) { return .product([left] + rest) }
        // x_i' * A * z_i: row by row, the two sides are multiplied entrywise.
        guard let last = rest.last, !rest.dropLast().contains(where: depends),
          let right = rows(last.transposed)
        else { continue }
        let product = Formula.product([left] + rest.dropLast())
        return .product([.times([product, right]), .ones(.vector(right.shape.columns))])
      }
      return nil
    case .number, .constant, .variable, .dimension, .zeros, .ones, .identity, .inverse, .transpose, .apply,
      .differential:
      return nil
    }
  }

  /// The diagonal of a square matrix, for its entry at row and column i.
  private func diagonal(of array: Formula, _ rows: Operation.Range, _ columns: Operation.Range) -> Formula? {
    let at = Dimension(name: index)
    guard rows.first == at, rows.last == at, columns.first == at, columns.last == at, array.shape == square,
      !depends(array)
    else { return nil }
    return .apply(.array(.diagonalVector), [array], .vector(size))
  }

  private var square: Shape { Shape(size, size) }

  /// The column of `i < j` or `i <= j` at every value of this index: a column or a row of a triangle of ones.
  private func comparison(_ name: String, _ sides: [Formula]) -> Formula? {
    guard name == "less" || name == "lessequal", sides.count == 2,
      let first = sides[0].variable, let second = sides[1].variable, first.role == .index,
      second.role == .index, first != second, ranges[first.name] == size, ranges[second.name] == size
    else { return nil }
    let triangle = Formula.apply(.array(.triu), [.ones(square)], square)
    let holds = name == "less" ? Formula.adding(triangle, Formula.identity(size).negated) : triangle
    let other = Dimension(name: first.name == index ? second.name : first.name)
    let fixed = Operation.Range(first: other, last: other)
    return first.name == index
      ? .slice(holds, rows: .all(size), columns: fixed)
      : .slice(holds, rows: fixed, columns: .all(size)).transposed
  }

  /// Reductions of a row or column at index i that have a rowwise form.
  private func reduced(_ operation: ArrayOperation, _ argument: Formula) -> Formula? {
    guard let stacked = rows(argument.shape.columns.isOne ? argument.transposed : argument) else {
      return nil
    }
    let ones = Formula.ones(.vector(stacked.shape.columns))
    switch operation {
    case .norm2:
      return .power(.product([.power(stacked, .number(2)), ones]), .half)
    case .norm1:
      return .product([.apply(.elementwise("abs"), [stacked], stacked.shape), ones])
    case .logsumexp:
      return .apply(.array(.logsumexp), [stacked], .vector(size))
    case .trace, .determinant, .logDeterminant, .norminf, .specnorm, .nucnorm, .maximum, .minimum, .dot,
      .softmax,
      .logsoftmax, .pseudoInverse, .adjugate, .exponential, .cholesky, .diagonalMatrix, .diagonalVector, .vec,
      .kron, .tril, .triu, .commutation, .lowhalf, .argmaxhot, .polar, .leftsv, .rightsv:
      return nil
    }
  }

  /// Whether each argument that depends on the index may be an array.
  private func takesRows(_ name: String, _ arguments: [Formula]) -> Bool {
    guard case .elementwiseIn(let place)? = Signature.builtins[name]?.rule else { return true }
    return arguments.indices.allSatisfy { $0 == place || !depends(arguments[$0]) }
  }

  private func all(_ parts: [Formula]) -> [Formula]? {
    var result: [Formula] = []
    for part in parts {
      guard let lifted = column(part) else { return nil }
      result.append(lifted)
    }
    return result
  }

  /// The array whose row i is the row at index i; for an entry, the column of all entries.
  private func rows(_ row: Formula) -> Formula? {
    guard row.shape.rows.isOne else { return nil }
    switch row.kind {
    case .apply(.slice(let rows, let columns), let arguments):
      let array = arguments[0]
      let at = Dimension(name: index)
      guard !depends(array) else { return nil }
      if rows.first == at, rows.last == at, array.shape.rows == size, !mentions(columns) {
        return .slice(array, rows: .all(size), columns: columns)
      }
      if columns.first == at, columns.last == at, array.shape.columns == size, !mentions(rows) {
        return .slice(array, rows: rows, columns: .all(size)).transposed
      }
      return nil
    case .transpose(let inner):
      if case .apply(.elementwise(let name), let arguments) = inner.kind {
        return stacked(name, arguments.map(\.transposed))
      }
      // A[:, i]' is a row too.
      guard case .apply(.slice(let rows, let columns), let arguments) = inner.kind else { return nil }
      let at = Dimension(name: index)
      guard columns.first == at, columns.last == at, arguments[0].shape.columns == size, !mentions(rows),
        !depends(arguments[0])
      else { return nil }
      return .slice(arguments[0], rows: rows, columns: .all(size)).transposed
    case .sum(let terms):
      var parts: [Formula] = []
      for term in terms {
        guard let part = depends(term) ? rows(term) : repeated(term) else { return nil }
        parts.append(part)
      }
      return parts.first.map { .sum(parts, $0.shape) }
    case .times(let factors):
      let (scalars, arrays) = (factors.filter(\.isScalar), factors.filter { !$0.isScalar })
      guard !arrays.isEmpty else { return nil }
      let moving = scalars.filter(depends)
      if !moving.isEmpty {
        // A number at index i times a row.
        let rest = factors.filter { !moving.contains($0) }
        guard let weights = column(.times(moving)) else { return nil }
        let part = Formula.times(rest)
        if !depends(part) { return .product([weights, part]) }
        return rows(part).map { .times([$0, .product([weights, .ones(.row($0.shape.columns))])]) }
      }
      // Elementwise, hence row by row.
      var parts: [Formula] = []
      for array in arrays {
        guard let part = depends(array) ? rows(array) : repeated(array) else { return nil }
        parts.append(part)
      }
      return .times(scalars + parts)
    case .product(let chain):
      guard let first = chain.first, !chain.dropFirst().contains(where: depends), let left = rows(first)
      else {
        return nil
      }
      return .product([left] + chain.dropFirst())
    case .power(let base, let exponent):
      guard !row.isScalar, let parts = entrywise([base, exponent]) else { return nil }
      return .power(parts[0], parts[1])
    case .apply(.elementwise(let name), let arguments):
      return row.isScalar ? nil : stacked(name, arguments)
    case .number, .constant, .variable, .dimension, .zeros, .ones, .identity, .inverse, .apply, .differential:
      return nil
    }
  }

  private func stacked(_ name: String, _ arguments: [Formula]) -> Formula? {
    guard let parts = entrywise(arguments), let array = parts.first(where: { !$0.isScalar }) else {
      return nil
    }
    return .apply(.elementwise(name), parts, array.shape)
  }

  /// The arguments of an elementwise function of rows: scalars without the index are kept, and rows are stacked.
  private func entrywise(_ arguments: [Formula]) -> [Formula]? {
    var result: [Formula] = []
    for argument in arguments {
      if argument.isScalar {
        if depends(argument) { return nil }
        result.append(argument)
      } else {
        guard let part = depends(argument) ? rows(argument) : repeated(argument) else { return nil }
        result.append(part)
      }
    }
    return result
  }

  /// The array whose rows all equal this one.
  private func repeated(_ row: Formula) -> Formula? {
    row.shape.rows.isOne ? .product([.ones(.vector(size)), row]) : nil
  }

  private func mentions(_ range: Operation.Range) -> Bool {
    range.first.names.contains(index) || range.last.names.contains(index)
  }

  /// Whether the index occurs, as a scalar or in a bound.
  private func depends(_ formula: Formula) -> Bool {
    formula.nodesChildrenFirst.contains { node in
      switch node.kind {
      case .variable(let variable): variable.role == .index && variable.name == index
      case .apply(.slice(let rows, let columns), _): mentions(rows) || mentions(columns)
      case .apply(.indexSum(_, let lower, let upper), _):
        lower.names.contains(index) || upper.names.contains(index)
      case .number, .constant, .dimension, .zeros, .ones, .identity, .sum, .times, .product, .power, .inverse,
        .transpose, .apply, .differential:
        false
      }
    }
  }
}
