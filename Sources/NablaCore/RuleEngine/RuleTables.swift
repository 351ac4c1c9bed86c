import NablaTypes

/// The rules parsed so far, indexed for lookup.
/// A formula gets only rules whose operations it contains, so the result does not depend on how much was parsed.
struct RuleTables: Sendable {
  /// Formulas with only these operations find all their rules here.
  var covered = Marks()
  private var identities: [UInt64: [RuleDirection]] = [:]
  private var equalities: [UInt64: [RuleDirection]] = [:]
  private var differentials: [UInt64: [RuleDirection]] = [:]
  private var stable: [UInt64: [RuleDirection]] = [:]
  private(set) var adjoints: [RuleDirection] = []
  private(set) var vectorizations: [RuleDirection] = []

  /// `->` rules, more specific ones first.
  func identities(for formula: Formula) -> some Sequence<RuleDirection> {
    fitting(identities[formula.head], formula)
  }

  /// `==` rules, in either direction, in the order of the files.
  func equalities(for formula: Formula) -> some Sequence<RuleDirection> {
    fitting(equalities[formula.head], formula)
  }

  /// Differentials, more specific ones first.
  func differentials(for formula: Formula) -> some Sequence<RuleDirection> {
    fitting(differentials[formula.head], formula)
  }

  /// Stable forms, in the order of the files.
  func stable(for formula: Formula) -> some Sequence<RuleDirection> {
    fitting(stable[formula.head], formula)
  }

  private func fitting(_ rules: [RuleDirection]?, _ formula: Formula) -> some Sequence<RuleDirection> {
    let marks = formula.marks
    return (rules ?? []).lazy.filter { $0.marks.isSubset(of: marks) }
  }

  // MARK: Adding

  mutating func add(_ rule: Rule) {
    switch rule.table {
    case .identity:
      switch rule.arrow {
      case .rewrites, .prefers:
        Self.insert(RuleDirection(rule, rule.left, rule.right), &identities, rule.left.head)
      case .equals:
        for (from, to) in rule.directions {
          // In the order of the files: among results of equal cost the first is used.
          Self.insert(RuleDirection(rule, from, to, specificity: 0), &equalities, from.head)
        }
      }
    case .differential:
      if case .differential(let inner) = rule.left.kind {
        Self.insert(RuleDirection(rule, rule.left, rule.right), &differentials, inner.head)
      }
    case .stable:
      Self.insert(RuleDirection(rule, rule.left, rule.right, specificity: 0), &stable, rule.left.head)
    case .adjoint: Self.insert(RuleDirection(rule, rule.left, rule.right), &adjoints)
    case .vectorization: Self.insert(RuleDirection(rule, rule.left, rule.right), &vectorizations)
    }
  }

  private static func insert(
    _ rule: RuleDirection, _ table: inout [UInt64: [RuleDirection]], _ head: UInt64
  ) {
    insert(rule, &table[head, default: []])
  }

  /// Of two rules that match, the more specific one goes first; ties keep the order of the files.
  private static func insert(_ rule: RuleDirection, _ list: inout [RuleDirection]) {
    let index = list.firstIndex { other in
      other.specificity != rule.specificity
        ? other.specificity < rule.specificity : other.rule.place > rule.rule.place
    }
    list.insert(rule, at: index ?? list.endIndex)
  }
}

/// The facts parsed so far, by the properties that they derive.
struct FactTable: Sendable {
  struct Entry: Sendable {
    /// Formulas with only these operations find all their facts here; `nil` if none was asked for.
    var covered: Marks?
    /// In the order of the files.
    fileprivate(set) var facts: [Fact] = []

    func fitting(_ formula: Formula) -> some Sequence<Fact> {
      facts.lazy.filter { fact in
        fact.marks.isSubset(of: formula.marks) && (fact.head == nil || fact.head == formula.head)
      }
    }
  }

  private var entries: [Property: Entry] = [:]
  private var list: [Fact] = []

  subscript(property: Property) -> Entry {
    get { entries[property] ?? Entry() }
    set { entries[property] = newValue }
  }

  mutating func add(_ fact: Fact) {
    list.append(fact)
    for property in Set([fact.property]).closed {
      var entry = self[property]
      entry.facts.insert(fact, at: entry.facts.firstIndex { $0.place > fact.place } ?? entry.facts.endIndex)
      self[property] = entry
    }
  }

  /// Every fact once, in the order of the files.
  var all: [Fact] {
    list.enumerated().sorted { ($0.element.place, $0.offset) < ($1.element.place, $1.offset) }.map(\.element)
  }
}

/// A rule in one of the directions in which it is used.
final class RuleDirection: Sendable {
  let rule: Rule
  let from: Formula
  let to: Formula
  let marks: Marks
  let specificity: Int

  init(_ rule: Rule, _ from: Formula, _ to: Formula, specificity: Int? = nil) {
    self.rule = rule
    self.from = from
    self.to = to
    self.specificity = specificity ?? rule.specificity
    switch rule.table {
    case .identity, .stable, .differential: marks = from.patternMarks
    case .vectorization: marks = from.unstacked.patternMarks
    case .adjoint:
      // The inner product is the frame of an adjoint rule, not part of its pattern.
      marks = from.children.reduce(into: Marks()) { $0.formUnion($1.patternMarks) }
    }
  }
}

extension Rule {
  /// The usable directions of an equality: from a side that binds everything that the other side uses.
  var directions: [(from: Formula, to: Formula)] {
    [(left, right), (right, left)].filter { from, to in
      !from.isVariable && to.patternLeaves.isSubset(of: from.patternLeaves)
        && to.dimensionNames.isSubset(of: from.dimensionNames)
    }
  }

  /// How specific a pattern is: the cost of its nodes, with bare variables counting least.
  fileprivate var specificity: Int {
    let pattern: Formula
    if table == .differential, case .differential(let inner) = left.kind {
      pattern = inner
    } else {
      pattern = left
    }
    return pattern.nodesChildrenFirst.reduce(0) { $0 + (!$1.isVariable ? 2 : 1) } + conditions.count
  }
}

extension Formula {
  /// The argument of a vec; a column is its own.
  var unstacked: Formula {
    if case .apply(.array(.vec), let arguments) = kind { return arguments[0] }
    return self
  }
}
