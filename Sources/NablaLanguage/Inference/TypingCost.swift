/// A place in the text by which typings are ranked.
enum Use {
  /// `a + b`, `a - b` or a comparison, where a scalar next to an array is unlikely.
  case joined(Draft, Draft)
  /// `a*b`: a scalar behind a matrix is unlikely.
  case multiplied(Draft, Draft)
  /// What is primed or indexed, or the argument of a function of arrays.
  case array(Draft)
  /// The expression of a gradient.
  case question(Draft)
}

/// How far a typing is from what is most likely meant; the smallest is taken.
struct TypingCost: Comparable {
  /// Scalars where only an array makes sense.
  var scalarsAsArrays = 0
  /// Gradients of what is not a scalar.
  var arraysAsked = 0
  /// Scalars added to arrays, or compared with them.
  var mixtures = 0
  /// Names whose type is not the habit of the field.
  var unusual = 0
  var arrays = 0
  /// Arrays of the names that are scalars in `x + t*d`, where the letters alone decide.
  var letters = 0

  static func < (a: TypingCost, b: TypingCost) -> Bool {
    let first = (a.scalarsAsArrays, a.arraysAsked, a.mixtures)
    let second = (b.scalarsAsArrays, b.arraysAsked, b.mixtures)
    return first == second
      ? (a.unusual, a.arrays, a.letters) < (b.unusual, b.arrays, b.letters) : first < second
  }
}

/// What a name may be, sizes aside.
enum TypeKind { case scalar, vector, row, matrix }

/// What the field makes of a name, by its letters.
enum NameHabit: Equatable {
  /// Upper case, Greek too.
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
    "lam", "eps",
  ]

  /// Lower-case Latin letters that multiply vectors more often than they are some.
  static let factors: Set<String> = ["c", "k", "s", "t"]

  /// From the most to the least likely.
  var order: [TypeKind] {
    switch self {
    case .matrix: [.matrix, .scalar, .vector, .row]
    case .scalar: [.scalar, .vector, .matrix, .row]
    case .vector: [.vector, .scalar, .matrix, .row]
    }
  }

  /// How unusual a type is; `scales` says whether a scalar stands only where a scalar is expected.
  func cost(of kind: TypeKind, scales: Bool) -> Int {
    switch (self, kind) {
    case (.matrix, .matrix), (.scalar, .scalar), (.vector, .vector): 0
    case (.vector, .scalar): scales ? 0 : 1
    case (.matrix, .scalar), (.matrix, .vector), (.scalar, .vector): 1
    case (.scalar, .matrix), (.vector, .matrix): 2
    // Nobody means a row without saying so.
    case (.matrix, .row), (.scalar, .row), (.vector, .row): 100
    }
  }
}
