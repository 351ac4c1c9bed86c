import NablaCore
import NablaTypes

extension Presenter {
  /// An operation with its arguments.
  func applied(_ operation: Operation, _ arguments: [Formula]) -> Piece {
    // adj(X)' reads better than adj(X').
    if case .array(let array) = operation, array.commutesWithTransposition, arguments.count == 1,
      case .transpose(let inner) = arguments[0].kind
    {
      let transposed = applied(operation, [inner])
      return Piece(.transpose(transposed.layout), key: transposed.key + "'")
    }
    if case .array(.kron) = operation { return kronecker(arguments) }
    // The determinant of a diagonal matrix is the product of its diagonal.
    if case .array(.determinant) = operation,
      case .apply(.array(.diagonalMatrix), let inner) = arguments[0].kind
    {
      let entries = inner.map { piece($0) }
      return named("prod", .call(.named("prod"), entries.map(\.layout)), entries)
    }
    // ‖X*w - y‖ and ‖y - X*w‖ are equal.
    let parts = arguments.map { piece(operation.isEven ? oriented($0) : $0) }
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

  /// A Kronecker product; rows, and a product of transposed factors, are transposed as a whole: kron((A*X)', B).
  private func kronecker(_ sides: [Formula]) -> Piece {
    if sides.allSatisfy({ $0.shape.isRow && !$0.isScalar }) {
      let inner = kronecker(sides.map(\.transposed))
      return Piece(.transpose(inner.layout), key: inner.key + "'")
    }
    let parts = sides.map { side in
      let turn = turn(of: side)
      guard case .product = side.kind, turn.transposed == 0, turn.here > 1 else { return piece(side) }
      let inner = piece(side.transposed)
      return Piece(.transpose(inner.layout), key: inner.key + "'")
    }
    return named("kron", .call(.array(.kron), parts.map(\.layout)), parts)
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
    guard formula.isScalar, let choice = Choice(formula), choice.common.isEmpty else { return nil }
    let others = choice.otherwise
    let condition = condition(of: choice)
    guard case .comparison(let left, let relation, let right) = condition else { return nil }
    let first = Layout.Branch(value: layout(.sum(choice.chosen, .scalar)), condition: condition)
    let second = Layout.Branch(
      value: layout(.sum(others, .scalar)), condition: .comparison(left, relation.complement, right))
    switch relation {
    case .greater, .greaterOrEqual: return [first, second]
    case .less, .lessOrEqual: return others.isEmpty ? [first, second] : [second, first]
    }
  }

  /// A value with two branches as `where(x > 0, a, b)`, if that is shorter than its indicators.
  func choice(of formula: Formula, plain: Layout) -> Layout? {
    // A comparison of two numbers is not a choice.
    guard !lowersPlaces, let choice = Choice(formula)?.strict,
      choice.indicator.left.number == nil || choice.indicator.right.number == nil,
      !choice.otherwise.isEmpty || !choice.common.isEmpty
    else { return nil }
    let chosen = Formula.sum(choice.chosen + choice.common, formula.shape)
    let otherwise = Formula.sum(choice.otherwise + choice.common, formula.shape)
    if chosen.isInvalid || otherwise.isInvalid { return nil }
    let comparison = Cost.call + choice.indicator.left.cost + choice.indicator.right.cost
    let values = [chosen, otherwise].map { $0.uniformValue ?? $0 }
    guard comparison + values[0].cost + values[1].cost + Cost.call < formula.cost else { return nil }
    return .choice(
      Layout.Branch(value: layout(values[0]), condition: condition(of: choice)), otherwise: layout(values[1]),
      plain: plain)
  }

  /// The piece with its two values, if that is shorter.
  func chosen(_ formula: Formula, _ plain: Piece) -> Piece {
    choice(of: formula, plain: plain.layout).map { Piece($0, key: plain.key) } ?? plain
  }

  private func condition(of choice: Choice) -> Layout {
    let indicator = choice.indicator
    return comparison(indicator.left, indicator.isStrict ? .less : .lessOrEqual, indicator.right).layout
  }

  /// A sum by the terms that count where something is less, elsewhere, and everywhere.
  private struct Choice {
    var indicator: Indicator
    var chosen: [Formula] = []
    var otherwise: [Formula] = []
    var common: [Formula] = []

    /// Nil where no term has an indicator.
    init?(_ formula: Formula) {
      if formula.isInvalid || formula.terms.count > 8 { return nil }
      let terms = formula.terms.flatMap(Self.distributed)
      let indicators = terms.lazy.flatMap(\.factors).filter { $0.shape == formula.shape }
        .compactMap { Indicator($0) }
      guard let first = indicators.first else { return nil }
      indicator = first
      for term in terms {
        if let value = Self.value(of: term, where: first, formula.shape) {
          chosen.append(value)
        } else if let value = Self.value(of: term, where: first.complement, formula.shape) {
          otherwise.append(value)
        } else {
          common.append(term)
        }
      }
    }

    /// The same with an indicator of `<` or `>`.
    var strict: Choice {
      if indicator.isStrict { return self }
      var other = self
      other.indicator = indicator.complement
      (other.chosen, other.otherwise) = (otherwise, chosen)
      return other
    }

    /// The value of a term where a condition holds, if it is zero elsewhere.
    private static func value(of term: Formula, where indicator: Indicator, _ shape: Shape) -> Formula? {
      var factors = term.factors
      for (place, factor) in factors.enumerated() where factor.shape == shape {
        guard let value = indicator.value(of: factor) else { continue }
        factors[place] = value
        let product = Formula.times(factors)
        return product.shape == shape ? product : .times([product, .ones(shape)])
      }
      return nil
    }

    /// The terms of a product with a sum in which indicators are.
    private static func distributed(_ term: Formula) -> [Formula] {
      let factors = term.factors
      let place = factors.firstIndex { factor in
        guard case .sum(let terms) = factor.kind, terms.count <= 4 else { return false }
        return terms.contains { $0.factors.contains { Indicator($0) != nil } }
      }
      guard let place else { return [term] }
      return factors[place].terms.map { part in
        var others = factors
        others[place] = part
        return .times(others)
      }
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

    /// The value of a factor where this holds, if it is zero elsewhere.
    func value(of factor: Formula) -> Formula? {
      if Indicator(factor) == self { return .one }
      switch factor.kind {
      case .apply(.elementwise("relu"), let arguments):
        return isStrict && left.isZero && right === arguments[0] ? right : nil
      case .power(let base, let exponent):
        return value(of: base).map { .power($0, exponent) }
      case .number, .constant, .variable, .dimension, .zeros, .ones, .identity, .sum, .times, .product,
        .inverse, .transpose, .apply, .differential:
        return nil
      }
    }
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

extension Operation {
  /// Whether a sum and its opposite have one value.
  fileprivate var isEven: Bool {
    switch self {
    case .array(.norm1), .array(.norm2), .array(.norminf), .elementwise("abs"): true
    case .array, .elementwise, .defined, .function, .blocks, .slice, .indexSum: false
    }
  }
}
