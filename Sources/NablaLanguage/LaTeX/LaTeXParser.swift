/// Parses a LaTeX expression into the same tree as the text notation, with locations in the LaTeX.
struct LaTeXParser {
  let source: SourceText
  let tokens: [LaTeXToken]
  var position = 0
  var names: LaTeXNames
  /// The indices of the enclosing sums.
  var bound: [String] = []
  /// The upper bounds of indices, if they have one.
  var ranges: [String: SyntaxTree] = [:]
  /// Whether `\odot` binds more strongly than juxtaposition.
  var hadamardIsTight = false
  private var depth = 0
  private var nesting = Limits.nesting
  private var isStackAsked = false
  /// The open bars, innermost last; a bracket between them hides the outer ones.
  var openBars: [LaTeXToken.Kind] = []
  /// Shapes that bold letters suggest for otherwise unknown names.
  var fontHints: [String: FontHint] = [:]
  /// The parsed derivatives; in the tree each is a name that users cannot type.
  var derivatives: [LaTeXDerivative] = []
  /// Whether the name just read is transposed within its own superscript, as in `x^{(l)\top}`.
  var isRaisedTransposed = false
  /// The variables of the extrema in front of the objective.
  var extremized: [String] = []
  /// The number of digits of the current number already taken as arguments, as in `\frac12`.
  var digitsTaken = 0

  init(_ source: SourceText, in range: SourceRange, names: LaTeXNames) throws(Diagnostic) {
    try self.init(source, tokens: LaTeXLexer.formula(of: source, in: range), names: names)
  }

  /// A parser of tokens, the last of which is of kind `end`.
  init(_ source: SourceText, tokens: [LaTeXToken], names: LaTeXNames) throws(Diagnostic) {
    self.source = source
    self.names = names
    self.tokens = tokens
    if tokens.count > Limits.statementTokens {
      throw Diagnostic(
        .tooLong(what: "a statement", limit: Limits.statementTokens, unit: "symbols"), at: tokens[0].range)
    }
  }

  // MARK: Tokens

  var token: LaTeXToken { tokens[min(position, tokens.count - 1)] }
  var kind: LaTeXToken.Kind { token.kind }
  func token(_ offset: Int) -> LaTeXToken { tokens[min(max(position + offset, 0), tokens.count - 1)] }

  mutating func advance() { if position < tokens.count - 1 { position += 1 } }

  mutating func take(_ wanted: LaTeXToken.Kind) -> Bool {
    if kind != wanted { return false }
    advance()
    return true
  }

  var previousEnd: Int { position > 0 ? tokens[position - 1].range.end : tokens[0].range.start }

  func unexpected(wanted: String) -> Diagnostic {
    let token = token
    if let problem = token.problem { return problem.diagnostic(at: token.range) }
    if token.kind == .end { return LaTeXProblem.missing(wanted).diagnostic(at: token.range) }
    if token.kind == .command, !LaTeXCommands.isKnown(token.text) {
      return LaTeXProblem.unknownCommand(token.text).diagnostic(at: token.range)
    }
    return LaTeXProblem.unexpected(source.text(token.range), wanted: wanted).diagnostic(at: token.range)
  }

  func error(_ problem: LaTeXProblem, from start: Int) -> Diagnostic {
    problem.diagnostic(at: SourceRange(start: start, end: max(previousEnd, start)))
  }

  mutating func enter() throws(Diagnostic) {
    depth += 2
    try admit(depth, at: token.range)
  }

  mutating func leave() { depth -= 2 }

  private mutating func admit(_ depth: Int, at range: SourceRange) throws(Diagnostic) {
    if depth > StackSpace.levelsUnasked, !isStackAsked {
      isStackAsked = true
      nesting = min(nesting, self.depth + StackSpace.levels)
    }
    if depth > nesting { throw Diagnostic(.tooDeep(limit: nesting / 2), at: range) }
  }

  /// A tree for the text since a byte; throws if it is too deep.
  mutating func make(_ kind: SyntaxTree.Kind, from start: Int) throws(Diagnostic) -> SyntaxTree {
    let tree = SyntaxTree(kind, range: SourceRange(start: start, end: max(previousEnd, start)))
    try admit(tree.depth, at: tree.range)
    return tree
  }

  mutating func call(_ name: String, _ arguments: [SyntaxTree], from start: Int) throws(Diagnostic)
    -> SyntaxTree
  {
    let range = SourceRange(start: start, end: max(previousEnd, start))
    return try make(.call(name, nameRange: range, isGreekLetter: false, arguments), from: start)
  }

  // MARK: Sums and products

  /// The whole text as one expression; drops a full stop or comma at the end of the sentence.
  mutating func wholeExpression() throws(Diagnostic) -> SyntaxTree {
    let start = self
    let tree = try statement()
    let uses = LaTeXIndexUses([tree] + derivatives.map(\.tree)) { [names] in names.isOpen($0) }
    if uses.samples.isSubset(of: names.samples), uses.indexed.isSubset(of: names.indexed) { return tree }
    self = start
    names.samples.formUnion(uses.samples)
    names.indexed.formUnion(uses.indexed)
    return try statement()
  }

  private mutating func statement() throws(Diagnostic) -> SyntaxTree {
    try skipExtremum()
    let tree = try expression()
    while kind == .dot || kind == .comma || kind == .semicolon { advance() }
    if kind != .end { throw unexpected(wanted: "an operator") }
    return tree
  }

  /// A sum, or a comparison of two.
  mutating func expression() throws(Diagnostic) -> SyntaxTree {
    try enter()
    defer { leave() }
    let left = try sum()
    guard let comparison else { return left }
    advance()
    let right = try sum()
    if self.comparison != nil { throw Diagnostic(.chainedComparison, at: token.range) }
    return try make(.binary(.compare(comparison), left, right), from: left.range.start)
  }

  /// The comparison at the current position.
  var comparison: Comparison? {
    switch kind {
    case .less: .less
    case .greater: .greater
    case .command: LaTeXCommands.comparisons[token.text]
    case .letter, .number, .word, .begin, .finish, .beginGroup, .endGroup, .sub, .sup, .prime, .align, .row,
      .opening, .closing, .bar, .doubleBar, .plus, .minus, .star, .slash, .comma, .semicolon, .colon, .dot,
      .equals, .end, .bad:
      nil
    }
  }

  mutating func sum() throws(Diagnostic) -> SyntaxTree {
    var terms: [(isNegative: Bool, tree: SyntaxTree)] = [(false, try product())]
    while kind == .plus || kind == .minus {
      let isNegative = kind == .minus
      advance()
      terms.append((isNegative, try product()))
    }
    return try combined(terms[...])
  }

  /// Associates to the left, but splits a very long sum in halves to limit nesting.
  private mutating func combined(_ terms: ArraySlice<(isNegative: Bool, tree: SyntaxTree)>) throws(Diagnostic)
    -> SyntaxTree
  {
    var result = terms[terms.startIndex].tree
    if terms.count > 16 {
      let middle = terms.startIndex + terms.count / 2
      var rest = terms[middle...]
      let flips = rest[middle].isNegative
      if flips { for index in rest.indices { rest[index].isNegative.toggle() } }
      let left = try combined(terms[..<middle])
      let right = try combined(rest)
      return try joined(.binary(flips ? .subtract : .add, left, right), left, right)
    }
    for term in terms.dropFirst() {
      result = try joined(.binary(term.isNegative ? .subtract : .add, result, term.tree), result, term.tree)
    }
    return result
  }

  private mutating func joined(_ kind: SyntaxTree.Kind, _ left: SyntaxTree, _ right: SyntaxTree)
    throws(Diagnostic) -> SyntaxTree
  {
    let tree = SyntaxTree(kind, range: left.range.joined(with: right.range))
    try admit(tree.depth, at: tree.range)
    return tree
  }

  /// Factors joined by signs or juxtaposition, which binds more strongly.
  mutating func product() throws(Diagnostic) -> SyntaxTree {
    let start = token.range.start
    if kind == .minus || kind == .plus {
      try enter()
      defer { leave() }
      let isNegative = kind == .minus
      advance()
      let operand = try product()
      return isNegative ? try make(.negate(operand), from: start) : operand
    }
    var result = try run()
    while let operation = productOperator {
      advance()
      let right: SyntaxTree
      if kind == .minus || kind == .plus {
        right = try signedRun()
      } else {
        right = operation == .divide ? try divisor(of: result) : try run()
      }
      result = try joined(.binary(operation, result, right), result, right)
    }
    return result
  }

  private mutating func signedRun() throws(Diagnostic) -> SyntaxTree {
    try enter()
    defer { leave() }
    let start = token.range.start
    let isNegative = kind == .minus
    advance()
    let operand = kind == .minus || kind == .plus ? try signedRun() : try run()
    return isNegative ? try make(.negate(operand), from: start) : operand
  }

  private var productOperator: BinaryOperator? {
    switch kind {
    case .star: .multiply
    case .slash: .divide
    case .command: LaTeXCommands.operators[token.text]
    case .letter, .number, .word, .begin, .finish, .beginGroup, .endGroup, .sub, .sup, .prime, .align, .row,
      .opening, .closing, .bar, .doubleBar, .plus, .minus, .comma, .semicolon, .colon, .dot, .equals, .less,
      .greater, .end, .bad:
      nil
    }
  }

  /// The divisor after a slash: one factor, since it is unclear whether more belong to the denominator.
  private mutating func divisor(of left: SyntaxTree) throws(Diagnostic) -> SyntaxTree {
    let factor = try self.factor()
    if startsFactor {
      let start = token.range.start
      while startsFactor { _ = try self.factor() }
      let rest = source.text(SourceRange(start: start, end: previousEnd))
      let problem = LaTeXProblem.openQuotient(
        left: source.text(left.range), divisor: source.text(factor.range), rest: rest)
      throw problem.diagnostic(at: left.range.joined(with: SourceRange(start: start, end: previousEnd)))
    }
    return factor
  }

  /// Juxtaposed factors, from the left.
  private mutating func run() throws(Diagnostic) -> SyntaxTree {
    var result = try factor()
    while startsFactor {
      if kind == .number {
        throw LaTeXProblem.numberBehindFactor(token.text).diagnostic(at: token.range)
      }
      if hadamardIsTight, try takeTightProduct(&result) { continue }
      let right = try factor()
      result = try joined(.binary(.multiply, result, right), result, right)
    }
    return result
  }

  /// Reads `A b \odot c` as `A (b \odot c)`.
  private mutating func takeTightProduct(_ result: inout SyntaxTree) throws(Diagnostic) -> Bool {
    var right = try factor()
    while kind == .command, let operation = LaTeXCommands.operators[token.text],
      operation == .elementwiseMultiply
    {
      advance()
      let next = kind == .minus ? try signedRun() : try factor()
      right = try joined(.binary(operation, right, next), right, next)
    }
    result = try joined(.binary(.multiply, result, right), result, right)
    return true
  }

  /// Whether a factor starts here.
  var startsFactor: Bool {
    switch kind {
    case .letter, .number, .word, .beginGroup, .opening: return true
    case .begin: return true
    case .bar, .doubleBar: return !closesBar
    case .command:
      return LaTeXCommands.operators[token.text] == nil && LaTeXCommands.comparisons[token.text] == nil
        && !Self.relations.contains(token.text) && !Self.ends.contains(token.text)
    case .finish, .endGroup, .sub, .sup, .prime, .align, .row, .closing, .plus, .minus, .star, .slash, .comma,
      .semicolon, .colon, .dot, .equals, .less, .greater, .end, .bad:
      return false
    }
  }

  static let relations: Set<String> = [
    "Rightarrow", "implies", "iff", "Longrightarrow", "to", "rightarrow", "ne", "neq", "sim", "propto",
    "equiv",
    "approx", "in", "succ", "succeq", "mid", "colon",
  ]
  /// Commands that occur only in a superscript.
  private static let ends: Set<String> = ["top", "intercal", "prime", "dagger", "star"]

  /// Whether the next bar closes an open one.
  var closesBar: Bool {
    if token.side == .open { return false }
    if token.side == .close { return true }
    return openBars.last == kind || openBars.last == .doubleBar && kind == .bar && token(1).kind == .bar
  }
}
