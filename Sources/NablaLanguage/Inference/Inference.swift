import NablaTypes

/// The typed expressions, and the assumptions about undeclared names.
package struct InferenceResult: Sendable {
  package let expressions: [TypedExpression]
  /// The undeclared names with their inferred shapes, in order of first use.
  package let assumed: [Declaration]
  /// An equally good typing; empty if there is none.
  package let alternative: [Declaration]

  /// The error if two typings are equally good.
  package var ambiguity: Problem? { .ambiguity(between: assumed, and: alternative) }
}

/// Types expressions together; an undeclared name has one shape in all of them.
/// With `expectedEqualShapes` all expressions must have the same shape, like the sides of a check.
package func infer(
  _ trees: [SyntaxTree], in environment: Environment, source: SourceText, expectedEqualShapes: Bool = false
) throws(NablaError) -> InferenceResult {
  let engine = InferenceEngine(environment, source: source, declarationsAreHere: false)
  do throws(Diagnostic) {
    engine.noteSizes(trees)
    var drafts: [Draft] = []
    for tree in trees { drafts.append(try engine.root(tree)) }
    if expectedEqualShapes, let first = drafts.first {
      for other in drafts.dropFirst() {
        try engine.require(first.shape, equals: other.shape, .sides(first, other), at: other.tree.range)
      }
    }
    try settled(engine)
    if !engine.state.undeclared.isEmpty || !engine.state.pending.isEmpty {
      engine.nameOpenSizes(avoiding: engine.takenNames)
      try settled(engine)
    }
    var expressions: [TypedExpression] = []
    for draft in drafts { expressions.append(try engine.built(draft)) }
    return InferenceResult(
      expressions: expressions, assumed: engine.assumed, alternative: engine.assumedOtherwise)
  } catch {
    throw NablaError(diagnostics: [error])
  }
}

/// Types one expression of an expected shape; an undeclared name is an error unless the environment infers it.
package func infer(
  _ tree: SyntaxTree, as shape: Shape, in environment: Environment, source: SourceText
) throws(NablaError) -> TypedExpression {
  let engine = InferenceEngine(environment, source: source, declarationsAreHere: false)
  do throws(Diagnostic) {
    engine.noteSizes([tree])
    let draft = try engine.root(tree)
    let wanted = Draft(tree, shape) { _ in .zeros }
    try engine.require(wanted.shape, equals: draft.shape, .sides(wanted, draft), at: tree.range)
    try settled(engine)
    return try engine.built(draft)
  } catch {
    throw NablaError(diagnostics: [error])
  }
}

private func settled(_ engine: InferenceEngine) throws(Diagnostic) {
  if engine.state.pending.isEmpty, engine.state.undeclared.isEmpty { return }
  do throws(SearchFailure) { try engine.settle() } catch { throw error.diagnostic }
}

extension InferenceEngine {
  /// The names that new sizes must avoid.
  var takenNames: Set<String> {
    environment.dimensions.union(state.dimensions).union(environment.declarations.keys)
      .union(environment.definitions.keys).union(drafts.keys).union(state.undeclared.map(\.name))
      .union(["e", "i", "j"])
  }

  /// The inferred declarations of the undeclared names.
  var assumed: [Declaration] {
    state.undeclared.map { entry in
      Declaration(name: entry.name, type: .value(state.unifier.resolve(entry.shape)), range: entry.range)
    }
  }

  /// The inferred declarations in the equally good alternative; empty if there is none.
  var assumedOtherwise: [Declaration] {
    guard let alternative else { return [] }
    let taken = state
    defer { state = taken }
    state = alternative
    nameOpenSizes(avoiding: takenNames)
    return assumed
  }

  /// The typed expression; an error if a size stayed open.
  func built(_ draft: Draft) throws(Diagnostic) -> TypedExpression {
    let result = draft.built(state.unifier)
    if let part = unfixed(result) {
      throw Diagnostic(.sizeNotFixed(source.text(part.range).shortened), at: part.range)
    }
    return result
  }

  /// Notes the names in positions where only a size can be, before any is taken for a variable.
  func noteSizes(_ trees: [SyntaxTree]) {
    guard environment.infersUndeclared else { return }
    for tree in trees {
      // Errors are reported when the expression is read.
      noteSizes((try? respelled(tree)) ?? tree, bound: [])
    }
  }

  private func noteSizes(_ tree: SyntaxTree, bound: [String]) {
    var bound = bound
    noteVariables(tree)
    switch tree.kind {
    case .call(let name, _, _, let arguments):
      if let signature = environment.functions[name], environment.declarations[name] == nil {
        for (place, argument) in arguments.enumerated() where signature.isSize(place) {
          noteSizeNames(argument, bound)
        }
      }
      if name == "sum", arguments.count == 2, let index = arguments[0].name { bound.append(index) }
    case .sum(let index, _, let lower, let upper, _):
      noteSizeNames(lower, bound)
      noteSizeNames(upper, bound)
      bound.append(index)
    case .entry(_, let subscripts):
      for part in subscripts {
        switch part {
        case .index(let place): noteSizeNames(place, bound)
        case .range(let lower, let upper):
          noteSizeNames(lower, bound)
          noteSizeNames(upper, bound)
        case .all: break
        }
      }
    case .number, .name, .negate, .binary, .transpose, .inverseTranspose, .derivative, .norm,
      .blocks:
      break
    }
    tree.forEachChild { noteSizes($0, bound: bound) }
  }

  /// Notes that `e` is a variable in `e'*P*e`.
  private func noteVariables(_ tree: SyntaxTree) {
    var arrays: [SyntaxTree] = []
    switch tree.kind {
    case .transpose(let a), .norm(let a), .entry(let a, _): arrays = [a]
    case .call(let name, _, _, let arguments):
      if environment.functions[name]?.rule.takesArrays(arguments.count) == true { arrays = arguments }
    case .number, .name, .negate, .binary, .inverseTranspose, .derivative, .blocks, .sum: break
    }
    for name in arrays.compactMap(\.name) where name == "e" || name == "pi" { variables.insert(name) }
  }

  private func noteSizeNames(_ tree: SyntaxTree, _ bound: [String]) {
    _ = Dimension(tree: tree) { name in
      if !bound.contains(name), name != "end", !self.hasValue(name), !self.faulty.contains(name) {
        self.state.dimensions.insert(name)
      }
      return Dimension(name: name)
    }
  }
}
