/// Reads one expression, in the plain language or in LaTeX.
public func parseExpression(_ source: SourceText) throws(NablaError) -> SyntaxTree {
  let range = SourceRange(start: 0, end: source.bytes.count)
  if LaTeXDetection.isLaTeX(source, range) {
    var environment = Environment()
    return try parseLaTeX(source, in: &environment)
  }
  let tokens = Lexer.tokens(of: source).filter { $0.kind != .newline }
  do throws(Diagnostic) {
    var parser = try Parser(source, tokens: tokens, 0..<max(tokens.count - 1, 0))
    let tree = try parser.expression()
    if parser.kind != .end { throw parser.unexpected(wanted: "an operator") }
    return tree
  } catch {
    throw NablaError(diagnostics: [error])
  }
}

/// Reads one expression of LaTeX; what its fonts say of names that the environment does not know is noted there.
///
/// A letter of `freeIndices` is an index wherever it is lowered.
public func parseLaTeX(
  _ source: SourceText, in environment: inout Environment, freeIndices: Set<String> = []
) throws(NablaError) -> SyntaxTree {
  do throws(Diagnostic) {
    let range = SourceRange(start: 0, end: source.bytes.count)
    var names = LaTeXNames(environment)
    names.freeIndices = freeIndices
    var parser = try LaTeXParser(source, in: range, names: names)
    let tree = try parser.wholeExpression()
    if let derivative = parser.derivatives.first {
      throw LaTeXProblem.derivativeInside.diagnostic(at: derivative.range)
    }
    environment.fontHints.merge(parser.fontHints) { first, _ in first }
    return tree
  } catch {
    throw NablaError(diagnostics: [error])
  }
}

/// Reads one expression whose names may be those of an environment.
public func parseExpression(_ source: SourceText, in environment: inout Environment) throws(NablaError)
  -> SyntaxTree
{
  let isLaTeX = LaTeXDetection.isLaTeX(source, SourceRange(start: 0, end: source.bytes.count))
  return isLaTeX ? try parseLaTeX(source, in: &environment) : try parseExpression(source)
}

/// Reads one declaration, such as `A, B : matrix(n, n), symmetric`.
public func parseDeclaration(_ source: SourceText) throws(NablaError) -> [Declaration] {
  let tokens = Lexer.tokens(of: source).filter { $0.kind != .newline }
  do throws(Diagnostic) {
    var parser = try Parser(source, tokens: tokens, 0..<max(tokens.count - 1, 0))
    return try parser.declaration()
  } catch {
    throw NablaError(diagnostics: [error])
  }
}

/// Reads a formula file; a line with an error is told and left out, and the next one is read.
public func parseFile(_ source: SourceText) -> (statements: [Statement], diagnostics: [Diagnostic]) {
  let tokens = Lexer.tokens(of: source)
  var statements: [Statement] = []
  var diagnostics: [Diagnostic] = []
  var latex = LaTeXStatements(source, tokens: tokens)
  for line in LogicalLines.ranges(of: tokens) {
    do throws(Diagnostic) {
      var parser = try Parser(source, tokens: tokens, line)
      let range = SourceRange(start: parser.token.range.start, end: tokens[line.upperBound - 1].range.end)
      let statement =
        LaTeXDetection.isLaTeX(source, range)
        ? try latex.statement(range, text: parser.oneLine(line)) : try parser.statement(line)
      latex.note(statement)
      statements.append(statement)
    } catch {
      diagnostics.append(error)
      if diagnostics.count == Limits.diagnostics {
        diagnostics.append(Diagnostic(.tooManyErrors(limit: Limits.diagnostics), at: error.range))
        break
      }
    }
  }
  return (statements, diagnostics)
}

/// Joins the lines that go on: inside a bracket, after an operator, or in a check before `==`.
enum LogicalLines {
  static func ranges(of tokens: [Token]) -> [Range<Int>] {
    let isMatched = matchedBrackets(tokens)
    var result: [Range<Int>] = []
    var start = 0
    var depth = 0
    for (index, token) in tokens.enumerated() {
      if token.opensBracket, isMatched[index] { depth += 1 }
      if token.closesBracket, isMatched[index] { depth -= 1 }
      guard token.kind == .newline || token.kind == .end else { continue }
      if token.kind == .newline, index > start {
        let last = tokens[index - 1]
        if depth > 0 || last.kind == .newline {
          if depth > 0 || continues(tokens, before: index) { continue }
        }
        if last.continuesLine, !startsStatement(tokens, index + 1, after: last.kind) { continue }
        if tokens[start].text == QuestionKind.check.rawValue, equationGoesOn(tokens, index) { continue }
      }
      var end = index
      while end > start, tokens[end - 1].kind == .newline { end -= 1 }
      if end > start { result.append(start..<end) }
      start = index + 1
    }
    return result
  }

  /// The names that unreadable lines would have declared or defined.
  static func unreadNames(of source: SourceText, _ statements: [Statement]) -> [String] {
    let tokens = Lexer.tokens(of: source)
    let read = Set(statements.map(\.range.start))
    var result: [String] = []
    for line in ranges(of: tokens) where !read.contains(tokens[line.lowerBound].range.start) {
      var names: [String] = []
      var index = line.lowerBound
      while line.contains(index), tokens[index].kind == .name {
        names.append(tokens[index].text)
        index += 1
        guard line.contains(index) else { break }
        if tokens[index].kind == .colon || tokens[index].kind == .equals { result += names }
        guard tokens[index].kind == .comma else { break }
        index += 1
      }
    }
    return result.filter { !Words.isReserved($0) }
  }

  /// Whether the last token before blank lines asks for more.
  private static func continues(_ tokens: [Token], before index: Int) -> Bool {
    var last = index - 1
    while last >= 0, tokens[last].kind == .newline { last -= 1 }
    return last >= 0 && tokens[last].continuesLine
      && !startsStatement(tokens, index + 1, after: tokens[last].kind)
  }

  /// Whether the next line begins with `==`, as the steps of a derivation do.
  private static func equationGoesOn(_ tokens: [Token], _ index: Int) -> Bool {
    var next = index
    while next < tokens.count, tokens[next].kind == .newline { next += 1 }
    return next < tokens.count && tokens[next].kind == .doubleEquals
  }

  /// Which brackets have a partner; one that has none must not swallow the rest of the file.
  private static func matchedBrackets(_ tokens: [Token]) -> [Bool] {
    var result = [Bool](repeating: false, count: tokens.count)
    var open: [Int] = []
    for (index, token) in tokens.enumerated() {
      if token.opensBracket {
        open.append(index)
      } else if token.closesBracket, let partner = open.popLast() {
        result[partner] = true
        result[index] = true
      }
    }
    return result
  }

  /// Whether a new statement plainly starts here, so that the line before it is merely cut off.
  private static func startsStatement(_ tokens: [Token], _ index: Int, after kind: Token.Kind) -> Bool {
    guard index + 1 < tokens.count, tokens[index].kind == .name else { return false }
    let next = tokens[index + 1].kind
    if next == .colon || next == .equals { return true }
    return kind != .doubleEquals && Words.questions.contains(tokens[index].text) && next == .name
  }
}

extension Parser {
  mutating func statement(_ line: Range<Int>) throws(Diagnostic) -> Statement {
    let start = token.range.start
    let range = SourceRange(start: start, end: token(at: limit - 1).range.end)
    let text = oneLine(line)
    let second = kind(at: position + 1)
    let kind: Statement.Kind
    if self.kind == .name, second == .colon || second == .comma {
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

  /// The tokens' text with single spaces for line ends, without comments.
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

  private mutating func question(_ question: QuestionKind, text: String) throws(Diagnostic) -> Question {
    let word = token
    advance()
    let claim = try claim(allowsDerivative: question == .check)
    var wrt: [VariableMention] = []
    var others: [Claim] = []
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
      throw isWrt
        ? Diagnostic(.needlessVariables(question.rawValue), at: token.range)
        : unexpected(wanted: "an operator")
    }
    return Question(kind: question, expression: claim, wrt: wrt, otherSides: others, text: text)
  }

  private mutating func claim(allowsDerivative: Bool) throws(Diagnostic) -> Claim {
    let first = token
    if allowsDerivative, kind == .name, let derivative = QuestionKind(rawValue: first.text) {
      switch derivative {
      case .gradient, .jacobian, .hessian:
        advance()
        let tree = try expression()
        let wrt = try variables(of: derivative, word: first)
        let range = SourceRange(start: first.range.start, end: previousEnd)
        return Claim(derivative: derivative, tree: tree, wrt: wrt, range: range)
      case .differential, .simplify, .check, .stationary: break
      }
    }
    let tree = try expression()
    return Claim(derivative: nil, tree: tree, wrt: [], range: tree.range)
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
