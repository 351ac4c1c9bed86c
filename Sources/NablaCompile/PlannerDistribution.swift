import NablaCore
import NablaTypes

extension Planner {
  /// The sum that a product with a sum among its factors distributes into, if that takes less work: `(A*B + C)*x`
  /// becomes `A*(B*x) + C*x`.
  /// Terms of different signs may cancel inside the sum but not outside of it, so for those the gain must be large.
  mutating func distributed(_ node: Formula, _ chain: [Formula]) throws(CompileError) -> Formula? {
    guard chain.count > 1, chain.count <= CompileLimits.chain else { return nil }
    for (place, factor) in chain.enumerated() {
      guard case .sum(let terms) = factor.kind, terms.count <= 8, planned[factor] == nil, !isKnown(factor),
        !factor.shape.isScalar
      else { continue }
      // Work that both forms share does not count.
      var common = Work(self)
      for other in chain.indices where other != place {
        guard try common.factor(chain[other]) != nil else { return nil }
      }
      for term in terms {
        for inner in term.splitCoefficient.1.chain where inner !== term {
          guard try common.factor(inner) != nil else { return nil }
        }
      }
      var whole = common
      guard let together = try whole.product(chain) else { return nil }
      var apart = 0.0
      var products: [Formula] = []
      for term in terms {
        let (coefficient, core) = term.splitCoefficient
        if coefficient.isOverflow { return nil }
        let product = Formula.product(Array(chain[..<place]) + [core] + Array(chain[(place + 1)...]))
        var part = common
        guard product.shape == node.shape, !product.isInvalid, let work = try part.value(product) else {
          return nil
        }
        apart += work + 2 * (try part.entries(product))
        products.append(product.scaled(by: coefficient))
      }
      let signs = Set(terms.map { $0.splitCoefficient.0.isNegative })
      if apart * (signs.count == 1 ? 1.25 : 2) < together {
        let sum = Formula.sum(products, node.shape)
        return sum.isInvalid || sum === node ? nil : sum
      }
    }
    return nil
  }
}

/// Estimates the operations that planning a formula would add; moving an entry counts as two.
private struct Work {
  private let planner: Planner
  private var seen: Set<Formula> = []
  /// Matrices that are factored.
  private var factored: Set<Formula> = []
  /// Nodes visited before giving up the estimate.
  private static let most = 400

  init(_ planner: Planner) { self.planner = planner }

  func entries(_ formula: Formula) throws(CompileError) -> Double {
    let (rows, columns) = try planner.sizes(formula.shape)
    return Double(rows) * Double(columns)
  }

  /// `nil` if the formula is too large to estimate.
  mutating func value(_ formula: Formula) throws(CompileError) -> Double? {
    if planner.planned[formula] != nil || planner.knownTransposed(formula) != nil
      || seen.contains(planner.flipped(formula)) || !seen.insert(formula).inserted
    {
      return 0
    }
    if seen.count > Self.most { return nil }
    let size = try entries(formula)
    switch formula.kind {
    case .number, .constant, .variable, .dimension, .differential: return 0
    case .zeros, .ones, .identity: return size
    case .product(let chain): return try product(chain)
    case .transpose(let inner):
      // A transposed vector is the same memory.
      let isVector = formula.shape.isVector || formula.shape.isRow
      return try value(inner).map { $0 + (isVector ? 0 : 4 * size) }
    case .inverse(let inner): return try value(inner).map { $0 + 3 * size * size.squareRoot() }
    case .sum, .times, .power, .apply:
      var total = 2 * size * Double(max(formula.children.count, 1))
      for child in formula.children {
        guard let part = try value(child) else { return nil }
        total += part
      }
      return total
    }
  }

  mutating func product(_ chain: [Formula]) throws(CompileError) -> Double? {
    if chain.count > CompileLimits.chain { return nil }
    var total = 0.0
    var factors: [ChainOrder.Factor] = []
    for formula in chain {
      guard let part = try factor(formula) else { return nil }
      total += part
      factors += try order(formula)
    }
    let shared = factors.count == chain.count ? Set(planner.sharedRuns(chain).keys) : []
    let order = ChainOrder(factors, longest: factors.count, known: shared)
    return total + order.cost(start: 0, count: factors.count)
  }

  /// The operations to prepare a factor of a product.
  mutating func factor(_ formula: Formula) throws(CompileError) -> Double? {
    var inner = formula
    if case .transpose(let stored) = inner.kind { inner = stored }
    if let structure = inner.kroneckerStructure {
      switch structure {
      case .blocks(_, let block): return try value(block)
      case .stack: return 0
      }
    }
    switch inner.kind {
    case .ones: return 0
    case .inverse(let matrix):
      let size = try entries(formula).squareRoot()
      let factoring = factored.insert(matrix).inserted ? 2 * size * size * size / 3 : 0
      return try value(matrix).map { $0 + factoring }
    case .apply(.array(.diagonalMatrix), let arguments): return try value(arguments[0])
    case .number, .constant, .variable, .dimension, .zeros, .identity, .sum, .times, .product, .power,
      .transpose, .apply, .differential:
      return try value(inner)
    }
  }

  /// A factor as `ChainOrder` sees it.
  private func order(_ formula: Formula) throws(CompileError) -> [ChainOrder.Factor] {
    let (rows, columns) = try planner.sizes(formula.shape)
    var inner = formula
    if case .transpose(let stored) = inner.kind { inner = stored }
    switch inner.kroneckerStructure {
    case .blocks(let count, _)?:
      return [ChainOrder.Factor(rows: rows, columns: columns, kind: .blocks(try planner.size(count)))]
    case .stack(_, _, let size)?:
      let size = try planner.size(size)
      return [
        ChainOrder.Factor(rows: rows, columns: size, kind: .stack),
        ChainOrder.Factor(rows: size, columns: columns, kind: .stack),
      ]
    case nil: break
    }
    let kind: ChainOrder.Factor.Kind =
      switch inner.kind {
      case .ones: .ones
      case .inverse: .inverse
      case .apply(.array(.diagonalMatrix), _): .diagonal
      case .number, .constant, .variable, .dimension, .zeros, .identity, .sum, .times, .product, .power,
        .transpose, .apply, .differential:
        .dense
      }
    return [ChainOrder.Factor(rows: rows, columns: columns, kind: kind)]
  }
}
