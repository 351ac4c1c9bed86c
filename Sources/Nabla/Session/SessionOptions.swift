import NablaCore

/// The parts of answers that get names.
public enum Lets: Sendable {
  /// None: answers are expanded.
  case none
  /// The user's definitions, and repeated parts for which a name saves much.
  case standard
  /// Every repeated part.
  case all
}

/// Options for answering questions.
public struct SessionOptions: Sendable {
  public var layout: DerivativeLayout = .denominator
  /// Whether each answer is compared with differences before it is shown.
  public var checks = true
  /// Seed of the random numbers of the check.
  public var seed: UInt64 = 1
  /// The parts of answers that get names.
  public var lets: Lets = .standard
  public var book: RuleBook = .standard

  public init() {}
}
