import NablaNumerics

// How closely a claimed derivative agrees with differences.

extension DifferenceTable {
  /// The error of the differences relative to a claim, or to 1 if the claim is zero.
  func resolution(of claimed: Matrix) -> Double {
    20 * errors.reduce(0, max) / (claimed.maxAbs > 0 ? claimed.maxAbs : 1)
  }

  /// The largest difference from a claim, relative to the claim, or to 1 if it is zero.
  func offset(from claimed: Matrix) -> Double {
    let largest = zip(values, claimed.storage).reduce(0) { max($0, ($1.0 - $1.1).magnitude) }
    return largest / (claimed.maxAbs > 0 ? claimed.maxAbs : 1)
  }

  /// The scale of the comparison: the size of the derivative, and the rounding error of the value of the expression
  /// where the derivative is zero.
  func scale(beside claimed: Matrix, _ value: Matrix) -> Double {
    // A zero has no size to compare with.
    let floor = claimed.maxAbs == 0 ? 1e-6 : 1e-300
    let size = values.reduce(0) { max($0, $1.magnitude) }
    return max(size, claimed.maxAbs, 1e-6 * value.maxAbs, floor)
  }

  /// The largest difference from a claim relative to the scale; `nil` if an entry exceeds the tolerance.
  func gap(from claimed: Matrix, _ scale: Double, _ tolerance: Double) -> Double? {
    var largest = 0.0
    for i in 0..<claimed.count {
      let difference = (claimed.storage[i] - values[i]).magnitude
      if difference > tolerance * scale + 20 * errors[i] { return nil }
      largest = max(largest, difference / scale)
    }
    return largest
  }
}
