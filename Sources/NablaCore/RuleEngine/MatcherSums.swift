import NablaTypes

/// Sums and elementwise products, whose parts are matched in any order.
extension Matcher {
  /// Matches a whole elementwise product: a bare variable takes the remaining factors, including a coefficient.
  mutating func matchTimes(_ factors: [Formula], _ subject: Formula, _ next: Goal) -> Bool {
    var patterns = factors
    var parts = subject.factors
    if let index = patterns.firstIndex(where: \.isNumberVariable) {
      let number = patterns.remove(at: index)
      if patterns.count == 1, let known = bindings[patterns[0]] {
        return subject.multiple(of: known).map { bind(number, .number($0), next) } ?? false
      }
      let (coefficient, core) = subject.splitCoefficient
      let group = Group(isSum: false, shape: subject.shape, isWhole: true)
      if !Self.mayMatchParts(patterns, core.factors) { return false }
      return bind(number, .number(coefficient), .all(patterns, core.factors, [], group, next))
    }
    if let wanted = patterns.first?.number {
      let (coefficient, core) = subject.splitCoefficient
      if wanted == -1, patterns.count == 2, Self.isBare(patterns[1]), subject.isNegativeSum {
        return bind(patterns[1], subject.negatedTermwise, next)
      }
      if coefficient == wanted {
        parts = core.factors
      } else if coefficient.isNegative == wanted.isNegative, factors.contains(where: Self.isBare) {
        parts = [.number(coefficient / wanted)] + (core.isOne ? [] : core.factors)
      } else {
        return false
      }
      patterns.removeFirst()
    }
    if !Self.mayMatchParts(patterns, parts) { return false }
    return matchAll(patterns, parts, Group(isSum: false, shape: subject.shape, isWhole: true), next)
  }

  mutating func matchAll(
    _ patterns: [Formula], _ subjects: [Formula], taken: [Int] = [], _ group: Group, _ next: Goal
  ) -> Bool {
    budget -= 1
    // Each pattern takes at least one part.
    if budget < 0 || patterns.count > subjects.count - taken.count { return false }
    guard let index = patterns.firstIndex(where: { !Self.isBare($0) }) else {
      let left =
        taken.isEmpty ? subjects : subjects.indices.filter { !taken.contains($0) }.map { subjects[$0] }
      return matchBare(patterns[...], left, group, next)
    }
    var others = patterns
    let pattern = others.remove(at: index)
    // For each other pattern with a head, up to two parts that it may match: what is left must have one.
    var places: [[Int]] = []
    for other in others where !Self.isBare(other) {
      var found: [Int] = []
      for (place, subject) in subjects.enumerated()
      where found.count < 2 && Self.mayMatchPart(other, subject) && !taken.contains(place) {
        found.append(place)
      }
      places.append(found)
    }
    for (position, subject) in subjects.enumerated()
    where Self.mayMatchPart(pattern, subject) && !taken.contains(position) {
      if places.contains(where: { $0.allSatisfy { $0 == position } }) { continue }
      let mark = bindings.mark
      if match(pattern, subject, .all(others, subjects, taken + [position], group, next)) { return true }
      bindings.undo(to: mark)
    }
    return false
  }

  /// Matches variables that each take one or several parts: all except the last take one, and the last takes the rest.
  mutating func matchBare(
    _ patterns: ArraySlice<Formula>, _ subjects: [Formula], _ group: Group, _ next: Goal
  ) -> Bool {
    guard let first = patterns.first else {
      if group.isWhole { return subjects.isEmpty && proceed(next) }
      rest = subjects
      return proceed(next)
    }
    // Bound patterns first; the part with the differential takes what the others leave.
    let pattern =
      patterns.first { bindings[$0] != nil } ?? patterns.first { $0.isVariable } ?? first
    let others = patterns.filter { $0 !== pattern }[...]

    if let known = bindings[pattern] {
      // Constant arrays are compared by their entries, so their parts may differ.
      if others.isEmpty, isEntrywise, known.uniformValue != nil,
        subjects.allSatisfy({ $0.uniformValue != nil }), isSame(known, group.joined(subjects))
      {
        return matchBare(others, [], group, next)
      }
      var left = subjects
      for part in group.isSum ? known.terms : known.factors {
        guard let position = left.firstIndex(where: { isSame($0, part) }) else { return false }
        left.remove(at: position)
      }
      return matchBare(others, left, group, next)
    }
    let eligible = subjects.filter { isEligible($0, for: pattern, group) }
    if eligible.isEmpty { return false }
    let ineligible = subjects.filter { !isEligible($0, for: pattern, group) }
    if case .differential = pattern.kind {
      return bind(pattern, group.joined(subjects), .bare([], [], group, next))
    }
    let competes = others.contains {
      bindings[$0] == nil && $0.isScalar == pattern.isScalar && $0.isVariable
    }
    if !competes {
      // An array variable may keep the scalars if no other pattern needs them.
      let keepsAll =
        !ineligible.isEmpty && !ineligible.contains(where: \.containsDifferential) && others.isEmpty
        && !pattern.isScalar
      if keepsAll {
        let mark = bindings.mark
        if bind(pattern, group.joined(subjects), .bare(others, [], group, next)) { return true }
        bindings.undo(to: mark)
      }
      return bind(pattern, group.joined(eligible), .bare(others, ineligible, group, next))
    }
    if eligible.count < 2 { return false }
    if eligible.count > 4 {
      let half = eligible.count / 2
      let mark = bindings.mark
      let tail = Array(eligible[half...])
      if bind(pattern, group.joined(Array(eligible[..<half])), .bare(others, tail + ineligible, group, next))
      {
        return true
      }
      bindings.undo(to: mark)
    }
    for (position, part) in eligible.enumerated() {
      var left = eligible
      left.remove(at: position)
      let mark = bindings.mark
      if bind(pattern, part, .bare(others, left + ineligible, group, next)) { return true }
      bindings.undo(to: mark)
    }
    return false
  }

  /// In a product a scalar variable matches scalars, and an array variable arrays.
  func isEligible(_ part: Formula, for pattern: Formula, _ group: Group) -> Bool {
    if separatesDifferential, pattern.isVariable, part.containsDifferential { return false }
    if isEntrywise || group.isSum { return true }
    return part.isScalar == pattern.isScalar || (group.shape.isScalar && part.isScalar)
  }
}
