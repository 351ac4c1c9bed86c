import NablaCore
import NablaLanguage
import NablaOutput
import NablaVerify

extension Answering {
  /// The verdict on a claim, or on a derivation step by step up to the first wrong one.
  func checked() throws(Inquiry.Failure) -> Draft {
    var (left, ground) = try side(question.expression)
    let first = left.formula
    var sides = [left]
    var verdict: Verdict?
    var refutation: Refutation?
    var (verified, skipped) = (0, Verdict?.none)
    for (index, other) in question.otherSides.enumerated() {
      let (right, otherGround) = try side(other)
      sides.append(right)
      var next = check.verdict(
        on: .equality(
          left.formula, right.formula, presupposing: left.presupposed + right.presupposed))
      switch next.status {
      case .verified:
        verified += 1
        next = next.restingOn(ground).restingOn(otherGround)
        verdict = verdict.map { $0.joined(with: next) } ?? next
      case .refuted:
        verdict = next
        refutation = help(left, right, next, step: index, verified: verified)
      case .skipped(let reason):
        let place = question.otherSides.count > 1 ? "step \(index + 1): " : ""
        if skipped == nil { skipped = .skipped(place + reason) }
      }
      if refutation != nil { break }
      (left, ground) = (right, otherGround)
    }
    if refutation == nil, let skipped { verdict = skipped }
    let caveats = verdict?.status == .verified ? conditions(of: sides) : []
    return Draft(
      derivative: Derivative(formula: first, caveats: caveats), expression: first, verdict: verdict,
      refutation: refutation)
  }

  /// The conditions under which a typed side has a value although another side always has one: `2*sqrt(x)^2` is `2*x`
  /// only where `x >= 0`.
  private func conditions(of sides: [ClaimSide]) -> [Caveat] {
    let known = sides.map { calculus.knowledge(presuming: [$0.formula] + $0.presupposed) }
    var found: [Caveat] = []
    for (index, side) in sides.enumerated() where side.claim.derivative == nil {
      for need in domainConditions(side.claim.expression).flatMap(\.needs) {
        let argument = calculus.simplified(need.argument)
        let isKnown = known.indices.allSatisfy {
          $0 == index || known[$0].truth(need.property, of: argument) == .yes
        }
        let caveat = Caveat(kind: .condition(need.property), formula: argument)
        if !isKnown, !found.contains(caveat) { found.append(caveat) }
      }
    }
    return found
  }

  /// A side of a check: a formula, or a derivative with its verdict.
  func side(_ claim: TypedSide, isVerified: Bool = true) throws(Inquiry.Failure) -> (
    ClaimSide, ground: Verdict?
  ) {
    let formula = names.formula(claim.expression)
    if formula.isInvalid { throw .problem(.noValue) }
    let variables = claim.wrt.map(variable)
    let grounds = domainConditions(claim.expression).lost(from: [formula]).map(\.formula)
    var (result, ground) = (formula, Verdict?.none)
    if let kind = claim.derivative {
      let inquiry = Inquiry(
        expression: formula, calculus: calculus, check: isVerified && session.options.checks ? check : nil)
      guard let outcome = try inquiry.outcomes(kind, by: variables).first else {
        throw .problem(.noDifferential(of: formula))
      }
      (result, ground) = (outcome.derivative.formula, outcome.verdict)
    }
    let side = ClaimSide(
      claim: claim, formula: result, expression: formula, variables: variables, grounds: grounds)
    return (side, ground)
  }

  /// The explanation of a refuted step: its position, the derivatives, and what would make it true.
  private func help(
    _ left: ClaimSide, _ right: ClaimSide, _ verdict: Verdict, step index: Int, verified: Int
  ) -> Refutation {
    var (left, right) = (left, right)
    let presupposed = left.presupposed + right.presupposed
    var refutation = Refutation()
    let seeksCorrection =
      session.options.explainsRefutations
      && Self.nodes([left.formula, right.formula] + presupposed) <= Self.mostNodes
    // Parsed again from its own line, so that an edited claim also fits on one line.
    let line = SourceText(question.statement.plain ?? question.statement.text)
    if let first = parseFile(line).statements.first, case .question(let typed) = first.kind {
      let claims = [typed.expression] + typed.otherSides
      if claims.indices.contains(index + 1) {
        left.setText(claims[index], line)
        right.setText(claims[index + 1], line)
        if seeksCorrection {
          let search = SlipSearch(
            check, calculus, names, session.file.environment, left: left, right: right)
          refutation.slip = search.slip()
        }
      }
    }
    // A property that is missing makes a difference that numbers show.
    if seeksCorrection, verdict.counterexample?.isWithinTolerance != true {
      refutation.property =
        NeededProperties(
          check: check, left: left.formula, right: right.formula, presupposed: presupposed
        ).property()
    }
    for (side, place) in [(left, Refutation.Side.left), (right, .right)] {
      guard let kind = side.claim.derivative, let text = side.formula.text(limit: Refutation.longest),
        text.utf8.count <= Refutation.longest
      else { continue }
      refutation.derived.append(.init(side: place, kind: kind, formula: side.formula))
    }
    if question.otherSides.count > 1 {
      refutation.step = .init(
        number: index + 1, count: question.otherSides.count, verified: verified, left: left.text,
        right: right.text, place: session.source.position(at: right.claim.range.start))
    }
    return refutation
  }

  /// For larger claims no correction is searched.
  private static let mostNodes = 3000

  private static func nodes(_ formulas: [Formula]) -> Int {
    formulas.reduce(0) { count, formula in
      formula.nodesChildrenFirst.reduce(count) { $0 + 1 + $1.children.count }
    }
  }
}
