extension SyntaxTree {
  /// All names in it, including functions but not the indices of its sums.
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

  /// The index, the upper bound if written, and the summand of a sum.
  var indexedSum: (index: String, upper: SyntaxTree?, body: SyntaxTree)? {
    switch kind {
    case .sum(let index, _, _, let upper, let body): (index, upper, body)
    case .call("sum", _, _, let arguments) where arguments.count == 2:
      arguments[0].name.map { ($0, nil, arguments[1]) }
    case .number, .name, .negate, .binary, .transpose, .inverseTranspose, .call, .derivative, .norm, .blocks,
      .entry:
      nil
    }
  }
}
