import NablaCore
import NablaOutput
import NablaVerify

/// A derivative, the way to it, where it holds, and what its check found.
public struct DerivationResult: Sendable {
  /// The derivative in its simplest form.
  public let result: Formula
  /// What has to hold and is not known to: `norm2(x) != 0`, `S invertible`.
  public let conditions: [String]
  /// Subgradients chosen, properties set aside, and the like.
  public let notes: [String]
  /// What the comparison with finite differences found; nil when checks were switched off.
  public let verdict: Verdict?
  let calculus: Calculus
  let question: DerivationQuestion

  /// The way from the expression to the result, line by line, each with the rules it used; found when asked for.
  public var derivation: Derivation? { Deriver.derivation(of: question, calculus, []) }
}

extension DerivationResult: CustomStringConvertible {
  public var description: String { result.text }
}
