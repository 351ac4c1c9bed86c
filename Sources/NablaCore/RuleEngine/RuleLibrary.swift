import NablaLanguage
import NablaTypes
import Synchronization

/// The declarations of a rule file in force at each position.
private struct Scopes: Sendable {
  let file: RuleFile
  var declarations: [RuleFile.Entry]
  /// Parsers after zero declarations, one, and so on, as far as needed.
  private var parsers: [RuleParser]

  init(_ file: RuleFile, _ parser: RuleParser, _ declarations: [RuleFile.Entry] = []) {
    self.file = file
    self.declarations = declarations
    parsers = [parser]
  }

  mutating func read(_ pending: RuleLibrary.Pending, _ problems: inout [Diagnostic]) throws(Diagnostic)
    -> RuleParser
  {
    declare(pending.declarations, &problems)
    var parser = parsers[pending.declarations]
    try parser.read(try file.statement(pending.entry), place: pending.place)
    return parser
  }

  mutating func finish(_ problems: inout [Diagnostic]) { declare(declarations.count, &problems) }

  private mutating func declare(_ count: Int, _ problems: inout [Diagnostic]) {
    while parsers.count <= count {
      var parser = parsers[parsers.count - 1]
      do throws(Diagnostic) {
        try parser.read(try file.statement(declarations[parsers.count - 1]), place: 0)
      } catch {
        problems.append(error)
      }
      parsers.append(parser)
    }
  }
}

/// The entries of rule texts. Each is parsed when a formula first has all the operations that it names.
/// Which rules apply to a formula does not depend on what was parsed before; see `Marks`.
final class RuleLibrary: Sendable {
  /// An entry that is not yet parsed.
  struct Pending: Sendable {
    let file: Int
    /// The number of declarations before it in its file.
    let declarations: Int
    let entry: RuleFile.Entry
    /// Its position among all entries.
    let place: Int
    /// It applies to formulas that have all marks of at least one of these.
    let marks: [Marks]
    /// The name of a block.
    let block: String?
    /// The property that a fact derives.
    let property: Property?
  }

  private struct State {
    var files: [Scopes] = []
    var pending: [Pending] = []
    var tables = RuleTables()
    var rules: [Rule] = []
    var facts = FactTable()
    var functions: [String: FunctionDefinition] = [:]
    var operations: [OperationDefinition] = []
    /// LaTeX names of functions and operations, once they were needed.
    var latexNames: [String: String]?
    /// The problems of each file.
    var problems: [Int: [Diagnostic]] = [:]
    var names: Set<String> = []
    var entries = 0
    /// Whether the entries that any formula may need were parsed.
    var isOpened = false

    /// Parses the entries that satisfy a predicate.
    mutating func read(_ isWanted: (Pending) -> Bool) {
      var rest: [Pending] = []
      for entry in pending {
        if isWanted(entry) { _ = read(entry) } else { rest.append(entry) }
      }
      pending = rest
    }

    /// Parses an entry; returns the operation that its block defines, if any.
    mutating func read(_ pending: Pending) -> BlockOperation? {
      do throws(Diagnostic) {
        let found = try files[pending.file].read(pending, &problems[pending.file, default: []])
        for rule in found.rules { tables.add(rule) }
        for fact in found.facts { facts.add(fact) }
        for function in found.functions { functions[function.name] = function }
        rules += found.rules
        operations += found.operations
        return found.operations.last.flatMap { found.notation[$0.name] }
      } catch {
        problems[pending.file, default: []].append(error)
        return nil
      }
    }

    /// Parses the remaining declarations.
    mutating func finish() {
      for index in files.indices { files[index].finish(&problems[index, default: []]) }
    }

    /// The problems of the first faulty file.
    var error: RuleError? {
      problems.keys.sorted().lazy.compactMap { [self] index -> RuleError? in
        let found = problems[index] ?? []
        return found.isEmpty ? nil : RuleError(files[index].file.source, found)
      }.first
    }
  }

  private let state: Mutex<State>
  let signatures: [String: Signature]
  /// The operations with a body or a kernel.
  let notation: [String: BlockOperation]
  /// The blocks of functions and operations.
  private let blocks: [(file: RuleFile, entry: RuleFile.Entry)]
  let functionNames: Set<String>
  let kernelNames: Set<String>

  /// Adds texts to those of another library. With `readsAll` they are parsed at once, and errors are thrown.
  init(_ files: [RuleFile], extending base: RuleLibrary?, readsAll: Bool) throws(RuleError) {
    var state = base?.state.withLock { $0 } ?? State()
    state.latexNames = nil
    var signatures = base?.signatures ?? [:]
    var notation = base?.notation ?? [:]
    var blocks = base?.blocks ?? []
    var functionNames = base?.functionNames ?? []
    var kernelNames = base?.kernelNames ?? []
    for file in files {
      for entry in file.entries {
        guard entry.kind.isBlock else { continue }
        let name = file.name(entry)
        if entry.kind == .kernel {
          kernelNames.insert(Lowering.kernelName(name))
          continue
        }
        guard let signature = Signature.builtins[name] ?? file.signature(entry)?.signature else { continue }
        if entry.kind == .function { functionNames.insert(name) }
        if signatures[name] == nil { signatures[name] = signature }
        blocks.append((file, entry))
      }
    }
    var environment = Environment()
    environment.functions.merge(signatures) { _, new in new }
    let names = PatternNames(signatures)
    let added = state.entries
    for file in files {
      let kernels = file.kernels
      var names = names
      names.add(kernels: kernels.keys)
      var environment = environment
      environment.functions.merge(kernels) { _, kernel in kernel }
      func parser() -> RuleParser {
        RuleParser(
          file.source, environment: environment, notation: notation, kernels: Set(kernels.keys),
          checksRules: readsAll)
      }
      var scopes = Scopes(file, parser())
      let index = state.files.count
      state.files.append(scopes)
      for entry in file.entries {
        if entry.kind == .declaration {
          scopes.declarations.append(entry)
          state.files[index] = scopes
          continue
        }
        let name = entry.kind == .stable ? Rule.stableName(file.name(entry)) : file.name(entry)
        let isBlock = entry.kind.isBlock
        let isElementwise = entry.kind == .function || entry.kind == .kernel
        let isTaken = isBlock && !isElementwise && base?.signatures[name] != nil
        if isTaken || !isBlock && !state.names.insert(name).inserted {
          state.problems[index, default: []].append(
            Diagnostic(message: "the name '\(name)' is used twice", range: file.nameRange(entry)))
        }
        let pending = Pending(
          file: index, declarations: scopes.declarations.count, entry: entry, place: state.entries,
          marks: file.marks(entry, names),
          block: isBlock ? entry.kind == .kernel ? Lowering.kernelName(name) : name : nil,
          property: file.property(entry))
        state.entries += 1
        // Operations must be defined before any formula is parsed.
        if isBlock, file.isDefinition(entry) {
          notation[name] = state.read(pending)
          scopes = Scopes(file, parser(), scopes.declarations)
          state.files[index] = scopes
        } else {
          state.pending.append(pending)
        }
      }
    }
    self.signatures = signatures
    self.notation = notation
    self.blocks = blocks
    self.functionNames = functionNames
    self.kernelNames = kernelNames
    if readsAll {
      state.read { $0.place >= added }
      state.finish()
    }
    if let error = state.error { throw error }
    self.state = Mutex(state)
  }
}

// MARK: Lookup

extension RuleLibrary {
  /// Tables with all rules for formulas with these operations.
  func tables(covering marks: Marks) -> RuleTables {
    state.withLock { state in
      if !state.isOpened || !marks.isSubset(of: state.tables.covered) {
        state.isOpened = true
        let covered = state.tables.covered.union(marks)
        state.read { $0.property == nil && $0.marks.contains { $0.isSubset(of: covered) } }
        state.tables.covered = covered
      }
      return state.tables
    }
  }

  /// All facts that derive a property of formulas with these operations, possibly with others.
  func facts(for property: Property, covering marks: Marks) -> FactTable.Entry {
    state.withLock { state in
      let known = state.facts[property]
      if let covered = known.covered, marks.isSubset(of: covered) { return known }
      let covered = (known.covered ?? Marks()).union(marks)
      let sources = Set(Property.allCases.filter { Set([$0]).closed.contains(property) })
      state.read { pending in
        (pending.block != nil || pending.property.map(sources.contains) == true)
          && pending.marks.contains { $0.isSubset(of: covered) }
      }
      state.facts[property].covered = covered
      return state.facts[property]
    }
  }

  /// LaTeX names of functions and operations.
  var latexNames: [String: String] {
    state.withLock { state in
      if let known = state.latexNames { return known }
      var result: [String: String] = [:]
      for (file, entry) in blocks {
        let name = file.name(entry)
        if result[name] == nil { result[name] = file.value(of: .latex, entry) }
      }
      state.latexNames = result
      return result
    }
  }

  /// The function of this name, parsed if necessary.
  func function(_ name: String) -> FunctionDefinition? {
    guard functionNames.contains(name) || kernelNames.contains(name) else { return nil }
    return state.withLock { state in
      if state.functions[name] == nil { state.read { $0.block == name } }
      return state.functions[name]
    }
  }

  /// The blocks of the operation of this name; several if it is overloaded.
  func operation(_ name: String) -> [OperationDefinition] {
    state.withLock { state in
      state.read { $0.block == name }
      return state.operations.filter { $0.name == name }
    }
  }

  /// Everything, in the order of the files.
  var everything: (rules: [Rule], facts: [Fact], operations: [OperationDefinition]) {
    state.withLock { state in
      state.read { _ in true }
      // User texts were parsed, and rejected if faulty, when they were given.
      if let problem = state.problems.values.joined().first {
        preconditionFailure("an embedded rule cannot be read: \(problem)")
      }
      return (
        state.rules.sorted { $0.place < $1.place },
        state.facts.all,
        state.operations.sorted { ($0.source.file, $0.source.line) < ($1.source.file, $1.source.line) }
      )
    }
  }
}
