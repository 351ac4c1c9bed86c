import NablaLanguage
import NablaRules
import NablaTypes

/// All rules, facts and functions that a derivation may use, indexed by the head of their left sides.
public final class RuleBook: Sendable {
  package let rules: [Rule]
  package let facts: [Fact]
  package let functions: [String: FunctionDefinition]
  /// Signatures of the functions, for typing.
  let signatures: [String: Signature]
  private let identitiesByHead: [Head: [Rule]]
  private let equalitiesByHead: [Head: [Equality]]
  private let differentialsByHead: [Head: [Rule]]
  private let factsByProperty: [Property: [Fact]]
  /// Adjoint rules, the more special first.
  let adjoints: [Rule]
  /// The matrices of linear maps, the more special first.
  let vectorizations: [Rule]

  /// What a formula is at its root: rules are looked up by it.
  enum Head: Hashable {
    case kind(UInt64)
    case operation(Operation)
  }

  /// A rule that is true both ways, in one of its directions.
  struct Equality: Sendable {
    let rule: Rule
    let from: Formula
    let to: Formula
  }

  /// The rules that come with Nabla; the texts are inside the binary.
  public static let standard: RuleBook = {
    do {
      return try RuleBook(texts: embeddedTexts, extending: nil, checksRules: false)
    } catch {
      // The embedded rules are checked by the tests; without them there is no engine to speak of.
      preconditionFailure("\(error)")
    }
  }()

  /// The embedded texts of `Rules/`, with their names.
  public static var embeddedTexts: [(name: String, text: String)] {
    (0..<nabla_rule_file_count()).map { index in
      let file = nabla_rule_file_at(index)
      let bytes = UnsafeRawBufferPointer(start: file.bytes, count: file.count)
      return (String(cString: file.name), String(decoding: bytes, as: UTF8.self))
    }
  }

  public convenience init(texts: [(name: String, text: String)]) throws(RuleError) {
    try self.init(texts: texts, extending: nil)
  }

  /// These rules and more, read from text. The new ones are not verified here; see `RuleVerifier`.
  public func adding(_ text: String, file: String = "rules") throws(RuleError) -> RuleBook {
    try RuleBook(texts: [(file, text)], extending: self)
  }

  private init(
    texts: [(name: String, text: String)], extending base: RuleBook?, checksRules: Bool = true
  ) throws(RuleError) {
    var signatures = base?.signatures ?? [:]
    var functions = base?.functions ?? [:]
    var rules = base?.rules ?? []
    var facts = base?.facts ?? []
    var problems: [RuleError] = []
    let entries = texts.map { (name: $0.name, entries: RuleParser.entries($0.text)) }
    for file in entries {
      for (name, arity) in RuleParser.functionHeads(file.entries) where signatures[name] == nil {
        signatures[name] = .elementwise(arity: arity)
      }
    }
    for file in entries {
      var parser = RuleParser(file: file.name, functions: signatures)
      parser.checksRules = checksRules
      for entry in file.entries {
        do throws(RuleError) {
          try parser.read(entry)
        } catch {
          problems.append(error)
        }
      }
      rules += parser.rules
      facts += parser.facts
      for function in parser.functions { functions[function.name] = function }
    }
    if var first = problems.first {
      first.others = Array(problems.dropFirst())
      throw first
    }
    var names: Set<String> = []
    for (name, source) in rules.map({ ($0.name, $0.source) }) + facts.map({ ($0.name, $0.source) })
    where !names.insert(name).inserted {
      throw RuleError(
        file: source.file, line: source.line, message: "the name '\(name)' is used twice", text: source.text)
    }
    self.rules = rules
    self.facts = facts
    self.functions = functions
    self.signatures = signatures
    var identities: [Head: [Rule]] = [:]
    var equalities: [Head: [Equality]] = [:]
    var differentials: [Head: [Rule]] = [:]
    for rule in rules {
      switch rule.table {
      case .identity:
        switch rule.arrow {
        case .rewrites: identities[rule.left.head, default: []].append(rule)
        case .equals:
          for (from, to) in [(rule.left, rule.right), (rule.right, rule.left)] where from.variable == nil {
            // The side that is looked for has to bind all that the other one uses.
            guard to.patternLeaves.isSubset(of: from.patternLeaves),
              to.dimensionNames.isSubset(of: from.dimensionNames)
            else { continue }
            equalities[from.head, default: []].append(Equality(rule: rule, from: from, to: to))
          }
        }
      case .differential:
        if case .differential(let inner) = rule.left.kind {
          differentials[inner.head, default: []].append(rule)
        }
      case .adjoint, .vectorization: break
      }
    }
    // Of two rules that match, the more special left side goes first; ties keep the order of the files.
    func special(_ rules: [Rule]) -> [Rule] {
      let ranked = rules.enumerated().map { (rule: $1, special: $1.specificity, place: $0) }
      return ranked.sorted { a, b in a.special != b.special ? a.special > b.special : a.place < b.place }
        .map(\.rule)
    }
    identitiesByHead = identities.mapValues(special)
    equalitiesByHead = equalities
    differentialsByHead = differentials.mapValues(special)
    adjoints = special(rules.filter { $0.table == .adjoint })
    vectorizations = special(rules.filter { $0.table == .vectorization })
    var byProperty: [Property: [Fact]] = [:]
    for fact in facts {
      for property in Set([fact.property]).closed { byProperty[property, default: []].append(fact) }
    }
    factsByProperty = byProperty
  }

  /// Rules with `->`, the more special first.
  func identities(for formula: Formula) -> [Rule] { identitiesByHead[formula.head] ?? [] }
  /// Rules with `==`, in either direction, in the order of the files.
  func equalities(for formula: Formula) -> [Equality] { equalitiesByHead[formula.head] ?? [] }
  func differentials(for formula: Formula) -> [Rule] { differentialsByHead[formula.head] ?? [] }
  func facts(for property: Property) -> [Fact] { factsByProperty[property] ?? [] }
}

extension Rule {
  /// How much a pattern asks for: what its nodes cost, with bare variables counting least.
  var specificity: Int {
    let pattern: Formula
    if table == .differential, case .differential(let inner) = left.kind {
      pattern = inner
    } else {
      pattern = left
    }
    return pattern.nodesChildrenFirst.reduce(0) { $0 + ($1.variable == nil ? 2 : 1) } + conditions.count
  }
}

extension Formula {
  var head: RuleBook.Head {
    if case .apply(let operation, _) = kind { return .operation(operation) }
    return .kind(kind.rank)
  }
}

extension RuleBook {
  /// The signatures of the functions that a user may call: all except the engine's own helpers.
  package var userSignatures: [String: Signature] {
    signatures.filter { !["power", "less", "lessequal"].contains($0.key) }
  }

  /// Names of functions in LaTeX.
  public var latexNames: [String: String] { functions.compactMapValues(\.latex) }
}
