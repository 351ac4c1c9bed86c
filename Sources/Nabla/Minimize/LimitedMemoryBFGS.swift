/// The limited-memory method of Broyden, Fletcher, Goldfarb and Shanno.
///
/// Source: Nocedal and Wright, Numerical Optimization, 2nd edition, section 7.2 (algorithms 7.4 and 7.5).
struct LimitedMemoryBFGS: DescentMethod {
  let search: LineSearch
  let endsAtLast = false
  let patience = 50

  /// Steps s with the changes y of the gradient, oldest first; rho = 1/(s'y).
  private var pairs: [(s: [Double], y: [Double], rho: Double)] = []
  /// Number of pairs kept.
  static let memory = 10

  init(search: LineSearch) { self.search = search }

  mutating func step(from current: Iterate, of function: any DescentFunction) -> DescentStep {
    while true {
      let direction = direction(current.gradient)
      // The first step has no scale yet.
      let firstStep = pairs.isEmpty ? 1 / max(1, current.norm) : 1
      switch search.search(function, from: current, along: direction, firstStep: firstStep) {
      case .found(let next):
        remember(current, next)
        return .moved(next)
      case .unbounded: return .stopped(.unboundedBelow)
      case .failed(let isFinite):
        if pairs.isEmpty { return .stopped(isFinite ? .noDecrease : .notFinite) }
        // The history is misleading; the gradient itself is not.
        pairs = []
      }
    }
  }

  private mutating func remember(_ current: Iterate, _ next: Iterate) {
    let s = next.point.adding(-1, current.point)
    let y = next.gradient.adding(-1, current.gradient)
    let product = s.inner(y)
    // Only a positive product keeps the approximation positive definite.
    guard product > 1e-14 * s.euclideanNorm * y.euclideanNorm, (1 / product).isFinite else { return }
    if pairs.count == Self.memory { pairs.removeFirst() }
    pairs.append((s, y, 1 / product))
  }

  /// -H*g with the approximate inverse Hessian H, by the two-loop recursion.
  private func direction(_ gradient: [Double]) -> [Double] {
    var q = gradient.scaled(by: -1)
    guard let last = pairs.last else { return q }
    var factors: [Double] = []
    for pair in pairs.reversed() {
      let factor = pair.rho * pair.s.inner(q)
      factors.append(factor)
      q = q.adding(-factor, pair.y)
    }
    q = q.scaled(by: 1 / (last.rho * last.y.inner(last.y)))
    for (pair, factor) in zip(pairs, factors.reversed()) {
      q = q.adding(factor - pair.rho * pair.y.inner(q), pair.s)
    }
    return q
  }
}
