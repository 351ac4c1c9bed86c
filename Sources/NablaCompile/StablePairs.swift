import NablaCore
import NablaTypes

// Rules for sums in which two terms cancel or overflow together; see `StableForms`.

extension StableForms {
  /// A term of a sum: an exact number times the rest.
  struct Term {
    let coefficient: Rational
    let core: Formula
    var isConstant: Bool { core.isOne || core.isOnes }
    /// Whether it is one of the functions and powers that form pairs; other terms are skipped quickly.
    let isOneFunction: Bool

    init(_ term: Formula) {
      if case .times(let factors) = term.kind, factors.count - (factors[0].number == nil ? 0 : 1) > 1,
        !factors.contains(where: \.isOnes)
      {
        (coefficient, core, isOneFunction) = (1, term, false)
        return
      }
      (coefficient, core) = term.splitCoefficient
      switch core.kind {
      case .apply(.elementwise, _), .power, .times: isOneFunction = true
      case .number, .constant, .variable, .dimension, .zeros, .ones, .identity, .sum, .product, .inverse,
        .transpose, .apply, .differential:
        isOneFunction = false
      }
    }
  }

  /// A term g with k times the coefficient of f (`nil` for a number), and the formula that replaces both, made on
  /// demand.
  private struct Pair {
    let ratio: Rational
    let partner: Formula?
    let joined: () -> Formula

    init(_ ratio: Rational, _ partner: Formula?, _ joined: @autoclosure @escaping () -> Formula) {
      (self.ratio, self.partner, self.joined) = (ratio, partner, joined)
    }
  }

  /// Longer sums are not searched.
  private static let longest = 256

  /// Replaces the terms c*f and k*c*g of a sum by c*h; `join` gives k, g and h for f.
  /// g is `nil` for a number in every entry.
  private static func joining(
    _ node: Formula, _ join: (Formula) -> [Pair]
  ) -> Formula? {
    guard case .sum(let terms) = node.kind, terms.count <= longest else { return nil }
    let split = terms.map(Term.init)
    for (index, term) in split.enumerated() where term.isOneFunction {
      for pair in join(term.core) {
        let wanted = term.coefficient * pair.ratio
        let other = split.indices.first { position in
          guard position != index, split[position].coefficient == wanted else { return false }
          return pair.partner.map { $0 === split[position].core } ?? split[position].isConstant
        }
        guard let other else { continue }
        let joined = pair.joined()
        if joined.shape != node.shape { continue }
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
        return [Pair(-1, nil, square(x.elementwise("sech")).negated)]
      }
      guard let x = argument(core, ofSquare: "cosh") else { return [] }
      let sine = square(x.elementwise("sinh"))
      return [Pair(-1, sine, x.isScalar ? .one : .ones(x.shape)), Pair(-1, nil, sine)]
    }
  }

  /// 2*sigmoid(x) - 1 = tanh(x/2).
  @Sendable static func sigmoidMinusHalf(_ node: Formula) -> Formula? {
    joining(node) { core in
      guard let x = core.argument(of: "sigmoid") else { return [] }
      let half = Rational(1, over: 2)
      return [Pair(-half, nil, x.scaled(by: half).elementwise("tanh").scaled(by: half))]
    }
  }

  /// 1 - erf(x) = erfc(x), 1 + erf(x) = erfc(-x).
  @Sendable static func complementOfError(_ node: Formula) -> Formula? {
    joining(node) { core in
      guard let x = core.argument(of: "erf") else { return [] }
      return [
        Pair(-1, nil, x.elementwise("stable.erfc").negated),
        Pair(1, nil, x.negated.elementwise("stable.erfc")),
      ]
    }
  }

  /// 1 - cos(x) = 2*sin(x/2)^2, 1 + cos(x) = 2*cos(x/2)^2.
  @Sendable static func onePlusCosine(_ node: Formula) -> Formula? {
    joining(node) { core in
      guard let x = core.argument(of: "cos") else { return [] }
      let half = x.scaled(by: Rational(1, over: 2))
      return [
        Pair(-1, nil, square(half.elementwise("sin")).scaled(by: -2)),
        Pair(1, nil, square(half.elementwise("cos")).scaled(by: 2)),
      ]
    }
  }

  /// exp(x) - exp(-x) = 2*sinh(x).
  @Sendable static func differenceOfExponentials(_ node: Formula) -> Formula? {
    joining(node) { core in
      guard let x = core.asExponential, !x.coefficient.isNegative else { return [] }
      let other = x.negated.elementwise("exp")
      return [Pair(-1, other, x.elementwise("sinh").scaled(by: 2))]
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
      return [Pair(-1, nil, .times([.adding(base, one.negated), .adding(base, one)]))]
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
        return Pair(-1, partner, .times([difference, .power(.adding(core, partner), .number(-1))]))
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
      return [Pair(-1, arguments[0], arguments[0].array(.logsoftmax, node.shape).negated)]
    }
  }
}
