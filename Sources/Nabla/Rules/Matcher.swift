import NablaLanguage

/// What a pattern's variables and sizes stand for.
struct Bindings {
  var formulas: [(key: Formula, value: Formula)] = []
  var sizes: [(key: String, value: Dimension)] = []

  subscript(key: Formula) -> Formula? { formulas.first { $0.key === key }?.value }
  subscript(name: String) -> Dimension? { sizes.first { $0.key == name }?.value }
}

/// Typed matching: sums and elementwise products modulo order, matrix products by runs of factors.
///
/// Matching backtracks: `found` is called for each way to match until it returns true.
struct Matcher {
  /// A rule in scalars that holds entry by entry: its variables match arrays too.
  var isEntrywise = false
  /// An adjoint pattern: `dX` stands for the part that contains the differential, all else for parts without.
  var separatesDifferential = false
  /// An array variable stands for a scalar too; wanted in differentials and adjoints, where it saves rules.
  var takesScalarsAsArrays = false
  private var bindings = Bindings()
  /// Bounds the work of one match, so that no pattern can explode.
  private var budget = 4000

  typealias Found = (inout Matcher) -> Bool

  init(isEntrywise: Bool = false, separatesDifferential: Bool = false, takesScalarsAsArrays: Bool = false) {
    self.isEntrywise = isEntrywise
    self.separatesDifferential = separatesDifferential
    self.takesScalarsAsArrays = takesScalarsAsArrays || separatesDifferential
  }

  var result: Bindings { bindings }

  /// Matches the whole subject.
  mutating func match(_ pattern: Formula, _ subject: Formula, _ found: Found) -> Bool {
    budget -= 1
    if budget < 0 { return false }
    switch pattern.kind {
    case .variable:
      return bind(pattern, subject, found)
    case .differential:
      guard separatesDifferential, subject.containsDifferential else { return false }
      return bind(pattern, subject, found)
    case .number, .constant:
      return pattern === subject || (isEntrywise && subject.uniformValue === pattern) ? found(&self) : false
    case .dimension(let name):
      let saved = bindings
      if case .dimension(let other) = subject.kind, match(Dimension(name: name), Dimension(name: other)),
        found(&self)
      {
        return true
      }
      bindings = saved
      return false
    case .ones:
      return subject.isOnes && matchShape(pattern, subject, found)
    case .identity:
      return subject.isIdentity && matchShape(pattern, subject, found)
    case .zeros:
      return subject.isZero && matchShape(pattern, subject, found)
    case .sum(let terms):
      guard case .sum(let others) = subject.kind else { return false }
      return matchAll(terms, others, isSum: true, subject.shape) { rest, matcher in
        rest.isEmpty && found(&matcher)
      }
    case .times(let factors):
      return matchTimes(factors, subject, found)
    case .product(let chain):
      return matchChain(chain, subject, found)
    case .power(let base, let exponent):
      guard case .power(let otherBase, let otherExponent) = subject.kind else { return false }
      return match(exponent, otherExponent) { $0.match(base, otherBase, found) }
    case .inverse(let inner):
      guard case .inverse(let other) = subject.kind else { return false }
      return match(inner, other, found)
    case .transpose(let inner):
      // Anything is the transpose of something; the part with the differential has to be written as one.
      if separatesDifferential, case .differential = inner.kind {
        guard case .transpose = subject.kind else { return false }
      }
      return match(inner, subject.transposed, found)
    case .apply(let operation, let arguments):
      guard case .apply(let other, let others) = subject.kind, operation == other,
        arguments.count == others.count
      else { return false }
      return matchList(arguments[...], others[...], found)
    }
  }

  private mutating func matchList(
    _ patterns: ArraySlice<Formula>, _ subjects: ArraySlice<Formula>, _ found: Found
  ) -> Bool {
    guard let pattern = patterns.first, let subject = subjects.first else { return found(&self) }
    return match(pattern, subject) { $0.matchList(patterns.dropFirst(), subjects.dropFirst(), found) }
  }

  private mutating func matchShape(_ pattern: Formula, _ subject: Formula, _ found: Found) -> Bool {
    let saved = bindings
    if match(pattern.shape.rows, subject.shape.rows), match(pattern.shape.columns, subject.shape.columns),
      found(&self)
    {
      return true
    }
    bindings = saved
    return false
  }

  /// Binds a size; leaves partial bindings to the caller to undo.
  private mutating func match(_ pattern: Dimension, _ subject: Dimension) -> Bool {
    if let name = pattern.name {
      if let known = bindings[name] { return known == subject }
      bindings.sizes.append((name, subject))
      return true
    }
    if pattern.constant != nil { return pattern == subject }
    let known = Dictionary(uniqueKeysWithValues: bindings.sizes.map { ($0.key, $0.value) })
    return pattern.substituting(known) == subject
  }

  private mutating func bind(_ pattern: Formula, _ subject: Formula, _ found: Found) -> Bool {
    if let known = bindings[pattern] { return known === subject ? found(&self) : false }
    if separatesDifferential, pattern.variable != nil, subject.containsDifferential { return false }
    if subject.isScalar, !pattern.isScalar, !takesScalarsAsArrays { return false }
    let saved = bindings
    let fits =
      isEntrywise
      || (match(pattern.shape.rows, subject.shape.rows) && match(pattern.shape.columns, subject.shape.columns))
    if fits {
      bindings.formulas.append((pattern, subject))
      if found(&self) { return true }
    }
    bindings = saved
    return false
  }

  private static func isBare(_ formula: Formula) -> Bool {
    switch formula.kind {
    case .variable, .differential: true
    case .number, .constant, .dimension, .zeros, .ones, .identity, .sum, .times, .product, .power, .inverse,
      .transpose, .apply:
      false
    }
  }

  /// An elementwise product as a whole: a bare variable takes what is left, a coefficient included.
  private mutating func matchTimes(_ factors: [Formula], _ subject: Formula, _ found: Found) -> Bool {
    var patterns = factors
    var parts = subject.factors
    if let wanted = patterns.first?.number {
      let (coefficient, core) = subject.splitCoefficient
      if coefficient == wanted {
        parts = core.factors
      } else if coefficient.isNegative == wanted.isNegative, factors.contains(where: Self.isBare) {
        parts = [.number(coefficient / wanted)] + (core.isOne ? [] : core.factors)
      } else {
        return false
      }
      patterns.removeFirst()
    }
    return matchAll(patterns, parts, isSum: false, subject.shape) { rest, matcher in
      rest.isEmpty && found(&matcher)
    }
  }

  /// Matches every pattern with different subjects, in any order; `found` gets the subjects left over.
  mutating func matchAll(
    _ patterns: [Formula], _ subjects: [Formula], isSum: Bool, _ shape: Shape,
    _ found: ([Formula], inout Matcher) -> Bool
  ) -> Bool {
    budget -= 1
    if budget < 0 { return false }
    guard let index = patterns.firstIndex(where: { !Self.isBare($0) }) else {
      return matchBare(patterns[...], subjects, isSum: isSum, shape, found)
    }
    var others = patterns
    let pattern = others.remove(at: index)
    for (position, subject) in subjects.enumerated() {
      var rest = subjects
      rest.remove(at: position)
      let saved = bindings
      if match(pattern, subject, { $0.matchAll(others, rest, isSum: isSum, shape, found) }) { return true }
      bindings = saved
    }
    return false
  }

  /// Variables that stand for one part or several: all but the last take one, the last takes the rest.
  private mutating func matchBare(
    _ patterns: ArraySlice<Formula>, _ subjects: [Formula], isSum: Bool, _ shape: Shape,
    _ found: ([Formula], inout Matcher) -> Bool
  ) -> Bool {
    guard let first = patterns.first else { return found(subjects, &self) }
    // The part with the differential takes what the others leave.
    let pattern = patterns.first { $0.variable != nil } ?? first
    let others = patterns.filter { $0 !== pattern }[...]
    func joined(_ parts: [Formula]) -> Formula { isSum ? .sum(parts, shape) : .times(parts) }

    if let known = bindings[pattern] {
      var rest = subjects
      for part in isSum ? known.terms : known.factors {
        guard let position = rest.firstIndex(where: { $0 === part }) else { return false }
        rest.remove(at: position)
      }
      return matchBare(others, rest, isSum: isSum, shape, found)
    }
    // In a product a scalar variable takes scalars, an array variable arrays.
    let isEligible: (Formula) -> Bool = { [isEntrywise, separatesDifferential] part in
      if separatesDifferential, pattern.variable != nil, part.containsDifferential { return false }
      if isEntrywise || isSum { return true }
      return part.isScalar == pattern.isScalar || (shape.isScalar && part.isScalar)
    }
    let eligible = subjects.filter(isEligible)
    if eligible.isEmpty { return false }
    let ineligible = subjects.filter { !isEligible($0) }
    if case .differential = pattern.kind {
      let saved = bindings
      if bind(pattern, joined(subjects), { found([], &$0) }) { return true }
      bindings = saved
      return false
    }
    let competes = others.contains { bindings[$0] == nil && $0.isScalar == pattern.isScalar && $0.variable != nil }
    if !competes {
      // An array variable may keep the scalars too when nothing else asks for them.
      let keepsAll = !ineligible.isEmpty && !ineligible.contains(where: \.containsDifferential) && others.isEmpty && !pattern.isScalar
      if keepsAll {
        let saved = bindings
        if bind(pattern, joined(subjects), { $0.matchBare(others, [], isSum: isSum, shape, found) }) { return true }
        bindings = saved
      }
      return bind(pattern, joined(eligible)) { $0.matchBare(others, ineligible, isSum: isSum, shape, found) }
    }
    if eligible.count < 2 { return false }
    if eligible.count > 4 {
      let half = eligible.count / 2
      let saved = bindings
      let (head, tail) = (Array(eligible[..<half]), Array(eligible[half...]))
      if bind(pattern, joined(head), { $0.matchBare(others, tail + ineligible, isSum: isSum, shape, found) }) {
        return true
      }
      bindings = saved
    }
    for (position, part) in eligible.enumerated() {
      var rest = eligible
      rest.remove(at: position)
      let saved = bindings
      if bind(pattern, part, { $0.matchBare(others, rest + ineligible, isSum: isSum, shape, found) }) { return true }
      bindings = saved
    }
    return false
  }

  /// A chain as a whole; scalars that scale it go to its first bare variable. A 1 × 1 chain is tried both ways.
  private mutating func matchChain(_ patterns: [Formula], _ subject: Formula, _ found: Found) -> Bool {
    let (scalars, array) = subject.isScalar ? ([], subject) : subject.splitScalars
    guard let array else { return false }
    var chain = array.chain
    if !scalars.isEmpty {
      guard let index = patterns.firstIndex(where: { Self.isBare($0) && bindings[$0] == nil }) else { return false }
      // The scalars stay with the variable that takes the corresponding end of the chain.
      let position = index == 0 ? 0 : chain.count - 1
      chain[position] = .times(scalars + [chain[position]])
    }
    if case .product = subject.kind { } else if chain.count < patterns.count { return false }
    let saved = bindings
    if matchRun(patterns[...], chain[...], wholly: true, { _, matcher in found(&matcher) }) { return true }
    bindings = saved
    guard subject.isScalar, chain.count > 1 else { return false }
    let turned = Array(chain.reversed().map(\.transposed))
    return matchRun(patterns[...], turned[...], wholly: true) { _, matcher in found(&matcher) }
  }

  /// Matches patterns with a prefix of the chain; `found` gets the factors after it.
  mutating func matchRun(
    _ patterns: ArraySlice<Formula>, _ chain: ArraySlice<Formula>, wholly: Bool,
    _ found: (ArraySlice<Formula>, inout Matcher) -> Bool
  ) -> Bool {
    budget -= 1
    if budget < 0 { return false }
    guard let pattern = patterns.first else {
      return wholly && !chain.isEmpty ? false : found(chain, &self)
    }
    let others = patterns.dropFirst()
    guard chain.count > others.count else { return false }
    let isBare = Self.isBare(pattern)
    let known = isBare ? bindings[pattern] : transposedBinding(pattern)
    // A bare variable stands for a run of factors, anything else for one.
    let longest: Int
    if let known { longest = known.chain.count } else { longest = isBare || isTransposedBare(pattern) ? chain.count - others.count : 1 }
    // The part that holds the differential is taken as long as it goes; the part before it as well.
    let lengths: [Int]
    if known != nil {
      lengths = longest <= chain.count - others.count ? [longest] : []
    } else if others.isEmpty, wholly {
      lengths = longest == chain.count || longest > 1 ? [chain.count] : (chain.count == 1 ? [1] : [])
    } else {
      lengths = separatesDifferential ? Array((1...max(1, longest)).reversed()) : Array(1...max(1, longest))
    }
    for length in lengths {
      let run = Array(chain.prefix(length))
      let saved = bindings
      let rest = chain.dropFirst(length)
      if match(pattern, .product(run), { $0.matchRun(others, rest, wholly: wholly, found) }) { return true }
      bindings = saved
    }
    return false
  }

  private func isTransposedBare(_ pattern: Formula) -> Bool {
    if case .transpose(let inner) = pattern.kind { return Self.isBare(inner) }
    return false
  }

  private func transposedBinding(_ pattern: Formula) -> Formula? {
    guard case .transpose(let inner) = pattern.kind, Self.isBare(inner) else { return nil }
    return bindings[inner]?.transposed
  }
}
