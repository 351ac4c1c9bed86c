import NablaTypes

/// One application of a rule of differentiation: a differential in terms of those of its parts, or a linear map moved
/// to the other side of an inner product.
package struct RuleUse: Sendable, Hashable {
  package let rule: String
  package let before: Formula
  package let after: Formula

  // Names for steps that have no line in a rule file, because they hold for any function or any number of parts.
  static let variable = "the variable itself"
  static let constant = "constant"
  static let chain = "chain rule"
  static let parts = "part by part"
}

extension Formula {
  /// The inner product of an adjoint and a differential, as the adjoint rules write it.
  static func pairing(_ adjoint: Formula, _ change: Formula) -> Formula {
    .apply(.array(.dot), [adjoint, change], .scalar)
  }
}
