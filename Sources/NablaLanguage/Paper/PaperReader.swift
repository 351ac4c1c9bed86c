import NablaTypes

/// Reads a paper from its beginning: declarations, definitions, and formulas that claim a derivative.
package struct PaperReader {
  struct Definition {
    let tree: SyntaxTree
    let derivatives: [LaTeXDerivative]
  }

  let source: SourceText
  /// Whether the text mentions numerator layout, in which the gradient by a matrix is transposed.
  let usesNumeratorLayout: Bool
  var names = LaTeXNames()
  var declarations: [String: Declaration] = [:]
  var definitions: [String: Definition] = [:]
  /// The names fixed by the header; the text does not change them.
  var locked: Set<String> = []
  /// The names defined in the header; inline formulas do not change them.
  private var headed: Set<String> = []
  /// The prose before the formula.
  private(set) var prose = ""
  /// The known shapes, which decide the meaning of bars.
  var environment = Environment()
  private var formulas: [PaperFormula] = []

  /// The formulas of a paper; `declared` are additional header lines.
  package static func formulas(of source: SourceText, isMarkdown: Bool, declared: [String]) throws(NablaError)
    -> [PaperFormula]
  {
    var reader = PaperReader(source: source)
    for line in declared { try reader.header(SourceText(line, name: "--declare")) }
    for part in PaperText.definitionsFirst(PaperText.parts(of: source, isMarkdown: isMarkdown), source) {
      switch part {
      case .directive(let range):
        // Locations in messages refer to the paper.
        var bytes = [UInt8](repeating: 0x20, count: range.end)
        bytes.replaceSubrange(range.start..<range.end, with: source.bytes[range.start..<range.end])
        for index in source.bytes[..<range.start].indices where source.bytes[index] == 0x0A {
          bytes[index] = 0x0A
        }
        try reader.header(SourceText(bytes: bytes, name: source.name))
      case .formula(let range, let isDisplayed): reader.read(range, isDisplayed)
      case .prose(let range): reader.prose = source.text(range)
      }
    }
    return reader.formulas
  }

  private init(source: SourceText) {
    self.source = source
    let text = source.text(SourceRange(start: 0, end: source.bytes.count)).lowercased()
    usesNumeratorLayout = ["numerator layout", "numerator-layout"].contains(where: text.contains)
  }

  /// A line of the header: a declaration, a definition, or the formula of an indexed name.
  private mutating func header(_ line: SourceText) throws(NablaError) {
    let range = SourceRange(start: 0, end: line.bytes.count)
    let tokens = LaTeXLexer.tokens(of: line, in: range)
    if tokens.contains(where: { $0.kind == .equals }) {
      let splitter = PaperSplitter.equations(of: line, in: range)
      if let left = splitter.first?.sides.first, let target = definable(left), !target.indices.isEmpty {
        guard let equals = line.bytes.firstIndex(of: UInt8(ascii: "=")) else { return }
        var environment = Environment()
        let right = SourceText(
          bytes: Array(repeating: 0x20, count: equals + 1) + line.bytes[(equals + 1)...], name: line.name)
        let body = try parseExpression(right, in: &environment)
        names.add(family: target.name, .init(indices: target.indices, body: body))
        headed.insert(target.name)
        return
      }
    }
    let (statements, diagnostics) = parseFile(line)
    if !diagnostics.isEmpty { throw NablaError(diagnostics: diagnostics) }
    for statement in statements {
      switch statement.kind {
      case .declaration(let declarations):
        for declaration in declarations {
          declare(declaration)
          locked.insert(declaration.name)
        }
      case .definition(let name, _, let tree):
        define(name, Definition(tree: tree, derivatives: []), parameters: [])
        headed.insert(name)
      case .question:
        throw NablaError(diagnostics: [
          Diagnostic(
            message: "a header has declarations and definitions, not questions", range: statement.range,
            hint: "a claim is a formula of the paper")
        ])
      }
    }
  }

  mutating func declare(_ declaration: Declaration) {
    declarations[declaration.name] = declaration
    environment.declarations[declaration.name] = declaration
    environment.dimensions.formUnion(declaration.type.dimensionNames)
    names.add(declaration)
  }

  /// Drops the text's declaration of a name.
  mutating func forget(_ name: String) {
    declarations[name] = nil
    environment.declarations[name] = nil
    definitions[name] = nil
    environment.definitions[name] = nil
    names.forgetShape(of: name)
  }

  mutating func define(_ name: String, _ definition: Definition, parameters: [String]) {
    definitions[name] = definition
    declarations[name] = nil
    environment.declarations[name] = nil
    environment.definitions[name] = nil
    var shape: Shape?
    if definition.derivatives.isEmpty,
      let typed = try? infer([definition.tree], in: environment, source: source), typed.assumed.isEmpty
    {
      environment.definitions[name] = typed.expressions[0]
      shape = typed.expressions[0].shape
    }
    let inside = definition.tree.allNames + definition.derivatives.flatMap { $0.tree.allNames }
    names.add(definition: name, of: inside, parameters: parameters, shape: shape)
  }

  // MARK: Formulas

  private mutating func read(_ range: SourceRange, _ isDisplayed: Bool) {
    for (index, equation) in PaperSplitter.equations(of: source, in: range).enumerated() {
      guard let kind = kind(of: equation, isDisplayed && index == 0) else { continue }
      formulas.append(PaperFormula(range: equation.range, kind: kind, isDisplayed: isDisplayed))
    }
  }

  /// The kind of a formula; `nil` for one without content, such as a lone name.
  private mutating func kind(of equation: PaperEquation, _ isDisplayed: Bool) -> PaperFormula.Kind? {
    if let set = equation.set, equation.sides.count == 1 { return membership(equation.sides[0], set) }
    let sides = equation.sides.filter { !$0.isEmpty }
    guard sides.count > 1, sides.count == equation.sides.count else {
      return isDisplayed ? .other : nil
    }
    let derivatives = sides.map(holdsDerivative)
    guard let target = definable(sides[0]) else {
      guard derivatives.contains(true), !isGeneral(sides, derivatives) else {
        return isDisplayed ? .other : nil
      }
      return claim(equation)
    }
    let isNew = definitions[target.name] == nil && declarations[target.name] == nil
    if !derivatives.contains(true) {
      if let known = definitions[target.name], !known.derivatives.isEmpty { return claim(equation) }
      if locked.contains(target.name) || !isDisplayed && headed.contains(target.name) {
        return isDisplayed ? .other : nil
      }
      // `x = 0`, `i = 1` and `l = L` state where something holds.
      let isPlace = sides[1].count < 2 && sides[1].allSatisfy { $0.kind == .number || $0.kind == .letter }
      if isPlace && !isDisplayed || Self.indexLetters.contains(target.name) { return nil }
      if let definition = definition(target, equation, sides) { return definition }
      // Its old meaning no longer applies.
      forget(target.name)
      return isDisplayed ? .other : nil
    }
    let isRestated =
      sides.count == 2 && definitions[target.name]?.derivatives.isEmpty == false && isDerivative(sides[1])
    if isNew || isRestated, derivatives[1], !derivatives[0] {
      let definition =
        target.indices.isEmpty
        ? definition(target, equation, [sides[0], sides[1]]) : .definition(target.name)
      guard sides.count > 2 else { return definition ?? .other }
      var rest = equation
      rest.sides = Array(sides.dropFirst())
      if isGeneral(rest.sides, Array(derivatives.dropFirst())) { return definition ?? .other }
      return claim(rest)
    }
    return isGeneral(sides, derivatives) ? isDisplayed ? .other : nil : claim(equation)
  }

  /// Whether an entire side is a derivative.
  private func isDerivative(_ side: [LaTeXToken]) -> Bool {
    guard let (tree, derivatives, _) = try? parsed(side, free: [], isTight: false) else { return false }
    return derivatives.count == 1 && tree.name == LaTeXDerivative.name(0)
  }

  /// Whether a formula relates derivatives of arbitrary functions instead of giving that of a particular one.
  private func isGeneral(_ sides: [[LaTeXToken]], _ derivatives: [Bool]) -> Bool {
    guard derivatives.dropFirst().contains(true) else { return false }
    guard let (_, found, _) = try? parsed(sides[0], free: Self.indexLetters, isTight: false) else {
      return true
    }
    guard let name = found.first?.tree.name else { return false }
    return definitions[name] == nil && declarations[name] == nil && !names.functions.contains(name)
  }

  private mutating func definition(_ target: Target, _ equation: PaperEquation, _ sides: [[LaTeXToken]])
    -> PaperFormula.Kind?
  {
    // The last readable side is the most explicit.
    for side in sides.dropFirst().reversed() {
      guard let (tree, derivatives, _) = try? parsed(side, free: Set(target.indices), isTight: false),
        !tree.freeNames.contains(target.name)
      else { continue }
      // A model with an error term describes data; it does not define a letter.
      if tree.freeNames.contains("epsilon"), definitions["epsilon"] == nil { return nil }
      if target.indices.isEmpty {
        define(target.name, Definition(tree: tree, derivatives: derivatives), parameters: target.parameters)
      } else if derivatives.isEmpty {
        names.add(family: target.name, .init(indices: target.indices, body: tree))
      } else {
        continue
      }
      return .definition(target.name)
    }
    return nil
  }

  // MARK: Parts

  /// The left side of a definition.
  struct Target {
    let name: String
    let indices: [String]
    let parameters: [String]
  }

  static let indexLetters: Set<String> = ["i", "j", "k", "l"]

  /// `J`, `J(w)`, `p_i`, `s_i(z)`; `nil` for anything else, and for a function of the language.
  func definable(_ side: [LaTeXToken]) -> Target? {
    guard let first = side.first, var parser = parser(side), !parser.token.isCommand("nabla") else {
      return nil
    }
    if first.kind == .word, isFunction(side) { return nil }
    guard let base = try? parser.base() else { return nil }
    var name = base.name
    var indices: [String] = []
    while parser.kind == .sub || parser.kind == .sup {
      if parser.kind == .sup {
        guard let raised = try? parser.raisedName() else { return nil }
        name += raised
        continue
      }
      guard let lowered = try? parser.lowered(), indices.isEmpty else { return nil }
      let letters = lowered.letters
      let isIndexed =
        !letters.isEmpty && letters.allSatisfy { Self.indexLetters.contains($0) && !names.sizes.contains($0) }
      if isIndexed, lowered.subscripts()?.count == letters.count {
        indices = letters
      } else {
        guard let spelled = lowered.spelled else { return nil }
        name += "_" + spelled
      }
    }
    var parameters: [String] = []
    if parser.kind == .opening {
      guard !names.functions.contains(name), name != "sigma", let bare = parser.bareNames() else {
        return nil
      }
      parameters = bare
    }
    guard parser.kind == .end else { return nil }
    return Target(name: names.known(like: name).first ?? name, indices: indices, parameters: parameters)
  }

  /// Whether a side starts with a function of the language and the right number of arguments.
  private func isFunction(_ side: [LaTeXToken]) -> Bool {
    guard let name = side.first.flatMap({ LaTeXParser.function(named: $0.text) }) else { return false }
    let count = side.count(where: { $0.kind == .comma }) + 1
    return Signature.builtins[name]?.arity.contains(count) ?? false
  }

  func parser(_ side: [LaTeXToken]) -> LaTeXParser? {
    let end = side.last?.range.end ?? 0
    let last = LaTeXToken(kind: .end, range: SourceRange(start: end, end: end))
    return try? LaTeXParser(source, tokens: side + [last], names: names)
  }

  /// A side of an equation, with its derivatives and the shapes its fonts suggest.
  func parsed(_ side: [LaTeXToken], free: Set<String>, isTight: Bool) throws(Diagnostic)
    -> (tree: SyntaxTree, derivatives: [LaTeXDerivative], fontHints: [String: FontHint])
  {
    guard var parser = parser(side) else {
      throw Diagnostic(
        .tooLong(what: "a formula", limit: Limits.statementTokens, unit: "symbols"), at: side[0].range)
    }
    parser.names.freeIndices = free
    parser.hadamardIsTight = isTight
    if let derivative = try primed(side) {
      return (SyntaxTree(.name(LaTeXDerivative.name(0)), range: derivative.range), [derivative], [:])
    }
    let tree = try parser.wholeExpression()
    return (tree, parser.derivatives, parser.fontHints)
  }

  /// Whether a side contains a derivative.
  func holdsDerivative(_ side: [LaTeXToken]) -> Bool {
    if (try? primed(side)) != nil { return true }
    for (index, token) in side.enumerated() {
      if token.isCommand("nabla") || token.isCommand("partial") { return true }
      if token.kind == .command, token.text.hasSuffix("frac"), index + 2 < side.count,
        side[index + 1].kind == .beginGroup, side[index + 2].text == "d", !names.values.contains("d")
      {
        return true
      }
      if token.kind == .prime, index > 0, index + 1 < side.count, side[index + 1].kind == .opening,
        side[index - 1].kind == .letter, names.functions.contains(side[index - 1].text)
      {
        return true
      }
    }
    return false
  }

  /// `\tanh'(x)` and `g'(x)`: the derivative of a function that the text or the language defines.
  private func primed(_ side: [LaTeXToken]) throws(Diagnostic) -> LaTeXDerivative? {
    guard side.count >= 5, side[1].kind == .prime, side[2].kind == .opening, side.last?.kind == .closing,
      var parser = parser(side.filter { $0.kind != .prime })
    else { return nil }
    let name = side[0].text
    if names.functions.contains(name) { return nil }
    parser.position = 1
    guard let arguments = parser.bareNames(), arguments.count == 1, parser.kind == .end else { return nil }
    parser.position = 0
    let range = SourceRange(start: side[0].range.start, end: side[side.count - 1].range.end)
    let tree = try parser.wholeExpression()
    let variable = SyntaxTree(.name(arguments[0]), range: side[3].range)
    return LaTeXDerivative(
      kind: .gradient, tree: tree, variables: [.init(tree: variable, isTransposed: false)], isFraction: false,
      range: range)
  }
}
