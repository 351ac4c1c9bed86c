import NablaCompile
import NablaCore
import NablaNumerics

/// Puts true values in the place of doubles that have lost their digits or their range.
///
/// What is small enough is computed again in ball arithmetic, which knows how good its digits are. Where those are
/// certain the double nearest to them is taken; where they are not, and for what takes too much work, the double
/// stays.
package struct Correction {
  let certified: CertifiedValues

  /// For each formula and number of limbs, about in nanoseconds.
  package static let work = 40_000_000
  /// Numbers of limbs, one after the other until the values are certain.
  package static let places = [3, 6, 20, 96]

  package init(sizes: [String: Int], values: [Formula: Matrix], definitions: FunctionDefinitions?) {
    certified = CertifiedValues(
      sizes: sizes, values: values, definitions: definitions, places: Self.places, work: Self.work)
  }

  /// The value of a formula by doubles made true, and how many of its entries were off by more than 1e-10.
  package func corrected(_ computed: Matrix, _ formula: Formula) -> (value: Matrix, count: Int) {
    guard certified.values.values.allSatisfy(\.isFinite), let truth = certified.entries(formula) else {
      return (computed, 0)
    }
    return Self.corrected(computed, truth)
  }

  /// Doubles made true, and how many of them were off by more than 1e-10.
  package static func corrected(_ computed: Matrix, _ truth: [Real]) -> (value: Matrix, count: Int) {
    guard truth.count == computed.count else { return (computed, 0) }
    var entries = computed.storage
    var count = 0
    for (index, (value, entry)) in zip(computed.storage, truth).enumerated() {
      switch CertifiedValues.compare(value, entry, allowsNaN: false) {
      case .right: entries[index] = CertifiedValues.nearest(entry) ?? value
      case .undecided: break
      case .wrong(let right):
        entries[index] = right
        count += 1
      }
    }
    return (Matrix(rows: computed.rows, columns: computed.columns, storage: entries), count)
  }
}
