import NablaCore
import NablaTypes

/// A position along one axis of an array, counted from 1.
/// An axis of stacked columns, as in `vec` and `kron`, is counted by a pair of positions, which avoids quotients and
/// remainders. Any pair has a single flat position, but not conversely.
indirect enum Position: Hashable, Sendable {
  /// A polynomial in indices and sizes.
  case at(Dimension)
  case pair(slow: Position, fast: Position, slowSize: Dimension, fastSize: Dimension)

  static let one = Position.at(1)

  /// The flat position.
  var flat: Dimension {
    switch self {
    case .at(let place): place
    case .pair(let slow, let fast, _, let fastSize): (slow.flat - 1) * fastSize + fast.flat
    }
  }

  /// The two positions along axes of these sizes; `nil` if a flat position cannot be split.
  func split(_ slowSize: Dimension, _ fastSize: Dimension) -> (slow: Position, fast: Position)? {
    if slowSize.isOne { return (.one, self) }
    if fastSize.isOne { return (self, .one) }
    guard case .pair(let slow, let fast, slowSize, fastSize) = self else { return nil }
    return (slow, fast)
  }
}

/// A bound or free index with its range.
struct IndexRange: Hashable, Sendable {
  let name: String
  let first: Dimension
  let last: Dimension
}

/// The structure of positions along an axis.
indirect enum Axis: Hashable, Sendable {
  case plain(Dimension)
  case pair(slow: Axis, fast: Axis)
  /// One block after the other.
  case pieces([Dimension])

  /// Axes with more blocks are treated as unstructured.
  static let mostPieces = 8

  var size: Dimension {
    switch self {
    case .plain(let size): size
    case .pair(let slow, let fast): slow.size * fast.size
    case .pieces(let sizes): sizes.reduce(0, +)
    }
  }

  var isPlain: Bool {
    if case .plain = self { return true }
    return false
  }

  /// Without the blocks, which matter only if an axis is traversed completely.
  var whole: Axis {
    switch self {
    case .plain: self
    case .pair(let slow, let fast): .pair(slow: slow.whole, fast: fast.whole)
    case .pieces: .plain(size)
    }
  }

  /// The common structure of an axis of two arrays.
  func met(_ other: Axis) -> Axis { isPlain ? other : self }

  static func stacked(slow: Axis, fast: Axis) -> Axis {
    if slow.size.isOne { return fast }
    if fast.size.isOne { return slow }
    return .pair(slow: slow.whole, fast: fast.whole)
  }
}

/// The axes of formulas, computed once for each.
final class Axes {
  private var known: [Formula: (rows: Axis, columns: Axis)] = [:]

  func of(_ formula: Formula) -> (rows: Axis, columns: Axis) {
    if let axes = known[formula] { return axes }
    for node in formula.nodes(without: { known[$0] != nil }) { known[node] = found(node) }
    return known[formula] ?? (.plain(formula.shape.rows), .plain(formula.shape.columns))
  }

  private func known(_ formula: Formula) -> (rows: Axis, columns: Axis) {
    known[formula] ?? (.plain(formula.shape.rows), .plain(formula.shape.columns))
  }

  private func found(_ formula: Formula) -> (rows: Axis, columns: Axis) {
    let plain = (rows: Axis.plain(formula.shape.rows), columns: Axis.plain(formula.shape.columns))
    switch formula.kind {
    case .number, .constant, .variable, .dimension, .zeros, .ones, .identity, .inverse, .differential:
      return plain
    case .sum(let parts), .times(let parts): return shared(parts, plain)
    case .power(let base, let exponent): return shared([base, exponent], plain)
    case .product(let chain):
      guard let first = chain.first, let last = chain.last else { return plain }
      return (known(first).rows, known(last).columns)
    case .transpose(let inner): return (known(inner).columns, known(inner).rows)
    case .apply(let operation, let arguments): return applied(operation, arguments, plain)
    }
  }

  /// The axes of arrays of one shape.
  private func shared(_ parts: [Formula], _ plain: (rows: Axis, columns: Axis)) -> (rows: Axis, columns: Axis)
  {
    parts.filter { !$0.isScalar }.reduce(plain) { axes, part in
      (axes.rows.met(known(part).rows), axes.columns.met(known(part).columns))
    }
  }

  private func applied(
    _ operation: Operation, _ arguments: [Formula], _ plain: (rows: Axis, columns: Axis)
  ) -> (rows: Axis, columns: Axis) {
    guard let first = arguments.first else { return plain }
    let inner = known(first)
    switch operation {
    case .elementwise: return shared(arguments, plain)
    case .function(let function, _): return function.isElementwise ? shared(arguments, plain) : plain
    case .array(let array): return self.array(array, arguments, plain)
    case .defined: return plain
    case .blocks(let height, let width):
      let blocks = arguments.map { known($0) }
      let heights = (0..<height).map { arguments[$0 * width].shape.rows }
      let widths = (0..<width).map { arguments[$0].shape.columns }
      func axis(_ sizes: [Dimension], _ axes: [Axis], _ plain: Axis) -> Axis {
        if sizes.count == 1 { return axes.reduce(plain) { $0.met($1) } }
        return sizes.count > Axis.mostPieces ? plain : .pieces(sizes)
      }
      return (
        axis(heights, blocks.map(\.rows), plain.rows), axis(widths, blocks.map(\.columns), plain.columns)
      )
    case .slice(let rows, let columns):
      return (
        rows == .all(first.shape.rows) ? inner.rows : plain.rows,
        columns == .all(first.shape.columns) ? inner.columns : plain.columns
      )
    case .indexSum: return inner
    }
  }

  private func array(
    _ operation: ArrayOperation, _ arguments: [Formula], _ plain: (rows: Axis, columns: Axis)
  ) -> (rows: Axis, columns: Axis) {
    guard let first = arguments.first, let last = arguments.last else { return plain }
    let (one, other) = (known(first), known(last))
    switch operation {
    case .vec: return (.stacked(slow: one.columns, fast: one.rows), plain.columns)
    case .kron:
      return (
        .stacked(slow: one.rows, fast: other.rows), .stacked(slow: one.columns, fast: other.columns)
      )
    case .commutation:
      guard let m = first.size, let n = last.size else { return plain }
      return (
        .stacked(slow: .plain(m), fast: .plain(n)), .stacked(slow: .plain(n), fast: .plain(m))
      )
    case .diagonalMatrix:
      let axis = first.shape.columns.isOne ? one.rows : one.columns
      return (axis, axis)
    case .diagonalVector, .logsumexp:
      return (one.rows.size == plain.rows.size ? one.rows : plain.rows, plain.columns)
    case .tril, .triu, .lowhalf: return one
    case .trace, .determinant, .logDeterminant, .norm1, .norm2, .norminf, .specnorm, .nucnorm, .maximum,
      .minimum, .dot, .softmax, .logsoftmax, .pseudoInverse, .adjugate, .exponential, .cholesky, .argmaxhot,
      .polar, .leftsv, .rightsv:
      return plain
    }
  }
}
