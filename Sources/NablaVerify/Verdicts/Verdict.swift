import NablaCore
import NablaNumerics
import NablaTypes

/// The result of a check.
public struct Verdict: Sendable, Equatable {
  /// Whether something holds, does not, or cannot be said to.
  public enum Status: Sendable, Equatable {
    /// Every check confirms it.
    case verified
    /// Values show that it does not hold.
    case refuted
    /// The check decides nothing, for this reason.
    case skipped(String)
  }

  /// The outcome.
  public package(set) var status: Status
  /// The largest difference, relative to the scale of the comparison.
  public package(set) var error = 0.0
  /// Median order of convergence of the central differences: 4 if all is smooth. `nil` if the differences are exact, or
  /// for an equation.
  package var order: Double?
  /// The number of points compared numerically.
  public package(set) var points = 0
  /// The number of points at which a false claim would have been refuted: twice the claim, its negation, or a claim
  /// with another entry.
  var evidence = 0
  /// The number of points at which doubles refute without confirmation.
  var unsettled = 0
  /// The number of these at which rounding does not explain the difference.
  var contradictions = 0
  /// Values at which the sides differ; `nil` unless it is refuted.
  public package(set) var counterexample: Counterexample?
  /// Whether only doubles refute it, while ball arithmetic could neither confirm nor deny.
  var isDoubtful = false
  /// Digits to which both sides of an equation agree; `nil` if they were not computed to high precision.
  public package(set) var digits: Int?
  /// The certificate over a prime field; `nil` if only numbers support the verdict.
  package var certificate: ExactCertificate?
  /// Whether the sides differ over a prime field although numbers cannot tell them apart.
  package var isRefutedExactly = false

  /// Whether it was decided over a prime field, and not by numbers alone.
  public var isExact: Bool { certificate != nil || isRefutedExactly }

  /// The basis of the verdict: `exact` or `numeric`.
  package var method: String { isExact ? "exact" : "numeric" }

  /// The verdict on a statement that depends on another; exact if both are.
  package func restingOn(_ ground: Verdict?) -> Verdict {
    guard let ground else { return self }
    if case .skipped(let reason) = ground.status, status == .verified {
      return .skipped("the derivative could not be checked: \(reason)")
    }
    var result = self
    result.certificate = nil
    if let mine = certificate, let other = ground.certificate {
      result.certificate = mine.joined(with: other)
    }
    return result
  }

  /// The joint verdict of two verified statements.
  package func joined(with other: Verdict) -> Verdict {
    var result = self
    result.error = max(error, other.error)
    result.points = min(points, other.points)
    result.order = [order, other.order].compactMap { $0 }.min()
    result.digits = digits.flatMap { mine in other.digits.map { min(mine, $0) } }
    return result.restingOn(other)
  }

  package static func skipped(_ reason: String) -> Verdict { Verdict(status: .skipped(reason)) }
}

/// How certain an exact comparison is.
package struct ExactCertificate: Sendable, Equatable {
  /// The number of points of the field compared.
  package var points: Int
  /// Different sides agree at one of the points with a probability below 2 to the power of minus this.
  package var bits: Int
  /// Whether the points also stand for choices of signs, roots or discrete values, each certified by itself.
  package var hasChoices: Bool
  /// Whether everything was rational in the entries.
  package var isRational = true
  /// The number of size assignments covered; 1 if no sizes have names.
  package var sizes = 1

  /// The error probability is below 2 to the power of minus this, for all points together or for each choice.
  package var exponent: Int { hasChoices || sizes > 1 ? bits : bits * points }

  /// The weaker of two certificates, for an answer that needs both.
  func joined(with other: ExactCertificate) -> ExactCertificate {
    ExactCertificate(
      points: min(points, other.points), bits: min(bits, other.bits),
      hasChoices: hasChoices || other.hasChoices, isRational: isRational && other.isRational,
      sizes: min(sizes, other.sizes))
  }
}

/// Values at which two sides differ.
public struct Counterexample: Sendable, Equatable {
  /// The values of the variables by name.
  public package(set) var values: [String: Matrix]
  /// The sizes by name.
  public package(set) var sizes: [String: Int]
  /// The claimed value, or the left side.
  public package(set) var left: Matrix
  /// The value by differences, or the right side.
  public package(set) var right: Matrix
  /// The shapes of the variables by name; a vector with one entry is not a scalar.
  package var shapes: [String: Shape] = [:]
  /// The shape of both sides.
  package var shape: Shape?
}

extension Counterexample {
  package init(
    _ values: [Formula: Matrix], sizes: [String: Int], left: Matrix, right: Matrix, shape: Shape? = nil
  ) {
    self.init(values: [:], sizes: sizes, left: left, right: right, shape: shape)
    for (formula, value) in values {
      guard let variable = formula.variable else { continue }
      self.values[variable.name] = value
      shapes[variable.name] = variable.shape
    }
  }

  /// Whether the value of a name is a scalar, not an array with one entry.
  package func isNumber(_ name: String) -> Bool {
    shapes[name]?.isScalar ?? (values[name].map { $0.rows == 1 && $0.columns == 1 } ?? false)
  }

  /// Whether the sides are scalars.
  package var sidesAreNumbers: Bool { shape?.isScalar ?? (left.rows == 1 && left.columns == 1) }
}
