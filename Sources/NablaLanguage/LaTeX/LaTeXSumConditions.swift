import NablaTypes

/// The indices of a sum, their bounds and the conditions on them, as written below and above its sign.
struct SumHead {
  var indices: [LaTeXToken]
  var lower: SyntaxTree?
  var upper: SyntaxTree?
  /// `i < j` and its like, which are 1 or 0 in front of the summand.
  var conditions: [SyntaxTree] = []
  /// The end of its text.
  var end = 0

  var names: [String] { indices.map(\.text) }
}

extension LaTeXParser {
  /// `i < j`, `j \ne i` and `1 \le i < j \le n` in the group that starts here; nil for anything else.
  func sumCondition(_ group: Int) -> SumHead? {
    let parts = tokens[(group + 1)..<max(groupEnd(group), group + 1)]
    var head = SumHead(indices: [])
    var middle = Array(parts)
    if parts.count == 7 {
      guard middle[0].kind == .number, middle[0].text == "1", Self.isAtMost(middle[1]),
        Self.isAtMost(middle[5])
      else { return nil }
      head.upper = operand(middle[6])
      if head.upper == nil { return nil }
      middle = Array(middle[2...4])
    }
    guard middle.count == 3, middle[0].kind == .letter, middle[2].kind == .letter,
      middle[0].text != middle[2].text, let first = operand(middle[0]), let second = operand(middle[2])
    else { return nil }
    head.indices = [middle[0], middle[2]].filter { !bound.contains($0.text) }
    guard !head.indices.isEmpty, let condition = relation(middle[1], first, second) else { return nil }
    head.conditions = [condition]
    // The indices run over the same range.
    if head.indices.count == 1 {
      head.upper = ranges[[middle[0], middle[2]].first { bound.contains($0.text) }?.text ?? ""]
    }
    return head
  }

  /// Replaces bounds in terms of an index of an outer sum, as in `\sum_{j=i+1}^n` and `\sum_{j=1}^i`, by conditions.
  func withConditions(_ head: SumHead) -> SumHead {
    guard head.indices.count == 1, let index = operand(head.indices[0]) else { return head }
    var head = head
    if let lower = head.lower, let (outer, shift) = outerIndex(lower), shift >= 0, shift <= 1 {
      head.lower = nil
      head.conditions.append(comparison(shift == 1 ? .less : .lessOrEqual, outer, index))
    }
    if let upper = head.upper, let (outer, shift) = outerIndex(upper), shift <= 0, shift >= -1 {
      head.upper = outer.name.flatMap { ranges[$0] }
      head.conditions.append(comparison(shift == -1 ? .less : .lessOrEqual, index, outer))
    }
    return head
  }

  /// The index of an outer sum in `i`, `i + 1` or `i - 1`, and the number added to it.
  private func outerIndex(_ tree: SyntaxTree) -> (SyntaxTree, Int)? {
    switch tree.kind {
    case .name(let name) where bound.contains(name): (tree, 0)
    case .binary(.add, let a, let b):
      b.integerLiteral.flatMap { shift in outerIndex(a).map { ($0.0, shift) } }
    case .binary(.subtract, let a, let b):
      b.integerLiteral.flatMap { shift in outerIndex(a).map { ($0.0, -shift) } }
    case .number, .name, .negate, .binary, .transpose, .inverseTranspose, .call, .derivative, .norm, .blocks,
      .entry, .sum:
      nil
    }
  }

  private func operand(_ token: LaTeXToken) -> SyntaxTree? {
    switch token.kind {
    case .letter: SyntaxTree(.name(token.text), range: token.range)
    case .number: Int(token.text).map { SyntaxTree(.number(Rational($0)), range: token.range) }
    case .command, .word, .begin, .finish, .beginGroup, .endGroup, .sub, .sup, .prime, .align, .row, .opening,
      .closing, .bar, .doubleBar, .plus, .minus, .star, .slash, .comma, .semicolon, .colon, .dot, .equals,
      .less,
      .greater, .end, .bad:
      nil
    }
  }

  private static func isAtMost(_ token: LaTeXToken) -> Bool {
    token.kind == .command && LaTeXCommands.comparisons[token.text] == .lessOrEqual
  }

  private func relation(_ sign: LaTeXToken, _ a: SyntaxTree, _ b: SyntaxTree) -> SyntaxTree? {
    if sign.kind == .less { return comparison(.less, a, b) }
    if sign.kind == .greater { return comparison(.less, b, a) }
    guard sign.kind == .command else { return nil }
    if sign.text == "ne" || sign.text == "neq" {
      let (below, above) = (comparison(.less, a, b), comparison(.less, b, a))
      return SyntaxTree(.binary(.add, below, above), range: a.range.joined(with: b.range))
    }
    return LaTeXCommands.comparisons[sign.text].map { comparison($0, a, b) }
  }

  private func comparison(_ comparison: Comparison, _ a: SyntaxTree, _ b: SyntaxTree) -> SyntaxTree {
    SyntaxTree(.binary(.compare(comparison), a, b), range: a.range.joined(with: b.range))
  }
}

extension SyntaxTree {
  /// Whether it has a value at every value of the indices, so that zero times it is zero.
  func isTotal(in indices: [String]) -> Bool {
    switch kind {
    case .number, .name: true
    case .negate(let a), .transpose(let a), .norm(let a): a.isTotal(in: indices)
    case .binary(let operation, let a, let b):
      switch operation {
      case .add, .subtract, .multiply, .elementwiseMultiply, .compare, .centeredDot, .kronecker:
        a.isTotal(in: indices) && b.isTotal(in: indices)
      case .divide: a.isTotal(in: indices) && !b.mentions(indices)
      case .power:
        a.isTotal(in: indices) && b.isTotal(in: indices)
          && (a.name == "e" || b.integerLiteral.map { $0 >= 0 } == true)
      case .elementwiseDivide, .elementwisePower: !mentions(indices)
      }
    case .call(let function, _, _, let arguments):
      Self.totalFunctions.contains(function) && arguments.allSatisfy { $0.isTotal(in: indices) }
        || !mentions(indices)
    case .entry(let array, _): array.isTotal(in: indices)
    case .inverseTranspose, .derivative, .blocks, .sum: !mentions(indices)
    }
  }

  /// Whether a name ends in one of the indices, or is one.
  func mentions(_ indices: [String]) -> Bool {
    if let name { return indices.contains { name == $0 || name.contains("_") && name.hasSuffix($0) } }
    var found = false
    forEachChild { found = found || $0.mentions(indices) }
    return found
  }

  private static let totalFunctions: Set<String> = [
    "exp", "sin", "cos", "tanh", "sinh", "cosh", "atan", "erf", "sigmoid", "softplus", "relu", "abs", "sign",
    "max", "min", "norm1", "norm2", "normF", "dot",
  ]
}
