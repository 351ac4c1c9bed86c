import NablaCore

/// Names for repeated parts of answers, as the field has them.
struct PartNames {
  private var taken: Set<String>

  init(taken: Set<String>) { self.taken = taken }

  /// A name for a part that nothing else has.
  mutating func name(of part: Formula) -> String {
    let stem = Self.stem(of: part)
    var name = stem
    var number = 0
    while name == "t" || taken.contains(name) {
      number += 1
      name = "\(stem)\(number)"
    }
    taken.insert(name)
    return name
  }

  /// `p` for probabilities, `h` for activations, `r` for residuals, `K` for inverses; `t` for anything else.
  private static func stem(of part: Formula) -> String {
    let isMatrix = part.shape.isMatrix
    switch part.kind {
    case .apply(.elementwise(let name), _):
      switch name {
      case "sigmoid", "normcdf": return isMatrix ? "P" : "p"
      case "tanh", "relu", "leakyrelu", "elu", "silu", "gelu", "softplus": return isMatrix ? "H" : "h"
      default: return "t"
      }
    case .apply(.array(.softmax), _): return isMatrix ? "S" : "p"
    case .inverse: return "K"
    case .sum(let terms):
      let isDifference = terms.contains { $0.splitCoefficient.0.isNegative }
      return isDifference && !part.isScalar ? (isMatrix ? "R" : "r") : "t"
    case .number, .constant, .variable, .dimension, .zeros, .ones, .identity, .times, .product, .power,
      .transpose, .apply, .differential:
      return "t"
    }
  }
}
