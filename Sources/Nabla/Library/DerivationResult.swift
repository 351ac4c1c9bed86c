import NablaCore
import NablaOutput
import NablaVerify

/// A derivative with its derivation, its conditions, and the result of its check.
public struct DerivationResult: Sendable {
  /// The derivative in its simplest form.
  public let result: Formula
  /// Conditions that are not known to hold: `norm2(x) != 0`, `S invertible`.
  public let conditions: [String]
  /// Notes on the choice of subgradients, ignored properties, and the like.
  public let notes: [String]
  /// The result of the comparison with finite differences; `nil` if checks were off.
  public let verdict: Verdict?
  let calculus: Calculus
  let question: DerivationQuestion

  /// The steps from the expression to the result, each with its rules; computed on demand.
  public var derivation: Derivation? { DerivationWriter.derivation(of: question, calculus, []) }
}

extension DerivationResult: CustomStringConvertible {
  /// The derivative, then its conditions, its notes and its verdict, a line each.
  public var description: String {
    Remarks.lines(result.text, conditions: conditions, notes: notes, verdict: verdict)
  }
}
