extension SyntaxTree {
  /// Every name in it, of functions too, but not the indices of its sums.
  var allNames: [String] {
    if let sum = indexedSum {
      return (sum.upper?.allNames ?? []) + sum.body.allNames.filter { $0 != sum.index }
    }
    var result: [String] = []
    switch kind {
    case .name(let name): result = [name]
    case .call(let name, _, _, _), .derivative(_, let name, _, _): result = [name]
    case .number, .negate, .transpose, .inverseTranspose, .norm, .binary, .blocks, .entry, .sum: break
    }
    forEachChild { result += $0.allNames }
    return result
  }
}
