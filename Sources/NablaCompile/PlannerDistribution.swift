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
      var whole = Work(self)
      guard let together = try whole.product(chain) else { return nil }
      var apart = 0.0
      var products: [Formula] = []
      for term in terms {
        let (coefficient, core) = term.splitCoefficient
        if coefficient.isOverflow { return nil }
        let product = Formula.product(Array(chain[..<place]) + [core] + Array(chain[(place + 1)...]))
        var part = Work(self)
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
  /// Nodes visited before giving up the estimate.
  private static let most = 400

  init(_ planner: Planner) { self.planner = planner }

  func entries(_ formula: Formula) throws(CompileError) -> Double {
    let (rows, columns) = try planner.sizes(formula.shape)
    return Double(rows) * Double(columns)
  }

  /// `nil` if the formula is too large to estimate.
  mutating func value(_ formula: Formula) throws(CompileError) -> Double? {
    if planner.planned[formula] != nil || !seen.insert(formula).inserted { return 0 }
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
      let (rows, columns) = try planner.sizes(formula.shape)
      var inner = formula
      if case .transpose(let stored) = inner.kind { inner = stored }
      var kind = ChainOrder.Factor.Kind.dense
      if let structure = inner.kroneckerStructure {
        switch structure {
        case .blocks(let count, let block):
          guard let part = try value(block) else { return nil }
          total += part
          factors.append(
            ChainOrder.Factor(rows: rows, columns: columns, kind: .blocks(try planner.size(count))))
        case .stack(_, _, let size):
          let size = try planner.size(size)
          factors.append(ChainOrder.Factor(rows: rows, columns: size, kind: .stack))
          factors.append(ChainOrder.Factor(rows: size, columns: columns, kind: .stack))
        }
        continue
      }
      switch inner.kind {
      case .ones: kind = .ones
      case .inverse(let matrix):
        kind = .inverse
        guard let part = try value(matrix) else { return nil }
        total += part + 2 * Double(rows) * Double(rows) * Double(rows) / 3
      case .apply(.array(.diagonalMatrix), let arguments):
        kind = .diagonal
        guard let part = try value(arguments[0]) else { return nil }
        total += part
      case .number, .constant, .variable, .dimension, .zeros, .identity, .sum, .times, .product, .power,
        .transpose,
        .apply, .differential:
        guard let part = try value(inner) else { return nil }
        total += part
      }
      factors.append(ChainOrder.Factor(rows: rows, columns: columns, kind: kind))
    }
    return total + ChainOrder(factors, longest: factors.count).cost(start: 0, count: factors.count)
  }
}
