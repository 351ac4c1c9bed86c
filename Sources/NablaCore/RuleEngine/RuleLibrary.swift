import NablaLanguage
import NablaTypes
import Synchronization

/// A rule file: what its declarations say at each place.
private struct RuleFile: Sendable {
  var declarations: [RuleParser.Entry] = []
  /// Parsers after no declaration, after one, and so on, as far as they were needed.
  private var parsers: [RuleParser]

  init(_ parser: RuleParser) { parsers = [parser] }

  mutating func read(
    _ pending: RuleLibrary.Pending, _ problems: inout [RuleError]
  ) throws(RuleError) -> (rules: [Rule], facts: [Fact], functions: [FunctionDefinition]) {
    declare(pending.declarations, &problems)
    var parser = parsers[pending.declarations]
    try parser.read(pending.entry, place: pending.place)
    return (parser.rules, parser.facts, parser.functions)
  }

  mutating func finish(_ problems: inout [RuleError]) { declare(declarations.count, &problems) }

  private mutating func declare(_ count: Int, _ problems: inout [RuleError]) {
    while parsers.count <= count {
      var parser = parsers[parsers.count - 1]
      do throws(RuleError) {
        try parser.declare(declarations[parsers.count - 1])
      } catch {
        problems.append(error)
      }
      parsers.append(parser)
    }
  }
}

/// The entries of rule texts, each read when a formula first has all the operations that it names.
///
/// Which rules a formula finds does not depend on what was read before; see `Marks`.
final class RuleLibrary: Sendable {
  /// An entry with what is known of it without reading it.
  struct Pending: Sendable {
    let file: Int
    /// How many declarations come before it in its file.
    let declarations: Int
    let entry: RuleParser.Entry
    /// Its place among all entries.
    let place: Int
    /// It is needed for formulas that have all marks of one of these.
    let marks: [Marks]
    /// Of a function block.
    let function: String?
  }

  private struct State {
    var files: [RuleFile] = []
    var pending: [Pending] = []
    var tables = RuleTables()
    var rules: [Rule] = []
    var facts: [Fact] = []
    var functions: [String: FunctionDefinition] = [:]
    var problems: [RuleError] = []
    var names: Set<String> = []
    var entries = 0
    /// Whether the entries that every formula may need were read.
    var isOpened = false

    /// Reads the entries that are wanted.
    mutating func read(_ isWanted: (Pending) -> Bool) {
      var rest: [Pending] = []
      for entry in pending {
        if isWanted(entry) { read(entry) } else { rest.append(entry) }
      }
      pending = rest
    }

    private mutating func read(_ pending: Pending) {
      do throws(RuleError) {
        let found = try files[pending.file].read(pending, &problems)
        for rule in found.rules { tables.add(rule) }
        for fact in found.facts { tables.add(fact) }
        for function in found.functions { functions[function.name] = function }
        rules += found.rules
        facts += found.facts
      } catch {
        problems.append(error)
      }
    }

    /// Reads what is left of the declarations.
    mutating func finish() {
      for index in files.indices { files[index].finish(&problems) }
    }
  }

  private let state: Mutex<State>
  let signatures: [String: Signature]
  /// Names of functions in LaTeX.
  let latexNames: [String: String]
  let functionNames: Set<String>

  /// The texts, after those of another library; with `readsAll` they are read at once, and their errors thrown.
  init(
    texts: [(name: String, text: String)], extending base: RuleLibrary?, readsAll: Bool
  ) throws(RuleError) {
    var state = base?.state.withLock { $0 } ?? State()
    let files = texts.map { (name: $0.name, entries: RuleParser.entries($0.text)) }
    var signatures = base?.signatures ?? [:]
    var latexNames = base?.latexNames ?? [:]
    var functionNames = base?.functionNames ?? []
    for (name, arity) in files.flatMap({ RuleParser.functionHeads($0.entries) }) {
      functionNames.insert(name)
      if signatures[name] == nil { signatures[name] = .elementwise(arity: arity) }
    }
    var environment = Environment()
    environment.functions.merge(signatures) { old, _ in old }
    let operations = Self.operationNames(functionNames)
    let added = state.entries
    var duplicates: [RuleError] = []
    for (name, entries) in files {
      var file = RuleFile(RuleParser(file: name, environment: environment, checksRules: readsAll))
      for entry in entries {
        switch entry.kind {
        case .declaration: file.declarations.append(entry)
        case .rule, .fact, .function:
          let function = entry.kind == .function ? RuleParser.functionHeads([entry]).first?.0 : nil
          if let function {
            latexNames[function] = entry.latex
          } else if !state.names.insert(entry.name).inserted {
            duplicates.append(
              RuleError(
                file: name, line: entry.line, message: "the name '\(entry.name)' is used twice",
                text: entry.head))
          }
          state.pending.append(
            Pending(
              file: state.files.count, declarations: file.declarations.count, entry: entry,
              place: state.entries, marks: entry.marks(operations), function: function))
          state.entries += 1
        }
      }
      state.files.append(file)
    }
    self.signatures = signatures
    self.latexNames = latexNames
    self.functionNames = functionNames
    if readsAll {
      state.read { $0.place >= added }
      state.finish()
    }
    if var first = (state.problems.isEmpty ? duplicates : state.problems).first {
      first.others = Array(state.problems.dropFirst())
      throw first
    }
    self.state = Mutex(state)
  }
}

// MARK: Asking

extension RuleLibrary {
  /// Tables with all rules for formulas with these operations.
  func tables(covering marks: Marks) -> RuleTables {
    state.withLock { state in
      if !state.isOpened || !marks.isSubset(of: state.tables.covered) {
        state.isOpened = true
        let covered = state.tables.covered.union(marks)
        state.read { $0.marks.contains { $0.isSubset(of: covered) } }
        state.tables.covered = covered
      }
      return state.tables
    }
  }

  /// The function of this name, read if it was not.
  func function(_ name: String) -> FunctionDefinition? {
    guard functionNames.contains(name) else { return nil }
    return state.withLock { state in
      if state.functions[name] == nil { state.read { $0.function == name } }
      return state.functions[name]
    }
  }

  /// Everything, in the order of the files.
  var everything: (rules: [Rule], facts: [Fact]) {
    state.withLock { state in
      state.read { _ in true }
      return (
        state.rules.sorted { $0.place < $1.place },
        state.facts.enumerated().sorted { ($0.element.place, $0.offset) < ($1.element.place, $1.offset) }
          .map(\.element)
      )
    }
  }

  /// The names of operations of which a pattern that is written with them has the mark; not those that constructors
  /// make something else of.
  static func operationNames(_ functions: Set<String>) -> [Substring: Marks] {
    let names = functions.union(ArrayOperation.allCases.map(\.name)).union(["inv"])
      .subtracting(["dot", "vec", "power"])
    return Dictionary(uniqueKeysWithValues: names.map { (Substring($0), Marks(operation: $0)) })
  }

}
