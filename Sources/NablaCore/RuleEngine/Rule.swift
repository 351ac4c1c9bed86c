import NablaLanguage
import NablaTypes

/// One line of `Rules/`: a named identity between two formulas over typed, universally quantified variables.
package final class Rule: Sendable {
  package let name: String
  package let left: Formula
  package let right: Formula
  let arrow: Arrow
  package let conditions: [Condition]
  package let saying: String?
  package let source: Source
  package let table: Table
  /// Its place among all entries.
  let place: Int
  /// All variables are scalars and all operations elementwise: the rule holds entry by entry in arrays too.
  package let isEntrywise: Bool

  init(
    name: String, left: Formula, right: Formula, arrow: Arrow, conditions: [Condition], saying: String?,
    source: Source, table: Table, place: Int, isEntrywise: Bool
  ) {
    self.name = name
    self.left = left
    self.right = right
    self.arrow = arrow
    self.conditions = conditions
    self.saying = saying
    self.source = source
    self.table = table
    self.place = place
    self.isEntrywise = isEntrywise
  }

  enum Arrow: String, Sendable {
    /// Used left to right; makes things simpler.
    case rewrites = "->"
    /// True both ways; tried by the search.
    case equals = "=="
  }

  /// Read off the left side.
  package enum Table: String, CaseIterable, Sendable {
    /// `d(f(X))` is known in dX.
    case differential
    /// `dot(G, L(dX))` with the linear map on the other side.
    case adjoint
    /// `vec(L(dX))` as a matrix times vec(dX).
    case vectorization
    case identity
  }

  package struct Source: Hashable, Sendable {
    package let file: String
    package let line: Int
    package let text: String
    package let nameRange: SourceRange
  }
}

/// What may follow `for`.
package enum Condition: Sendable {
  case property(Formula, Property)
  /// Can only be reported: of a derivative that is a number as where it is a subgradient, else as a condition.
  case regular(Formula, Regularity)
}

/// What an array has everywhere but at exceptional points.
package enum Regularity: String, CaseIterable, Sendable {
  /// The rank does not change near the point.
  case constantRank = "of constant rank"
  case simpleSingularValue = "of simple largest singular value"
  case oneLargestEntry = "of one largest entry"
  case oneSmallestEntry = "of one smallest entry"
}

/// A line that says which property follows.
package final class Fact: Sendable {
  package let name: String
  package let pattern: Formula
  package let property: Property
  package let conditions: [Condition]
  package let source: Rule.Source
  /// Its place among all entries.
  let place: Int
  package let isEntrywise: Bool
  let marks: Marks
  /// What it looks for at the root; nil for what is found everywhere.
  let head: UInt64?

  init(
    name: String, pattern: Formula, property: Property, conditions: [Condition], source: Rule.Source,
    place: Int,
    isEntrywise: Bool
  ) {
    self.name = name
    self.pattern = pattern
    self.property = property
    self.conditions = conditions
    self.source = source
    self.place = place
    self.isEntrywise = isEntrywise
    marks = pattern.marks
    head = pattern.variable == nil ? pattern.head : nil
  }
}

/// What a block says to readers: the name in LaTeX, the letter for a value, the meaning, an example.
package struct About: Sendable {
  package let latex: String?
  package let letter: String?
  package let help: String?
  package let example: String?
}

/// A `function` block: everything the engine knows of an elementwise function.
package struct FunctionDefinition: Sendable {
  package let name: String
  package let parameters: [Formula]
  /// Its definition by other functions.
  package let body: Formula?
  /// One for each parameter (invalid for `none`); empty when the derivative follows from the body.
  package internal(set) var derivatives: [Formula] = []
  /// Where the derivative does not exist, so that the answer is a subgradient: the zeros of these.
  package internal(set) var kinks: [Formula] = []
  package internal(set) var conditions: [Condition] = []
  /// What has to hold for the value to be defined.
  package internal(set) var domain: [Condition] = []
  package let about: About
  package let source: Rule.Source
}

/// An `operation` or `notation` block: an operation on whole arrays.
package struct OperationDefinition: Sendable {
  package let name: String
  package let head: Signature.Head
  package let body: Formula?
  package let kernel: String?
  /// What has to hold for the value to be defined.
  package let domain: [Condition]
  package let parameters: [Formula]
  package let about: About
  package let isNotation: Bool
  package let source: Rule.Source
}
