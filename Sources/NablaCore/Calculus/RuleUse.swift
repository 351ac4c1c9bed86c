import NablaTypes

/// A rule of derivation used once: a differential written by those of its parts, or a linear map moved to the
/// other side of an inner product.
package struct RuleUse: Sendable, Hashable {
  package let rule: String
  package let before: Formula
  package let after: Formula

  // What is no line of a rule file, because it holds for any function or any number of parts.
  static let variable = "the variable itself"
  static let constant = "constant"
  static let chain = "chain rule"
  static let parts = "part by part"
}

extension Formula {
  /// The inner product of what is collected and of a change, as it stands in the rules of adjoints.
  static func pairing(_ adjoint: Formula, _ change: Formula) -> Formula {
    .apply(.array(.dot), [adjoint, change], .scalar)
  }
}
