import Foundation
import NablaLanguage
import NablaNumerics

@testable import Nabla

/// The true values of a formula: each entry with as many digits as it takes, whatever the formula cancels.
struct ExtremeReference {
  let sizes: [String: Int]
  let values: [Formula: Matrix]

  /// Numbers of limbs, one after the other until the values are certain.
  static let places = [3, 6, 20, 44]
  /// Bits of a value that is certain: more than 1e-12 of it.
  static let accuracy = 44.0

  /// The entries by columns; nil where the reference does not know an operation.
  func entries(_ formula: Formula, upTo limit: Int = places.count) -> [Real]? {
    var result: [Real] = []
    for places in Self.places.prefix(limit) {
      let evaluator = ExtremeEvaluator(sizes: sizes, values: values, places: places)
      guard let array = evaluator.value(formula) else { return nil }
      result = array.entries.map { entry in
        guard case .ball(let ball) = entry, ball.accuracy < Self.accuracy else { return entry }
        // What is below the smallest double for certain is as good as zero.
        return ball.upper < -1100 ? entry : .undecided
      }
      let isCertain = result.allSatisfy { if case .undecided = $0 { false } else { true } }
      if isCertain { break }
    }
    return result
  }

  /// How a computed entry compares with the true one.
  enum Verdict: Equatable {
    case right
    /// The reference could not tell.
    case excluded
    case wrong(String)
  }

  /// What has no double is infinite, or nan where two infinite parts meet on the way.
  private static func tooLarge(_ computed: Double, _ isNegative: Bool) -> Verdict {
    let infinite = isNegative ? -Double.infinity : .infinity
    return computed == infinite || computed.isNaN ? .right : .wrong("\(infinite)")
  }

  /// The logarithm of the size of the largest entry that is no larger than a double can be.
  static func size(_ entries: [Real]) -> Double {
    entries.reduce(-.infinity) { largest, entry in
      guard case .ball(let ball) = entry, ball.middle < 1024 else { return largest }
      return max(largest, ball.middle)
    }
  }

  /// `size` is the logarithm of the least size to which the tolerance is relative.
  static func verdict(
    _ computed: Double, _ truth: Real, tolerance: Double = 1e-10, size: Double = -.infinity
  ) -> Verdict {
    switch truth {
    case .undecided: return .excluded
    case .undefined: return computed.isFinite ? .wrong("not finite") : .right
    case .power(let isNegative, let logarithm):
      if logarithm.isNegative { return computed == 0 ? .right : .wrong("0") }
      return tooLarge(computed, isNegative)
    case .ball(let ball):
      let most = 0x1.fffffffffffffp1023
      if ball.middle > 1025 || ball.double.magnitude > most {
        return tooLarge(computed, ball.isNegative)
      }
      if !computed.isFinite {
        // Within the tolerance of the largest double either is right.
        let isNear = computed.isInfinite && ball.double.magnitude > most * (1 - 1e-10)
        return isNear ? .right : .wrong("\(ball.double)")
      }
      let difference = Ball(computed, places: ball.places) - ball
      // Below the normal numbers a double has fewer digits, or is zero.
      let allowed = max(max(ball.middle, size) + log2(tolerance), -1022)
      return difference.isZero || difference.upper <= allowed ? .right : .wrong("\(ball.double)")
    }
  }
}

/// An array of real numbers by columns.
struct RealArray {
  var rows: Int
  var columns: Int
  var entries: [Real]

  init(_ rows: Int, _ columns: Int, _ entry: (Int, Int) -> Real) {
    (self.rows, self.columns) = (rows, columns)
    entries = []
    entries.reserveCapacity(rows * columns)
    for j in 0..<columns { for i in 0..<rows { entries.append(entry(i, j)) } }
  }

  subscript(i: Int, j: Int) -> Real { entries[i + j * rows] }
  var transposed: RealArray { RealArray(columns, rows) { self[$1, $0] } }
  func map(_ function: (Real) -> Real) -> RealArray { RealArray(rows, columns) { function(self[$0, $1]) } }
  /// The entry, or the only one that stands for every entry.
  func wide(_ i: Int, _ j: Int) -> Real { entries.count == 1 ? entries[0] : self[i, j] }
}

/// Evaluates formulas with a number of limbs, node by node.
struct ExtremeEvaluator {
  let sizes: [String: Int]
  let values: [Formula: Matrix]
  let places: Int

  func number(_ value: Double) -> Real { Real(value, places: places) }

  func sum(_ parts: some Sequence<Real>) -> Real {
    var total = number(0)
    for part in parts { total = total + part }
    return total
  }

  func multiply(_ a: RealArray, _ b: RealArray) -> RealArray {
    RealArray(a.rows, b.columns) { i, j in sum((0..<a.columns).map { a[i, $0] * b[$0, j] }) }
  }

  private func rational(_ value: Rational) -> Real {
    func whole(_ text: String) -> Real {
      let digits = text.hasPrefix("-") ? text.dropFirst() : text[...]
      let size = digits.reduce(number(0)) { $0 * number(10) + number(Double($1.wholeNumberValue ?? 0)) }
      return text.hasPrefix("-") ? -size : size
    }
    let top = whole("\(value.numerator)")
    return value.denominator == 1 ? top : top / whole("\(value.denominator)")
  }

  /// nil where an operation is not known.
  func value(_ formula: Formula) -> RealArray? {
    var memo: [Formula: RealArray] = [:]
    for node in formula.nodesChildrenFirst {
      let rows = node.shape.rows.value(sizes) ?? 0
      let columns = node.shape.columns.value(sizes) ?? 0
      let parts = node.children.compactMap { memo[$0] }
      guard parts.count == node.children.count, let made = compute(node, parts, rows, columns) else {
        return nil
      }
      memo[node] = made
    }
    return memo[formula]
  }

  private func compute(_ node: Formula, _ parts: [RealArray], _ rows: Int, _ columns: Int) -> RealArray? {
    func uniform(_ entry: Real) -> RealArray { RealArray(rows, columns) { _, _ in entry } }
    switch node.kind {
    case .number(let value): return uniform(rational(value))
    case .constant(.pi): return uniform(.ball(Ball.pi(places)))
    case .constant(.e): return uniform(number(1).exponential)
    case .dimension(let name): return sizes[name].map { uniform(Real($0, places: places)) }
    case .variable:
      return values[node].map { value in RealArray(rows, columns) { number(value[$0, $1]) } }
    case .zeros: return uniform(number(0))
    case .ones: return uniform(number(1))
    case .identity: return RealArray(rows, columns) { number($0 == $1 ? 1 : 0) }
    case .sum: return RealArray(rows, columns) { i, j in sum(parts.map { $0.wide(i, j) }) }
    case .times:
      let selectors = zip(node.children, parts).filter { $0.0.isSelector }.map(\.1)
      return RealArray(rows, columns) { i, j in
        // A branch that is not taken counts nothing.
        if selectors.contains(where: { $0.wide(i, j).isZero }) { return number(0) }
        return parts.dropFirst().reduce(parts[0].wide(i, j)) { $0 * $1.wide(i, j) }
      }
    case .product: return parts.dropFirst().reduce(parts[0], multiply)
    case .power(_, let exponent):
      return RealArray(rows, columns) { i, j in
        let power = parts[1].wide(i, j)
        if exponent.number == Rational(1, over: 2) { return parts[0].wide(i, j).squareRoot }
        if exponent.number == Rational(-1, over: 2) { return number(1) / parts[0].wide(i, j).squareRoot }
        return parts[0].wide(i, j).power(
          power, whole: exponent.number?.integer ?? ExtremeFunctions.whole(power))
      }
    case .inverse: return solve(parts[0])?.inverse
    case .transpose: return parts[0].transposed
    case .apply(.elementwise(let name), _):
      var isKnown = true
      let result = RealArray(rows, columns) { i, j in
        let value = ExtremeFunctions.value(name, parts.map { $0.wide(i, j) }, places: places)
        if value == nil { isKnown = false }
        return value ?? .undecided
      }
      return isKnown ? result : nil
    case .apply(.array(let operation), let arguments):
      return array(operation, parts, isMatrix: arguments[0].shape.isMatrix, rows, columns)
    case .apply(.slice(let rowRange, let columnRange), _):
      guard let top = rowRange.first.value(sizes), let left = columnRange.first.value(sizes) else {
        return nil
      }
      return RealArray(rows, columns) { parts[0][$0 + top - 1, $1 + left - 1] }
    case .apply, .differential: return nil
    }
  }
}
