import NablaLanguage
import NablaNumerics

/// Compares formulas with numbers: derivatives with differences, equations with both sides at random points.
///
/// Every random number comes from the seed, so the same question has the same verdict. Formulas are compiled
/// without shortcuts that rest on properties: a variable with a property is differentiated entry by entry, off
/// the property, from a base point that has it.
public struct NumericCheck: Sendable {
  public var seed: UInt64
  /// Formulas of elementwise functions that the library does not have.
  public var definitions: FunctionDefinitions?
  /// Points of all choices of sizes at which is compared at the most, but for the further ones where there are
  /// branches; nil for as many as the kind of comparison asks for.
  public var points: Int?
  /// Whether further points are taken where there are branches.
  var takesMore = true
  /// Whether some of those lie exactly on kinks, where a derivative is a matter of choice.
  var includesKinks = true
  /// Variables that are not drawn.
  var pinned: [Formula: Matrix] = [:]

  public init(
    seed: UInt64, definitions: FunctionDefinitions? = nil
  ) {
    self.seed = seed
    self.definitions = definitions
  }

  /// Relative difference up to which a derivative counts as equal to its differences.
  static let derivativeTolerance = 1e-6

  var options: Compiler.Options {
    var options = Compiler.Options()
    options.definitions = definitions
    options.functions = RandomSmoothFunction.provider(seed: seed)
    options.mostPasses = CompileLimits.passesOfChecks
    return options
  }

  func referee(_ sizes: [String: Int], _ values: [Formula: Matrix]) -> CertifiedReferee {
    CertifiedReferee(sizes: sizes, values: values, definitions: definitions, functionSeed: seed, seed: seed)
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

  /// Whether `gradient` is the gradient of `objective` by `variable`, in the layout of the language.
  public func checkGradient(of objective: Formula, variable: Formula, gradient: Formula) -> Verdict {
    check(gradient, objective, variable, .denominator)
  }

  /// Whether `jacobian` is ∂vec(E)/∂vec(x)ᵀ.
  public func checkJacobian(of objective: Formula, variable: Formula, jacobian: Formula) -> Verdict {
    check(jacobian, objective, variable, .numerator)
  }

  /// Whether `hessian` has the second derivatives of a scalar, rows by vec(x), columns by vec(y); y is x unless
  /// given. With the gradient by x, differences are taken of that, which is sharper and faster.
  public func checkHessian(
    of objective: Formula, variable x: Formula, variable y: Formula? = nil, hessian: Formula,
    gradient: Formula? = nil
  ) -> Verdict {
    let y = y ?? x
    if let gradient { return check(hessian, gradient, y, .numerator) }
    return check(hessian, objective, y, .numerator, first: x)
  }

  /// Compares a claim with differences; with `first`, with second differences by `first` and then `variable`.
  private func check(
    _ claim: Formula, _ objective: Formula, _ variable: Formula, _ layout: DerivativeLayout,
    first: Formula? = nil
  ) -> Verdict {
    if variable.variable == nil { return .skipped("what it is differentiated by is no variable") }
    var comparison = DerivativeComparison(
      check: self, claim: claim, objective: objective, variable: variable, first: first, layout: layout)
    return comparison.verdict()
  }
}

extension Formula {
  /// Whether it is no variable with a declared property, which data have but for rounding.
  var hasNoProperties: Bool { variable?.properties.isEmpty != false }
}
