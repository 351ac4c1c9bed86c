import NablaCompile
import NablaCore
import NablaNumerics

/// Derivatives of a formula at a point, computed as limits of difference quotients in ball arithmetic.
/// Needed where a derivative exists but its formula has no value, such as the Hessian of `det(A)` at a singular A.
/// Quotients with steps 2^-120 and 2^-160 must converge to the same limit from all sides, and the limit must be linear
/// in the direction; otherwise there is no derivative.
package struct BallDifferences {
  package typealias Direction = [Formula: Matrix]

  private let formula: Formula
  private let sizes: [String: Int]
  private let center: [Formula: RealArray]
  private let value: [Real]
  /// Whether some value could not be computed, so a missing limit proves nothing.
  package private(set) var isUnknown = false
  /// Remaining work, roughly in nanoseconds.
  private var work = 1_000_000_000

  private static let places = 20
  /// Base-2 logarithms of the steps.
  private static let steps = [-120, -160]

  /// `value` holds the entries of the formula at the point, used where the formula itself has no value.
  package init?(
    _ formula: Formula, sizes: [String: Int], values: [Formula: Matrix], value: [Real]? = nil,
    definitions: FunctionDefinitions?
  ) {
    var form = formula
    if let definitions {
      guard let inlined = try? Definitions(lookup: definitions).inlined(formula) else { return nil }
      form = inlined
    }
    let center = values.mapValues { RealArray($0, places: Self.places) }
    var evaluator = BallEvaluator(
      sizes: sizes, values: center, places: Self.places, functions: nil, work: work)
    guard let entries = try? value ?? evaluator.value(form).entries else { return nil }
    (self.formula, self.sizes, self.center, self.value) = (form, sizes, center, entries)
  }

  // MARK: Derivatives

  /// Derivatives of each entry of the formula along a direction.
  package mutating func slope(along direction: Direction) -> [Real]? {
    var central: [[Real]] = []
    var forward: [[Real]] = []
    for step in Self.steps {
      guard let plus = moved([(direction, 1)], step), let minus = moved([(direction, -1)], step) else {
        return nil
      }
      central.append(zip(plus, minus).map { ($0 - $1).scaled(-step - 1) })
      forward.append(zip(plus, value).map { ($0 - $1).scaled(-step) })
    }
    return limits(central, forward)
  }

  /// Second derivatives of each entry of the formula along two directions.
  mutating func curvature(along first: Direction, _ second: Direction) -> [Real]? {
    var central: [[Real]] = []
    var forward: [[Real]] = []
    for step in Self.steps {
      var corners: [[Real]] = []
      for (a, b) in [(1, 1), (1, -1), (-1, 1), (-1, -1), (1, 0), (0, 1)] {
        guard let corner = moved([(first, a), (second, b)], step) else { return nil }
        corners.append(corner)
      }
      central.append(
        value.indices.map {
          (corners[0][$0] - corners[1][$0] - corners[2][$0] + corners[3][$0]).scaled(-2 * step - 2)
        })
      forward.append(
        value.indices.map {
          (corners[0][$0] - corners[4][$0] - corners[5][$0] + value[$0]).scaled(-2 * step)
        })
    }
    return limits(central, forward)
  }

  /// Derivatives of each entry of the formula with respect to each entry of a variable.
  package mutating func slopes(_ variable: Formula) -> [[Real]]? {
    let units = units(variable)
    var result: [[Real]] = []
    for unit in units {
      guard let slope = slope(along: unit) else { return nil }
      result.append(slope)
    }
    // A function that has derivatives only along the axes, as at a corner, is not linear in the direction.
    let weights = Self.weights(units.count)
    guard let slanted = slope(along: Self.combined(units, weights)) else { return nil }
    let isLinear = slanted.indices.allSatisfy { place in
      isEqual(slanted[place], zip(result, weights).map { $0[place] * number($1) })
    }
    return isLinear ? result : nil
  }

  /// Second derivatives of a scalar with respect to each entry of two variables.
  package mutating func curvatures(_ first: Formula, _ second: Formula) -> [[Real]]? {
    let (rows, columns) = (units(first), units(second))
    guard value.count == 1 else { return nil }
    var result = rows.map { _ in columns.map { _ in number(0) } }
    for i in rows.indices {
      for j in columns.indices {
        if first === second, j < i {
          result[i][j] = result[j][i]
          continue
        }
        guard let entry = curvature(along: rows[i], columns[j]) else { return nil }
        result[i][j] = entry[0]
      }
    }
    let (a, b) = (Self.weights(rows.count), Self.weights(columns.count))
    guard let slanted = curvature(along: Self.combined(rows, a), Self.combined(columns, b)) else {
      return nil
    }
    let terms = rows.indices.flatMap { i in columns.indices.map { result[i][$0] * number(a[i] * b[$0]) } }
    return isEqual(slanted[0], terms) ? result : nil
  }

  // MARK: Directions

  private func number(_ value: Double) -> Real { Real(value, places: Self.places) }

  /// Unit directions, one for each entry of a variable.
  private func units(_ variable: Formula) -> [Direction] {
    guard let array = center[variable] else { return [] }
    return array.entries.indices.map { place in
      var unit = Matrix(rows: array.rows, columns: array.columns)
      unit[place % array.rows, place / array.rows] = 1
      return [variable: unit]
    }
  }

  /// Irregular numbers that are exact in double precision.
  private static func weights(_ count: Int) -> [Double] {
    var generator = SplitMix64(seed: 1)
    return (0..<count).map { _ in (generator.uniform(-1, 1) * 64).rounded() / 64 + 0x1p-8 }
  }

  private static func combined(_ directions: [Direction], _ weights: [Double]) -> Direction {
    var result: Direction = [:]
    for (direction, weight) in zip(directions, weights) {
      result.merge(direction.mapValues { weight * $0 }) { $0 + $1 }
    }
    return result
  }

  /// The entries of the formula after the given number of steps in each direction.
  private mutating func moved(_ moves: [(Direction, Int)], _ step: Int) -> [Real]? {
    var values = center
    for (direction, count) in moves where count != 0 {
      for (variable, change) in direction {
        values[variable] = values[variable]?.zip(RealArray(change, places: Self.places)) {
          $0 + ($1 * Real(count, places: Self.places)).scaled(step)
        }
      }
    }
    var evaluator = BallEvaluator(
      sizes: sizes, values: values, places: Self.places, functions: nil, work: work)
    evaluator.hasInfinities = true
    defer { work = evaluator.work }
    guard let array = try? evaluator.value(formula), array.entries.count == value.count else {
      isUnknown = true
      return nil
    }
    return array.entries
  }

  // MARK: Limits

  /// Base-2 logarithm of the magnitude below which a value is rounding noise.
  private var noise: Double {
    value.reduce(-300) { noise, entry in
      if case .ball(let ball) = entry { max(noise, ball.upper - 300) } else { noise }
    }
  }

  /// Base-2 logarithm of the magnitude, or `nil` if the value is not a number.
  private func size(_ value: Real) -> Double? {
    switch value {
    case .ball(let ball): ball.upper
    case .power(_, let logarithm): logarithm.isNegative ? -.infinity : nil
    case .infinity, .undefined, .undecided: nil
    }
  }

  /// The common limit of the central and one-sided quotients over both steps, or `nil` if they do not converge to one.
  private func limits(_ central: [[Real]], _ forward: [[Real]]) -> [Real]? {
    var result: [Real] = []
    for place in value.indices {
      let (coarse, fine) = (central[0][place], central[1][place])
      guard let limit = limit(coarse, fine),
        let gap = size(forward[1][place] - fine), let wide = size(forward[0][place] - coarse),
        let scale = size(limit), gap < noise || gap < wide - 20 || gap < scale - 60
      else { return nil }
      result.append(limit)
    }
    return result
  }

  private func limit(_ coarse: Real, _ fine: Real) -> Real? {
    guard let gap = size(fine - coarse), let scale = size(fine), let wide = size(coarse) else { return nil }
    if scale < noise || scale < wide - 20 { return number(0) }
    return gap < scale - 60 ? fine : nil
  }

  /// Whether a value equals the sum of some terms, up to their precision.
  private func isEqual(_ value: Real, _ terms: [Real]) -> Bool {
    guard let gap = size(value - .sum(terms)) else { return false }
    let largest = terms.compactMap(size).max() ?? -.infinity
    return gap < noise || gap < largest - 50
  }
}
