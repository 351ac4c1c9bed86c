import NablaTypes

/// Letters in a font, constant arrays, indicators, matrices and cases.
extension LaTeXParser {
  /// `\mathbf{x}`, `\mathbf 1_n`, `\mathbb{1}[x > 0]`, `\mathbf{Ax}`.
  mutating func inFont() throws(Diagnostic) -> SyntaxTree {
    let start = token.range.start
    let font = token.text
    let isGroup = token(1).kind == .beginGroup
    let inner = token(isGroup ? 2 : 1)
    let isAlone = !isGroup || token(3).kind == .endGroup
    if isAlone, inner.kind == .number, inner.text == "1" || inner.text == "0" {
      position += isGroup ? 4 : 2
      if inner.text == "1", let indicator = try indicator(from: start) { return indicator }
      return try filled(inner.text == "1" ? "ones" : "zeros", from: start)
    }
    if font == "mathbb" || font == "mathbbm", isAlone, inner.text == "I" {
      position += isGroup ? 4 : 2
      if let indicator = try indicator(from: start) { return indicator }
      return try named(Base(name: "I", start: start), from: start)
    }
    if isAlone || LaTeXCommands.accents[inner.text] != nil || inner.kind == .word {
      return try nameOrCall()
    }
    advance()
    return try argument()
  }

  /// `[x > 0]`, `\{x > 0\}`, `(x > 0)` or `_{x > 0}` after a 1; `nil` if no comparison follows.
  private mutating func indicator(from start: Int) throws(Diagnostic) -> SyntaxTree? {
    let isLowered = kind == .sub && token(1).kind == .beginGroup
    guard isLowered || kind == .opening else { return nil }
    let first = isLowered ? position + 1 : position
    guard holdsComparison(from: first) else { return nil }
    if isLowered { advance() }
    if isLowered {
      let tree = try argument()
      return SyntaxTree(tree.kind, range: SourceRange(start: start, end: previousEnd))
    }
    let arguments = try arguments()
    guard arguments.count == 1 else { throw error(.badCondition, from: start) }
    return SyntaxTree(arguments[0].kind, range: SourceRange(start: start, end: previousEnd))
  }

  /// Whether a comparison occurs before the bracket that opens at a token closes.
  private func holdsComparison(from first: Int) -> Bool {
    var depth = 0
    for index in first..<tokens.count {
      let token = tokens[index]
      switch token.kind {
      case .opening, .beginGroup: depth += 1
      case .closing, .endGroup:
        depth -= 1
        if depth <= 0 { return false }
      case .less, .greater: return true
      case .command: if LaTeXCommands.comparisons[token.text] != nil { return true }
      case .letter, .number, .word, .begin, .finish, .sub, .sup, .prime, .align, .row, .bar, .doubleBar,
        .plus,
        .minus, .star, .slash, .comma, .semicolon, .colon, .dot, .equals, .end, .bad:
        continue
      }
    }
    return false
  }

  /// Ones or zeros; sizes that are not written are inferred.
  private mutating func filled(_ name: String, from start: Int) throws(Diagnostic) -> SyntaxTree {
    guard kind == .sub else {
      if name == "zeros" { return try call(Signature.openZeros, [], from: start) }
      return try call(
        "vector", [SyntaxTree(.number(1), range: SourceRange(start: start, end: previousEnd))], from: start)
    }
    advance()
    guard kind == .beginGroup else { return try call(name, [try argument()], from: start) }
    let opening = token.range.start
    advance()
    var sizes = [try sizeExpression()]
    if token.isCommand("times") || kind == .comma {
      advance()
      sizes.append(try sizeExpression())
    }
    try close(.endGroup, "{", from: opening)
    return try call(name, sizes, from: start)
  }

  /// A size; `\times` separates sizes here.
  mutating func sizeExpression() throws(Diagnostic) -> SyntaxTree {
    let start = token.range.start
    var result = try sizeTerm()
    while kind == .plus || kind == .minus {
      let isNegative = kind == .minus
      advance()
      result = try make(.binary(isNegative ? .subtract : .add, result, try sizeTerm()), from: start)
    }
    return result
  }

  private mutating func sizeTerm() throws(Diagnostic) -> SyntaxTree {
    let start = token.range.start
    var result = try factor()
    while startsFactor || token.isCommand("cdot") {
      if token.isCommand("cdot") { advance() }
      result = try make(.binary(.multiply, result, try factor()), from: start)
    }
    return result
  }

  // MARK: Environments

  mutating func environment() throws(Diagnostic) -> SyntaxTree {
    let opening = token
    switch opening.text {
    case "bmatrix", "pmatrix", "matrix", "array", "smallmatrix", "bmatrix*", "pmatrix*": return try matrix()
    case "vmatrix":
      let inner = try matrix()
      return try call("det", [inner], from: opening.range.start)
    case "cases", "dcases", "rcases": return try cases()
    default: throw LaTeXProblem.badEnvironment(opening.text).diagnostic(at: opening.range)
    }
  }

  private mutating func matrix() throws(Diagnostic) -> SyntaxTree {
    let opening = token
    advance()
    var rows: [[SyntaxTree]] = []
    try inBrackets { parser throws(Diagnostic) in
      while parser.kind != .finish {
        if parser.kind == .end { throw LaTeXProblem.unclosed("\\begin").diagnostic(at: opening.range) }
        var row = [try parser.expression()]
        while parser.take(.align) { row.append(try parser.expression()) }
        rows.append(row)
        guard parser.take(.row) else { break }
      }
    }
    try finish(opening)
    guard !rows.isEmpty else { throw LaTeXProblem.blocksWithoutRows.diagnostic(at: opening.range) }
    return try make(.blocks(rows), from: opening.range.start)
  }

  private mutating func finish(_ opening: LaTeXToken) throws(Diagnostic) {
    if kind == .finish, token.text == opening.text { return advance() }
    if kind == .end {
      throw LaTeXProblem.unclosed("\\begin{\(opening.text)}").diagnostic(at: opening.range)
    }
    throw unexpected(wanted: "`\\end{\(opening.text)}`")
  }

  private struct Branch {
    let value: SyntaxTree
    /// `nil` for the remaining case.
    let condition: SyntaxTree?
  }

  /// A value by cases: each times the indicator of its condition, where no earlier one holds.
  private mutating func cases() throws(Diagnostic) -> SyntaxTree {
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
    guard !branches.isEmpty else { throw LaTeXProblem.badCondition.diagnostic(at: opening.range) }
    var result: SyntaxTree?
    for (index, branch) in branches.enumerated() {
      let weight = try self.weight(of: branch, after: branches[..<index])
      let term =
        try weight.map { weight throws(Diagnostic) in
          try make(.binary(.elementwiseMultiply, branch.value, weight), from: opening.range.start)
        } ?? branch.value
      result =
        try result.map { sum throws(Diagnostic) in
          try make(.binary(.add, sum, term), from: opening.range.start)
        } ?? term
    }
    return result ?? branches[0].value
  }

  /// The indicator of a branch; `nil` if it is always taken.
  private mutating func weight(of branch: Branch, after before: ArraySlice<Branch>) throws(Diagnostic)
    -> SyntaxTree?
  {
    let start = branch.value.range.start
    var factors: [SyntaxTree] = branch.condition.map { [$0] } ?? []
    for other in before {
      guard let condition = other.condition else { throw error(.badCondition, from: start) }
      if let own = branch.condition, own.excludes(condition) { continue }
      let one = SyntaxTree(.number(1), range: condition.range)
      factors.append(try make(.binary(.subtract, one, condition), from: start))
    }
    guard var result = factors.first else { return nil }
    for factor in factors.dropFirst() {
      result = try make(.binary(.elementwiseMultiply, result, factor), from: start)
    }
    return result
  }

  /// A line of `cases`; `nil` if it concerns only a single point, as in `x = 0`.
  private mutating func branch() throws(Diagnostic) -> Branch? {
    let first = position
    // A value in words, such as `\text{undefined}`, is that of a single point.
    if kind == .word, token.text.contains(" ") || ["undefined", "any", "undef"].contains(token.text) {
      return skipLine()
    }
    let value = try expression()
    _ = take(.comma)
    guard take(.align) else { throw unexpected(wanted: "`&` and a condition") }
    while kind == .word, ["if", "for", "when", "where", "and", "at", "for all"].contains(token.text) {
      advance()
    }
    if kind == .word, ["otherwise", "else", "elsewhere", "Otherwise"].contains(token.text) {
      advance()
      _ = take(.dot) || take(.comma)
      return Branch(value: value, condition: nil)
    }
    let condition = try expression()
    if kind == .equals || token.isCommand("ne") || token.isCommand("neq") {
      let isEqual = kind == .equals
      advance()
      let other = try expression()
      if let a = condition.name, let b = other.name, names.freeIndices.contains(a),
        names.freeIndices.contains(b)
      {
        let identity = SyntaxTree(.name("I"), range: condition.range)
        let delta = try make(
          .entry(identity, [.index(condition), .index(other)]), from: condition.range.start)
        let one = SyntaxTree(.number(1), range: condition.range)
        let weight = isEqual ? delta : try make(.binary(.subtract, one, delta), from: condition.range.start)
        return Branch(value: value, condition: weight)
      }
      position = first
      return skipLine()
    }
    while kind == .comma || kind == .dot { advance() }
    guard case .binary(.compare, _, _) = condition.kind else {
      throw LaTeXProblem.badCondition.diagnostic(at: condition.range)
    }
    return Branch(value: value, condition: condition)
  }

  private mutating func skipLine() -> Branch? {
    var depth = 0
    while kind != .end {
      if kind == .begin { depth += 1 }
      if kind == .finish {
        if depth == 0 { return nil }
        depth -= 1
      }
      if kind == .row, depth == 0 { return nil }
      advance()
    }
    return nil
  }
}

extension SyntaxTree {
  /// Whether two comparisons of the same sides obviously exclude each other.
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
  private func spells(_ other: SyntaxTree) -> Bool {
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
