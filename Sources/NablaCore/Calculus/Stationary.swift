import NablaTypes

/// The solution of A*x - b = 0, where A*x - b is the gradient of a scalar: x = inv(A)*b.
package struct StationaryPoint {
  package let point: Formula
  /// The matrix A, which is also the Hessian.
  package let slope: Formula
  /// The gradient as a column.
  package let gradient: Formula
  /// A*x - b, which equals the gradient only if that is linear.
  package let linear: Formula
  package let derivative: Derivative
}

extension Calculus {
  /// The point x at which the gradient of a scalar vanishes, if the gradient is A*x - b with A and b independent of x.
  /// A is the Hessian. If it depends on x, no closed form is known, and the problem says so.
  package func stationary(of expression: Formula, by variable: Formula) throws(DerivativeProblem)
    -> StationaryPoint
  {
    guard expression.isScalar else {
      throw .shapes(expression: expression.shape, variable: variable.shape)
    }
    let gradient = try gradient(of: expression, by: variable, variable)
    let column = gradient.formula.asColumn
    let slope = try jacobian(of: gradient.formula, by: variable).formula
    guard !slope.contains(variable), !slope.isZero else {
      throw .noClosedForm(of: expression, by: variable)
    }
    // A*x - b at x = 0 is -b.
    let origin = simplified(column.replacing([variable: .zeros(variable.shape)]))
    let inverse = slope.isScalar ? Formula.power(slope, .number(-1)) : .inverse(slope)
    let solution = simplified(.product([inverse, origin.negated]))
    if solution.isInvalid { throw .noValue }
    guard let point = solution.asArray(variable.shape).map({ simplified($0) }) else {
      throw .noClosedForm(of: expression, by: variable)
    }
    return StationaryPoint(
      point: point, slope: slope, gradient: column,
      linear: .sum([.product([slope, variable.asColumn]), origin], column.shape), derivative: gradient)
  }
}

extension Formula {
  /// The entries stacked into a column.
  fileprivate var asColumn: Formula {
    if shape.isRow { return transposed }
    return shape.isMatrix ? .apply(.array(.vec), [self], .vector(shape.rows * shape.columns)) : self
  }

  /// The array of a given shape whose entries are stacked in this column; `nil` if none is recognized.
  fileprivate func asArray(_ shape: Shape) -> Formula? {
    if shape.isRow { return transposed }
    if !shape.isMatrix { return self }
    if isZero { return .zeros(shape) }
    let (scalars, column) = splitScalars
    guard case .apply(.array(.vec), let arguments) = column?.kind, arguments[0].shape == shape else {
      return nil
    }
    return .times(scalars + [arguments[0]])
  }
}
