import NablaCore
import NablaTypes
import NablaVerify

/// A form of an answer that takes the fewest operations for some sizes.
package struct CheapForm: Sendable {
  package let formula: Formula
  package let operations: Dimension
  /// The sizes for which it takes the fewest: "m is large or n is small"; `nil` if it does for all that were compared.
  package let condition: String?
}

/// The forms of an answer that take the fewest operations.
///
/// The search starts from the simplest form and takes the step of arithmetic or of an `==` rule, at any part, that saves
/// most, until none does. Polynomials in several sizes have no order, so it runs for similar sizes and with each size
/// in turn far above or below the others.
package struct CheapestForms {
  private let simplifier: Simplifier
  private let check: Verification?
  private var steps: [Formula: [Formula]] = [:]
  private var counts: [Formula: Dimension?] = [:]
  /// The forms that may still be counted.
  private var left = 3_000

  /// Sizes in one proportion.
  private struct Regime {
    let condition: String?
    let sizes: [String: Int]
  }
  private static let (small, usual, large) = (2, 60, 2_000)
  /// More steps than any answer has needed.
  private static let mostSteps = 12

  /// With a check, only forms that are verified to be equal count.
  init(_ calculus: Calculus, check: Verification?) {
    simplifier = calculus.simplifier()
    self.check = check
  }

  /// The cheapest forms for similar sizes first, then those for other proportions; without forms that take no fewer
  /// operations than another for any proportion.
  mutating func forms(of formula: Formula) -> [CheapForm] {
    guard let operations = OperationCount.of(formula) else { return [] }
    let regimes = Self.regimes(operations.names)
    var found: [(formula: Formula, conditions: [String?])] = []
    for regime in regimes {
      var best = cheapest(formula, regime)
      // A form found for another proportion may be better than the end of this descent.
      for known in found where value(known.formula, regime) <= value(best, regime) { best = known.formula }
      if value(formula, regime) <= value(best, regime) { best = formula }
      if let index = found.firstIndex(where: { $0.formula === best }) {
        found[index].conditions.append(regime.condition)
      } else {
        found.append((best, [regime.condition]))
      }
    }
    let isOne = found.count == 1
    return found.compactMap { form, conditions in
      guard let operations = count(form) else { return nil }
      let named =
        conditions.contains(nil)
        ? "the sizes are similar" : conditions.compactMap { $0 }.joined(separator: " or ")
      return CheapForm(formula: form, operations: operations, condition: isOne ? nil : named)
    }
  }

  private static func regimes(_ names: [String]) -> [Regime] {
    func regime(_ condition: String?, _ special: String? = nil, _ size: Int = usual) -> Regime {
      Regime(
        condition: condition,
        sizes: Dictionary(uniqueKeysWithValues: names.map { ($0, $0 == special ? size : usual) }))
    }
    if names.count < 2 { return [regime(nil)] }
    return [regime(nil)]
      + names.sorted().flatMap { name in
        [regime("\(name) is large", name, large), regime("\(name) is small", name, small)]
      }
  }

  private mutating func cheapest(_ start: Formula, _ regime: Regime) -> Formula {
    var current = start
    for _ in 0..<Self.mostSteps {
      var (best, least) = (current, value(current, regime))
      for node in Set(current.nodesChildrenFirst).sorted() where !node.children.isEmpty {
        for other in otherForms(of: node) {
          if left <= 0 || Cancellation.isRequested { return best }
          let whole = current.replacing([node: other])
          if whole.isInvalid || whole.shape != start.shape { continue }
          let value = value(whole, regime)
          if value < least, isEqual(start, whole) { (best, least) = (whole, value) }
        }
      }
      if best === current { return current }
      current = best
    }
    return current
  }

  private func isEqual(_ formula: Formula, _ other: Formula) -> Bool {
    check.map { $0.verdict(on: .equality(formula, other)).status == .verified } ?? true
  }

  private mutating func otherForms(of node: Formula) -> [Formula] {
    if let known = steps[node] { return known }
    let forms = simplifier.equalForms(of: node)
    steps[node] = forms
    return forms
  }

  private mutating func count(_ formula: Formula) -> Dimension? {
    if let known = counts[formula] { return known }
    left -= 1
    let count = OperationCount.of(formula)
    counts[formula] = count
    return count
  }

  private mutating func value(_ formula: Formula, _ regime: Regime) -> Int {
    count(formula)?.value(regime.sizes) ?? .max
  }
}

extension Session {
  /// The forms of an answer that take the fewest operations, with their number as polynomials in the sizes; empty for a
  /// claim.
  package func cheapestForms(of answer: Answer) -> [CheapForm] {
    if answer.kind == .check { return [] }
    let check = options.checks ? Verification(seed: options.seed, book: options.book) : nil
    var forms = CheapestForms(Calculus(book: options.book).about(answer.expression), check: check)
    return forms.forms(of: answer.expanded)
  }
}
