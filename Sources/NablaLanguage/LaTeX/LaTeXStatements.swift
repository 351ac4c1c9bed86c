import NablaTypes

/// Reads the LaTeX statements of a formula file.
struct LaTeXStatements {
  let source: SourceText
  /// The tokens of the text notation, for the parts of a line that use it.
  let tokens: [Token]
  var names = LaTeXNames()
  private var fontHints: [String: FontHint] = [:]
  /// The properties that remarks give to names, as in `if A is symmetric`.
  private var properties: [String: Property] = [:]
  /// The variables of the extrema in front of the last expression read.
  private var extremized: [String] = []

  init(_ source: SourceText, tokens: [Token]) {
    self.source = source
    self.tokens = tokens
  }

  /// Notes the names that a statement defines.
  mutating func note(_ statement: Statement) {
    switch statement.kind {
    case .declaration(let declarations): for declaration in declarations { names.add(declaration) }
    case .definition(let name, _, let tree):
      if !names.values.contains(name) { names.add(definition: name, of: tree.allNames, parameters: []) }
    case .question: break
    }
  }

  mutating func statement(_ range: SourceRange, text: String) throws(Diagnostic) -> Statement {
    fontHints = [:]
    properties = [:]
    let kind = try self.kind(range, text)
    return Statement(
      kind: kind, range: range, text: text, fontHints: fontHints, properties: properties, plain: plain(kind))
  }

  /// A claim in the text notation.
  private func plain(_ kind: Statement.Kind) -> String? {
    guard case .question(let question) = kind, question.kind == .check else { return nil }
    let sides = ([question.expression] + question.otherSides).map { side -> String in
      let text = side.tree.plainText { tree in tree.name.flatMap { names.shapes[$0] } }
      guard let derivative = side.derivative else { return text }
      return "\(derivative.rawValue) \(text) wrt \(side.wrt.map(\.name).joined(separator: ", "))"
    }
    return "check " + sides.joined(separator: " == ")
  }

  private mutating func kind(_ range: SourceRange, _ text: String) throws(Diagnostic) -> Statement.Kind {
    let word = firstWord(range)
    if let question = QuestionKind(rawValue: source.text(word)), word.end < range.end,
      source.bytes[word.end] == UInt8(ascii: " ")
    {
      return .question(try self.question(question, word, range, text))
    }
    let parts = try split(range)
    if let colon = parts.colon { return .declaration(try declarations(range, colon)) }
    let sides = parts.sides
    var claims: [QuestionSide] = []
    if sides.count > 1, let definition = try definition(sides[0], sides[1]), sides.count == 2 {
      return definition
    }
    for side in sides { claims.append(try claim(side)) }
    guard let first = claims.first, let derivative = first.derivative else {
      throw Diagnostic(.notAStatement, at: range)
    }
    let isClaim = claims.count > 1
    if !isClaim {
      let plain = QuestionSide(derivative: nil, tree: first.tree, wrt: [], range: first.range)
      return .question(
        Question(kind: derivative.question, expression: plain, wrt: first.wrt, otherSides: [], text: text))
    }
    return .question(
      Question(kind: .check, expression: first, wrt: [], otherSides: Array(claims.dropFirst()), text: text))
  }

  private func firstWord(_ range: SourceRange) -> SourceRange {
    var end = range.start
    while end < range.end, Letters.isASCIILetter(source.bytes[end]) { end += 1 }
    return SourceRange(start: range.start, end: end)
  }

  /// The sides of an equation, and the colon of a declaration.
  private func split(_ range: SourceRange) throws(Diagnostic) -> (sides: [SourceRange], colon: Int?) {
    var depth = 0
    var start = range.start
    var sides: [SourceRange] = []
    for token in LaTeXLexer.formula(of: source, in: range) {
      switch token.kind {
      case .beginGroup, .opening, .begin: depth += 1
      case .endGroup, .closing, .finish: depth -= 1
      case .equals where depth == 0:
        sides.append(SourceRange(start: start, end: token.range.start))
        start = token.range.end
      case .colon where depth == 0 && sides.isEmpty:
        let word = firstWord(trimmed(SourceRange(start: token.range.end, end: range.end)))
        if Words.types.contains(source.text(word)) { return ([], token.range.start) }
      case .command, .letter, .number, .word, .sub, .sup, .prime, .align, .row, .bar, .doubleBar, .plus,
        .minus, .star, .slash, .comma, .semicolon, .colon, .dot, .equals, .less, .greater, .end, .bad:
        continue
      }
    }
    sides.append(SourceRange(start: start, end: range.end))
    return (sides, nil)
  }

  private func trimmed(_ range: SourceRange) -> SourceRange {
    var (start, end) = (range.start, range.end)
    while start < end, source.bytes[start] <= 0x20 { start += 1 }
    while end > start, source.bytes[end - 1] <= 0x20 { end -= 1 }
    return SourceRange(start: start, end: end)
  }

  // MARK: Parts in either notation

  private func plainParser(_ range: SourceRange) throws(Diagnostic) -> Parser {
    let first = tokens.firstIndex { $0.range.start >= range.start } ?? tokens.count
    let last = tokens[first...].firstIndex { $0.range.start >= range.end || $0.kind == .end } ?? tokens.count
    return try Parser(source, tokens: tokens, first..<last)
  }

  private func parser(_ range: SourceRange) throws(Diagnostic) -> LaTeXParser {
    try LaTeXParser(source, in: range, names: names)
  }

  /// `\mathbf{A}, B : matrix(n, n), symmetric`.
  private mutating func declarations(_ range: SourceRange, _ colon: Int) throws(Diagnostic) -> [Declaration] {
    var parser = try parser(SourceRange(start: range.start, end: colon))
    var names: [(String, SourceRange)] = []
    repeat {
      let tree = try parser.nameOrCall()
      guard let name = tree.name else {
        throw LaTeXProblem.notAName(source.text(tree.range)).diagnostic(at: tree.range)
      }
      names.append((name, tree.range))
    } while parser.take(.comma)
    guard parser.kind == .end else { throw parser.unexpected(wanted: "`:`") }
    var plain = try plainParser(SourceRange(start: colon + 1, end: range.end))
    return try plain.declarations(of: names)
  }

  /// `J(w) = E`; `nil` if the left side is a derivative or anything else that is not a name.
  private mutating func definition(_ left: SourceRange, _ right: SourceRange) throws(Diagnostic)
    -> Statement.Kind?
  {
    var parser = try parser(left)
    guard !parser.token.isCommand("nabla"), !parser.token.isCommand("partial"),
      let tree = try? parser.nameOrCall(), let name = tree.name, !name.hasPrefix("∇")
    else { return nil }
    var arguments: [String] = []
    if parser.kind == .opening, let bare = parser.bareNames() { arguments = bare }
    guard parser.kind == .end else { return nil }
    let body = try expression(trimmed(right))
    names.add(definition: name, of: body.allNames, parameters: arguments)
    return .definition(name: name, nameRange: tree.range, tree: body)
  }

  private mutating func expression(_ range: SourceRange) throws(Diagnostic) -> SyntaxTree {
    guard LaTeXDetection.isLaTeX(source, range) || !range.isEmpty && source.bytes[range.start] == 0x5C else {
      var plain = try plainParser(range)
      let tree = try plain.expression()
      if plain.kind != .end { throw plain.unexpected(wanted: "an operator") }
      return tree
    }
    var parser = try parser(try withoutRemark(range))
    let tree = try parser.wholeExpression()
    if let derivative = parser.derivatives.first {
      throw LaTeXProblem.derivativeInside.diagnostic(at: derivative.range)
    }
    note(parser)
    return tree
  }

  /// Keeps the findings about names.
  private mutating func note(_ parser: LaTeXParser) {
    fontHints.merge(parser.fontHints) { first, _ in first }
    names.samples.formUnion(parser.names.samples)
    names.indexed.formUnion(parser.names.indexed)
    extremized = parser.extremized
  }

  /// A formula without the remark behind it, which may declare a property.
  private mutating func withoutRemark(_ range: SourceRange) throws(Diagnostic) -> SourceRange {
    guard let remark = LaTeXRemark(source, in: range) else { return range }
    properties.merge(remark.properties) { first, _ in first }
    if remark.properties.isEmpty, !remark.isProse {
      throw LaTeXProblem.remark(source.text(remark.range)).diagnostic(at: remark.range)
    }
    return SourceRange(start: range.start, end: remark.range.start)
  }

  // MARK: Questions

  private mutating func question(
    _ question: QuestionKind, _ word: SourceRange, _ range: SourceRange, _ text: String
  ) throws(Diagnostic) -> Question {
    let rest = trimmed(SourceRange(start: word.end, end: range.end))
    if question == .check {
      let sides = try split(rest).sides
      guard sides.count > 1 else { throw Diagnostic(.checkNeedsTwoSides, at: word) }
      var claims: [QuestionSide] = []
      for side in sides { claims.append(try claim(side)) }
      return Question(
        kind: .check, expression: claims[0], wrt: [], otherSides: Array(claims.dropFirst()), text: text)
    }
    guard question.takesVariables else {
      let tree = try expression(rest)
      let claim = QuestionSide(derivative: nil, tree: tree, wrt: [], range: tree.range)
      return Question(kind: question, expression: claim, wrt: [], otherSides: [], text: text)
    }
    let (tree, wrt) = try differentiated(question, word, rest)
    let claim = QuestionSide(derivative: nil, tree: tree, wrt: [], range: tree.range)
    return Question(kind: question, expression: claim, wrt: wrt, otherSides: [], text: text)
  }

  /// `E wrt x, y`.
  private mutating func differentiated(_ question: QuestionKind, _ word: SourceRange, _ range: SourceRange)
    throws(Diagnostic) -> (SyntaxTree, [VariableMention])
  {
    let mark = Array(" wrt ".utf8)
    var place: Int?
    var index = range.end - mark.count
    while index >= range.start, place == nil {
      if source.bytes[index] == mark[0], Array(source.bytes[index..<(index + mark.count)]) == mark {
        place = index
      }
      index -= 1
    }
    guard let place else { throw Diagnostic(.missingVariables(question.rawValue), at: word) }
    let list = trimmed(SourceRange(start: place + mark.count, end: range.end))
    let wrt = try variables(list)
    let before = names
    for mention in wrt where !names.values.contains(mention.name) { names.add(value: mention.name) }
    defer { names = before }
    // The question about `J(w) = E` concerns E.
    let whole = SourceRange(start: range.start, end: place)
    if let remark = LaTeXRemark(source, in: whole), source.text(remark.range).contains("=") {
      throw LaTeXProblem.remark(source.text(remark.range)).diagnostic(at: remark.range)
    }
    let sides = try split(whole).sides
    extremized = []
    let tree = try expression(trimmed(sides.count == 2 ? sides[1] : whole))
    if !extremized.isEmpty,
      let other = wrt.first(where: { mention in
        !extremized.contains { mention.name.hasPrefix($0) }
      })
    {
      throw LaTeXProblem.notMinimizedOver(other.name).diagnostic(at: other.range)
    }
    return (tree, wrt)
  }

  private mutating func variables(_ range: SourceRange) throws(Diagnostic) -> [VariableMention] {
    var result: [VariableMention] = []
    if LaTeXDetection.isLaTeX(source, range) {
      var parser = try parser(range)
      repeat {
        let tree = try parser.nameOrCall()
        guard let name = tree.name else {
          throw LaTeXProblem.notAName(source.text(tree.range)).diagnostic(at: tree.range)
        }
        result.append(VariableMention(name: name, range: tree.range))
      } while parser.take(.comma)
      guard parser.kind == .end else { throw parser.unexpected(wanted: "`,`") }
      fontHints.merge(parser.fontHints) { first, _ in first }
      return result
    }
    var plain = try plainParser(range)
    repeat {
      guard plain.kind == .name else { throw plain.unexpected(wanted: "a name") }
      result.append(VariableMention(name: plain.token.text, range: plain.token.range))
      plain.advance()
    } while plain.take(.comma)
    guard plain.kind == .end else { throw plain.unexpected(wanted: "`,`") }
    return result
  }

  /// A side of a claim: an expression, or its derivative in either notation.
  private mutating func claim(_ whole: SourceRange) throws(Diagnostic) -> QuestionSide {
    let range = trimmed(whole)
    let word = firstWord(range)
    if let derivative = DerivativeKind(rawValue: source.text(word)), derivative.canBeSide,
      word.end < range.end, source.bytes[word.end] == UInt8(ascii: " ")
    {
      let rest = trimmed(SourceRange(start: word.end, end: range.end))
      let (tree, wrt) = try differentiated(derivative.question, word, rest)
      return QuestionSide(derivative: derivative, tree: tree, wrt: wrt, range: range)
    }
    guard LaTeXDetection.isLaTeX(source, range) else {
      let tree = try expression(range)
      return QuestionSide(derivative: nil, tree: tree, wrt: [], range: tree.range)
    }
    var parser = try parser(try withoutRemark(range))
    let tree = try parser.wholeExpression()
    note(parser)
    guard let derivative = parser.derivatives.last else {
      return QuestionSide(derivative: nil, tree: tree, wrt: [], range: tree.range)
    }
    guard tree.name == LaTeXDerivative.name(parser.derivatives.count - 1), parser.derivatives.count == 1
    else {
      throw LaTeXProblem.derivativeInside.diagnostic(at: derivative.range)
    }
    var wrt: [VariableMention] = []
    for variable in derivative.variables {
      guard let name = variable.tree.name else {
        throw LaTeXProblem.notAName(source.text(variable.tree.range)).diagnostic(at: variable.tree.range)
      }
      if !wrt.contains(where: { $0.name == name }) {
        wrt.append(VariableMention(name: name, range: variable.tree.range))
      }
    }
    return QuestionSide(derivative: derivative.kind, tree: derivative.tree, wrt: wrt, range: derivative.range)
  }
}

extension SourceRange {
  var isEmpty: Bool { start >= end }
}
