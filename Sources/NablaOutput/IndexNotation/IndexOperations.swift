import NablaCore
import NablaTypes

/// The entries of operations.
extension IndexReader {
  func applied(_ operation: Operation, _ arguments: [Formula], _ place: Place) -> Plan {
    let (row, column) = (place.row, place.column)
    let entries = arguments.map { Place($0, row, column) }
    switch operation {
    case .elementwise: return Plan(parts: entries) { .apply(operation, $0, .scalar) }
    case .array(let array): return self.array(array, arguments, place)
    case .defined(let defined):
      guard defined.isLinear, let unfolded = defined.unfolded(arguments) else { return whole(place) }
      return Plan(parts: [Place(unfolded, row, column)]) { $0[0] }
    case .function(let function, _):
      // A function from scalars to arrays has entries, but no formula for them.
      guard function.isElementwise else { return whole(place) }
      return Plan(parts: entries) { .apply(operation, $0, .scalar) }
    case .blocks(let height, let width): return block(height, width, arguments, place)
    case .slice(let rows, let columns):
      return Plan(
        parts: [Place(arguments[0], moved(row, rows.first), moved(column, columns.first))]
      ) { $0[0] }
    case .indexSum(let name, let first, let last):
      let range = bounds.index(from: first, to: last)
      wishes[range.name] = name
      let body = IndexRenaming(values: [name: Dimension(name: range.name)], bounds: bounds)(arguments[0])
      return Plan(parts: [Place(body, row, column)]) { self.total([range], $0[0]) }
    }
  }

  private func moved(_ position: Position, _ first: Dimension) -> Position {
    first.isOne ? position : .at(position.flat + first - 1)
  }

  /// The entry of the block at the place; if the block is undetermined, that of the array of blocks.
  private func block(_ height: Int, _ width: Int, _ blocks: [Formula], _ place: Place) -> Plan {
    func found(_ position: Position, _ sizes: [Dimension]) -> (index: Int, position: Position)? {
      if sizes.count == 1 { return (0, position) }
      let at = position.flat
      var offset = Dimension(0)
      for (index, size) in sizes.enumerated() {
        if bounds.isWithin(at, offset + 1, offset + size) { return (index, .at(at - offset)) }
        offset = offset + size
      }
      return nil
    }
    let heights = (0..<height).map { blocks[$0 * width].shape.rows }
    let widths = (0..<width).map { blocks[$0].shape.columns }
    guard let down = found(place.row, heights), let across = found(place.column, widths) else {
      return whole(place)
    }
    return Plan(parts: [Place(blocks[down.index * width + across.index], down.position, across.position)]) {
      $0[0]
    }
  }

  private func array(_ operation: ArrayOperation, _ arguments: [Formula], _ place: Place) -> Plan {
    guard let first = arguments.first, let last = arguments.last else { return whole(place) }
    let (row, column) = (place.row, place.column)
    switch operation {
    case .trace:
      let runs = self.runs(along: axes.of(first).rows.met(axes.of(first).columns))
      return summed(runs, runs.map { Place(first, $0.position, $0.position) }) { $0[0] }
    case .norm1: return summed(over: [first]) { .apply(.elementwise("abs"), $0, .scalar) }
    case .norm2:
      let squares = summed(over: [first]) { Self.product([.power($0[0], .number(2))]) }
      return Plan(parts: squares.parts) { .power(squares.make($0), .half) }
    case .dot: return summed(over: arguments) { Self.product($0) }
    case .logsumexp:
      let powers: Plan
      if first.shape.isMatrix {
        let runs = self.runs(along: axes.of(first).columns)
        powers = summed(runs, runs.map { Place(first, row, $0.position) }) {
          .apply(.elementwise("exp"), $0, .scalar)
        }
      } else {
        powers = summed(over: [first]) { .apply(.elementwise("exp"), $0, .scalar) }
      }
      return Plan(parts: powers.parts) { .apply(.elementwise("log"), [powers.make($0)], .scalar) }
    case .diagonalMatrix:
      let entry = first.shape.columns.isOne ? Place(first, row, .one) : Place(first, .one, row)
      let delta = bounds.delta(row, column, place.formula.shape.rows)
      return Plan(parts: [entry]) { Self.product([$0[0], delta]) }
    case .diagonalVector: return Plan(parts: [Place(first, row, row)]) { $0[0] }
    case .vec:
      guard let (slow, fast) = row.split(first.shape.columns, first.shape.rows) else { return whole(place) }
      return Plan(parts: [Place(first, fast, slow)]) { $0[0] }
    case .kron:
      guard let rows = row.split(first.shape.rows, last.shape.rows),
        let columns = column.split(first.shape.columns, last.shape.columns)
      else { return whole(place) }
      return Plan(parts: [Place(first, rows.slow, columns.slow), Place(last, rows.fast, columns.fast)]) {
        Self.product($0)
      }
    case .commutation:
      guard let m = first.size, let n = last.size, let rows = row.split(m, n),
        let columns = column.split(n, m)
      else { return whole(place) }
      let deltas = [bounds.delta(rows.slow, columns.fast, m), bounds.delta(rows.fast, columns.slow, n)]
      return Plan { _ in Self.product(deltas) }
    case .tril: return masked(first, place, bounds.ordered(column.flat, row.flat, isStrict: false))
    case .triu: return masked(first, place, bounds.ordered(row.flat, column.flat, isStrict: false))
    case .lowhalf:
      let below = bounds.ordered(column.flat, row.flat, isStrict: true)
      let delta = bounds.delta(row.flat, column.flat, first.shape.rows)
      return masked(first, place, .sum([below, delta.scaled(by: Rational(1, over: 2))], .scalar))
    case .determinant, .logDeterminant, .norminf, .specnorm, .nucnorm, .maximum, .minimum, .softmax,
      .logsoftmax, .pseudoInverse, .adjugate, .exponential, .cholesky, .argmaxhot, .polar, .leftsv, .rightsv:
      return whole(place)
    }
  }

  private func masked(_ array: Formula, _ place: Place, _ mask: Formula) -> Plan {
    Plan(parts: [Place(array, place.row, place.column)]) { Self.product([mask, $0[0]]) }
  }
}
