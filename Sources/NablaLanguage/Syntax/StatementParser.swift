extension Parser {
  mutating func statement(_ line: Range<Int>) throws(Diagnostic) -> Statement {
    let start = token.range.start
    let range = SourceRange(start: start, end: token(at: limit - 1).range.end)
    let text = oneLine(line)
    let second = kind(at: position + 1)
    let kind: Statement.Kind
    if startsDerivative {
      kind = .question(try writtenQuestion(text: text))
    } else if self.kind == .name, second == .colon || second == .comma {
      kind = .declaration(try declaration())
    } else if self.kind == .name, second == .equals {
      kind = try definition()
    } else if self.kind == .name, let question = QuestionKind(rawValue: token.text) {
      kind = .question(try self.question(question, text: text))
    } else {
      throw notAStatement(range)
    }
    return Statement(kind: kind, range: range, text: text)
  }

  private func notAStatement(_ range: SourceRange) -> Diagnostic {
    for index in position..<limit {
      if let problem = tokens[index].problem { return Diagnostic(problem, at: tokens[index].range) }
    }
    if kind == .name, kind(at: position + 1) == .name {
      let word = nearestName(to: token.text, among: QuestionKind.allCases.map(\.rawValue))
      return Diagnostic(.unknownQuestion(token.text, nearest: word), at: token.range)
    }
    if kind == .name, kind(at: position + 1) == .leftParenthesis,
      (position..<limit).contains(where: {
        tokens[$0].kind == .equals && tokens[$0 - 1].kind == .rightParenthesis
      })
    {
      return Diagnostic(.functionDefinition(token.text), at: range)
    }
    return Diagnostic(.notAStatement, at: range)
  }

  /// The tokens' text without comments, with single spaces for line ends.
  func oneLine(_ line: Range<Int>) -> String {
    var result = ""
    var start = token(at: line.lowerBound).range.start
    var end = start
    for index in line {
      let token = tokens[index]
      if token.kind == .newline {
        if end > start { result += source.text(SourceRange(start: start, end: end)) + " " }
        start = token.range.end
        end = start
      } else {
        if end == start { start = token.range.start }
        end = token.range.end
      }
    }
    return result + source.text(SourceRange(start: start, end: end))
  }

  private mutating func definition() throws(Diagnostic) -> Statement.Kind {
    let name = token
    advance()
    advance()
    let tree = try expression()
    if kind != .end { throw unexpected(wanted: "an operator") }
    return .definition(name: name.text, nameRange: name.range, tree: tree)
  }

  // MARK: Derivatives in written notation

  /// Whether `∇_x` or `d/dx` comes next.
  private var startsDerivative: Bool {
    if kind == .nabla { return true }
    guard kind == .name, token.text == "d", kind(at: position + 1) == .slash,
      kind(at: position + 2) == .name, token(at: position + 2).text.hasPrefix("d"),
      token(at: position + 2).text.utf8.count > 1
    else { return false }
    switch kind(at: position + 3) {
    case .name, .number, .leftParenthesis, .bar, .singleBar, .leftBracket: return true
    default: return false
    }
  }

  /// The variable of `∇_x` or `d/dx`.
  private mutating func derivativeVariable() -> VariableMention {
    let first = token
    if first.kind == .nabla {
      advance()
      return VariableMention(name: first.text, range: first.range)
    }
    let last = token(at: position + 2)
    for _ in 0..<3 { advance() }
    return VariableMention(name: String(last.text.dropFirst()), range: last.range)
  }

  /// `∇_x f`, or `∇_x f == g`.
  private mutating func writtenQuestion(text: String) throws(Diagnostic) -> Question {
    let claim = try claim(allowsDerivative: true)
    if kind == .end {
      let plain = QuestionSide(derivative: nil, tree: claim.tree, wrt: [], range: claim.range)
      return Question(kind: .gradient, expression: plain, wrt: claim.wrt, otherSides: [], text: text)
    }
    var others: [QuestionSide] = []
    while kind == .doubleEquals || kind == .equals {
      advance()
      others.append(try self.claim(allowsDerivative: true))
    }
    if kind != .end { throw unexpected(wanted: "an operator") }
    return Question(kind: .check, expression: claim, wrt: [], otherSides: others, text: text)
  }

  private mutating func question(_ question: QuestionKind, text: String) throws(Diagnostic) -> Question {
    let word = token
    advance()
    let claim = try claim(allowsDerivative: question == .check)
    var wrt: [VariableMention] = []
    var others: [QuestionSide] = []
    if question.takesVariables {
      wrt = try variables(of: question, word: word)
    } else if question == .check {
      if kind == .equals { throw Diagnostic(.singleEquals, at: token.range) }
      guard take(.doubleEquals) else {
        if kind == .end { throw Diagnostic(.checkNeedsTwoSides, at: word.range) }
        throw unexpected(wanted: "`==`")
      }
      repeat { others.append(try self.claim(allowsDerivative: true)) } while take(.doubleEquals)
    }
    if kind != .end {
      let isWrt = kind == .name && token.text == "wrt"
      if question.takesVariables, kind == .name, !isWrt { throw unexpected(wanted: "a comma") }
      if question.takesVariables { throw Diagnostic(.derivativeInside(question.rawValue), at: word.range) }
      throw isWrt
        ? Diagnostic(.needlessVariables(question.rawValue), at: token.range)
        : unexpected(wanted: "an operator")
    }
    return Question(kind: question, expression: claim, wrt: wrt, otherSides: others, text: text)
  }

  private mutating func claim(allowsDerivative: Bool) throws(Diagnostic) -> QuestionSide {
    let first = token
    if allowsDerivative, startsDerivative {
      let variable = derivativeVariable()
      let tree = try expression()
      let range = SourceRange(start: first.range.start, end: previousEnd)
      return QuestionSide(derivative: .gradient, tree: tree, wrt: [variable], range: range)
    }
    if allowsDerivative, kind == .name, let derivative = DerivativeKind(rawValue: first.text),
      derivative.canBeSide
    {
      advance()
      let tree = try expression()
      let wrt = try variables(of: derivative.question, word: first)
      let range = SourceRange(start: first.range.start, end: previousEnd)
      return QuestionSide(derivative: derivative, tree: tree, wrt: wrt, range: range)
    }
    let tree = try expression()
    return QuestionSide(derivative: nil, tree: tree, wrt: [], range: tree.range)
  }

  private mutating func variables(of question: QuestionKind, word: Token) throws(Diagnostic)
    -> [VariableMention]
  {
    guard kind == .name, token.text == "wrt" else {
      if kind == .end || kind == .doubleEquals {
        throw Diagnostic(.missingVariables(question.rawValue), at: word.range)
      }
      throw unexpected(wanted: "`wrt`")
    }
    advance()
    var result: [VariableMention] = []
    repeat {
      guard kind == .name else { throw unexpected(wanted: "a name") }
      result.append(VariableMention(name: token.text, range: token.range))
      advance()
    } while take(.comma)
    return result
  }
}
