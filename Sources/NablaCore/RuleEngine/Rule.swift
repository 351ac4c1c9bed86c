import NablaLanguage
import NablaTypes

/// One line of `Rules/`: a named identity between two formulas over typed, universally quantified variables.
package final class Rule: Sendable {
  package let name: String
  package let left: Formula
  package let right: Formula
  let arrow: RuleStatement.Arrow
  package let conditions: [Condition]
  /// Conditions on the exact numbers in a stable form.
  package let numbers: [NumberCondition]
  package let saying: String?
  package let source: Source
  package let table: Table
  /// Its position among all entries.
  let place: Int
  /// All variables are scalars and all operations elementwise: the rule also holds entry by entry for arrays.
  package let isEntrywise: Bool

  init(
    name: String, left: Formula, right: Formula, arrow: RuleStatement.Arrow, conditions: [Condition],
    numbers: [NumberCondition],
    saying: String?,
    source: Source, table: Table, place: Int, isEntrywise: Bool
  ) {
    self.name = name
    self.left = left
    self.right = right
    self.arrow = arrow
    self.conditions = conditions
    self.numbers = numbers
    self.saying = saying
    self.source = source
    self.table = table
    self.place = place
    self.isEntrywise = isEntrywise
  }

  /// The kind of rule, determined by its left side, or by the keyword `stable`.
  package enum Table: String, CaseIterable, Sendable {
    /// `d(f(X))` in terms of dX.
    case differential
    /// `dot(G, L(dX))` with the linear map moved to the other side.
    case adjoint
    /// `vec(L(dX))` as a matrix times vec(dX).
    case vectorization
    case identity
    /// A form that programs compute in place of one that overflows or cancels; never used in answers.
    case stable
  }

  /// The name of a stable form in reports: identities may have the same names.
  static func stableName(_ name: String) -> String { name + ".stable" }

  package struct Source: Hashable, Sendable {
    package let file: String
    package let line: Int
    package let text: String
    package let nameRange: SourceRange
  }
}

/// A condition that may follow `for`.
package enum Condition: Sendable {
  case property(Formula, Property)
  /// Never checked, only reported: for a derivative as a condition, or as the points where it is a subgradient.
  case regular(Formula, Regularity)
}

/// A property that an array has except at special points.
package enum Regularity: String, CaseIterable, Sendable {
  /// The rank is locally constant.
  case constantRank = "of constant rank"
  case simpleSingularValue = "of simple largest singular value"
  case oneLargestEntry = "of one largest entry"
  case oneSmallestEntry = "of one smallest entry"

  package func condition(on text: String) -> String {
    switch self {
    case .constantRank: "\(text) has constant rank"
    case .simpleSingularValue: "the largest singular value of \(text) is simple"
    case .oneLargestEntry: "the largest entry of \(text) is unique"
    case .oneSmallestEntry: "the smallest entry of \(text) is unique"
    }
  }

  package func exception(on text: String) -> String {
    switch self {
    case .constantRank: "the rank of \(text) changes"
    case .simpleSingularValue: "the largest singular value of \(text) is not simple"
    case .oneLargestEntry: "the largest entry of \(text) is not unique"
    case .oneSmallestEntry: "the smallest entry of \(text) is not unique"
    }
  }
}

/// A line that derives a property.
package final class Fact: Sendable {
  package let name: String
  package let pattern: Formula
  package let property: Property
  package let conditions: [Condition]
  package let source: Rule.Source
  /// Its position among all entries.
  let place: Int
  package let isEntrywise: Bool
  let marks: Marks
  /// The head of formulas it applies to; `nil` if it applies to any formula.
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
    marks = pattern.patternMarks
    head = !pattern.isVariable ? pattern.head : nil
  }
}

/// The parts of a block for readers: the LaTeX name, the letter for a value, the meaning, an example.
package struct About: Sendable {
  package let latex: String?
  package let letter: String?
  package let help: String?
  package let example: String?
}

/// A `function` block: all that the engine knows about an elementwise function.
package struct FunctionDefinition: Sendable {
  package let name: String
  package let parameters: [Formula]
  /// Its definition in terms of other functions.
  package let body: Formula?
  /// One derivative for each parameter (invalid for `none`); empty if derivatives follow from the body.
  package internal(set) var derivatives: [Formula] = []
  /// Formulas whose zeros are the kinks, where the answer is a subgradient.
  package internal(set) var kinks: [Formula] = []
  package internal(set) var conditions: [Condition] = []
  /// The conditions for the value to be defined.
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
  /// The conditions for the value to be defined.
  package let domain: [Condition]
  package let parameters: [Formula]
  package let about: About
  package let isNotation: Bool
  package let source: Rule.Source
}
