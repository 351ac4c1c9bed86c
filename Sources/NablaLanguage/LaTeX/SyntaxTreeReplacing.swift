extension SyntaxTree {
  /// This tree with other trees substituted for names; bound indices that clash are renamed.
  func replacing(
    _ trees: [String: SyntaxTree], avoiding avoided: Set<String> = [], at range: SourceRange? = nil
  )
    -> SyntaxTree
  {
    func inner(_ tree: SyntaxTree) -> SyntaxTree { tree.replacing(trees, avoiding: avoided, at: range) }
    let place = range ?? self.range
    switch kind {
    case .name(let name): return trees[name] ?? SyntaxTree(kind, range: place)
    case .number: return SyntaxTree(kind, range: place)
    case .negate(let a): return SyntaxTree(.negate(inner(a)), range: place)
    case .transpose(let a): return SyntaxTree(.transpose(inner(a)), range: place)
    case .inverseTranspose(let a): return SyntaxTree(.inverseTranspose(inner(a)), range: place)
    case .norm(let a): return SyntaxTree(.norm(inner(a)), range: place)
    case .binary(let operation, let a, let b):
      return SyntaxTree(.binary(operation, inner(a), inner(b)), range: place)
    case .call("sum", let nameRange, let isGreek, let arguments) where arguments.count == 2:
      guard let index = arguments[0].name else { break }
      let (name, renamed) = fresh(index, arguments[1], trees, avoided)
      let head = SyntaxTree(.name(name), range: range ?? arguments[0].range)
      let body = arguments[1].replacing(renamed, avoiding: avoided.union([name]), at: range)
      return SyntaxTree(
        .call("sum", nameRange: range ?? nameRange, isGreekLetter: isGreek, [head, body]), range: place)
    case .call: break
    case .derivative(let derivative, let name, let nameRange, let arguments):
      return SyntaxTree(
        .derivative(derivative, of: name, nameRange: range ?? nameRange, arguments.map(inner)), range: place)
    case .blocks(let rows): return SyntaxTree(.blocks(rows.map { $0.map(inner) }), range: place)
    case .entry(let array, let subscripts):
      let parts = subscripts.map { part -> SubscriptTree in
        switch part {
        case .index(let tree): .index(inner(tree))
        case .range(let a, let b): .range(inner(a), inner(b))
        case .all(let all): .all(range ?? all)
        }
      }
      return SyntaxTree(.entry(inner(array), parts), range: place)
    case .sum(let index, let indexRange, let lower, let upper, let body):
      let (name, renamed) = fresh(index, body, trees, avoided)
      return SyntaxTree(
        .sum(
          index: name, indexRange: range ?? indexRange, lower: inner(lower), upper: inner(upper),
          body.replacing(renamed, avoiding: avoided.union([name]), at: range)), range: place)
    }
    guard case .call(let name, let nameRange, let isGreek, let arguments) = kind else { return self }
    return SyntaxTree(
      .call(name, nameRange: range ?? nameRange, isGreekLetter: isGreek, arguments.map(inner)), range: place)
  }

  /// The name of a sum's index in the result, and the substitutions for its body.
  private func fresh(
    _ index: String, _ body: SyntaxTree, _ trees: [String: SyntaxTree], _ avoided: Set<String>
  )
    -> (String, [String: SyntaxTree])
  {
    var inside = trees
    inside[index] = nil
    guard avoided.contains(index) else { return (index, inside) }
    let taken = avoided.union(body.freeNames)
    let name = (1...).lazy.map { index + "_\($0)" }.first { !taken.contains($0) } ?? index
    inside[index] = SyntaxTree(.name(name), range: range)
    return (name, inside)
  }
}
