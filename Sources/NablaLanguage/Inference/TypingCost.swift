/// A place in the text that ranks typings.
enum Use {
  /// `a + b`, `a - b` or a comparison, where a scalar next to an array is unlikely.
  case joined(Draft, Draft)
  /// `a*b`: a scalar after a matrix is unlikely.
  case multiplied(Draft, Draft)
  /// Something transposed or indexed, or the argument of a function of arrays.
  case array(Draft)
  /// The expression of a derivative, and its variables.
  case question(Draft, variables: [Draft])
  /// The base of a power `^`.
  case raised(Draft, isRoot: Bool)
  /// The operand of `^T`.
  case transposedByLetter(Draft)
  /// `x - x'`, where x' probably denotes another name.
  case twins(Draft)
}

/// How far a typing is from the most likely meaning; the smallest cost wins.
struct TypingCost: Comparable {
  /// Scalars where only an array makes sense.
  var scalarsAsArrays = 0
  /// Rows, and matrices in lower case, which nobody means without saying so.
  var implausible = 0
  /// Gradients of expressions that are not scalars.
  var arraysAsked = 0
  /// Scalars added to or compared with arrays.
  var mixtures = 0
  /// Names with an unconventional type.
  var unusual = 0
  var arrays = 0
  /// Arrays with names that are scalars in `x + t*d`, where only the letters decide.
  var letters = 0

  /// Whether it answers the question better, or mixes less.
  func isCloser(than other: TypingCost) -> Bool {
    (scalarsAsArrays, implausible, arraysAsked, mixtures)
      < (other.scalarsAsArrays, other.implausible, other.arraysAsked, other.mixtures)
  }

  /// Whether it answers the question as well, with numbers and arrays in the same places.
  func isAsClose(as other: TypingCost) -> Bool {
    (scalarsAsArrays, implausible, arraysAsked) == (
      other.scalarsAsArrays, other.implausible, other.arraysAsked
    )
  }

  static func < (a: TypingCost, b: TypingCost) -> Bool {
    if a.isCloser(than: b) { return true }
    if b.isCloser(than: a) { return false }
    return (a.unusual, a.arrays, a.letters) < (b.unusual, b.arrays, b.letters)
  }
}

/// The possible kinds of a name, regardless of sizes.
enum TypeKind { case scalar, vector, row, matrix }

/// The conventional kind of a name, by its letters.
enum NameHabit: Equatable {
  /// Upper case, including Greek.
  case matrix
  /// `lambda alpha gamma …`.
  case scalar
  /// Other names: vectors, or scalars that scale.
  case vector

  init(_ name: String) {
    if Letters.isCapital(name) {
      self = .matrix
    } else if Self.scalars.contains(name) || Self.scalars.contains(Letters.base(of: name)) {
      self = .scalar
    } else {
      self = .vector
    }
  }

  private static let scalars: Set<String> = [
    "lambda", "alpha", "gamma", "eta", "rho", "tau", "sigma", "epsilon", "delta", "nu", "kappa", "beta_",
    "lam", "eps", "rf", "r_f",
  ]

  /// Lower-case Latin letters that more often scale vectors than denote them.
  static let factors: Set<String> = ["c", "k", "s", "t"]

  /// From most to least likely.
  var order: [TypeKind] {
    switch self {
    case .matrix: [.matrix, .scalar, .vector, .row]
    case .scalar: [.scalar, .vector, .matrix, .row]
    case .vector: [.vector, .scalar, .matrix, .row]
    }
  }

  /// Whether a type is not meant unless it is declared or nothing else fits.
  func isImplausible(_ kind: TypeKind) -> Bool {
    switch (self, kind) {
    case (_, .row), (.scalar, .matrix), (.vector, .matrix): true
    case (_, .scalar), (_, .vector), (.matrix, .matrix): false
    }
  }

  /// How unusual a type is; `scales` tells whether a scalar occurs only where a scalar is expected.
  func cost(of kind: TypeKind, scales: Bool) -> Int {
    switch (self, kind) {
    case (.matrix, .matrix), (.scalar, .scalar), (.vector, .vector): 0
    case (.vector, .scalar): scales ? 0 : 1
    case (.matrix, .scalar), (.matrix, .vector), (.scalar, .vector): 1
    case (.scalar, .matrix), (.vector, .matrix): 2
    // A row is never meant unless declared.
    case (.matrix, .row), (.scalar, .row), (.vector, .row): 100
    }
  }
}
