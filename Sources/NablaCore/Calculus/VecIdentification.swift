import NablaTypes

/// Reads the matrix off a linear map between matrices: vec(L(dX)) = M*vec(dX).
/// Columns are stacked, so that vec(A*dX*B) = (B' ⊗ A)*vec(dX) (Magnus and Neudecker 1979). `Vectorization.rules` has
/// the matrices of other operations.
package struct VecIdentification {
  let book: RuleBook
  /// The differential in which the formula is linear.
  let unknown: Formula
  private var memo: [Formula: Formula] = [:]

  package init(_ book: RuleBook, unknown: Formula) {
    self.book = book
    self.unknown = unknown
  }

  /// M with vec(`linear`) = M*vec(unknown).
  package mutating func matrix(of linear: Formula) throws(DerivativeProblem) -> Formula {
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
      if let matrix = try matched(linear) { return matrix }
      guard let index = chain.firstIndex(where: \.containsDifferential),
        !chain[(index + 1)...].contains(where: \.containsDifferential)
      else { throw .noMatrixForm(of: linear) }
      return try between(Array(chain[..<index]), chain[index], Array(chain[(index + 1)...]))
    // A row and a column have their entries in the same order.
    case .transpose(let inner) where inner.shape.rows.isOne || inner.shape.columns.isOne:
      return try matrix(of: inner)
    case .apply(.array(.trace), let arguments):
      return .product([Self.vec(.identity(arguments[0].shape.rows)).transposed, try matrix(of: arguments[0])])
    case .apply(.array(.dot), let arguments):
      let (constant, part) =
        arguments[0].containsDifferential ? (arguments[1], arguments[0]) : (arguments[0], arguments[1])
      if constant.containsDifferential { throw .noMatrixForm(of: linear) }
      return .product([Self.vec(constant).transposed, try matrix(of: part)])
    case .apply(.array(.vec), let arguments):
      return try matrix(of: arguments[0])
    case .apply(.slice(let rows, let columns), let arguments):
      let inner = arguments[0]
      return try between(
        [Self.selection(rows, of: inner.shape.rows)], inner,
        [Self.selection(columns, of: inner.shape.columns).transposed])
    case .apply(.blocks(let height, let width), let arguments):
      return try blocks(arguments, height, width, linear.shape)
    case .transpose, .apply:
      return try byRule(linear)
    case .number, .constant, .variable, .dimension, .zeros, .ones, .identity, .power, .inverse, .differential:
      throw .noMatrixForm(of: linear)
    }
  }

  /// The matrix of an operation, from a rule for it or for its body.
  private mutating func byRule(_ linear: Formula) throws(DerivativeProblem) -> Formula {
    if let matrix = try matched(linear) { return matrix }
    if let unfolded = linear.unfoldedAtRoot { return try matrix(of: unfolded) }
    throw .noMatrixForm(of: linear)
  }

  /// The matrix from a rule; `nil` if none matches.
  private mutating func matched(_ linear: Formula) throws(DerivativeProblem) -> Formula? {
    for direction in book.tables(covering: linear.marks).vectorizations
    where direction.marks.isSubset(of: linear.marks) {
      let rule = direction.rule
      var matcher = Matcher(separatesDifferential: true)
      var found: (factors: [Formula], part: Formula)?
      _ = matcher.match(rule.left.unstacked, linear) { matcher in
        let bindings = matcher.result
        let factors = rule.right.chain.dropLast().map { bindings.instantiate($0) }
        guard let last = rule.right.chain.last, !factors.contains(where: \.isInvalid) else { return false }
        found = (factors, bindings.instantiate(last.unstacked))
        return true
      }
      if let found { return .product(found.factors + [try matrix(of: found.part)]) }
    }
    return nil
  }

  /// The matrix S of zeros and ones for which S*X has these rows of X.
  private static func selection(_ range: Operation.Range, of size: Dimension) -> Formula {
    .embedded(.identity(range.count), rows: .all(range.count), columns: range, in: Shape(range.count, size))
  }

  /// Multiplies each block by the selections that put it in its place.
  private mutating func blocks(
    _ arguments: [Formula], _ height: Int, _ width: Int, _ shape: Shape
  ) throws(DerivativeProblem) -> Formula {
    var parts: [Formula] = []
    var top = Dimension(1)
    for i in 0..<height {
      var left = Dimension(1)
      for j in 0..<width {
        let block = arguments[i * width + j]
        let rows = Operation.Range(first: top, last: top + block.shape.rows - 1)
        let columns = Operation.Range(first: left, last: left + block.shape.columns - 1)
        if block.containsDifferential {
          parts.append(
            try between(
              [Self.selection(rows, of: shape.rows).transposed], block,
              [Self.selection(columns, of: shape.columns)]))
        }
        left = left + block.shape.columns
      }
      top = top + arguments[i * width].shape.rows
    }
    return .sum(parts, Shape(shape.rows * shape.columns, self.width))
  }

  /// Constant scalars scale, a constant array becomes the diagonal matrix of its vec, and a linear scalar gives a
  /// rank-one matrix.
  private mutating func scaled(_ factors: [Formula], _ linear: Formula) throws(DerivativeProblem) -> Formula {
    guard let index = factors.firstIndex(where: \.containsDifferential),
      !factors[(index + 1)...].contains(where: \.containsDifferential)
    else { throw .noMatrixForm(of: linear) }
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
    // Pulls scalars out, so that the factors are matrices; with a scalar factor there is no Kronecker product.
    let (x, y) = (a.splitScalars, b.splitScalars)
    guard let left = x.array, let right = y.array else { return .product([a, b]) }
    let shape = Shape(a.shape.rows * b.shape.rows, a.shape.columns * b.shape.columns)
    return .times(x.scalars + y.scalars + [.apply(.array(.kron), [left, right], shape)])
  }

  /// The stacked columns of an array.
  static func vec(_ array: Formula) -> Formula {
    if array.shape.columns.isOne { return array }
    if array.shape.rows.isOne { return array.transposed }
    let size = array.shape.rows * array.shape.columns
    return array.isOnes ? .ones(.vector(size)) : .apply(.array(.vec), [array], .vector(size))
  }
}
