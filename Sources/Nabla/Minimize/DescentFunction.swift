import NablaNumerics

/// A function of a flat vector with its gradient, for descent methods.
protocol DescentFunction: AnyObject {
  /// The number of entries of a point.
  var count: Int { get }
  /// The value; also writes the gradient. Infinite outside the domain, NaN if it cannot be computed.
  func value(at point: [Double], gradient: inout [Double]) -> Double
  /// The matrix of second derivatives in column-major order; `nil` if it is unknown.
  func hessian(at point: [Double]) -> [Double]?
}

extension DescentFunction {
  /// A point with its value and gradient.
  func iterate(at point: [Double]) -> Iterate {
    var gradient = [Double](repeating: 0, count: count)
    let value = value(at: point, gradient: &gradient)
    return Iterate(point: point, value: value, gradient: gradient)
  }
}

/// A point, the value there, and the gradient.
struct Iterate {
  let point: [Double]
  let value: Double
  let gradient: [Double]
  /// The Euclidean norm of the gradient.
  let norm: Double

  init(point: [Double], value: Double, gradient: [Double]) {
    self.point = point
    self.value = value
    self.gradient = gradient
    norm = gradient.euclideanNorm
  }

  /// Whether the value and all of the gradient are finite.
  var isFinite: Bool { value.isFinite && norm.isFinite }
}

extension [Double] {
  /// The inner product with another vector.
  func inner(_ other: [Double]) -> Double {
    var total = 0.0
    for i in indices { total += self[i] * other[i] }
    return total
  }

  /// Computed without overflow; NaN or infinite if an entry is.
  var euclideanNorm: Double { Matrix(column: self).frobeniusNorm }

  /// The vector with a multiple of another added.
  func adding(_ factor: Double, _ other: [Double]) -> [Double] {
    var result = self
    for i in indices { result[i] += factor * other[i] }
    return result
  }

  func scaled(by factor: Double) -> [Double] { map { factor * $0 } }
}
