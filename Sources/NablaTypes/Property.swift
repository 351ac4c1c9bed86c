/// A declared property of a variable, in the words of the language.
public enum Property: String, CaseIterable, Hashable, Sendable, Comparable {
  case symmetric, skew, diagonal, lower, upper, orthogonal, invertible
  case spd, psd
  case positive, nonnegative, nonzero
  case binary, signs
  case simplex, onehot

  /// Whether it speaks of square matrices only.
  public var isOfSquareMatrices: Bool {
    switch self {
    case .symmetric, .skew, .diagonal, .lower, .upper, .orthogonal, .invertible, .spd, .psd: true
    case .positive, .nonnegative, .nonzero, .binary, .signs, .simplex, .onehot: false
    }
  }

  /// What follows at once from it (not transitively closed).
  public var implies: [Property] {
    switch self {
    case .symmetric, .skew, .lower, .upper, .invertible, .nonnegative, .nonzero: []
    case .diagonal: [.symmetric, .lower, .upper]
    case .orthogonal: [.invertible]
    case .spd: [.psd, .invertible]
    case .psd: [.symmetric]
    case .positive: [.nonnegative, .nonzero]
    case .binary, .simplex: [.nonnegative]
    case .signs: [.nonzero]
    case .onehot: [.simplex, .binary]
    }
  }

  public static func < (a: Property, b: Property) -> Bool { a.rawValue < b.rawValue }
}

extension Set<Property> {
  /// With everything that follows.
  public var closed: Set<Property> {
    var result = self
    var open = Array(self)
    while let next = open.popLast() {
      for implied in next.implies where result.insert(implied).inserted { open.append(implied) }
    }
    return result
  }
}
