import NablaCore

/// The parts of answers that get names.
package enum Lets: Sendable {
  /// None: answers are expanded.
  case none
  /// The user's definitions, and repeated parts for which a name saves much.
  case standard
  /// Every repeated part.
  case all
}

/// Options for answering questions.
public struct SessionOptions: Sendable {
  /// How the derivative of an array by an array is laid out.
  public var layout: DerivativeLayout = .denominator
  /// Whether each answer is compared with differences before it is shown.
  public var checks = true
  /// Whether a correction is sought for each refuted claim.
  package var explainsRefutations = true
  /// Seed of the random numbers of the check.
  public var seed: UInt64 = 1
  /// The parts of answers that get names.
  package var lets: Lets = .standard
  /// The rules of derivations.
  public var book: RuleBook = .standard

  /// Makes the standard options.
  public init() {}
}
