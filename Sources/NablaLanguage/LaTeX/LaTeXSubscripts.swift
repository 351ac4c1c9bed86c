import NablaTypes

/// A subscript of a name, or a superscript in brackets: an index, or a part of the name.
struct LaTeXLowered {
  enum Piece {
    /// Adjacent letters and numbers, such as the two indices of `A_{ij}`.
    case run([SyntaxTree])
    case tree(SyntaxTree)
    case range(SyntaxTree, SyntaxTree)
    case all(SourceRange)
    /// A word, which can only be part of a name.
    case word
  }

  let pieces: [Piece]
  /// As a part of a name; `nil` if it cannot be one.
  let spelled: String?
  let range: SourceRange

  /// The single letters in it.
  var letters: [String] {
    pieces.flatMap { piece -> [String] in
      switch piece {
      case .run(let trees): trees.flatMap(\.freeNames)
      case .tree(let tree): tree.freeNames
      case .range(let a, let b): a.freeNames + b.freeNames
      case .all, .word: []
      }
    }
  }

  /// Whether it is one number from 1 on or one letter that is usual for an index.
  var isPlace: Bool {
    guard pieces.count == 1, case .run(let trees) = pieces[0], trees.count == 1 else { return false }
    if let name = trees[0].name { return LaTeXIndexUses.letters.contains(name) }
    return trees[0].integerLiteral.map { $0 > 0 } ?? false
  }

  /// The product of a number and sizes, or of known sizes: `{2n}`, `{m n}`.
  func size(among sizes: some Collection<String>) -> SyntaxTree? {
    guard pieces.count == 1, case .run(let trees) = pieces[0], trees.count > 1 else { return nil }
    let areNames = trees.dropFirst().allSatisfy { $0.name != nil }
    let isMultiple = areNames && trees[0].integerLiteral != nil
    guard isMultiple || trees.allSatisfy({ $0.name.map(sizes.contains) ?? false }) else { return nil }
    return trees.dropFirst().reduce(trees[0]) {
      SyntaxTree(.binary(.multiply, $0, $1), range: $0.range.joined(with: $1.range))
    }
  }

  /// The subscripts that it may denote: `{ij}` is two of a matrix, `{2n}` one of a vector or one of several separated
  /// by commas, and `{12}` two of a matrix.
  func subscripts(of shape: Shape? = nil) -> [SyntaxTree.SubscriptTree]? {
    let isVector = shape.map { !$0.isMatrix && !$0.isScalar } ?? false
    if shape?.isMatrix == true, pieces.count == 1, case .run(let trees) = pieces[0], trees.count == 1,
      case .number(let value) = trees[0].kind, let digits = value.integer, (11...99).contains(digits)
    {
      let range = trees[0].range
      return [digits / 10, digits % 10].map {
        .index(SyntaxTree(.number(Rational(Int128($0), over: 1)), range: range))
      }
    }
    var result: [SyntaxTree.SubscriptTree] = []
    for piece in pieces {
      switch piece {
      case .run(let trees):
        guard trees.count > 1, pieces.count > 1 || isVector else {
          result += trees.map { .index($0) }
          continue
        }
        guard var product = trees.first, case .number = product.kind else { return nil }
        for tree in trees.dropFirst() {
          let range = product.range.joined(with: tree.range)
          product = SyntaxTree(.binary(.multiply, product, tree), range: range)
        }
        result.append(.index(product))
      case .tree(let tree): result.append(.index(tree))
      case .range(let a, let b): result.append(.range(a, b))
      case .all(let range): result.append(.all(range))
      case .word: return nil
      }
    }
    return result.isEmpty || result.count > 2 ? nil : result
  }
}

extension SyntaxTree {
  /// The names in it, left to right.
  var freeNames: [String] {
    if let name { return [name] }
    var result: [String] = []
    forEachChild { result += $0.freeNames }
    return result
  }
}

extension LaTeXParser {
  /// `_i`, `_{i,j}`, `_{t+1}`, `_{1:h}`, including the sign `_`.
  mutating func lowered() throws(Diagnostic) -> LaTeXLowered {
    try enter()
    defer { leave() }
    let start = token.range.start
    advance()
    if kind == .number, token.text.count > 1 {
      throw LaTeXProblem.digitsNeedBraces(token.text, isIndex: true).diagnostic(at: token.range)
    }
    guard kind == .beginGroup else {
      let piece = token
      let spelled = Self.spelled([piece])
      switch kind {
      case .letter, .number:
        let tree = try single()
        return LaTeXLowered(
          pieces: [.run([tree])], spelled: spelled, range: SourceRange(start: start, end: previousEnd))
      case .word, .star:
        advance()
        return LaTeXLowered(
          pieces: [.word], spelled: spelled, range: SourceRange(start: start, end: previousEnd))
      case .command, .begin, .finish, .beginGroup, .endGroup, .sub, .sup, .prime, .align, .row, .opening,
        .closing, .bar, .doubleBar, .plus, .minus, .slash, .comma, .semicolon, .colon, .dot, .equals, .less,
        .greater, .end, .bad:
        throw unexpected(wanted: "an index")
      }
    }
    let end = groupEnd(position)
    guard tokens[end].kind == .endGroup else {
      throw LaTeXProblem.unclosed("{").diagnostic(at: token.range)
    }
    let spelled = Self.spelled(tokens[(position + 1)..<end])
    advance()
    var pieces: [LaTeXLowered.Piece] = []
    repeat { pieces.append(try piece(end: end)) } while take(.comma)
    guard position == end else { throw unexpected(wanted: "`}`") }
    advance()
    return LaTeXLowered(
      pieces: pieces, spelled: spelled, range: SourceRange(start: start, end: previousEnd))
  }

  /// A single letter or number.
  private mutating func single() throws(Diagnostic) -> SyntaxTree {
    let token = token
    advance()
    if token.kind == .letter { return SyntaxTree(.name(token.text), range: token.range) }
    guard let value = Rational(text: token.text), !value.isOverflow else {
      throw Diagnostic(.numberTooLarge(token.text), at: token.range)
    }
    return SyntaxTree(.number(value), range: token.range)
  }

  private mutating func piece(end: Int) throws(Diagnostic) -> LaTeXLowered.Piece {
    var next = position
    while next < end, tokens[next].kind == .letter || tokens[next].kind == .number { next += 1 }
    let isRun = next > position && (next == end || tokens[next].kind == .comma)
    if isRun {
      var trees: [SyntaxTree] = []
      while position < next { trees.append(try single()) }
      return .run(trees)
    }
    if kind == .colon, position + 1 == end || token(1).kind == .comma {
      let range = token.range
      advance()
      return .all(range)
    }
    // Anything that is not an expression, such as a star or a word, is part of a name.
    let stop = tokens[position..<end].firstIndex { $0.kind == .comma } ?? end
    let isExpression = tokens[position..<stop].allSatisfy {
      switch $0.kind {
      case .letter, .number, .plus, .minus, .colon, .opening, .closing, .sup, .beginGroup, .endGroup: true
      case .command: $0.isCommand("cdot")
      case .word, .begin, .finish, .sub, .prime, .align, .row, .bar, .doubleBar, .star, .slash, .comma,
        .semicolon, .dot, .equals, .less, .greater, .end, .bad:
        false
      }
    }
    guard isExpression, position < stop, kind == .letter || kind == .number || kind == .opening else {
      guard Self.spelled(tokens[position..<stop]) != nil, position < stop else {
        throw unexpected(wanted: "an index")
      }
      position = stop
      return .word
    }
    let lower = try sum()
    if take(.colon) { return .range(lower, try sum()) }
    return .tree(lower)
  }

  /// Tokens as part of a name: `t+1` is `tplus1`, `*` is `star`.
  static func spelled<Tokens: Collection<LaTeXToken>>(_ tokens: Tokens) -> String? {
    var result = ""
    for token in tokens {
      switch token.kind {
      case .letter, .number: result += token.text.filter { $0 != "." }
      case .word:
        let letters = token.text.filter { $0 != " " && $0 != "-" }
        guard letters.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber) }) else { return nil }
        result += letters
      case .plus: result += "plus"
      case .minus: result += "minus"
      case .star: result += "star"
      case .comma: result += "_"
      case .opening, .closing, .beginGroup, .endGroup, .sub: continue
      case .command where token.text == "star" || token.text == "ast": result += "star"
      case .command where token.text == "infty": result += "inf"
      case .command where LaTeXCommands.fonts.contains(token.text): continue
      case .command where LaTeXCommands.accents[token.text] != nil: continue
      case .command, .begin, .finish, .sup, .prime, .align, .row, .bar, .doubleBar, .slash, .semicolon,
        .colon, .dot, .equals, .less, .greater, .end, .bad:
        return nil
      }
    }
    return result.isEmpty ? nil : result
  }

  /// An entry or a block of an array.
  mutating func entry(of array: SyntaxTree, at lowered: LaTeXLowered, from start: Int) throws(Diagnostic)
    -> SyntaxTree
  {
    guard let subscripts = lowered.subscripts() else {
      throw LaTeXProblem.badSubscript(source.text(lowered.range)).diagnostic(at: lowered.range)
    }
    return try make(.entry(array, subscripts), from: start)
  }

  // MARK: Superscripts

  /// The superscript of a factor: a transposition, an exponent or an inverse.
  mutating func raised(_ base: SyntaxTree, from start: Int) throws(Diagnostic) -> SyntaxTree {
    advance()
    if kind == .number, token.text.count > 1 {
      throw LaTeXProblem.digitsNeedBraces(token.text, isIndex: false).diagnostic(at: token.range)
    }
    if kind == .minus {
      let text = "-" + token(1).text
      throw LaTeXProblem.digitsNeedBraces(text, isIndex: false).diagnostic(at: token.range)
    }
    let isGroup = kind == .beginGroup
    let first = position
    let last = isGroup ? groupEnd(position) : position + 1
    let inside =
      isGroup ? tokens[(first + 1)..<max(last, first + 1)] : tokens[first..<min(last, tokens.count)]
    if let mark = Mark(inside) {
      position = min(isGroup ? last + 1 : last, tokens.count - 1)
      switch mark {
      case .transpose:
        if names.values.contains("T"), inside.first?.kind == .letter {
          throw Diagnostic(.transposeByName("A"), at: SourceRange(start: start, end: previousEnd))
        }
        return try make(.transpose(base), from: start)
      case .inverseTranspose: return try make(.inverseTranspose(base), from: start)
      case .pseudoInverse: return try call("pinv", [base], from: start)
      }
    }
    if isGroup, let sign = inside.first, sign.isCommand("odot") || sign.isCommand("circ"), inside.count > 1 {
      advance()
      advance()
      let exponent = try inBrackets { parser throws(Diagnostic) in try parser.expression() }
      try close(.endGroup, "{", from: tokens[first].range.start)
      return try make(.binary(.elementwisePower, base, exponent), from: start)
    }
    let exponent = try argument()
    return try make(.binary(.power, base, exponent), from: start)
  }

  func isTransposition(_ token: LaTeXToken) -> Bool { Mark([token]) == .transpose }

  /// Whether what is raised, from a token on, is a mark of transposition.
  func isTransposition(behind offset: Int) -> Bool {
    let first = min(position + offset, tokens.count - 1)
    guard tokens[first].kind == .beginGroup else { return Mark(tokens[first...first]) == .transpose }
    return Mark(tokens[(first + 1)..<max(groupEnd(first), first + 1)]) == .transpose
  }

  private enum Mark {
    case transpose, inverseTranspose, pseudoInverse

    init?(_ tokens: ArraySlice<LaTeXToken>) {
      guard let first = tokens.first, let last = tokens.last else { return nil }
      switch tokens.count {
      case 1:
        if Self.isTransposition(first) {
          self = .transpose
        } else if first.isCommand("dagger") || first.kind == .plus {
          self = .pseudoInverse
        } else {
          return nil
        }
      case 2:
        guard first.kind == .minus, Self.isTransposition(last) else { return nil }
        self = .inverseTranspose
      default: return nil
      }
    }

    private static func isTransposition(_ token: LaTeXToken) -> Bool {
      switch token.kind {
      case .letter, .word: token.text == "T"
      case .prime: true
      case .command:
        ["top", "intercal", "prime", "T", "transpose", "trans", "tran", "tp"].contains(token.text)
      case .number, .begin, .finish, .beginGroup, .endGroup, .sub, .sup, .align, .row, .opening, .closing,
        .bar, .doubleBar, .plus, .minus, .star, .slash, .comma, .semicolon, .colon, .dot, .equals, .less,
        .greater, .end, .bad:
        false
      }
    }
  }
}
