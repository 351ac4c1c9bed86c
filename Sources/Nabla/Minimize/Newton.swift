import NablaNumerics

/// Newton's method with a line search. Where the Hessian is not positive definite, a multiple of the identity is added
/// until it is.
/// The Hessian is first scaled to a unit diagonal, so that the units of the variables do not matter. Source: Nocedal
/// and Wright, Numerical Optimization, 2nd edition, sections 3.3 and 3.4 (algorithms 3.2 and 3.3).
struct NewtonDescent: DescentMethod {
  let search: LineSearch
  let endsAtLast = false
  let patience = 50

  /// Limit on the size of a Hessian, since factoring takes cubic time.
  static let largest = 2000
  /// For a matrix with unit diagonal, a pivot below this is rounding.
  private static let leastPivot = 1e-13

  init(search: LineSearch) { self.search = search }

  func step(from current: Iterate, of function: any DescentFunction) -> DescentStep {
    guard let hessian = function.hessian(at: current.point), hessian.allSatisfy(\.isFinite) else {
      return .stopped(.notFinite)
    }
    let downhill = current.gradient.scaled(by: -1)
    let newton = Self.direction(hessian, current.gradient)
    var isFinite = true
    for (direction, firstStep) in [(newton ?? downhill, 1), (downhill, 1 / max(1, current.norm))] {
      switch search.search(function, from: current, along: direction, firstStep: firstStep) {
      case .found(let next): return .moved(next)
      case .unbounded: return .stopped(.unboundedBelow)
      case .failed(let wasFinite): isFinite = wasFinite
      }
    }
    return .stopped(isFinite ? .noDecrease : .notFinite)
  }

  /// The solution d of (H + shift)*d = -g; `nil` if no shift helps.
  static func direction(_ hessian: [Double], _ gradient: [Double]) -> [Double]? {
    let n = gradient.count
    let largest = (0..<n).reduce(0.0) { max($0, hessian[$1 + $1 * n].magnitude) }
    let scale = (0..<n).map { i -> Double in
      let entry = hessian[i + i * n].magnitude
      return 1 / (entry > 0 ? entry : largest > 0 ? largest : 1).squareRoot()
    }
    guard scale.allSatisfy({ $0.isFinite && $0 > 0 }) else { return nil }
    var scaled = Matrix(rows: n, columns: n)
    for j in 0..<n { for i in 0..<n { scaled[i, j] = hessian[i + j * n] * scale[i] * scale[j] } }
    let right = Matrix(column: (0..<n).map { -gradient[$0] * scale[$0] })
    var shift = 0.0
    while shift < 1e20 {
      var shifted = scaled
      for i in 0..<n { shifted[i, i] += shift }
      if let factor = Cholesky(shifted),
        factor.lower.diagonal.allSatisfy({ $0 * $0 >= Self.leastPivot })
      {
        let solution = factor.solve(right)
        if solution.isFinite { return (0..<n).map { solution[$0, 0] * scale[$0] } }
      }
      // A singular matrix needs a tiny shift, an indefinite one about the magnitude of its smallest eigenvalue.
      shift = shift == 0 ? 1e-10 : shift < 1e-3 || shift > 100 ? 100 * shift : 2 * shift
    }
    return nil
  }
}
