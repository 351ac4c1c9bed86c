extension RealArray {
  /// The orthogonal matrix nearest to one that is orthogonal up to rounding; `nil` if it is not.
  /// Uses the Newton-Schulz iteration X(3I - X'X)/2, whose residual squares at each step. The nearest orthogonal matrix
  /// is no further from X than X'X is from I.
  package func orthogonalized(places: Int) -> RealArray? {
    guard rows == columns else { return nil }
    let identity = RealArray.identity(rows, places: places)
    var current = self
    for _ in 0..<Self.mostSteps {
      let gram = current.transposed * current
      guard let residual = gram.zip(identity, -).largestLogarithm, residual < -2 else { return nil }
      let distance = residual + Ball.logarithm(Double(max(rows, 1)))
      if distance < Double(64 * (2 - places)) { return current.map { $0.widened(by: distance) } }
      current = (current * gram.zip(identity) { $1 * Real(3, places: places) - $0 }).map {
        $0.scaled(-1).middle
      }
    }
    return nil
  }

  private static let mostSteps = 16

  /// The logarithm of a bound of the entries; `nil` if an entry has none.
  private var largestLogarithm: Double? {
    var largest = -Double.infinity
    for case .ball(let entry) in entries { largest = max(largest, entry.upper) }
    let areBalls = entries.allSatisfy { if case .ball = $0 { true } else { false } }
    return areBalls ? largest : nil
  }
}

extension Real {
  /// The midpoint of the ball, exactly.
  fileprivate var middle: Real { if case .ball(let ball) = self { .ball(ball.exact) } else { self } }
}
