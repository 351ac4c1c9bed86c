import NablaLanguage
import NablaNumerics

/// Both arms of verification: numbers at random points, and exact values over a prime field.
///
/// What the numbers refute is refuted, unless doubles may have lost their digits and the claim is certified. What they
/// pass is certified where the exact arm can, and refuted where that finds rational formulas to differ, by however
/// little.
public struct Verification: Sendable {
  let numeric: NumericCheck
  private let book: RuleBook

  public init(seed: UInt64, book: RuleBook = .standard) {
    numeric = NumericCheck(seed: seed, definitions: book.numericDefinitions)
    self.book = book
  }

  /// With `includesKinks`, equations have to hold where a function has a kink too.
  init(seed: UInt64, book: RuleBook, includesKinks: Bool) {
    var numeric = NumericCheck(seed: seed, definitions: book.numericDefinitions)
    numeric.includesKinks = includesKinks
    self.init(numeric, book)
  }

  init(_ numeric: NumericCheck, _ book: RuleBook) {
    self.numeric = numeric
    self.book = book
  }

  private var exact: ExactCheck { ExactCheck(seed: numeric.seed, book: book) }

  /// Whether `gradient` is the gradient of `objective` by `variable`, in the layout of the language.
  public func checkGradient(of objective: Formula, variable: Formula, gradient: Formula) -> Verdict {
    joined(
      numeric.checkGradient(of: objective, variable: variable, gradient: gradient),
      exact.checkDerivative(of: objective, variable: variable, claim: gradient, layout: .denominator),
      showing: gradient)
  }

  /// Whether `jacobian` is ∂vec(E)/∂vec(x)ᵀ.
  public func checkJacobian(of objective: Formula, variable: Formula, jacobian: Formula) -> Verdict {
    joined(
      numeric.checkJacobian(of: objective, variable: variable, jacobian: jacobian),
      exact.checkDerivative(of: objective, variable: variable, claim: jacobian, layout: .numerator),
      showing: jacobian)
  }

  /// Whether `hessian` has the second derivatives of a scalar, rows by x, columns by y; y is x unless given.
  ///
  /// With the gradient by x that is checked first, and then the Hessian as its Jacobian, which is sharper and faster.
  public func checkHessian(
    of objective: Formula, variable x: Formula, variable y: Formula? = nil, hessian: Formula,
    gradient: Formula? = nil
  ) -> Verdict {
    guard let gradient else {
      return joined(
        numeric.checkHessian(of: objective, variable: x, variable: y, hessian: hessian),
        exact.checkHessian(of: objective, by: x, y ?? x, claim: hessian), showing: hessian)
    }
    let first = checkGradient(of: objective, variable: x, gradient: gradient)
    if first.status != .verified { return first }
    let second = joined(
      numeric.checkHessian(of: objective, variable: x, variable: y, hessian: hessian, gradient: gradient),
      exact.checkDerivative(of: gradient, variable: y ?? x, claim: hessian, layout: .numerator),
      showing: hessian)
    return second.restingOn(first)
  }

  /// Whether `differential` is the change of `objective` along the differentials of the variables.
  public func checkDifferential(of objective: Formula, variables: [Formula], differential: Formula) -> Verdict
  {
    joined(
      numeric.checkDifferential(of: objective, variables: variables, differential: differential),
      exact.checkDifferential(of: objective, variables: variables, differential: differential), showing: nil)
  }

  /// Whether two formulas of one shape have the same values wherever both, and what is presupposed, have one.
  public func checkEqual(
    _ left: Formula, _ right: Formula, presupposing presupposed: [Formula] = []
  ) -> Verdict {
    let numbers = numeric.checkEqual(left, right, presupposing: presupposed)
    var verdict = joined(numbers, exact.checkEqual(left, right)) { numeric.closest(left, right) }
    guard verdict.status == .verified, verdict.certificate == nil else { return verdict }
    switch numeric.digits(left, right, presupposing: presupposed) {
    case .agree(let digits): verdict.digits = digits
    case .differ(let example):
      verdict.status = .refuted
      verdict.isRefutedExactly = true
      verdict.counterexample = example
    case .unknown: break
    }
    return verdict
  }

  private func joined(
    _ numbers: Verdict, _ finding: ExactCheck.Finding, showing claim: Formula?
  ) -> Verdict {
    joined(numbers, finding) { claim.flatMap { numeric.closest($0, $0) } }
  }

  private func joined(
    _ numbers: Verdict, _ finding: ExactCheck.Finding, example: () -> Counterexample?
  ) -> Verdict {
    var verdict = numbers
    switch finding {
    case .notApplicable, .differs(isRational: false): break
    case .certified(let certificate):
      // Doubles that may have lost their digits contradict nothing. Without a point at which numbers agree, only
      // what is rational is known to speak of any.
      if verdict.status == .refuted, !verdict.isDoubtful { return verdict }
      if verdict.points == 0, !certificate.isRational || certificate.hasChoices {
        return verdict.isDoubtful ? .skipped("doubles have too few digits for it") : verdict
      }
      (verdict.status, verdict.isDoubtful, verdict.counterexample) = (.verified, false, nil)
      verdict.certificate = certificate
    case .differs(isRational: true):
      if verdict.status == .refuted { return verdict }
      verdict.status = .refuted
      verdict.isRefutedExactly = true
      verdict.counterexample = example()
    }
    return verdict
  }
}
