import NablaTypes

extension RuleBook {
  /// Replaces a function of a sum by the same function of the negated sum, and reports whether that changes the sign.
  /// It is read off the rules that prefer one of the two, such as `tanh(-x) => -tanh(x)`.
  package func mirrored(_ formula: Formula) -> (formula: Formula, isOdd: Bool)? {
    guard case .apply(let operation, let arguments) = formula.kind, let first = arguments.first,
      case .sum = first.kind
    else { return nil }
    var opposite = arguments
    opposite[0] = first.negatedTermwise
    let mirror = Formula.interned(.apply(operation, opposite), formula.shape)
    for rule in tables(covering: formula.marks).identities(for: formula) where rule.rule.arrow == .prefers {
      for (from, to) in [(mirror, formula), (formula, mirror)] {
        var isOdd: Bool?
        var matcher = Matcher(isEntrywise: rule.rule.isEntrywise)
        let knowledge = Knowledge(self)
        _ = matcher.match(rule.from, from) { matcher in
          let shape = rule.rule.isEntrywise ? formula.shape : nil
          guard knowledge.fulfils(matcher.result),
            rule.rule.conditions.allSatisfy({ knowledge.holds($0, matcher.result, entrywise: shape) })
          else { return false }
          let value = matcher.result.instantiate(rule.to, entrywise: shape)
          if value === to { isOdd = false }
          if value === to.negated { isOdd = true }
          return isOdd != nil
        }
        if let isOdd { return (mirror, isOdd) }
      }
    }
    return nil
  }
}
