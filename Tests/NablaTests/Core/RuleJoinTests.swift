import Testing

@testable import NablaCore
@testable import NablaOutput
@testable import NablaTypes

/// Rules whose sides are both simplest forms, with the reason.
private let exceptions = [
  "leakyrelu.max": "its condition is on 1 - a, which no property of a gives",
  "less.certain": "its condition is on b - a, which no property of a and b gives",
  "lessequal.max": "its condition is on a - b, which no property of a and b gives",
]

/// Both sides of every `->` identity meet: whichever way a formula was written, one form is printed.
@Suite struct RuleJoinTests {
  private static let rules = RuleBook.standard.rules.filter { $0.table == .identity && $0.arrow == .rewrites }

  @Test(arguments: rules.map(\.name)) func sidesMeet(_ name: String) throws {
    let rule = try #require(Self.rules.first { $0.name == name })
    let (left, right) = rule.joined(RuleBook.standard)
    let isException = exceptions[name] != nil
    #expect((left === right) != isException, "\(name): \(left.text) and \(right.text)")
  }
}

extension Rule {
  /// Both sides simplified, of an instance whose variables have the properties that the conditions ask for.
  fileprivate func joined(_ book: RuleBook) -> (Formula, Formula) {
    var wanted: [Formula: Set<Property>] = [:]
    for condition in conditions {
      if case .property(let formula, let property) = condition {
        wanted[formula, default: []].insert(property)
      }
    }
    var bindings = Bindings()
    for leaf in left.patternLeaves.sorted() {
      guard let variable = leaf.variable else { continue }
      let properties = variable.properties.union((wanted[leaf] ?? []).closed)
      bindings.formulas.append(
        (leaf, .variable(Variable(name: variable.name + "0", shape: variable.shape, properties: properties))))
    }
    for name in left.dimensionNames { bindings.sizes.append((name, Dimension(name: name))) }
    let calculus = Calculus(book: book)
    return (calculus.simplified(bindings.instantiate(left)), calculus.simplified(bindings.instantiate(right)))
  }
}
