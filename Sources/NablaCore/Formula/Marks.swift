/// A Bloom filter of the operations in a formula: a pattern with an operation that the formula lacks cannot match it.
/// Names may share a bit, so marks prove only absence.
package struct Marks: Hashable, Sendable {
  package private(set) var bits: UInt64

  package init(bits: UInt64 = 0) { self.bits = bits }

  /// The mark of an operation with this name.
  package init(operation name: String) {
    var hash = StructuralHash(0)
    hash.combine(name)
    bits = 1 << (hash.value >> 58)
  }

  package func isSubset(of other: Marks) -> Bool { bits & ~other.bits == 0 }
  package mutating func formUnion(_ other: Marks) { bits |= other.bits }
  package func union(_ other: Marks) -> Marks { Marks(bits: bits | other.bits) }
}

extension Operation {
  /// The name behind its mark: `diag` for both operations of that name, and one name for blocks of all sizes.
  fileprivate var markName: String {
    switch self {
    case .elementwise(let name): name
    case .array(let operation): operation.name
    case .defined(let operation): operation.name
    case .function(let function, _): function.name
    case .blocks: "[]"
    case .slice: "[:]"
    case .indexSum: "sum"
    }
  }
}

extension Formula.Kind {
  /// The mark of the node alone.
  var ownMarks: Marks {
    switch self {
    case .apply(let operation, _): Marks(operation: operation.markName)
    case .inverse: Marks(operation: "inv")
    case .number, .constant, .variable, .dimension, .zeros, .ones, .identity, .sum, .times, .product, .power,
      .transpose, .differential:
      Marks()
    }
  }
}

extension Formula {
  /// The marks of a pattern, including those inside differentials.
  package var patternMarks: Marks {
    guard containsDifferential else { return marks }
    return nodesChildrenFirst.reduce(marks) { found, node in
      if case .differential(let inner) = node.kind { return found.union(inner.patternMarks) }
      return found
    }
  }
}
