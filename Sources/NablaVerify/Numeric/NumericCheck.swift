import NablaCompile
import NablaCore
import NablaNumerics

/// Compares formulas with numbers: derivatives with differences, equations with both sides at random points.
///
/// Every random number comes from the seed, so the same question has the same verdict. Formulas are compiled
/// without shortcuts that rest on properties: a variable with a property is differentiated entry by entry, off
/// the property, from a base point that has it.
public struct NumericCheck: Sendable {
  public var seed: UInt64
  /// The elementwise functions of the rules.
  let definitions: FunctionDefinitions
  /// The most points of all choices of sizes, without the further ones where there are
  /// branches; nil for as many as the kind of comparison asks for.
  public var points: Int?
  /// Whether further points are taken where there are branches.
  package var takesMore = true
  /// The variables with respect to which the sides of an equation are derivatives: on kinks they may differ.
  var differentiated: [Formula] = []
  /// Whether points are sought at which a false claim would show; unnecessary where a claim is certified.
  var needsEvidence = true
  /// Variables that are not drawn.
  package var pinned: [Formula: Matrix] = [:]

  public init(seed: UInt64, book: RuleBook = .standard) {
    self.seed = seed
    definitions = book.numericDefinitions
  }

  /// Relative difference up to which a derivative counts as equal to its differences.
  static let derivativeTolerance = 1e-6

  package var options: Compiler.Options {
    var options = Compiler.Options()
    options.definitions = definitions
    options.functions = RandomSmoothFunction.provider(seed: seed)
    options.mostPasses = CompileLimits.passesOfChecks
    return options
  }

  package func ballCheck(
    _ sizes: [String: Int], _ values: [Formula: Matrix], _ budget: BallBudget
  ) -> BallCheck {
    BallCheck(
      sizes: sizes, values: values, definitions: definitions, functionSeed: seed, seed: seed, budget: budget)
  }

  /// The points for each choice of sizes, one after the other; without names of sizes there is one choice.
  func plan(_ usual: [Int], hasSizes: Bool) -> [Int] {
    let total = points ?? usual.reduce(0, +)
    if !hasSizes { return [total] }
    var left = total
    return usual.compactMap { count in
      let taken = min(count, left)
      left -= taken
      return taken > 0 ? taken : nil
    }
  }

  /// Whether `gradient` is the gradient of `objective` with respect to `variable`, in the layout of the language.
  public func checkGradient(of objective: Formula, variable: Formula, gradient: Formula) -> Verdict {
    checkDerivative(of: objective, variable: variable, claim: gradient, layout: .denominator)
  }

  /// Whether `hessian` has the second derivatives of a scalar, rows by vec(x), columns by vec(y); y is x unless
  /// given.
  public func checkHessian(
    of objective: Formula, variable x: Formula, variable y: Formula? = nil, hessian: Formula
  ) -> Verdict {
    checkDerivative(of: objective, variable: y ?? x, claim: hessian, layout: .numerator, first: x)
  }

  /// Compares a claim with differences; with `first`, with second differences by `first` and then `variable`.
  package func checkDerivative(
    of objective: Formula, variable: Formula, claim: Formula, layout: DerivativeLayout, first: Formula? = nil
  ) -> Verdict {
    if variable.variable == nil { return .skipped("what it is differentiated by is not a variable") }
    var comparison = DerivativeComparison(
      check: self, claim: claim, objective: objective, variable: variable, first: first, layout: layout)
    return comparison.verdict()
  }
}
