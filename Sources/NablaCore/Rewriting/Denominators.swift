import NablaTypes

extension ArrayOperation {
  /// Whether only the calculus writes it, so it must not appear among what users write.
  var isHelper: Bool { self == .lowhalf || self == .commutation }
}

extension Formula {
  /// The base and the exponent of a factor below a fraction bar.
  var denominator: (base: Formula, exponent: Int)? {
    guard case .power(let base, let exponent) = kind, let value = exponent.number?.integer, value < 0 else {
      return nil
    }
    return (base, -value)
  }

  var hasDenominators: Bool {
    terms.contains { term in term.factors.contains { $0.denominator != nil } }
  }
}
