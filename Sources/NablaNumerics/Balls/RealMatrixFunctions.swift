// Matrix functions. Iterations stop with a bound of the remaining error.

extension RealArray {
  /// The exponential: the Taylor series of A/2^s, squared s times. Undecided for entries that are not balls.
  package func exponential(places: Int) -> RealArray? {
    guard rows == columns, rows > 0 else { return nil }
    let undecided = map { _ in Real.undecided }
    let size = entries.reduce(-Double.infinity) { largest, entry in
      guard case .ball(let ball) = entry else { return .infinity }
      return max(largest, ball.upper)
    }
    let norm = size + Self.logarithm(of: rows)
    guard norm < 20 else { return undecided }
    // The logarithm of a zero norm is infinite.
    let halvings = norm > -Self.smallness ? Int((norm + Self.smallness).rounded(.up)) : 0
    let small = map { $0.scaled(-halvings) }
    var (term, total, k) = (Self.identity(rows, places: places), Self.identity(rows, places: places), 0)
    // The norm of a term is at most that of the previous one times that of the scaled matrix over k, and the terms that
    // are left out add up to less than the last one.
    var bound = 0.0
    let one = Real(1, places: places)
    while bound > -Double(64 * places) {
      k += 1
      let fraction = one / Real(k, places: places)
      term = (term * small).map { $0 * fraction }
      total = total.zip(term, +)
      bound -= Self.smallness + Double(k.bitWidth - 1 - k.leadingZeroBitCount)
    }
    total = total.map { $0.widened(by: bound) }
    for _ in 0..<halvings { total = total * total }
    return total
  }

  /// Below this negative base-2 logarithm of its norm a matrix has a short power series.
  private static let smallness = 8.0

  private static func logarithm(of count: Int) -> Double {
    Double(Int.bitWidth - count.leadingZeroBitCount)
  }

  /// The lower Cholesky factor of the symmetric part; undefined if that is not positive definite.
  package func choleskyFactor(places: Int) -> RealArray? {
    guard rows == columns, rows > 0 else { return nil }
    let half = Real(0.5, places: places)
    var factor = RealArray(rows, rows) { _, _ in Real(0, places: places) }
    for j in 0..<rows {
      for i in j..<rows {
        let entry = (self[i, j] + self[j, i]) * half - .sum((0..<j).map { factor[i, $0] * factor[j, $0] })
        if i > j {
          factor.entries[i + j * rows] = entry / factor[j, j]
          continue
        }
        switch entry.sign {
        case 1: factor.entries[i + j * rows] = entry.squareRoot
        case .some: return map { _ in .undefined }
        case nil: return map { _ in .undecided }
        }
      }
    }
    return factor
  }

  /// The pseudoinverse of a matrix whose rows or columns are certainly independent; otherwise undecided.
  package func pseudoInverse(places: Int) -> RealArray? {
    if rows < columns { return transposed.pseudoInverse(places: places)?.transposed }
    guard let gram = (transposed * self).eliminated(places: places) else { return nil }
    // The rank decides, and a singular Gram matrix has a smaller one, which is not handled here.
    return (gram.inverse * transposed).map { if case .undefined = $0 { .undecided } else { $0 } }
  }

  /// U*V' of the thin singular value decomposition, by Newton's iteration X → (X + X*inv(X'*X))/2, which maps a
  /// singular value s to (s + 1/s)/2; the next step bounds the remaining error.
  package func polarFactor(places: Int) -> RealArray? {
    if rows < columns { return transposed.polarFactor(places: places)?.transposed }
    let half = Real(0.5, places: places)
    var current = self
    for _ in 0..<80 {
      guard let inverse = current.pseudoInverse(places: places) else { return nil }
      let next = current.zip(inverse.transposed) { ($0 + $1) * half }
      let step = next.zip(current, -)
      current = next
      guard case .ball(let square) = step.sumOfSquares else { return map { _ in .undecided } }
      if square.upper < -Double(64 * places) { return current.map { $0.widened(by: square.upper / 2) } }
    }
    return map { _ in .undecided }
  }
}
