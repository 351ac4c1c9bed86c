import NablaTypes

/// Makes sizes equal by assigning values to open ones; declared names are kept.
struct Unifier {
  enum Outcome { case equal, different, later }
  enum Size { case one, many, open }

  private var bindings: [String: Dimension] = [:]
  /// The open sizes known to differ from 1.
  private var many: Set<String> = []
  private var count = 0
  /// The assignments in order.
  private var trail: [Change] = []
  /// The statement that new sizes belong to, and the first size of each statement.
  var statement = 0
  private var starts: [(count: Int, statement: Int)] = []

  enum Change {
    case bound(String)
    case many(String)
  }

  /// A state that `undo` can return to.
  struct Mark {
    fileprivate let changes: Int
    fileprivate let count: Int
  }

  var mark: Mark { Mark(changes: trail.count, count: count) }

  /// Reverts the changes since a mark.
  mutating func undo(to mark: Mark) {
    while trail.count > mark.changes, let change = trail.popLast() {
      switch change {
      case .bound(let name): bindings[name] = nil
      case .many(let name): many.remove(name)
      }
    }
    count = mark.count
    while let start = starts.last, start.count > count { starts.removeLast() }
  }

  private mutating func noteMany(_ name: String) {
    if many.insert(name).inserted { trail.append(.many(name)) }
  }

  /// A new open size.
  mutating func fresh(many isMany: Bool = false) -> Dimension {
    count += 1
    if starts.last?.statement != statement { starts.append((count, statement)) }
    let name = "?\(count)"
    if isMany { noteMany(name) }
    return Dimension(name: name)
  }

  // MARK: Parts

  /// Calls `body` with every assignment and the statement that its size belongs to.
  func forEachChange(_ body: (Change, Int) -> Void) {
    for change in trail {
      switch change {
      case .bound(let name), .many(let name): body(change, owner(of: name))
      }
    }
  }

  private func owner(of name: String) -> Int {
    let number = Int(name.dropFirst()) ?? 0
    var (low, high) = (0, starts.count)
    while low < high {
      let middle = (low + high) / 2
      if starts[middle].count <= number { low = middle + 1 } else { high = middle }
    }
    return low == 0 ? 0 : starts[low - 1].statement
  }

  /// Repeats an assignment of another unifier, unless it is known.
  mutating func `repeat`(_ change: Change, of other: Unifier) {
    switch change {
    case .bound(let name):
      guard bindings[name] == nil, let value = other.bindings[name] else { return }
      bindings[name] = value
      trail.append(change)
    case .many(let name): noteMany(name)
    }
  }

  /// Repeats all assignments of another unifier.
  mutating func adopt(_ other: Unifier) {
    skipNames(of: other)
    for change in other.trail { self.repeat(change, of: other) }
  }

  /// Makes new sizes differ from those of another unifier.
  mutating func skipNames(of other: Unifier) { count = max(count, other.count) }

  static func isOpen(_ name: String) -> Bool { name.utf8.first == UInt8(ascii: "?") }

  /// The size with all known values substituted.
  func resolve(_ size: Dimension) -> Dimension {
    if bindings.isEmpty { return size }
    var sums: [String: Dimension] = [:]
    return resolve(size, &sums)
  }

  /// `sums` has the values of the names found so far that are not names or numbers themselves: without it, sums of sums
  /// would take time exponential in their depth.
  private func resolve(_ size: Dimension, _ sums: inout [String: Dimension]) -> Dimension {
    if let name = size.name { return Self.isOpen(name) ? value(of: name, &sums) ?? size : size }
    if size.constant != nil { return size }
    var values: [String: Dimension] = [:]
    for term in size.terms {
      for name in term.names where Self.isOpen(name) && values[name] == nil {
        values[name] = value(of: name, &sums)
      }
    }
    return values.isEmpty ? size : size.substituting(values)
  }

  /// The value of an open size with all known values substituted; `nil` if it has none.
  private func value(of name: String, _ sums: inout [String: Dimension]) -> Dimension? {
    guard let value = bindings[name] else { return nil }
    if value.name != nil || value.constant != nil { return resolve(value, &sums) }
    if let known = sums[name] { return known }
    let result = resolve(value, &sums)
    sums[name] = result
    return result
  }

  func resolve(_ shape: Shape) -> Shape { Shape(resolve(shape.rows), resolve(shape.columns)) }

  /// Whether a size is 1; any other number and any name counts as many.
  func size(_ unresolved: Dimension) -> Size {
    var known = unresolved
    while let name = known.name {
      if !Self.isOpen(name) { return .many }
      guard let value = bindings[name] else { return many.contains(name) ? .many : .open }
      known = value
    }
    if let number = known.constant { return number == 1 ? .one : .many }
    // Every size is at least 1, so a sum is more.
    if known.terms.count > 1, known.terms.allSatisfy({ $0.coefficient > 0 }) { return .many }
    let size = resolve(known)
    if size.isOne { return .one }
    if let name = size.name, Self.isOpen(name), !many.contains(name) { return .open }
    return size.names.allSatisfy(Self.isOpen) && size.names.count > 0 && size.name == nil
      ? sizeOfProduct(size) : .many
  }

  private func sizeOfProduct(_ size: Dimension) -> Size {
    guard size.terms.count == 1, size.terms[0].coefficient == 1 else { return .many }
    return size.terms[0].names.contains { many.contains($0) } ? .many : .open
  }

  /// Requires that a size differs from 1; returns false if it is 1.
  mutating func requireMany(_ unresolved: Dimension) -> Bool {
    let size = resolve(unresolved)
    if size.isOne { return false }
    if let name = size.name, Self.isOpen(name) { noteMany(name) }
    return true
  }

  mutating func unify(_ a: Shape, _ b: Shape) -> Outcome {
    let rows = unify(a.rows, b.rows)
    if rows == .different { return .different }
    let columns = unify(a.columns, b.columns)
    if columns == .different { return .different }
    return rows == .later || columns == .later ? .later : .equal
  }

  mutating func unify(_ unresolvedA: Dimension, _ unresolvedB: Dimension) -> Outcome {
    if unresolvedA == unresolvedB { return .equal }
    let a = resolve(unresolvedA)
    let b = resolve(unresolvedB)
    if a == b { return .equal }
    if let name = a.name, Self.isOpen(name), !b.mentions(name) {
      return bind(name, b) ? .equal : .different
    }
    if let name = b.name, Self.isOpen(name), !a.mentions(name) {
      return bind(name, a) ? .equal : .different
    }
    let difference = Self.reduced(a - b)
    if !difference.names.contains(where: Self.isOpen) { return .different }
    guard let open = Self.solvable(difference) else { return .later }
    let rest = difference - Dimension(open.coefficient) * Dimension(name: open.name)
    let value = open.coefficient > 0 ? Dimension(0) - rest : rest
    return bind(open.name, value) ? .equal : .different
  }

  private mutating func bind(_ name: String, _ value: Dimension) -> Bool {
    if !value.isPossibleSize { return false }
    if many.contains(name), !requireMany(value) { return false }
    bindings[name] = value
    trail.append(.bound(name))
    return true
  }

  /// The polynomial without the common factors of its terms.
  private static func reduced(_ difference: Dimension) -> Dimension {
    guard let first = difference.terms.first else { return difference }
    var divisor = 0
    for term in difference.terms {
      var (x, y) = (divisor.magnitude, term.coefficient.magnitude)
      while y != 0 { (x, y) = (y, x % y) }
      divisor = Int(clamping: x)
    }
    var shared = first.names
    for term in difference.terms.dropFirst() {
      var left = term.names
      shared = shared.filter { name in
        guard let place = left.firstIndex(of: name) else { return false }
        left.remove(at: place)
        return true
      }
    }
    if shared.isEmpty && divisor <= 1 { return difference }
    var result = Dimension(0)
    for term in difference.terms {
      var names = term.names
      for name in shared { if let place = names.firstIndex(of: name) { names.remove(at: place) } }
      result = result + names.reduce(Dimension(term.coefficient / divisor)) { $0 * Dimension(name: $1) }
    }
    return result
  }

  /// The oldest open name that occurs once, alone, with coefficient 1 or -1.
  private static func solvable(_ difference: Dimension) -> (name: String, coefficient: Int)? {
    let candidates = difference.terms.filter { term in
      guard term.names.count == 1, term.coefficient.magnitude == 1, isOpen(term.names[0]) else {
        return false
      }
      return difference.terms.count { $0.names.contains(term.names[0]) } == 1
    }
    let oldest = candidates.min {
      ($0.names[0].utf8.count, $0.names[0]) < ($1.names[0].utf8.count, $1.names[0])
    }
    return oldest.map { ($0.names[0], $0.coefficient) }
  }
}
