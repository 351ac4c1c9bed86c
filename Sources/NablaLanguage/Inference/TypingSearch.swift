import NablaTypes

/// Finds the typing of least cost by branch and bound.
struct TypingSearch {
  /// A decision: whether an expression is a scalar, or the kind of a name.
  private enum Decision {
    case question(Draft)
    case name(Int)
  }

  private let engine: InferenceEngine
  /// The state without deferred places: the shape of a gradient must not decide the kind of a name.
  private let start: InferenceEngine.State
  private let original: InferenceEngine.State
  private let roles: NameRoles
  private let habits: [NameHabit]
  private var steps: Int
  private var best: (state: InferenceEngine.State, cost: TypingCost, kinds: [TypeKind?])?
  /// The reason why the best typing is implausible, if it is.
  private var doubt: SearchFailure?
  /// A different typing of the same cost.
  private(set) var alternative: InferenceEngine.State?

  init(_ engine: InferenceEngine, _ steps: Int) {
    self.engine = engine
    self.steps = steps
    original = engine.state
    engine.state.pending.removeAll(where: \.isAfterthought)
    start = engine.state
    let index = engine.state.undeclaredIndex
    roles = NameRoles(
      engine.state.roots, isUndeclared: { index[$0] != nil },
      isNumber: { engine.isSize($0) || index[$0] == nil && ($0 == "pi" || $0 == "e") })
    habits = engine.state.undeclared.map { [roles] in
      roles.intercepts.contains($0.name) ? .scalar : NameHabit($0.name)
    }
  }

  /// The state of the best typing; `nil` if none fits.
  mutating func run() throws(SearchFailure) -> InferenceEngine.State? {
    defer { engine.state = original }
    let questions = start.uses.compactMap { use, _ -> Draft? in
      if case .question(let draft) = use { draft } else { nil }
    }
    let decisions = questions.map(Decision.question) + engine.openNames.map(Decision.name)
    try descend(decisions[...])
    if let doubt { throw doubt }
    return best?.state
  }

  /// Tries the open decisions, likeliest first.
  private mutating func descend(_ decisions: ArraySlice<Decision>) throws(SearchFailure) {
    if steps > Limits.inferenceSteps { throw engine.undecidedError() }
    steps += engine.state.uses.count
    if isHopeless(bound()) { return }
    var rest = decisions
    while let decision = rest.popFirst() {
      let shape: Shape
      let kinds: [TypeKind?]
      switch decision {
      case .question(let draft):
        shape = draft.shape
        // A non-scalar kind stays open.
        kinds = [.scalar, nil]
      case .name(let index):
        shape = engine.state.undeclared[index].shape
        kinds = habits[index].order
      }
      if engine.kind(of: shape) != nil { continue }
      let before = engine.state
      for kind in kinds {
        engine.state = before
        steps += 1
        if let kind, !engine.assume(kind, shape) { continue }
        do throws(SearchFailure) { try engine.propagate(&steps) } catch { continue }
        try descend(rest)
      }
      return
    }
    conclude()
  }

  private func isHopeless(_ bound: TypingCost) -> Bool {
    guard let best else { return false }
    return bound > best.cost || alternative != nil && bound == best.cost
  }

  private mutating func conclude() {
    let state = engine.state
    guard !hasOuterRow, !hasScaledCapital, let cost = finalCost(), !isHopeless(cost) else {
      engine.state = state
      return
    }
    let kinds = state.undeclared.map { engine.kind(of: $0.shape) }
    guard let found = best, found.cost == cost else {
      best = (state, cost, kinds)
      doubt = currentDoubt
      alternative = nil
      return
    }
    if found.kinds == kinds { return }
    // Of two equally good typings the one with leading scalars is shown.
    if trailing(kinds) < trailing(found.kinds) {
      alternative = found.state
      best = (state, cost, kinds)
    } else {
      alternative = state
    }
  }

  // MARK: What nobody means

  /// Whether `x*x'` is a number: nobody writes the inner product of a row so without saying that it is a row.
  private var hasOuterRow: Bool {
    engine.state.uses.contains { use, _ in
      if case .outer(let draft) = use {
        return isUndeclared(draft.tree) && engine.kind(of: draft.shape) == .row
      }
      return false
    }
  }

  /// Whether a capital is a vector before a number or a matrix of lower case: `X*w` is data times coefficients.
  private var hasScaledCapital: Bool {
    engine.state.uses.contains { use, _ in
      guard case .multiplied(let a, let b) = use, let name = a.tree.name, Letters.isCapital(name) else {
        return false
      }
      guard isUndeclared(a.tree), isUndeclared(b.tree), engine.kind(of: a.shape) == .vector else {
        return false
      }
      let other = engine.kind(of: b.shape)
      return other == .scalar || other == .matrix && hasLowerMatrix(b.tree)
    }
  }

  /// Lower-case names that are matrices only for `(X*w - y)^2`, which was to square each entry, or for `x - x'`,
  /// where x' was to be another point.
  private var currentDoubt: SearchFailure? {
    for (use, statement) in engine.state.uses {
      switch use {
      case .raised(let base, isRoot: true):
        guard let name = base.tree.name, Letters.isCapital(name), isUndeclared(base.tree),
          engine.kind(of: base.shape) == .scalar, !roles.isScalarForCertain(name)
        else { continue }
        return SearchFailure(
          diagnostic: Diagnostic(.rootOfMatrix(name), at: base.tree.range), statement: statement)
      case .raised(let base, isRoot: false):
        guard engine.kind(of: base.shape) == .matrix, case .binary(let operation, _, _) = base.tree.kind,
          operation == .add || operation == .subtract, hasLowerMatrix(base.tree)
        else { continue }
        let text = engine.source.text(base.tree.range)
        return SearchFailure(
          diagnostic: Diagnostic(.powerOfVector(text), at: base.tree.range), statement: statement)
      case .twins(let draft):
        guard let name = draft.tree.name, hasLowerMatrix(draft.tree) else { continue }
        return SearchFailure(
          diagnostic: Diagnostic(.addedToTranspose(name), at: draft.tree.range), statement: statement)
      case .joined, .multiplied, .array, .question, .outer: continue
      }
    }
    return nil
  }

  private func isUndeclared(_ tree: SyntaxTree) -> Bool {
    tree.name.map { engine.state.undeclaredIndex[$0] != nil } ?? false
  }

  /// Whether a sum has a lower-case name in it that is taken to be a matrix.
  private func hasLowerMatrix(_ tree: SyntaxTree) -> Bool {
    if let name = tree.name, let index = engine.state.undeclaredIndex[name] {
      return NameHabit(name) != .matrix && engine.kind(of: engine.state.undeclared[index].shape) == .matrix
    }
    var found = false
    tree.forEachChild { if !found { found = hasLowerMatrix($0) } }
    return found
  }

  /// The number of scalars that follow the arrays they scale.
  private func trailing(_ kinds: [TypeKind?]) -> Int {
    let index = start.undeclaredIndex
    return zip(start.undeclared, kinds).reduce(0) { count, pair in
      guard pair.1 == .scalar else { return count }
      return count
        + roles.leftNeighbours(of: pair.0.name).count { name in
          index[name].map { kinds[$0] != .scalar } ?? engine.isKnownArray(name)
        }
    }
  }

  // MARK: Costs

  /// A lower bound for the cost of the decided names.
  private func bound() -> TypingCost {
    var cost = TypingCost()
    for (use, _) in engine.state.uses {
      switch use {
      case .multiplied, .raised, .outer, .twins: break
      case .array(let draft): if isScalar(draft) == true { cost.scalarsAsArrays += 1 }
      case .question(let draft): if isScalar(draft) == false { cost.arraysAsked += 1 }
      case .joined(let a, let b):
        if isUnlikely(a, next: b) || isUnlikely(b, next: a) { cost.mixtures += 1 }
      }
    }
    for (index, entry) in engine.state.undeclared.enumerated() {
      guard let kind = engine.kind(of: entry.shape) else { continue }
      cost.unusual += habits[index].cost(of: kind, scales: roles.mayScale(entry.name))
      if kind != .scalar {
        cost.arrays += 1
        if NameHabit.factors.contains(entry.name) { cost.letters += 1 }
      }
    }
    return cost
  }

  private func isScalar(_ draft: Draft) -> Bool? { engine.kind(of: draft.shape).map { $0 == .scalar } }

  /// Whether a scalar is next to an array and is neither a number nor a Greek name.
  private func isUnlikely(_ a: Draft, next b: Draft) -> Bool {
    guard isScalar(a) == true, isArray(b) else { return false }
    return !isExempt(a.tree)
  }

  private func isArray(_ draft: Draft) -> Bool {
    engine.state.unifier.size(draft.shape.rows) == .many
      || engine.state.unifier.size(draft.shape.columns) == .many
  }

  private func isExempt(_ tree: SyntaxTree) -> Bool {
    switch tree.kind {
    case .number: true
    case .name(let name):
      engine.isSize(name) || name == "pi" || name == "e" || Letters.isGreek(name)
        || roles.intercepts.contains(name)
    case .negate(let a): isExempt(a)
    case .binary(_, let a, let b): isExempt(a) && isExempt(b)
    case .transpose, .inverseTranspose, .call, .derivative, .norm, .blocks, .entry, .sum: false
    }
  }

  /// The scalars that are added to arrays or follow matrices.
  private func mixedNames() -> Set<String> {
    var result: Set<String> = []
    for (use, _) in engine.state.uses {
      switch use {
      case .joined(let a, let b):
        for (one, other) in [(a, b), (b, a)] where isScalar(one) == true && isArray(other) {
          Self.collectAdded(one.tree, into: &result)
        }
      case .multiplied(let a, let b):
        if engine.kind(of: a.shape) == .matrix, isScalar(b) == true {
          Self.collectAdded(b.tree, into: &result)
        }
      case .array, .question, .raised, .outer, .twins: break
      }
    }
    return result
  }

  private static func collectAdded(_ tree: SyntaxTree, into names: inout Set<String>) {
    switch tree.kind {
    case .name(let name): names.insert(name)
    case .negate, .binary, .call: tree.forEachChild { collectAdded($0, into: &names) }
    case .number, .transpose, .inverseTranspose, .derivative, .norm, .blocks, .entry, .sum: break
    }
  }

  /// The cost of a complete typing; `nil` if a capital is not a matrix without need.
  private mutating func finalCost() -> TypingCost? {
    var cost = bound()
    let state = engine.state
    let hasSizes = state.undeclared.allSatisfy { entry in
      let shape = state.unifier.resolve(entry.shape)
      return shape.rows.isPossibleSize && shape.columns.isPossibleSize
    }
    if !hasSizes { return nil }
    var kinds: [String: TypeKind] = [:]
    for entry in state.undeclared { kinds[entry.name] = engine.kind(of: entry.shape) }
    let isArray = { [engine] (name: String) -> Bool in
      if let kind = kinds[name] { return kind != .scalar }
      return engine.isKnownArray(name)
    }
    let mixed = mixedNames()
    cost.unusual = 0
    for (index, entry) in state.undeclared.enumerated() {
      guard let kind = kinds[entry.name] else { continue }
      let scales = !mixed.contains(entry.name) && roles.scales(entry.name, isArray: isArray)
      cost.unusual += habits[index].cost(of: kind, scales: scales)
      guard case .matrix = habits[index] else { continue }
      switch kind {
      case .matrix: break
      case .scalar:
        if isGiven(index) || roles.isScalarForCertain(entry.name) { continue }
        guard scales, costAsMatrix(index).map({ $0 <= cost }) != true else { return nil }
      case .vector:
        if let other = costAsMatrix(index), other.mixtures <= cost.mixtures, !isGiven(index) { return nil }
      case .row: if costAsMatrix(index) != nil, !isGiven(index) { return nil }
      }
    }
    return cost
  }

  /// Whether the type was determined before any assumption.
  private func isGiven(_ index: Int) -> Bool {
    let state = engine.state
    defer { engine.state = state }
    engine.state = start
    return engine.kind(of: start.undeclared[index].shape) != nil
  }

  /// A lower bound for the cost if this name is a matrix and all others keep their kinds; `nil` if that does not fit.
  private mutating func costAsMatrix(_ index: Int) -> TypingCost? {
    let kinds = engine.state.undeclared.map { engine.kind(of: $0.shape) }
    if let cost = cost(kinds, asMatrix: { $0 == index }) { return cost }
    // Names of one kind may keep each other from being matrices: `(A + B)*x`.
    let habits = habits
    return cost(kinds) { habits[$0] == .matrix && kinds[$0] == kinds[index] }
  }

  private mutating func cost(_ kinds: [TypeKind?], asMatrix isMatrix: (Int) -> Bool) -> TypingCost? {
    let state = engine.state
    defer { engine.state = state }
    engine.state = start
    for (other, kind) in kinds.enumerated() {
      let kind = isMatrix(other) ? .matrix : kind
      if let kind, !engine.assume(kind, start.undeclared[other].shape) { return nil }
    }
    steps += kinds.count
    do throws(SearchFailure) { try engine.propagate(&steps) } catch { return nil }
    return bound()
  }
}

extension Constraint {
  /// Whether it does not determine the kind of a name but is ranked once that is known.
  var isAfterthought: Bool {
    switch kind {
    case .gradient, .vectorNorm: true
    // Bars also determine a shape, except for these norms.
    case .bars(let bars, _, _): bars == .sum || bars == .largest
    case .product, .broadcast, .power, .equal, .centeredDot, .quotient, .diagonal, .rowwiseReduction,
      .oneSubscript, .subscriptBound:
      false
    }
  }
}
