import NablaTypes

/// Names, entries and calls.
extension LaTeXParser {
  /// The letters of a name, with their accents and font.
  struct Base {
    var name: String
    var hint: FontHint?
    let start: Int
  }

  /// A letter, an accented letter, a letter in a font, or a word; `nil` if none starts here.
  mutating func base() throws(Diagnostic) -> Base? {
    let start = token.range.start
    switch kind {
    case .letter:
      let name = token.text
      advance()
      return Base(name: name, start: start)
    case .word:
      guard let name = Self.spelled([token]) else { return nil }
      advance()
      return Base(name: name, start: start)
    case .command:
      let command = token.text
      let accent = LaTeXCommands.accents[command]
      guard accent != nil || LaTeXCommands.fonts.contains(command) else { return nil }
      try enter()
      defer { leave() }
      advance()
      let isGroup = take(.beginGroup)
      guard var inner = try base() else { throw unexpected(wanted: "a name") }
      if isGroup, !take(.endGroup) {
        throw LaTeXProblem.notAName(source.text(SourceRange(start: start, end: token.range.end)))
          .diagnostic(at: SourceRange(start: start, end: token.range.end))
      }
      if let accent { inner.name += accent }
      if accent == nil, ["mathbf", "boldsymbol", "bm", "pmb", "bf", "vec", "symbf"].contains(command) {
        inner.hint = Letters.isCapital(inner.name) ? .matrix : .vector
      }
      return Base(name: inner.name, hint: inner.hint, start: start)
    case .number, .begin, .finish, .beginGroup, .endGroup, .sub, .sup, .prime, .align, .row, .opening,
      .closing, .bar, .doubleBar, .plus, .minus, .star, .slash, .comma, .semicolon, .colon, .dot, .equals,
      .less, .greater, .end, .bad:
      return nil
    }
  }

  /// A name with its indices, a function call, or `\mathrm{d}X`.
  mutating func nameOrCall() throws(Diagnostic) -> SyntaxTree {
    if let result = try spelledWord() { return result }
    let start = token.range.start
    guard let base = try base() else { throw unexpected(wanted: "an expression") }
    return try named(base, from: start)
  }

  mutating func named(_ base: Base, from start: Int) throws(Diagnostic) -> SyntaxTree {
    if let result = try special(base, from: start) { return result }
    var name = base.name
    var lowered: LaTeXLowered?
    isRaisedTransposed = false
    while !isRaisedTransposed {
      if kind == .sub, lowered == nil {
        lowered = try self.lowered()
      } else if kind == .sup, let raised = try raisedName() {
        name += raised
      } else {
        break
      }
    }
    let isTransposed = isRaisedTransposed
    isRaisedTransposed = false
    let tree = try resolved(name, lowered, base, from: start)
    if isTransposed { return try make(.transpose(tree), from: start) }
    guard case .name(let found) = tree.kind else {
      // `s_i(z)` is an entry if s is defined as a function of z.
      let isDefined =
        names.families[name] != nil || names.known(like: name).contains { names.parameters[$0] != nil }
      if isDefined, kind == .opening, token.text == "(" { _ = bareNames() }
      return SyntaxTree(tree.kind, range: SourceRange(start: start, end: previousEnd))
    }
    return try applied(found, tree, from: start)
  }

  /// `^{(l)}` and `^*`, which belong to the name.
  mutating func raisedName() throws(Diagnostic) -> String? {
    let next = token(1)
    if next.kind == .star || next.isCommand("star") || next.isCommand("ast") {
      advance()
      advance()
      return "star"
    }
    guard next.kind == .beginGroup else { return nil }
    let end = groupEnd(position + 1)
    let inside = tokens[min(position + 2, end)..<end]
    guard let first = inside.first, var last = inside.last else { return nil }
    if inside.count == 1, first.kind == .star || first.isCommand("star") || first.isCommand("ast") {
      position = end
      advance()
      return "star"
    }
    // `x^{(l)\top}` is the transpose of `x^{(l)}`.
    var word = inside
    let isTransposed = inside.count > 3 && isTransposition(last)
    if isTransposed {
      word = inside.dropLast()
      last = word[word.endIndex - 1]
    }
    guard first.kind == .opening, first.text == "(", last.kind == .closing, last.text == ")",
      let spelled = Self.spelled(word)
    else { return nil }
    position = end
    advance()
    isRaisedTransposed = isTransposed
    return spelled
  }

  // MARK: Meanings of names

  private func isIndex(_ letter: String) -> Bool {
    bound.contains(letter) || names.freeIndices.contains(letter)
  }

  private mutating func resolved(_ name: String, _ lowered: LaTeXLowered?, _ base: Base, from start: Int)
    throws(Diagnostic) -> SyntaxTree
  {
    let range = SourceRange(start: start, end: previousEnd)
    guard let lowered else {
      return SyntaxTree(.name(try whole(name, base.hint, range)), range: range)
    }
    let letters = lowered.letters
    let moves = letters.contains(where: isIndex)
    let spelled = lowered.spelled.map { name + "_" + $0 }
    let known = spelled.map { names.known(like: $0) } ?? []
    if !moves, let spelled, known.count > 0 {
      let found = try one(of: known, spelled, range)
      let array = names.known(like: name)
      if array.count == 1, names.isArray(array[0]), !names.isMatrix(array[0]), letters.isEmpty {
        throw LaTeXProblem.twoNames(
          found, "\(array[0])[\(lowered.spelled ?? "")]", written: source.text(range)
        )
        .diagnostic(at: range)
      }
      return SyntaxTree(.name(found), range: range)
    }
    if let special = try structured(name, lowered, moves, range) { return special }
    let array = names.known(like: name)
    let isSized = letters.allSatisfy { isIndex($0) || names.sizes.contains($0) }
    let hasRange = lowered.pieces.contains {
      switch $0 {
      case .all, .range: true
      case .run, .tree, .word: false
      }
    }
    let isEntry =
      moves || hasRange || isSized && array.count == 1 && names.isArray(array[0])
      || names.indexed.contains(name) && names.isOpen(name) && lowered.isPlace
    if isEntry {
      guard letters.allSatisfy({ isIndex($0) || names.sizes.contains($0) || !names.values.contains($0) })
      else {
        throw LaTeXProblem.badSubscript(source.text(lowered.range)).diagnostic(at: lowered.range)
      }
      return try entry(name, lowered, base, range)
    }
    guard let spelled else {
      throw LaTeXProblem.badSubscript(source.text(lowered.range)).diagnostic(at: lowered.range)
    }
    return SyntaxTree(.name(try whole(spelled, base.hint, range)), range: range)
  }

  /// The name formed by the letters.
  mutating func whole(_ name: String, _ hint: FontHint?, _ range: SourceRange) throws(Diagnostic)
    -> String
  {
    let known = names.known(like: name)
    if !known.isEmpty { return try one(of: known, name, range) }
    if let hint { fontHints[name] = hint }
    return name
  }

  private func one(of known: [String], _ name: String, _ range: SourceRange) throws(Diagnostic) -> String {
    if known.count > 1 {
      throw LaTeXProblem.twoNames(known[0], known[1], written: source.text(range)).diagnostic(at: range)
    }
    return known[0]
  }

  /// Letters whose indices have a meaning of their own: `I_n`, `\delta_{ij}`, `K_{m,n}`.
  private mutating func structured(
    _ name: String, _ lowered: LaTeXLowered, _ moves: Bool, _ range: SourceRange
  ) throws(Diagnostic) -> SyntaxTree? {
    guard names.known(like: name).isEmpty else { return nil }
    if name == "I", !moves, let size = lowered.size(among: names.sizes) {
      return try call("eye", [size], from: range.start)
    }
    guard let subscripts = lowered.subscripts() else { return nil }
    let places = subscripts.compactMap { part -> SyntaxTree? in
      if case .index(let tree) = part { return tree }
      return nil
    }
    guard places.count == subscripts.count else { return nil }
    let start = range.start
    switch (name, places.count) {
    case ("I", 1) where !moves: return try call("eye", places, from: start)
    case ("delta", 2) where moves, ("I", 2) where moves:
      return try make(.entry(SyntaxTree(.name("I"), range: range), subscripts), from: start)
    case ("K", 2) where !moves && lowered.pieces.count == 2:
      return try call("commutation", places, from: start)
    default: return nil
    }
  }

  /// An entry of an array. `x_{ij}` may also be one of `X`, and `x_i` row i of it as a column, if only `X` is known.
  private mutating func entry(_ name: String, _ lowered: LaTeXLowered, _ base: Base, _ range: SourceRange)
    throws(Diagnostic) -> SyntaxTree
  {
    let start = range.start
    let shape = names.known(like: name).first.flatMap { names.shapes[$0] }
    guard let subscripts = lowered.subscripts(of: shape) else {
      throw LaTeXProblem.badSubscript(source.text(lowered.range)).diagnostic(at: lowered.range)
    }
    let known = names.known(like: name)
    let capital = name.prefix(1).uppercased() + name.dropFirst()
    let isMatrix = known.contains { names.isMatrix($0) }
    if subscripts.count == 2, capital != name, !isMatrix, let matrix = names.known(like: capital).first,
      names.isMatrix(matrix) || known.isEmpty && names.values.contains(matrix) && names.shapes[matrix] == nil
    {
      return try make(.entry(SyntaxTree(.name(matrix), range: range), subscripts), from: start)
    }
    if let family = names.families[name], family.indices.count == subscripts.count {
      var places: [String: SyntaxTree] = [:]
      for (index, part) in zip(family.indices, subscripts) {
        guard case .index(let tree) = part else {
          throw LaTeXProblem.badSubscript(source.text(lowered.range)).diagnostic(at: lowered.range)
        }
        places[index] = tree
      }
      return try placed(family.body, places, range)
    }
    if known.isEmpty, capital != name, let matrix = names.known(like: capital).first, names.isMatrix(matrix) {
      let array = SyntaxTree(.name(matrix), range: range)
      let row = try make(.entry(array, [subscripts[0], .all(range)]), from: start)
      return try make(.transpose(row), from: start)
    }
    let found = known.isEmpty ? name : try one(of: known, name, range)
    if !known.isEmpty, names.samples.contains(name), names.isOpen(name), names.parameters[name] == nil {
      throw LaTeXProblem.sampleAsVariable(name, matrix: capital).diagnostic(at: range)
    }
    if known.isEmpty, base.hint == .vector || names.samples.contains(name), subscripts.count == 1,
      case .index = subscripts[0]
    {
      // A vector for each index: a row of the matrix of them all.
      fontHints[capital] = .matrix
      let array = SyntaxTree(.name(capital), range: range)
      let row = try make(.entry(array, [subscripts[0], .all(range)]), from: start)
      return try make(.transpose(row), from: start)
    }
    return try make(.entry(SyntaxTree(.name(found), range: range), subscripts), from: start)
  }

  /// The formula of a family at its indices; bound indices that clash are renamed.
  private mutating func placed(_ body: SyntaxTree, _ places: [String: SyntaxTree], _ range: SourceRange)
    throws(Diagnostic) -> SyntaxTree
  {
    var avoided = Set(bound)
    for tree in places.values { avoided.formUnion(tree.freeNames) }
    let result = body.replacing(places, avoiding: avoided, at: range)
    return try make(result.kind, from: range.start)
  }

  // MARK: Calls

  /// A name with a bracket after it: a function call, a definition with arguments, or a product.
  private mutating func applied(_ name: String, _ tree: SyntaxTree, from start: Int) throws(Diagnostic)
    -> SyntaxTree
  {
    if names.functions.contains(name) { return try functionValue(name, tree, from: start) }
    guard kind == .opening, token.text == "(" else { return tree }
    if names.parameters[name] != nil {
      let before = position
      let opening = token
      if let arguments = bareNames(), kind != .sup, kind != .sub, kind != .prime, !startsFactor {
        if names.isFunction(name, of: arguments) {
          return SyntaxTree(tree.kind, range: SourceRange(start: start, end: previousEnd))
        }
        throw unexpectedArguments(name, opening)
      }
      position = before
      return tree
    }
    let isConstant = name == "pi" || name == "e" || name == "I"
    if names.values.contains(name) || names.sizes.contains(name) || isConstant || isIndex(name) {
      return tree
    }
    let before = position
    let (closing, hasComma) = bracket(position)
    let isFunction = Self.functionLetters.contains(name) && tree.name == name
    if hasComma { throw error(.unknownFunction(source.text(tree.range)), from: start) }
    if isFunction || bareNames() != nil {
      let end = closing > before + 1 ? tokens[closing - 1].range.end : tokens[before].range.end
      let text = source.text(SourceRange(start: tokens[before].range.end, end: end))
      throw error(.callOrProduct(source.text(tree.range), arguments: text), from: start)
    }
    position = before
    return tree
  }

  /// Letters that are functions more often than factors, before a bracket.
  private static let functionLetters: Set<String> = ["f", "g", "h", "phi", "psi", "rho", "ell"]

  /// The end of the bracket that opens at a token, and whether commas separate its parts.
  private func bracket(_ start: Int) -> (end: Int, hasComma: Bool) {
    var depth = 0
    var hasComma = false
    for index in start..<tokens.count {
      switch tokens[index].kind {
      case .opening, .beginGroup, .begin: depth += 1
      case .closing, .endGroup, .finish:
        depth -= 1
        if depth == 0 { return (index, hasComma) }
      case .comma: if depth == 1 { hasComma = true }
      case .command, .letter, .number, .word, .sub, .sup, .prime, .align, .row, .bar, .doubleBar, .plus,
        .minus, .star, .slash, .semicolon, .colon, .dot, .equals, .less, .greater, .end, .bad:
        continue
      }
    }
    return (tokens.count - 1, false)
  }

  private func unexpectedArguments(_ name: String, _ opening: LaTeXToken) -> Diagnostic {
    let parameters = names.parameters[name, default: []].joined(separator: ", ")
    return Diagnostic(
      message: "`\(name)` is not defined as a function of this", range: opening.range,
      hint: parameters.isEmpty
        ? "write `\(name)`, or a sign for the product" : "write `\(name)(\(parameters))`")
  }

  /// Consumes `(x, \mathbf{y})` and returns the names; returns `nil` and consumes nothing otherwise.
  mutating func bareNames() -> [String]? {
    let before = position
    advance()
    var result: [String] = []
    repeat {
      guard let base = try? self.base() else {
        position = before
        return nil
      }
      var name = base.name
      while true {
        if kind == .sub, let lowered = try? lowered() {
          name += "_" + (lowered.spelled ?? "")
        } else if kind == .sup, let raised = try? raisedName() {
          name += raised
        } else {
          break
        }
      }
      result.append(names.known(like: name).first ?? name)
    } while take(.comma) || take(.semicolon)
    guard kind == .closing else {
      position = before
      return nil
    }
    advance()
    return result
  }

  /// `f(x)`, `\phi''(z)`, `\phi^{(4)}(z)` of a declared function.
  private mutating func functionValue(_ name: String, _ tree: SyntaxTree, from start: Int) throws(Diagnostic)
    -> SyntaxTree
  {
    var order = 0
    while kind == .prime {
      order += 1
      advance()
    }
    guard kind == .opening else {
      if order > 0 { throw unexpected(wanted: "`(`") }
      return tree
    }
    let arguments = try arguments()
    if order > 0 {
      return try make(.derivative(.prime(order), of: name, nameRange: tree.range, arguments), from: start)
    }
    return try make(
      .call(name, nameRange: tree.range, isGreekLetter: false, arguments), from: start)
  }
}
