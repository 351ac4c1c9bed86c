import NablaLanguage

/// One line of `Rules/`: a named identity between two formulas over typed, universally quantified variables.
struct Rule: Sendable {
  let name: String
  let left: Formula
  let right: Formula
  let arrow: Arrow
  let conditions: [Condition]
  let saying: String?
  let source: Source
  let table: Table
  /// All variables are scalars and all operations elementwise: the rule holds entry by entry in arrays too.
  let isEntrywise: Bool

  enum Arrow: String, Sendable {
    /// Used left to right; makes things plainer.
    case rewrites = "->"
    /// True both ways; tried by the search.
    case equals = "=="
  }

  /// Read off the left side.
  enum Table: String, CaseIterable, Sendable {
    /// `d(f(X))` is known in dX.
    case differential
    /// `dot(G, L(dX))` with the linear map on the other side.
    case adjoint
    /// `vec(L(dX))` as a matrix times vec(dX).
    case vectorization
    case identity
  }

  struct Source: Hashable, Sendable {
    let file: String
    let line: Int
    let text: String
  }
}

/// What may follow `for`.
enum Condition: Sendable {
  case property(Formula, Property)
  /// Can only be reported: of a derivative that is a number as where it is a subgradient, else as a condition.
  case regular(Formula, Regularity)
}

/// What an array has everywhere but at exceptional points.
enum Regularity: String, CaseIterable, Sendable {
  /// The rank does not change near the point.
  case constantRank = "of constant rank"
  case simpleSingularValue = "of simple largest singular value"
  case oneLargestEntry = "of one largest entry"
  case oneSmallestEntry = "of one smallest entry"
}

/// A line that says which property follows.
struct Fact: Sendable {
  let name: String
  let pattern: Formula
  let property: Property
  let conditions: [Condition]
  let source: Rule.Source
  let isEntrywise: Bool
}

/// A `function` block: everything the engine knows of an elementwise function.
struct FunctionDefinition: Sendable {
  let name: String
  let parameters: [Formula]
  /// Its definition by other functions.
  let body: Formula?
  /// One for each parameter (invalid for `none`); empty when the derivative follows from the body.
  let derivatives: [Formula]
  /// Where the derivative does not exist, so that the answer is a subgradient: the zeros of these.
  let kinks: [Formula]
  let conditions: [Condition]
  /// What has to hold for the value to be defined.
  let domain: [Condition]
  let latex: String?
  let source: Rule.Source
}
