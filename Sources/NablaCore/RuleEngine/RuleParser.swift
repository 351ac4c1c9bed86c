import NablaLanguage
import NablaTypes

/// An error in a rule file: where, and what is wrong; with it, the other errors of the same texts.
public struct RuleError: Error, Sendable, CustomStringConvertible {
  public let file: String
  public let line: Int
  public let message: String
  public let text: String

  package init(file: String, line: Int, message: String, text: String) {
    self.file = file
    self.line = line
    self.message = message
    self.text = text
  }
  public package(set) var others: [RuleError] = []

  public var description: String {
    (["\(file):\(line):1: error: \(message)\n  \(text)"] + others.map(\.description)).joined(separator: "\n")
  }
}

/// Reads `.rules` text: declarations, rules, facts and function blocks.
struct RuleParser {
  let file: String
  private(set) var rules: [Rule] = []
  private(set) var facts: [Fact] = []
  private(set) var functions: [FunctionDefinition] = []
  private var environment: Environment
  private var lowering = Lowering(names: [:])
  /// Off for the embedded texts, whose rules the tests check: every start would pay for it.
  private let checksRules: Bool
  /// The place of the entry that is read among all entries.
  private var place = 0

  /// An environment that knows the functions, and no names.
  init(file: String, environment: Environment, checksRules: Bool) {
    self.file = file
    self.environment = environment
    self.environment.allowsDifferentials = true
    self.environment.infersUndeclared = false
    self.checksRules = checksRules
  }

  mutating func read(_ entry: Entry, place: Int) throws(RuleError) {
    self.place = place
    switch entry.kind {
    case .rule: try readRule(entry)
    case .fact: try readFact(entry)
    case .function: try readFunction(entry)
    case .declaration: try declare(entry)
    }
  }

  private func failure(_ entry: Entry, _ message: String) -> RuleError {
    RuleError(file: file, line: entry.line, message: message, text: entry.head)
  }

  mutating func declare(_ entry: Entry) throws(RuleError) {
    let declarations: [Declaration]
    do throws(NablaError) {
      declarations = try parseDeclaration(SourceText(entry.head, name: file))
    } catch {
      throw failure(
        entry, error.diagnostics.first?.message ?? "not a rule, a fact, a function or a declaration")
    }
    for declaration in declarations { declare(declaration) }
  }

  private mutating func declare(_ declaration: Declaration) {
    guard case .value(let shape) = declaration.type else { return }
    environment.declarations[declaration.name] = declaration
    for dimension in [shape.rows, shape.columns] { environment.dimensions.formUnion(dimension.names) }
    let variable = Formula.variable(
      Variable(name: declaration.name, shape: shape, properties: declaration.properties.closed))
    lowering.names[declaration.name] = variable
    // `dA` is the differential of A.
    let differential = "d" + declaration.name
    environment.declarations[differential] = Declaration(
      name: differential, type: .value(shape), properties: [], range: nil)
    lowering.names[differential] = .differential(of: variable)
  }

  /// Two sides of one shape, typed together.
  private func formulas(_ texts: [String], _ entry: Entry) throws(RuleError) -> [Formula] {
    do throws(NablaError) {
      var trees: [SyntaxTree] = []
      for text in texts { trees.append(try parseExpression(SourceText(text, name: file))) }
      let source = SourceText(texts.first ?? "", name: file)
      let typed = try infer(trees, in: environment, source: source, expectedEqualShapes: true)
      return typed.expressions.map(lowering.formula)
    } catch {
      let detail = error.diagnostics.first
      throw failure(entry, detail.map { $0.message } ?? "cannot be read")
    }
  }

  private func conditions(_ text: String?, _ entry: Entry) throws(RuleError) -> [Condition] {
    guard let text else { return [] }
    var result: [Condition] = []
    var pending: [String] = []
    for part in text.split(separator: ",") {
      let words = part.split(separator: " ")
      guard let last = words.last else { throw failure(entry, "an empty condition") }
      if let regularity = Regularity.allCases.first(where: { part.hasSuffix(" " + $0.rawValue) }) {
        let subject = trimmed(part.dropLast(regularity.rawValue.utf8.count))
        result.append(.regular(try formulas([subject], entry)[0], regularity))
        continue
      }
      guard let property = Property(rawValue: String(last)) else {
        pending.append(trimmed(part))  // `S, T invertible`: the property comes after the last name
        continue
      }
      let subject = words.dropLast().joined(separator: " ")
      for name in pending + [subject] { result.append(.property(try formulas([name], entry)[0], property)) }
      pending = []
    }
    if let open = pending.first { throw failure(entry, "the condition '\(open)' names no property") }
    return result
  }

  /// A head split at its keywords: name, formula part, `for` part, `says` part.
  private func parts(
    _ entry: Entry, after keyword: String
  ) throws(RuleError) -> (name: String, formula: String, condition: String?, saying: String?) {
    var text = ([entry.head] + entry.body).joined(separator: " ")
    text.removeFirst(keyword.utf8.count)
    text = trimmed(text)
    guard let space = text.firstIndex(of: " ") else { throw failure(entry, "a name alone says nothing") }
    let name = String(text[..<space])
    text = trimmed(text[space...])
    var saying: String?
    if let (before, after) = split(text, " says ") {
      saying = after.filter { $0 != "\"" }
      text = before
    }
    var condition: String?
    if let (before, after) = split(text, " for ") {
      condition = trimmed(after)
      text = before
    }
    return (name, trimmed(text), condition, saying)
  }

  private mutating func readRule(_ entry: Entry) throws(RuleError) {
    let (name, formula, condition, saying) = try parts(entry, after: "rule ")
    let arrow: Rule.Arrow
    let sides: (String, String)
    if let found = split(formula, " -> ") {
      (arrow, sides) = (.rewrites, found)
    } else if let found = split(formula, " == ") {
      (arrow, sides) = (.equals, found)
    } else {
      throw failure(entry, "a rule needs '->' or '==' between its two sides")
    }
    let both = try formulas([sides.0, sides.1], entry)
    let (left, right) = (both[0], both[1])
    let table: Rule.Table
    if case .differential(let inner) = left.kind, inner.variable == nil {
      table = .differential
    } else if left.containsDifferential {
      table = left.isInnerProduct ? .adjoint : .vectorization
    } else {
      table = .identity
    }
    let rule = Rule(
      name: name, left: left, right: right, arrow: arrow, conditions: try conditions(condition, entry),
      saying: saying, source: Rule.Source(file: file, line: entry.line, text: entry.head), table: table,
      place: place, isEntrywise: table == .identity && left.isEntrywiseScalar && right.isEntrywiseScalar)
    if checksRules, let problem = rule.problem { throw failure(entry, "\(name): \(problem)") }
    rules.append(rule)
  }

  private mutating func readFact(_ entry: Entry) throws(RuleError) {
    let (name, text, condition, _) = try parts(entry, after: "fact ")
    guard let (pattern, word) = split(text, " is "), let property = Property(rawValue: trimmed(word)) else {
      throw failure(entry, "a fact reads 'FORMULA is PROPERTY'")
    }
    let formula = try formulas([pattern], entry)[0]
    let conditions = try conditions(condition, entry)
    facts.append(
      Fact(
        name: name, pattern: formula, property: property, conditions: conditions,
        source: Rule.Source(file: file, line: entry.line, text: entry.head), place: place,
        isEntrywise: formula.isEntrywiseScalar))
  }

  private mutating func readFunction(_ entry: Entry) throws(RuleError) {
    let head = trimmed(entry.head.dropFirst("function ".utf8.count))
    guard let open = head.firstIndex(of: "("), let close = head[open...].firstIndex(of: ")") else {
      throw failure(entry, "a function reads 'function name(arguments)'")
    }
    let name = trimmed(head[..<open])
    let names = head[head.index(after: open)..<close].split(separator: ",").map { trimmed($0) }
    if let bad = ([name] + names).first(where: { !Self.isName($0) }) {
      throw failure(entry, "'\(bad)' is no name")
    }
    guard !names.isEmpty, Set(names).count == names.count else {
      throw failure(entry, "a function has arguments, each with a name of its own")
    }
    if let known = environment.functions[name], !known.arity.contains(names.count) {
      throw failure(entry, "\(name) takes another number of arguments already")
    }
    var scope = self
    for parameter in names {
      scope.declare(Declaration(name: parameter, type: .value(.scalar), properties: [], range: nil))
    }
    let tail = trimmed(head[head.index(after: close)...])
    let body = tail.hasPrefix("=") ? try scope.formulas([trimmed(tail.dropFirst())], entry)[0] : nil
    var derivatives: [Formula] = []
    var kinks: [Formula] = []
    var limits: [Condition] = []
    var domain: [Condition] = []
    var latex: String?
    for line in entry.body {
      let (key, value) = split(line, " ").map { ($0, trimmed($1)) } ?? (line, "")
      switch key {
      case "derivative":
        let (text, condition) = split(value, " for ").map { ($0, Optional($1)) } ?? (value, nil)
        for part in Self.topLevelParts(text) {
          derivatives.append(part == "none" ? .invalid : try scope.formulas([part], entry)[0])
        }
        limits = try scope.conditions(condition, entry)
      case "kink":
        for part in Self.topLevelParts(value) { kinks.append(try scope.formulas([part], entry)[0]) }
      case "domain": domain = try scope.conditions(value, entry)
      case "facts":
        for part in Self.topLevelParts(value) {
          guard let property = Property(rawValue: part) else {
            throw failure(entry, "'\(part)' is no property")
          }
          let pattern = Formula.apply(
            .elementwise(name), names.map { scope.lowering.names[$0] ?? .invalid }, .scalar)
          facts.append(
            Fact(
              name: "\(name).\(part)", pattern: pattern, property: property, conditions: [],
              source: Rule.Source(file: file, line: entry.line, text: entry.head), place: place,
              isEntrywise: true))
        }
      case "latex": latex = value
      default: throw failure(entry, "a function block has no line '\(key)'")
      }
    }
    guard !derivatives.isEmpty || body != nil else {
      throw failure(entry, "\(name) has neither a derivative nor a definition to derive it from")
    }
    guard derivatives.isEmpty || derivatives.count == names.count else {
      throw failure(entry, "\(name) needs a derivative for each of its \(names.count) arguments")
    }
    functions.append(
      FunctionDefinition(
        name: name, parameters: names.map { scope.lowering.names[$0] ?? .invalid }, body: body,
        derivatives: derivatives, kinks: kinks, conditions: limits, domain: domain, latex: latex,
        source: Rule.Source(file: file, line: entry.line, text: entry.head)))
  }

  // MARK: Text

  private static func isName(_ text: String) -> Bool {
    guard let declared = try? parseDeclaration(SourceText("\(text) : scalar")) else { return false }
    return declared.count == 1 && declared[0].name == text && declared[0].properties.isEmpty
  }

  static func topLevelParts(_ text: String) -> [String] {
    var parts = [""]
    var depth = 0
    for character in text {
      if character == "(" { depth += 1 }
      if character == ")" { depth -= 1 }
      if character == ",", depth == 0 { parts.append("") } else { parts[parts.count - 1].append(character) }
    }
    return parts.map { trimmed($0) }
  }
}

/// Without spaces at its ends.
func trimmed(_ text: some StringProtocol) -> String { trimmed(Array(text.utf8)[...]) }

/// Without spaces at its ends.
func trimmed(_ text: ArraySlice<UInt8>) -> String {
  var bytes = text
  while let first = bytes.first, first == 32 || first == 9 || first == 13 { bytes = bytes.dropFirst() }
  while let last = bytes.last, last == 32 || last == 9 || last == 13 { bytes = bytes.dropLast() }
  return String(decoding: bytes, as: UTF8.self)
}

/// Before and after the first occurrence of a mark.
func split(_ text: String, _ mark: String) -> (String, String)? {
  let (bytes, pattern) = (Array(text.utf8), Array(mark.utf8))
  guard bytes.count >= pattern.count else { return nil }
  for start in 0...(bytes.count - pattern.count)
  where bytes[start..<start + pattern.count].elementsEqual(pattern) {
    return (
      String(decoding: bytes[..<start], as: UTF8.self),
      String(decoding: bytes[(start + pattern.count)...], as: UTF8.self)
    )
  }
  return nil
}

extension Formula {
  fileprivate var isInnerProduct: Bool {
    if case .apply(.array(.dot), _) = kind { return true }
    return false
  }
}
