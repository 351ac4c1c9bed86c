import NablaTypes

/// Brings formulas into their simplest form: applies `->` rules until none fires, and at every node chooses by cost
/// among the forms that arithmetic and `==` rules give.
/// If no form one step away is cheaper, more expensive forms, and forms with one part rewritten, are simplified
/// themselves and accepted if the result is cheaper. The search is bounded by work, not time, so it is deterministic.
/// It accepts only cheaper forms, so it terminates.
package final class Simplifier {
  private let book: RuleBook
  private var tables: RuleTables
  let knowledge: Knowledge
  /// Memo of simplest forms, and of those found without lookahead.
  private var settled: [Formula: Formula] = [:]
  private var shallow: [Formula: Formula] = [:]
  private var work = Simplifier.workOfFormula
  /// Nesting depth of newly created parts; a cycle between constructors would not terminate without this limit.
  private var nesting = 0
  /// Whether a more expensive form is being tried.
  private var isAhead = false
  /// The rules that fired, in order.
  package private(set) var rewrites: [Rewrite] = []
  /// Whether to try forms other than those of `->` rules.
  private let searches: Bool

  private let distribution: Distribution

  /// Lookahead limits: the extra cost of a form, and the number of forms tried at a node.
  private static let slack = 8 * Cost.symbol
  private static let mostTried = 12
  /// The work of a node; it is counted per node, so that the form of a part does not depend on the size of the whole.
  private static let workOfNode = 20
  /// Formulas that cost more than this get no lookahead.
  private static let largestAhead = 80 * Cost.symbol

  /// The work that a formula may take besides that of its nodes.
  private static let workOfFormula = 20_000

  init(_ book: RuleBook, _ knowledge: Knowledge, searches: Bool = true, named: Set<Formula> = []) {
    self.searches = searches
    distribution = Distribution(named: named)
    self.book = book
    tables = book.tables()
    self.knowledge = knowledge
  }

  private func known(_ formula: Formula) -> Formula? {
    settled[formula] ?? (isAhead ? shallow[formula] : nil)
  }

  private func note(_ formula: Formula, _ result: Formula) {
    if isAhead { shallow[formula] = result } else { settled[formula] = result }
  }

  /// Gives the next formula as much work as a new simplifier would.
  func startsAnew() { work = max(work, Self.workOfFormula) }

  /// The simplest equal form found.
  package func simplify(_ formula: Formula) -> Formula {
    if let known = known(formula) { return known }
    for node in formula.nodes(without: { known($0) != nil }) {
      let children = node.children
      // Sizes are kept, since they are read back as polynomials.
      let isPlain = children.isEmpty || node.takesSizes
      var rebuilt = isPlain ? node : node.rebuilt(children.map { known($0) ?? $0 })
      // The constructors may have created new parts, or parts with a known simpler form.
      let parts = rebuilt.children
      if rebuilt !== node, nesting < 8, parts.contains(where: { known($0) !== $0 }) {
        nesting += 1
        rebuilt = rebuilt.rebuilt(parts.map { simplify($0) })
        nesting -= 1
      }
      if !isAhead { work += Self.workOfNode }
      let result = settle(rebuilt)
      note(node, result)
      if known(rebuilt) == nil { note(rebuilt, result) }
      if known(result) == nil { note(result, result) }
    }
    return known(formula) ?? formula
  }

  /// Rewrites the root until nothing cheaper is found; the children are already simplest.
  private func settle(_ start: Formula) -> Formula {
    var current = start
    var preferred: Formula?
    var left: [Formula: Formula] = [:]
    var visited: Set<Formula> = []
    while visited.count < 24, work > 0, !Cancellation.isRequested {
      if let known = known(current) { return known }
      // Only a preferred form can be left and found again. A `->` rule of one's own may lead away from it.
      guard visited.insert(current).inserted else { return preferred.map { left[$0] ?? $0 } ?? current }
      guard let next = rewritten(current) ?? cheaper(current) else { return current }
      if case .rule(let rule)? = rewrites.last?.reason, rewrites.last?.after === next {
        switch rule.arrow {
        case .prefers: preferred = next
        case .rewrites: left[current] = next
        case .equals: break
        }
      }
      // New parts are simplified first, then the root again.
      let children = next.children
      current = children.isEmpty ? next : next.rebuilt(children.map { simplify($0) })
    }
    return current
  }

  /// The result of the first `->` rule that fires at the root and lowers the cost.
  private func rewritten(_ formula: Formula) -> Formula? {
    cover(formula)
    for rule in tables.identities(for: formula) {
      if let after = apply(rule, formula, { rule.rule.arrow == .prefers || $0.cost < formula.cost }) {
        rewrites.append(Rewrite(reason: .rule(rule.rule), before: formula, after: after))
        return after
      }
    }
    return nil
  }

  /// The cheapest form by arithmetic and one `==` rule; otherwise one found by lookahead.
  private func cheaper(_ formula: Formula) -> Formula? {
    work -= 1
    // Clamped costs cannot be compared.
    guard searches, formula.cost < Cost.limit else { return nil }
    var best: Rewrite?
    var dearer: [Rewrite] = []
    let tries = !isAhead && formula.cost <= Self.largestAhead
    let most = formula.cost + Self.slack
    // An expansion stays long until its terms are simplified.
    func offer(_ candidate: Formula?, isOpen: Bool = false, _ reason: @autoclosure () -> Rewrite.Reason) {
      guard let candidate, !candidate.isInvalid, candidate !== formula else { return }
      if isSimpler(candidate, than: best?.after ?? formula) {
        best = Rewrite(reason: reason(), before: formula, after: candidate)
      } else if tries, best == nil, candidate.cost <= (isOpen ? most + 4 * Self.slack : most) {
        dearer.append(Rewrite(reason: reason(), before: formula, after: candidate))
      }
    }
    for candidate in distribution.candidates(for: formula) {
      offer(candidate, isOpen: true, .arithmetic(Self.arithmetic(formula, candidate)))
    }
    offer(transposedInside(formula), .arithmetic(.transposedInside))
    cover(formula)
    for equality in tables.equalities(for: formula) {
      offer(other(formula, equality, below: tries ? most + 1 : formula.cost + 1), .rule(equality.rule))
    }
    if let best {
      rewrites.append(best)
      return best.after
    }
    return tries ? ahead(formula, dearer) : nil
  }

  /// Equal costs are decided by the order of formulas, so that the simplest form is unique.
  private func isSimpler(_ a: Formula, than b: Formula) -> Bool {
    if a.cost != b.cost { return a.cost < b.cost }
    if case .times(let factors) = a.kind, case .times(let others) = b.kind {
      return factors.count > others.count
    }
    if case .product(let factors) = a.kind, case .product(let others) = b.kind {
      if factors.count != others.count { return factors.count > others.count }
      let (order, other) = (inverseOrder(factors), inverseOrder(others))
      return order != other ? order < other : earlyInverses(factors) < earlyInverses(others)
    }
    guard case .apply(let operation, _) = a.kind, case .apply(let other, _) = b.kind else { return false }
    return operation == other && a < b
  }

  /// How often an inverse should come before a transposed factor, by the push-through identity: inv(s*I + X'*X)*X' is
  /// preferred to X'*inv(s*I + X*X'), but X'*inv(s*I + X*X')*X is symmetric.
  private func inverseOrder(_ chain: [Formula]) -> Int {
    chain.indices.dropFirst().count { place in
      guard case .inverse(let inner) = chain[place].kind, case .sum(let terms) = inner.kind,
        !distribution.named.contains(inner), case .transpose(let factor) = chain[place - 1].kind,
        place + 1 == chain.count || chain[place + 1] !== factor
      else { return false }
      let gram = [factor, chain[place - 1]]
      return terms.contains { $0.splitScalars.array?.chain == gram }
    }
  }

  /// How often an inverse comes before a term of its sum: S*inv(S + s*I) is preferred to inv(S + s*I)*S, but
  /// S*inv(S + s*I)*S is symmetric.
  private func earlyInverses(_ chain: [Formula]) -> Int {
    chain.indices.reduce(0) { count, place in
      guard case .inverse(let inner) = chain[place].kind, case .sum(let terms) = inner.kind,
        !distribution.named.contains(inner)
      else { return count }
      let arrays = terms.compactMap(\.splitScalars.array)
      let later = chain[(place + 1)...].filter { factor in arrays.contains { $0 === factor } }
      let isSymmetric = place > 0 && later.first === chain[place - 1]
      return count + (isSymmetric ? 0 : later.count)
    }
  }

  private func other(_ formula: Formula, _ equality: RuleDirection, below cost: Int) -> Formula? {
    apply(equality, formula) { $0.cost < cost }
  }

  /// Loads all rules that may apply to a formula into the tables.
  private func cover(_ formula: Formula) {
    if !formula.marks.isSubset(of: tables.covered) { tables = book.tables(covering: formula.marks) }
  }

  /// A cheaper form reached through a more expensive form, or through a rewritten part.
  private func ahead(_ formula: Formula, _ dearer: [Rewrite]) -> Formula? {
    var tried = 0
    let sorted = dearer.enumerated().sorted {
      ($0.element.after.cost, $0.offset) < ($1.element.after.cost, $1.offset)
    }
    for (_, rewrite) in sorted {
      if tried >= Self.mostTried || work < 0 { return nil }
      tried += 1
      if let result = settledAhead(rewrite.after), result.cost < formula.cost {
        return accepted([rewrite], from: formula, to: result)
      }
    }
    for (position, part) in formula.children.enumerated() {
      for (inner, rewrite) in otherForms(of: part) {
        if tried >= Self.mostTried || work < 0 { return nil }
        var children = formula.children
        children[position] = inner
        let candidate = formula.rebuilt(children)
        guard !candidate.isInvalid, candidate.cost <= formula.cost + Self.slack else { continue }
        tried += 1
        // The expanded terms are combined with the other terms before they are factored again.
        var ways: [(steps: [Rewrite], result: Formula)] = []
        if let result = settledAhead(candidate) { ways.append(([rewrite], result)) }
        if case .sum = candidate.kind {
          for after in distribution.candidates(for: candidate) where after.cost < formula.cost {
            guard let result = settledAhead(after) else { continue }
            let reason = Rewrite.Reason.arithmetic(Self.arithmetic(candidate, after))
            ways.append(([rewrite, Rewrite(reason: reason, before: candidate, after: after)], result))
          }
        }
        let best = ways.min { $0.result.cost < $1.result.cost }
        if let best, best.result.cost < formula.cost {
          return accepted(best.steps, from: formula, to: best.result)
        }
      }
    }
    return nil
  }

  private func settledAhead(_ formula: Formula) -> Formula? {
    isAhead = true
    defer { isAhead = false }
    let result = simplify(formula)
    return result.isInvalid ? nil : result
  }

  private func accepted(_ steps: [Rewrite], from formula: Formula, to result: Formula) -> Formula {
    rewrites += steps
    return result
  }

  /// Other forms of a part by one rule; for a power, by a rule for its base.
  private func otherForms(of part: Formula) -> [(Formula, Rewrite)] {
    var result: [(Formula, Rewrite)] = []
    if case .power(let base, let exponent) = part.kind, !base.children.isEmpty {
      for (inner, rewrite) in otherForms(of: base) { result.append((.power(inner, exponent), rewrite)) }
    }
    let isProduct =
      switch part.kind {
      case .times, .product: true
      case .number, .constant, .variable, .dimension, .zeros, .ones, .identity, .sum, .power, .inverse,
        .transpose, .apply, .differential:
        false
      }
    if isProduct {
      let factors = part.children
      for (position, factor) in factors.enumerated() where !factor.children.isEmpty {
        for (inner, rewrite) in otherForms(of: factor) {
          var others = factors
          others[position] = inner
          result.append((part.rebuilt(others), rewrite))
        }
      }
      for after in distribution.sidewise(part) where !after.isInvalid && after.cost < part.cost + Self.slack {
        let reason = Rewrite.Reason.arithmetic(Self.arithmetic(part, after))
        result.append((after, Rewrite(reason: reason, before: part, after: after)))
      }
    }
    cover(part)
    for equality in tables.equalities(for: part) {
      if let after = other(part, equality, below: part.cost + Self.slack), !after.isInvalid {
        result.append((after, Rewrite(reason: .rule(equality.rule), before: part, after: after)))
      }
    }
    return result
  }

  private static func arithmetic(_ before: Formula, _ after: Formula) -> Rewrite.Arithmetic {
    switch (before.kind, after.kind) {
    case (.sum, .sum): .collected
    case (.sum, _): .commonFactor
    case (_, _): .multipliedOut
    }
  }

  /// Simplifies the transpose of the operand of a transpose: with properties, as for A'*S with symmetric S, it may be
  /// simpler than constructors can know.
  private func transposedInside(_ formula: Formula) -> Formula? {
    guard case .transpose(let inner) = formula.kind, nesting < 8 else { return nil }
    nesting += 1
    defer { nesting -= 1 }
    return inner.transposedInside { simplify($0.transposed) }
  }

  /// The forms that arithmetic and the `==` rules give for the root of a formula in one step, whatever they cost.
  package func equalForms(of formula: Formula) -> [Formula] {
    cover(formula)
    let forms =
      distribution.candidates(for: formula)
      + tables.equalities(for: formula).compactMap { other(formula, $0, below: Cost.limit) }
    return forms.filter { !$0.isInvalid && $0 !== formula && $0.shape == formula.shape }
  }

  /// Whether the rules or arithmetic justify a recorded rewrite.
  package func allows(_ rewrite: Rewrite) -> Bool {
    switch rewrite.reason {
    case .arithmetic(.transposedInside):
      return transposedInside(rewrite.before) === rewrite.after
    case .arithmetic:
      return distribution.candidates(for: rewrite.before).contains(rewrite.after)
    case .rule(let rule):
      let ways = rule.arrow == .equals ? rule.directions : [(rule.left, rule.right)]
      return ways.contains { from, to in
        apply(RuleDirection(rule, from, to, specificity: 0), rewrite.before) { $0 === rewrite.after } != nil
      }
    }
  }

  /// Matches one side of a rule at the root and substitutes the other, if the conditions are known to hold.
  private func apply(
    _ direction: RuleDirection, _ formula: Formula, _ accept: (Formula) -> Bool
  ) -> Formula? {
    work -= 1
    return RuleApplication(knowledge: knowledge).apply(direction, to: formula, accept)
  }
}

extension Formula {
  /// Whether its arguments are sizes.
  fileprivate var takesSizes: Bool {
    if case .apply(.array(.commutation), _) = kind { return true }
    return false
  }
}
