import NablaCore
import NablaLanguage
import NablaOutput
import NablaTypes

/// Finds a single edit that makes a refuted claim true.
package struct SlipSearch {
  let check: Verification
  let calculus: Calculus
  let names: Lowering
  let environment: Environment
  let left: ClaimSide
  let right: ClaimSide

  package init(
    _ check: Verification, _ calculus: Calculus, _ names: Lowering, _ environment: Environment,
    left: ClaimSide, right: ClaimSide
  ) {
    self.check = check
    self.calculus = calculus
    self.names = names
    var known = environment
    known.infersUndeclared = false
    self.environment = known
    self.left = left
    self.right = right
  }

  /// Bytes of edited text read for each side; this bounds the time.
  private static let mostBytes = 24_000
  /// Edits of a differentiated expression, each of which needs differences, and the total of their bytes.
  private static let mostDerivatives = 60
  private static let mostDerivedBytes = 6_000
  /// Edits that pass the quick comparison and are then verified.
  private static let mostVerifications = 8
  private static let batch = 24

  /// The most likely slip: the right side's before the left's, but an edit of a formula before one of the
  /// differentiated expression.
  package func slip() -> Refutation.Slip? {
    let sides: [Refutation.Side] = [.right, .left]
    let plain = sides.filter { self[$0].claim.derivative == nil }
    for side in plain { if let found = slip(in: side) { return found } }
    for side in plain { if let found = missingTerm(in: side) { return found } }
    for side in sides where self[side].claim.derivative != nil {
      if let found = slip(inQuestion: side) { return found }
    }
    return nil
  }

  private subscript(side: Refutation.Side) -> ClaimSide { side == .left ? left : right }

  private func slip(in side: Refutation.Side) -> Refutation.Slip? {
    let (mine, other) = (self[side], side == .left ? right : left)
    guard
      let comparison = Prefilter(
        check.numeric, target: other.formula, claim: mine.formula, presupposing: other.presupposed,
        other: exchangeableVariables)
    else { return nil }
    guard let typed = SideText(mine.body) else { return nil }
    let candidates = SlipCandidates(of: mine, typed, edits: edits(of: typed), reader: reader)
    var (bytes, verifications) = (0, 0)
    while verifications < Self.mostVerifications, bytes < Self.mostBytes, !Cancellation.isRequested {
      var batch: [SlipCandidates.Candidate] = []
      while batch.count < Self.batch, bytes < Self.mostBytes, let next = candidates.next(&bytes) {
        batch.append(next)
      }
      if batch.isEmpty { return nil }
      for place in comparison.agreeing(batch.map(\.formula)) where verifications < Self.mostVerifications {
        let edit = batch[place].edit
        let text = typed.replacing(edit.range, by: edit.replacement)
        if !edit.rank.helpsTautology, other.claim.derivative == nil,
          text.filter({ $0 != " " }) == other.text.filter({ $0 != " " })
        {
          continue
        }
        verifications += 1
        guard let formula = reader.formula(text, as: mine.claim.shape), keepsNames(text, formula) else {
          continue
        }
        if check.isVerified(.equality(other.formula, formula, presupposing: other.presupposed)) {
          return slip(side, text, edit.words)
        }
      }
    }
    return nil
  }

  /// The derivative of an expression. Differences of the expression may all lie on one side of its kinks; a comparison
  /// with its derivative shows the other side.
  private func derivative(_ kind: DerivativeKind, of expression: Formula, by variables: [Formula]) -> Formula?
  {
    try? calculus.about(expression).derivative(kind, of: expression, by: variables).formula
  }

  /// Edits of the differentiated expression, whose differences are compared with the other side.
  private func slip(inQuestion side: Refutation.Side) -> Refutation.Slip? {
    let (mine, other) = (self[side], side == .left ? right : left)
    guard let question = mine.claim.derivative else { return nil }
    let preliminary = check.numeric.preliminary
    guard let typed = SideText(mine.body) else { return nil }
    let candidates = SlipCandidates(of: mine, typed, edits: edits(of: typed), reader: reader, isWhole: true)
    var (tried, bytes) = (0, 0)
    func holds(of expression: Formula) -> Bool {
      guard let claim = Claim(question, other.formula, of: expression, by: mine.variables) else {
        return false
      }
      guard preliminary.verdict(on: claim).status == .verified, check.isVerified(claim),
        let derivative = derivative(question, of: expression, by: mine.variables)
      else { return false }
      return check.isVerified(.equality(other.formula, derivative, presupposing: other.presupposed))
    }
    while tried < Self.mostDerivatives, bytes < Self.mostDerivedBytes, !Cancellation.isRequested,
      let next = candidates.next(&bytes)
    {
      tried += 1
      guard case .whole(let formula) = next.formula, holds(of: formula) else { continue }
      let text = typed.replacing(next.edit.range, by: next.edit.replacement)
      return slip(side, mine.before + text + mine.after, next.edit.words)
    }
    return nil
  }

  private func slip(_ side: Refutation.Side, _ text: String, _ words: String) -> Refutation.Slip {
    let claim = side == .left ? "\(text) == \(right.text)" : "\(left.text) == \(text)"
    return Refutation.Slip(side: side, edit: words, text: text, claim: claim)
  }

  // MARK: A missing term

  /// The term that the side lacks, if it is a single term.
  private func missingTerm(in side: Refutation.Side) -> Refutation.Slip? {
    let (mine, other) = (self[side], side == .left ? right : left)
    if mine.formula.isZero || (mine.formula.cost + other.formula.cost) / Cost.symbol > 300 { return nil }
    let term = calculus.simplified(.adding(other.formula, mine.formula.negated))
    guard
      !term.nodesChildrenFirst.contains(where: { if case .sum = $0.kind { true } else { false } }),
      !term.isInvalid, !term.isZero, term.cost < other.formula.cost,
      let text = term.text(limit: 80),
      let typed = SideText(mine.body)
    else { return nil }
    let body = typed.fitted(mine.body, typed.level(typed.tree), to: .sum)
    let longer = text.hasPrefix("-") ? "\(body) - \(text.dropFirst())" : "\(body) + \(text)"
    guard let formula = reader.formula(longer, as: mine.claim.shape),
      check.isVerified(.equality(other.formula, formula, presupposing: other.presupposed))
    else { return nil }
    return slip(side, longer, "the term \(text) is missing")
  }

  private var reader: FormulaReader { FormulaReader(names: names, environment: environment) }

  private func edits(of typed: SideText) -> [SlipEdits.Edit] {
    let spoken = spokenOf.filter { names.names[$0] != nil }
    let (numbers, arrays) = (spoken.filter(scalars.contains), spoken.filter { !scalars.contains($0) })
    return SlipEdits(
      of: typed, exchangeable: exchangeable, sizes: Array(sizes.prefix(3)),
      numbers: Array(numbers.prefix(3)),
      arrays: Array(arrays.prefix(4)), scalars: scalars
    ).edits
  }

  // MARK: Names

  /// Whether the names in a text survive in its formula: nobody writes 1/a*a for 1.
  private func keepsNames(_ text: String, _ formula: Formula) -> Bool {
    guard let typed = SideText(text) else { return false }
    let kept = Set(formula.variables)
    return typed.nodes.allSatisfy { node in
      guard case .name(let name) = node.tree.kind, let value = names.names[name] else { return true }
      return kept.isSuperset(of: value.variables)
    }
  }

  /// The names of values and sizes in the claim.
  private var spokenOf: [String] {
    var found: Set<String> = []
    for side in [left, right] {
      guard let typed = SideText(side.body) else { continue }
      for node in typed.nodes { if case .name(let name) = node.tree.kind { found.insert(name) } }
      found.formUnion(side.expression.variables.compactMap { $0.variable?.name })
    }
    return found.sorted()
  }

  private var sizes: [String] {
    let known = environment.dimensions
    return InstanceSizes([left.formula, right.formula]).names.filter(known.contains)
  }

  private var scalars: Set<String> {
    Set(names.names.filter { $0.value.isScalar }.keys).union(environment.dimensions)
  }

  /// Names of equal shape, which may be confused.
  private var exchangeable: [String: [String]] {
    let spoken = spokenOf
    let sizes = Set(self.sizes)
    var result: [String: [String]] = [:]
    for name in spoken {
      let others = spoken.filter { other in
        if other == name { return false }
        if let mine = names.names[name], let theirs = names.names[other] { return mine.shape == theirs.shape }
        return sizes.contains(name) && sizes.contains(other)
      }
      result[name] = Array(others.prefix(5))
    }
    return result
  }

  private var exchangeableVariables: [Formula] {
    spokenOf.compactMap { names.names[$0] }.flatMap(\.variables)
  }
}
