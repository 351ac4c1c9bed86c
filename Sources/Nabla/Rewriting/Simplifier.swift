import NablaLanguage

/// One formula put in the place of an equal one.
struct Rewrite: Sendable {
  enum Reason: Sendable {
    case rule(Rule)
    case arithmetic(Arithmetic)
  }

  /// What arithmetic does to sums and products.
  enum Arithmetic: String, CaseIterable, Sendable {
    case commonFactor = "common factor"
    case collected = "collected terms"
    case multipliedOut = "multiplied out"
    case transposedInside = "transposed inside"
  }

  let reason: Reason
  let before: Formula
  let after: Formula

  /// The rule's name, or what arithmetic did.
  var name: String {
    switch reason {
    case .rule(let rule): rule.name
    case .arithmetic(let arithmetic): arithmetic.rawValue
    }
  }
}

/// Brings formulas into their plainest form: rules with `->` until none fires, and at every node a choice among
/// forms that arithmetic and the rules with `==` give, by cost.
///
/// The search is bounded by work, not by time, so it is deterministic; it only ever accepts a cheaper form, so
/// it ends.
final class Simplifier {
  let book: RuleBook
  let knowledge: Knowledge
  private var memo: [Formula: Formula] = [:]
  private var work: Int
  /// How often new parts were met inside new parts; where constructors turn forms to and fro, that would not end.
  private var nesting = 0
  /// Rules that fired, in order.
  private(set) var rewrites: [Rewrite] = []
  /// Whether forms other than those that `->` gives are tried.
  private let searches: Bool

  init(_ book: RuleBook, _ knowledge: Knowledge, searches: Bool = true, work: Int = 20_000) {
    self.searches = searches
    self.book = book
    self.knowledge = knowledge
    self.work = work
  }

  /// The plainest equal form that was found.
  func simplify(_ formula: Formula) -> Formula {
    if let known = memo[formula] { return known }
    for node in formula.nodes(without: { memo[$0] != nil }) {
      let children = node.children
      // Sizes stay as they are, since they read back as the polynomials that they are.
      let isPlain = children.isEmpty || node.takesSizes
      var rebuilt = isPlain ? node : node.rebuilt(children.map { memo[$0] ?? $0 })
      // The constructors may have made parts that are new, or known to be something else.
      let parts = rebuilt.children
      if rebuilt !== node, nesting < 8, parts.contains(where: { memo[$0] !== $0 }) {
        nesting += 1
        rebuilt = rebuilt.rebuilt(parts.map { simplify($0) })
        nesting -= 1
      }
      let result = settle(rebuilt)
      memo[node] = result
      if memo[rebuilt] == nil { memo[rebuilt] = result }
      if memo[result] == nil { memo[result] = result }
    }
    return memo[formula] ?? formula
  }

  /// Rewrites at the root until nothing cheaper is found; the children are settled.
  private func settle(_ start: Formula) -> Formula {
    var current = start
    var rounds = 0
    while rounds < 24, work > 0 {
      rounds += 1
      if let known = memo[current] { return known }
      guard let next = rewritten(current) ?? plainer(current) else { return current }
      // New parts may have been made inside: they are settled first, then the root again.
      let children = next.children
      current = children.isEmpty ? next : next.rebuilt(children.map { simplify($0) })
    }
    return current
  }

  /// The first rule with `->` that fires at the root and makes it cheaper.
  private func rewritten(_ formula: Formula) -> Formula? {
    for rule in book.identities(for: formula) {
      if let after = apply(rule.left, rule.right, rule, formula, { $0.cost < formula.cost }) {
        rewrites.append(Rewrite(reason: .rule(rule), before: formula, after: after))
        return after
      }
    }
    return nil
  }

  /// Cheaper forms by arithmetic, and by one step with a rule that is true both ways.
  private func plainer(_ formula: Formula) -> Formula? {
    work -= 1
    guard searches else { return nil }
    var best: Rewrite?
    func offer(_ candidate: Formula?, _ reason: @autoclosure () -> Rewrite.Reason) {
      guard let candidate, !candidate.isInvalid, candidate.cost < (best?.after ?? formula).cost else {
        return
      }
      best = Rewrite(reason: reason(), before: formula, after: candidate)
    }
    for candidate in Distribution.candidates(for: formula) {
      offer(candidate, .arithmetic(Self.arithmetic(formula, candidate)))
    }
    offer(transposedInside(formula), .arithmetic(.transposedInside))
    for equality in book.equalities(for: formula) {
      let found = apply(equality.from, equality.to, equality.rule, formula) {
        $0.cost < (best?.after ?? formula).cost
      }
      offer(found, .rule(equality.rule))
    }
    if let best { rewrites.append(best) }
    return best?.after
  }

  private static func arithmetic(_ before: Formula, _ after: Formula) -> Rewrite.Arithmetic {
    switch (before.kind, after.kind) {
    case (.sum, .sum): .collected
    case (.sum, _): .commonFactor
    case (_, _): .multipliedOut
    }
  }

  /// What stands under a transpose transposed itself: with properties, as of A'*S for a symmetric S, that may be
  /// plainer than the constructors can know.
  private func transposedInside(_ formula: Formula) -> Formula? {
    guard case .transpose(let inner) = formula.kind, nesting < 8 else { return nil }
    nesting += 1
    defer { nesting -= 1 }
    return inner.transposedInside { simplify($0.transposed) }
  }

  /// Whether a recorded rewrite is one that the rules or arithmetic allow here.
  func allows(_ rewrite: Rewrite) -> Bool {
    switch rewrite.reason {
    case .arithmetic(.transposedInside):
      return transposedInside(rewrite.before) === rewrite.after
    case .arithmetic:
      return Distribution.candidates(for: rewrite.before).contains(rewrite.after)
    case .rule(let rule):
      let ways =
        rule.arrow == .equals
        ? [(rule.left, rule.right), (rule.right, rule.left)] : [(rule.left, rule.right)]
      return ways.contains { from, to in
        apply(from, to, rule, rewrite.before) { $0 === rewrite.after } != nil
      }
    }
  }

  /// One side matched at the root, the other put in its place, when the conditions are known to hold.
  private func apply(
    _ from: Formula, _ to: Formula, _ rule: Rule, _ formula: Formula, _ accept: (Formula) -> Bool
  ) -> Formula? {
    if !rule.isEntrywise, from.shape.isScalar, !formula.isScalar { return nil }
    work -= 1
    switch (from.kind, formula.kind) {
    case (.sum(let patterns), .sum(let terms)):
      for multiple in Self.multiples(of: patterns, in: terms) {
        let parts = multiple.isOne ? terms : terms.map { $0.scaled(by: multiple.reciprocal) }
        let result = first(rule, to, formula, accept) { matcher, found in
          matcher.matchParts(patterns, of: parts, isSum: true, formula.shape, found)
        } around: { part, rest in
          rest.reduce(part.scaled(by: multiple)) { .adding($0, $1.scaled(by: multiple)) }
        }
        if let result { return result }
      }
      return nil
    case (.times(let patterns), .times(let factors)):
      return first(rule, to, formula, accept) { matcher, found in
        matcher.matchParts(patterns, of: factors, isSum: false, formula.shape, found)
      } around: { part, rest in
        .times([part] + rest)
      }
    case (.product(let patterns), .product(let chain)):
      for way in formula.isScalar ? [chain, chain.reversed().map(\.transposed)] : [chain] {
        for start in way.indices {
          let result = first(rule, to, formula, accept) { matcher, found in
            matcher.matchPrefix(patterns, of: way[start...], found)
          } around: { part, rest in
            .product(Array(way[..<start]) + [part] + rest)
          }
          if let result { return result }
        }
      }
      return nil
    default:
      return first(rule, to, formula, accept) { matcher, found in
        matcher.match(from, formula, found)
      } around: { part, _ in
        part
      }
    }
  }

  /// By which numbers a sum may hold a pattern: 3 - 2*sin(x)^2 - 2*cos(x)^2 holds -2 times a sum of squares.
  private static func multiples(of patterns: [Formula], in terms: [Formula]) -> [Rational] {
    let wanted = patterns.map(\.coefficient)
    let found = Set(terms.map(\.coefficient))
    var result: [Rational] = [1]
    for coefficient in terms.map(\.coefficient) where result.count < 4 {
      let multiple = coefficient / wanted[0]
      guard !result.contains(multiple), wanted.allSatisfy({ found.contains($0 * multiple) }) else { continue }
      result.append(multiple)
    }
    return result
  }

  /// The first way to match whose conditions hold and whose result is accepted.
  private func first(
    _ rule: Rule, _ to: Formula, _ formula: Formula, _ accept: (Formula) -> Bool,
    _ search: (inout Matcher, @escaping Matcher.Found) -> Bool, around: (Formula, [Formula]) -> Formula
  ) -> Formula? {
    let entrywise = rule.isEntrywise ? formula.shape : nil
    var matcher = Matcher(isEntrywise: rule.isEntrywise)
    var result: Formula?
    withoutActuallyEscaping(accept) { accept in
      withoutActuallyEscaping(around) { around in
        _ = search(&matcher) { [knowledge] matcher in
          let bindings = matcher.result
          guard knowledge.fulfils(bindings),
            rule.conditions.allSatisfy({ knowledge.holds($0, bindings, entrywise: entrywise) })
          else { return false }
          let after = around(bindings.instantiate(to, entrywise: entrywise), matcher.rest)
          guard !after.isInvalid, after.shape == formula.shape, after !== formula, accept(after) else {
            return false
          }
          result = after
          return true
        }
        matcher = Matcher()  // lets go of the closure
      }
    }
    return result
  }
}

extension Formula {
  /// Whether its arguments are sizes.
  fileprivate var takesSizes: Bool {
    if case .apply(.array(.commutation), _) = kind { return true }
    return false
  }
}
