import NablaCompile
import NablaCore
import NablaNumerics

/// Combines the arms of verification: numbers at random points, exact values over a prime field, and balls.
/// A claim that the numbers refute is refuted, unless doubles may have lost their digits and the claim is certified. A
/// claim that the numbers pass is certified where the exact arm applies, and refuted where that arm finds rational
/// formulas to differ, however little.
package struct Verification: Sendable {
  let numeric: NumericCheck
  private let book: RuleBook

  package init(seed: UInt64, book: RuleBook = .standard) {
    numeric = NumericCheck(seed: seed, book: book)
    self.book = book
  }

  /// `differentiated` lists the variables of the derivatives in the equations; on their kinks the sides may differ.
  package init(seed: UInt64, book: RuleBook, differentiated: [Formula]) {
    var numeric = NumericCheck(seed: seed, book: book)
    numeric.differentiated = differentiated
    self.init(numeric, book)
  }

  package init(_ numeric: NumericCheck, _ book: RuleBook) {
    self.numeric = numeric
    self.book = book
  }

  private var exact: ExactCheck { ExactCheck(seed: numeric.seed, book: book) }

  /// Whether `gradient` is the gradient of `objective` with respect to `variable`, in the layout of the language.
  package func checkGradient(of objective: Formula, variable: Formula, gradient: Formula) -> Verdict {
    checkDerivative(of: objective, variable: variable, claim: gradient, layout: .denominator)
  }

  /// Whether `jacobian` is ∂vec(E)/∂vec(x)ᵀ.
  package func checkJacobian(of objective: Formula, variable: Formula, jacobian: Formula) -> Verdict {
    checkDerivative(of: objective, variable: variable, claim: jacobian, layout: .numerator)
  }

  private func checkDerivative(
    of objective: Formula, variable: Formula, claim: Formula, layout: DerivativeLayout
  ) -> Verdict {
    let exactly = exact.checkDerivative(of: objective, variable: variable, claim: claim, layout: layout)
    let numeric = numeric(besides: exactly)
    return joined(
      numeric.checkDerivative(of: objective, variable: variable, claim: claim, layout: layout), exactly
    ) {
      numeric.highPrecision(derivative: claim, of: objective, variable: variable, first: nil, layout)
    } example: {
      numeric.closest(claim, claim)
    }
  }

  /// Whether `hessian` holds the second derivatives of a scalar, with rows for x and columns for y, which defaults to
  /// x.
  /// If the gradient with respect to x is given, it is checked first, and then the Hessian as its Jacobian, which is
  /// sharper and faster.
  package func checkHessian(
    of objective: Formula, variable x: Formula, variable y: Formula? = nil, hessian: Formula,
    gradient: Formula? = nil
  ) -> Verdict {
    let y = y ?? x
    guard let gradient else {
      let exactly = exact.checkHessian(of: objective, by: x, y, claim: hessian)
      let numeric = numeric(besides: exactly)
      return joined(
        numeric.checkHessian(of: objective, variable: x, variable: y, hessian: hessian), exactly
      ) {
        numeric.highPrecision(derivative: hessian, of: objective, variable: y, first: x, .numerator)
      } example: {
        numeric.closest(hessian, hessian)
      }
    }
    let first = checkGradient(of: objective, variable: x, gradient: gradient)
    if first.status != .verified { return first }
    return checkJacobian(of: gradient, variable: y, jacobian: hessian).restingOn(first)
  }

  /// Whether `differential` is the change of `objective` along the differentials of the variables.
  package func checkDifferential(of objective: Formula, variables: [Formula], differential: Formula)
    -> Verdict
  {
    let exactly = exact.checkDifferential(of: objective, variables: variables, differential: differential)
    let along = DifferentialAlongLine(objective, variables, differential)
    var numeric = numeric(besides: exactly)
    numeric.pinned[along.parameter] = 0
    return joined(
      numeric.checkGradient(of: along.objective, variable: along.parameter, gradient: along.slope), exactly
    ) {
      numeric.highPrecision(
        derivative: along.slope, of: along.objective, variable: along.parameter, first: nil, .denominator)
    } example: {
      nil
    }
  }

  /// Whether two formulas of one shape have the same values wherever both, and their domain conditions, have a value.
  package func checkEqual(
    _ left: Formula, _ right: Formula, presupposing presupposed: [Formula] = []
  ) -> Verdict {
    let exactly = exact.checkEqual(left, right)
    let numeric = numeric(besides: exactly)
    return joined(numeric.checkEqual(left, right, presupposing: presupposed), exactly) {
      numeric.highPrecision(left, right, presupposing: presupposed)
    } example: {
      numeric.closest(left, right)
    }
  }

  /// Points must prove that they could refute a false claim only if nothing is certified.
  private func numeric(besides finding: ExactCheck.Finding) -> NumericCheck {
    var result = numeric
    if case .certified = finding { result.needsEvidence = false }
    return result
  }

  /// The combined verdict. Balls run only if the other arms leave a doubt.
  private func joined(
    _ numbers: Verdict, _ finding: ExactCheck.Finding, highPrecision: () -> HighPrecisionCheck.Finding,
    example: () -> Counterexample?
  ) -> Verdict {
    var verdict = numbers
    // A difference that balls confirmed at a point is final.
    if verdict.status == .refuted, !verdict.isDoubtful { return verdict }
    switch finding {
    case .certified(let certificate):
      // Doubles that may have lost their digits contradict nothing. If the numbers agree at no point, only a rational
      // claim is known to have values at all.
      if verdict.points > 0 || certificate.isRational && !certificate.hasChoices {
        (verdict.status, verdict.isDoubtful, verdict.counterexample) = (.verified, false, nil)
        verdict.certificate = certificate
        return verdict
      }
    case .differs(isRational: true):
      verdict.status = .refuted
      verdict.isRefutedExactly = true
      verdict.counterexample = example()
      return verdict
    case .notApplicable, .differs(isRational: false): break
    }
    switch highPrecision() {
    case .agree(let points, let digits):
      (verdict.status, verdict.isDoubtful, verdict.counterexample) = (.verified, false, nil)
      verdict.points = max(verdict.points, points)
      verdict.digits = digits
    case .differ(let example):
      verdict.status = .refuted
      verdict.isRefutedExactly = true
      verdict.counterexample = example
    case .silent(let reason):
      // Points that refute and remain unsettled may outweigh those that pass.
      if verdict.status == .verified, verdict.evidence == 0 || verdict.unsettled > verdict.points {
        verdict = .skipped(reason)
      }
    }
    return verdict
  }
}
