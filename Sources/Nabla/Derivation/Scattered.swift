import NablaCore

/// Whether the parts of a sum or product also stand in a longer one.
///
/// Sums and products are flat, so a definition h = f + x is no node of its own inside h + g: what is collected at the
/// node h is then not all that depends on h.
struct Scattered {
  private var nodes: [Formula: [Formula]] = [:]

  init(_ formulas: [Formula]) {
    for formula in formulas {
      guard let parts = Self.parts(formula) else { continue }
      for part in Set(parts) { nodes[part, default: []].append(formula) }
    }
  }

  /// Whether another of the formulas has all parts of this one among its own.
  func holdsPartsElsewhere(of formula: Formula) -> Bool {
    guard let parts = Self.parts(formula), let first = parts.first else { return false }
    // A number in front differs from place to place.
    let key = parts.first { $0.number == nil } ?? first
    let own = Set(parts.filter { $0.number == nil })
    return (nodes[key] ?? []).contains { other in
      other !== formula && Set(Self.parts(other) ?? []).isSuperset(of: own)
    }
  }

  /// The terms or factors, with numbers apart from what they multiply.
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
