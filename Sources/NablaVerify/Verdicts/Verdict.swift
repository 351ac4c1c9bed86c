import NablaCore
import NablaNumerics
import NablaTypes

/// What a check found.
public struct Verdict: Sendable, Equatable {
  public enum Status: Sendable, Equatable {
    case verified
    case refuted
    /// Why nothing can be said.
    case skipped(String)
  }

  public var status: Status
  /// The largest difference met, relative to the size of what was compared.
  public var error = 0.0
  /// How fast central differences near the derivative as their step is halved, in the middle of all that were
  /// taken: 4 where all is smooth. Nil where they are exact, or for an equation.
  public var order: Double?
  /// How many points were compared with numbers.
  public var points = 0
  /// At how many of them numbers would have refuted a false claim: its double, its negation, one with another entry.
  var evidence = 0
  /// At how many points doubles refute, though nothing confirms it.
  var unsettled = 0
  public var counterexample: Counterexample?
  /// Whether it is refuted by doubles alone, which ball arithmetic could neither confirm nor deny.
  var isDoubtful = false
  /// To how many digits both sides of an equation agree where they were computed with as many; nil where they were not.
  public var digits: Int?
  /// What was found over a prime field; nil where numbers alone speak.
  public var certificate: ExactCertificate?
  /// Whether the sides differ over a prime field, though numbers do not tell them apart.
  public var isRefutedExactly = false

  /// `exact` or `numeric`: what the verdict rests on.
  public var method: String { certificate != nil || isRefutedExactly ? "exact" : "numeric" }

  /// The verdict on something that holds only if something else does as well: exact if both are.
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

  /// What can be said of two at once, both verified.
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

/// How sure an exact comparison is.
public struct ExactCertificate: Sendable, Equatable {
  /// How many points of the field were compared.
  public var points: Int
  /// Two sides that differ agree at one of them with a probability below 2 to minus this.
  public var bits: Int
  /// Whether the points stand for choices as well: of signs, of roots, of discrete values. Each is certified by
  /// itself.
  public var hasChoices: Bool
  /// Whether everything was rational in the entries.
  public var isRational = true
  /// How many choices of sizes the points stand for; 1 where there are no names of sizes.
  public var sizes = 1

  /// The error probability is below 2 to minus this: of all points together, or of each choice.
  public var exponent: Int { hasChoices || sizes > 1 ? bits : bits * points }

  /// The weaker of two, for an answer that needs both.
  func joined(with other: ExactCertificate) -> ExactCertificate {
    ExactCertificate(
      points: min(points, other.points), bits: min(bits, other.bits),
      hasChoices: hasChoices || other.hasChoices, isRational: isRational && other.isRational,
      sizes: min(sizes, other.sizes))
  }
}

/// Values at which two sides differ.
public struct Counterexample: Sendable, Equatable {
  /// The values of the variables, by name.
  public var values: [String: Matrix]
  public var sizes: [String: Int]
  /// What was claimed, or the left side.
  public var left: Matrix
  /// What the differences give, or the right side.
  public var right: Matrix
  /// The shapes of the variables, by name: a vector of one entry is no scalar.
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

  /// Whether the value of a name is a number, not an array of one entry.
  public func isNumber(_ name: String) -> Bool {
    shapes[name]?.isScalar ?? (values[name].map { $0.rows == 1 && $0.columns == 1 } ?? false)
  }

  /// Whether the sides are numbers.
  public var sidesAreNumbers: Bool { shape?.isScalar ?? (left.rows == 1 && left.columns == 1) }
}
