/// Functions of the language with their arguments.
extension LaTeXParser {
  /// Other names for functions of the language, common in papers.
  private static let aliases: [String: String] = [
    "Tr": "tr", "trace": "tr", "Trace": "tr", "sgn": "sign", "Sign": "sign", "ReLU": "relu", "Diag": "diag",
    "Vec": "vec", "Softmax": "softmax", "LogSoftmax": "logsoftmax", "LSE": "logsumexp", "lse": "logsumexp",
    "Sigmoid": "sigmoid", "Softplus": "softplus", "ELU": "elu", "GELU": "gelu", "SiLU": "silu", "Det": "det",
    "ln": "log", "arcsin": "asin", "arccos": "acos", "arctan": "atan", "logistic": "sigmoid",
    "LeakyReLU": "leakyrelu", "Exp": "exp",
  ]

  /// Words of probability, which are not functions of their arguments.
  private static let randomWords: Set<String> = ["E", "Var", "Cov", "Corr", "Pr", "P", "Prob", "KL"]

  /// The function of the language named by a word.
  static func function(named word: String) -> String? {
    let name = aliases[word] ?? word
    return Signature.builtins[name] == nil ? nil : name
  }

  /// Adjacent letters that form the name of a function before a bracket, or a declared name.
  /// In a paper they are a product, so anything that cannot be one is an error.
  mutating func spelledWord() throws(Diagnostic) -> SyntaxTree? {
    guard kind == .letter, token.text.utf8.count == 1 else { return nil }
    let before = token(-1)
    if position > 0, before.kind == .letter, before.range.end == token.range.start { return nil }
    var count = 1
    var word = token.text
    while tokens[min(position + count, tokens.count - 1)].kind == .letter
      || tokens[min(position + count, tokens.count - 1)].kind == .number,
      token(count).range.start == token(count - 1).range.end,
      token(count).range.end - token(count).range.start == token(count).text.utf8.count
    {
      word += token(count).text
      count += 1
    }
    guard count > 1, word.utf8.count < 24 else { return nil }
    let start = token.range.start
    let next = token(count)
    if next.kind == .opening, next.text == "(" {
      if names.functions.contains(word) {
        position += count
        return try named(Base(name: word, start: start), from: start)
      }
      if let function = Self.function(named: word) {
        position += count
        return try functionValue(function, written: word, from: start)
      }
    }
    if names.values.contains(word), !word.allSatisfy({ names.values.contains(String($0)) }) {
      position += count
      return try named(Base(name: word, start: start), from: start)
    }
    if word.count > 2, Signature.builtins[word] != nil || Letters.greekNames.contains(word) {
      throw LaTeXProblem.wordInLetters(word, isFunction: Signature.builtins[word] != nil)
        .diagnostic(at: SourceRange(start: start, end: token(count - 1).range.end))
    }
    return nil
  }

  /// `\mathrm{loss}`, `\operatorname{tr}(A)`, `\mathrm{d}X`.
  mutating func word() throws(Diagnostic) -> SyntaxTree {
    let token = token
    let start = token.range.start
    if token.text == "d" || token.text == "D" {
      let before = position
      advance()
      if token.text == "d", var base = try base() {
        base.name = "d" + base.name
        base.hint = nil
        return try named(base, from: start)
      }
      position = before
    }
    let behind = self.token(1)
    if Self.randomWords.contains(token.text), names.known(like: token.text).isEmpty,
      behind.kind == .opening || behind.kind == .sub
    {
      throw LaTeXProblem.randomVariable(token.text).diagnostic(at: token.range)
    }
    if let name = Self.spelled([token]), names.known(like: name).isEmpty,
      let function = Self.function(named: token.text)
    {
      let next = self.token(1).kind
      if next != .sub || function == "log" { return try self.function(function, written: token.text) }
    }
    return try nameOrCall()
  }

  /// A function call, starting at its name.
  mutating func function(_ function: String, written: String) throws(Diagnostic) -> SyntaxTree {
    let start = token.range.start
    advance()
    return try functionValue(function, written: written, from: start)
  }

  private mutating func functionValue(_ function: String, written: String, from start: Int) throws(Diagnostic)
    -> SyntaxTree
  {
    let nameRange = SourceRange(start: start, end: previousEnd)
    if kind == .prime { throw error(.primeOfBuiltin(written), from: start) }
    var logarithmBase: SyntaxTree?
    var exponent: SyntaxTree?
    while kind == .sub || kind == .sup {
      if kind == .sub {
        if function == "max" || function == "min" { throw error(.extremumOverIndex, from: start) }
        guard function == "log", logarithmBase == nil else { throw unexpected(wanted: "`(`") }
        advance()
        logarithmBase = try argument()
        continue
      }
      guard exponent == nil else { throw unexpected(wanted: "`(`") }
      advance()
      if kind == .minus || kind == .beginGroup && token(1).kind == .minus {
        throw error(.functionPower(written), from: start)
      }
      if kind == .number, token.text.count > 1 {
        throw LaTeXProblem.digitsNeedBraces(token.text, isIndex: false).diagnostic(at: token.range)
      }
      exponent = try argument()
    }
    var result = try value(of: function, written, nameRange)
    if let logarithmBase {
      let divisor = try call("log", [logarithmBase], from: logarithmBase.range.start)
      result = try make(.binary(.divide, result, divisor), from: start)
    }
    if let exponent { result = try make(.binary(.elementwisePower, result, exponent), from: start) }
    return result
  }

  /// The argument in brackets after the name, or the next factor.
  private mutating func value(of function: String, _ written: String, _ nameRange: SourceRange)
    throws(Diagnostic) -> SyntaxTree
  {
    let start = nameRange.start
    if kind == .opening, token.text != "<" {
      let arguments = try arguments()
      return try make(
        .call(function, nameRange: nameRange, isGreekLetter: false, arguments), from: start)
    }
    if function == "log", let logarithm = try logarithm(from: start) { return logarithm }
    guard startsFactor else { throw unexpected(wanted: "the argument of `\(written)`") }
    var operand = try factor()
    // `\log 2\pi` is one number.
    if case .number = operand.kind, kind == .letter, token.text == "pi", names.known(like: "pi").isEmpty {
      operand = try joinedConstant(operand)
    }
    if startsFactor, !startsFunction {
      let rest = token.range.start
      while startsFactor { _ = try factor() }
      let text = source.text(SourceRange(start: rest, end: previousEnd))
      throw error(.openFunction(written, operand: source.text(operand.range), rest: text), from: start)
    }
    return try make(.call(function, nameRange: nameRange, isGreekLetter: false, [operand]), from: start)
  }

  private mutating func joinedConstant(_ number: SyntaxTree) throws(Diagnostic) -> SyntaxTree {
    let constant = try factor()
    return try make(.binary(.multiply, number, constant), from: number.range.start)
  }

  /// Whether a function starts here, which ends the argument of the previous one.
  private var startsFunction: Bool {
    switch kind {
    case .command: LaTeXCommands.functions[token.text] != nil || token.text == "sum"
    case .word: Self.function(named: token.text) != nil
    case .letter, .number, .begin, .finish, .beginGroup, .endGroup, .sub, .sup, .prime, .align, .row,
      .opening, .closing, .bar, .doubleBar, .plus, .minus, .star, .slash, .comma, .semicolon, .colon, .dot,
      .equals, .less, .greater, .end, .bad:
      false
    }
  }

  /// `\log\det A`, `\log|A|` and `\log\Gamma(x)`, each of which is one function.
  private mutating func logarithm(from start: Int) throws(Diagnostic) -> SyntaxTree? {
    if kind == .letter, token.text == "Gamma", token(1).kind == .opening {
      advance()
      return try call("lgamma", try arguments(), from: start)
    }
    let isDeterminant = token.isCommand("det")
    let isBar = kind == .bar && !closesBar && !(token(1).kind == .bar && token.side == .either)
    guard isDeterminant || isBar else { return nil }
    let operand = try factor()
    if startsFactor, !startsFunction, isDeterminant { throw unexpected(wanted: "`+` or `-`") }
    guard case .call(let name, _, _, let arguments) = operand.kind else {
      return try call("log", [operand], from: start)
    }
    if name == "det" { return try call("logdet", arguments, from: start) }
    guard name == Bars.absolute.rawValue, let inside = arguments.first else {
      return try call("log", [operand], from: start)
    }
    if case .call("det", _, _, let arguments) = inside.kind {
      return try call("logdet", arguments, from: start)
    }
    return try call(Bars.logAbsolute.rawValue, [inside], from: start)
  }

  /// Letters that are functions before a bracket, and `e` with an exponent.
  mutating func special(_ base: Base, from start: Int) throws(Diagnostic) -> SyntaxTree? {
    if !names.known(like: base.name).isEmpty {
      if let found = names.known(like: base.name).first, names.functions.contains(found) {
        return try highDerivative(found, from: start)
      }
      // The logistic function keeps its letter next to a standard deviation.
      guard base.name == "sigma" else { return nil }
    }
    let isWord = source.text(SourceRange(start: start, end: start + 1)) == "\\" && token(-1).kind == .word
    switch base.name {
    case "J": return try jacobian(from: start)
    case "e" where kind == .sup && !isWord && !isTransposition(behind: 1):
      advance()
      return try call("exp", [try argument()], from: start)
    case "sigma" where kind == .opening && token.text == "(":
      let nameRange = SourceRange(start: start, end: previousEnd)
      let arguments = try arguments()
      // `\sigma(1 - \sigma)` is a product of values.
      if names.known(like: "sigma").isEmpty, arguments.contains(where: { $0.freeNames.contains("sigma") }) {
        throw error(.callOrProduct("\\sigma", arguments: source.text(arguments[0].range)), from: start)
      }
      return try make(.call("sigma", nameRange: nameRange, isGreekLetter: true, arguments), from: start)
    case "sigma" where kind == .prime && token(1).kind == .opening:
      throw error(.primeOfBuiltin("\\sigma"), from: start)
    case "psi" where kind == .opening: return try call("digamma", try arguments(), from: start)
    case "psi" where kind == .prime && token(1).kind == .opening:
      advance()
      return try call("trigamma", try arguments(), from: start)
    case "psi" where kind == .sup && token(1).kind == .beginGroup && token(2).kind == .opening:
      advance()
      let order = try argument()
      let arguments = try arguments()
      return try call("polygamma", [order] + arguments, from: start)
    case "Phi" where kind == .opening && Signature.builtins["normcdf"] != nil:
      return try call("normcdf", try arguments(), from: start)
    default: return nil
    }
  }

  /// `\phi^{(4)}(z)` of a declared function; `nil` for other notations.
  private mutating func highDerivative(_ name: String, from start: Int) throws(Diagnostic) -> SyntaxTree? {
    let nameRange = SourceRange(start: start, end: previousEnd)
    guard kind == .sup, token(1).kind == .beginGroup, token(2).kind == .opening, token(3).kind == .number,
      token(4).kind == .closing, token(5).kind == .endGroup, token(6).kind == .opening,
      let order = Int(token(3).text), order > 0, order < 100
    else { return nil }
    position += 6
    let arguments = try arguments()
    return try make(.derivative(.prime(order), of: name, nameRange: nameRange, arguments), from: start)
  }
}
