import NablaLanguage

/// Reads the matrix off a linear map between matrices: vec(L(dX)) = M*vec(dX).
///
/// The columns are stacked, so that vec(A*dX*B) = (B' ⊗ A)*vec(dX) and vec(dX') = K*vec(dX) with the
/// commutation matrix K (Magnus and Neudecker 1979).
struct VecIdentification {
  /// The differential in which the formula is linear.
  let unknown: Formula
  private var memo: [Formula: Formula] = [:]

  init(unknown: Formula) { self.unknown = unknown }

  /// M with vec(`linear`) = M*vec(unknown).
  mutating func matrix(of linear: Formula) throws(DerivativeProblem) -> Formula {
    if let known = memo[linear] { return known }
    let result = try found(linear)
    memo[linear] = result
    return result
  }

  private var width: Dimension { unknown.shape.rows * unknown.shape.columns }

  private mutating func found(_ linear: Formula) throws(DerivativeProblem) -> Formula {
    let shape = Shape(linear.shape.rows * linear.shape.columns, width)
    if linear === unknown { return .identity(width) }
    if linear.isZero { return .zeros(shape) }
    switch linear.kind {
    case .sum(let terms):
      var parts: [Formula] = []
      for term in terms { parts.append(try matrix(of: term)) }
      return .sum(parts, shape)
    case .times(let factors):
      return try scaled(factors, linear)
    case .product(let chain):
      guard let index = chain.firstIndex(where: \.containsDifferential),
        !chain[(index + 1)...].contains(where: \.containsDifferential)
      else { throw .noMatrixForm(of: linear.text) }
      return try between(Array(chain[..<index]), chain[index], Array(chain[(index + 1)...]))
    case .transpose(let inner):
      let size = inner.shape
      let commutation = Formula.apply(
        .array(.commutation), [.dimension(size.rows), .dimension(size.columns)],
        Shape(size.rows * size.columns, size.rows * size.columns))
      let isFlat = size.rows.isOne || size.columns.isOne
      return isFlat ? try matrix(of: inner) : .product([commutation, try matrix(of: inner)])
    case .apply(.array(.trace), let arguments):
      return .product([Self.vec(.identity(arguments[0].shape.rows)).transposed, try matrix(of: arguments[0])])
    case .apply(.array(.dot), let arguments):
      let (constant, part) =
        arguments[0].containsDifferential ? (arguments[1], arguments[0]) : (arguments[0], arguments[1])
      if constant.containsDifferential { throw .noMatrixForm(of: linear.text) }
      return .product([Self.vec(constant).transposed, try matrix(of: part)])
    case .apply(.array(.vec), let arguments):
      return try matrix(of: arguments[0])
    case .number, .constant, .variable, .dimension, .zeros, .ones, .identity, .power, .inverse, .apply,
      .differential:
      throw .noMatrixForm(of: linear.text)
    }
  }

  /// Constant scalars scale, a constant array becomes the diagonal of its vec, a linear scalar makes a rank one.
  private mutating func scaled(_ factors: [Formula], _ linear: Formula) throws(DerivativeProblem) -> Formula {
    guard let index = factors.firstIndex(where: \.containsDifferential),
      !factors[(index + 1)...].contains(where: \.containsDifferential)
    else { throw .noMatrixForm(of: linear.text) }
    var others = factors
    let part = others.remove(at: index)
    let inner = try matrix(of: part)
    let scalars = others.filter(\.isScalar)
    let arrays = others.filter { !$0.isScalar }
    if arrays.isEmpty { return .product(scalars + [inner]) }
    let array = Self.vec(.times(arrays))
    if part.isScalar { return .product(scalars + [array, inner]) }
    let size = array.shape.rows
    return .product(scalars + [.apply(.array(.diagonalMatrix), [array], Shape(size, size)), inner])
  }

  /// vec(A*L*B) = (B' ⊗ A)*vec(L).
  private mutating func between(
    _ before: [Formula], _ part: Formula, _ after: [Formula]
  ) throws(DerivativeProblem) -> Formula {
    let left = before.isEmpty ? Formula.identity(part.shape.rows) : .product(before)
    let right = after.isEmpty ? Formula.identity(part.shape.columns) : .product(after).transposed
    return .product([Self.kron(right, left), try matrix(of: part)])
  }

  private static func kron(_ a: Formula, _ b: Formula) -> Formula {
    // Scalars come out, so that the factors are plain matrices; a scalar factor is no Kronecker product at all.
    let (x, y) = (a.splitScalars, b.splitScalars)
    guard let left = x.array, let right = y.array else { return .product([a, b]) }
    let shape = Shape(a.shape.rows * b.shape.rows, a.shape.columns * b.shape.columns)
    return .times(x.scalars + y.scalars + [.apply(.array(.kron), [left, right], shape)])
  }

  /// The columns of an array, stacked.
  static func vec(_ array: Formula) -> Formula {
    if array.shape.columns.isOne { return array }
    if array.shape.rows.isOne { return array.transposed }
    let size = array.shape.rows * array.shape.columns
    return array.isOnes ? .ones(.vector(size)) : .apply(.array(.vec), [array], .vector(size))
  }
}
