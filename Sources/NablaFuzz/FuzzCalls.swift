import NablaLanguage
import NablaNumerics
import NablaTypes

extension FuzzGenerator {
  /// A function of the catalogue with a value of this shape.
  mutating func applied(_ shape: Shape, _ depth: Int) -> FuzzTree {
    for _ in 0..<12 {
      guard let (name, signature) = functions.randomElement(using: &random) else { break }
      if let parts = arguments(signature, shape, depth - 1) { return FuzzTree(.call(name), parts, shape) }
    }
    return leaf(shape)
  }

  /// Functions with kinks, or based on singular values or cofactors; sometimes nested.
  mutating func pointed(_ shape: Shape, _ depth: Int) -> FuzzTree {
    let names = [
      "adj", "argmaxhot", "leftsv", "max", "min", "norminf", "polar", "rightsv", "relu", "specnorm",
    ]
    for _ in 0..<4 {
      let name = names.randomElement(using: &random) ?? "max"
      guard let signature = functions.first(where: { $0.name == name })?.signature,
        let parts = arguments(signature, shape, depth - 1)
      else { continue }
      let nested = parts.map { chance(1, in: 2) ? pointed($0.shape, depth - 2) : $0 }
      return FuzzTree(.call(name), depth > 1 ? nested : parts, shape)
    }
    return applied(shape, depth)
  }

  /// Arguments for which a function has this shape; nil if there are none.
  private mutating func arguments(_ signature: Signature, _ shape: Shape, _ depth: Int) -> [FuzzTree]? {
    switch signature.rule {
    case .elementwise, .choice, .trigamma: return entrywise(signature.arity.upperBound, shape, depth)
    case .elementwiseIn(let place):
      return (0..<signature.arity.upperBound).map { index in
        if index == place { return tree(shape, depth) }
        // Orders of derivatives are integers.
        return place == 0
          ? tree(.scalar, depth - 1) : FuzzTree(.leaf("\(random.integer(in: 0...3))"), [], .scalar)
      }
    case .reductionOrElementwise:
      if shape.isScalar, chance(1, in: 2) { return [open(depth)] }
      return entrywise(2, shape, depth)
    case .entryProduct: return shape.isScalar ? [open(depth)] : nil
    case .declared(let head): return arguments(head, shape, depth)
    case .diagonal:
      if shape.isVector { return [tree(Shape(shape.rows, shape.rows), depth)] }
      return shape.isMatrix && shape.isSquare ? [tree(.vector(shape.rows), depth)] : nil
    case .rowwiseReduction:
      if shape.isScalar { return [tree(chance(1, in: 2) ? .vector(several()) : .row(several()), depth)] }
      return shape.isVector ? [tree(Shape(shape.rows, several()), depth)] : nil
    // Leaves of their own kind, and differentials, which occur only in rules.
    case .identity, .ones, .zeros, .fill, .differential, .bars, .openZeros: return nil
    }
  }

  /// Arguments for which a head gives this shape: its sizes follow from the shape, and the others are drawn.
  private mutating func arguments(_ head: Signature.Head, _ shape: Shape, _ depth: Int) -> [FuzzTree]? {
    var sizes: [String: Dimension] = [:]
    for (wanted, size) in [(head.result.rows, shape.rows), (head.result.columns, shape.columns)] {
      // For a size such as m*n, one factor takes all of it.
      for (place, name) in wanted.names.enumerated() where sizes[name] == nil {
        sizes[name] = place == 0 ? size : 1
      }
    }
    guard head.result.substituting(sizes) == shape else { return nil }
    var parts: [FuzzTree] = []
    for parameter in head.parameters {
      guard let wanted = parameter.shape else {
        let size = sizes[parameter.name] ?? self.size()
        sizes[parameter.name] = size
        parts.append(FuzzTree(.leaf("\(size)"), [], .scalar))
        continue
      }
      for name in wanted.rows.names + wanted.columns.names where sizes[name] == nil {
        sizes[name] = several()
      }
      let shape = wanted.substituting(sizes)
      // LaTeX does not support powers of sizes in subscripts.
      if shape.rows.terms.contains(where: { Set($0.names).count < $0.names.count }) { return nil }
      parts.append(tree(shape, depth))
    }
    return parts
  }

  /// Arguments of an elementwise function; some may be scalars.
  private mutating func entrywise(_ count: Int, _ shape: Shape, _ depth: Int) -> [FuzzTree] {
    var parts = (0..<count).map { _ in tree(shape, depth) }
    if count > 1, chance(1, in: 3) { parts[random.integer(in: 0...(count - 1))] = tree(.scalar, depth) }
    return parts
  }
}
