/// A defect found by a campaign, shrunk to a small case.
package struct FuzzDefect: Sendable {
  /// The violated property.
  package enum Kind: String, CaseIterable, Sendable {
    /// The typed text does not read, or has the wrong shape.
    case reading
    /// The printed form does not read back to the same formula.
    case roundTrip = "round-trip"
    /// Two orders of writing have different canonical or simplest forms.
    case order
    /// The simplest form can be simplified further.
    case idempotence
    /// The simplest form has a different value.
    case simplification
    /// The canonical form has a different value than the operations evaluated in turn.
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
    /// More time or memory than an input may take.
    case work
    /// An invalid input is accepted, or a valid one rejected.
    case acceptance
  }

  package let kind: Kind
  package let seed: UInt64
  package let number: Int
  /// The disagreement in one line.
  package let message: String
  /// The smallest input found: a formula file, a rule file, or data in hexadecimal.
  package let input: String

  package init(kind: Kind, seed: UInt64, number: Int, message: String, input: String) {
    self.kind = kind
    self.seed = seed
    self.number = number
    self.message = message
    self.input = input
  }
}

/// The result of a check before shrinking.
struct FuzzFinding {
  let kind: FuzzDefect.Kind
  let message: String
  /// The questions that show it, for a formula file.
  var questions: [String] = []
}
