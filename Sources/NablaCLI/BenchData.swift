import Nabla
import NablaCore
import NablaNumerics
import NablaTypes

/// Seeded data for a problem, and the check of its results.
struct BenchData {
  private var generator: SplitMix64
  private let sizes: [String: Int]
  private let labels: BenchProblem.Labels
  private(set) var values: [Formula: Matrix] = [:]

  init(seed: UInt64, sizes: [String: Int], labels: BenchProblem.Labels) {
    self.labels = labels
    generator = SplitMix64(seed: seed)
    self.sizes = sizes
  }

  /// Normal numbers divided by the square root of the number of columns; square matrices far from singular; labels 1
  /// and -1, or 1 and 0; scalars 0.1.
  mutating func value(_ formula: Formula) -> Matrix {
    if let known = values[formula] { return known }
    let rows = formula.shape.rows.value(sizes) ?? 1
    let columns = formula.shape.columns.value(sizes) ?? 1
    let labels = formula.name == "y" ? self.labels : .numbers
    let scale = columns > 1 ? 1 / Double(columns).squareRoot() : 1
    var value = Matrix(rows: rows, columns: columns)
    value.withMutablePointer { p in
      for i in 0..<(rows * columns) {
        switch labels {
        case .numbers: p[i] = scale * generator.normal()
        case .signs: p[i] = generator.coin() ? 1 : -1
        case .binary: p[i] = generator.coin() ? 1 : 0
        }
      }
      if rows == columns, rows > 1 { for i in 0..<rows { p[i * (rows + 1)] += 3 } }
    }
    if formula.variable?.properties.contains(.spd) == true { value = 0.5 * (value + value.transposed) }
    if rows == 1, columns == 1 { value = Matrix(0.1) }
    values[formula] = value
    return value
  }

  /// The error of the derivatives against central differences along a random direction of each variable, relative to
  /// the size of the compared values; the smaller error of two steps.
  mutating func error(
    _ bound: BoundFunction, _ function: Formula, _ gradients: [Formula], _ variables: [Formula],
    _ derivative: BenchProblem.Derivative
  ) throws -> Double {
    var worst = 0.0
    for (place, variable) in variables.enumerated() {
      let base = value(variable)
      let direction = base.map { _ in generator.normal() }
      let observed = try Formula.compiled([derivative == .gradient ? function : gradients[place]]).bound(
        sizes)
      for other in observed.variables { observed.set(other, value(other)) }
      func moved(_ factor: Double) throws -> Matrix {
        observed.set(variable, base + factor * direction)
        try observed()
        return observed.value(0)
      }
      let computed: Matrix
      switch derivative {
      case .gradient: computed = Matrix(direction.hadamard(bound.value(place + 1)).sum)
      case .hessian:
        // A Hessian with respect to a matrix acts on its stacked columns.
        computed = bound.value(0).multiplied(by: direction.vectorized)
      }
      // A small step where the function bends much, a larger one where a small one drowns in rounding.
      var least = Double.infinity
      for size in [direction.frobeniusNorm, direction.maxAbs] {
        let step = 1e-4 / max(size, 1)
        let difference = (try moved(step) - moved(-step)) / (2 * step)
        let gap = (difference.vectorized - computed.vectorized).maxAbs
        least = min(least, gap / max(computed.maxAbs, difference.maxAbs, 1e-3))
      }
      worst = max(worst, least)
    }
    return worst
  }
}
