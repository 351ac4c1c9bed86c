import NablaCore

/// Finds sums or products whose parts also occur in longer ones.
/// Sums and products are flat, so a definition h = f + x is not a node inside h + g. The adjoint of the node h then
/// misses what depends on h there.
struct FlattenedOccurrences {
  private var nodes: [Formula: [Formula]] = [:]

  init(_ formulas: [Formula]) {
    for formula in formulas {
      guard let parts = Self.parts(formula) else { continue }
      for part in Set(parts) { nodes[part, default: []].append(formula) }
    }
  }

  /// Whether another of the formulas contains all parts of this one.
  func holdsPartsElsewhere(of formula: Formula) -> Bool {
    guard let parts = Self.parts(formula), let first = parts.first else { return false }
    // Leading numbers differ from place to place.
    let key = parts.first { $0.number == nil } ?? first
    let own = Set(parts.filter { $0.number == nil })
    return (nodes[key] ?? []).contains { other in
      other !== formula && Set(Self.parts(other) ?? []).isSuperset(of: own)
    }
  }

  /// The terms or factors, with numbers separated from the rest.
  private static func parts(_ formula: Formula) -> [Formula]? {
    switch formula.kind {
    case .sum(let terms): terms.map { $0.splitCoefficient.1 }
    case .times(let factors): factors
    case .product(let chain): chain
    case .number, .constant, .variable, .dimension, .zeros, .ones, .identity, .power, .inverse, .transpose,
      .apply, .differential:
      nil
    }
  }
}
