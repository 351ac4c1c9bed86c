import NablaLanguage

extension Formula: Comparable {
  /// A total order on structure: by kind, then cost, then height, then contents. It never depends on hashes or on time.
  public static func < (a: Formula, b: Formula) -> Bool { compare(a, b) < 0 }

  /// Negative, zero or positive, as a stands before, at or after b.
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

  private static func compareText(_ a: String, _ b: String) -> Int { a == b ? 0 : a < b ? -1 : 1 }

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
      if case .apply(let g, _) = b.kind { return compareText(f.description, g.description) }
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
}
