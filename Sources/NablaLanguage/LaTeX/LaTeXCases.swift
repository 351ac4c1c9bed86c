import NablaTypes

/// Values by cases.
extension LaTeXParser {
  private enum Condition {
    case holds(SyntaxTree)
    /// An equality, and its indicator.
    case equal(SyntaxTree, left: SyntaxTree, right: SyntaxTree)
    case otherwise

    var indicator: SyntaxTree? {
      switch self {
      case .holds(let tree), .equal(let tree, _, _): tree
      case .otherwise: nil
      }
    }
  }

  private struct Branch {
    let value: SyntaxTree
    let condition: Condition
  }

  /// `\begin{cases}`: `where(c, a, b)` if the last case is the remaining one, otherwise each value times the indicator
  /// of its condition where no earlier one holds.
  mutating func cases() throws(Diagnostic) -> SyntaxTree {
    let opening = token
    advance()
    var branches: [Branch] = []
    try inBrackets { parser throws(Diagnostic) in
      while parser.kind != .finish {
        if parser.kind == .end { throw LaTeXProblem.unclosed("\\begin").diagnostic(at: opening.range) }
        if let branch = try parser.branch() { branches.append(branch) }
        guard parser.take(.row) else { break }
      }
    }
    try finish(opening)
    branches = Self.withoutPoints(branches)
    guard let last = branches.last else { throw LaTeXProblem.badCondition.diagnostic(at: opening.range) }
    let conditions = branches.dropLast().compactMap(\.condition.indicator)
    guard conditions.count == branches.count - 1 else {
      throw error(.badCondition, from: opening.range.start)
    }
    if last.condition.indicator == nil {
      var result = last.value
      for (branch, condition) in zip(branches, conditions).reversed() {
        result = try chosen(condition, branch.value, result, from: opening.range.start)
      }
      return result
    }
    var result: SyntaxTree?
    for (index, branch) in branches.enumerated() {
      guard let own = branch.condition.indicator else { continue }
      var term = try make(.binary(.elementwiseMultiply, branch.value, own), from: opening.range.start)
      for other in conditions.prefix(index) where !own.excludes(other) {
        let one = SyntaxTree(.number(1), range: other.range)
        let rest = try make(.binary(.subtract, one, other), from: other.range.start)
        term = try make(.binary(.elementwiseMultiply, term, rest), from: opening.range.start)
      }
      result =
        try result.map { sum throws(Diagnostic) in
          try make(.binary(.add, sum, term), from: opening.range.start)
        } ?? term
    }
    return result ?? last.value
  }

  /// `where(c, a, b)`, or the same with indicators if the condition is an equality.
  private mutating func chosen(
    _ condition: SyntaxTree, _ value: SyntaxTree, _ other: SyntaxTree, from start: Int
  ) throws(Diagnostic) -> SyntaxTree {
    if case .binary(.compare, _, _) = condition.kind {
      return try call("where", [condition, value, other], from: start)
    }
    let rest = try make(
      .binary(.subtract, SyntaxTree(.number(1), range: condition.range), condition), from: start)
    let taken = try make(.binary(.elementwiseMultiply, condition, value), from: start)
    let left = try make(.binary(.elementwiseMultiply, rest, other), from: start)
    return try make(.binary(.add, taken, left), from: start)
  }

  /// Without the cases of single points, where others hold on both sides of them: `x = 0` beside `x > 0`, `x < 0`.
  private static func withoutPoints(_ branches: [Branch]) -> [Branch] {
    branches.filter { branch in
      guard case .equal(_, let left, let right) = branch.condition else { return true }
      let strict = branches.compactMap { other -> Comparison? in
        guard case .holds(let tree) = other.condition,
          case .binary(.compare(let sign), let a, let b) = tree.kind,
          a.spells(left), b.spells(right)
        else { return nil }
        return sign
      }
      return !(strict.contains(.less) && strict.contains(.greater))
    }
  }

  private static let introductions: Set<String> = ["if", "for", "when", "where", "and", "at", "for all"]
  private static let others: Set<String> = ["otherwise", "else", "elsewhere", "Otherwise", "else."]

  /// A line of `cases`; nil if it says in words that there is no value.
  private mutating func branch() throws(Diagnostic) -> Branch? {
    // A value in words, such as `\text{undefined}`, is that of a single point.
    if kind == .word, token.text.contains(" ") || ["undefined", "any", "undef"].contains(token.text) {
      skipLine()
      return nil
    }
    let value = try expression()
    _ = take(.comma)
    guard take(.align) else { throw unexpected(wanted: "`&` and a condition") }
    while kind == .word, Self.introductions.contains(token.text) { advance() }
    if kind == .word, Self.others.contains(token.text) {
      advance()
      _ = take(.dot) || take(.comma)
      return Branch(value: value, condition: .otherwise)
    }
    let condition = try self.condition()
    while kind == .comma || kind == .dot || kind == .semicolon { advance() }
    return Branch(value: value, condition: condition)
  }

  private mutating func condition() throws(Diagnostic) -> Condition {
    let left = try expression()
    guard kind == .equals || token.isCommand("ne") || token.isCommand("neq") else {
      guard case .binary(.compare, _, _) = left.kind else {
        throw LaTeXProblem.badCondition.diagnostic(at: left.range)
      }
      return .holds(left)
    }
    let isEqual = kind == .equals
    advance()
    let right = try expression()
    let start = left.range.start
    let holds: SyntaxTree
    if let a = left.name, let b = right.name, names.freeIndices.contains(a), names.freeIndices.contains(b) {
      let identity = SyntaxTree(.name("I"), range: left.range)
      holds = try make(.entry(identity, [.index(left), .index(right)]), from: start)
    } else {
      let above = try make(.binary(.compare(.greaterOrEqual), left, right), from: start)
      let below = try make(.binary(.compare(.lessOrEqual), left, right), from: start)
      holds = try make(.binary(.elementwiseMultiply, above, below), from: start)
    }
    if isEqual { return .equal(holds, left: left, right: right) }
    let one = SyntaxTree(.number(1), range: left.range)
    return .holds(try make(.binary(.subtract, one, holds), from: start))
  }

  private mutating func skipLine() {
    var depth = 0
    while kind != .end {
      if kind == .begin { depth += 1 }
      if kind == .finish {
        if depth == 0 { return }
        depth -= 1
      }
      if kind == .row, depth == 0 { return }
      advance()
    }
  }
}

extension SyntaxTree {
  /// Whether two comparisons of the same sides plainly never hold together.
  fileprivate func excludes(_ other: SyntaxTree) -> Bool {
    guard case .binary(.compare(let mine), let a, let b) = kind,
      case .binary(.compare(let theirs), let c, let d) = other.kind, a.spells(c), b.spells(d)
    else { return false }
    switch (mine, theirs) {
    case (.less, .greater), (.less, .greaterOrEqual), (.lessOrEqual, .greater), (.greater, .less),
      (.greater, .lessOrEqual), (.greaterOrEqual, .less):
      return true
    case (.less, .less), (.less, .lessOrEqual), (.lessOrEqual, .less), (.lessOrEqual, .lessOrEqual),
      (.lessOrEqual, .greaterOrEqual), (.greater, .greater), (.greater, .greaterOrEqual),
      (.greaterOrEqual, .greater), (.greaterOrEqual, .greaterOrEqual), (.greaterOrEqual, .lessOrEqual):
      return false
    }
  }

  /// Whether two short trees are the same name or number.
  fileprivate func spells(_ other: SyntaxTree) -> Bool {
    switch (kind, other.kind) {
    case (.name(let a), .name(let b)): a == b
    case (.number(let a), .number(let b)): a == b
    case (.entry(let a, let b), .entry(let c, let d)):
      a.spells(c) && b.count == d.count
        && zip(b, d).allSatisfy { pair in
          guard case .index(let i) = pair.0, case .index(let j) = pair.1 else { return false }
          return i.spells(j)
        }
    default: false
    }
  }
}
