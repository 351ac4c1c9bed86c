import NablaTypes
import Synchronization

/// The table of all formulas: equal structures are the same object.
/// When the table has doubled, formulas without other owners are swept. Parents are removed before their children, so
/// no release cascades.
private struct Table {
  var nodes: [Formula] = []
  var slots: [Int32] = Array(repeating: -1, count: 4096)
  var sweepAt = 1 << 16
  /// Memo of transposes, so that deep formulas are not transposed again and again.
  var transposes: [Formula: Formula] = [:]

  mutating func intern(_ kind: Formula.Kind, _ shape: Shape, _ hash: UInt64) -> Formula {
    var slot = Int(truncatingIfNeeded: hash & UInt64(slots.count - 1))
    while slots[slot] >= 0 {
      let node = nodes[Int(slots[slot])]
      if node.structuralHash == hash, node.shape == shape, kind.isSame(as: node.kind) { return node }
      slot = (slot + 1) & (slots.count - 1)
    }
    let node = Formula(kind: kind, shape: shape, hash: hash)
    slots[slot] = Int32(truncatingIfNeeded: nodes.count)
    nodes.append(node)
    if nodes.count * 2 > slots.count { rebuild() }
    return node
  }

  private mutating func rebuild() {
    if nodes.count >= sweepAt {
      transposes = [:]
      // Children are created before their parents. Scanning from the end, all users of a node have been examined before
      // it.
      var kept: [Formula] = []
      while var node = nodes.popLast() {
        if !isKnownUniquelyReferenced(&node) { kept.append(node) }
      }
      nodes = kept.reversed()
      sweepAt = max(1 << 16, nodes.count * 2)
    }
    var size = 4096
    while size < nodes.count * 4 { size *= 2 }
    slots = Array(repeating: -1, count: size)
    for (index, node) in nodes.enumerated() {
      var slot = Int(truncatingIfNeeded: node.structuralHash & UInt64(size - 1))
      while slots[slot] >= 0 { slot = (slot + 1) & (size - 1) }
      slots[slot] = Int32(truncatingIfNeeded: index)
    }
  }
}

private let table = Mutex(Table())

extension Formula {
  /// The transpose, pushed to the leaves.
  package var transposed: Formula {
    if isScalar { return self }
    if height < 2 { return computedTranspose }
    if let known = table.withLock({ $0.transposes[self] }) { return known }
    let result = computedTranspose
    // Not the reverse: printers transpose forms that no constructor makes.
    table.withLock { $0.transposes[self] = result }
    return result
  }

  /// The formula of this kind and shape, without canonicalization.
  package static func interned(_ kind: Kind, _ shape: Shape) -> Formula {
    var hash = StructuralHash(kind.rank)
    hash.combine(shape)
    switch kind {
    case .number(let value):
      hash.combine(UInt64(truncatingIfNeeded: value.numerator))
      hash.combine(UInt64(truncatingIfNeeded: value.denominator))
    case .constant(let constant): hash.combine(constant.rawValue)
    case .variable(let variable): hash.combine(variable.hash)
    case .dimension(let name): hash.combine(name)
    case .apply(let operation, _): hash.combine(operation.description)
    case .differential(let inner): hash.combine(inner.structuralHash)
    case .zeros, .ones, .identity, .sum, .times, .product, .power, .inverse, .transpose: break
    }
    kind.forEachChild { hash.combine($0.structuralHash) }
    let value = hash.value
    return table.withLock { $0.intern(kind, shape, value) }
  }
}

extension Formula.Kind {
  /// The root of a formula of this kind: its operation, or its kind.
  var head: UInt64 {
    guard case .apply(let operation, _) = self else { return rank }
    var hash = StructuralHash(rank)
    hash.combine(operation.description)
    return hash.value
  }

  /// A number for each kind, for hashing and ordering.
  var rank: UInt64 {
    switch self {
    case .number: 0
    case .constant: 1
    case .dimension: 2
    case .variable: 3
    case .ones: 4
    case .identity: 5
    case .zeros: 6
    case .transpose: 7
    case .inverse: 8
    case .power: 9
    case .apply: 10
    case .product: 11
    case .times: 12
    case .sum: 13
    case .differential: 14
    }
  }

  /// Equality one level deep; children are already interned.
  func isSame(as other: Formula.Kind) -> Bool {
    guard rank == other.rank else { return false }
    switch self {
    case .number(let a):
      if case .number(let b) = other { return a == b }
    case .constant(let a):
      if case .constant(let b) = other { return a == b }
    case .variable(let a):
      if case .variable(let b) = other { return a == b }
    case .dimension(let a):
      if case .dimension(let b) = other { return a == b }
    case .apply(let f, let a):
      if case .apply(let g, let b) = other { return f == g && a == b }
    case .sum(let a):
      if case .sum(let b) = other { return a == b }
    case .times(let a):
      if case .times(let b) = other { return a == b }
    case .product(let a):
      if case .product(let b) = other { return a == b }
    case .power(let a, let n):
      if case .power(let b, let m) = other { return a === b && n === m }
    case .inverse(let a):
      if case .inverse(let b) = other { return a === b }
    case .transpose(let a):
      if case .transpose(let b) = other { return a === b }
    case .differential(let a):
      if case .differential(let b) = other { return a === b }
    case .zeros, .ones, .identity:
      return true
    }
    return false
  }
}

/// A hash that is the same in every process; Swift's own is seeded.
package struct StructuralHash {
  package private(set) var value: UInt64

  package init(_ seed: UInt64) { value = (seed &+ 1) &* 0x9E37_79B9_7F4A_7C15 }

  package mutating func combine(_ other: UInt64) {
    value = (value ^ other) &* 0xD6E8_FEB8_6659_FD93
    value ^= value >> 32
  }

  package mutating func combine(_ text: String) {
    for byte in text.utf8 { value = (value ^ UInt64(byte)) &* 0x100_0000_01B3 }
    combine(UInt64(text.utf8.count))
  }

  mutating func combine(_ dimension: Dimension) {
    // The two common cases make no arrays of terms.
    if let value = dimension.constant {
      if value != 0 { combine(UInt64(bitPattern: Int64(value))) }
      combine(UInt64(value == 0 ? 0 : 1))
    } else if let name = dimension.name {
      combine(UInt64(1))
      combine(name)
      combine(UInt64(1))
    } else {
      let terms = dimension.terms
      for term in terms {
        combine(UInt64(bitPattern: Int64(term.coefficient)))
        for name in term.names { combine(name) }
      }
      combine(UInt64(terms.count))
    }
  }

  mutating func combine(_ shape: Shape) {
    combine(shape.rows)
    combine(shape.columns)
  }
}

extension Operation: CustomStringConvertible {
  /// Distinguishes operations for hashing, ordering and messages.
  package var description: String {
    switch self {
    case .elementwise(let name): name
    case .array(let operation): operation.rawValue
    case .defined(let operation): operation.name
    case .function(let function, let derivative): "\(function.name)@\(derivative)"
    case .blocks(let rows, let columns): "blocks \(rows) \(columns)"
    case .slice(let rows, let columns): "slice \(rows.first):\(rows.last) \(columns.first):\(columns.last)"
    case .indexSum(let name, let lower, let upper): "sum \(name) \(lower):\(upper)"
    }
  }
}
