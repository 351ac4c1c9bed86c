import NablaCore
import NablaTypes

/// The bounds of indices from their ranges, which decide the order and equality of positions.
struct IndexBounds {
  /// In order of creation; a range may use earlier indices.
  private var ranges: [IndexRange] = []
  private var places: [String: Int] = [:]

  /// The first character of generated names, which no name of the language has.
  static let mark: Character = "#"

  /// A new index with this range.
  mutating func index(from first: Dimension = 1, to last: Dimension) -> IndexRange {
    let range = IndexRange(name: "\(Self.mark)\(ranges.count)", first: first, last: last)
    places[range.name] = ranges.count
    ranges.append(range)
    return range
  }

  /// The creation order of an index; `nil` for another name.
  func age(_ name: String) -> Int? { places[name] }

  /// Whether it is provably nonnegative for all values of the indices and all sizes.
  func isNonnegative(_ value: Dimension) -> Bool {
    var least = value
    // A range uses only earlier indices, so the latest is eliminated first.
    while let index = least.names.compactMap(age).max() {
      guard let next = lowered(least, ranges[index]) else { return false }
      least = next
    }
    // A size is at least 1.
    let sizes = Dictionary(uniqueKeysWithValues: least.names.map { ($0, Dimension(name: $0) + 1) })
    return least.substituting(sizes).terms.allSatisfy { $0.coefficient >= 0 }
  }

  /// The minimum over one index; `nil` if the index is multiplied by another.
  private func lowered(_ value: Dimension, _ range: IndexRange) -> Dimension? {
    var result = Dimension(0)
    for term in value.terms {
      var factor = Dimension(term.coefficient)
      for name in term.names where name != range.name { factor = factor * Dimension(name: name) }
      switch term.names.count(where: { $0 == range.name }) {
      case 0: result = result + factor
      case 1:
        if term.names.contains(where: { $0 != range.name && age($0) != nil }) { return nil }
        result = result + factor * (term.coefficient < 0 ? range.last : range.first)
      default: return nil
      }
    }
    return result
  }

  func isLess(_ a: Dimension, _ b: Dimension) -> Bool { isNonnegative(b - a - 1) }

  func isWithin(_ place: Dimension, _ first: Dimension, _ last: Dimension) -> Bool {
    isNonnegative(place - first) && isNonnegative(last - place)
  }

  /// An entry of the identity of this size: 1 or 0 if that is known, otherwise Kronecker's delta.
  func delta(_ a: Dimension, _ b: Dimension, _ size: Dimension) -> Formula {
    if a == b { return .one }
    if isLess(a, b) || isLess(b, a) { return .zero }
    let isSorted = eldest(a) <= eldest(b)
    return .entry(.identity(size), isSorted ? a : b, isSorted ? b : a)
  }

  /// The delta of two positions.
  func delta(_ a: Position, _ b: Position, _ size: Dimension) -> Formula {
    if case .pair(let slow, let fast, let slowSize, let fastSize) = a, let other = b.split(slowSize, fastSize)
    {
      return .times([delta(slow, other.slow, slowSize), delta(fast, other.fast, fastSize)])
    }
    return delta(a.flat, b.flat, size)
  }

  private func eldest(_ place: Dimension) -> Int { place.names.compactMap(age).min() ?? Int.max }

  /// 1 if a <= b, otherwise 0.
  func ordered(_ a: Dimension, _ b: Dimension, isStrict: Bool) -> Formula {
    if isNonnegative(isStrict ? b - a - 1 : b - a) { return .one }
    if isNonnegative(isStrict ? a - b : a - b - 1) { return .zero }
    return .apply(
      .elementwise(isStrict ? "less" : "lessequal"), [.dimension(a), .dimension(b)], .scalar)
  }
}

extension Formula {
  /// An entry of an array; a scalar is its own entry.
  static func entry(_ array: Formula, _ row: Dimension, _ column: Dimension) -> Formula {
    .slice(
      array, rows: Operation.Range(first: row, last: row),
      columns: Operation.Range(first: column, last: column))
  }

  /// The indices of Kronecker's delta, as an entry of the identity.
  var deltaPlaces: (row: Dimension, column: Dimension)? {
    guard case .apply(.slice(let rows, let columns), let arguments) = kind, isScalar,
      arguments.first?.isIdentity == true
    else { return nil }
    return (rows.first, columns.first)
  }

  /// Whether it is a single entry of an array.
  var isEntry: Bool {
    guard case .apply(.slice(let rows, let columns), _) = kind else { return false }
    return rows.first == rows.last && columns.first == columns.last
  }

  package var isTransposed: Bool {
    if case .transpose = kind { return true }
    return false
  }
}
