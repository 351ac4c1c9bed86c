import NablaTypes

extension Formula: Comparable {
  /// A total order on structure: by kind, then cost, then height, then contents. It never depends on hashes or time.
  public static func < (a: Formula, b: Formula) -> Bool { compare(a, b) < 0 }

  /// Negative, zero or positive if a sorts before, with or after b.
  static func compare(_ a: Formula, _ b: Formula) -> Int {
    if a === b { return 0 }
    if a.kind.rank != b.kind.rank { return a.kind.rank < b.kind.rank ? -1 : 1 }
    if a.cost != b.cost { return a.cost < b.cost ? -1 : 1 }
    if a.height != b.height { return a.height < b.height ? -1 : 1 }
    let own = compareOwn(a, b)
    if own != 0 { return own }
    let (left, right) = (a.children, b.children)
    for (x, y) in zip(left, right) {
      let order = compare(x, y)
      if order != 0 { return order }
    }
    if left.count != right.count { return left.count < right.count ? -1 : 1 }
    return compareText(a.shape.description, b.shape.description)
  }

  private static func compareText(_ a: String, _ b: String) -> Int {
    if a == b { return 0 }
    return a.precedesByNumber(b) ? -1 : 1
  }

  private static func compareOwn(_ a: Formula, _ b: Formula) -> Int {
    switch a.kind {
    case .number(let x):
      if case .number(let y) = b.kind { return x == y ? 0 : x < y ? -1 : 1 }
    case .constant(let x):
      if case .constant(let y) = b.kind { return compareText(x.rawValue, y.rawValue) }
    case .dimension(let x):
      if case .dimension(let y) = b.kind { return compareText(x, y) }
    case .variable(let x):
      if case .variable(let y) = b.kind { return compareVariables(x, y) }
    case .apply(let f, _):
      if case .apply(let g, _) = b.kind { return f == g ? 0 : compareText(f.description, g.description) }
    case .differential(let x):
      if case .differential(let y) = b.kind { return compare(x, y) }
    case .zeros, .ones, .identity, .sum, .times, .product, .power, .inverse, .transpose:
      break
    }
    return 0
  }

  private static func compareVariables(_ x: Variable, _ y: Variable) -> Int {
    let order = compareText(x.name, y.name)
    if order != 0 { return order }
    if x.role != y.role { return x.role.rawValue < y.role.rawValue ? -1 : 1 }
    return compareText(
      x.properties.sorted().map(\.rawValue).joined(separator: ","),
      y.properties.sorted().map(\.rawValue).joined(separator: ","))
  }

  // MARK: Up to transposition

  /// Whether a sorts before b in an order that ignores transposes.
  static func precedesUpToTransposition(_ a: Formula, _ b: Formula) -> Bool {
    // After this many nodes the formulas count as equal: the trees of shared graphs are enormous.
    var fuel = 400
    return compareUpToTransposition(a, b, &fuel) < 0
  }

  private static func compareUpToTransposition(_ a: Formula, _ b: Formula, _ fuel: inout Int) -> Int {
    let (x, y) = (a.withoutTranspose, b.withoutTranspose)
    if x === y || fuel <= 0 { return 0 }
    fuel -= 1
    if x.kind.rank != y.kind.rank { return x.kind.rank < y.kind.rank ? -1 : 1 }
    let own = compareOwn(x, y)
    if own != 0 { return own }
    return compareUpToTransposition(x.orientedChildren(&fuel), y.orientedChildren(&fuel), &fuel)
  }

  private static func compareUpToTransposition(
    _ left: [Formula], _ right: [Formula], _ fuel: inout Int
  ) -> Int {
    for (x, y) in zip(left, right) {
      let order = compareUpToTransposition(x, y, &fuel)
      if order != 0 { return order }
    }
    return left.count == right.count ? 0 : left.count < right.count ? -1 : 1
  }

  private var withoutTranspose: Formula {
    if case .transpose(let inner) = kind { return inner }
    return self
  }

  /// The children in an order that is the same for the transpose.
  private func orientedChildren(_ fuel: inout Int) -> [Formula] {
    switch kind {
    case .product(let chain):
      let reversed = Array(chain.reversed())
      return Self.compareUpToTransposition(reversed, chain, &fuel) < 0 ? reversed : chain
    case .sum(let parts), .times(let parts):
      var sorted: [Formula] = []
      for part in parts {
        let place = sorted.firstIndex { Self.compareUpToTransposition(part, $0, &fuel) < 0 }
        sorted.insert(part, at: place ?? sorted.endIndex)
      }
      return sorted
    case .number, .constant, .variable, .dimension, .zeros, .ones, .identity, .power, .inverse, .transpose,
      .apply, .differential:
      return children
    }
  }
}

extension String {
  /// Whether it sorts before another text, with runs of digits compared as numbers: A2 before A10.
  package func precedesByNumber(_ other: String) -> Bool {
    let (a, b) = (utf8, other.utf8)
    var (i, j) = (a.startIndex, b.startIndex)
    while i < a.endIndex, j < b.endIndex {
      if a[i].isDigit, b[j].isDigit {
        let x = a[i...].prefix(while: \.isDigit).drop { $0 == UInt8(ascii: "0") }
        let y = b[j...].prefix(while: \.isDigit).drop { $0 == UInt8(ascii: "0") }
        if x.count != y.count { return x.count < y.count }
        if !x.elementsEqual(y) { return x.lexicographicallyPrecedes(y) }
        (i, j) = (x.endIndex, y.endIndex)
      } else {
        if a[i] != b[j] { return a[i] < b[j] }
        (i, j) = (a.index(after: i), b.index(after: j))
      }
    }
    if i == a.endIndex, j == b.endIndex { return self < other }
    return i == a.endIndex
  }
}

extension UInt8 {
  fileprivate var isDigit: Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(self) }
}
