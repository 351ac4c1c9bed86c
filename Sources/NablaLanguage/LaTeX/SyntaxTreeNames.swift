extension SyntaxTree {
  /// Every name in it, of functions too.
  var allNames: [String] {
    var result: [String] = []
    switch kind {
    case .name(let name): result = [name]
    case .call(let name, _, _, _), .derivative(_, let name, _, _): result = [name]
    case .number, .negate, .transpose, .inverseTranspose, .norm, .binary, .blocks, .entry: break
    case .sum(_, _, _, let upper, _): result = upper.freeNames
    }
    forEachChild { result += $0.allNames }
    return result
  }
}
