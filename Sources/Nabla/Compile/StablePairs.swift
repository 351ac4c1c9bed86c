import NablaLanguage

// The rules of `StableForms` for sums in which two terms cancel or overflow together.

extension StableForms {
  /// A term of a sum: an exact number times the rest.
  struct Term {
    let coefficient: Rational
    let core: Formula
    var isConstant: Bool { core.isOne || core.isOnes }
  }

  /// The sums that are searched; longer ones are left as they are.
  private static let longest = 256

  /// The terms c*f and k*c*g of a sum, for f one of its terms, replaced by c*h; `join` names k, g and h for f.
  ///
  /// g is nil for a number in every entry.
  private static func joining(
    _ node: Formula, _ join: (Formula) -> [(ratio: Rational, partner: Formula?, joined: Formula)]
  ) -> Formula? {
    guard case .sum(let terms) = node.kind, terms.count <= longest else { return nil }
    let split = terms.map { term in
      let (coefficient, core) = term.splitCoefficient
      return Term(coefficient: coefficient, core: core)
    }
    for (index, term) in split.enumerated() where !term.isConstant {
      for (ratio, partner, joined) in join(term.core) where joined.shape == node.shape {
        let wanted = term.coefficient * ratio
        let other = split.indices.first { position in
          guard position != index, split[position].coefficient == wanted else { return false }
          return partner.map { $0 === split[position].core } ?? split[position].isConstant
        }
        guard let other else { continue }
        let rest = terms.indices.filter { $0 != index && $0 != other }.map { terms[$0] }
        return .sum(rest + [joined.scaled(by: term.coefficient)], node.shape)
      }
    }
    return nil
  }

  /// The argument of a function, and of its square.
  private static func argument(_ core: Formula, ofSquare name: String) -> Formula? {
    guard case .power(let base, let exponent) = core.kind, exponent.number == 2 else { return nil }
    return base.argument(of: name)
  }

  private static func square(_ formula: Formula) -> Formula { .power(formula, .number(2)) }

  /// 1 - tanh(x)^2 = sech(x)^2, cosh(x)^2 - 1 = sinh(x)^2, cosh(x)^2 - sinh(x)^2 = 1.
  @Sendable static func hyperbolicSquares(_ node: Formula) -> Formula? {
    joining(node) { core in
      if let x = argument(core, ofSquare: "tanh") {
        return [(-1, nil, square(x.elementwise("sech")).negated)]
      }
      guard let x = argument(core, ofSquare: "cosh") else { return [] }
      let sine = square(x.elementwise("sinh"))
      return [(-1, sine, x.isScalar ? .one : .ones(x.shape)), (-1, nil, sine)]
    }
  }

  /// 2*sigmoid(x) - 1 = tanh(x/2).
  @Sendable static func sigmoidMinusHalf(_ node: Formula) -> Formula? {
    joining(node) { core in
      guard let x = core.argument(of: "sigmoid") else { return [] }
      let half = Rational(1, over: 2)
      return [(-half, nil, x.scaled(by: half).elementwise("tanh").scaled(by: half))]
    }
  }

  /// 1 - erf(x) = erfc(x), 1 + erf(x) = erfc(-x).
  @Sendable static func complementOfError(_ node: Formula) -> Formula? {
    joining(node) { core in
      guard let x = core.argument(of: "erf") else { return [] }
      return [(-1, nil, x.elementwise("erfc").negated), (1, nil, x.negated.elementwise("erfc"))]
    }
  }

  /// 1 - cos(x) = 2*sin(x/2)^2, 1 + cos(x) = 2*cos(x/2)^2.
  @Sendable static func onePlusCosine(_ node: Formula) -> Formula? {
    joining(node) { core in
      guard let x = core.argument(of: "cos") else { return [] }
      let half = x.scaled(by: Rational(1, over: 2))
      return [
        (-1, nil, square(half.elementwise("sin")).scaled(by: -2)),
        (1, nil, square(half.elementwise("cos")).scaled(by: 2)),
      ]
    }
  }

  /// exp(x) - exp(-x) = 2*sinh(x).
  @Sendable static func differenceOfExponentials(_ node: Formula) -> Formula? {
    joining(node) { core in
      guard let x = core.asExponential, !x.coefficient.isNegative else { return [] }
      let other = x.negated.elementwise("exp")
      return [(-1, other, x.elementwise("sinh").scaled(by: 2))]
    }
  }

  /// x^2 - 1 = (x - 1)*(x + 1).
  @Sendable static func squareMinusOne(_ node: Formula) -> Formula? {
    joining(node) { core in
      guard case .power(let base, let exponent) = core.kind, exponent.number == 2, base.shape == node.shape
      else {
        return []
      }
      let one = node.isScalar ? Formula.one : .ones(node.shape)
      return [(-1, nil, .times([.adding(base, one.negated), .adding(base, one)]))]
    }
  }

  /// sqrt(a) - sqrt(b) = (a - b)/(sqrt(a) + sqrt(b)) where a - b is a number.
  @Sendable static func differenceOfRoots(_ node: Formula) -> Formula? {
    guard case .sum(let terms) = node.kind, terms.count <= longest else { return nil }
    let roots = terms.filter { Self.rooted($0) != nil }
    guard roots.count > 1 else { return nil }
    return joining(node) { core in
      guard let a = Self.rooted(core) else { return [] }
      return roots.compactMap { other in
        let partner = other.splitCoefficient.1
        guard partner !== core, let b = Self.rooted(partner) else { return nil }
        let difference = Formula.adding(a, b.negated)
        guard difference.isNumeric else { return nil }
        return (-1, partner, .times([difference, .power(.adding(core, partner), .number(-1))]))
      }
    }
  }

  private static func rooted(_ term: Formula) -> Formula? {
    guard case .power(let base, let exponent) = term.splitCoefficient.1.kind,
      exponent.number == Rational(1, over: 2)
    else { return nil }
    return base
  }

  /// x - softplus(x) = -softplus(-x), where x may be a sum of terms.
  @Sendable static func argumentMinusSoftplus(_ node: Formula) -> Formula? {
    guard case .sum(let terms) = node.kind, terms.count <= longest else { return nil }
    for term in terms {
      let (coefficient, core) = term.splitCoefficient
      guard let x = core.argument(of: "softplus") else { continue }
      let wanted = x.scaled(by: -coefficient).terms
      let present = Set(terms)
      guard wanted.allSatisfy(present.contains) else { continue }
      let used = Set(wanted)
      let rest = terms.filter { $0 !== term && !used.contains($0) }
      return .sum(rest + [x.negated.elementwise("softplus").scaled(by: coefficient)], node.shape)
    }
    return nil
  }

  /// x - logsumexp(x) = logsoftmax(x), for a vector or a row.
  @Sendable static func argumentMinusLogSum(_ node: Formula) -> Formula? {
    joining(node) { core in
      guard case .times(let factors) = core.kind, factors.count == 2, factors.contains(where: \.isOnes),
        let scalar = factors.first(where: { !$0.isOnes }),
        case .apply(.array(.logsumexp), let arguments) = scalar.kind, arguments[0].shape == node.shape
      else { return [] }
      return [(-1, arguments[0], arguments[0].array(.logsoftmax, node.shape).negated)]
    }
  }
}
