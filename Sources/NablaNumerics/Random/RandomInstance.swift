import NablaTypes

extension RandomInstance {
  /// A random matrix with all of some properties, or nil when none could be made.
  /// Each applicable construction proposes matrices until one passes `violation` for every property, so a result is
  /// always right. Without properties the entries are normal numbers with two decimals. Properties are taken literally:
  /// a diagonal positive matrix larger than 1×1 does not exist. `isVector` as for `violation`.
  package static func random(
    rows: Int, columns: Int, isVector: Bool, properties: Set<Property>,
    using generator: inout SplitMix64
  ) -> Matrix? {
    require(rows >= 0 && columns >= 0, "A matrix has no negative number of rows or columns.")
    if rows != columns && properties.contains(where: \.isOfSquareMatrices) { return nil }
    let plan = InstancePlan(rows: rows, columns: columns, isVector: isVector, properties: properties)
    for construction in plan.constructions {
      for _ in 0..<construction.attempts {
        guard let candidate = construction.propose(plan, &generator) else { break }
        if properties.allSatisfy({ violation(of: $0, in: candidate, isVector: isVector) == nil })
          && plan.isComfortable(candidate)
        {
          return candidate
        }
      }
    }
    return nil
  }
}

/// The shape and properties of a wanted matrix, with their consequences.
struct InstancePlan {
  let rows: Int
  let columns: Int
  /// Whether the single column is a vector, rather than that of a matrix.
  let isVector: Bool
  let properties: Set<Property>
  /// Whether the properties together force a diagonal matrix.
  let isDiagonal: Bool
  /// Whether they force nonnegative entries.
  let isNonnegative: Bool
  /// Whether they force a symmetric matrix.
  let isSymmetric: Bool

  init(rows: Int, columns: Int, isVector: Bool, properties: Set<Property>) {
    self.rows = rows
    self.columns = columns
    self.isVector = isVector
    self.properties = properties
    isSymmetric = !properties.isDisjoint(with: [.symmetric, .spd, .psd])
    let isTriangular = !properties.isDisjoint(with: [.lower, .upper])
    isDiagonal =
      properties.contains(.diagonal) || properties.isSuperset(of: [.lower, .upper])
      || isTriangular && (isSymmetric || properties.contains(.orthogonal))
    isNonnegative = !properties.isDisjoint(
      with: [.positive, .nonnegative, .binary, .simplex, .onehot])
  }

  /// Whether any of some properties is wanted.
  func wants(_ some: Property...) -> Bool {
    some.contains { properties.contains($0) }
  }

  /// Whether an entry may differ from zero.
  func allows(_ i: Int, _ j: Int) -> Bool {
    if isDiagonal && i != j { return false }
    if wants(.lower) && i < j { return false }
    if wants(.upper) && i > j { return false }
    return !(wants(.skew) && i == j)
  }

  /// Whether a matrix that must be invertible is far enough from singular for difference quotients.
  func isComfortable(_ a: Matrix) -> Bool {
    guard wants(.invertible, .spd) else { return true }
    let values = SVD.values(of: a)
    guard let first = values.first, let last = values.last else { return true }
    return last > first / (200 * Double(values.count))
  }

  /// One random entry that obeys the properties of entries.
  func entry(_ generator: inout SplitMix64) -> Double {
    if wants(.signs) { return isNonnegative || generator.coin() ? 1 : -1 }
    if wants(.binary, .onehot) {
      return wants(.positive, .nonzero) || generator.coin() ? 1 : 0
    }
    let value = generator.shortDecimal()
    return isNonnegative || isDiagonal && wants(.psd, .spd) ? value.magnitude : value
  }

  /// The constructions in the order to try them, the most general first.
  var constructions: [InstanceConstruction] {
    var list: [InstanceConstruction] = []
    let square = rows == columns
    if wants(.onehot) { list.append(.init(attempts: 20, propose: InstanceConstruction.oneHot)) }
    if square && wants(.spd, .psd) {
      list.append(.init(attempts: 4, propose: InstanceConstruction.gram))
      list.append(.init(attempts: 8, propose: InstanceConstruction.outerSquare))
    }
    if square && wants(.orthogonal) {
      list.append(.init(attempts: 2, propose: InstanceConstruction.orthogonal))
      list.append(.init(attempts: 4, propose: InstanceConstruction.reflections))
      list.append(.init(attempts: 2, propose: InstanceConstruction.rotatedSkew))
    }
    if wants(.simplex) {
      list.append(.init(attempts: 20, propose: InstanceConstruction.weights))
      if square {
        list.append(.init(attempts: 20, propose: InstanceConstruction.doublyStochastic))
      }
    }
    let needsLuck = wants(.invertible) && wants(.binary, .signs)
    list.append(.init(attempts: needsLuck ? 60 : 20, propose: InstanceConstruction.entries))
    if square {
      list.append(.init(attempts: 8, propose: InstanceConstruction.permutation))
      list.append(.init(attempts: 8, propose: InstanceConstruction.involution))
      list.append(
        .init(attempts: 1) { plan, _ in Matrix.identity(plan.rows) })
    }
    list.append(
      .init(attempts: 1) { plan, _ in
        Matrix(rows: plan.rows, columns: plan.columns, repeating: 1)
      })
    list.append(
      .init(attempts: 1) { plan, _ in Matrix(rows: plan.rows, columns: plan.columns) })
    return list
  }
}
