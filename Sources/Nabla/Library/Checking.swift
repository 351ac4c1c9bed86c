import NablaCompile
import NablaCore
import NablaNumerics
import NablaVerify

/// Whether two formulas are equal, as far as numbers can tell.
public enum EqualityResult: Sendable, Equatable {
  /// Equal at this number of random points.
  case agrees(points: Int)
  /// Different, with values that show it.
  case refuted(Counterexample)
  /// Undecided, for this reason: the shapes differ, or there is no point at which both have a value.
  case undecided(reason: String)
}

extension Formula {
  /// Compares two formulas at random points that have the declared properties.
  /// The points come from the seed, so the result is reproducible. Identical formulas agree at once.
  public func checked(
    equalTo other: Formula, seed: UInt64 = 1, points: Int = 5, using book: RuleBook = .standard
  ) -> EqualityResult {
    guard shape == other.shape else {
      return .undecided(reason: "the sides differ in shape: \(shape) and \(other.shape)")
    }
    if let name = [self, other].sharedName {
      return .undecided(reason: "two different variables are called \(name)")
    }
    if containsDifferential || other.containsDifferential, self != other {
      return .undecided(reason: "a differential has no value")
    }
    var check = NumericCheck(seed: seed, book: book)
    check.points = max(points, 1)
    let verdict = Verification(check, book).checkEqual(self, other)
    switch verdict.status {
    case .verified: return .agrees(points: verdict.points)
    case .skipped(let reason): return .undecided(reason: reason)
    case .refuted:
      return verdict.counterexample.map { .refuted($0) }
        ?? .undecided(reason: "no point shows the difference")
    }
  }
}

extension Counterexample: CustomStringConvertible {
  /// The values by name on one line, then both sides: `A = [1, 2; 3, 4]: 5 against 6`.
  public var description: String {
    let data = values.keys.sorted().compactMap { name in
      values[name].map { "\(name) = \($0.inline(isNumber(name)))" }
    }
    let point = data.isEmpty ? sizes.keys.sorted().map { "\($0) = \(sizes[$0] ?? 0)" } : data
    return point.joined(separator: ", ")
      + ": \(left.inline(sidesAreNumbers)) against \(right.inline(sidesAreNumbers))"
  }
}

extension Matrix {
  /// The value in the language, to six digits: `2`, `[1; 2]`, `[1, 2; 3, 4]`.
  fileprivate func inline(_ isNumber: Bool) -> String {
    if isNumber, isScalar { return Matrix.text(of: self[0, 0], digits: 6) }
    let lines = (0..<rows).map { i in
      (0..<columns).map { Matrix.text(of: self[i, $0], digits: 6) }.joined(separator: ", ")
    }
    return "[" + lines.joined(separator: "; ") + "]"
  }
}
