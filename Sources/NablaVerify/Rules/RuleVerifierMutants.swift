import NablaCore
import NablaOutput
import NablaTypes

/// A claim with one small change, which the draws should reject.
struct RuleMutant: Sendable {
  /// The change in words.
  let edit: String
  let claim: RuleClaim
}

/// The fate of the mutants of one line.
package struct MutantReport: Sendable, CustomStringConvertible {
  package let name: String
  /// Rejected by the draws.
  package internal(set) var killed = 0
  /// Still true after many more draws.
  package internal(set) var equal: [String] = []
  /// Conditions and properties without which the line still holds.
  package internal(set) var needless: [String] = []
  /// False, but not rejected by the draws.
  package internal(set) var survived: [String] = []

  package var description: String {
    let total = killed + equal.count + survived.count
    return "\(killed) of \(total) mutants rejected" + (equal.isEmpty ? "" : ", \(equal.count) true as well")
      + survived.map { "\n  survived: \($0)" }.joined()
      + needless.map { "\n  needless condition: true as well \($0)" }.joined()
  }
}

extension RuleVerifier {
  /// Extra draws, after which a surviving mutant counts as true.
  static let extraDraws = 72

  /// Whether the draws reject every small change of a line.
  package func mutants(named name: String, seed: UInt64 = standardSeed) -> MutantReport? {
    subjects.first { $0.name == name }.map { mutantReport($0, seed: seed) }
  }

  func mutantReport(
    _ subject: RuleSubject, seed: UInt64, extraDraws: Int = RuleVerifier.extraDraws
  ) -> MutantReport {
    var report = MutantReport(name: subject.name)
    for claim in subject.claims {
      for mutant in claim.mutants {
        if isRejected(mutant.claim, draws, seed) {
          report.killed += 1
        } else if isRejected(mutant.claim, extraDraws, seed ^ 0xABCD_EF01) {
          report.survived.append(mutant.edit)
        } else {
          report.equal.append(mutant.edit)
          if mutant.claim.dropped != nil { report.needless.append(mutant.edit) }
        }
      }
    }
    return report
  }

  private func isRejected(_ claim: RuleClaim, _ draws: Int, _ seed: UInt64) -> Bool {
    if case .equal(let left, let right) = claim.statement, left === right { return false }
    let outcome = run(claim, draws: draws, seed: seed)
    // Without its condition a claim may have no usable instance; then nothing was shown.
    return outcome.counterexample != nil || (outcome.isUnusable && claim.dropped == nil)
  }
}

extension RuleClaim {
  /// Every well-typed single change.
  var mutants: [RuleMutant] {
    var result: [RuleMutant] = []
    func add(_ edit: String, _ statement: Statement) {
      var claim = self
      claim.statement = statement
      result.append(RuleMutant(edit: edit, claim: claim))
    }
    switch statement {
    case .equal(let left, let right):
      for (edit, changed) in right.edits { add("right: " + edit, .equal(left, changed)) }
      let isAdjoint = left.containsDifferential
      if !isAdjoint { for (edit, changed) in left.edits { add("left: " + edit, .equal(changed, right)) } }
    case .differential(let inner, let right):
      for (edit, changed) in right.edits { add("right: " + edit, .differential(inner, changed)) }
    case .property(let pattern, let property):
      for (edit, changed) in pattern.edits where edit.hasPrefix("negated") || edit.hasPrefix("sign") {
        add(edit, .property(changed, property))
      }
    }
    return result + withoutConditions
  }

  private var withoutConditions: [RuleMutant] {
    var result: [RuleMutant] = []
    for (index, condition) in conditions.enumerated().dropFirst(domainCount) {
      var claim = self
      claim.conditions.remove(at: index)
      claim.dropped = condition
      result.append(RuleMutant(edit: "without a condition on \(condition.formula.text)", claim: claim))
    }
    for formula in variables {
      guard let variable = formula.variable else { continue }
      let properties = variable.properties.sorted()
      for property in properties
      where !properties.contains(where: { $0 != property && Set([$0]).closed.contains(property) }) {
        let rest = variable.properties.subtracting(Set([property]).closed)
        let freed = Formula.variable(
          Variable(name: variable.name, shape: variable.shape, properties: rest, role: variable.role))
        var claim = replacing(formula, by: freed)
        claim.dropped = .property(freed, property)
        result.append(RuleMutant(edit: "\(variable.name) not \(property.rawValue)", claim: claim))
      }
    }
    return result
  }

  private func replacing(_ old: Formula, by new: Formula) -> RuleClaim {
    let replacements = [old: new, .differential(of: old): .differential(of: new)]
    func renewed(_ formula: Formula) -> Formula { formula.replacing(replacements) }
    var result = self
    switch statement {
    case .equal(let left, let right): result.statement = .equal(renewed(left), renewed(right))
    case .differential(let left, let right): result.statement = .differential(renewed(left), renewed(right))
    case .property(let pattern, let property): result.statement = .property(renewed(pattern), property)
    }
    result.conditions = conditions.map { condition in
      switch condition {
      case .property(let formula, let property): .property(renewed(formula), property)
      case .regular(let formula, let regularity): .regular(renewed(formula), regularity)
      }
    }
    return result
  }
}

extension Formula {
  /// Distinct formulas of the same shape that differ by one small change, with its name.
  package var edits: [(edit: String, formula: Formula)] {
    var result: [(edit: String, formula: Formula)] = []
    var seen: Set<Formula> = [self]
    func add(_ edit: String, _ changed: Formula) {
      if changed.isInvalid || changed.shape != shape || !seen.insert(changed).inserted { return }
      result.append((edit, changed))
    }
    add("negated", negated)
    add("doubled", scaled(by: 2))
    let sizes = Set(nodesChildrenFirst.flatMap(\.sizeArguments))
    for node in nodesChildrenFirst where !sizes.contains(node) {
      for (edit, changed) in node.localEdits where changed.shape == node.shape {
        add("\(edit) in \(node.text)", replacing([node: changed]))
      }
    }
    return result
  }

  /// The arguments that determine the shape of this node, as `3` in `unvec(x, 3, n)`.
  private var sizeArguments: [Formula] {
    guard case .apply(let operation, let arguments) = kind else { return [] }
    switch operation {
    case .array(.commutation), .defined: return arguments.filter { $0.variables.isEmpty && $0.isScalar }
    case .array, .elementwise, .function, .blocks, .slice, .indexSum: return []
    }
  }

  /// Changes of this node alone.
  private var localEdits: [(edit: String, formula: Formula)] {
    var result: [(edit: String, formula: Formula)] = []
    if !isScalar, shape == shape.transposed { result.append(("transposed", transposed)) }
    switch kind {
    case .number(let value):
      result.append(("coefficient", .number(value.isZero ? 1 : value + value)))
      if value != -1 { result.append(("sign", .number(-value))) }
    case .sum(let terms):
      for (index, term) in terms.enumerated() {
        var changed = terms
        changed[index] = term.negated
        result.append(("sign of a term", .sum(changed, shape)))
        changed[index] = term.scaled(by: 2)
        result.append(("doubled term", .sum(changed, shape)))
      }
    case .product(let chain):
      for index in chain.indices.dropLast() {
        var changed = chain
        changed.swapAt(index, index + 1)
        if zip(changed, changed.dropFirst()).allSatisfy({ $0.shape.columns == $1.shape.rows }) {
          result.append(("swapped factors", .product(changed)))
        }
      }
    case .apply(let operation, let arguments):
      if arguments.count == 2, arguments[0].shape == arguments[1].shape {
        result.append(("swapped arguments", .apply(operation, arguments.reversed(), shape)))
      }
    case .constant, .variable, .dimension, .zeros, .ones, .identity, .times, .power, .inverse, .transpose,
      .differential:
      break
    }
    return result
  }
}
