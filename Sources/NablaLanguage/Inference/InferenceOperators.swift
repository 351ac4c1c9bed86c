import NablaTypes

/// Operators: signs, transposes, sums, products, quotients and powers.
extension InferenceEngine {
  func negation(_ tree: SyntaxTree, _ a: SyntaxTree) throws(Diagnostic) -> Draft {
    let a = try draft(a)
    return Draft(tree, a.shape) { .negate(a.built($0)) }
  }

  func transposition(_ tree: SyntaxTree, _ a: SyntaxTree) throws(Diagnostic) -> Draft {
    if case .number(let value) = a.kind, value == 1 || value == 0, source.text(a.range).count == 1 {
      // 1'*x: a row of ones.
      let size = state.unifier.fresh(many: true)
      return Draft(tree, .row(size)) { unifier in
        let column = Shape.vector(unifier.resolve(size))
        return .transpose(TypedExpression(value == 1 ? .ones : .zeros, shape: column, range: tree.range))
      }
    }
    let a = try draft(a)
    note(.array(a))
    return Draft(tree, a.shape.transposed) { .transpose(a.built($0)) }
  }

  func norm(_ tree: SyntaxTree, _ a: SyntaxTree) throws(Diagnostic) -> Draft {
    let a = try draft(a)
    note(.array(a))
    return Draft(tree, .scalar) { .call("norm2", [a.built($0)]) }
  }

  /// `X^-T`: the transpose of the inverse.
  func inverseTransposition(_ tree: SyntaxTree, _ a: SyntaxTree) throws(Diagnostic) -> Draft {
    let minusOne = SyntaxTree(.negate(SyntaxTree(.number(1), range: tree.range)), range: tree.range)
    let inverse = try power(tree, a, minusOne)
    return Draft(tree, inverse.shape.transposed) { .transpose(inverse.built($0)) }
  }

  func binary(
    _ tree: SyntaxTree, _ operation: BinaryOperator, _ left: SyntaxTree, _ right: SyntaxTree
  ) throws(Diagnostic) -> Draft {
    if operation == .power { return try power(tree, left, right) }
    let a = try draft(left)
    let b = try draft(right)
    switch operation {
    case .multiply:
      let sign = source.between(left.range, right.range)
      if sign.utf8.contains(UInt8(ascii: "@")) || sign.contains("%*%") { return try arrayProduct(tree, a, b) }
      if isEntrywise, EntrywiseSpelling.isProduct(sign) {
        return try elementwise(tree, .elementwiseMultiply, a, b)
      }
      if b.tree.name != nil { note(.multiplied(a, b)) }
      let shape = try product(a, b, tree.range)
      return Draft(tree, shape) { .multiply(a.built($0), b.built($0)) }
    case .divide:
      return isEntrywise ? try elementwise(tree, .elementwiseDivide, a, b) : try quotient(tree, a, b)
    case .centeredDot:
      if b.tree.name != nil { note(.multiplied(a, b)) }
      let shape = openShape()
      try post(.centeredDot(a, b, isArrayProduct: false, shape), at: tree.range)
      return Draft(tree, state.unifier.resolve(shape)) { unifier in
        let (left, right) = (a.built(unifier), b.built(unifier))
        return left.shape.isVector && right.shape.isVector
          ? .call("dot", [left, right]) : .multiply(left, right)
      }
    case .kronecker: return kronecker(tree, a, b)
    case .add, .subtract, .elementwiseMultiply, .elementwiseDivide, .elementwisePower, .compare, .power:
      return try elementwise(tree, operation, a, b)
    }
  }

  /// `a @ b` of NumPy and `a %*% b` of R, where a vector is a row before another factor.
  private func arrayProduct(_ tree: SyntaxTree, _ a: Draft, _ b: Draft) throws(Diagnostic) -> Draft {
    note(.array(a))
    note(.array(b))
    if b.tree.name != nil { note(.multiplied(a, b)) }
    let shape = openShape()
    try post(.centeredDot(a, b, isArrayProduct: true, shape), at: tree.range)
    return Draft(tree, state.unifier.resolve(shape)) { unifier in
      let (left, right) = (a.built(unifier), b.built(unifier))
      guard left.shape.isVector, !right.shape.isRow, !right.shape.isScalar, !left.shape.isScalar else {
        return .multiply(left, right)
      }
      if right.shape.isVector { return .call("dot", [left, right]) }
      let transposed = TypedExpression(.transpose(right), shape: right.shape.transposed, range: right.range)
      return .multiply(transposed, left)
    }
  }

  /// A quotient by a scalar, or, for a square matrix, the product with its inverse: `b'/A`.
  private func quotient(_ tree: SyntaxTree, _ a: Draft, _ b: Draft) throws(Diagnostic) -> Draft {
    // An undeclared divisor is a scalar here, unless it has the form `x'/A`.
    var isSolution = false
    if case .transpose = a.tree.lastFactor.kind, let name = b.tree.name {
      isSolution = Letters.isCapital(name)
    }
    if kind(of: b.shape) != .matrix, !isSolution {
      try require(b.shape, equals: .scalar, .division(a, b), at: tree.range)
      return Draft(tree, a.shape) { .divide(a.built($0), b.built($0)) }
    }
    let shape = openShape()
    try post(.quotient(a, b, shape), at: tree.range)
    return Draft(tree, state.unifier.resolve(shape)) { unifier in
      let (left, right) = (a.built(unifier), b.built(unifier))
      if right.shape.isScalar { return .divide(left, right) }
      return .multiply(left, TypedExpression(.call("inv", [right]), shape: right.shape, range: right.range))
    }
  }

  func kronecker(_ tree: SyntaxTree, _ a: Draft, _ b: Draft) -> Draft {
    let rows = state.unifier.resolve(a.shape.rows) * state.unifier.resolve(b.shape.rows)
    let columns = state.unifier.resolve(a.shape.columns) * state.unifier.resolve(b.shape.columns)
    return Draft(tree, Shape(rows, columns)) { .kronecker(a.built($0), b.built($0)) }
  }

  private func elementwise(
    _ tree: SyntaxTree, _ operation: BinaryOperator, _ a: Draft, _ b: Draft
  ) throws(Diagnostic) -> Draft {
    switch operation {
    case .add, .subtract, .compare:
      note(.joined(a, b))
      for (one, other) in [(a, b), (b, a)] {
        if let name = one.tree.name, case .transpose(let inner) = other.tree.kind, inner.name == name {
          note(.twins(one))
        }
      }
    case .elementwiseMultiply, .elementwiseDivide, .elementwisePower, .power, .multiply, .divide, .kronecker,
      .centeredDot:
      break
    }
    let shape = try broadcast(operation.text, a, b, tree.range)
    return Draft(tree, shape) {
      let (a, b) = (a.built($0), b.built($0))
      switch operation {
      case .add: return .add(a, b)
      case .subtract: return .subtract(a, b)
      case .elementwiseMultiply: return .elementwiseMultiply(a, b)
      case .elementwiseDivide: return .elementwiseDivide(a, b)
      case .elementwisePower, .power: return .elementwisePower(a, b)
      case .compare(let comparison): return .compare(comparison, a, b)
      case .multiply: return .multiply(a, b)
      case .divide: return .divide(a, b)
      case .kronecker: return .kronecker(a, b)
      case .centeredDot: return .multiply(a, b)
      }
    }
  }

  /// `^`: a scalar to a scalar power, or a square matrix to an integer power; `A^T` transposes unless T is declared.
  func power(_ tree: SyntaxTree, _ left: SyntaxTree, _ right: SyntaxTree) throws(Diagnostic) -> Draft {
    if right.name == "T" {
      if hasMeaning("T") {
        throw Diagnostic(.transposeByName(source.text(left.range).shortened), at: right.range)
      }
      let transposed = try transposition(tree, left)
      note(.transposedByLetter(transposed))
      return transposed
    }
    if right.name == "H", !hasMeaning("H") {
      throw Diagnostic(.conjugateTranspose(source.text(left.range).shortened), at: right.range)
    }
    if case .negate(let inner) = right.kind, inner.name == "T", !hasMeaning("T") {
      return try inverseTransposition(tree, left)
    }
    let base = try draft(left)
    note(.raised(base, isRoot: right.integerLiteral == nil))
    let exponent = try draft(right)
    try require(exponent.shape, equals: .scalar, .exponent(exponent), at: right.range)
    let integer = right.integerLiteral
    let shape = openShape()
    // A superscript is written as an integer.
    let text = integer.map { "\($0)" } ?? source.text(right.range).shortened
    let isForgiving = isEntrywise || source.between(left.range, right.range).utf8.contains(UInt8(ascii: "*"))
    try post(
      .power(base, exponent: integer, exponentText: text, isEntrywise: isForgiving, shape), at: tree.range)
    return Draft(tree, shape) { unifier in
      let whole = unifier.resolve(base.shape)
      if let integer, whole.isMatrix || !isForgiving && !whole.isScalar {
        return .matrixPower(base.built(unifier), integer)
      }
      return .elementwisePower(base.built(unifier), exponent.built(unifier))
    }
  }

  private func hasMeaning(_ name: String) -> Bool {
    isBound(name) || environment.declarations[name] != nil || drafts[name] != nil
      || environment.definitions[name] != nil || isSize(name)
  }
}
