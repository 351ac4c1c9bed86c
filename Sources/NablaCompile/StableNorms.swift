import NablaCore
import NablaTypes

// Quotients by norms whose powers overflow or underflow; see `StableForms`.

extension StableForms {
  /// x*x'/norm2(x)^3 = (x/norm2(x))*(x/norm2(x))'/norm2(x), x'*A*x/(x'*x) = (x/norm2(x))'*A*(x/norm2(x)): replaces as
  /// many x by unit vectors as there are divisions by the norm.
  @Sendable static func unitVectors(_ node: Formula) -> Formula? {
    guard case .times(let factors) = node.kind else { return nil }
    for (i, factor) in factors.enumerated() {
      guard let (x, count) = factor.divisionByNorm else { continue }
      let rest = factors.indices.filter { $0 != i }.map { factors[$0] }
      // x/norm2(x) alone is stable already.
      if count == 1, !rest.contains(where: { $0.isProduct }) { continue }
      let norm = x.array(.norm2, .scalar)
      let unit = Formula.apply(.elementwise("stable.ratio"), [x, norm], x.shape)
      var (replaced, left) = (rest, count)
      for index in rest.indices where left > 0 {
        (replaced[index], left) = replaced[index].replacing(x, by: unit, atMost: left)
      }
      if left == count { continue }
      return .times(replaced + [.power(norm, .number(Rational(-left))), .ones(node.shape)])
    }
    return nil
  }
}

extension Formula {
  fileprivate var isProduct: Bool {
    if case .product = kind { return true }
    return false
  }

  /// The argument x of a sum of the squares of its entries.
  fileprivate var sumOfSquares: Formula? {
    guard isScalar, case .product(let chain) = kind else { return nil }
    if chain.count == 2, chain[0] === chain[1].transposed, chain[1].shape.isVector { return chain[1] }
    let cores = chain.filter { !$0.isOnes }
    guard cores.count == 1, chain.count <= 3, case .power(let base, let exponent) = cores[0].kind,
      exponent.number == 2, !base.isScalar
    else { return nil }
    return base
  }

  /// x and k of norm2(x)^-k for a vector x.
  fileprivate var divisionByNorm: (x: Formula, count: Int)? {
    let (base, power) = splitPower
    guard power.isNegative, let count = (-power).integer, count <= 8 else { return nil }
    if case .apply(.array(.norm2), let arguments) = base.kind {
      return arguments[0].shape.isVector ? (arguments[0], count) : nil
    }
    guard let x = base.sumOfSquares, x.shape.isVector else { return nil }
    return (x, 2 * count)
  }

  /// Replaces up to `count` factors x by another formula; also returns the number left to replace.
  fileprivate func replacing(_ x: Formula, by unit: Formula, atMost count: Int) -> (Formula, Int) {
    if self === x { return (unit, count - 1) }
    let (transposed, transposedUnit) = (x.transposed, unit.transposed)
    if self === transposed { return (transposedUnit, count - 1) }
    guard case .product(let chain) = kind else { return (self, count) }
    var (result, left, index) = ([Formula](), count, 0)
    let (plain, reversed) = (x.chain, transposed.chain)
    while index < chain.count {
      if left > 0, chain[index...].starts(with: plain) {
        result.append(unit)
        index += plain.count
        left -= 1
      } else if left > 0, chain[index...].starts(with: reversed) {
        result.append(transposedUnit)
        index += reversed.count
        left -= 1
      } else {
        result.append(chain[index])
        index += 1
      }
    }
    return left == count ? (self, count) : (.product(result), left)
  }
}
