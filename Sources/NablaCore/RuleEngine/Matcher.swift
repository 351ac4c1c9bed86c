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
  var bindings = Bindings()
  /// Bounds the work of one match, so that no pattern can explode.
  var budget = 4000

  /// Called for each match; true ends the search.
  typealias Found = (Matcher) -> Bool
  private var found: Found = { _ in true }
  /// The parts that a partial match left over: terms, factors, or the factors after a run.
  var rest: [Formula] = []

  /// A list of goals that remain to be matched. Closures would express the same, but the optimizer specializes them
  /// without end.
  indirect enum Goal {
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
  struct Group {
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

  mutating func proceed(_ goal: Goal) -> Bool {
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

  mutating func matchSizes(_ pairs: [(Dimension, Dimension)], _ next: Goal) -> Bool {
    let mark = bindings.mark
    if pairs.allSatisfy({ match($0.0, $0.1) }), proceed(next) { return true }
    bindings.undo(to: mark)
    return false
  }

  // MARK: One node

  mutating func match(_ pattern: Formula, _ subject: Formula, _ next: Goal) -> Bool {
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
      let mark = bindings.mark
      if let size = subject.size, match(Dimension(name: name), size), proceed(next) { return true }
      bindings.undo(to: mark)
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
        // A formula that is not a power has the exponent 1.
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
      let mark = bindings.mark
      if matchList(arguments[...], others[...], next) { return true }
      guard operation.commutes, others.count == 2 else { return false }
      bindings.undo(to: mark)
      return matchList(arguments[...], [others[1], others[0]], next)
    }
  }

  mutating func matchList(
    _ patterns: ArraySlice<Formula>, _ subjects: ArraySlice<Formula>, _ next: Goal
  ) -> Bool {
    guard let pattern = patterns.first, let subject = subjects.first else { return proceed(next) }
    return match(pattern, subject, .list(patterns.dropFirst(), subjects.dropFirst(), next))
  }

  mutating func matchShape(_ pattern: Formula, _ subject: Formula, _ next: Goal) -> Bool {
    let mark = bindings.mark
    if match(pattern.shape.rows, subject.shape.rows), match(pattern.shape.columns, subject.shape.columns),
      proceed(next)
    {
      return true
    }
    bindings.undo(to: mark)
    return false
  }

  /// Binds a size; the caller undoes partial bindings.
  mutating func match(_ pattern: Dimension, _ subject: Dimension) -> Bool {
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

  mutating func bind(_ pattern: Formula, _ subject: Formula, _ next: Goal) -> Bool {
    if let known = bindings[pattern] { return isSame(known, subject) ? proceed(next) : false }
    if separatesDifferential, pattern.isVariable, subject.containsDifferential { return false }
    if subject.isScalar, !pattern.isScalar, !takesScalarsAsArrays { return false }
    var subject = subject
    if pattern.isNumberVariable {
      guard let value = subject.uniformValue, value.number != nil else { return false }
      subject = value
    }
    let mark = bindings.mark
    let fits =
      isEntrywise
      || (match(pattern.shape.rows, subject.shape.rows)
        && match(pattern.shape.columns, subject.shape.columns))
    if fits {
      bindings.formulas.append((pattern, subject))
      if proceed(next) { return true }
    }
    bindings.undo(to: mark)
    return false
  }

  /// Equality; constant arrays are equal if their entries are.
  func isSame(_ a: Formula, _ b: Formula) -> Bool {
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
}
