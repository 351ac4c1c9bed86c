import NablaArrays
import NablaKernels

/// The eigenvalues and eigenvectors of a diagonal matrix plus a product z*z', which merge two parts of a division.
///
/// The poles are p_0 < p_1 < ... and the eigenvalues x_i the roots of 1 + sum_i z_i^2 / (p_i - x), with
/// p_i < x_i < p_(i+1). All differences p_i - x_j are computed to nearly full precision, and z is replaced by the vector
/// for which the roots are exact, so that the eigenvectors are orthogonal. Sources: Gu and Eisenstat, A stable and
/// efficient algorithm for the rank-one modification of the symmetric eigenproblem, SIAM J. Matrix Anal. Appl. 15 (1994);
/// Li, Solving secular equations stably and efficiently, LAPACK working note 89 (1994).
struct RankOneUpdate {
  /// The kind of the poles: numbers d_i, or their squares.
  enum Poles {
    case numbers, squares
  }

  let poles: Poles
  let count: Int
  /// The numbers d_i, ascending.
  let d: UnsafePointer<Double>
  /// The vector z; then that of the exact roots.
  let z: UnsafeMutablePointer<Double>
  /// Gets p_i - x_j in row i and column j.
  let differences: UnsafeMutablePointer<Double>

  /// p_i - p_j.
  @inline(__always)
  private func gap(_ i: Int, _ j: Int) -> Double {
    switch poles {
    case .numbers: d[i] - d[j]
    case .squares: (d[i] - d[j]) * (d[i] + d[j])
    }
  }

  /// Writes the roots, as numbers comparable with d_i, and the differences, and replaces z; `squares` has `count` places.
  func solve(roots: UnsafeMutablePointer<Double>, squares: UnsafeMutablePointer<Double>) {
    for i in 0..<count { squares[i] = z[i] * z[i] }
    for j in 0..<count { roots[j] = solve(j, squares) }
    for i in 0..<count { squares[i] = 1 }
    for j in 0..<count {
      let column = differences + j &* count
      let last = j &+ 1 == count
      for i in 0..<count {
        squares[i] *= last ? -column[i] : column[i] / gap(i, i > j ? j : j &+ 1)
      }
    }
    for i in 0..<count {
      let size = Swift.max(squares[i], 0).squareRoot()
      z[i] = z[i] < 0 ? -size : size
    }
  }

  /// Finds root j and the differences from it.
  private func solve(_ j: Int, _ squares: UnsafePointer<Double>) -> Double {
    let gaps = differences + j &* count
    for i in 0..<count { gaps[i] = gap(i, j) }
    var origin = j
    var (low, high) = (0.0, 0.0)
    let isLast = j &+ 1 == count
    if isLast {
      for i in 0..<count { high += squares[i] }
    } else {
      high = gaps[j &+ 1] / 2
    }
    var shift = high
    var at = sums(j, gaps, squares, shift)
    if !isLast, at.value < 0 {
      // The root is closer to the next pole, from which it is then measured.
      origin = j &+ 1
      shift = -high
      (low, high) = (shift, 0)
      for i in 0..<count { gaps[i] = gap(i, origin) }
      at = sums(j, gaps, squares, shift)
    }
    for _ in 0..<Self.mostSteps {
      if at.value < 0 { low = Swift.max(low, shift) } else { high = Swift.min(high, shift) }
      if at.value.magnitude <= at.error { break }
      var next = shift + step(from: shift, gaps[j], isLast ? nil : gaps[j &+ 1], at)
      // Also if the step is not a number.
      if !(next > low && next < high) { next = low + (high - low) / 2 }
      if next == shift || next <= low || next >= high { break }
      shift = next
      at = sums(j, gaps, squares, shift)
    }
    for i in 0..<count { gaps[i] -= shift }
    switch poles {
    case .numbers: return d[origin] + shift
    case .squares: return d[origin] + shift / (d[origin] + (d[origin] * d[origin] + shift).squareRoot())
    }
  }

  private static let mostSteps = 200

  /// The equation at one point: its value, the derivatives of the sums over the poles up to j and after it, and a bound
  /// of the rounding error.
  private struct Sums {
    var value, before, after, error: Double
  }

  private func sums(
    _ j: Int, _ gaps: UnsafePointer<Double>, _ squares: UnsafePointer<Double>, _ shift: Double
  ) -> Sums {
    let (low, before) = sum(0, j &+ 1, gaps, squares, shift)
    let (high, after) = sum(j &+ 1, count, gaps, squares, shift)
    let error = 2 * Double.ulpOfOne * (1 - low + high)
    return Sums(value: 1 + low + high, before: before, after: after, error: error)
  }

  @inline(__always)
  private func sum(
    _ first: Int, _ end: Int, _ gaps: UnsafePointer<Double>, _ squares: UnsafePointer<Double>,
    _ shift: Double
  ) -> (value: Double, slope: Double) {
    var (value, slope) = (SIMD4<Double>.zero, SIMD4<Double>.zero)
    var i = first
    while i &+ 4 <= end {
      let g = SIMD4(gaps[i], gaps[i &+ 1], gaps[i &+ 2], gaps[i &+ 3])
      let s = SIMD4(squares[i], squares[i &+ 1], squares[i &+ 2], squares[i &+ 3])
      let inverse = 1 / (g - shift)
      let term = s * inverse
      value += term
      slope += term * inverse
      i &+= 4
    }
    var total = (value.sum(), slope.sum())
    while i < end {
      let inverse = 1 / (gaps[i] - shift)
      let term = squares[i] * inverse
      total.0 += term
      total.1 += term * inverse
      i &+= 1
    }
    return total
  }

  /// The distance to the root of c + s/(p_j - x) + t/(p_(j+1) - x) with the same value and slopes at the point.
  private func step(from shift: Double, _ left: Double, _ right: Double?, _ at: Sums) -> Double {
    let a = left - shift
    guard let right else {
      // Of c + s/(p_j - x).
      let constant = at.value - at.before * a
      return a + at.before * a * a / constant
    }
    let b = right - shift
    let constant = at.value - at.before * a - at.after * b
    let linear = at.value * (a + b) - a * b * (at.before + at.after)
    let product = at.value * a * b
    let root = Swift.max(linear * linear - 4 * constant * product, 0).squareRoot()
    return linear <= 0 ? (linear - root) / (2 * constant) : 2 * product / (linear + root)
  }
}
