import NablaTypes

/// Types expressions together: every undeclared name has one shape in all of them.
final class InferenceEngine {
  /// The state that a faulty statement or a wrong guess must restore.
  struct State {
    var unifier = Unifier()
    var pending: [Constraint] = []
    /// The undeclared names in order of first use.
    var undeclared: [(name: String, shape: Shape, range: SourceRange)] = []
    var undeclaredIndex: [String: Int] = [:]
    /// Undeclared sizes, found in positions where only a size can be.
    var dimensions: Set<String> = []
    /// The expressions read, and the places that rank their typings; empty if all names are declared.
    var roots: [(tree: SyntaxTree, isEntrywise: Bool, statement: Int)] = []
    var uses: [(use: Use, statement: Int)] = []
    /// The statements that mention each undeclared name or definition; they are typed together.
    var mentions: [(name: String, statement: Int)] = []

    /// A state that `undo` can return to while statements are only read.
    struct Mark {
      fileprivate let unifier: Unifier.Mark
      fileprivate let pending: Int
      fileprivate let undeclared: Int
      fileprivate let roots: Int
      fileprivate let uses: Int
      fileprivate let mentions: Int
      fileprivate let dimensions: Set<String>
    }

    /// Marks are cheap; a copy of the state would be duplicated at the next change.
    var mark: Mark {
      Mark(
        unifier: unifier.mark, pending: pending.count, undeclared: undeclared.count, roots: roots.count,
        uses: uses.count, mentions: mentions.count, dimensions: dimensions)
    }

    mutating func undo(to mark: Mark) {
      unifier.undo(to: mark.unifier)
      pending.removeLast(pending.count - mark.pending)
      for entry in undeclared[mark.undeclared...] { undeclaredIndex[entry.name] = nil }
      undeclared.removeLast(undeclared.count - mark.undeclared)
      roots.removeLast(roots.count - mark.roots)
      uses.removeLast(uses.count - mark.uses)
      mentions.removeLast(mentions.count - mark.mentions)
      dimensions = mark.dimensions
    }
  }

  struct BoundIndex {
    let name: String
    let upper: Dimension
    let isOpen: Bool
  }

  var environment: Environment
  let source: SourceText
  var state = State()
  var indices: [BoundIndex] = []
  /// Constants used as variables here, because they are transposed, indexed or differentiated.
  var variables: Set<String> = []
  /// The meaning of `end` in the current subscripts, innermost last.
  var ends: [Dimension] = []
  /// The definitions that are typed together with the expressions.
  var drafts: [String: Draft] = [:]
  /// Names that get their meaning later in the text, with the line.
  var upcoming: [String: Int] = [:]
  var faulty: Set<String> = []
  /// Undeclared names of two letters that are read as products, and those found that are to be read so.
  var products: Set<String> = []
  var runTogether: Set<String> = []
  /// A typing as good as the chosen one.
  var alternative: State?
  /// The current statement.
  var statement = 0 {
    didSet { state.unifier.statement = statement }
  }
  /// Whether `*`, `/` and `**` of the expression being read act entry by entry, as in NumPy and R.
  var isEntrywise = false
  /// The current definition.
  var defining: String?
  /// Whether the ranges of declarations refer to this source.
  let declarationsAreHere: Bool

  init(_ environment: Environment, source: SourceText, declarationsAreHere: Bool) {
    self.environment = environment
    self.source = source
    self.declarationsAreHere = declarationsAreHere
  }

  func isSize(_ name: String) -> Bool {
    environment.dimensions.contains(name) || state.dimensions.contains(name)
  }

  func isBound(_ name: String) -> Bool { indices.contains { $0.name == name } }

  /// The expression in the language's own notation.
  func respelled(_ tree: SyntaxTree) throws(Diagnostic) -> SyntaxTree {
    let respelling = Respelling(
      source: source, products: products,
      isFunction: { name in
        self.environment.functions[name] != nil && self.environment.declarations[name] == nil
          || self.environment.isFunction(name)
      },
      hasMeaning: { self.hasValue($0) || self.isSize($0) || self.faulty.contains($0) })
    return try respelling(tree)
  }

  /// Notes a place that ranks typings.
  func note(_ use: Use) {
    if environment.infersUndeclared { state.uses.append((use, statement)) }
  }

  /// Notes that the current statement depends on an undeclared name or a definition.
  func noteMention(_ name: String) {
    if environment.infersUndeclared { state.mentions.append((name, statement)) }
  }

  /// Whether a declared or defined name is an array.
  func isKnownArray(_ name: String) -> Bool {
    if case .value(let shape) = environment.declarations[name]?.type { return !shape.isScalar }
    guard let shape = drafts[name]?.shape ?? environment.definitions[name]?.shape else { return false }
    return kind(of: shape) != .scalar
  }

  // MARK: Expressions

  /// A whole expression of a statement.
  func root(_ tree: SyntaxTree) throws(Diagnostic) -> Draft {
    if !environment.respells { return try draft(tree) }
    isEntrywise = EntrywiseSpelling.isMarked(tree.range, of: source)
    defer { isEntrywise = false }
    let tree = try respelled(tree)
    if environment.infersUndeclared { state.roots.append((tree, isEntrywise, statement)) }
    return try draft(tree)
  }

  func draft(_ tree: SyntaxTree) throws(Diagnostic) -> Draft {
    switch tree.kind {
    case .number(let value): return Draft(tree, .scalar) { _ in .number(value) }
    case .name(let name): return try nameDraft(tree, name)
    case .negate(let a): return try negation(tree, a)
    case .transpose(let a): return try transposition(tree, a)
    case .inverseTranspose(let a): return try inverseTransposition(tree, a)
    case .norm(let a): return try norm(tree, a)
    case .binary(let operation, let a, let b): return try binary(tree, operation, a, b)
    case .call(let name, let nameRange, let isGreek, let arguments):
      return try call(tree, name, nameRange, isGreek, arguments)
    case .derivative(let derivative, let name, let nameRange, let arguments):
      return try application(tree, derivative, name, nameRange, arguments)
    case .blocks(let rows): return try blocks(tree, rows)
    case .entry(let array, let subscripts): return try entry(tree, array, subscripts)
    case .sum(let index, let range, let lower, let upper, let summand):
      return try indexedSum(tree, index, range, bounds: (lower, upper), summand)
    }
  }

  private func nameDraft(_ tree: SyntaxTree, _ name: String) throws(Diagnostic) -> Draft {
    if isBound(name) { return Draft(tree, .scalar) { _ in .index(name) } }
    if let declaration = environment.declarations[name] {
      guard case .value(let shape) = declaration.type else {
        throw Diagnostic(.functionWithoutArguments(name), at: tree.range)
      }
      return Draft(tree, shape) { _ in .name(name) }
    }
    if let shape = drafts[name]?.shape {
      noteMention(name)
      return Draft(tree, shape) { _ in .name(name) }
    }
    if let shape = environment.definitions[name]?.shape { return Draft(tree, shape) { _ in .name(name) } }
    if isSize(name) { return Draft(tree, .scalar) { _ in .dimension(name) } }
    if name == "end", let size = ends.last {
      return Draft(tree, .scalar) { TypedExpression.Kind(size: $0.resolve(size), range: tree.range) }
    }
    if name == defining { throw Diagnostic(.cyclic(name), at: tree.range) }
    if faulty.contains(name) { throw Diagnostic(.dependsOnFaulty(name), at: tree.range) }
    if let line = upcoming[name] { throw Diagnostic(.usedBeforeItsLine(name, line: line), at: tree.range) }
    if name == "pi" || name == "e", !variables.contains(name) {
      return Draft(tree, .scalar) { _ in .constant(name) }
    }
    if name == "I" {
      let size = state.unifier.fresh(many: true)
      return Draft(tree, Shape(size, size)) { _ in .identity }
    }
    return try undeclared(tree, name)
  }

  private func undeclared(_ tree: SyntaxTree, _ name: String) throws(Diagnostic) -> Draft {
    if let place = state.undeclaredIndex[name] {
      noteMention(name)
      return Draft(tree, state.undeclared[place].shape) { _ in .name(name) }
    }
    if environment.functions[name] != nil {
      throw Diagnostic(.functionWithoutArguments(name), at: tree.range)
    }
    if Words.isReserved(name) { throw Diagnostic(.wordInExpression(name), at: tree.range) }
    guard environment.infersUndeclared else {
      let nearest = nearestName(to: name, among: environment.knownNames)
      throw Diagnostic(.unknownName(name, nearest: nearest), at: tree.range)
    }
    let shape =
      switch environment.fontHints[name] {
      case .vector: Shape.vector(state.unifier.fresh(many: true))
      case .matrix: Shape(state.unifier.fresh(many: true), state.unifier.fresh(many: true))
      case nil: Shape(state.unifier.fresh(), state.unifier.fresh())
      }
    noteMention(name)
    state.undeclaredIndex[name] = state.undeclared.count
    state.undeclared.append((name, shape, tree.range))
    return Draft(tree, shape) { _ in .name(name) }
  }

  // MARK: Constraints

  func openShape() -> Shape { Shape(state.unifier.fresh(), state.unifier.fresh()) }

  func product(_ a: Draft, _ b: Draft, _ range: SourceRange) throws(Diagnostic) -> Shape {
    if a.shape.isScalar { return b.shape }
    if b.shape.isScalar { return a.shape }
    let shape = openShape()
    try post(.product(a, b, shape), at: range)
    return state.unifier.resolve(shape)
  }

  func broadcast(_ operation: String, _ a: Draft, _ b: Draft, _ range: SourceRange) throws(Diagnostic)
    -> Shape
  {
    if a.shape == b.shape || b.shape.isScalar { return a.shape }
    if a.shape.isScalar { return b.shape }
    let shape = openShape()
    try post(.broadcast(operation, a, b, shape), at: range)
    return state.unifier.resolve(shape)
  }

  func require(_ a: Shape, equals b: Shape, _ kindred: Problem.Kindred, at range: SourceRange)
    throws(Diagnostic)
  {
    if a == b { return }
    try post(.equal(a, b, kindred), at: range)
  }

  /// Decides a constraint now, or keeps it for later.
  func post(_ kind: Constraint.Kind, at range: SourceRange) throws(Diagnostic) {
    let constraint = Constraint(kind: kind, range: range, statement: statement)
    if try !attempt(constraint) { state.pending.append(constraint) }
  }
}
