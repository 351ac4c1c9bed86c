import NablaCore
import NablaTypes

/// Forms of the same value that take less work in a program.
struct CheaperForms {
  private let isPositiveDefinite: (Formula) -> Bool
  /// In how many of the formulas of the program each part is.
  private var parts: [Formula: Int] = [:]

  init(isPositiveDefinite: @escaping (Formula) -> Bool) { self.isPositiveDefinite = isPositiveDefinite }

  /// Replaces formulas by cheaper ones in terms of parts of other formulas of the program.
  mutating func shared(_ formulas: [Formula]) -> [Formula] {
    for formula in formulas { count(formula, 1) }
    return formulas.map { formula in
      let result = rewritten(formula) { sharedSums($0) ?? diagonalOfProduct($0) }
      if result !== formula {
        count(formula, -1)
        count(result, 1)
      }
      return result
    }
  }

  private mutating func count(_ formula: Formula, _ change: Int) {
    for node in formula.nodesChildrenFirst { parts[node, default: 0] += change }
  }

  private func isPart(_ formula: Formula) -> Bool { parts[formula, default: 0] > 0 }

  /// Replaces products that would be formed, or matrices that would be factored, unnecessarily.
  func separated(_ formula: Formula) -> Formula {
    rewritten(formula) { scaledStructure($0) ?? inverseOfProduct($0) }
  }

  private func rewritten(_ formula: Formula, _ rule: (Formula) -> Formula?) -> Formula {
    var memo: [Formula: Formula] = [:]
    for node in formula.nodesChildrenFirst {
      let children = node.children
      let renewed = children.map { memo[$0] ?? $0 }
      let rebuilt = renewed == children ? node : node.rebuilt(renewed)
      if let found = rule(rebuilt), !found.isInvalid, found.shape == node.shape {
        memo[node] = found
      } else {
        memo[node] = rebuilt
      }
    }
    return memo[formula] ?? formula
  }

  // MARK: Sums of rows and columns

  /// `rowsums(W .* (A*B))`, the diagonal of `A*B*W'`, as the column sums of `A' .* (B*W')` if another formula has that:
  /// the gradient of a bias next to that of a weight.
  private func sharedSums(_ node: Formula) -> Formula? {
    guard case .product(let chain) = node.kind else { return nil }
    for place in 0..<(chain.count - 1) {
      let (left, right) = (chain[place], chain[place + 1])
      let sums: Formula?
      if right.isOnes, right.shape.columns.isOne {
        sums = diagonal(left)
      } else if left.isOnes, left.shape.rows.isOne {
        sums = diagonal(right.transposed)?.transposed
      } else {
        continue
      }
      if let sums {
        return .product(Array(chain[..<place]) + sums.chain + Array(chain[(place + 2)...]))
      }
    }
    return nil
  }

  /// The row sums of an elementwise product with a matrix product among its factors, as sums of a known product; nil if
  /// there is none.
  private func diagonal(_ times: Formula) -> Formula? {
    guard case .times(let factors) = times.kind else { return nil }
    for (place, factor) in factors.enumerated() {
      guard case .product(let chain) = factor.kind else { continue }
      var others = factors
      others.remove(at: place)
      let cycle = chain + [Formula.times(others).transposed]
      for cut in 1..<cycle.count {
        let product = Formula.times([
          .product(Array(cycle[..<cut])), Formula.product(Array(cycle[cut...])).transposed,
        ])
        if product === times || product.isInvalid { continue }
        if isPart(product) { return .product([product, .ones(.vector(product.shape.columns))]) }
        if isPart(product.transposed) {
          return Formula.product([.ones(.vector(product.shape.columns)).transposed, product.transposed])
            .transposed
        }
      }
    }
    return nil
  }

  /// `diag(A*B)` as `rowsums(A .* B')`, as derivatives have it.
  private func diagonalOfProduct(_ node: Formula) -> Formula? {
    guard case .apply(.array(.diagonalVector), let inner) = node.kind,
      case .product(let chain) = inner[0].kind,
      let last = chain.last, chain.count > 1
    else { return nil }
    let times = Formula.times([.product(Array(chain.dropLast())), last.transposed])
    return .product([times, .ones(.vector(times.shape.columns))])
  }

  // MARK: Products

  /// `A .* (u*v')` as `diag(u)*A*diag(v)` for a Kronecker product that need not be formed.
  private func scaledStructure(_ node: Formula) -> Formula? {
    guard case .times(let factors) = node.kind else { return nil }
    let arrays = factors.filter { !$0.isScalar }
    guard arrays.count == 2, let place = arrays.firstIndex(where: { $0.kroneckerStructure != nil }),
      case .product(let chain) = arrays[1 - place].kind,
      let cut = chain.firstIndex(where: { $0.shape.columns.isOne }), cut + 1 < chain.count
    else { return nil }
    func diagonal(_ vector: Formula) -> Formula {
      .apply(.array(.diagonalMatrix), [vector], Shape(vector.shape.rows, vector.shape.rows))
    }
    let scaled = Formula.product([
      diagonal(.product(Array(chain[...cut]))), arrays[place],
      diagonal(Formula.product(Array(chain[(cut + 1)...])).transposed),
    ])
    return .times(factors.filter(\.isScalar) + [scaled])
  }

  /// Computes `inv(A*B)` as `inv(B)*inv(A)`: each is factored separately, which loses fewer digits.
  private func inverseOfProduct(_ node: Formula) -> Formula? {
    guard case .inverse(let inner) = node.kind, case .product(let chain) = inner.kind,
      chain.allSatisfy({ $0.shape.rows == $0.shape.columns }), !isPositiveDefinite(inner)
    else { return nil }
    return .product(chain.reversed().map { .inverse($0) })
  }
}
