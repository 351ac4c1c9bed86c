import NablaTypes

/// A typed formula: an immutable, interned node of a directed acyclic graph in canonical form.
/// Equal formulas are the same object, so equality is identity. Sums and elementwise products are flat and sorted, like
/// terms are collected, units vanish, and transposes are pushed to the leaves; see `Canonical*.swift`.
public final class Formula: Sendable {
  package let kind: Kind
  /// The direct subformulas; a differential is a leaf.
  package let children: [Formula]
  /// The number of rows and columns.
  public let shape: Shape
  package let isScalar: Bool
  /// Depends only on the structure, never on the process.
  let structuralHash: UInt64
  /// The cost of reading it; see `Cost.swift`.
  package let cost: Int
  /// Nesting depth of round brackets in its printed form.
  let bracketDepth: Int
  /// Length of the longest path to a leaf.
  package let height: Int
  /// One bit for each variable's hash; a cleared bit proves absence.
  package let variableBloom: UInt64
  package let containsDifferential: Bool
  /// The operations in the formula.
  package let marks: Marks
  /// The operation or kind of its root, by which rules are looked up.
  let head: UInt64
  /// Whether an exact number overflowed or shapes did not fit. Such a formula must not leave the engine.
  package let isInvalid: Bool

  /// The closed set of node kinds.
  package enum Kind: Sendable {
    case number(Rational)
    case constant(Constant)
    indirect case variable(Variable)
    /// A dimension's name as a scalar.
    case dimension(String)
    case zeros
    case ones
    case identity
    /// At least two terms of one shape, sorted.
    case sum([Formula])
    /// Elementwise product of scalars and arrays of the node's shape; an exact coefficient comes first.
    case times([Formula])
    /// Matrix product of at least two factors, none of them scalar.
    case product([Formula])
    /// Elementwise power; base and exponent are scalars or have the node's shape.
    case power(Formula, Formula)
    /// Inverse of a square matrix.
    case inverse(Formula)
    /// Transpose of a leaf, or of an operation that transposition does not distribute over.
    case transpose(Formula)
    case apply(Operation, [Formula])
    /// The differential of the formula inside, as an unknown of the same shape.
    case differential(Formula)
  }

  package enum Constant: String, Sendable {
    case pi
    case e

    package var double: Double {
      switch self {
      case .pi: .pi
      case .e: 2.718281828459045
      }
    }
  }

  init(kind: Kind, shape: Shape, hash: UInt64) {
    self.kind = kind
    self.shape = shape
    isScalar = shape.isScalar
    structuralHash = hash
    let children = kind.children
    self.children = children
    (cost, bracketDepth) = Cost.of(kind, shape)
    var height = 0
    var bloom: UInt64 = 0
    var differential = false
    var invalid = false
    var marks = kind.ownMarks
    for child in children {
      height = max(height, child.height + 1)
      marks.formUnion(child.marks)
      bloom |= child.variableBloom
      differential = differential || child.containsDifferential
      invalid = invalid || child.isInvalid
    }
    switch kind {
    case .variable(let variable): bloom = variable.bloom
    case .differential: differential = true
    case .number(let value): invalid = value.isOverflow
    case .constant, .dimension, .zeros, .ones, .identity, .sum, .times, .product, .power, .inverse,
      .transpose, .apply:
      break
    }
    self.height = height
    variableBloom = bloom
    containsDifferential = differential
    isInvalid = invalid
    self.marks = marks
    head = kind.head
  }
}

/// A name with its type, as declared or inferred.
package struct Variable: Hashable, Sendable {
  package let name: String
  public let shape: Shape
  package let properties: Set<Property>
  package var role: Role = .declared

  package init(name: String, shape: Shape, properties: Set<Property>, role: Role = .declared) {
    self.name = name
    self.shape = shape
    self.properties = properties
    self.role = role
  }

  package enum Role: UInt8, Hashable, Sendable {
    /// Part of the user's input.
    case declared
    /// Represents a defined formula and is printed by its name.
    case definition
    /// The bound index of a sum.
    case index
    /// An exact number in the pattern of a rule.
    case number
  }

  var bloom: UInt64 { 1 << (hash & 63) }

  var hash: UInt64 {
    var hash = StructuralHash(UInt64(role.rawValue))
    hash.combine(name)
    hash.combine(shape)
    for property in properties.sorted() { hash.combine(property.rawValue) }
    return hash.value
  }
}

extension Formula: Hashable {
  /// Whether two formulas are the same.
  public static func == (a: Formula, b: Formula) -> Bool { a === b }
  /// Hashes the structure.
  public func hash(into hasher: inout Hasher) { hasher.combine(structuralHash) }
  /// Hashes the structure. The structural hash is well mixed, so hashing it again would only cost time.
  public func _rawHashValue(seed: Int) -> Int { Int(truncatingIfNeeded: structuralHash) ^ seed }
}

extension Formula.Kind {
  /// The direct subformulas; a differential is a leaf.
  var children: [Formula] {
    switch self {
    case .number, .constant, .variable, .dimension, .zeros, .ones, .identity, .differential: []
    case .sum(let parts), .times(let parts), .product(let parts): parts
    case .power(let base, let exponent): [base, exponent]
    case .inverse(let inner), .transpose(let inner): [inner]
    case .apply(_, let arguments): arguments
    }
  }

  /// Calls a function with each direct subformula; makes no array.
  func forEachChild(_ body: (Formula) -> Void) {
    switch self {
    case .number, .constant, .variable, .dimension, .zeros, .ones, .identity, .differential: break
    case .sum(let parts), .times(let parts), .product(let parts), .apply(_, let parts):
      for part in parts { body(part) }
    case .power(let base, let exponent):
      body(base)
      body(exponent)
    case .inverse(let inner), .transpose(let inner): body(inner)
    }
  }
}

extension Formula {
  package var number: Rational? {
    if case .number(let value) = kind { return value }
    return nil
  }

  package var isZero: Bool {
    switch kind {
    case .zeros: true
    case .number(let value): value.isZero
    case .constant, .variable, .dimension, .ones, .identity, .sum, .times, .product, .power, .inverse,
      .transpose, .apply, .differential:
      false
    }
  }

  package var isOne: Bool { number?.isOne ?? false }
  package var isOnes: Bool {
    if case .ones = kind { return true }
    return false
  }

  package var isIdentity: Bool {
    if case .identity = kind { return true }
    return false
  }

  /// Whether it is a name; cheaper than `variable`.
  var isVariable: Bool {
    if case .variable = kind { return true }
    return false
  }

  package var variable: Variable? {
    if case .variable(let variable) = kind { return variable }
    return nil
  }

  /// The terms of a sum; any other formula is its own only term.
  package var terms: [Formula] {
    if case .sum(let terms) = kind { return terms }
    return [self]
  }

  /// The factors of an elementwise product; any other formula is its own only factor.
  package var factors: [Formula] {
    if case .times(let factors) = kind { return factors }
    return [self]
  }

  /// The factors of a matrix product; any other formula is its own only factor.
  package var chain: [Formula] {
    if case .product(let factors) = kind { return factors }
    return [self]
  }

  /// The exact coefficient.
  package var coefficient: Rational {
    if let number { return number }
    if case .times(let factors) = kind, let number = factors.first?.number { return number }
    return 1
  }

  /// Whether the formula is a number, or an array with one number in every entry.
  package var isNumeric: Bool {
    switch kind {
    case .number, .ones: true
    case .times(let factors): factors.count == 2 && factors[0].number != nil && factors[1].isOnes
    case .constant, .variable, .dimension, .zeros, .identity, .sum, .product, .power, .inverse, .transpose,
      .apply, .differential:
      false
    }
  }

  /// The exact coefficient, and the rest with coefficient 1.
  package var splitCoefficient: (Rational, Formula) {
    switch kind {
    case .number(let value):
      return (value, .one)
    case .times(let factors):
      guard let first = factors.first, let value = first.number else { return (1, self) }
      return (value, factors.count == 2 ? factors[1] : .uncheckedTimes(Array(factors.dropFirst()), shape))
    case .constant, .variable, .dimension, .zeros, .ones, .identity, .sum, .product, .power, .inverse,
      .transpose, .apply, .differential:
      return (1, self)
    }
  }

  /// The scalar factors, and the array factor (`nil` for a scalar).
  package var splitScalars: (scalars: [Formula], array: Formula?) {
    if isScalar { return (factors, nil) }
    guard case .times(let factors) = kind, factors.contains(where: \.isScalar) else { return ([], self) }
    if factors.count == 2, !factors[1].isScalar { return ([factors[0]], factors[1]) }
    let scalars = factors.filter(\.isScalar)
    let arrays = factors.filter { !$0.isScalar }
    return (scalars, arrays.count == 1 ? arrays[0] : .uncheckedTimes(arrays, shape))
  }

  /// Whether the variable occurs in the formula. Walks each shared node once.
  package func contains(_ variable: Formula) -> Bool {
    if variableBloom & variable.variableBloom == 0, variable.isVariable { return false }
    var seen: Set<Formula> = []
    var open = [self]
    while let next = open.popLast() {
      if next === variable { return true }
      guard seen.insert(next).inserted else { continue }
      for child in next.children
      where !variable.isVariable || child.variableBloom & variable.variableBloom != 0 {
        open.append(child)
      }
    }
    return false
  }

  /// Every node once, children before parents.
  package var nodesChildrenFirst: [Formula] { nodes { _ in false } }

  /// Every node once, children before parents. Omits known nodes with everything below them, and everything below
  /// closed nodes.
  package func nodes(
    without isKnown: (Formula) -> Bool, closing isClosed: (Formula) -> Bool = { _ in false }
  ) -> [Formula] {
    if children.isEmpty { return isKnown(self) ? [] : [self] }
    var result: [Formula] = []
    var done = FormulaSet()
    var stack: [(Formula, Bool)] = [(self, false)]
    while let (node, expanded) = stack.popLast() {
      if expanded {
        result.append(node)
      } else if !isKnown(node), done.insert(node) {
        if node.children.isEmpty || isClosed(node) {
          result.append(node)
          continue
        }
        stack.append((node, true))
        for child in node.children.reversed() where !done.contains(child) { stack.append((child, false)) }
      }
    }
    return result
  }

  /// The variables in the formula, in structural order.
  package var variables: [Formula] {
    nodesChildrenFirst.filter { $0.isVariable }.sorted(by: <)
  }
}
