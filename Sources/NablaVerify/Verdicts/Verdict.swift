import NablaCore
import NablaNumerics
import NablaTypes

/// The result of a check.
public struct Verdict: Sendable, Equatable {
  public enum Status: Sendable, Equatable {
    case verified
    case refuted
    /// The check decides nothing, for this reason.
    case skipped(String)
  }

  public var status: Status
  /// The largest difference, relative to the scale of the comparison.
  public var error = 0.0
  /// Median order of convergence of the central differences: 4 if all is smooth. `nil` if the differences are exact, or
  /// for an equation.
  public var order: Double?
  /// The number of points compared numerically.
  public var points = 0
  /// The number of points at which a false claim would have been refuted: twice the claim, its negation, or a claim
  /// with another entry.
  var evidence = 0
  /// The number of points at which doubles refute without confirmation.
  var unsettled = 0
  public var counterexample: Counterexample?
  /// Whether only doubles refute it, while ball arithmetic could neither confirm nor deny.
  var isDoubtful = false
  /// Digits to which both sides of an equation agree; `nil` if they were not computed to high precision.
  public var digits: Int?
  /// The certificate over a prime field; `nil` if only numbers support the verdict.
  public var certificate: ExactCertificate?
  /// Whether the sides differ over a prime field although numbers cannot tell them apart.
  public var isRefutedExactly = false

  /// The basis of the verdict: `exact` or `numeric`.
  public var method: String { certificate != nil || isRefutedExactly ? "exact" : "numeric" }

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
  public func joined(with other: Verdict) -> Verdict {
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
public struct ExactCertificate: Sendable, Equatable {
  /// The number of points of the field compared.
  public var points: Int
  /// Different sides agree at one of the points with a probability below 2 to the power of minus this.
  public var bits: Int
  /// Whether the points also stand for choices of signs, roots or discrete values, each certified by itself.
  public var hasChoices: Bool
  /// Whether everything was rational in the entries.
  public var isRational = true
  /// The number of size assignments covered; 1 if no sizes have names.
  public var sizes = 1

  /// The error probability is below 2 to the power of minus this, for all points together or for each choice.
  public var exponent: Int { hasChoices || sizes > 1 ? bits : bits * points }

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
  public var values: [String: Matrix]
  public var sizes: [String: Int]
  /// The claimed value, or the left side.
  public var left: Matrix
  /// The value by differences, or the right side.
  public var right: Matrix
  /// The shapes of the variables by name; a vector with one entry is not a scalar.
  public var shapes: [String: Shape] = [:]
  /// The shape of both sides.
  public var shape: Shape?
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
  public func isNumber(_ name: String) -> Bool {
    shapes[name]?.isScalar ?? (values[name].map { $0.rows == 1 && $0.columns == 1 } ?? false)
  }

  /// Whether the sides are scalars.
  public var sidesAreNumbers: Bool { shape?.isScalar ?? (left.rows == 1 && left.columns == 1) }
}
