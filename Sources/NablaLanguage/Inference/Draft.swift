import NablaTypes

/// An expression whose shape may still be open, with a way to build its typed form once the shape is known.
final class Draft {
  let tree: SyntaxTree
  let shape: Shape
  let make: (Unifier) -> TypedExpression.Kind

  init(_ tree: SyntaxTree, _ shape: Shape, _ make: @escaping (Unifier) -> TypedExpression.Kind) {
    self.tree = tree
    self.shape = shape
    self.make = make
  }

  /// The typed expression.
  func built(_ unifier: Unifier) -> TypedExpression {
    TypedExpression(make(unifier), shape: unifier.resolve(shape), range: tree.range)
  }
}

/// A condition between shapes, kept while they are too open to decide.
struct Constraint {
  indirect enum Kind {
    case product(Draft, Draft, Shape)
    /// Equal shapes, or a scalar with an array.
    case broadcast(String, Draft, Draft, Shape)
    /// With `isEntrywise` a vector is raised entry by entry.
    case power(Draft, exponent: Int?, exponentText: String, isEntrywise: Bool, Shape)
    case equal(Shape, Shape, Problem.Kindred)
    /// `x·y`, and `x @ y`, where a vector before a matrix is a row.
    case centeredDot(Draft, Draft, isArrayProduct: Bool, Shape)
    /// By a scalar, or by a square matrix.
    case quotient(Draft, Draft, Shape)
    /// Not a matrix, for which this norm has several meanings.
    case vectorNorm(Draft, order: String)
    case diagonal(Draft, Shape)
    case rowwiseReduction(Draft, Shape)
    case oneSubscript(Draft, size: Dimension, length: Dimension, Shape)
    case gradient(Draft, by: Draft, Shape)
    /// The lower bound of a range; `nil` for an index.
    case subscriptBound(index: String, lower: Dimension?, upper: Dimension, size: Dimension, Draft)
    case bars(Bars, Draft, Shape)
  }

  let kind: Kind
  let range: SourceRange
  /// The statement that imposes it.
  let statement: Int
}

extension Problem {
  /// The error to report if two shapes that must be equal are not.
  enum Kindred {
    case sameShape(String, Draft, Draft)
    case square(String, Draft)
    case blocks(isRow: Bool, Draft, Draft)
    case scalar(String, Draft)
    case vector(String, Draft)
    case division(Draft, Draft)
    case exponent(Draft)
    case parameter(String, Shape, Draft)
    case sides(Draft, Draft)
    case `subscript`(String, upper: Dimension, size: Dimension, Draft)
  }
}
