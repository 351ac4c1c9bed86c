import NablaLanguage

extension Lowering {
  /// The reason why an expression has no exact formula: the innermost part at fault, and its problem.
  package func problem(in expression: TypedExpression) -> Diagnostic? {
    guard formula(expression).isInvalid else { return nil }
    var culprit = expression
    // Descends to the part whose own parts are valid.
    while true {
      var next: TypedExpression?
      culprit.forEachChild { child in
        if next == nil, formula(child).isInvalid { next = child }
      }
      guard let next else { break }
      culprit = next
    }
    return Diagnostic(message: message(for: culprit), range: culprit.range)
  }

  private func message(for culprit: TypedExpression) -> String {
    switch culprit.kind {
    case .matrixPower:
      return "a power of a matrix is kept as a product, of at most \(Self.largestMatrixPower) factors"
    case .number:
      return "this number does not fit: exact numbers have up to 38 digits"
    case .divide(_, let divisor), .elementwiseDivide(_, let divisor):
      if formula(divisor).isZero { return "division by zero" }
    case .elementwisePower(let base, _):
      if formula(base).isZero { return "a negative power of zero is a division by zero" }
    case .constant, .name, .dimension, .index, .negate, .add, .subtract, .multiply, .elementwiseMultiply,
      .kronecker, .transpose, .compare, .call, .apply, .identity, .ones, .zeros, .fill, .blocks, .entry, .sum,
      .sized, .differential:
      break
    }
    return "an exact number in this does not fit in 128 bits, or it divides by zero"
  }
}
