import NablaTypes

/// Applies rules at the root of a formula: matches one side and substitutes the other.
struct RuleApplication {
  let knowledge: Knowledge

  /// The first result that is accepted, if the conditions of the rule are known to hold.
  func apply(
    _ direction: RuleDirection, to formula: Formula, _ accept: (Formula) -> Bool
  ) -> Formula? {
    let (rule, from, to) = (direction.rule, direction.from, direction.to)
    if !rule.isEntrywise, from.shape.isScalar, !formula.isScalar { return nil }
    switch (from.kind, formula.kind) {
    case (.sum(let patterns), .sum(let terms)):
      if patterns.count > terms.count { return nil }
      for multiple in Self.multiples(of: patterns, in: terms) {
        guard
          multiple.isOne
            ? Matcher.mayMatchParts(patterns, terms) : Matcher.mayMatchMultiple(patterns, terms)
        else { continue }
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
      if patterns.count > factors.count || !Matcher.mayMatchParts(patterns, factors) { return nil }
      return first(rule, to, formula, accept) { matcher, found in
        matcher.matchParts(patterns, of: factors, isSum: false, formula.shape, found)
      } around: { part, rest in
        .times([part] + rest)
      }
    case (.product(let patterns), .product(let chain)):
      if patterns.count > chain.count { return nil }
      for way in formula.isScalar ? [chain, chain.reversed().map(\.transposed)] : [chain] {
        for start in way.indices
        where way.count - start >= patterns.count && Matcher.mayMatch(patterns, in: way[start...]) {
          let result = first(rule, to, formula, accept) { matcher, found in
            matcher.matchPrefix(patterns, of: way[start...], found)
          } around: { part, rest in
            .product(Array(way[..<start]) + [part] + rest)
          }
          if let result { return result }
        }
      }
      return nil
    case (.number, _), (.constant, _), (.variable, _), (.dimension, _), (.zeros, _), (.ones, _),
      (.identity, _), (.sum, _), (.times, _), (.product, _), (.power, _), (.inverse, _), (.transpose, _),
      (.apply, _), (.differential, _):
      if !Matcher.mayMatchArguments(of: from, formula) { return nil }
      return first(rule, to, formula, accept) { matcher, found in
        matcher.match(from, formula, found)
      } around: { part, _ in
        part
      }
    }
  }

  /// The multiples with which a sum may contain a pattern: 3 - 2*sin(x)^2 - 2*cos(x)^2 contains -2 times a sum of
  /// squares.
  private static func multiples(of patterns: [Formula], in terms: [Formula]) -> [Rational] {
    // A bare variable takes its coefficient with it.
    let heads = patterns.filter { !Matcher.isBare($0) }
    guard !heads.isEmpty else { return [1] }
    let wanted = heads.map(\.coefficient)
    let found = Set(terms.map(\.coefficient))
    var result: [Rational] = [1]
    for coefficient in terms.map(\.coefficient) where result.count < 4 {
      let multiple = coefficient / wanted[0]
      guard !result.contains(multiple), wanted.allSatisfy({ found.contains($0 * multiple) }) else { continue }
      result.append(multiple)
    }
    return result
  }

  /// The first match whose conditions hold and whose result is accepted.
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
            rule.numbers.allSatisfy({
              $0.holds(of: bindings.instantiate($0.formula, entrywise: entrywise, fillsShape: false))
            }),
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
