import NablaTypes

/// A derivative in LaTeX notation: `\nabla_x f`, `\frac{\partial f}{\partial X}`.
package struct LaTeXDerivative: Sendable {
  /// One of the variables: its name, and the entry in question.
  struct Variable: Sendable {
    let tree: SyntaxTree
    let isTransposed: Bool
  }

  let kind: DerivativeKind
  let tree: SyntaxTree
  let variables: [Variable]
  /// Whether it is written as a fraction, which for arrays may mean either layout.
  let isFraction: Bool
  let range: SourceRange

  /// The name that represents a derivative in a tree; users cannot type it.
  static func name(_ index: Int) -> String { "∇\(index)∇" }
}

extension LaTeXParser {
  /// A parsed derivative, as a name in the tree.
  private mutating func placeholder(_ derivative: LaTeXDerivative) -> SyntaxTree {
    derivatives.append(derivative)
    return SyntaxTree(.name(LaTeXDerivative.name(derivatives.count - 1)), range: derivative.range)
  }

  /// `\nabla_x E`, `\nabla_x^2 E`, `\partial_x E`; `\nabla f(x)` of a declared function is a value.
  mutating func derivative() throws(Diagnostic) -> SyntaxTree {
    let start = token.range.start
    let isNabla = token.text == "nabla"
    advance()
    var order = 1
    var variables: [LaTeXDerivative.Variable] = []
    while kind == .sub || kind == .sup {
      let isIndex = kind == .sub
      advance()
      if isIndex {
        guard variables.isEmpty else { throw unexpected(wanted: "an expression") }
        variables = try self.variables()
      } else {
        guard order == 1, case .number(let value) = try argument().kind, let power = value.integer, power == 2
        else {
          throw error(.derivativeOrder, from: start)
        }
        order = power
      }
    }
    if variables.isEmpty {
      if isNabla, let value = try declaredDerivative(order, from: start) { return value }
      throw error(.noVariable, from: start)
    }
    let tree = try product()
    return placeholder(
      LaTeXDerivative(
        kind: order == 2 ? .hessian : .gradient, tree: tree, variables: variables, isFraction: !isNabla,
        range: SourceRange(start: start, end: previousEnd)))
  }

  /// The subscript of `\nabla`: one name or several.
  private mutating func variables() throws(Diagnostic) -> [LaTeXDerivative.Variable] {
    // The exponent of `\nabla_x^2` belongs to the nabla.
    guard kind == .beginGroup else { return [.init(tree: try single(), isTransposed: false)] }
    let start = token.range.start
    advance()
    var result = [try variable()]
    while take(.comma) { result.append(try variable()) }
    try close(.endGroup, "{", from: start)
    return result
  }

  private mutating func single() throws(Diagnostic) -> SyntaxTree {
    let start = token.range.start
    guard let base = try base() else { throw unexpected(wanted: "a variable") }
    return SyntaxTree(
      .name(try whole(base.name, base.hint, SourceRange(start: start, end: previousEnd))),
      range: SourceRange(start: start, end: previousEnd))
  }

  private mutating func variable() throws(Diagnostic) -> LaTeXDerivative.Variable {
    let start = token.range.start
    let tree = try nameOrCall()
    var isTransposed = false
    if kind == .sup || kind == .prime {
      let raised = kind == .sup ? try raised(tree, from: start) : tree
      if kind == .prime { advance() }
      guard case .transpose = raised.kind else {
        if kind == .prime { return .init(tree: tree, isTransposed: true) }
        throw error(.notAName(source.text(raised.range)), from: start)
      }
      isTransposed = true
    }
    guard tree.name != nil || tree.entryName != nil else {
      throw error(.notAName(source.text(tree.range)), from: start)
    }
    return .init(tree: tree, isTransposed: isTransposed)
  }

  /// `\nabla f(x)` and `\nabla^2 f(x)` of a declared function.
  private mutating func declaredDerivative(_ order: Int, from start: Int) throws(Diagnostic) -> SyntaxTree? {
    let first = position
    guard let base = try base() else { return nil }
    var name = base.name
    if kind == .sub { name += "_" + (try lowered().spelled ?? "") }
    guard let function = names.known(like: name).first, names.functions.contains(function), kind == .opening
    else {
      position = first
      return nil
    }
    let nameRange = SourceRange(start: base.start, end: previousEnd)
    let arguments = try arguments()
    return try make(
      .derivative(order == 2 ? .hessian : .gradient, of: function, nameRange: nameRange, arguments),
      from: start)
  }

  /// `J_f(x)` of a declared function; `nil` otherwise.
  mutating func jacobian(from start: Int) throws(Diagnostic) -> SyntaxTree? {
    guard kind == .sub, names.known(like: "J").isEmpty else { return nil }
    let first = position
    advance()
    let isGroup = take(.beginGroup)
    let nameStart = token.range.start
    if var name = try base()?.name {
      if kind == .sub { name += "_" + (try lowered().spelled ?? "") }
      let nameRange = SourceRange(start: nameStart, end: previousEnd)
      if !isGroup || take(.endGroup), let function = names.known(like: name).first,
        names.functions.contains(function), kind == .opening
      {
        let arguments = try arguments()
        return try make(.derivative(.jacobian, of: function, nameRange: nameRange, arguments), from: start)
      }
    }
    position = first
    return nil
  }

  // MARK: Fractions

  /// Whether a token is the d of a derivative.
  private func isMark(_ token: LaTeXToken) -> Bool {
    token.isCommand("partial")
      || (token.kind == .letter || token.kind == .word) && token.text == "d" && !names.values.contains("d")
  }

  /// `\frac{\partial f}{\partial x}`, `\frac{d}{dx} f`; `nil` if the fraction is a quotient.
  mutating func fractionDerivative() throws(Diagnostic) -> SyntaxTree? {
    guard token(1).kind == .beginGroup, isMark(token(2)) else { return nil }
    let end = groupEnd(position + 1)
    guard end + 2 < tokens.count, tokens[end + 1].kind == .beginGroup, isMark(tokens[end + 2]) else {
      return nil
    }
    switch tokens[end + 3 < tokens.count ? end + 3 : end].kind {
    case .letter, .word, .command, .beginGroup: break
    case .number, .begin, .finish, .endGroup, .sub, .sup, .prime, .align, .row, .opening, .closing, .bar,
      .doubleBar, .plus, .minus, .star, .slash, .comma, .semicolon, .colon, .dot, .equals, .less, .greater,
      .end, .bad:
      return nil
    }
    try enter()
    defer { leave() }
    let start = token.range.start
    position += 3
    var order = 1
    if kind == .sup {
      advance()
      guard case .number(let value) = try argument().kind, value.integer == 2 else {
        throw error(.derivativeOrder, from: start)
      }
      order = 2
    }
    var tree: SyntaxTree?
    if kind != .endGroup { tree = try inBrackets { parser throws(Diagnostic) in try parser.expression() } }
    try close(.endGroup, "{", from: start)
    let opening = token.range.start
    advance()
    let variables = try denominators()
    try close(.endGroup, "{", from: opening)
    let operand: SyntaxTree
    if let tree { operand = tree } else { operand = try product() }
    let isJacobian = order == 1 && variables.contains(where: \.isTransposed)
    guard variables.count <= order, !variables.isEmpty else { throw error(.derivativeOrder, from: start) }
    return placeholder(
      LaTeXDerivative(
        kind: order == 2 ? .hessian : isJacobian ? .jacobian : .gradient, tree: operand, variables: variables,
        isFraction: true, range: SourceRange(start: start, end: previousEnd)))
  }

  /// `\partial x \partial x^\top`, `dx`, `\partial x^2`.
  private mutating func denominators() throws(Diagnostic) -> [LaTeXDerivative.Variable] {
    var result: [LaTeXDerivative.Variable] = []
    while isMark(token) {
      advance()
      let start = token.range.start
      let tree = try nameOrCall()
      guard tree.name != nil || tree.entryName != nil else {
        throw error(.notAName(source.text(tree.range)), from: start)
      }
      var isTransposed = false
      while kind == .sup || kind == .prime {
        if kind == .sup, token(1).kind == .number || token(1).kind == .beginGroup && token(2).kind == .number
        {
          advance()
          guard case .number(let value) = try argument().kind, value.integer == 2 else {
            throw error(.derivativeOrder, from: start)
          }
          continue
        }
        let raised = kind == .sup ? try raised(tree, from: start) : try transposed(tree, from: start)
        guard case .transpose = raised.kind else {
          throw error(.notAName(source.text(raised.range)), from: start)
        }
        isTransposed = true
      }
      result.append(.init(tree: tree, isTransposed: isTransposed))
    }
    return result
  }

  private mutating func transposed(_ tree: SyntaxTree, from start: Int) throws(Diagnostic) -> SyntaxTree {
    advance()
    return try make(.transpose(tree), from: start)
  }
}

extension SyntaxTree {
  /// The name of the array whose entry it is.
  var entryName: String? {
    if case .entry(let array, _) = kind { return array.name }
    return nil
  }
}
