import NablaTypes

/// Types the statements of a file; a faulty statement is reported and the others continue.
package struct FileElaborator {
  let engine: InferenceEngine
  private let source: SourceText
  let statements: [Statement]
  private var diagnostics: [Diagnostic] = []
  private(set) var definitions: [(name: String, statement: Int)] = []
  private var questions: [(question: DraftQuestion, statement: Int)] = []
  /// The properties that remarks give to undeclared names.
  private var remarked: [String: Property] = [:]

  struct DraftSide {
    let claim: QuestionSide
    let draft: Draft
    let shape: Shape
  }

  struct DraftQuestion {
    let question: Question
    let claim: DraftSide
    let shapes: [Shape]
    let others: [DraftSide]
  }

  /// Elaborates statements of one source; the environment holds external declarations.
  ///
  /// A name such as `Xw` is a product if nothing else makes sense, and reading it so removes errors.
  package static func elaborate(
    _ statements: [Statement], source: SourceText, in environment: Environment = Environment()
  ) -> ElaboratedFile {
    var products: Set<String> = []
    var (file, found) = elaborate(statements, source, environment, products: products)
    while !found.isSubset(of: products) {
      products.formUnion(found)
      let next = elaborate(statements, source, environment, products: products)
      guard next.file.diagnostics.count < file.diagnostics.count else { break }
      (file, found) = next
    }
    return file
  }

  /// Elaborates with some names read as products, and finds names that are to be read so.
  private static func elaborate(
    _ statements: [Statement], _ source: SourceText, _ environment: Environment, products: Set<String>
  ) -> (file: ElaboratedFile, found: Set<String>) {
    var excluded: [Int: Diagnostic] = [:]
    var found: Set<String> = []
    while true {
      var elaborator = FileElaborator(statements, source, environment)
      elaborator.engine.products = products
      elaborator.read(excluding: excluded)
      do throws(SearchFailure) {
        try elaborator.engine.settle()
        elaborator.engine.nameOpenSizes(avoiding: elaborator.engine.takenNames)
        try elaborator.engine.settle()
      } catch {
        let place = min(max(error.statement, 0), max(statements.count - 1, 0))
        if excluded[place] == nil, excluded.count < Limits.diagnostics {
          excluded[place] = error.diagnostic
          found.formUnion(elaborator.runTogetherNames(in: statements[place]))
          continue
        }
        elaborator.diagnostics.append(error.diagnostic)
        elaborator.questions = []
        elaborator.definitions = []
      }
      return (elaborator.result(), found.union(elaborator.engine.runTogether))
    }
  }

  private init(_ statements: [Statement], _ source: SourceText, _ environment: Environment) {
    self.statements = statements
    self.source = source
    engine = InferenceEngine(environment, source: source, declarationsAreHere: true)
  }

  // MARK: Reading

  private mutating func read(excluding excluded: [Int: Diagnostic]) {
    noteWhatComes()
    for (index, statement) in statements.enumerated() {
      if diagnostics.count >= Limits.diagnostics { break }
      engine.statement = index
      let before = engine.state.mark
      do throws(Diagnostic) {
        if let diagnostic = excluded[index] { throw diagnostic }
        try requireDeclared(statement.properties, at: statement.range)
        try read(statement, index)
        try note(statement.properties)
      } catch {
        engine.state.undo(to: before)
        engine.indices = []
        diagnostics.append(error)
        if case .declaration(let declarations) = statement.kind {
          for name in declarations.map(\.name) where engine.environment.problem(naming: name) == nil {
            engine.faulty.insert(name)
          }
        }
        if case .definition(let name, _, _) = statement.kind {
          engine.upcoming[name] = nil
          if engine.drafts[name] == nil, engine.environment.declarations[name] == nil {
            engine.faulty.insert(name)
          }
        }
      }
      engine.defining = nil
    }
  }

  /// Notes the lines that define names, and the names of sizes.
  private func noteWhatComes() {
    var trees: [SyntaxTree] = []
    for statement in statements {
      engine.environment.fontHints.merge(statement.fontHints) { first, _ in first }
      switch statement.kind {
      case .declaration(let declarations):
        for declaration in declarations { note(declaration.name, statement) }
      case .definition(let name, _, let tree):
        note(name, statement)
        trees.append(tree)
      case .question(let question):
        let claims = [question.expression] + question.otherSides
        trees += claims.map(\.tree)
        for mention in question.wrt + claims.flatMap(\.wrt) { engine.variables.insert(mention.name) }
      }
    }
    for name in LogicalLines.unreadNames(of: source, statements) where engine.upcoming[name] == nil {
      engine.faulty.insert(name)
    }
    engine.noteSizes(trees)
  }

  /// Refuses a remark that gives a declared name a property without which it is declared.
  private func requireDeclared(_ properties: [String: Property], at range: SourceRange) throws(Diagnostic) {
    for (name, property) in properties.sorted(by: { $0.key < $1.key }) {
      guard let declaration = engine.environment.declarations[name] else { continue }
      if !declaration.properties.contains(property) {
        throw Diagnostic(.propertyNotDeclared(name, property.rawValue), at: range)
      }
    }
  }

  /// Notes what a remark says of undeclared names.
  private mutating func note(_ properties: [String: Property]) throws(Diagnostic) {
    for (name, property) in properties.sorted(by: { $0.key < $1.key }) {
      guard let index = engine.state.undeclaredIndex[name] else { continue }
      let (_, shape, place) = engine.state.undeclared[index]
      engine.noteMention(name)
      if property.isOfSquareMatrices {
        let draft = Draft(SyntaxTree(.name(name), range: place), shape) { _ in .name(name) }
        try engine.require(
          shape, equals: shape.transposed, .square("`\(property.rawValue)`", draft), at: place)
        _ = engine.state.unifier.requireMany(shape.rows)
      }
      remarked[name] = property
    }
  }

  private func note(_ name: String, _ statement: Statement) {
    if engine.upcoming[name] == nil, engine.environment.problem(naming: name) == nil {
      engine.upcoming[name] = source.line(at: statement.range.start)
    }
  }

  private mutating func read(_ statement: Statement, _ index: Int) throws(Diagnostic) {
    switch statement.kind {
    case .declaration(let declarations):
      for declaration in declarations {
        engine.upcoming[declaration.name] = nil
        let range = declaration.range ?? statement.range
        if engine.drafts[declaration.name] != nil {
          throw Diagnostic(.declaredTwice(declaration.name), at: range)
        }
        if engine.isSize(declaration.name) {
          throw Diagnostic(.dimensionDeclared(declaration.name), at: range)
        }
        for size in declaration.type.dimensionNames
        where engine.hasValue(size) && engine.upcoming[size] == nil {
          throw Diagnostic(.declaredIsNoSize(size), at: range)
        }
        try engine.environment.declare(declaration)
      }
    case .definition(let name, let nameRange, let tree):
      if let problem = engine.environment.problem(naming: name) { throw Diagnostic(problem, at: nameRange) }
      if engine.drafts[name] != nil || engine.faulty.contains(name) {
        throw Diagnostic(.declaredTwice(name), at: nameRange)
      }
      if engine.isSize(name) { throw Diagnostic(.dimensionDeclared(name), at: nameRange) }
      engine.defining = name
      let draft = try engine.root(tree)
      engine.drafts[name] = draft
      engine.noteMention(name)
      engine.upcoming[name] = nil
      definitions.append((name, index))
    case .question(let question):
      questions.append((try read(question), index))
    }
  }

  private func read(_ question: Question) throws(Diagnostic) -> DraftQuestion {
    let claim = try read(question.expression)
    let shapes = try self.shapes(question, claim)
    if question.kind == .hessian { try limit(question.wrt, to: 2, isSide: false) }
    if question.kind == .differential {
      for mention in question.wrt where isValue("d" + mention.name) {
        throw Diagnostic(.differentialTaken("d" + mention.name, variable: mention.name), at: mention.range)
      }
    }
    var others: [DraftSide] = []
    for side in question.otherSides {
      let other = try read(side)
      let left = Draft(SyntaxTree(.blocks([]), range: claim.claim.range), claim.shape) { _ in .zeros }
      let right = Draft(SyntaxTree(.blocks([]), range: side.range), other.shape) { _ in .zeros }
      try engine.require(claim.shape, equals: other.shape, .sides(left, right), at: side.range)
      others.append(other)
    }
    return DraftQuestion(question: question, claim: claim, shapes: shapes, others: others)
  }

  private func read(_ claim: QuestionSide) throws(Diagnostic) -> DraftSide {
    let draft = try engine.root(claim.tree)
    guard let derivative = claim.derivative else {
      return DraftSide(claim: claim, draft: draft, shape: draft.shape)
    }
    let shapes = try self.shapes(of: derivative, draft, claim.wrt)
    try limit(claim.wrt, to: derivative == .hessian ? 2 : 1, isSide: true)
    return DraftSide(claim: claim, draft: draft, shape: shapes.first ?? draft.shape)
  }

  private func limit(_ wrt: [VariableMention], to most: Int, isSide: Bool) throws(Diagnostic) {
    if wrt.count > most { throw Diagnostic(.tooManyVariables(most: most, side: isSide), at: wrt[most].range) }
  }

  /// The shapes of the answers.
  private func shapes(_ question: Question, _ claim: DraftSide) throws(Diagnostic) -> [Shape] {
    switch question.kind {
    case .gradient, .jacobian, .hessian, .differential:
      guard let derivative = question.kind.derivative else { return [] }
      return try shapes(of: derivative, claim.draft, question.wrt)
    case .stationary:
      let variables = try variables(question.wrt)
      try requireScalar(claim.draft, question.kind)
      return variables.map(\.shape)
    case .simplify, .check: return [claim.shape]
    }
  }

  private func requireScalar(_ draft: Draft, _ kind: QuestionKind) throws(Diagnostic) {
    try engine.require(
      draft.shape, equals: .scalar, .scalar("`\(kind.rawValue)`", draft), at: draft.tree.range)
  }

  private func variables(_ wrt: [VariableMention]) throws(Diagnostic) -> [Draft] {
    var variables: [Draft] = []
    for (index, mention) in wrt.enumerated() {
      if wrt[..<index].contains(where: { $0.name == mention.name }) {
        throw Diagnostic(.variableTwice(mention.name), at: mention.range)
      }
      variables.append(try variable(mention))
    }
    return variables
  }

  /// The shapes of a derivative with respect to each of the variables.
  private func shapes(
    of kind: DerivativeKind, _ draft: Draft, _ wrt: [VariableMention]
  ) throws(Diagnostic) -> [Shape] {
    let variables = try variables(wrt)
    func size(_ draft: Draft) -> Dimension {
      let shape = engine.state.unifier.resolve(draft.shape)
      return shape.rows * shape.columns
    }
    switch kind {
    case .gradient:
      engine.note(.question(draft, variables: variables))
      var shapes: [Shape] = []
      for variable in variables {
        let shape = engine.openShape()
        try engine.post(.gradient(draft, by: variable, shape), at: draft.tree.range)
        shapes.append(shape)
      }
      return shapes
    case .jacobian: return variables.map { Shape(size(draft), size($0)) }
    case .hessian:
      try requireScalar(draft, .hessian)
      guard let first = variables.first, let last = variables.last else { return [] }
      return [Shape(size(first), size(last))]
    case .differential: return variables.map { _ in draft.shape }
    }
  }

  private func isValue(_ name: String) -> Bool {
    engine.environment.declarations[name] != nil || engine.drafts[name] != nil
      || engine.environment.definitions[name] != nil || engine.state.undeclaredIndex[name] != nil
  }

  /// A name after `wrt`, which must be the name of a value.
  private func variable(_ mention: VariableMention) throws(Diagnostic) -> Draft {
    let name = mention.name
    if engine.environment.isFunction(name) || engine.environment.functions[name] != nil {
      throw Diagnostic(.functionAsVariable(name), at: mention.range)
    }
    if !isValue(name) {
      if engine.isSize(name) { throw Diagnostic(.dimensionAsVariable(name), at: mention.range) }
      if engine.faulty.contains(name) { throw Diagnostic(.dependsOnFaulty(name), at: mention.range) }
      if let line = engine.upcoming[name] {
        throw Diagnostic(.usedBeforeItsLine(name, line: line), at: mention.range)
      }
      let others = engine.state.undeclared.filter { $0.name.isRunTogether(with: name) }
      if let first = others.first {
        engine.runTogether.formUnion(others.map(\.name))
        throw Diagnostic(.runTogether(first.name), at: first.range)
      }
      let known =
        engine.environment.knownNames + engine.drafts.keys.sorted() + engine.state.undeclared.map(\.name)
      throw Diagnostic(.unknownName(name, nearest: nearestName(to: name, among: known)), at: mention.range)
    }
    return try engine.draft(SyntaxTree(.name(name), range: mention.range))
  }

  // MARK: Results

  private mutating func result() -> ElaboratedFile {
    var environment = engine.environment
    var names: [String] = []
    var missing: Set<String> = []
    for (name, _) in definitions {
      guard let draft = engine.drafts[name] else { continue }
      do throws(Diagnostic) {
        environment.definitions[name] = try engine.built(draft)
        names.append(name)
      } catch {
        diagnostics.append(error)
        missing.insert(name)
      }
    }
    var typed: [TypedQuestion] = []
    for (question, statement) in questions {
      do throws(Diagnostic) {
        try refuseRunTogether(question)
        typed.append(try self.typed(question, statements[statement]))
      } catch {
        diagnostics.append(error)
      }
    }
    let assumed = engine.assumed.map { declaration in
      var declaration = declaration
      if let property = remarked[declaration.name] { declaration.properties.insert(property) }
      return declaration
    }.filter { declaration in
      guard case .value(let shape) = declaration.type else { return false }
      return (shape.rows.openNames + shape.columns.openNames).isEmpty
    }
    for declaration in assumed {
      environment.declarations[declaration.name] = declaration
      environment.dimensions.formUnion(declaration.type.dimensionNames)
    }
    environment.dimensions.formUnion(engine.state.dimensions)
    let ordered = diagnostics.enumerated().sorted {
      ($0.element.range.start, $0.offset) < ($1.element.range.start, $1.offset)
    }
    return ElaboratedFile(
      environment: environment, definitions: names, questions: typed, assumed: assumed,
      alternative: engine.assumedOtherwise, diagnostics: ordered.map(\.element))
  }

  private func typed(_ question: DraftQuestion, _ statement: Statement) throws(Diagnostic) -> TypedQuestion {
    var others: [TypedSide] = []
    for side in question.others { others.append(try typed(side)) }
    return TypedQuestion(
      question: question.question, expression: try typed(question.claim),
      wrt: question.question.wrt.map(\.name),
      shapes: question.shapes.map { engine.state.unifier.resolve($0) }, otherSides: others,
      statement: statement)
  }

  private func typed(_ claim: DraftSide) throws(Diagnostic) -> TypedSide {
    TypedSide(
      derivative: claim.claim.derivative, expression: try engine.built(claim.draft),
      wrt: claim.claim.wrt.map(\.name), shape: engine.state.unifier.resolve(claim.shape),
      range: claim.claim.range)
  }
}
