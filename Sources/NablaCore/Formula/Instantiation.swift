import NablaTypes

/// The formulas and dimensions bound to a pattern's variables and sizes.
package struct Bindings {
  package var formulas: [(key: Formula, value: Formula)] = []
  var sizes: [(key: String, value: Dimension)] = []
  /// Sizes such as m*n that were matched before m and n; they are checked at the end.
  var pending: [(pattern: Dimension, value: Dimension)] = []

  package init(
    formulas: [(key: Formula, value: Formula)] = [], sizes: [(key: String, value: Dimension)] = [],
    pending: [(pattern: Dimension, value: Dimension)] = []
  ) {
    self.formulas = formulas
    self.sizes = sizes
    self.pending = pending
  }

  package subscript(key: Formula) -> Formula? { formulas.first { $0.key === key }?.value }
  subscript(name: String) -> Dimension? { sizes.first { $0.key == name }?.value }

  /// How much is bound. Matching only adds bindings, so the marks of earlier states undo later ones.
  struct Mark {
    let formulas, sizes, pending: Int
  }

  var mark: Mark { Mark(formulas: formulas.count, sizes: sizes.count, pending: pending.count) }

  /// Removes the bindings added since the mark was made.
  mutating func undo(to mark: Mark) {
    if formulas.count > mark.formulas { formulas.removeLast(formulas.count - mark.formulas) }
    if sizes.count > mark.sizes { sizes.removeLast(sizes.count - mark.sizes) }
    if pending.count > mark.pending { pending.removeLast(pending.count - mark.pending) }
  }

  func fit(_ pattern: Dimension, _ value: Dimension) -> Bool {
    size(pattern) == value
  }
}

extension Bindings {
  /// Replaces the variables of the pattern; `differential` gives the differential of a bound part.
  package func instantiate(
    _ pattern: Formula, entrywise shape: Shape? = nil, fillsShape: Bool = true,
    differential: (Formula) -> Formula = { .differential(of: $0) }
  ) -> Formula {
    let result = build(pattern, shape != nil, differential)
    // A scalar rule applied to arrays: a result that is equal for all entries fills the array.
    if fillsShape, let shape, result.isScalar, !shape.isScalar { return .times([result, .ones(shape)]) }
    return result
  }

  private func build(_ pattern: Formula, _ isEntrywise: Bool, _ differential: (Formula) -> Formula) -> Formula
  {
    if let known = self[pattern] { return known }
    func inner(_ formula: Formula) -> Formula { build(formula, isEntrywise, differential) }
    switch pattern.kind {
    case .number, .constant: return pattern
    case .variable: return .invalid
    case .differential(let of): return differential(inner(of))
    case .dimension(let name): return .dimension(self[name] ?? Dimension(name: name))
    case .zeros: return .zeros(shape(pattern))
    case .ones: return .ones(shape(pattern))
    case .identity: return .identity(size(pattern.shape.rows))
    case .sum(let terms):
      let parts = terms.map(inner)
      if !isEntrywise { return .sum(parts, parts.first?.shape ?? .scalar) }
      return parts.dropFirst().reduce(parts.first ?? .zero) { .adding($0, $1) }
    case .times(let factors): return .times(factors.map(inner))
    case .product(let factors): return .product(factors.map(inner))
    case .power(let base, let exponent): return .power(inner(base), inner(exponent))
    case .inverse(let of): return .inverse(inner(of))
    case .transpose(let of): return inner(of).transposed
    case .apply(.slice(let rows, let columns), let arguments):
      return .slice(inner(arguments[0]), rows: range(rows), columns: range(columns))
    case .apply(.blocks(let height, let width), let arguments):
      let parts = arguments.map(inner)
      return .blockArray((0..<height).map { row in Array(parts[(row * width)..<((row + 1) * width)]) })
    case .apply(let operation, let arguments):
      let parts = arguments.map(inner)
      if isEntrywise || pattern.isEntrywiseScalar {
        return .apply(operation, parts, parts.first { !$0.isScalar }?.shape ?? .scalar)
      }
      return .apply(operation, parts, shape(pattern))
    }
  }

  /// The size with its names replaced.
  private func size(_ dimension: Dimension) -> Dimension {
    if let name = dimension.name { return self[name] ?? dimension }
    if dimension.constant != nil { return dimension }
    return dimension.substituting(Dictionary(uniqueKeysWithValues: sizes.map { ($0.key, $0.value) }))
  }

  private func range(_ pattern: Operation.Range) -> Operation.Range {
    Operation.Range(first: size(pattern.first), last: size(pattern.last))
  }

  private func shape(_ pattern: Formula) -> Shape {
    Shape(size(pattern.shape.rows), size(pattern.shape.columns))
  }
}

extension Formula {
  /// Whether it has only scalar variables and elementwise operations, so that it holds entry by entry.
  var isEntrywiseScalar: Bool {
    nodesChildrenFirst.allSatisfy { node in
      guard node.isScalar else { return false }
      switch node.kind {
      case .number, .constant, .variable, .sum, .times, .power: return true
      case .apply(.elementwise, _): return true
      case .apply, .dimension, .zeros, .ones, .identity, .product, .inverse, .transpose, .differential:
        return false
      }
    }
  }
}
