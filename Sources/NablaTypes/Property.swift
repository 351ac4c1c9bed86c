/// A declared property of a variable, named as in the language.
public enum Property: String, CaseIterable, Hashable, Sendable, Comparable {
  /// Square and equal to its transpose.
  case symmetric
  /// Square and equal to minus its transpose.
  case skew
  /// Square and zero off the diagonal.
  case diagonal
  /// Square and zero above the diagonal.
  case lower
  /// Square and zero below the diagonal.
  case upper
  /// Square, with its transpose as inverse.
  case orthogonal
  /// Square, with an inverse.
  case invertible
  /// Symmetric and positive definite.
  case spd
  /// Symmetric and positive semidefinite.
  case psd
  /// Every entry is positive.
  case positive
  /// No entry is negative.
  case nonnegative
  /// No entry is zero.
  case nonzero
  /// Every entry is 0 or 1.
  case binary
  /// Every entry is -1 or 1.
  case signs
  /// Nonnegative entries that add up to 1, of each row of a matrix.
  case simplex
  /// Zeros and one 1, in each row of a matrix.
  case onehot

  /// The position of the declaration: comparing and hashing names would cost time in every derivation.
  package var place: UInt8 { unsafeBitCast(self, to: UInt8.self) }
  /// The positions in alphabetical order, by the position of the declaration.
  private static let ranks: [Int] = {
    let sorted = allCases.sorted { $0.rawValue < $1.rawValue }
    var ranks = Array(repeating: 0, count: sorted.count)
    for (rank, property) in sorted.enumerated() { ranks[Int(property.place)] = rank }
    return ranks
  }()

  /// Alphabetical order.
  public static func < (a: Property, b: Property) -> Bool {
    ranks[Int(a.place)] < ranks[Int(b.place)]
  }
  /// Whether two properties are the same.
  public static func == (a: Property, b: Property) -> Bool { a.place == b.place }
  /// Hashes the property.
  public func hash(into hasher: inout Hasher) { hasher.combine(place) }
}

extension Property {
  /// The traits of a property. `NablaNumerics` draws and checks arrays with it; `Rules/Facts.rules` has its
  /// consequences for formulas.
  package struct Traits: Sendable {
    /// The meaning, for `nabla help`.
    package let meaning: String
    /// The words after "is", if they differ from the property's name.
    package var words: String?
    /// Whether it applies only to square matrices.
    package var isOfSquareMatrices = false
    /// Whether scalars cannot have it.
    package var needsArray = false
    /// Direct consequences (not transitively closed).
    package var implies: [Property] = []
    /// Properties that no matrix with two or more rows can have in addition, except zero and all ones.
    package var excludes: [Property] = []
    /// The corresponding property of a 1 × 1 matrix, if that has its own name.
    package var ofNumbers: Property?
    /// Tests a single entry, if the property concerns each entry separately.
    package var holdsOfEntry: (@Sendable (Rational) -> Bool)?
    /// Whether the identity matrix has it.
    package var holdsOfIdentity = false
    /// Whether arrays with the property and more than one entry have zeros.
    package var hasZeros = false
    /// Whether it couples entries, so that they cannot vary independently.
    package var tiesEntries = false
    /// Whether almost every array has it, or it concerns only signs.
    package var isGeneric = false
    /// Whether it allows only few values.
    package var isDiscrete = false
    /// Expressions in a free C, c or z whose values have it, as `kind`, name and formula.
    package var parametrization: String?
  }

  /// The one table of properties.
  package var traits: Traits {
    switch self {
    case .symmetric:
      Traits(
        meaning: "square and equal to its transpose", isOfSquareMatrices: true, excludes: [.skew],
        holdsOfIdentity: true, tiesEntries: true, parametrization: "matrix C and define # = C + C'")
    case .skew:
      Traits(
        meaning: "square and equal to the negative of its transpose", words: "skew-symmetric (skew)",
        isOfSquareMatrices: true, excludes: [.symmetric, .positive, .nonzero, .nonnegative], hasZeros: true,
        tiesEntries: true, parametrization: "matrix C and define # = C - C'")
    case .diagonal:
      Traits(
        meaning: "square and zero off the diagonal", isOfSquareMatrices: true,
        implies: [.symmetric, .lower, .upper], holdsOfIdentity: true, hasZeros: true, tiesEntries: true,
        parametrization: "vector c and define # = diag(c)")
    case .lower:
      Traits(
        meaning: "square and zero above the diagonal", words: "lower triangular", isOfSquareMatrices: true,
        excludes: [.nonzero], holdsOfIdentity: true, hasZeros: true, tiesEntries: true,
        parametrization: "matrix C and define # = tril(C)")
    case .upper:
      Traits(
        meaning: "square and zero below the diagonal", words: "upper triangular", isOfSquareMatrices: true,
        excludes: [.nonzero], holdsOfIdentity: true, hasZeros: true, tiesEntries: true,
        parametrization: "matrix C and define # = triu(C)")
    case .orthogonal:
      Traits(
        meaning: "square with orthonormal columns", isOfSquareMatrices: true, implies: [.invertible],
        excludes: [.positive], holdsOfIdentity: true, tiesEntries: true, isDiscrete: true)
    case .invertible:
      Traits(
        meaning: "square with an inverse", isOfSquareMatrices: true, ofNumbers: .nonzero,
        holdsOfIdentity: true, isGeneric: true)
    case .spd:
      Traits(
        meaning: "symmetric positive definite", words: "symmetric positive definite (spd)",
        isOfSquareMatrices: true, implies: [.psd, .invertible], ofNumbers: .positive, holdsOfIdentity: true,
        tiesEntries: true, parametrization: "matrix C and define # = C*C'")
    case .psd:
      Traits(
        meaning: "symmetric positive semidefinite", words: "symmetric positive semidefinite (psd)",
        isOfSquareMatrices: true, implies: [.symmetric], ofNumbers: .nonnegative, holdsOfIdentity: true,
        tiesEntries: true, parametrization: "matrix C and define # = C*C'")
    case .positive:
      Traits(
        meaning: "every entry is positive", implies: [.nonnegative, .nonzero],
        holdsOfEntry: { !$0.isNegative && !$0.isZero }, isGeneric: true)
    case .nonnegative:
      Traits(
        meaning: "every entry is zero or positive", holdsOfEntry: { !$0.isNegative }, holdsOfIdentity: true,
        isGeneric: true)
    case .nonzero:
      Traits(meaning: "every entry differs from zero", holdsOfEntry: { !$0.isZero }, isGeneric: true)
    case .binary:
      Traits(
        meaning: "every entry is 0 or 1", implies: [.nonnegative], excludes: [.signs],
        holdsOfEntry: { $0.isZero || $0.isOne }, holdsOfIdentity: true, isDiscrete: true)
    case .signs:
      Traits(
        meaning: "every entry is -1 or 1", words: "made of signs (signs)", implies: [.nonzero],
        excludes: [.simplex], holdsOfEntry: { $0.magnitude.isOne }, isDiscrete: true)
    case .simplex:
      Traits(
        meaning: "nonnegative entries that sum to 1: of a vector, of each row of a matrix",
        words: "on the simplex (simplex)", needsArray: true, implies: [.nonnegative], holdsOfIdentity: true,
        tiesEntries: true, parametrization: "array z and define # = softmax(z)")
    case .onehot:
      Traits(
        meaning: "one entry is 1 and the others are 0: of a vector, of each row of a matrix",
        words: "one-hot (onehot)", needsArray: true, implies: [.simplex, .binary], excludes: [.nonzero],
        holdsOfIdentity: true, hasZeros: true, tiesEntries: true, isDiscrete: true)
    }
  }

  /// Whether it applies only to square matrices.
  package var isOfSquareMatrices: Bool { traits.isOfSquareMatrices }

  /// Direct consequences (not transitively closed).
  package var implies: [Property] { traits.implies }
}

extension Set<Property> {
  /// The properties with all consequences.
  package var closed: Set<Property> {
    var result = self
    var open = Array(self)
    while let next = open.popLast() {
      for implied in next.implies where result.insert(implied).inserted { open.append(implied) }
    }
    return result
  }
}
