import NablaCore
import NablaLanguage
import NablaTypes

/// A formula as arranged for print: order, signs and quotients are fixed, notation is not.
/// It contains no brackets; each notation adds those it needs.
indirect enum Layout: Sendable {
  /// The digits of a nonnegative integer.
  case number(String)
  case name(String)
  /// π or e; shadowed if a variable has its name.
  case constant(Formula.Constant, isShadowed: Bool)
  /// The differential `dX` of the formula inside.
  case differential(Layout)
  /// A constant array with its sizes; an identity whose size can be inferred has none.
  case filled(Fill, [Layout])
  case sum([Term])
  case negative(Layout)
  case product(Joint, [Layout])
  /// A fraction in front of an array, as in `2/n * X'*r`.
  case prefixed(Layout, Layout, isSpaced: Bool)
  case quotient(Layout, Layout)
  case elementwiseQuotient(Layout, Layout)
  case power(Layout, Layout, isElementwise: Bool)
  case root(Layout)
  case transpose(Layout)
  case inverse(Layout)
  case call(Head, [Layout])
  case norm(Norm, Layout, isMatrix: Bool)
  /// The sum of all entries, of each row or of each column.
  case total(Total, Layout, isMatrix: Bool)
  case comparison(Layout, Relation, Layout)
  case blocks([[Layout]])
  case slice(Layout, [Subscript])
  /// An entry with its subscripts: `X_ij`.
  case indexed(Layout, [Layout])
  /// Index, lower bound, upper bound, summand.
  case indexSum(String, Layout, Layout, Layout)
  /// One of two values for each entry, and the same as a sum of indicators.
  case choice(Branch, otherwise: Layout, plain: Layout)
  /// A value by cases, and the same in one formula.
  case cases([Branch], plain: Layout)

  struct Term: Sendable {
    let isNegative: Bool
    let layout: Layout
  }

  struct Branch: Sendable {
    let value: Layout
    let condition: Layout
  }

  enum Fill: Sendable {
    case zeros, ones, identity
  }

  /// How factors are joined: scalars in front of the last factor, a matrix product, or elementwise.
  enum Joint: Sendable {
    case scaling, matrix, elementwise
  }

  enum Head: Sendable {
    case named(String)
    case array(ArrayOperation)
    case declared(String, FunctionDerivative)
  }

  enum Norm: String, Sendable {
    case one = "norm1"
    case two = "norm2"
    case infinity = "norminf"
    case spectral = "specnorm"
    case nuclear = "nucnorm"
    case absolute = "abs"
  }

  enum Total: String, Sendable {
    case all = "sum"
    case rows = "rowsums"
    case columns = "colsums"
  }

  enum Relation: String, Sendable {
    case less = "<"
    case lessOrEqual = "<="
    case greater = ">"
    case greaterOrEqual = ">="

    /// The negation of this relation.
    var complement: Relation {
      switch self {
      case .less: .greaterOrEqual
      case .lessOrEqual: .greater
      case .greater: .lessOrEqual
      case .greaterOrEqual: .less
      }
    }
  }

  enum Subscript: Sendable {
    case all
    case at(Layout)
    case range(Layout, Layout)
  }
}

extension Layout {
  static let one = Layout.number("1")

  /// Several factors joined; a single one alone, and 1 for none.
  static func joined(_ joint: Joint, _ factors: [Layout]) -> Layout {
    switch factors.count {
    case 0: one
    case 1: factors[0]
    default: .product(joint, factors)
    }
  }

  var isNumber: Bool {
    if case .number = self { return true }
    return false
  }

  /// Whether its last operation at the right end is elementwise, so that a quotient after it would mislead.
  var endsElementwise: Bool {
    switch self {
    case .product(.elementwise, _), .elementwiseQuotient: true
    case .product(.scaling, let factors): factors.last?.endsElementwise ?? false
    case .prefixed(_, let rest, _): rest.endsElementwise
    case .product(.matrix, _), .number, .name, .constant, .differential, .filled, .sum, .negative, .quotient,
      .power, .root, .transpose, .inverse, .call, .norm, .total, .comparison, .blocks, .slice, .indexed,
      .indexSum, .choice, .cases:
      false
    }
  }

  /// Whether it is a matrix product or ends in one.
  var endsInMatrixProduct: Bool {
    switch self {
    case .product(.matrix, _): true
    case .product(.scaling, let factors): factors.last?.endsInMatrixProduct ?? false
    case .prefixed(_, let rest, _): rest.endsInMatrixProduct
    case .product(.elementwise, _), .elementwiseQuotient, .number, .name, .constant, .differential, .filled,
      .sum,
      .negative, .quotient, .power, .root, .transpose, .inverse, .call, .norm, .total, .comparison, .blocks,
      .slice, .indexed, .indexSum, .choice, .cases:
      false
    }
  }

  /// Whether it is or ends in an index sum, which in notations without brackets would absorb following terms.
  var endsInIndexSum: Bool {
    switch self {
    case .indexSum: true
    case .product(.scaling, let factors): factors.last?.endsInIndexSum ?? false
    case .prefixed(_, let rest, _): rest.endsInIndexSum
    case .product(.matrix, _), .product(.elementwise, _), .elementwiseQuotient, .number, .name, .constant,
      .differential, .filled, .sum, .negative, .quotient, .power, .root, .transpose, .inverse, .call, .norm,
      .total, .comparison, .blocks, .slice, .indexed, .choice, .cases:
      false
    }
  }

  /// Whether it is a one-letter name or a digit, which may be adjacent to others in a subscript.
  var isShort: Bool {
    switch self {
    case .name(let text): text.count == 1
    case .number, .constant, .differential, .filled, .sum, .negative, .product, .prefixed, .quotient,
      .elementwiseQuotient, .power, .root, .transpose, .inverse, .call, .norm, .total, .comparison, .blocks,
      .slice, .indexed, .indexSum, .choice, .cases:
      false
    }
  }
}
