extension DualMatrix {
  /// The lower triangular L, with squares on its diagonal, such that L*L' is the symmetric part; `nil` if there is
  /// none.
  /// Its derivative solves L1*L' + L*L1' = A1: L1 = L*half(inv(L)*A1*inv(L)'), where half takes the lower triangle with
  /// half of the diagonal (Murray 2016, Differentiation of the Cholesky decomposition).
  package var cholesky: DualMatrix? {
    guard rows == columns, let half = PrimeField(2).inverse else { return nil }
    let symmetric = (self + transposed).scaled(by: half)
    guard let factor = symmetric.value.choleskyFactor, let over = factor.inverse else { return nil }
    func moved(_ part: FieldMatrix) -> FieldMatrix {
      var inner = over * part * over.transposed
      for j in 0..<inner.columns {
        for i in 0..<j { inner[i, j] = 0 }
        inner[j, j] *= half
      }
      return factor * inner
    }
    var result = DualMatrix(
      factor, first: symmetric.first.map(moved), second: symmetric.second.map(moved),
      mixed: symmetric.mixed.map(moved))
    if let first = result.first, let second = result.second {
      let cross = first * second.transposed
      let bend = moved(-(cross + cross.transposed))
      result.mixed = result.mixed.map { $0 + bend } ?? bend
    }
    return result
  }
}

extension FieldMatrix {
  /// Column by column; `nil` if a pivot has no root or is zero.
  fileprivate var choleskyFactor: FieldMatrix? {
    var result = FieldMatrix(rows: rows, columns: columns)
    for j in 0..<columns {
      var pivot = self[j, j]
      for k in 0..<j { pivot -= result[j, k] * result[j, k] }
      guard let root = pivot.squareRoot, let over = root.inverse else { return nil }
      result[j, j] = root
      for i in (j + 1)..<max(rows, j + 1) {
        var entry = self[i, j]
        for k in 0..<j { entry -= result[i, k] * result[j, k] }
        result[i, j] = entry * over
      }
    }
    return result
  }
}
