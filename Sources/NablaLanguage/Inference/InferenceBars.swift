import NablaTypes

/// Bars, whose meaning depends on the shape between them.
extension InferenceEngine {
  func bars(_ tree: SyntaxTree, _ bars: Bars, _ a: Draft) throws(Diagnostic) -> Draft {
    let shape = openShape()
    try post(.bars(bars, a, shape), at: tree.range)
    return Draft(tree, state.unifier.resolve(shape)) { unifier in
      let inner = a.built(unifier)
      let isMatrix = unifier.resolve(a.shape).isMatrix
      switch bars {
      case .absolute: return .call(isMatrix ? "det" : "abs", [inner])
      case .logAbsolute:
        if isMatrix { return .call("logdet", [inner]) }
        let absolute = TypedExpression(.call("abs", [inner]), shape: inner.shape, range: tree.range)
        return .call("log", [absolute])
      case .euclidean: return .call(isMatrix ? "specnorm" : "norm2", [inner])
      case .sum: return .call("norm1", [inner])
      case .largest: return .call("norminf", [inner])
      }
    }
  }

  func attemptBars(_ bars: Bars, _ a: Draft, _ shape: Shape, _ range: SourceRange) throws(Diagnostic) -> Bool
  {
    let rows = state.unifier.size(a.shape.rows)
    let columns = state.unifier.size(a.shape.columns)
    let isMatrix = rows == .many && columns == .many
    switch bars {
    case .absolute, .logAbsolute:
      if rows == .one || columns == .one {
        return try unify(shape, a.shape, else: error(.barsOfMatrix(operand(a)), range, a))
      }
      guard isMatrix else { return false }
      let problem = { self.error(.barsOfMatrix(self.operand(a)), range, a) }
      let square = try unify(a.shape.rows, a.shape.columns, else: problem())
      return try unify(shape, .scalar, else: problem()) && square
    case .euclidean: return try unify(shape, .scalar, else: error(.barsOfMatrix(operand(a)), range, a))
    case .sum, .largest:
      let problem = { self.error(.normOfMatrix(self.operand(a)), range, a) }
      if isMatrix { throw problem() }
      let fits = try unify(shape, .scalar, else: problem())
      return fits && (rows == .one || columns == .one)
    }
  }
}
