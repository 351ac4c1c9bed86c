import NablaTypes

/// Random matrices with declared properties, and the check that a matrix has one.
package enum RandomInstance {
  /// The relative tolerance of every comparison in `violation`.
  static let tolerance = 1e-8

  /// The first entry that violates a property, or nil when the matrix has it.
  /// Equalities hold within 1e-8 times the largest entry; NaN and infinity violate every property. A wrong shape is
  /// reported at row and column 0. `isVector` says whether the array was declared a vector: for a matrix that happens
  /// to have one column, `simplex` and `onehot` apply to each row.
  package static func violation(
    of property: Property, in a: Matrix, isVector: Bool
  ) -> PropertyViolation? {
    if property.isOfSquareMatrices && !a.isSquare {
      return PropertyViolation(
        row: 0, column: 0, reason: "the matrix is \(a.rows)×\(a.columns), not square")
    }
    // Numbers that are not finite have no meaningful sign or size, and factorizations would miss them.
    if let bad = entry(of: a, "is not finite", \.isFinite) { return bad }
    let slack = tolerance * a.maxAbs
    switch property {
    case .symmetric: return symmetryViolation(a, 1, slack)
    case .skew: return symmetryViolation(a, -1, slack)
    case .diagonal: return nonzeroOutside(a, slack, "off the diagonal") { $0 == $1 }
    case .lower: return nonzeroOutside(a, slack, "above the diagonal") { $0 >= $1 }
    case .upper: return nonzeroOutside(a, slack, "below the diagonal") { $0 <= $1 }
    case .positive: return entry(of: a, "is not positive") { $0 > 0 }
    case .nonnegative: return entry(of: a, "is negative") { $0 >= 0 }
    case .nonzero: return entry(of: a, "is zero") { $0 > 0 || $0 < 0 }
    case .binary:
      return entry(of: a, "is neither 0 nor 1") {
        $0.magnitude <= tolerance || ($0 - 1).magnitude <= tolerance
      }
    case .signs:
      return entry(of: a, "is neither -1 nor 1") { ($0.magnitude - 1).magnitude <= tolerance }
    case .simplex: return simplexViolation(a, isVector)
    case .onehot: return violation(of: .binary, in: a, isVector: isVector) ?? simplexViolation(a, isVector)
    case .orthogonal: return orthogonalViolation(a)
    case .invertible: return invertibleViolation(a)
    case .spd: return symmetryViolation(a, 1, slack) ?? definiteViolation(a)
    case .psd: return symmetryViolation(a, 1, slack) ?? semidefiniteViolation(a)
    }
  }

  /// The text of a number in a reason.
  private static func text(_ value: Double) -> String { Matrix.text(of: value, digits: 10) }

  /// The first entry that fails a test of one number.
  private static func entry(
    of a: Matrix, _ complaint: String, _ test: (Double) -> Bool
  ) -> PropertyViolation? {
    for i in 0..<a.rows {
      for j in 0..<a.columns where !test(a[i, j]) {
        return PropertyViolation(
          row: i, column: j, reason: "the entry \(text(a[i, j])) \(complaint)")
      }
    }
    return nil
  }

  /// The first entry outside a pattern that is not zero.
  private static func nonzeroOutside(
    _ a: Matrix, _ slack: Double, _ place: String, _ pattern: (Int, Int) -> Bool
  ) -> PropertyViolation? {
    for i in 0..<a.rows {
      for j in 0..<a.columns where !(a[i, j].magnitude <= slack) {
        if !pattern(i, j) || a[i, j].isNaN {
          return PropertyViolation(
            row: i, column: j, reason: "the entry \(text(a[i, j])) \(place) is not zero")
        }
      }
    }
    return nil
  }

  /// The first entry that is not `sign` times its mirror image.
  private static func symmetryViolation(
    _ a: Matrix, _ sign: Double, _ slack: Double
  ) -> PropertyViolation? {
    let relation = sign > 0 ? "differs from" : "is not minus"
    for i in 0..<a.rows {
      for j in 0...i where !((a[i, j] - sign * a[j, i]).magnitude <= slack) {
        return PropertyViolation(
          row: i, column: j,
          reason: "the entry \(text(a[i, j])) \(relation) its mirror image \(text(a[j, i]))")
      }
    }
    return nil
  }

  /// The first negative entry, or the start of the vector or of the first row that does not sum to 1.
  private static func simplexViolation(_ a: Matrix, _ isVector: Bool) -> PropertyViolation? {
    if let bad = entry(of: a, "is negative", { $0 >= -tolerance }) { return bad }
    for i in 0..<(isVector ? 1 : a.rows) {
      let total =
        isVector ? a.sum : (0..<a.columns).reduce(0) { $0 + a[i, $1] }
      if !((total - 1).magnitude <= tolerance) {
        return PropertyViolation(
          row: i, column: 0,
          reason: "the \(isVector ? "vector" : "row") sums to \(text(total)), not to 1")
      }
    }
    return nil
  }

  /// The first entry where A'A differs from the identity.
  private static func orthogonalViolation(_ a: Matrix) -> PropertyViolation? {
    let gram = a.multiplied(by: a, transposingSelf: true)
    for i in 0..<a.rows {
      for j in 0..<a.columns {
        let wanted: Double = i == j ? 1 : 0
        if !((gram[i, j] - wanted).magnitude <= tolerance) {
          return PropertyViolation(
            row: i, column: j,
            reason: i == j
              ? "column \(j + 1) has squared length \(text(gram[i, j])), not 1"
              : "columns \(i + 1) and \(j + 1) have inner product \(text(gram[i, j])), not 0")
        }
      }
    }
    return nil
  }

  /// The smallest pivot of a matrix whose condition number passes 10¹².
  private static func invertibleViolation(_ a: Matrix) -> PropertyViolation? {
    let values = SVD.values(of: a)
    guard let first = values.first, let last = values.last, !(last > 1e-12 * first) else {
      return nil
    }
    let pivots = LU(a).factors.diagonal
    let worst = pivots.indices.min { pivots[$0].magnitude < pivots[$1].magnitude } ?? 0
    return PropertyViolation(row: worst, column: worst, reason: "the matrix is singular")
  }

  /// The first pivot of the Cholesky factorization that is not positive.
  private static func definiteViolation(_ a: Matrix) -> PropertyViolation? {
    var lower = a
    guard let k = lower.withMutablePointer({ Cholesky.firstBadPivot(a.rows, $0) }) else {
      return nil
    }
    return PropertyViolation(
      row: k, column: k,
      reason: "the leading \(k + 1)×\(k + 1) block is not positive definite")
  }

  /// The largest entry of the eigenvector of a negative eigenvalue.
  private static func semidefiniteViolation(_ a: Matrix) -> PropertyViolation? {
    let eigen = SymmetricEigen(a)
    guard let least = eigen.values.first else { return nil }
    let largest = Swift.max(least.magnitude, eigen.values.last?.magnitude ?? 0)
    if least >= -tolerance * largest { return nil }
    let vector = eigen.vectors.column(0).storage
    let worst = vector.indices.max { vector[$0].magnitude < vector[$1].magnitude } ?? 0
    return PropertyViolation(
      row: worst, column: worst, reason: "the matrix has the negative eigenvalue \(text(least))")
  }
}
