import NablaCore
import NablaOutput
import NablaTypes

extension ExactCheck {
  /// Checks a rule over the field, on matrices of its declared types.
  func check(_ claim: RuleClaim) -> Finding {
    var wanted: [Formula: Set<Property>] = [:]
    for condition in claim.conditions {
      guard case .property(let formula, let property) = condition else { continue }
      if formula.variable != nil {
        wanted[formula, default: []].insert(property)
      } else if !property.traits.isGeneric {
        return .notApplicable("a condition refers to \(formula.text)")
      }
    }
    var drawn: [Formula: Formula] = [:]
    for (formula, properties) in wanted {
      guard let variable = formula.variable else { continue }
      let special = Formula.variable(
        Variable(
          name: variable.name, shape: variable.shape,
          properties: variable.properties.union(properties).closed,
          role: variable.role))
      drawn[formula] = special
      drawn[.differential(of: formula)] = .differential(of: special)
    }
    let variables = claim.variables.filter { !claim.fixed.contains($0) }.map { drawn[$0] ?? $0 }
    switch claim.statement {
    case .equal(let left, let right):
      return finding(on: .equality(left.replacing(drawn), right.replacing(drawn)), besides: variables)
    case .differential(let inner, let right):
      return finding(on: .differential(right.replacing(drawn), of: inner.replacing(drawn), by: variables))
    case .property: return .notApplicable("a property is checked only with numbers")
    }
  }
}
