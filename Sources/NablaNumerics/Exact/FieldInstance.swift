import NablaTypes

/// Random matrices over the prime field with declared properties, where "positive" means "a square".
package enum FieldInstance {
  /// A random matrix with some properties; `nil` if no construction is known.
  /// Entries are uniform except as the properties require. Sign properties cannot hold for sums, and are ignored for
  /// definite matrices: over the field, signs are only labels. `isVector` as for `RandomInstance.violation`.
  package static func random(
    rows: Int, columns: Int, isVector: Bool, properties: Set<Property>,
    using generator: inout SplitMix64
  ) -> FieldMatrix? {
    guard let result = candidate(rows, columns, isVector, properties, &generator),
      properties.allSatisfy({ has($0, result) })
    else { return nil }
    return result
  }

  /// Whether a matrix has a property, signs aside.
  private static func has(_ property: Property, _ a: FieldMatrix) -> Bool {
    func entries(_ body: (Int, Int) -> Bool) -> Bool {
      (0..<a.columns).allSatisfy { j in (0..<a.rows).allSatisfy { a[$0, j].isZero || body($0, j) } }
    }
    switch property {
    case .symmetric, .spd, .psd: return a == a.transposed
    case .skew: return a == -a.transposed
    case .diagonal: return entries { $0 == $1 }
    case .lower: return entries { $0 >= $1 }
    case .upper: return entries { $0 <= $1 }
    case .orthogonal: return a.transposed * a == .identity(a.columns)
    case .binary, .onehot: return a.storage.allSatisfy { $0 * $0 == $0 }
    case .signs: return a.storage.allSatisfy { $0 * $0 == 1 }
    case .invertible, .positive, .nonnegative, .nonzero, .simplex: return true
    }
  }

  private static func candidate(
    _ rows: Int, _ columns: Int, _ isVector: Bool, _ properties: Set<Property>,
    _ generator: inout SplitMix64
  ) -> FieldMatrix? {
    func wants(_ some: Property...) -> Bool { some.contains(where: properties.contains) }
    if rows != columns, properties.contains(where: \.isOfSquareMatrices) { return nil }
    let isTriangular = wants(.lower) || wants(.upper)
    let isSymmetric = wants(.symmetric, .spd, .psd)
    let isDiagonal =
      wants(.diagonal) || wants(.lower) && wants(.upper)
      || isTriangular && (isSymmetric || wants(.orthogonal))
    if wants(.onehot, .simplex) {
      if rows == columns, rows > 1, isSymmetric || isTriangular || isDiagonal || wants(.skew, .orthogonal) {
        return nil
      }
      let isOneHot = wants(.onehot)
      return isVector
        ? ofUnitSums(1, rows, isOneHot: isOneHot, &generator).transposed
        : ofUnitSums(rows, columns, isOneHot: isOneHot, &generator)
    }
    func entry() -> PrimeField {
      if wants(.binary) { return generator.coin() ? 1 : 0 }
      if wants(.signs) || wants(.orthogonal) { return generator.coin() ? 1 : -1 }
      let drawn = PrimeField.randomUnit(using: &generator)
      return wants(.positive, .nonnegative) || isDiagonal && wants(.spd, .psd) ? drawn * drawn : drawn
    }
    if wants(.orthogonal), !isDiagonal {
      return isSymmetric || wants(.skew, .binary, .signs) ? nil : orthogonal(rows, &generator)
    }
    if wants(.spd, .psd), !isDiagonal { return wants(.binary, .signs) ? nil : gram(rows, &generator) }
    var result = FieldMatrix(rows: rows, columns: columns)
    for j in 0..<columns {
      for i in 0..<rows {
        if isDiagonal ? i != j : wants(.lower) ? i < j : wants(.upper) && i > j { continue }
        if wants(.skew) {
          if i > j {
            result[i, j] = entry()
            result[j, i] = -result[i, j]
          }
        } else if isSymmetric, i < j {
          continue
        } else {
          result[i, j] = entry()
          if isSymmetric { result[j, i] = result[i, j] }
        }
      }
    }
    return result
  }

  /// Whether there are finitely many values with these properties.
  package static func isDiscrete(_ properties: Set<Property>) -> Bool {
    properties.contains(where: \.traits.isDiscrete)
  }

  /// Rows whose entries sum to one.
  private static func ofUnitSums(
    _ rows: Int, _ columns: Int, isOneHot: Bool, _ generator: inout SplitMix64
  ) -> FieldMatrix {
    var result = FieldMatrix(rows: rows, columns: columns)
    guard columns > 0 else { return result }
    for i in 0..<rows {
      if isOneHot {
        result[i, generator.integer(in: 0...(columns - 1))] = 1
        continue
      }
      var rest: PrimeField = 1
      for j in 1..<max(columns, 1) {
        result[i, j] = .randomUnit(using: &generator)
        rest -= result[i, j]
      }
      result[i, 0] = rest
    }
    return result
  }

  /// Cayley's transform (I - K)*inv(I + K) of a skew matrix has determinant 1; a reflection may change that to -1.
  private static func orthogonal(_ n: Int, _ generator: inout SplitMix64) -> FieldMatrix? {
    for _ in 0..<4 {
      var skew = FieldMatrix(rows: n, columns: n)
      for j in 0..<n {
        for i in 0..<j {
          skew[i, j] = .random(using: &generator)
          skew[j, i] = -skew[i, j]
        }
      }
      guard let inverse = (FieldMatrix.identity(n) + skew).inverse else { continue }
      var result = (FieldMatrix.identity(n) - skew) * inverse
      if n > 0, generator.coin() { for i in 0..<n { result[i, 0] = -result[i, 0] } }
      return result
    }
    return nil
  }

  /// L*L' with squares on the diagonal of the triangular L, so that a Cholesky factor exists.
  private static func gram(_ n: Int, _ generator: inout SplitMix64) -> FieldMatrix {
    var factor = FieldMatrix(rows: n, columns: n)
    for j in 0..<n {
      for i in j..<n {
        let drawn = PrimeField.randomUnit(using: &generator)
        factor[i, j] = i == j ? drawn * drawn : drawn
      }
    }
    return factor * factor.transposed
  }
}
