import NablaCore
import NablaNumerics
import NablaTypes

/// The distribution of the entries of a variable.
package enum SamplingDistribution: CaseIterable, Sendable {
  case normal
  case positive
  case unitInterval
  /// Positive definite square matrices; other arrays normal.
  case definite
  /// Positive definite square matrices; other arrays positive.
  case definitePositive
  /// Small integers, for readable examples.
  case integers
  /// Small positive integers.
  case positiveIntegers
  /// Magnitudes from hundredths to hundreds with both signs, to reach beyond kinks far from zero or close to it.
  case wide
  /// Fractions of both signs, for functions that have values between -1 and 1 only.
  case fractions
  /// Values on both sides of the numbers in the formulas.
  case nearNumbers
  /// Values at the edges of the properties: zeros for nonnegative entries, corners of the simplex, low ranks.
  case extreme
}

/// Draws the values at which formulas are compared.
enum Instance {
  /// A value for a variable with its properties, or `nil` if none was found. `numbers` are those of the formulas.
  static func value(
    of variable: Variable, _ sizes: [String: Int], _ distribution: SamplingDistribution,
    near numbers: [Double] = [],
    _ generator: inout SplitMix64
  ) -> Matrix? {
    guard let rows = variable.shape.rows.value(sizes), let columns = variable.shape.columns.value(sizes),
      rows >= 0, columns >= 0
    else { return nil }
    let properties = variable.properties
    let isVector = variable.shape.isVector
    func random(_ more: Property...) -> Matrix? {
      RandomInstance.random(
        rows: rows, columns: columns, isVector: isVector, properties: properties.union(more),
        using: &generator)
    }
    func filled(_ entry: () -> Double) -> Matrix { Matrix(rows: rows, columns: columns).map { _ in entry() } }
    /// Draws unconstrained entries directly, and adapts the sign of others.
    func signed(_ entry: (inout SplitMix64) -> Double) -> Matrix? {
      if properties.isEmpty { return filled { entry(&generator) } }
      if properties.isSubset(of: [.positive, .nonnegative, .nonzero]) {
        let isSized = !properties.isDisjoint(with: [.positive, .nonnegative])
        return filled { isSized ? entry(&generator).magnitude : entry(&generator) }
      }
      return random()
    }
    let isSquare = rows == columns && variable.shape.isMatrix
    /// A positive definite matrix; half of the time with a skew part, since symmetry was not declared.
    func definite() -> Matrix? {
      guard let symmetric = random(.spd), generator.coin() else { return random(.spd) }
      let free = filled { (generator.normal() * 64).rounded() / 64 }
      return symmetric + free - free.transposed
    }
    switch distribution {
    case .wide: return signed(wide)
    case .fractions: return signed { $0.uniform(-0.95, 0.95) }
    case .nearNumbers:
      return signed { generator in
        guard let number = numbers.randomElement(using: &generator) else { return wide(&generator) }
        let scales: [Double] = [0.5, 0.9, 1.1, 2]
        let scale = scales[generator.integer(in: 0...3)]
        return generator.coin() ? number * scale : -number * scale
      }
    case .extreme: return extreme(properties, rows, columns, isVector, &generator) ?? random()
    case .normal, .positive, .unitInterval, .definite, .definitePositive, .integers, .positiveIntegers: break
    }
    if !properties.isEmpty {
      switch distribution {
      case .positive, .definitePositive: return random(.positive) ?? random()
      case .integers:
        return readable(properties, rows, columns, isVector, &generator)
          ?? rounded(random(), properties, isVector)
      case .positiveIntegers: return rounded(random(.positive) ?? random(), properties, isVector)
      case .normal, .unitInterval, .definite, .wide, .fractions, .nearNumbers, .extreme: return random()
      }
    }
    func between(_ low: Double, _ high: Double) -> Matrix {
      filled { (generator.uniform(low, high) * 100).rounded() / 100 }
    }
    switch distribution {
    case .normal, .wide, .fractions, .nearNumbers, .extreme: return random()
    case .positive: return between(0.3, 2.5)
    case .unitInterval: return between(0.05, 0.95)
    case .definite: return isSquare ? definite() : random()
    case .definitePositive: return isSquare ? definite() : between(0.3, 2.5)
    case .integers: return filled { Double(generator.integer(in: -2...3)) }
    case .positiveIntegers: return filled { Double(generator.integer(in: 1...4)) }
    }
  }

  /// A number of either sign with magnitude between a hundredth and a few hundred.
  private static func wide(_ generator: inout SplitMix64) -> Double {
    let scales: [Double] = [0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30, 100]
    let size = scales[generator.integer(in: 0...8)] * generator.uniform(1, 3.3)
    return generator.coin() ? size : -size
  }

  /// A matrix that barely has its properties, or `nil` if there is no such construction.
  private static func extreme(
    _ properties: Set<Property>, _ rows: Int, _ columns: Int, _ isVector: Bool,
    _ generator: inout SplitMix64
  ) -> Matrix? {
    var value = Matrix(rows: rows, columns: columns)
    if properties.isSubset(of: [.nonnegative]) {
      let isSized = !properties.isEmpty
      return value.map { _ in
        let entry = generator.integer(in: 0...2) == 0 ? 0 : generator.normal()
        return isSized ? entry.magnitude : entry
      }
    }
    if properties.isSubset(of: [.simplex, .nonnegative]), rows > 0, columns > 0 {
      for line in 0..<(isVector ? 1 : rows) {
        let places = isVector ? rows : columns
        let (a, b) = (generator.integer(in: 0...(places - 1)), generator.integer(in: 0...(places - 1)))
        let part = generator.coin() ? 1 : 0.25
        for (place, weight) in [(a, part), (b, 1 - part)] {
          if isVector { value[place, 0] += weight } else { value[line, place] += weight }
        }
      }
      return value
    }
    if properties.isSubset(of: [.psd, .symmetric]), properties.contains(.psd), rows == columns {
      // Entries have few bits, so the product is exact.
      let column = Matrix(rows: rows, columns: 1).map { _ in (generator.normal() * 64).rounded() / 64 }
      return generator.integer(in: 0...3) == 0 ? value : column.multiplied(by: column, transposingOther: true)
    }
    return nil
  }

  /// Integer matrices with properties that rounding would destroy; sometimes `nil`, where they are too special.
  private static func readable(
    _ properties: Set<Property>, _ rows: Int, _ columns: Int, _ isVector: Bool,
    _ generator: inout SplitMix64
  ) -> Matrix? {
    guard rows > 0 else { return nil }
    if properties.contains(.orthogonal) {
      guard generator.integer(in: 0...2) > 0 else { return nil }
      return RandomInstance.random(
        rows: rows, columns: rows, isVector: false, properties: properties.union([.binary]), using: &generator
      )
    }
    if properties.isSubset(of: [.spd, .psd, .symmetric, .invertible]), properties.contains(.psd) {
      var factor = Matrix.identity(rows)
      for j in 0..<rows {
        for i in 0..<rows where i > j { factor[i, j] = Double(generator.integer(in: -1...2)) }
      }
      return factor.multiplied(by: factor, transposingOther: true)
    }
    if properties.isSubset(of: [.simplex, .nonnegative]), properties.contains(.simplex), isVector {
      var quarters = Matrix(rows: rows, columns: 1)
      for _ in 0..<4 { quarters[generator.integer(in: 0...(rows - 1)), 0] += 0.25 }
      return quarters
    }
    return nil
  }

  /// Rounds to integers if the properties survive.
  private static func rounded(
    _ matrix: Matrix?, _ properties: Set<Property>, _ isVector: Bool
  ) -> Matrix? {
    guard let matrix else { return nil }
    let rounded = matrix.map { $0.rounded() }
    let survive = properties.allSatisfy {
      RandomInstance.violation(of: $0, in: rounded, isVector: isVector) == nil
    }
    return survive ? rounded : matrix
  }

  /// The distributions of the variables in one attempt: first the same for all, later one for each.
  static func distributions(_ variables: [Formula], attempt: Int, _ generator: inout SplitMix64)
    -> [SamplingDistribution]
  {
    let common: [SamplingDistribution] = [.normal, .positive, .unitInterval, .definite, .definitePositive]
    if attempt < common.count { return variables.map { _ in common[attempt] } }
    return variables.map { _ in common[generator.integer(in: 0...(common.count - 1))] }
  }
}
