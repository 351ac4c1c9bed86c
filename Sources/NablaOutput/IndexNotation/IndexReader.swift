import NablaCore
import NablaTypes

/// Computes entries of arrays: the entry of a formula as a scalar formula in entries of its leaves.
/// A matrix product becomes a sum over an index, and an identity Kronecker's delta. An array without a formula for its
/// entries, such as an inverse, is kept whole and subscripted. Every node is read once for each place, children first,
/// so depth uses no stack.
final class IndexReader {
  /// An entry of a formula to be read.
  struct Place: Hashable {
    let formula: Formula
    let row: Position
    let column: Position

    init(_ formula: Formula, _ row: Position, _ column: Position) {
      self.formula = formula
      self.row = formula.shape.rows.isOne ? .one : row
      self.column = formula.shape.columns.isOne ? .one : column
    }
  }

  /// How an entry is computed from entries of the parts.
  struct Plan {
    var parts: [Place] = []
    let make: ([Formula]) -> Formula
  }

  /// Positions along an axis, with the indices that run over them.
  struct Run {
    let position: Position
    let ranges: [IndexRange]
  }

  /// Limit on the entries read for one answer; a larger one could not be printed.
  static let mostPlaces = 20_000

  var bounds = IndexBounds()
  /// The names that users gave to indices.
  var wishes: [String: String] = [:]
  let axes = Axes()
  let free = FreeIndices()
  private var known: [Place: Formula] = [:]

  /// The entry; `nil` if it would be too large to print.
  func entry(_ formula: Formula, _ row: Position, _ column: Position) -> Formula? {
    let whole = Place(formula, row, column)
    var plans: [Place: Plan] = [:]
    var open = [whole]
    while let place = open.last {
      if known[place] != nil {
        open.removeLast()
        continue
      }
      let plan = plans[place] ?? self.plan(place)
      let missing = plan.parts.filter { known[$0] == nil }
      if missing.isEmpty {
        let made = plan.make(plan.parts.compactMap { known[$0] })
        if made.cost / Cost.symbol > PrintLimit.symbols || made.height > PrintLimit.height { return nil }
        known[place] = made
        plans[place] = nil
        open.removeLast()
      } else {
        plans[place] = plan
        open += missing.reversed()
        if known.count + plans.count > Self.mostPlaces { return nil }
      }
    }
    return known[whole]
  }

  /// The positions along an axis, block by block.
  func runs(along axis: Axis) -> [Run] {
    switch axis {
    case .plain(let size): return [run(size, after: 0)]
    case .pair(let slow, let fast):
      // The fast index moves down a column, so it is named first.
      let (inner, outer) = (runs(along: fast.whole)[0], runs(along: slow.whole)[0])
      return [
        Run(
          position: .pair(
            slow: outer.position, fast: inner.position, slowSize: slow.size, fastSize: fast.size),
          ranges: outer.ranges + inner.ranges)
      ]
    case .pieces(let sizes):
      var offset = Dimension(0)
      return sizes.map { size in
        defer { offset = offset + size }
        return run(size, after: offset)
      }
    }
  }

  private func run(_ size: Dimension, after offset: Dimension) -> Run {
    if size.isOne { return Run(position: .at(offset + 1), ranges: []) }
    let range = bounds.index(to: size)
    return Run(position: .at(offset + Dimension(name: range.name)), ranges: [range])
  }

  // MARK: Nodes

  private func plan(_ place: Place) -> Plan {
    let (formula, row, column) = (place.formula, place.row, place.column)
    func same(_ parts: [Formula], _ make: @escaping ([Formula]) -> Formula) -> Plan {
      Plan(parts: parts.map { Place($0, row, column) }, make: make)
    }
    switch formula.kind {
    case .number, .constant, .dimension: return Plan { _ in formula }
    case .variable, .inverse, .differential: return whole(place)
    case .zeros: return Plan { _ in .zero }
    case .ones: return Plan { _ in .one }
    case .identity: return Plan { [bounds] _ in bounds.delta(row, column, formula.shape.rows) }
    case .sum(let terms): return same(terms) { .sum($0, .scalar) }
    case .times(let factors): return same(factors) { Self.product($0) }
    case .power(let base, let exponent):
      return same([base, exponent]) { Self.product([.power($0[0], $0[1])]) }
    case .product(let chain): return self.chain(chain, row, column)
    case .transpose(let inner): return Plan(parts: [Place(inner, column, row)]) { $0[0] }
    case .apply(let operation, let arguments): return applied(operation, arguments, place)
    }
  }

  /// The entry of an array that is kept whole.
  func whole(_ place: Place) -> Plan {
    let (row, column) = (place.row.flat, place.column.flat)
    return Plan { _ in .entry(place.formula, row, column) }
  }

  /// A matrix product: a sum over the axis shared by the first factor and the rest.
  private func chain(_ chain: [Formula], _ row: Position, _ column: Position) -> Plan {
    var chain = chain
    if row == .one, column == .one {
      // A scalar is its own transpose: rows are summed first if that transposes fewer factors.
      let transposed = chain.reversed().map(\.transposed)
      func turns(_ chain: [Formula]) -> Int { chain.count { $0.shape.isMatrix && $0.isTransposed } }
      if turns(transposed) < turns(chain) { chain = transposed }
    }
    guard let first = chain.first, let second = chain.dropFirst().first, let last = chain.last else {
      return Plan { $0.first ?? .one }
    }
    let rest =
      chain.count == 2
      ? last
      : Formula.interned(.product(Array(chain.dropFirst())), Shape(second.shape.rows, last.shape.columns))
    let runs = self.runs(along: axes.of(first).columns.met(axes.of(second).rows))
    let parts = runs.flatMap { [Place(first, row, $0.position), Place(rest, $0.position, column)] }
    return summed(runs, parts) { Self.product($0) }
  }

  /// The sum over runs, each with the same number of parts.
  func summed(_ runs: [Run], _ parts: [Place], _ make: @escaping ([Formula]) -> Formula) -> Plan {
    let count = parts.count / max(runs.count, 1)
    return Plan(parts: parts) { entries in
      .sum(
        runs.indices.map { index in
          self.total(runs[index].ranges, make(Array(entries[(index * count)..<((index + 1) * count)])))
        }, .scalar)
    }
  }

  /// The sum over all entries of arrays of one shape.
  func summed(over arrays: [Formula], _ make: @escaping ([Formula]) -> Formula) -> Plan {
    let axes = arrays.map { self.axes.of($0) }
    guard let first = axes.first else { return Plan { _ in .zero } }
    let rows = runs(along: axes.dropFirst().reduce(first.rows) { $0.met($1.rows) })
    var runs: [Run] = []
    var parts: [Place] = []
    for row in rows {
      for column in self.runs(along: axes.dropFirst().reduce(first.columns) { $0.met($1.columns) }) {
        runs.append(Run(position: row.position, ranges: row.ranges + column.ranges))
        parts += arrays.map { Place($0, row.position, column.position) }
      }
    }
    return summed(runs, parts, make)
  }
}
