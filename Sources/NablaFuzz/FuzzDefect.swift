/// A disagreement that a campaign found, cut down to a small case.
public struct FuzzDefect: Sendable {
  /// What is broken.
  public enum Kind: String, CaseIterable, Sendable {
    /// The typed text does not read, or has another shape than it should.
    case reading
    /// What is printed does not read back to the same formula.
    case roundTrip = "round-trip"
    /// Two orders of writing have different canonical or simplest forms.
    case order
    /// The simplest form has a simpler one.
    case idempotence
    /// The simplest form has another value.
    case simplification
    /// The canonical form has another value than the operations one after the other.
    case construction
    /// A derivative is refuted.
    case derivative
    /// A value differs from that of an equal formula, or from the true one.
    case value
    /// The two arms of verification contradict each other.
    case arms
    /// A false claim is verified.
    case claim
    /// A printed form with brackets that do not match.
    case brackets
    /// More time or memory than any input may take.
    case work
    /// What must not be accepted is accepted, or the other way round.
    case acceptance
  }

  public let kind: Kind
  public let seed: UInt64
  public let number: Int
  /// What disagrees, in one line.
  public let message: String
  /// The smallest input that was found: a formula file, a rule file, or data in hexadecimal.
  public let input: String

  public init(kind: Kind, seed: UInt64, number: Int, message: String, input: String) {
    self.kind = kind
    self.seed = seed
    self.number = number
    self.message = message
    self.input = input
  }
}

/// What a check of one case found, before it is cut down.
struct FuzzFinding {
  let kind: FuzzDefect.Kind
  let message: String
  /// The questions that show it, for a formula file.
  var questions: [String] = []
}
