import NablaCore
import NablaTypes

// Rules for squares that overflow or underflow in a root, quotient or logarithm; see `StableForms`.

extension Formula {
  /// u and c > 0 for a formula c*u^2; `nil` and c for a number c > 0 in every entry.
  private var positiveSquare: (u: Formula?, scale: Rational)? {
    let (coefficient, core) = splitCoefficient
    guard !coefficient.isNegative, !coefficient.isZero else { return nil }
    if core.isOne || core.isOnes { return (nil, coefficient) }
    guard case .power(let base, let exponent) = core.kind, exponent.number == 2, base.shape == shape else {
      return nil
    }
    return (base, coefficient)
  }

  /// sqrt(c)*u, or the number sqrt(c).
  private static func side(_ part: (u: Formula?, scale: Rational)) -> Formula {
    let root = Formula.power(.number(part.scale), .half)
    return part.u.map { .times([root, $0]) } ?? root
  }

  /// The two legs: this is the sum of their squares.
  fileprivate var legs: (Formula, Formula)? {
    guard case .sum(let terms) = self.kind, terms.count == 2, let a = terms[0].positiveSquare,
      let b = terms[1].positiveSquare, a.u != nil || b.u != nil
    else { return nil }
    return (Self.side(a), Self.side(b))
  }

  /// sqrt(a^2 + b^2) for the legs a and b.
  fileprivate var hypotenuse: Formula? {
    legs.map { Formula.apply(.elementwise("stable.hypot"), [$0.0, $0.1], shape) }
  }

  /// The squared formula in a sum of a square and a number.
  fileprivate var squared: Formula? {
    guard case .sum(let terms) = kind, terms.count == 2 else { return nil }
    let parts = terms.compactMap(\.positiveSquare)
    guard parts.count == 2, parts.contains(where: { $0.u == nil }) else { return nil }
    return parts.lazy.compactMap(\.u).first
  }
}

extension StableForms {
  /// sqrt(x^2) = abs(x), sqrt(x^2 + y^2) = hypot(x, y), and their odd powers.
  @Sendable static func rootOfEntrySquares(_ node: Formula) -> Formula? {
    guard case .power(let base, let exponent) = node.kind, let power = exponent.number, !power.isInteger,
      (power * 2).isInteger
    else { return nil }
    if case .power(let inner, let two) = base.kind, two.number == 2 {
      return .power(inner.elementwise("abs"), .number(power * 2))
    }
    return base.hypotenuse.map { .power($0, .number(power * 2)) }
  }

  /// A polynomial in x over (x^2 + c)^k, term by term: the polynomial overflows, its quotients do not.
  @Sendable static func polynomialOverSum(_ node: Formula) -> Formula? {
    guard case .times(let factors) = node.kind else { return nil }
    for factor in factors {
      let (base, power) = factor.splitPower
      guard power.isNegative, let side = base.squared else { continue }
      for (place, other) in factors.enumerated() {
        guard case .sum(let terms) = other.kind, terms.count <= 6,
          terms.allSatisfy({ term in
            let core = term.splitCoefficient.1
            return core.isOne || core.isOnes || core.splitPower.base === side
          })
        else { continue }
        let rest = factors.indices.filter { $0 != place }.map { factors[$0] }
        return .sum(terms.map { .times(rest + [$0, .ones(node.shape)]) }, node.shape)
      }
    }
    return nil
  }

  /// Rewrites x^m/(x^2 + c)^k with the quotient x/sqrt(x^2 + c), which does not overflow, as often as possible.
  @Sendable static func squareOverSum(_ node: Formula) -> Formula? {
    guard case .times(let factors) = node.kind else { return nil }
    for (i, factor) in factors.enumerated() {
      let (base, power) = factor.splitPower
      guard power.isNegative, (power * 2).isInteger else { continue }
      var root: (side: Formula, hypotenuse: Formula, count: Rational)?
      if let side = base.squared, let hypotenuse = base.hypotenuse {
        root = (side, hypotenuse, power * -2)
      } else if case .apply(.elementwise("stable.hypot"), let legs) = base.kind,
        let side = legs.first(where: { $0.number == nil && !$0.isNumericRoot })
      {
        root = (side.splitRoots, base, -power)
      }
      guard let root else { continue }
      for (j, other) in factors.enumerated() where j != i {
        let (top, count) = other.splitPower
        guard top === root.side, count >= 1, root.count > 1 || count > 1 else { continue }
        let used = min(count, root.count)
        let quotient = Formula.times([top, .power(root.hypotenuse, .number(-1))])
        let rest = factors.indices.filter { $0 != i && $0 != j }.map { factors[$0] }
        return quotientOfHypotenuse(quotient, used, top, count, root.hypotenuse, root.count, rest, node.shape)
      }
    }
    return nil
  }

  /// A single function, because canonical form would split the quotient again.
  private static func quotientOfHypotenuse(
    _ quotient: Formula, _ used: Rational, _ top: Formula, _ count: Rational, _ hypotenuse: Formula,
    _ below: Rational, _ rest: [Formula], _ shape: Shape
  ) -> Formula {
    let ratio = Formula.apply(.elementwise("stable.ratio"), [top, hypotenuse], quotient.shape)
    return .times(
      rest + [
        .power(ratio, .number(used)), .power(top, .number(count - used)),
        .power(hypotenuse, .number(used - below)),
        .ones(shape),
      ])
  }

  /// log(c + a*x^2) = log(c) + log1psquare(x*sqrt(a/c)), log((1 - x)*(1 + x)) = log1msquare(x).
  @Sendable static func logOfSquares(_ node: Formula) -> Formula? {
    guard
      let inner = node.argument(of: "log") ?? node.argument(of: "log1p").map({ Formula.adding($0, $0.unit) })
    else { return nil }
    if case .sum(let terms) = inner.kind, let x = inner.squared {
      let number =
        terms.first { $0.splitCoefficient.1.isOne || $0.splitCoefficient.1.isOnes }?.coefficient ?? 1
      let scale =
        (terms.first { !($0.splitCoefficient.1.isOne || $0.splitCoefficient.1.isOnes) }?.coefficient ?? 1)
        / number
      let scaled = Formula.times([.power(.number(scale), .half), x]).elementwise("stable.log1psquare")
      if number.isOne { return scaled }
      return .adding(scaled, .times([Formula.number(number).elementwise("log"), inner.unit]))
    }
    let (coefficient, core) = inner.splitCoefficient
    guard case .times(let parts) = core.kind, parts.count == 2, coefficient.isOne || coefficient == -1 else {
      return nil
    }
    let two = inner.unit.scaled(by: 2)
    for (a, b) in [(parts[0], parts[1]), (parts[1], parts[0])] {
      // 1 - x next to 1 + x, or x - 1 with a leading sign.
      let sum = coefficient.isOne ? Formula.adding(a, b) : Formula.adding(b, a.negated)
      if sum === two { return Formula.adding(b, b.unit.negated).elementwise("stable.log1msquare") }
    }
    return nil
  }

  /// x^m/y^m = (x/y)^m for m ≥ 2: the quotient is in range where the powers are not.
  @Sendable static func quotientOfPowers(_ node: Formula) -> Formula? {
    guard case .times(let factors) = node.kind else { return nil }
    for (i, factor) in factors.enumerated() {
      let (top, up) = factor.splitPower
      guard up >= 2, up.isInteger, top.number == nil else { continue }
      for (j, other) in factors.enumerated() where j != i && other.shape == factor.shape {
        let (below, down) = other.splitPower
        guard down <= -2, down.isInteger, below.number == nil else { continue }
        let used = min(up, -down)
        let ratio = Formula.apply(.elementwise("stable.ratio"), [top, below], factor.shape)
        let rest = factors.indices.filter { $0 != i && $0 != j }.map { factors[$0] }
        return .times(
          rest + [
            .power(ratio, .number(used)), .power(top, .number(up - used)),
            .power(below, .number(down + used)),
            .ones(node.shape),
          ])
      }
    }
    return nil
  }
}

extension Formula {
  /// 1, or ones of the shape.
  fileprivate var unit: Formula { isScalar ? .one : .ones(shape) }

  fileprivate var isNumericRoot: Bool {
    if case .power(let base, _) = kind { return base.number != nil }
    return false
  }

  /// The formula without numbers and their roots in front.
  fileprivate var splitRoots: Formula {
    let parts = factors.filter { $0.number == nil && !$0.isNumericRoot }
    return parts.count == 1 ? parts[0] : self
  }
}
