import NablaCompile
import NablaCore
import NablaNumerics

/// Combines the arms that decide a claim: numbers at random points, exact values over a prime field, and balls.
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

  /// The verdict on a claim.
  package func verdict(on claim: Claim) -> Verdict { verdict(on: claim, exact.finding(on: claim)) }

  private func verdict(on claim: Claim, _ finding: ExactCheck.Finding) -> Verdict {
    let numeric = numeric(besides: finding)
    return joined(numeric.verdict(on: claim), finding) {
      numeric.highPrecision(claim)
    } example: {
      numeric.closest(claim)
    }
  }

  /// Whether a claim is verified, which takes less work than its verdict where the exact arm refutes it.
  func isVerified(_ claim: Claim) -> Bool {
    let finding = exact.finding(on: claim)
    return finding != .differs(isRational: true) && verdict(on: claim, finding).status == .verified
  }

  /// The verdict on a Hessian, as the Jacobian of a gradient, which is verified first. That is sharper and faster than
  /// second derivatives.
  package func verdict(
    onHessian hessian: Formula, of objective: Formula, by x: Formula, _ y: Formula, through gradient: Formula
  ) -> Verdict {
    let first = verdict(on: .gradient(gradient, of: objective, by: x))
    if first.status != .verified { return first }
    return verdict(on: .jacobian(hessian, of: gradient, by: y)).restingOn(first)
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
    // Agreement at some points does not settle the others.
    case .agree where verdict.contradictions > 0:
      verdict = .skipped("at some points the numbers contradict it, and more digits decide nothing")
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
      if verdict.status == .verified,
        verdict.evidence == 0 || verdict.contradictions > 0 || 4 * verdict.unsettled > verdict.points
      {
        verdict = .skipped(reason)
      }
    }
    return verdict
  }
}
