/// A Bloom filter of the operations in a formula: a pattern with an operation that the formula lacks cannot match it.
/// Arithmetic has a bit for each operation; names may share a bit, so marks prove only absence.
package struct Marks: Hashable, Sendable {
  package private(set) var bits: UInt64

  package init(bits: UInt64 = 0) { self.bits = bits }

  package static let sum = Marks(bits: 1)
  package static let power = Marks(bits: 2)
  /// An elementwise product or a multiple.
  package static let times = Marks(bits: 4)
  package static let product = Marks(bits: 8)
  /// An array of ones, which a sum of entries multiplies.
  package static let ones = Marks(bits: 16)
  private static let arithmetic = 5

  /// The mark of an operation with this name.
  package init(operation name: String) {
    var hash = StructuralHash(0)
    hash.combine(name)
    bits = 1 << (UInt64(Self.arithmetic) + hash.value % UInt64(64 - Self.arithmetic))
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
    case .sum: .sum
    case .times: .times
    case .product: .product
    case .power: .power
    case .ones: .ones
    case .number, .constant, .variable, .dimension, .zeros, .identity, .transpose, .differential:
      Marks()
    }
  }

  /// The mark of the node in a pattern: only what a formula must have for `Matcher` to match it.
  fileprivate var ownPatternMarks: Marks {
    switch self {
    // A multiple of a number matches the rest with the coefficient 1, and a power with any exponent the exponent 1.
    case .times(let factors): factors.count { $0.number == nil && !$0.isAnyNumber } > 1 ? .times : Marks()
    case .power(_, let exponent): exponent.isAnyNumber ? Marks() : .power
    case .number, .constant, .variable, .dimension, .zeros, .ones, .identity, .sum, .product, .inverse,
      .transpose, .differential, .apply:
      ownMarks
    }
  }
}

extension Formula {
  /// The marks that a formula must have to match this pattern, including those inside differentials.
  package var patternMarks: Marks {
    nodesChildrenFirst.reduce(into: Marks()) { found, node in
      if case .differential(let inner) = node.kind {
        found.formUnion(inner.patternMarks)
      } else {
        found.formUnion(node.kind.ownPatternMarks)
      }
    }
  }

  /// Whether it matches every number.
  private var isAnyNumber: Bool { variable?.role == .number }
}
