import NablaCore
import NablaNumerics

/// The result of a minimization.
public struct Minimization: Sendable {
  /// The minimized formula, and the variables in the given order.
  public let objective: Formula
  /// The variables, in the given order.
  public let variables: [Formula]
  /// How it was minimized.
  public let method: MinimizationMethod
  /// The value of each variable at the last point; the best point if the method did not converge.
  public let point: [Formula: Matrix]
  /// The objective's value there.
  public let value: Double
  /// The Euclidean norm of the gradient there, over all variables together.
  public let gradientNorm: Double
  /// The number of steps.
  public let iterations: Int
  /// Why it ended.
  public let reason: StoppingReason
  /// Notes for the user: kinks, a check that was impossible, a start at which the gradient vanishes.
  public let notes: [String]

  /// Whether the gradient vanishes within the tolerance.
  public var hasConverged: Bool { reason == .converged }
}

extension Minimization: CustomStringConvertible {
  /// The outcome in a line, then the point: small arrays with their entries, larger ones by their shapes.
  public var description: String {
    let steps = "\(iterations) step\(iterations == 1 ? "" : "s")"
    let outcome = "\(reason.rawValue) after \(steps) of \(method.rawValue)"
    let norm = Matrix.text(of: gradientNorm, digits: 2)
    let figures = "value \(Matrix.text(of: value, digits: 6)), |gradient| \(norm)"
    let values = variables.map { variable in
      let value = point[variable].map { $0.inline(isNumber: variable.isScalar) } ?? "not found"
      return "\(variable) = \(value)"
    }
    return (["\(outcome): \(figures)"] + values + notes.map { "note: \($0)" }).joined(separator: "\n")
  }
}

extension MinimizationProgress: CustomStringConvertible {
  /// The step, the value and the gradient's norm on one line.
  public var description: String {
    let norm = Matrix.text(of: gradientNorm, digits: 2)
    return "step \(iteration): value \(Matrix.text(of: value, digits: 6)), |gradient| \(norm)"
  }
}
