import NablaCore
import NablaTypes

/// Inverses `inv(s*I + A*B)` in products, as those of the smaller matrix `s*I + B*A`: which one is smaller depends on the
/// sizes. These are the push-through and Woodbury identities of Rules/Identities/Inverse.rules.
struct SmallerInverses {
  private let planner: Planner
  private var memo: [Formula: Formula] = [:]

  init(_ planner: Planner) { self.planner = planner }

  /// The formula with smaller inverses.
  mutating func rewritten(_ formula: Formula) -> Formula {
    let nodes = formula.nodesChildrenFirst
    guard nodes.contains(where: { if case .inverse = $0.kind { true } else { false } }) else {
      return formula
    }
    for node in nodes where memo[node] == nil {
      let children = node.children
      let renewed = children.map { memo[$0] ?? $0 }
      let rebuilt = renewed == children ? node : node.rebuilt(renewed)
      var result = rebuilt
      if case .product(let chain) = rebuilt.kind, let found = product(chain), !found.isInvalid,
        found.shape == node.shape
      {
        result = found
      }
      memo[node] = result
    }
    return memo[formula] ?? formula
  }

  /// A product without large inverses that it need not have; nil if it has none.
  private func product(_ chain: [Formula]) -> Formula? {
    guard chain.count <= CompileLimits.chain else { return nil }
    var chain = chain
    var changed = false
    // Each step moves one inverse past factors on one side of it.
    var steps = 0
    while steps < 2 * chain.count, let next = pushed(chain) {
      (chain, changed, steps) = (next, true, steps + 1)
    }
    // From the right, so that a product of inverses becomes one vector after another.
    for (place, factor) in chain.enumerated().reversed() where place + 1 < chain.count {
      guard let large = Large(factor, planner) else { continue }
      let right = Formula.product(Array(chain[(place + 1)...]))
      let middle = large.factors + [large.smaller] + large.others + [right]
      let difference = Formula.adding(right, Formula.times(large.scale + [.product(middle)]).scaled(by: -1))
      let result = Formula.times([.power(large.shift, .number(-1)), difference])
      let whole = Formula.product(Array(chain[..<place]) + [result])
      return whole.isInvalid ? nil : (product(whole.chain) ?? whole)
    }
    return changed ? .product(chain) : nil
  }

  /// `B*inv(s*I + A*B)` as `inv(s*I + B*A)*B`, or `inv(s*I + A*B)*A` as `A*inv(s*I + B*A)`.
  private func pushed(_ chain: [Formula]) -> [Formula]? {
    for (place, factor) in chain.enumerated() {
      guard let large = Large(factor, planner) else { continue }
      let (before, after) = (place - large.others.count, place + 1 + large.factors.count)
      if before >= 0, Array(chain[before..<place]) == large.others {
        return Array(chain[..<before]) + [large.smaller] + large.others + Array(chain[(place + 1)...])
      }
      if after <= chain.count, Array(chain[(place + 1)..<after]) == large.factors {
        return Array(chain[..<place]) + large.factors + [large.smaller] + Array(chain[after...])
      }
    }
    return nil
  }

  /// `inv(s*I + c*A*B)`, where the product has more rows than the factors between have columns.
  private struct Large {
    let shift: Formula
    let scale: [Formula]
    let factors: [Formula]
    let others: [Formula]
    /// `inv(s*I + c*B*A)`.
    let smaller: Formula

    init?(_ factor: Formula, _ planner: Planner) {
      guard case .inverse(let matrix) = factor.kind, case .sum(let terms) = matrix.kind, terms.count == 2,
        let rows = try? planner.sizes(matrix.shape).rows
      else { return nil }
      for place in 0..<2 {
        let (scalars, array) = terms[place].splitScalars
        let (scale, other) = terms[1 - place].splitScalars
        guard case .identity? = array?.kind, case .product(let chain)? = other?.kind else { continue }
        let widths = chain.map { (try? planner.sizes($0.shape).columns) ?? .max }
        guard let cut = widths.indices.dropLast().min(by: { widths[$0] < widths[$1] }),
          // Factoring takes the cube of the size; the products with A and B must not take more.
          3 * widths[cut] <= 2 * rows
        else { continue }
        (factors, others) = (Array(chain[...cut]), Array(chain[(cut + 1)...]))
        shift = scalars.isEmpty ? .number(1) : .times(scalars)
        self.scale = scale
        let size = chain[cut].shape.columns
        let shifted = Formula.times(scalars + [.identity(size)])
        let product = Formula.times(scale + [.product(others + factors)])
        smaller = .inverse(.adding(shifted, product))
        if smaller.isInvalid { return nil }
        return
      }
      return nil
    }
  }
}

// Products with factored inverses.
extension Planner {
  /// The product of a factored inverse and an array.
  mutating func solved(
    _ factors: Int, _ n: Int, _ transposed: Bool, _ definite: Bool, _ right: ProductOperand
  ) throws(CompileError) -> ProductOperand {
    // inv(A)*B' is (B*inv(A'))'.
    if case .array(let value, true) = right, rows(value) > 1 {
      return transposedOperand(try solvedRight(factors, n, !transposed, definite, value))
    }
    let value = try dense(right)
    let result = try emit(
      PlanStep(
        opcode: .solve, inputs: [factors, value], m: n, n: columns(value),
        flags: flags(transposed: transposed, definite: definite)), n, columns(value))
    if definite { symmetricTimes[result] = SymmetricFactor(value, transposed: false, isFirst: true) }
    return .array(result, transposed: false)
  }

  /// The product of an array and a factored inverse.
  mutating func solvedRight(
    _ factors: Int, _ n: Int, _ transposed: Bool, _ definite: Bool, _ value: Int
  ) throws(CompileError) -> ProductOperand {
    let m = rows(value)
    let result = try emit(
      PlanStep(
        opcode: .solveRight, inputs: [factors, value], m: m, n: n,
        flags: flags(transposed: transposed, definite: definite)), m, n)
    if definite { symmetricTimes[result] = SymmetricFactor(value, transposed: false, isFirst: false) }
    return .array(result, transposed: false)
  }
}
