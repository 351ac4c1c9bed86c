import NablaCompile
import NablaCore
import NablaNumerics

/// Replaces doubles that lost their digits or left their range by the true values.
/// Small enough formulas are evaluated again in ball arithmetic, which knows how many of its digits are right. Where
/// they are certain, the nearest double is used. Where they are not, or the work exceeds its limit, the double stays.
package struct Correction {
  let certified: BallValues

  /// Work allowed for each formula and number of limbs, roughly in nanoseconds.
  package static let work = 40_000_000
  /// Numbers of limbs, tried in order until the values are certain.
  package static let places = [3, 6, 20, 96]

  package init(sizes: [String: Int], values: [Formula: Matrix], definitions: FunctionDefinitions?) {
    certified = BallValues(
      sizes: sizes, values: values, definitions: definitions, places: Self.places, work: Self.work)
  }

  /// The corrected value of a formula, and how many of its entries were off by more than the precision explains.
  package func corrected(
    _ computed: Matrix, _ formula: Formula, precision: Precision = .float64
  ) -> (value: Matrix, count: Int) {
    guard certified.values.values.allSatisfy(\.isFinite), let truth = certified.entries(formula) else {
      return (computed, 0)
    }
    return Self.corrected(computed, truth, precision: precision)
  }

  /// The corrected numbers, and how many of them were off by more than 1e-10, or 1e-4 for floats.
  package static func corrected(
    _ computed: Matrix, _ truth: [Real], precision: Precision = .float64
  ) -> (value: Matrix, count: Int) {
    guard truth.count == computed.count else { return (computed, 0) }
    var entries = computed.storage
    var count = 0
    let tolerance =
      switch precision {
      case .float64: 1e-10
      case .float32: 1e-4
      }
    for (index, (value, entry)) in zip(computed.storage, truth).enumerated() {
      switch BallValues.compare(value, entry, tolerance: tolerance, allowsNaN: false) {
      case .right: entries[index] = BallValues.nearest(entry) ?? value
      case .undecided: break
      case .wrong(let right):
        entries[index] = right
        // The true value may be beyond the range of floats.
        if precision == .float64 || Double(Float(right)) != value { count += 1 }
      }
    }
    return (Matrix(rows: computed.rows, columns: computed.columns, storage: entries), count)
  }
}
