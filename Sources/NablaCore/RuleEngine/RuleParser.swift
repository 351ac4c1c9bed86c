import NablaLanguage
import NablaTypes

/// The problems of a text of rules.
package struct RuleError: Error, Sendable, CustomStringConvertible {
  package let source: SourceText
  package let diagnostics: [Diagnostic]

  package init(_ source: SourceText, _ diagnostics: [Diagnostic]) {
    self.source = source
    self.diagnostics = diagnostics
  }

  package var description: String { String(DiagnosticRenderer(source).render(diagnostics).dropLast()) }
}

/// Types the statements of a rule file: declarations, rules, facts, functions and operations.
struct RuleParser {
  let source: SourceText
  private(set) var rules: [Rule] = []
  private(set) var facts: [Fact] = []
  private(set) var functions: [FunctionDefinition] = []
  private(set) var operations: [OperationDefinition] = []
  private var environment: Environment
  private var lowering: Lowering
  /// False for the embedded texts, which the tests check: every start would pay for it.
  private let checksRules: Bool
  /// The position of the current entry among all entries.
  private var place = 0

  /// A parser that knows functions and operations, but no names.
  init(
    _ source: SourceText, environment: Environment, notation: [String: BlockOperation], kernels: Set<String>,
    checksRules: Bool
  ) {
    self.source = source
    self.environment = environment
    self.environment.allowsDifferentials = true
    self.environment.infersUndeclared = false
    self.environment.respells = checksRules
    self.checksRules = checksRules
    lowering = Lowering(operations: notation)
    lowering.kernels = kernels
  }

  mutating func read(_ statement: RuleStatement, place: Int) throws(Diagnostic) {
    self.place = place
    switch statement.kind {
    case .declaration(let declarations): for declaration in declarations { declare(declaration) }
    case .rule(let identity): try readRule(statement, identity)
    case .stable(let identity): try readStable(statement, identity)
    case .fact(let pattern, let property, let conditions):
      let formula = try formulas([pattern])[0]
      facts.append(
        Fact(
          name: statement.name, pattern: formula, property: property,
          conditions: try self.conditions(conditions), source: origin(statement), place: place,
          isEntrywise: formula.isEntrywiseScalar))
    case .function(let block): try readFunction(statement, block, name: statement.name)
    case .kernel(let block):
      try readFunction(statement, block, name: Lowering.kernelName(statement.name))
    case .operation(let block, let isNotation): try readOperation(statement, block, isNotation)
    }
  }

  private func origin(_ statement: RuleStatement) -> Rule.Source {
    Rule.Source(
      file: source.name, line: source.line(at: statement.range.start), text: statement.text,
      nameRange: statement.nameRange)
  }

  private func failure(_ statement: RuleStatement, _ message: String) -> Diagnostic {
    Diagnostic(message: "\(statement.name): \(message)", range: statement.nameRange)
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

  /// Formulas of one shape, typed together.
  private func formulas(_ trees: [SyntaxTree]) throws(Diagnostic) -> [Formula] {
    do throws(NablaError) {
      let typed = try infer(trees, in: environment, source: source, expectedEqualShapes: true)
      return typed.expressions.map(lowering.formula)
    } catch {
      throw error.diagnostics[0]
    }
  }

  private func conditions(_ trees: [RuleStatement.ConditionTree]) throws(Diagnostic) -> [Condition] {
    var result: [Condition] = []
    for tree in trees {
      let subject = try formulas([tree.subject])[0]
      if let property = Property(rawValue: tree.words) {
        result.append(.property(subject, property))
      } else if let regularity = Regularity(rawValue: tree.words) {
        result.append(.regular(subject, regularity))
      } else {
        throw Diagnostic(
          message: "the condition '\(source.text(tree.range))' does not name a property", range: tree.range)
      }
    }
    return result
  }

  // MARK: Rules

  private mutating func readRule(
    _ statement: RuleStatement, _ identity: RuleStatement.Identity
  ) throws(Diagnostic) {
    let both = try formulas([identity.left, identity.right])
    let (left, right) = (both[0], both[1])
    let table: Rule.Table
    if case .differential(let inner) = left.kind, !inner.isVariable {
      table = .differential
    } else if left.containsDifferential {
      table = left.isInnerProduct ? .adjoint : .vectorization
    } else {
      table = .identity
    }
    let rule = Rule(
      name: statement.name, left: left, right: right, arrow: identity.arrow,
      conditions: try conditions(identity.conditions), numbers: [], saying: identity.saying,
      source: origin(statement), table: table, place: place,
      isEntrywise: table == .identity && left.isEntrywiseScalar && right.isEntrywiseScalar)
    if checksRules, let problem = rule.problem { throw failure(statement, problem) }
    rules.append(rule)
  }

  private mutating func readStable(
    _ statement: RuleStatement, _ identity: RuleStatement.Identity
  ) throws(Diagnostic) {
    guard identity.arrow == .rewrites else {
      throw failure(statement, "a stable form has '->' between its sides")
    }
    var numbers: [NumberCondition] = []
    var properties: [RuleStatement.ConditionTree] = []
    for tree in identity.conditions {
      if let kind = NumberCondition.Kind(rawValue: tree.words) {
        numbers.append(NumberCondition(formula: try formulas([tree.subject])[0], kind: kind))
      } else {
        properties.append(tree)
      }
    }
    var exact: [Formula: Formula] = [:]
    for number in numbers { exact[number.formula] = number.formula.asNumberVariable }
    let both = try formulas([identity.left, identity.right]).map { $0.replacing(exact) }
    let conditions = try conditions(properties).map { condition in
      switch condition {
      case .property(let formula, let property): Condition.property(formula.replacing(exact), property)
      case .regular: condition
      }
    }
    let rule = Rule(
      name: Rule.stableName(statement.name), left: both[0], right: both[1], arrow: .rewrites,
      conditions: conditions,
      numbers: numbers.map { NumberCondition(formula: $0.formula.replacing(exact), kind: $0.kind) },
      saying: nil, source: origin(statement), table: .stable, place: place,
      isEntrywise: both.allSatisfy(\.isEntrywiseScalar))
    if checksRules, let problem = rule.problem { throw failure(statement, problem) }
    rules.append(rule)
  }

  // MARK: Blocks

  private mutating func readFunction(
    _ statement: RuleStatement, _ block: RuleStatement.Block, name: String
  ) throws(Diagnostic) {
    let names = block.head.parameters.map(\.name)
    if let known = environment.functions[statement.name], !known.arity.contains(names.count) {
      throw failure(statement, "it already has another number of arguments")
    }
    var scope = self
    for parameter in names {
      scope.declare(Declaration(name: parameter, type: .value(.scalar), properties: [], range: nil))
    }
    let parameters = names.compactMap { scope.lowering.names[$0] }
    var function = FunctionDefinition(
      name: name, parameters: parameters,
      body: try block.body.map { body throws(Diagnostic) in try scope.formulas([body])[0] },
      about: About(block), source: origin(statement))
    for line in block.lines {
      switch (line.key, line.value) {
      case (.derivative, .formulas(let trees, let limits)):
        for tree in trees {
          function.derivatives.append(
            try tree.map { tree throws(Diagnostic) in try scope.formulas([tree])[0] } ?? .invalid)
        }
        function.conditions = try scope.conditions(limits)
      case (.kink, .formulas(let trees, _)):
        for case let tree? in trees { function.kinks.append(try scope.formulas([tree])[0]) }
      case (.domain, .conditions(let trees)): function.domain = try scope.conditions(trees)
      case (.facts, .properties(let properties)):
        let pattern = Formula.apply(.elementwise(name), parameters, .scalar)
        facts += properties.map { property in
          Fact(
            name: "\(statement.name).\(property.rawValue)", pattern: pattern, property: property,
            conditions: [], source: origin(statement), place: place, isEntrywise: true)
        }
      case (.body, _), (.latex, _), (.letter, _), (.help, _), (.example, _): break
      case (.derivative, _), (.kink, _), (.domain, _), (.facts, _), (.kernel, _), (.laws, _):
        throw Diagnostic(message: "a function block has no such line", range: line.range)
      }
    }
    guard !function.derivatives.isEmpty || function.body != nil else {
      throw failure(statement, "neither a derivative nor a definition to derive it from")
    }
    guard function.derivatives.isEmpty || function.derivatives.count == names.count else {
      throw failure(statement, "a derivative is needed for each of the \(names.count) arguments")
    }
    functions.append(function)
  }

  private mutating func readOperation(
    _ statement: RuleStatement, _ block: RuleStatement.Block, _ isNotation: Bool
  ) throws(Diagnostic) {
    var scope = self
    var parameters: [Formula] = []
    for parameter in block.head.parameters {
      guard let shape = parameter.shape else {
        scope.environment.dimensions.insert(parameter.name)
        parameters.append(.dimension(Dimension(name: parameter.name)))
        continue
      }
      scope.declare(Declaration(name: parameter.name, type: .value(shape)))
      parameters += [scope.lowering.names[parameter.name]].compactMap { $0 }
    }
    // A body sees only earlier definitions, so no operation is defined in terms of itself.
    scope.environment.functions[statement.name] = nil
    var body: Formula?
    if let tree = block.body {
      do throws(NablaError) {
        let typed = try infer(tree, as: block.head.result, in: scope.environment, source: source)
        body = scope.lowering.formula(typed)
      } catch {
        throw error.diagnostics[0]
      }
    }
    var kernel: String?
    var isLinear = false
    var domain: [Condition] = []
    for line in block.lines {
      switch (line.key, line.value) {
      case (.kernel, .text(let name)): kernel = name
      case (.laws, .text(let law)):
        guard law == "linear" else { throw Diagnostic(message: "'\(law)' is not a law", range: line.range) }
        isLinear = true
      case (.domain, .conditions(let trees)): domain = try scope.conditions(trees)
      case (.body, _), (.latex, _), (.letter, _), (.help, _), (.example, _): break
      case (.derivative, _), (.kink, _), (.domain, _), (.facts, _), (.kernel, _), (.laws, _):
        throw Diagnostic(
          message: "an operation block has no such line; write a rule or a fact", range: line.range)
      }
    }
    let isNative =
      ArrayOperation(rawValue: statement.name) != nil || Lowering.native.contains(statement.name)
      || Signature.special[statement.name] != nil
    guard isNative || body != nil || kernel != nil else {
      throw failure(statement, "neither a body nor a kernel")
    }
    let definition = OperationDefinition(
      name: statement.name, head: block.head, body: body, kernel: kernel, domain: domain,
      parameters: parameters, about: About(block), isNotation: isNotation, source: origin(statement))
    operations.append(definition)
    if isNative { return }
    let operation = DefinedOperation(
      name: statement.name, parameters: parameters, result: block.head.result, body: body, kernel: kernel,
      isLinear: isLinear)
    lowering.operations[statement.name] = isNotation ? .notation(operation) : .operation(operation)
  }

  /// The defined operations.
  var notation: [String: BlockOperation] { lowering.operations }
}

extension About {
  fileprivate init(_ block: RuleStatement.Block) {
    func text(_ key: RuleStatement.Key) -> String? {
      for line in block.lines where line.key == key { if case .text(let text) = line.value { return text } }
      return nil
    }
    self.init(latex: text(.latex), letter: text(.letter), help: text(.help), example: text(.example))
  }
}

extension Formula {
  fileprivate var isInnerProduct: Bool {
    if case .apply(.array(.dot), _) = kind { return true }
    return false
  }
}
