import NablaTypes

/// Reads the matrix off a linear map: F = M*u gives M.
package struct Identification {
  /// The vector in which the formula is linear.
  let unknown: Formula
  /// Memo for shared parts.
  private var memo: [Formula: Formula] = [:]

  package init(unknown: Formula) { self.unknown = unknown }

  /// M with `formula` = M*u. The formula is a column, or a scalar, for which M is a row.
  package mutating func matrix(of formula: Formula) throws(DerivativeProblem) -> Formula {
    if let known = memo[formula] { return known }
    let result = try found(formula)
    memo[formula] = result
    return result
  }

  private mutating func found(_ formula: Formula) throws(DerivativeProblem) -> Formula {
    let size = unknown.shape.rows
    let shape = Shape(formula.shape.rows, size)
    if formula === unknown { return .identity(size) }
    if formula.isZero { return .zeros(shape) }
    switch formula.kind {
    case .sum(let terms):
      var parts: [Formula] = []
      for term in terms { parts.append(try matrix(of: term)) }
      return .sum(parts, shape)
    case .times(let factors):
      return try scaled(factors, formula)
    case .product(let chain):
      return try product(chain, formula)
    case .apply(.array(.dot), let arguments) where arguments[0].shape.columns.isOne:
      return try matrix(of: .product([arguments[0].transposed, arguments[1]]))
    case .apply(.slice(let rows, _), let arguments) where arguments[0].shape.columns.isOne:
      let size = arguments[0].shape.rows
      let selection = Formula.embedded(
        .identity(rows.count), rows: .all(rows.count), columns: rows, in: Shape(rows.count, size))
      return .product([selection, try matrix(of: arguments[0])])
    case .apply(.blocks(_, 1), let arguments):
      var parts: [[Formula]] = []
      for argument in arguments { parts.append([try matrix(of: argument)]) }
      return .blockArray(parts)
    case .apply(.defined, _):
      guard let unfolded = formula.unfoldedAtRoot else { throw .noMatrixForm(of: formula) }
      return try matrix(of: unfolded)
    case .number, .constant, .variable, .dimension, .zeros, .ones, .identity, .power, .inverse, .transpose,
      .apply, .differential:
      throw .noMatrixForm(of: formula)
    }
  }

  /// One factor is linear in u. Scalars scale it, a constant vector becomes a diagonal matrix, and a linear scalar
  /// gives a rank-one matrix.
  private mutating func scaled(_ factors: [Formula], _ formula: Formula) throws(DerivativeProblem) -> Formula
  {
    guard let index = factors.firstIndex(where: { $0.contains(unknown) }),
      !factors.indices.contains(where: { $0 != index && factors[$0].contains(unknown) })
    else { throw .noMatrixForm(of: formula) }
    var others = factors
    let linear = others.remove(at: index)
    let inner = try matrix(of: linear)
    let scalars = others.filter(\.isScalar)
    let arrays = others.filter { !$0.isScalar }
    if linear.isScalar { return .product(others.isEmpty ? [inner] : [.times(others), inner]) }
    if arrays.isEmpty { return .product(scalars + [inner]) }
    let vector = Formula.times(arrays)
    let diagonal = Formula.apply(
      .array(.diagonalMatrix), [vector], Shape(vector.shape.rows, vector.shape.rows))
    return .product(scalars + [diagonal, inner])
  }

  /// A chain that ends in the linear part. A 1 × 1 chain may be transposed.
  private mutating func product(_ chain: [Formula], _ formula: Formula) throws(DerivativeProblem) -> Formula {
    let ways = formula.isScalar ? [chain, chain.reversed().map(\.transposed)] : [chain]
    for way in ways {
      guard let last = way.last, last.contains(unknown), last.shape.columns.isOne,
        !way.dropLast().contains(where: { $0.contains(unknown) })
      else { continue }
      return .product(way.dropLast() + [try matrix(of: last)])
    }
    throw .noMatrixForm(of: formula)
  }
}
