import NablaTypes

/// Typed matching: sums and elementwise products modulo order, matrix products by runs of factors.
/// Matching backtracks: it calls `found` for each match until it returns true.
struct Matcher {
  /// The rule is about scalars and holds entry by entry, so its variables match arrays too.
  var isEntrywise = false
  /// An adjoint pattern: `dX` matches the part that contains the differential, and everything else matches parts
  /// without it.
  var separatesDifferential = false
  /// An array variable matches scalars too; used for differentials and adjoints, where it saves rules.
  var takesScalarsAsArrays = false
  private var bindings = Bindings()
  /// Bounds the work of one match, so that no pattern can explode.
  private var budget = 4000

  /// Called for each match; true ends the search.
  typealias Found = (Matcher) -> Bool
  private var found: Found = { _ in true }
  /// The parts that a partial match left over: terms, factors, or the factors after a run.
  private(set) var rest: [Formula] = []

  /// A list of goals that remain to be matched. Closures would express the same, but the optimizer specializes those
  /// without end.
  private indirect enum Goal {
    case found
    case match(Formula, Formula, Goal)
    case list(ArraySlice<Formula>, ArraySlice<Formula>, Goal)
    /// Patterns, subjects, and the places of those that are taken.
    case all([Formula], [Formula], [Int], Group, Goal)
    case bare(ArraySlice<Formula>, [Formula], Group, Goal)
    case run(ArraySlice<Formula>, ArraySlice<Formula>, wholly: Bool, Goal)
    case sizes([(Dimension, Dimension)], Goal)
  }

  /// A sum or elementwise product whose parts are matched in any order.
  private struct Group {
    let isSum: Bool
    let shape: Shape
    /// Whether every part must be matched.
    let isWhole: Bool

    func joined(_ parts: [Formula]) -> Formula { isSum ? .sum(parts, shape) : .times(parts) }
  }

  init(isEntrywise: Bool = false, separatesDifferential: Bool = false, takesScalarsAsArrays: Bool = false) {
    self.isEntrywise = isEntrywise
    self.separatesDifferential = separatesDifferential
    self.takesScalarsAsArrays = takesScalarsAsArrays || separatesDifferential
  }

  var result: Bindings { bindings }

  // MARK: Entry points

  /// Matches the whole subject.
  mutating func match(_ pattern: Formula, _ subject: Formula, _ found: @escaping Found) -> Bool {
    self.found = found
    return match(pattern, subject, .found)
  }

  /// Matches each pattern with the subject at its place.
  mutating func match(_ patterns: [Formula], _ subjects: [Formula], _ found: @escaping Found) -> Bool {
    self.found = found
    return matchList(patterns[...], subjects[...], .found)
  }

  /// Matches every pattern with a different part of a sum or elementwise product; `rest` holds the other parts.
  mutating func matchParts(
    _ patterns: [Formula], of subjects: [Formula], isSum: Bool, _ shape: Shape, _ found: @escaping Found
  ) -> Bool {
    self.found = found
    if !Self.mayMatchParts(patterns, subjects) { return false }
    return matchAll(patterns, subjects, Group(isSum: isSum, shape: shape, isWhole: false), .found)
  }

  /// Matches patterns with a prefix of a chain of factors; `rest` holds the factors after it.
  mutating func matchPrefix(
    _ patterns: [Formula], of chain: ArraySlice<Formula>, _ found: @escaping Found
  ) -> Bool {
    self.found = found
    if !Self.mayMatch(patterns, in: chain) { return false }
    return matchRun(patterns[...], chain, wholly: false, .found)
  }

  private mutating func proceed(_ goal: Goal) -> Bool {
    switch goal {
    case .found: sizesFit && found(self)
    case .match(let pattern, let subject, let next): match(pattern, subject, next)
    case .list(let patterns, let subjects, let next): matchList(patterns, subjects, next)
    case .all(let patterns, let subjects, let taken, let group, let next):
      matchAll(patterns, subjects, taken: taken, group, next)
    case .bare(let patterns, let subjects, let group, let next): matchBare(patterns, subjects, group, next)
    case .run(let patterns, let chain, let wholly, let next): matchRun(patterns, chain, wholly: wholly, next)
    case .sizes(let pairs, let next): matchSizes(pairs, next)
    }
  }

  private mutating func matchSizes(_ pairs: [(Dimension, Dimension)], _ next: Goal) -> Bool {
    let saved = bindings
    if pairs.allSatisfy({ match($0.0, $0.1) }), proceed(next) { return true }
    bindings = saved
    return false
  }

  // MARK: One node

  private mutating func match(_ pattern: Formula, _ subject: Formula, _ next: Goal) -> Bool {
    budget -= 1
    if budget < 0 { return false }
    switch pattern.kind {
    case .variable:
      return bind(pattern, subject, next)
    case .differential:
      guard separatesDifferential, subject.containsDifferential else { return false }
      return bind(pattern, subject, next)
    case .number, .constant:
      return pattern === subject || (isEntrywise && subject.uniformValue === pattern) ? proceed(next) : false
    case .dimension(let name):
      let saved = bindings
      if let size = subject.size, match(Dimension(name: name), size), proceed(next) { return true }
      bindings = saved
      return false
    case .ones:
      return subject.isOnes && matchShape(pattern, subject, next)
    case .identity:
      return subject.isIdentity && matchShape(pattern, subject, next)
    case .zeros:
      return subject.isZero && matchShape(pattern, subject, next)
    case .sum(let terms):
      guard case .sum(let others) = subject.kind else { return false }
      return matchAll(terms, others, Group(isSum: true, shape: subject.shape, isWhole: true), next)
    case .times(let factors):
      return matchTimes(factors, subject, next)
    case .product(let chain):
      return matchChain(chain, subject, next)
    case .power(let base, let exponent):
      guard case .power(let otherBase, let otherExponent) = subject.kind,
        !exponent.isNumberVariable || otherExponent.number != nil
      else {
        // What is not a power has the exponent 1.
        return exponent.isNumberVariable && match(exponent, .one, .match(base, subject, next))
      }
      return match(exponent, otherExponent, .match(base, otherBase, next))
    case .inverse(let inner):
      guard case .inverse(let other) = subject.kind else { return false }
      return match(inner, other, next)
    case .transpose(let inner):
      // Any formula is the transpose of some formula, but the differential must be written as one.
      if separatesDifferential, case .differential = inner.kind {
        guard case .transpose = subject.kind else { return false }
      }
      return match(inner, subject.transposed, next)
    case .apply(.slice(let rows, let columns), let arguments):
      guard case .apply(.slice(let otherRows, let otherColumns), let others) = subject.kind else {
        return false
      }
      // The argument first: it binds the sizes in the bounds.
      let bounds = [
        (rows.first, otherRows.first), (rows.last, otherRows.last), (columns.first, otherColumns.first),
        (columns.last, otherColumns.last),
      ]
      return match(arguments[0], others[0], .sizes(bounds, next))
    case .apply(let operation, let arguments):
      guard case .apply(let other, let others) = subject.kind, operation == other,
        arguments.count == others.count
      else { return false }
      let saved = bindings
      if matchList(arguments[...], others[...], next) { return true }
      guard operation.commutes, others.count == 2 else { return false }
      bindings = saved
      return matchList(arguments[...], [others[1], others[0]], next)
    }
  }

  private mutating func matchList(
    _ patterns: ArraySlice<Formula>, _ subjects: ArraySlice<Formula>, _ next: Goal
  ) -> Bool {
    guard let pattern = patterns.first, let subject = subjects.first else { return proceed(next) }
    return match(pattern, subject, .list(patterns.dropFirst(), subjects.dropFirst(), next))
  }

  private mutating func matchShape(_ pattern: Formula, _ subject: Formula, _ next: Goal) -> Bool {
    let saved = bindings
    if match(pattern.shape.rows, subject.shape.rows), match(pattern.shape.columns, subject.shape.columns),
      proceed(next)
    {
      return true
    }
    bindings = saved
    return false
  }

  /// Binds a size; the caller undoes partial bindings.
  private mutating func match(_ pattern: Dimension, _ subject: Dimension) -> Bool {
    if let name = pattern.name {
      if let known = bindings[name] { return known == subject }
      bindings.sizes.append((name, subject))
      return true
    }
    if pattern.constant != nil { return pattern == subject }
    if pattern.names.contains(where: { bindings[$0] == nil }) {
      bindings.pending.append((pattern, subject))
      return true
    }
    return bindings.fit(pattern, subject)
  }

  private var sizesFit: Bool { bindings.pending.allSatisfy { bindings.fit($0.pattern, $0.value) } }

  private mutating func bind(_ pattern: Formula, _ subject: Formula, _ next: Goal) -> Bool {
    if let known = bindings[pattern] { return isSame(known, subject) ? proceed(next) : false }
    if separatesDifferential, pattern.isVariable, subject.containsDifferential { return false }
    if subject.isScalar, !pattern.isScalar, !takesScalarsAsArrays { return false }
    var subject = subject
    if pattern.isNumberVariable {
      guard let value = subject.uniformValue, value.number != nil else { return false }
      subject = value
    }
    let saved = bindings
    let fits =
      isEntrywise
      || (match(pattern.shape.rows, subject.shape.rows)
        && match(pattern.shape.columns, subject.shape.columns))
    if fits {
      bindings.formulas.append((pattern, subject))
      if proceed(next) { return true }
    }
    bindings = saved
    return false
  }

  /// Equality; constant arrays are equal if their entries are.
  private func isSame(_ a: Formula, _ b: Formula) -> Bool {
    if a === b { return true }
    guard isEntrywise, let value = a.uniformValue else { return false }
    return value === b.uniformValue
  }

  static func isBare(_ formula: Formula) -> Bool {
    switch formula.kind {
    case .variable, .differential: true
    case .number, .constant, .dimension, .zeros, .ones, .identity, .sum, .times, .product, .power, .inverse,
      .transpose, .apply:
      false
    }
  }

  // MARK: Sums and elementwise products

  /// Matches a whole elementwise product: a bare variable takes the remaining factors, including a coefficient.
  private mutating func matchTimes(_ factors: [Formula], _ subject: Formula, _ next: Goal) -> Bool {
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

  private mutating func matchAll(
    _ patterns: [Formula], _ subjects: [Formula], taken: [Int] = [], _ group: Group, _ next: Goal
  ) -> Bool {
    budget -= 1
    if budget < 0 { return false }
    guard let index = patterns.firstIndex(where: { !Self.isBare($0) }) else {
      let left =
        taken.isEmpty ? subjects : subjects.indices.filter { !taken.contains($0) }.map { subjects[$0] }
      return matchBare(patterns[...], left, group, next)
    }
    var others = patterns
    let pattern = others.remove(at: index)
    for (position, subject) in subjects.enumerated()
    where Self.mayMatchPart(pattern, subject) && !taken.contains(position) {
      let saved = bindings
      if match(pattern, subject, .all(others, subjects, taken + [position], group, next)) { return true }
      bindings = saved
    }
    return false
  }

  /// Matches variables that each take one or several parts: all except the last take one, and the last takes the rest.
  private mutating func matchBare(
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
        let saved = bindings
        if bind(pattern, group.joined(subjects), .bare(others, [], group, next)) { return true }
        bindings = saved
      }
      return bind(pattern, group.joined(eligible), .bare(others, ineligible, group, next))
    }
    if eligible.count < 2 { return false }
    if eligible.count > 4 {
      let half = eligible.count / 2
      let saved = bindings
      let tail = Array(eligible[half...])
      if bind(pattern, group.joined(Array(eligible[..<half])), .bare(others, tail + ineligible, group, next))
      {
        return true
      }
      bindings = saved
    }
    for (position, part) in eligible.enumerated() {
      var left = eligible
      left.remove(at: position)
      let saved = bindings
      if bind(pattern, part, .bare(others, left + ineligible, group, next)) { return true }
      bindings = saved
    }
    return false
  }

  /// In a product a scalar variable matches scalars, and an array variable arrays.
  private func isEligible(_ part: Formula, for pattern: Formula, _ group: Group) -> Bool {
    if separatesDifferential, pattern.isVariable, part.containsDifferential { return false }
    if isEntrywise || group.isSum { return true }
    return part.isScalar == pattern.isScalar || (group.shape.isScalar && part.isScalar)
  }

  // MARK: Matrix products

  /// Matches a whole chain; scalars that scale it go to its first bare variable. A 1 × 1 chain is tried in both
  /// orientations.
  private mutating func matchChain(_ patterns: [Formula], _ subject: Formula, _ next: Goal) -> Bool {
    let (scalars, array) = subject.isScalar ? ([], subject) : subject.splitScalars
    guard let array else { return false }
    var chain = array.chain
    if !scalars.isEmpty {
      // In a linear map the scalars have rules of their own, and the differential may be among them.
      if separatesDifferential { return false }
      guard let index = patterns.firstIndex(where: { Self.isBare($0) && bindings[$0] == nil }) else {
        return false
      }
      // The scalars go to the variable that takes the corresponding end of the chain.
      let position = index == 0 ? 0 : chain.count - 1
      chain[position] = .times(scalars + [chain[position]])
    }
    let saved = bindings
    if Self.mayMatch(patterns, in: chain[...]), matchRun(patterns[...], chain[...], wholly: true, next) {
      return true
    }
    bindings = saved
    guard subject.isScalar, chain.count > 1 else { return false }
    return matchRun(patterns[...], chain.reversed().map(\.transposed)[...], wholly: true, next)
  }

  private mutating func matchRun(
    _ patterns: ArraySlice<Formula>, _ chain: ArraySlice<Formula>, wholly: Bool, _ next: Goal
  ) -> Bool {
    budget -= 1
    if budget < 0 { return false }
    guard let pattern = patterns.first else {
      if wholly { return chain.isEmpty && proceed(next) }
      rest = Array(chain)
      return proceed(next)
    }
    let others = patterns.dropFirst()
    guard chain.count > others.count else { return false }
    var most = chain.count - others.count
    if separatesDifferential, Self.isBare(pattern), pattern.isVariable {
      // Parts without the differential end before it.
      let place = chain.firstIndex(where: \.containsDifferential) ?? chain.endIndex
      most = min(most, place - chain.startIndex)
      if most == 0 || others.isEmpty && wholly && most < chain.count { return false }
    }
    for length in lengths(pattern, most: most, isLast: others.isEmpty && wholly) {
      if let follower = others.first {
        let next = chain[chain.startIndex + length]
        if !Self.mayMatch(follower, next) { continue }
        // Before Q the run of Q' ends with the transpose of the first factor of Q.
        if Self.areTransposes(pattern, follower), chain[chain.startIndex + length - 1].transposed !== next {
          continue
        }
      }
      let run = Formula.product(Array(chain.prefix(length)))
      let saved = bindings
      if match(pattern, run, .run(others, chain.dropFirst(length), wholly: wholly, next)) { return true }
      bindings = saved
    }
    return false
  }

  /// Whether two patterns are a variable and its transpose.
  private static func areTransposes(_ a: Formula, _ b: Formula) -> Bool {
    if case .transpose(let inner) = a.kind, inner === b { return isBare(b) }
    if case .transpose(let inner) = b.kind, inner === a { return isBare(a) }
    return false
  }

  /// The most factors that a variable takes if others follow; in long chains every run would otherwise be tried at
  /// every position.
  private static let longestRun = 12

  /// How many factors a pattern may take: a bare variable takes a run, anything else takes one.
  private func lengths(_ pattern: Formula, most: Int, isLast: Bool) -> [Int] {
    var inner = pattern
    if case .transpose(let part) = pattern.kind { inner = part }
    if Self.isBare(inner), let known = bindings[inner] {
      return known.chain.count <= most ? [known.chain.count] : []
    }
    guard Self.isBare(inner) else { return [1] }
    if isLast { return [most] }
    // The part that contains the differential is taken as long as possible, as is the part before it.
    return separatesDifferential ? (1...most).reversed() : Array(1...min(most, Self.longestRun))
  }
}
