import NablaCore
import NablaTypes

/// The additions, multiplications, divisions and function values that a formula takes, as a polynomial in its sizes.
///
/// Parts that occur more than once count once, products are multiplied in the cheapest order, and an inverse beside an
/// array is a solve. Iterations, as for singular values, count as one pass over the array per column.
package struct OperationCount {
  private var total = Dimension(0)
  private var seen: Set<Formula> = []

  /// The largest number in a size for which the polynomial cannot overflow.
  private static let largestNumber = 1000

  /// The count as text; `nil` for a formula that takes no operation or has huge numbers as sizes.
  package static func text(_ formula: Formula) -> String? {
    of(formula).flatMap { $0 == 0 ? nil : text(of: $0) }
  }

  /// A polynomial in sizes with powers, the highest degree first: `2*m*n^2 + 3*n`.
  package static func text(of count: Dimension) -> String {
    let terms = count.terms.enumerated().sorted {
      ($1.element.names.count, $0.offset) < ($0.element.names.count, $1.offset)
    }.map(\.element)
    if terms.isEmpty { return "0" }
    var text = ""
    for term in terms {
      text += text.isEmpty ? (term.coefficient < 0 ? "-" : "") : term.coefficient < 0 ? " - " : " + "
      let powers = Dictionary(grouping: term.names) { $0 }.sorted { $0.key < $1.key }
        .map { $1.count == 1 ? $0 : "\($0)^\($1.count)" }
      let magnitude = term.coefficient.magnitude
      text += (magnitude == 1 && !powers.isEmpty ? powers : ["\(magnitude)"] + powers).joined(separator: "*")
    }
    return text
  }

  /// The count; `nil` for a formula that has huge numbers as sizes.
  package static func of(_ formula: Formula) -> Dimension? {
    let sizes = formula.nodesChildrenFirst.flatMap { node in
      if case .apply(.indexSum(_, let first, let last), _) = node.kind { return [first, last] }
      return [node.shape.rows, node.shape.columns]
    }
    if sizes.contains(where: { $0.terms.contains { abs($0.coefficient) > largestNumber } }) { return nil }
    var count = OperationCount()
    count.add(formula)
    return count.total
  }

  private mutating func add(_ formula: Formula) {
    var open = [formula]
    while let node = open.popLast() {
      guard seen.insert(node).inserted else { continue }
      if case .apply(.indexSum(_, let first, let last), let body) = node.kind {
        var inner = OperationCount()
        for part in body { inner.add(part) }
        total = total + (last - first + 1) * (inner.total + Self.entries(node))
        continue
      }
      total = total + Self.own(node)
      open += node.children
    }
  }

  private static func entries(_ formula: Formula) -> Dimension { formula.shape.rows * formula.shape.columns }

  /// The operations of a node, given its children.
  private static func own(_ node: Formula) -> Dimension {
    let all = entries(node)
    switch node.kind {
    case .number, .constant, .variable, .dimension, .zeros, .ones, .identity, .transpose, .differential:
      return 0
    case .sum(let terms): return Dimension(terms.count - 1) * all
    case .times(let factors):
      // A sign costs nothing; numbers are multiplied before arrays.
      let counted = factors.filter { $0.number != -1 }
      let scalars = counted.filter(\.isScalar).count
      let arrays = counted.count - scalars
      if arrays == 0 { return Dimension(max(scalars - 1, 0)) }
      return Dimension(max(scalars - 1, 0)) + Dimension(arrays - 1 + (scalars > 0 ? 1 : 0)) * all
    case .product(let chain): return ProductOrder(chain).operations
    case .power: return all
    case .inverse(let inner): return inner.shape.rows * inner.shape.rows * inner.shape.rows
    case .apply(let operation, let arguments): return applied(operation, arguments, all)
    }
  }

  private static func applied(_ operation: Operation, _ arguments: [Formula], _ all: Dimension) -> Dimension {
    switch operation {
    case .elementwise, .function, .defined: return all
    case .blocks, .slice, .indexSum: return 0
    case .array(let array):
      let argument = arguments.first.map(entries) ?? 0
      let columns = arguments.first.map(\.shape.columns) ?? 0
      switch array {
      case .trace: return columns
      case .norm1, .norminf, .maximum, .minimum, .argmaxhot: return argument
      case .norm2, .dot, .logsumexp, .softmax, .logsoftmax: return 2 * argument
      case .determinant, .logDeterminant, .specnorm, .nucnorm, .pseudoInverse, .adjugate, .exponential,
        .cholesky,
        .polar, .leftsv, .rightsv:
        return argument * columns
      case .kron: return all
      case .diagonalMatrix, .diagonalVector, .vec, .tril, .triu, .commutation, .lowhalf: return 0
      }
    }
  }
}

/// The cheapest order of a matrix product.
private struct ProductOrder {
  let operations: Dimension

  /// The value of every size while orders are compared.
  private static let size = 100

  init(_ chain: [Formula]) {
    func product(_ rows: Dimension, _ inner: Dimension, _ columns: Dimension, _ factor: Formula?) -> Dimension
    {
      if case .apply(.array(.diagonalMatrix), _) = factor?.kind { return rows * columns }
      return 2 * rows * inner * columns
    }
    func value(_ count: Dimension) -> Int {
      count.value(Dictionary(uniqueKeysWithValues: count.names.map { ($0, Self.size) })) ?? .max
    }
    // The cheapest cost of every run of factors.
    var best: [[Dimension]] = chain.indices.map { _ in Array(repeating: 0, count: chain.count) }
    for length in 1..<max(chain.count, 1) {
      for first in 0..<(chain.count - length) {
        let last = first + length
        let splits = (first..<last).map { split in
          let single = split == first ? chain[first] : split + 1 == last ? chain[last] : nil
          return best[first][split] + best[split + 1][last]
            + product(
              chain[first].shape.rows, chain[split].shape.columns, chain[last].shape.columns, single)
        }
        best[first][last] = splits.min { value($0) < value($1) } ?? 0
      }
    }
    operations = best.first?.last ?? 0
  }
}
