import NablaTypes

/// Factors: atoms with their superscripts and subscripts.
extension LaTeXParser {
  mutating func factor() throws(Diagnostic) -> SyntaxTree {
    try enter()
    defer { leave() }
    let start = token.range.start
    var result = try atom()
    while true {
      switch kind {
      case .prime:
        advance()
        result = try make(.transpose(result), from: start)
      case .sup: result = try raised(result, from: start)
      case .sub:
        if token(-1).kind == .closing, takePositivePart() {
          result = try call("relu", [result], from: start)
        } else {
          result = try entry(of: result, at: try lowered(), from: start)
        }
      case .command, .letter, .number, .word, .begin, .finish, .beginGroup, .endGroup, .align, .row, .opening,
        .closing, .bar, .doubleBar, .plus, .minus, .star, .slash, .comma, .semicolon, .colon, .dot, .equals,
        .less, .greater, .end, .bad:
        return result
      }
    }
  }

  /// Steps over the mark of `(x)_+`.
  private mutating func takePositivePart() -> Bool {
    let isGroup = token(1).kind == .beginGroup
    guard token(isGroup ? 2 : 1).kind == .plus, !isGroup || token(3).kind == .endGroup else { return false }
    position = min(position + (isGroup ? 4 : 2), tokens.count - 1)
    return true
  }

  private mutating func atom() throws(Diagnostic) -> SyntaxTree {
    let start = token.range.start
    switch kind {
    case .number: return try number()
    case .letter: return try nameOrCall()
    case .word: return try word()
    case .beginGroup:
      advance()
      let inner = try inBrackets { parser throws(Diagnostic) in try parser.expression() }
      try close(.endGroup, "{", from: start)
      return SyntaxTree(inner.kind, range: SourceRange(start: start, end: previousEnd))
    case .opening: return try bracketed()
    case .bar, .doubleBar: return closesBar ? try unexpectedAtom() : try bars()
    case .begin: return try environment()
    case .command: return try command()
    case .finish, .endGroup, .sub, .sup, .prime, .align, .row, .closing, .plus, .minus, .star, .slash, .comma,
      .semicolon, .colon, .dot, .equals, .less, .greater, .end, .bad:
      return try unexpectedAtom()
    }
  }

  private func unexpectedAtom() throws(Diagnostic) -> SyntaxTree {
    throw unexpected(wanted: "an expression")
  }

  private mutating func command() throws(Diagnostic) -> SyntaxTree {
    let start = token.range.start
    let name = token.text
    if let called = LaTeXCommands.functions[name] { return try function(called, written: "\\" + name) }
    if LaTeXCommands.fonts.contains(name) { return try inFont() }
    if LaTeXCommands.accents[name] != nil { return try nameOrCall() }
    switch name {
    case "frac", "tfrac", "dfrac", "cfrac":
      if let derivative = try fractionDerivative() { return derivative }
      advance()
      let top = try argument()
      let bottom = try argument()
      return try make(.binary(.divide, top, bottom), from: start)
    case "sqrt": return try root()
    case "sum", "prod": return try indexSum()
    case "nabla", "partial": return try derivative()
    case "mathrm", "operatorname", "text", "mathsf":
      advance()
      return try argument()
    default:
      // A macro of the paper's own, such as `\\tr`.
      guard !LaTeXCommands.isKnown(name), let function = Self.function(named: name) else {
        return try unexpectedAtom()
      }
      return try self.function(function, written: "\\" + name)
    }
  }

  private mutating func number() throws(Diagnostic) -> SyntaxTree {
    let token = token
    let digits = String(token.text.dropFirst(digitsTaken))
    let range = SourceRange(start: token.range.start + digitsTaken, end: token.range.end)
    digitsTaken = 0
    advance()
    guard let value = Rational(text: digits), !value.isOverflow else {
      throw Diagnostic(.numberTooLarge(digits), at: range)
    }
    return SyntaxTree(.number(value), range: range)
  }

  /// The argument of a command: a group, or the next token alone, so `\frac12` is one half.
  mutating func argument() throws(Diagnostic) -> SyntaxTree {
    try enter()
    defer { leave() }
    let start = token.range.start
    switch kind {
    case .beginGroup:
      advance()
      let inner = try inBrackets { parser throws(Diagnostic) in try parser.expression() }
      try close(.endGroup, "{", from: start)
      return SyntaxTree(inner.kind, range: SourceRange(start: start, end: previousEnd))
    case .number:
      if token.text.contains(".") || token.text.count == digitsTaken + 1 { return try number() }
      let place = token.text.index(token.text.startIndex, offsetBy: digitsTaken)
      let range = SourceRange(start: start + digitsTaken, end: start + digitsTaken + 1)
      digitsTaken += 1
      guard let value = Rational(text: token.text[place...place]) else { return try unexpectedAtom() }
      return SyntaxTree(.number(value), range: range)
    case .letter, .word, .command: return try atom()
    case .begin, .finish, .endGroup, .sub, .sup, .prime, .align, .row, .opening, .closing, .bar, .doubleBar,
      .plus, .minus, .star, .slash, .comma, .semicolon, .colon, .dot, .equals, .less, .greater, .end, .bad:
      throw unexpected(wanted: "`{`")
    }
  }

  // MARK: Brackets

  /// Reads with no bar open: bars from outside a bracket are not closed inside it.
  mutating func inBrackets<T>(_ body: (inout LaTeXParser) throws(Diagnostic) -> T) throws(Diagnostic) -> T {
    let outside = openBars
    openBars = []
    let result = try body(&self)
    openBars = outside
    return result
  }

  mutating func close(_ wanted: LaTeXToken.Kind, _ open: String, from start: Int) throws(Diagnostic) {
    if take(wanted) { return }
    if kind == .end {
      throw LaTeXProblem.unclosed(open).diagnostic(at: SourceRange(start: start, end: start + 1))
    }
    throw unexpected(wanted: "an operator")
  }

  private static let partners = ["(": ")", "[": "]", "{": "}", "<": ">", "[[": "]]"]

  /// Consumes the closing bracket.
  mutating func closeBracket(_ opening: LaTeXToken) throws(Diagnostic) {
    let partner = Self.partners[opening.text] ?? ")"
    if kind == .closing, token.text == partner { return advance() }
    if kind == .end { throw LaTeXProblem.unclosed(opening.text).diagnostic(at: opening.range) }
    throw unexpected(wanted: "`\(partner)`")
  }

  /// `(E)`, `[E]`, `\{E\}`; `\langle a, b \rangle` is an inner product.
  mutating func bracketed() throws(Diagnostic) -> SyntaxTree {
    let opening = token
    let start = opening.range.start
    if opening.text == "<" {
      let arguments = try arguments()
      guard arguments.count == 2 else {
        throw Diagnostic(
          .argumentCount("\\langle", wanted: "two arguments", found: arguments.count),
          at: SourceRange(start: start, end: previousEnd))
      }
      // `\langle A, B \rangle_F`.
      if kind == .sub {
        advance()
        let first = position
        let mark = Self.mark(of: groupTokens())
        guard mark == ["F"] || mark == ["2"] else {
          let text = source.text(SourceRange(start: tokens[first].range.start, end: previousEnd))
          throw error(.badInnerProduct(text), from: start)
        }
      }
      return try call("dot", arguments, from: start)
    }
    advance()
    let inner = try inBrackets { parser throws(Diagnostic) in try parser.expression() }
    try closeBracket(opening)
    return SyntaxTree(inner.kind, range: SourceRange(start: start, end: previousEnd))
  }

  /// Expressions between brackets, separated by commas.
  mutating func arguments() throws(Diagnostic) -> [SyntaxTree] {
    let opening = token
    advance()
    let result = try inBrackets { parser throws(Diagnostic) in
      var result = [try parser.expression()]
      while parser.take(.comma) { result.append(try parser.expression()) }
      return result
    }
    try closeBracket(opening)
    return result
  }

  // MARK: Bars

  /// `|x|`, `\lVert x \rVert_2`.
  private mutating func bars() throws(Diagnostic) -> SyntaxTree {
    let start = token.range.start
    let opening = token
    var isDouble = kind == .doubleBar
    if !isDouble, opening.side == .either, token(1).kind == .bar, token(1).range.start == opening.range.end {
      isDouble = true
      advance()
    }
    advance()
    let mark: LaTeXToken.Kind = isDouble ? .doubleBar : .bar
    let depth = openBars.count
    openBars.append(mark)
    let inner = try expression()
    guard openBars.count > depth else { throw unexpected(wanted: "a bar") }
    openBars.removeLast(openBars.count - depth)
    if isDouble, kind == .bar, token(1).kind == .bar {
      advance()
    } else if kind != mark {
      if kind == .end {
        throw LaTeXProblem.unclosed(source.text(opening.range)).diagnostic(at: opening.range)
      }
      throw unexpected(wanted: "the bar that closes `\(source.text(opening.range))`")
    }
    advance()
    if isDouble { return try norm(of: inner, from: start) }
    return try call(Bars.absolute.rawValue, [inner], from: start)
  }

  /// The functions by the subscripts of norms.
  private static let norms: [[String]: String] = [
    ["2"]: Bars.euclidean.rawValue, ["F"]: "normF", ["Fro"]: "normF", ["fro"]: "normF",
    ["1"]: Bars.sum.rawValue, ["\\infty"]: Bars.largest.rawValue,
    ["*"]: "nucnorm", ["\\ast"]: "nucnorm", ["\\star"]: "nucnorm", ["op"]: "specnorm", ["spec"]: "specnorm",
  ]

  private static func mark(of tokens: ArraySlice<LaTeXToken>) -> [String] {
    tokens.map { $0.kind == .command ? "\\" + $0.text : $0.kind == .star ? "*" : $0.text }
  }

  /// A norm, determined by its subscript.
  private mutating func norm(of inner: SyntaxTree, from start: Int) throws(Diagnostic) -> SyntaxTree {
    guard kind == .sub else { return try call("norm2", [inner], from: start) }
    advance()
    let first = position
    let tokens = groupTokens()
    let function = Self.norms[Self.mark(of: tokens)]
    // `_p` and `_3`: the norm of that order.
    if function == nil, tokens.count == 1, let order = tokens.first,
      order.kind == .number || order.kind == .letter && ["p", "q", "r", "s"].contains(order.text)
    {
      let value = Rational(text: order.text[...]).map { SyntaxTree.Kind.number($0) } ?? .name(order.text)
      return try call("norm", [inner, SyntaxTree(value, range: order.range)], from: start)
    }
    guard let function else {
      let text = source.text(SourceRange(start: self.tokens[first].range.start, end: previousEnd))
      throw error(.badNorm(text), from: start)
    }
    return try call(function, [inner], from: start)
  }

  /// The tokens of the next group, or the next token alone; consumes them.
  mutating func groupTokens() -> ArraySlice<LaTeXToken> {
    guard kind == .beginGroup else {
      let first = position
      advance()
      return tokens[first..<max(position, first)]
    }
    let end = groupEnd(position)
    let inside = tokens[(position + 1)..<max(end, position + 1)]
    position = min(end + 1, tokens.count - 1)
    return inside
  }

  /// The index of the token that closes the group opened at a token.
  func groupEnd(_ start: Int) -> Int {
    var depth = 0
    for index in start..<tokens.count {
      if tokens[index].kind == .beginGroup { depth += 1 }
      if tokens[index].kind == .endGroup {
        depth -= 1
        if depth == 0 { return index }
      }
    }
    return tokens.count - 1
  }
}
