import NablaLanguage

/// Where the gradient A*x - b of a scalar is zero: x = inv(A)*b.
struct StationaryPoint {
  let point: Formula
  /// A, which is the Hessian too.
  let slope: Formula
  /// The gradient as a column.
  let gradient: Formula
  /// A*x - b; equal to the gradient only if that is linear.
  let linear: Formula
  let derivative: Derivative
}

extension Calculus {
  /// The x at which the gradient of a scalar is zero, when the gradient is A*x - b with A and b free of x.
  ///
  /// The Hessian is A; where it is not free of x, no closed form is known and the problem says so.
  func stationary(of expression: Formula, by variable: Formula) throws(DerivativeProblem) -> StationaryPoint {
    guard expression.isScalar, !variable.shape.isMatrix else {
      throw .shapes(expression: expression.shape, variable: variable.shape)
    }
    let gradient = try gradient(of: expression, by: variable, variable)
    let column = gradient.formula.shape.isRow ? gradient.formula.transposed : gradient.formula
    let slope = try jacobian(of: column, by: variable).formula
    guard !slope.contains(variable), !slope.isZero else {
      throw .noClosedForm(of: expression.text, by: variable.text)
    }
    // A*x - b at x = 0 is -b.
    let origin = simplified(column.replacing([variable: .zeros(variable.shape)]))
    let inverse = slope.isScalar ? Formula.power(slope, .number(-1)) : .inverse(slope)
    let solution = simplified(.product([inverse, origin.negated]))
    let point = variable.shape.isRow ? simplified(solution.transposed) : solution
    if point.isInvalid { throw .noValue }
    let x = variable.shape.isRow ? variable.transposed : variable
    return StationaryPoint(
      point: point, slope: slope, gradient: column,
      linear: .sum([.product([slope, x]), origin], column.shape), derivative: gradient)
  }
}
