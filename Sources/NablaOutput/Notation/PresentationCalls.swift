import NablaCore
import NablaTypes

extension Presenter {
  /// An operation with its arguments.
  func applied(_ operation: Operation, _ arguments: [Formula]) -> Piece {
    // adj(X)' reads better than adj(X').
    if case .array(let array) = operation, array.commutesWithTransposition, arguments.count == 1,
      case .transpose(let inner) = arguments[0].kind
    {
      let turned = applied(operation, [inner])
      return Piece(.transpose(turned.layout), key: turned.key + "'")
    }
    // The determinant of a diagonal matrix is the product of its diagonal.
    if case .array(.determinant) = operation,
      case .apply(.array(.diagonalMatrix), let inner) = arguments[0].kind
    {
      let entries = inner.map { piece($0) }
      return named("prod", .call(.named("prod"), entries.map(\.layout)), entries)
    }
    // ‖X*w - y‖ and ‖y - X*w‖ are equal.
    let parts = arguments.map { piece(operation == .array(.norm2) ? clearlyOriented($0) : $0) }
    let layouts = parts.map(\.layout)
    switch operation {
    case .elementwise(let name):
      if arguments.count == 2, let relation = Layout.Relation(operation: name) {
        return comparison(arguments[0], relation, arguments[1])
      }
      if name == "abs", let inner = layouts.first {
        return named(name, .norm(.absolute, inner, isMatrix: arguments[0].shape.isMatrix), parts)
      }
      return named(name, .call(.named(name), layouts), parts)
    case .array(let array):
      if let norm = Layout.Norm(array), let inner = layouts.first {
        return named(norm.rawValue, .norm(norm, inner, isMatrix: arguments[0].shape.isMatrix), parts)
      }
      return named(array.name, .call(.array(array), layouts), parts)
    case .defined(let defined): return named(defined.name, .call(.named(defined.name), layouts), parts)
    case .function(let function, let derivative):
      return named(function.name, .call(.declared(function.name, derivative), layouts), parts)
    case .blocks(_, let columns):
      guard columns > 0 else { return named("", .blocks([layouts]), parts) }
      let rows = stride(from: 0, to: layouts.count, by: columns).map {
        Array(layouts[$0..<min($0 + columns, layouts.count)])
      }
      return named("", .blocks(rows), parts)
    case .slice(let rows, let columns):
      guard let array = arguments.first, let inner = layouts.first else {
        return named("", .name("?"), parts)
      }
      if lowersPlaces, rows.first == rows.last, columns.first == columns.last {
        let base = array.isIdentity ? delta ?? inner : inner
        let places =
          (array.shape.rows.isOne ? [] : [rows.first]) + (array.shape.columns.isOne ? [] : [columns.first])
        // Ordered by subscripts, so that X_ik precedes W_kj.
        let lowered = places.map { piece(.dimension($0)) }
        return Piece(.indexed(base, lowered.map(\.layout)), of: lowered + parts)
      }
      return named("", .slice(inner, subscripts(rows, columns, of: array.shape)), parts)
    case .indexSum(let name, let first, let last):
      guard let inner = layouts.first else { return named("", .name("?"), parts) }
      return named(
        "sum", .indexSum(name, layout(.dimension(first)), layout(.dimension(last)), inner), parts)
    }
  }

  /// The name of the identity's entries: Kronecker's delta, or I if that name is taken.
  private var delta: Layout? {
    ["delta", "I"].first { !usedNames.contains($0) }.map { .name($0) }
  }

  private func named(_ name: String, _ layout: Layout, _ parts: [Piece]) -> Piece {
    Piece(layout, of: [Piece(.one, key: name)] + parts)
  }

  private func comparison(_ a: Formula, _ relation: Layout.Relation, _ b: Formula) -> Piece {
    let (left, right) = (piece(a), piece(b))
    if a.isConstant, !b.isConstant {
      return Piece(.comparison(right.layout, relation.mirrored, left.layout), of: [right, left])
    }
    return Piece(.comparison(left.layout, relation, right.layout), of: [left, right])
  }

  private func subscripts(_ rows: Operation.Range, _ columns: Operation.Range, of shape: Shape) -> [Layout
    .Subscript]
  {
    func one(_ range: Operation.Range, _ size: Dimension) -> Layout.Subscript {
      if range.first == range.last { return .at(layout(.dimension(range.first))) }
      if range.first.isOne, range.last == size { return .all }
      return .range(layout(.dimension(range.first)), layout(.dimension(range.last)))
    }
    if shape.columns.isOne { return [one(rows, shape.rows)] }
    return [one(rows, shape.rows), one(columns, shape.columns)]
  }

  /// The branches of a scalar sum whose terms have an indicator or its complement.
  func branches(of formula: Formula) -> [Layout.Branch]? {
    guard formula.isScalar, !formula.isInvalid else { return nil }
    var chosen: Indicator?
    var values: [Formula] = []
    var others: [Formula] = []
    for term in formula.terms {
      let factors = term.factors
      guard let index = factors.firstIndex(where: { Indicator($0) != nil }),
        let indicator = Indicator(factors[index])
      else { return nil }
      let value = Formula.times(factors.enumerated().filter { $0.offset != index }.map(\.element))
      switch chosen {
      case .none:
        chosen = indicator
        values.append(value)
      case .some(let known):
        if known == indicator {
          values.append(value)
        } else if known == indicator.complement {
          others.append(value)
        } else {
          return nil
        }
      }
    }
    guard let chosen else { return nil }
    let condition = comparison(chosen.left, chosen.isStrict ? .less : .lessOrEqual, chosen.right).layout
    guard case .comparison(let left, let relation, let right) = condition else { return nil }
    let first = Layout.Branch(value: layout(.sum(values, .scalar)), condition: condition)
    let second = Layout.Branch(
      value: layout(.sum(others, .scalar)), condition: .comparison(left, relation.complement, right))
    switch relation {
    case .greater, .greaterOrEqual: return [first, second]
    case .less, .lessOrEqual: return others.isEmpty ? [first, second] : [second, first]
    }
  }

  /// `left < right`, or `left <= right`, as a factor.
  private struct Indicator: Equatable {
    let left: Formula
    let right: Formula
    let isStrict: Bool

    init(left: Formula, right: Formula, isStrict: Bool) {
      self.left = left
      self.right = right
      self.isStrict = isStrict
    }

    init?(_ formula: Formula) {
      guard case .apply(.elementwise(let name), let arguments) = formula.kind else { return nil }
      if name == "step", arguments.count == 1 {
        self.init(left: .zero, right: arguments[0], isStrict: true)
        return
      }
      guard arguments.count == 2, let relation = Layout.Relation(operation: name) else { return nil }
      self.init(left: arguments[0], right: arguments[1], isStrict: relation == .less)
    }

    var complement: Indicator { Indicator(left: right, right: left, isStrict: !isStrict) }
  }
}

extension Layout.Relation {
  /// The relation of an elementwise operation with two arguments.
  init?(operation: String) {
    switch operation {
    case "less": self = .less
    case "lessequal": self = .lessOrEqual
    default: return nil
    }
  }

  /// The same relation read from right to left.
  var mirrored: Layout.Relation {
    switch self {
    case .less: .greater
    case .lessOrEqual: .greaterOrEqual
    case .greater: .less
    case .greaterOrEqual: .lessOrEqual
    }
  }
}

extension Layout.Norm {
  init?(_ operation: ArrayOperation) {
    switch operation {
    case .norm1: self = .one
    case .norm2: self = .two
    case .norminf: self = .infinity
    case .specnorm: self = .spectral
    case .nucnorm: self = .nuclear
    case .trace, .determinant, .logDeterminant, .maximum, .minimum, .dot, .logsumexp, .softmax, .logsoftmax,
      .pseudoInverse, .adjugate, .exponential, .cholesky, .diagonalMatrix, .diagonalVector, .vec, .kron,
      .tril, .triu,
      .commutation, .lowhalf, .argmaxhot, .polar, .leftsv, .rightsv:
      return nil
    }
  }
}

extension Formula {
  /// Whether it contains no variables.
  fileprivate var isConstant: Bool {
    variableBloom == 0 && !containsDifferential && (number != nil || isConstantLeaf)
  }

  private var isConstantLeaf: Bool {
    switch kind {
    case .number, .constant, .zeros, .ones: true
    case .dimension, .variable, .identity, .sum, .times, .product, .power, .inverse, .transpose, .apply,
      .differential:
      false
    }
  }
}
