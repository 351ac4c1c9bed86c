import NablaCore

/// What may vary in how questions are answered.
public struct SessionOptions: Sendable {
  public var layout: DerivativeLayout = .denominator
  /// Whether each answer is compared with differences before it is given.
  public var checks = true
  /// Of the random numbers of the check.
  public var seed: UInt64 = 1
  public var book: RuleBook = .standard

  public init() {}
}
