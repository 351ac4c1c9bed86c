import NablaTypes

/// Three-valued truth; only `yes` lets a rule fire.
package enum Truth: Sendable, Hashable {
  case yes, no, unknown
}

/// The declared properties of formulas and the consequences of the fact rules.
package final class Knowledge {
  private let book: RuleBook
  private var facts: [Property: FactTable.Entry] = [:]
  /// Variables whose properties must not be used, because a derivative treats their entries as independent.
  private let free: Set<Formula>
  private let presumed: Set<Surroundings.Presumed>
  private var memo: [Key: Truth] = [:]
  private var depth = 0

  private struct Key: Hashable {
    let formula: Formula
    let property: Property

    func hash(into hasher: inout Hasher) { hasher.combine(_rawHashValue(seed: 0)) }
    func _rawHashValue(seed: Int) -> Int {
      formula._rawHashValue(seed: seed) ^ (Int(property.place) &* 0x9E37_79B9)
    }
  }

  package init(_ book: RuleBook, free: [Formula] = [], presumed: Set<Surroundings.Presumed> = []) {
    self.book = book
    self.presumed = presumed
    self.free = Set(free)
  }

  func holds(_ condition: Condition, _ bindings: Bindings, entrywise: Shape? = nil) -> Bool {
    switch condition {
    case .property(let pattern, let property):
      truth(property, of: bindings.instantiate(pattern, entrywise: entrywise, fillsShape: false)) == .yes
    case .regular:
      false
    }
  }

  package func truth(_ property: Property, of formula: Formula) -> Truth {
    let key = Key(formula: formula, property: property)
    if let known = memo[key] { return known }
    if depth > 24 { return .unknown }
    depth += 1
    defer { depth -= 1 }
    memo[key] = .unknown  // what depends on itself is not known
    let result = derive(property, formula)
    memo[key] = result
    return result
  }

  private func derive(_ property: Property, _ formula: Formula) -> Truth {
    if let known = immediate(property, formula) { return known }
    if presumed.contains(Surroundings.Presumed(formula: formula, property: property)) { return .yes }
    // A declared property of a pattern variable is a condition on the formula bound to it.
    for fact in facts(for: property, of: formula).fitting(formula) {
      var matcher = Matcher(isEntrywise: fact.isEntrywise)
      let holds = matcher.match(fact.pattern, formula) { matcher in
        let bindings = matcher.result
        return self.fulfils(bindings)
          && fact.conditions.allSatisfy {
            self.holds($0, bindings, entrywise: fact.isEntrywise ? formula.shape : nil)
          }
      }
      if holds { return .yes }
    }
    return .unknown
  }

  private func facts(for property: Property, of formula: Formula) -> FactTable.Entry {
    if let known = facts[property], let covered = known.covered, formula.marks.isSubset(of: covered) {
      return known
    }
    let entry = book.facts(for: property, covering: formula.marks)
    facts[property] = entry
    return entry
  }

  /// Whether every bound formula has the declared properties of its pattern variable.
  func fulfils(_ bindings: Bindings) -> Bool {
    bindings.formulas.allSatisfy { pattern, value in
      guard let variable = pattern.variable, !variable.properties.isEmpty else { return true }
      return variable.properties.sorted().allSatisfy { truth($0, of: value) == .yes }
    }
  }

  /// Properties that need no rule: those of declarations, numbers and constant arrays.
  private func immediate(_ property: Property, _ formula: Formula) -> Truth? {
    switch formula.kind {
    case .variable(let variable):
      return !free.contains(formula) && variable.properties.contains(property) ? .yes : nil
    case .number(let value): return Self.truth(property, of: value)
    case .dimension: return Self.isSign(property) ? .yes : nil
    case .constant: return Self.isSign(property) ? .yes : nil
    case .ones: return Self.truth(property, of: 1)
    case .identity: return property.traits.holdsOfIdentity ? .yes : .no
    case .zeros, .sum, .times, .product, .power, .inverse, .transpose, .apply, .differential:
      return nil
    }
  }

  private static func isSign(_ property: Property) -> Bool {
    property == .positive || property == .nonnegative || property == .nonzero
  }

  private static func truth(_ property: Property, of value: Rational) -> Truth? {
    property.traits.holdsOfEntry.map { $0(value) ? .yes : .no }
  }
}
