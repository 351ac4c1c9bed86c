import NablaCore
import NablaTypes

/// A matrix whose rows or columns were scaled.
struct ScaledArray {
  let value: Int
  /// The factors; nil if a zero among them takes precedence over NaN.
  let factors: Int?
  let isByRows: Bool

  init(_ value: Int, by factors: Int?, isByRows: Bool) {
    (self.value, self.factors, self.isByRows) = (value, factors, isByRows)
  }
}

/// The other factor of a product with a symmetric matrix, which is the first or the last.
struct SymmetricFactor {
  let value: Int
  let isTransposed: Bool
  let isFirst: Bool

  init(_ value: Int, transposed: Bool, isFirst: Bool) {
    (self.value, isTransposed, self.isFirst) = (value, transposed, isFirst)
  }
}

// Products that are symmetric, of which half is computed.
extension Planner {
  /// Finds the symmetric factors of products.
  mutating func findSymmetric(_ formulas: [Formula]) {
    guard let isSymmetric = options.isSymmetric else { return }
    for formula in formulas {
      for node in formula.nodes(without: { _ in false }) {
        guard case .product(let chain) = node.kind else { continue }
        for factor in chain where factor.shape.rows == factor.shape.columns && !factor.isScalar {
          if !symmetric.contains(factor), isSymmetric(factor) { symmetric.insert(factor) }
        }
      }
    }
  }

  /// Whether a value is known to be a symmetric matrix.
  func isSymmetric(_ value: Int) -> Bool {
    symmetricValues.contains(schedule.values[value].root) && rows(value) == columns(value)
  }

  /// The transpose; symmetric factors of a product stay as they are.
  func flipped(_ formula: Formula) -> Formula {
    guard case .product(let chain) = formula.kind, chain.contains(where: symmetric.contains) else {
      return formula.transposed
    }
    return .product(chain.reversed().map { symmetric.contains($0) ? $0 : $0.transposed })
  }

  /// The step for A'*diag(v)*A or A*diag(v)*A', which is scaled while it is multiplied; nil for other products.
  func gramStep(_ a: Int, _ isTransposedA: Bool, _ b: Int, _ isTransposedB: Bool) -> PlanStep? {
    guard isTransposedA != isTransposedB else { return nil }
    if isSame(a, b) { return symmetricStep(a, isTransposedA, b, isTransposedB) }
    func source(_ scaled: Int, _ other: Int) -> ScaledArray? {
      guard let source = scaledFrom[scaled], source.isByRows == isTransposedA, isSame(source.value, other)
      else { return nil }
      return source
    }
    guard let source = source(a, b) ?? source(b, a) else { return nil }
    guard let factors = source.factors else { return symmetricStep(a, isTransposedA, b, isTransposedB) }
    var step = symmetricStep(source.value, isTransposedA, source.value, isTransposedB)
    step.inputs.append(factors)
    step.flags.insert(.weighted)
    return step
  }

  /// The step for A'*(S*A) with a symmetric S; nil for other products.
  func sandwichStep(_ a: Int, _ isTransposedA: Bool, _ b: Int, _ isTransposedB: Bool) -> PlanStep? {
    /// The factor C of an operand S*C; nil for other operands.
    func factor(_ value: Int, _ isTransposed: Bool) -> (value: Int, isTransposed: Bool)? {
      guard let known = symmetricTimes[value], known.isFirst != isTransposed else { return nil }
      return (known.value, known.isTransposed != isTransposed)
    }
    if let right = factor(b, isTransposedB), isSame(right.value, a), right.isTransposed != isTransposedA {
      return symmetricStep(a, isTransposedA, b, isTransposedB)
    }
    if let left = factor(a, !isTransposedA), isSame(left.value, b), left.isTransposed == isTransposedB {
      return symmetricStep(a, isTransposedA, b, isTransposedB)
    }
    return nil
  }

  private func symmetricStep(_ a: Int, _ isTransposedA: Bool, _ b: Int, _ isTransposedB: Bool) -> PlanStep {
    let (n, k) = isTransposedA ? (columns(a), rows(a)) : (rows(a), columns(a))
    var flags: StepFlags = []
    if isTransposedA { flags.insert(.transposeA) }
    if isTransposedB { flags.insert(.transposeB) }
    return PlanStep(opcode: .gram, inputs: [a, b], m: n, n: n, k: k, flags: flags)
  }

  private func isSame(_ x: Int, _ y: Int) -> Bool {
    schedule.values[x].root == schedule.values[y].root && rows(x) == rows(y) && columns(x) == columns(y)
  }
}
