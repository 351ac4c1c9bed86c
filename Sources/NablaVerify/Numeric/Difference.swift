import NablaNumerics

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Derivatives by five-point central differences, with step halving, extrapolation and an error estimate.
struct Difference {
  /// The derivative of each output entry.
  var values: [Double]
  /// The estimated error of each derivative.
  var errors: [Double]
  /// Whether the one-sided slopes differ: a kink at the point itself.
  var hasKink: Bool
  /// Observed order of convergence as the step is halved: 4 for a smooth function. `nil` if the differences are exact
  /// or dominated by rounding.
  var order: Double?

  /// Largest number of halvings.
  static let mostLevels = 8
  /// Relative error at which halving stops.
  static let enough = 1e-11

  /// The derivative of `function` at 0. The function writes `count` numbers and returns false where it has no value.
  static func derivative(
    count: Int, step: Double, _ function: (Double, UnsafeMutablePointer<Double>) -> Bool
  ) -> Difference? {
    func sample(_ t: Double) -> [Double]? {
      var hasValue = false
      let values = [Double](unsafeUninitializedCapacity: count) { buffer, used in
        guard let start = buffer.baseAddress else { return }
        start.initialize(repeating: 0, count: count)
        used = count
        hasValue = function(t, start)
      }
      return (hasValue || count == 0) && values.allSatisfy(\.isFinite) ? values : nil
    }
    guard let center = sample(0) else { return nil }
    var best = Difference(
      values: Array(repeating: 0, count: count), errors: Array(repeating: .infinity, count: count),
      hasKink: false)
    var last: (plain: [Double], extrapolated: [Double]?)?
    // |f(h) - 2f(0) + f(-h)| / h, which tends to 0 with h if f is smooth.
    var bends: [[Double]] = []
    var levels: [(plain: [Double], noise: Double)] = []
    var h = step
    var (far, near) = ((sample(2 * h), sample(-2 * h)), (sample(h), sample(-h)))
    for level in 0..<mostLevels {
      if level > 0 {
        h /= 2
        (far, near) = (near, (sample(h), sample(-h)))
      }
      guard let p1 = near.0, let m1 = near.1, let p2 = far.0, let m2 = far.1 else {
        // Outside the domain: closer points may be inside.
        continue
      }
      var plain = Array(repeating: 0.0, count: count)
      var bend = plain
      for i in 0..<count {
        plain[i] = (8 * (p1[i] - m1[i]) - (p2[i] - m2[i])) / (12 * h)
        bend[i] = ((p1[i] - center[i]) + (m1[i] - center[i])).magnitude / h
      }
      bends.append(bend)
      let magnitude = p2.reduce(0) { max($0, $1.magnitude) }
      levels.append((plain, 4 * Double.ulpOfOne * magnitude / h))
      var extrapolated: [Double]?
      if let last {
        extrapolated = (0..<count).map { plain[$0] + (plain[$0] - last.plain[$0]) / 15 }
        if let extrapolated {
          for i in 0..<count {
            let noise = 4 * Double.ulpOfOne * max(p1[i].magnitude, m1[i].magnitude, p2[i].magnitude) / h
            let before = last.extrapolated?[i] ?? last.plain[i]
            let error = (extrapolated[i] - before).magnitude + noise
            if error < best.errors[i] {
              best.errors[i] = error
              best.values[i] = extrapolated[i]
            }
          }
        }
      }
      last = (plain, extrapolated)
      let size = best.values.reduce(0) { max($0, $1.magnitude) }
      if bends.count >= 4, best.errors.allSatisfy({ $0 <= Self.enough * size }) { break }
    }
    guard bends.count >= 3 else { return nil }
    best.order = observedOrder(levels, best.values)
    let size = best.values.reduce(0) { max($0, $1.magnitude) }
    let (a, b) = (bends[bends.count - 2], bends[bends.count - 1])
    for i in 0..<count {
      let noise = 64 * Double.ulpOfOne * center[i].magnitude / (2 * h)
      if b[i] > 1e-5 * size + noise, b[i] > 0.8 * a[i] { best.hasKink = true }
    }
    return best
  }

  /// Measured between the last two levels at which the difference is well above rounding.
  private static func observedOrder(
    _ levels: [(plain: [Double], noise: Double)], _ limit: [Double]
  ) -> Double? {
    let gaps = levels.map { level in
      zip(level.plain, limit).reduce(0) { max($0, ($1.0 - $1.1).magnitude) }
    }
    guard let last = gaps.indices.last(where: { gaps[$0] > 1000 * levels[$0].noise }), last > 0 else {
      return nil
    }
    return log2(gaps[last - 1] / gaps[last])
  }
}
