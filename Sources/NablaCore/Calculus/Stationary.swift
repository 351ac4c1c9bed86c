import NablaTypes

/// Where the gradient A*x - b of a scalar is zero: x = inv(A)*b.
package struct StationaryPoint {
  package let point: Formula
  /// A, which is the Hessian too.
  package let slope: Formula
  /// The gradient as a column.
  package let gradient: Formula
  /// A*x - b; equal to the gradient only if that is linear.
  package let linear: Formula
  package let derivative: Derivative
}

extension Calculus {
  /// The x at which the gradient of a scalar is zero, when the gradient is A*x - b with A and b free of x.
  ///
  /// The Hessian is A; where it is not free of x, no closed form is known and the problem says so.
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
  /// The entries below one another.
  fileprivate var asColumn: Formula {
    if shape.isRow { return transposed }
    return shape.isMatrix ? .apply(.array(.vec), [self], .vector(shape.rows * shape.columns)) : self
  }

  /// The array of a shape whose entries below one another this is; nil where that is not seen.
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
