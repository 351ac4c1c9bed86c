import NablaCore

/// Which parts of answers get names of their own.
public enum Lets: Sendable {
  /// None: answers are written out.
  case none
  /// The user's definitions, and repeated parts where a name saves much.
  case standard
  /// Every repeated part.
  case all
}

/// What may vary in how questions are answered.
public struct SessionOptions: Sendable {
  public var layout: DerivativeLayout = .denominator
  /// Whether each answer is compared with differences before it is given.
  public var checks = true
  /// Of the random numbers of the check.
  public var seed: UInt64 = 1
  /// Which parts of answers get names.
  public var lets: Lets = .standard
  public var book: RuleBook = .standard

  public init() {}
}
