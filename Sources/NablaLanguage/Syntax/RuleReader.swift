import NablaTypes

/// Parses one entry of a rule file from its tokens.
struct RuleReader {
  private let source: SourceText
  private let kind: RuleFile.Entry.Kind
  private let heading: String?
  private let tokens: [Token]
  /// The tokens of the statement, without surrounding line ends.
  private let range: Range<Int>

  init(_ source: SourceText, _ entry: RuleFile.Entry) {
    self.source = source
    (kind, heading) = (entry.kind, entry.heading)
    tokens = Lexer.tokens(of: source, in: entry.range)
    var end = tokens.count - 1
    while end > 1, tokens[end - 1].kind == .newline { end -= 1 }
    range = 0..<end
  }

  func statement() throws(Diagnostic) -> RuleStatement {
    if kind != .declaration, range.count < 2 { throw error("a name is missing", range) }
    switch kind {
    case .declaration:
      var parser = try parser(range)
      return make(.declaration(try parser.declaration()), name: "", range)
    case .rule: return try identity { .rule($0) }
    case .stable: return try identity { .stable($0) }
    case .fact: return try fact()
    case .function: return try function { .function($0) }
    case .kernel: return try function { .kernel($0) }
    case .operation, .notation: return try operation(isNotation: kind == .notation)
    }
  }

  /// The signature of a block, without parsing its formulas; `nil` for another statement.
  func signature() throws(Diagnostic) -> (name: String, signature: Signature)? {
    switch kind {
    case .function, .kernel:
      let (name, head, _) = try functionHead()
      return (name.text, .elementwise(scalars: head.parameters.map { $0.shape != nil }))
    case .operation, .notation:
      let (name, head, _) = try operationHead()
      return (name.text, .operation(head))
    case .rule, .stable, .fact, .declaration: return nil
    }
  }

  private func make(
    _ kind: RuleStatement.Kind, name: String, _ nameTokens: Range<Int>
  ) -> RuleStatement {
    RuleStatement(
      kind: kind, name: name, nameRange: place(nameTokens), range: place(range),
      text: lines().map(text).joined(separator: " "))
  }

  // MARK: Places and texts

  private func place(_ range: Range<Int>) -> SourceRange {
    SourceRange(
      start: tokens[range.lowerBound].range.start,
      end: tokens[max(range.upperBound - 1, range.lowerBound)].range.end)
  }

  private func text(_ range: Range<Int>) -> String { range.isEmpty ? "" : source.text(place(range)) }

  /// The tokens of each line.
  private func lines() -> [Range<Int>] {
    var result: [Range<Int>] = []
    var start = range.lowerBound
    for index in range where tokens[index].kind == .newline {
      if index > start { result.append(start..<index) }
      start = index + 1
    }
    return result + (start < range.upperBound ? [start..<range.upperBound] : [])
  }

  private func parser(_ range: Range<Int>) throws(Diagnostic) -> Parser {
    var parser = try Parser(source, tokens: tokens, range)
    parser.skipNewlines()
    return parser
  }

  private func error(_ message: String, _ range: Range<Int>, hint: String? = nil) -> Diagnostic {
    Diagnostic(message: message, range: place(range), hint: hint)
  }

  /// The first token outside of brackets that satisfies a predicate.
  private func first(in range: Range<Int>, where test: (Token) -> Bool) -> Int? {
    var depth = 0
    for index in range {
      if depth == 0, test(tokens[index]) { return index }
      if tokens[index].opensBracket { depth += 1 }
      if tokens[index].closesBracket { depth = max(depth - 1, 0) }
    }
    return nil
  }

  private func isWord(_ word: String) -> (Token) -> Bool { { $0.kind == .name && $0.text == word } }

  // MARK: Formulas and conditions

  private func formula(_ range: Range<Int>, after: Int) throws(Diagnostic) -> SyntaxTree {
    if range.isEmpty { throw error("a formula is missing here", after..<after + 1) }
    var parser = try parser(range)
    let tree = try parser.expression()
    if parser.kind != .end { throw parser.unexpected(wanted: "an operator") }
    return tree
  }

  /// `A positive, S, T invertible, B of constant rank`.
  private func conditions(_ range: Range<Int>) throws(Diagnostic) -> [RuleStatement.ConditionTree] {
    if range.isEmpty { return [] }
    var parser = try parser(range)
    parser.joins = false
    var result: [RuleStatement.ConditionTree] = []
    var open: [SyntaxTree] = []
    repeat {
      let start = parser.position
      open.append(try parser.expression())
      let word = parser.position
      while parser.kind == .name { parser.advance() }
      let words = (word..<parser.position).filter { tokens[$0].kind == .name }.map { tokens[$0].text }
      if !words.isEmpty {
        for subject in open {
          result.append(
            RuleStatement.ConditionTree(
              subject: subject, words: words.joined(separator: " "), range: place(start..<parser.position)))
        }
        open = []
      }
    } while parser.take(.comma)
    if parser.kind != .end { throw parser.unexpected(wanted: "a property") }
    if let tree = open.first {
      throw Diagnostic(
        message: "the condition '\(source.text(tree.range))' does not name a property", range: tree.range)
    }
    return result
  }

  /// The name of a rule, up to the next space, and the position after it.
  private func ruleName() throws(Diagnostic) -> (text: String, tokens: Range<Int>) {
    let start = range.lowerBound + 1
    var end = start + 1
    while end < range.upperBound, tokens[end].range.start == tokens[end - 1].range.end,
      tokens[end].kind != .newline
    {
      end += 1
    }
    if end == range.upperBound { throw error("a name alone says nothing", start..<end) }
    return (text(start..<end), start..<end)
  }

  // MARK: Rules and facts

  private func identity(
    _ kind: (RuleStatement.Identity) -> RuleStatement.Kind
  ) throws(Diagnostic) -> RuleStatement {
    let name = try ruleName()
    let says = first(in: name.tokens.upperBound..<range.upperBound, where: isWord("says"))
    let end = says ?? range.upperBound
    let condition = first(in: name.tokens.upperBound..<end, where: isWord("for"))
    let formulas = name.tokens.upperBound..<(condition ?? end)
    guard let (arrow, way) = self.arrow(in: formulas) else {
      throw error("a rule needs '->', '=>' or '==' between its two sides", formulas)
    }
    let identity = RuleStatement.Identity(
      left: try formula(formulas.lowerBound..<arrow.lowerBound, after: arrow.lowerBound),
      right: try formula(arrow.upperBound..<formulas.upperBound, after: arrow.lowerBound),
      arrow: way,
      conditions: try condition.map { index throws(Diagnostic) in try conditions(index + 1..<end) } ?? [],
      saying: says.map { text($0 + 1..<range.upperBound).filter { $0 != "\"" } } ?? heading)
    return make(kind(identity), name: name.text, name.tokens)
  }

  /// The arrow between the two sides, and its tokens.
  private func arrow(in range: Range<Int>) -> (Range<Int>, RuleStatement.Arrow)? {
    for index in range {
      switch tokens[index].kind {
      case .arrow: return (index..<index + 1, .rewrites)
      case .doubleEquals: return (index..<index + 1, .equals)
      case .equals where index + 1 < range.upperBound && tokens[index + 1].kind == .greater:
        return (index..<index + 2, .prefers)
      case _: continue
      }
    }
    return nil
  }

  private func fact() throws(Diagnostic) -> RuleStatement {
    let name = try ruleName()
    let condition = first(in: name.tokens.upperBound..<range.upperBound, where: isWord("for"))
    let end = condition ?? range.upperBound
    guard let verb = first(in: name.tokens.upperBound..<end, where: isWord("is")) else {
      throw error("a fact reads 'FORMULA is PROPERTY'", name.tokens.upperBound..<end)
    }
    guard let property = Property(rawValue: text(verb + 1..<end)) else {
      throw error("a fact reads 'FORMULA is PROPERTY'", verb..<end)
    }
    let kind = RuleStatement.Kind.fact(
      pattern: try formula(name.tokens.upperBound..<verb, after: verb), property: property,
      conditions: try condition.map { index throws(Diagnostic) in
        try conditions(index + 1..<range.upperBound)
      } ?? [])
    return make(kind, name: name.text, name.tokens)
  }

  // MARK: Blocks

  private typealias HeadPart = (name: Token, head: Signature.Head, rest: Range<Int>)

  /// `name(x, a : scalar)` and its end; a parameter has a shape if one is written.
  private func parameters(_ parser: inout Parser) throws(Diagnostic) -> (Token, [Signature.Head.Parameter]) {
    parser.advance()
    let name = parser.token
    guard parser.take(.name) else { throw parser.unexpected(wanted: "a name") }
    let opening = parser.token
    guard parser.take(.leftParenthesis) else { throw parser.unexpected(wanted: "`(`") }
    var parameters: [Signature.Head.Parameter] = []
    repeat {
      let parameter = parser.token
      guard parser.take(.name) else { throw parser.unexpected(wanted: "a name") }
      if parameters.contains(where: { $0.name == parameter.text }) {
        throw Diagnostic(.declaredTwice(parameter.text), at: parameter.range)
      }
      let shape = parser.take(.colon) ? try parser.shape() : nil
      parameters.append(Signature.Head.Parameter(name: parameter.text, shape: shape))
    } while parser.take(.comma)
    try parser.close(.rightParenthesis, opening: opening)
    return (name, parameters)
  }

  private func functionHead() throws(Diagnostic) -> HeadPart {
    let line = lines()[0]
    var parser = try parser(line)
    let (name, parameters) = try parameters(&parser)
    for parameter in parameters where parameter.shape.map(\.isScalar) == false {
      throw error("a function takes scalars, entry by entry; 'operation' is for arrays", line)
    }
    return (name, Signature.Head(parameters: parameters, result: .scalar), parser.position..<line.upperBound)
  }

  private func operationHead() throws(Diagnostic) -> HeadPart {
    let line = lines()[0]
    var parser = try parser(line)
    let (name, parameters) = try parameters(&parser)
    guard parser.take(.arrow) else { throw parser.unexpected(wanted: "`->` and a type") }
    let result = try parser.shape()
    return (name, Signature.Head(parameters: parameters, result: result), parser.position..<line.upperBound)
  }

  /// The expression after `=` that follows a head.
  private func body(_ rest: Range<Int>) throws(Diagnostic) -> SyntaxTree? {
    if rest.isEmpty { return nil }
    guard tokens[rest.lowerBound].kind == .equals else { throw error("expected `=` and a formula", rest) }
    return try formula(rest.dropFirst(), after: rest.lowerBound)
  }

  private func block(_ head: Signature.Head, _ rest: Range<Int>) throws(Diagnostic) -> RuleStatement.Block {
    let lines = try blockLines()
    var body = try body(rest)
    for line in lines where line.key == .body {
      if case .formulas(let trees, _) = line.value { body = body ?? trees.first ?? nil }
    }
    return RuleStatement.Block(head: head, body: body, lines: lines)
  }

  private func function(
    _ kind: (RuleStatement.Block) -> RuleStatement.Kind
  ) throws(Diagnostic) -> RuleStatement {
    let (name, head, rest) = try functionHead()
    let block = try block(head, rest)
    return make(kind(block), name: name.text, range.lowerBound + 1..<range.lowerBound + 2)
  }

  private func operation(isNotation: Bool) throws(Diagnostic) -> RuleStatement {
    let (name, head, rest) = try operationHead()
    let block = try block(head, rest)
    return make(
      .operation(block, isNotation: isNotation), name: name.text, range.lowerBound + 1..<range.lowerBound + 2)
  }

  private func blockLines() throws(Diagnostic) -> [RuleStatement.Line] {
    var result: [RuleStatement.Line] = []
    for line in lines().dropFirst() {
      let word = tokens[line.lowerBound]
      let rest = line.lowerBound + 1..<line.upperBound
      guard word.kind == .name, let key = RuleStatement.Key(rawValue: word.text) else {
        throw error("a block has no line '\(source.text(word.range))'", line.lowerBound..<line.lowerBound + 1)
      }
      let value: RuleStatement.Line.Value
      switch key {
      case .body, .derivative, .kink:
        let condition = first(in: rest, where: isWord("for"))
        let formulas = rest.lowerBound..<(condition ?? rest.upperBound)
        value = .formulas(
          try list(formulas, after: line.lowerBound),
          try condition.map { index throws(Diagnostic) in try conditions(index + 1..<rest.upperBound) } ?? [])
      case .domain: value = .conditions(try conditions(rest))
      case .facts:
        var properties: [Property] = []
        for index in rest where tokens[index].kind != .comma {
          guard let property = Property(rawValue: tokens[index].text) else {
            throw error("'\(text(index..<index + 1))' is not a property", index..<index + 1)
          }
          properties.append(property)
        }
        value = .properties(properties)
      case .latex, .letter, .help, .example, .kernel, .laws: value = .text(text(rest))
      }
      result.append(RuleStatement.Line(key: key, range: place(line), value: value))
    }
    return result
  }

  /// Formulas separated by commas; `none` is `nil`.
  private func list(_ range: Range<Int>, after: Int) throws(Diagnostic) -> [SyntaxTree?] {
    var result: [SyntaxTree?] = []
    var start = range.lowerBound
    while start <= range.upperBound {
      let end =
        first(in: start..<range.upperBound, where: { $0.kind == .comma }) ?? range.upperBound
      if text(start..<end) == "none" {
        result.append(nil)
      } else {
        result.append(try formula(start..<end, after: after))
      }
      start = end + 1
    }
    return result
  }
}
