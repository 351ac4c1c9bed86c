import NablaCore
import NablaLanguage
import NablaTypes

/// A formula as it stands on paper: order, signs and quotients are decided, spelling is not.
///
/// There are no brackets in it; each notation sets those it needs.
indirect enum Layout: Sendable {
  /// The digits of a whole number that is not negative.
  case number(String)
  case name(String)
  /// π or e; shadowed when a variable bears its name.
  case constant(Formula.Constant, isShadowed: Bool)
  /// The unknown change of what is inside: `dX`.
  case differential(Layout)
  /// An array of one kind of entries by its sizes; an identity whose size can be inferred has none.
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
  /// An entry with its places lowered: `X_ij`.
  case indexed(Layout, [Layout])
  /// Index, first, last, summand.
  case indexSum(String, Layout, Layout, Layout)
  /// A value by cases, and the same without them.
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

  /// How factors are joined: scalars in front of the last factor, a matrix product, entry by entry.
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

    /// The relation that holds exactly where this one does not.
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

  /// Factors side by side; a single one stands alone, none is 1.
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

  /// Whether the last operation at its right end is elementwise, so that a quotient behind it would mislead.
  var endsElementwise: Bool {
    switch self {
    case .product(.elementwise, _), .elementwiseQuotient: true
    case .product(.scaling, let factors): factors.last?.endsElementwise ?? false
    case .prefixed(_, let rest, _): rest.endsElementwise
    case .product(.matrix, _), .number, .name, .constant, .differential, .filled, .sum, .negative, .quotient,
      .power, .root, .transpose, .inverse, .call, .norm, .total, .comparison, .blocks, .slice, .indexed,
      .indexSum,
      .cases:
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
      .slice, .indexed,
      .indexSum, .cases:
      false
    }
  }

  /// Whether it is a sum over an index or ends in one, and so takes in what follows in notations without brackets.
  var endsInIndexSum: Bool {
    switch self {
    case .indexSum: true
    case .product(.scaling, let factors): factors.last?.endsInIndexSum ?? false
    case .prefixed(_, let rest, _): rest.endsInIndexSum
    case .product(.matrix, _), .product(.elementwise, _), .elementwiseQuotient, .number, .name, .constant,
      .differential, .filled, .sum, .negative, .quotient, .power, .root, .transpose, .inverse, .call, .norm,
      .total, .comparison, .blocks, .slice, .indexed, .cases:
      false
    }
  }

  /// Whether it is a name of one letter or a digit, which may stand beside others below a line.
  var isShort: Bool {
    switch self {
    case .name(let text): text.count == 1
    case .number, .constant, .differential, .filled, .sum, .negative, .product, .prefixed, .quotient,
      .elementwiseQuotient, .power, .root, .transpose, .inverse, .call, .norm, .total, .comparison, .blocks,
      .slice, .indexed, .indexSum, .cases:
      false
    }
  }
}
