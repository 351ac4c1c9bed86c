import NablaLanguage
import Testing

@testable import Nabla

@Suite("Both sides of every simplifying rule reach the same form")
struct SameFormTests {
  /// Those whose conditions can be granted as properties of their variables; `==` is for the search to choose from.
  static let rules = RuleBook.standard.rules.filter { rule in
    rule.table == .identity && rule.arrow == .rewrites
      && rule.conditions.allSatisfy { condition in
        if case .property(let formula, _) = condition { return formula.variable != nil }
        return false
      }
  }

  @Test("few rules are left out because of a condition on a formula")
  func leftOut() {
    let simplifying = RuleBook.standard.rules.filter { $0.table == .identity && $0.arrow == .rewrites }
    #expect(simplifying.count > 80 && Self.rules.count >= simplifying.count - 5)
  }

  @Test("in the variables of the rule, with the properties that it asks for", arguments: rules.indices)
  func sides(_ index: Int) throws {
    let rule = Self.rules[index]
    // Conditions on variables are properties of them; conditions on formulas are left to the facts.
    var granted: [Formula: Formula] = [:]
    for case .property(let formula, let property) in rule.conditions {
      guard let variable = formula.variable else { continue }
      granted[formula] = .variable(
        Variable(
          name: variable.name, shape: variable.shape,
          properties: variable.properties.union([property]).closed, role: variable.role))
    }
    let calculus = Calculus(book: .standard)
    let left = calculus.simplified(rule.left.replacing(granted))
    let right = calculus.simplified(rule.right.replacing(granted))
    #expect(left === right, "\(rule.name): \(left) and \(right)")
  }
}
