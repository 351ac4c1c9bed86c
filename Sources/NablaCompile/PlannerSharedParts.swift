import NablaCore

// Parts of products that several formulas have.
extension Planner {
  /// The parts of a product that are computed anyway, directly or transposed.
  func sharedRuns(_ formulas: [Formula]) -> [ChainOrder.Run: Formula] {
    guard formulas.count > 2, formulas.count <= CompileLimits.searched else { return [:] }
    var runs: [ChainOrder.Run: Formula] = [:]
    for start in formulas.indices {
      for count in 2..<max(formulas.count - start + 1, 2) where count < formulas.count {
        let run = Formula.product(Array(formulas[start..<(start + count)]))
        let isVector = run.shape.isVector || run.shape.isRow
        if isShared(run, isVector) || isShared(flipped(run), isVector) {
          runs[ChainOrder.Run(start: start, count: count)] = run
        }
      }
    }
    return runs
  }

  /// Whether a product is computed already or, if it is a vector, will be; a matrix may never be formed.
  private func isShared(_ product: Formula, _ isVector: Bool) -> Bool {
    planned[product] != nil || isVector && products.contains(product)
  }

  /// Notes the value of a part of a chain for other formulas with this part, if it is a matrix.
  mutating func note(_ product: ProductOperand, _ run: ChainOrder.Run, of formulas: [Formula]) {
    guard run.count < formulas.count, case .array(let value, let isTransposed) = product, rows(value) > 1,
      columns(value) > 1
    else { return }
    let part = Formula.product(Array(formulas[run.start..<(run.start + run.count)]))
    let formula = isTransposed ? flipped(part) : part
    if planned[formula] == nil { planned[formula] = value }
  }
}
