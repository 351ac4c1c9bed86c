import NablaTypes

extension Factoring {
  /// The term without its factor at a place other than an entrywise one.
  static func remainder(of term: Formula, without place: Place) -> Formula? {
    switch place {
    case .entry: return nil
    case .number(let number): return term.scaled(by: number.reciprocal)
    case .left(let factor): return stripped(term, factor, fromLeft: true)
    case .right(let factor): return stripped(term, factor, fromLeft: false)
    case .operation(let operation):
      return replacingHead(of: term) { kind in
        if case .apply(.array(operation), let arguments) = kind { arguments[0] } else { nil }
      }
    case .kronLeft(let factor):
      return replacingHead(of: term) { kind in
        if case .apply(.array(.kron), let sides) = kind, sides[0] === factor { sides[1] } else { nil }
      }
    case .kronRight(let factor):
      return replacingHead(of: term) { kind in
        if case .apply(.array(.kron), let sides) = kind, sides[1] === factor { sides[0] } else { nil }
      }
    }
  }

  /// The term with the operation on its array, or on one of its scalar factors, replaced by its argument.
  static func replacingHead(of term: Formula, _ inside: (Formula.Kind) -> Formula?) -> Formula? {
    if term.isScalar {
      var factors = term.factors
      for (index, factor) in factors.enumerated() {
        guard let part = inside(factor.kind) else { continue }
        factors.remove(at: index)
        return .times(factors + [part])
      }
      return nil
    }
    let (scalars, array) = term.splitScalars
    guard let array, let part = inside(array.kind) else { return nil }
    return .times(scalars + [part])
  }

  /// The terms without a common factor; a remaining scalar applies to every entry.
  static func divided(_ terms: [Formula], by factor: Formula, _ shape: Shape) -> [Formula] {
    let inverse = Formula.power(factor, .number(-1))
    return terms.map { term in
      let quotient = Formula.times([term, inverse])
      return quotient.shape == shape || factor.isScalar ? quotient : .times([quotient, .ones(shape)])
    }
  }

  static func exponent(of base: Formula, in term: Formula) -> Rational {
    for factor in term.factors {
      if factor === base { return 1 }
      if case .power(let other, let exponent) = factor.kind, other === base, let value = exponent.number {
        return value
      }
    }
    if case .power(let bare, let least) = base.kind {
      for factor in term.factors {
        guard case .power(bare, let exponent) = factor.kind,
          let rest = Formula.adding(exponent, least.negated).number, !rest.isNegative
        else { continue }
        return 1
      }
    }
    return 0
  }

  /// The term without the factor at an end of its matrix product.
  static func stripped(_ term: Formula, _ factor: Formula, fromLeft: Bool) -> Formula? {
    let ways =
      term.isScalar
      ? orientations(of: term).map { ($0, removingOne(term.factors, $0)) } : chains(of: term)
    // Of (x'*x)*x = x*x'*x, x*x' remains rather than (x'*x)*I.
    var bare: Formula?
    for (chain, scalars) in ways {
      guard let end = fromLeft ? chain.first : chain.last, end === factor else { continue }
      let rest = fromLeft ? chain.dropFirst() : chain.dropLast()
      if !rest.isEmpty { return .product(scalars + rest) }
      bare = bare ?? .product(scalars + [.identity(fromLeft ? factor.shape.columns : factor.shape.rows)])
    }
    return bare
  }

  static func removingOne(_ factors: [Formula], _ chain: [Formula]) -> [Formula] {
    let whole = Formula.product(chain)
    var rest = factors
    if let index = rest.firstIndex(where: { $0 === whole }) { rest.remove(at: index) }
    return rest
  }
}

extension Formula {
  /// Whether it is an identity matrix times scalars.
  var isMultipleOfIdentity: Bool { splitScalars.array?.isIdentity ?? false }

  var hasVariables: Bool { nodesChildrenFirst.contains { $0.isVariable } }
}
