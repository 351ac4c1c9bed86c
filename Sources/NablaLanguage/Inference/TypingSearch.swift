import NablaTypes

/// Finds the typing of least cost by branch and bound.
struct TypingSearch {
  /// A decision: whether an expression is a scalar, or the kind of a name.
  private enum Decision {
    case question(Draft)
    case name(Int)
  }

  let engine: InferenceEngine
  /// The state without deferred places: the shape of a gradient must not decide the kind of a name.
  var start: InferenceEngine.State
  private let original: InferenceEngine.State
  let roles: NameRoles
  private let habits: [NameHabit]
  var steps: Int
  typealias Typing = (state: InferenceEngine.State, cost: TypingCost, kinds: [TypeKind?])
  var best: Typing?
  /// The reason why the best typing is implausible, if it is.
  var doubt: SearchFailure?
  /// A different typing of the same cost.
  var alternative: InferenceEngine.State?
  /// Whether capitals may be scalars for the sake of the question.
  var freesCapitals = false
  /// Whether implausible typings are considered too.
  private var allowsImplausible = false
  /// The questions whose expressions are not scalars: typings in which they are have been tried.
  private var declined: [Draft] = []
  /// The last name that had no kind left. It often has none elsewhere either, which saves the decisions before it.
  private var obstacle: Int?

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
    try search()
    if let best, best.cost.arraysAsked > 0 { reconsider(best) }
    if let doubt { throw doubt }
    if let best { alternative = rival(of: best) ?? alternative }
    return best?.state
  }

  mutating func search() throws(SearchFailure) {
    engine.state = start
    let questions = start.uses.compactMap { use, _ -> Draft? in
      if case .question(let draft, _) = use { draft } else { nil }
    }
    let decisions = questions.map(Decision.question) + engine.openNames.map(Decision.name)
    allowsImplausible = false
    try descend(decisions[...])
    // No implausible typing is better than this.
    if let best, best.cost.scalarsAsArrays == 0, best.cost.implausible == 0 { return }
    allowsImplausible = true
    engine.state = start
    try descend(decisions[...])
  }

  /// Tries the open decisions, likeliest first.
  private mutating func descend(_ decisions: ArraySlice<Decision>) throws(SearchFailure) {
    if steps > Limits.inferenceSteps { throw engine.undecidedError() }
    steps += engine.state.uses.count
    if isHopeless(bound(declined)) { return }
    if let obstacle, !hasKind(obstacle) { return }
    var rest = decisions
    while let decision = rest.popFirst() {
      let before = engine.state
      switch decision {
      case .question(let draft):
        if engine.kind(of: draft.shape) != nil { continue }
        if fits(.scalar, draft.shape) { try descend(rest) }
        engine.state = before
        declined.append(draft)
        defer { declined.removeLast() }
        if propagates() { try descend(rest) }
      case .name(let index):
        let shape = engine.state.undeclared[index].shape
        if engine.kind(of: shape) != nil { continue }
        var isPossible = false
        for kind in habits[index].order {
          engine.state = before
          if fits(kind, shape) {
            isPossible = true
            try descend(rest)
          }
        }
        if !isPossible { obstacle = index }
      }
      return
    }
    if !declined.contains(where: { isScalar($0) == true }) { conclude() }
  }

  /// Assumes a kind; returns false if that contradicts a constraint.
  private mutating func fits(_ kind: TypeKind, _ shape: Shape) -> Bool {
    steps += 1
    return engine.assume(kind, shape) && propagates()
  }

  mutating func propagates() -> Bool {
    do throws(SearchFailure) { try engine.propagate(&steps) } catch { return false }
    return true
  }

  /// Whether some kind of a name contradicts no constraint.
  private mutating func hasKind(_ index: Int) -> Bool {
    let state = engine.state
    defer { engine.state = state }
    let shape = state.undeclared[index].shape
    if engine.kind(of: shape) != nil { return true }
    return habits[index].order.contains { kind in
      engine.state = state
      return fits(kind, shape)
    }
  }

  private func isHopeless(_ bound: TypingCost) -> Bool {
    if bound.implausible > 0, !allowsImplausible { return true }
    guard let best else { return false }
    return bound > best.cost || alternative != nil && bound == best.cost
  }

  private mutating func conclude() {
    let state = engine.state
    guard !hasScaledCapital, let cost = finalCost(), !isHopeless(cost) else {
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

  // MARK: Costs

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

  /// A lower bound for the cost of the decided names, and of the questions whose expressions are not scalars.
  func bound(_ declined: [Draft] = []) -> TypingCost {
    var cost = TypingCost()
    cost.arraysAsked = declined.count { isScalar($0) != false }
    for (use, _) in engine.state.uses {
      switch use {
      case .raised, .twins, .transposedByLetter: break
      case .multiplied(let a, let b): if isCapitalInnerProduct(a, b) { cost.implausible += 1 }
      case .array(let draft): if isScalar(draft) == true { cost.scalarsAsArrays += 1 }
      case .question(let draft, _): if isScalar(draft) == false { cost.arraysAsked += 1 }
      case .joined(let a, let b):
        if isUnlikely(a, next: b) || isUnlikely(b, next: a) { cost.mixtures += 1 }
      }
    }
    for (index, entry) in engine.state.undeclared.enumerated() {
      guard let kind = engine.kind(of: entry.shape) else { continue }
      if habits[index].isImplausible(kind) { cost.implausible += 1 }
      cost.unusual += habits[index].cost(of: kind, scales: roles.mayScale(entry.name))
      if kind != .scalar {
        cost.arrays += 1
        if NameHabit.factors.contains(entry.name), !roles.arguments.contains(entry.name) { cost.letters += 1 }
      }
    }
    return cost
  }

  func isScalar(_ draft: Draft) -> Bool? { engine.kind(of: draft.shape).map { $0 == .scalar } }

  /// Whether a scalar is next to an array and is neither a number nor a Greek name.
  func isUnlikely(_ a: Draft, next b: Draft) -> Bool {
    guard isScalar(a) == true, isArray(b) else { return false }
    return !isExempt(a.tree)
  }

  /// Whether a capital is a scalar after a product with a capital that is an array: the M of `G*m*M`.
  func isScaledByCapital(_ a: Draft, _ b: Draft) -> Bool {
    guard let name = b.tree.name, Letters.isCapital(name), isUndeclared(b.tree), isScalar(b) == true else {
      return false
    }
    return hasCapitalArray(a.tree)
  }

  private func hasCapitalArray(_ tree: SyntaxTree) -> Bool {
    switch tree.kind {
    case .name(let name):
      guard Letters.isCapital(name), let index = engine.state.undeclaredIndex[name] else { return false }
      return engine.kind(of: engine.state.undeclared[index].shape).map { $0 != .scalar } ?? false
    case .binary(.multiply, let a, let b): return hasCapitalArray(a) || hasCapitalArray(b)
    case .negate(let a): return hasCapitalArray(a)
    case .number, .transpose, .inverseTranspose, .binary, .call, .derivative, .norm, .blocks, .entry, .sum:
      return false
    }
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
        || NameHabit(name) == .scalar || roles.intercepts.contains(name)
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
      case .array, .question, .raised, .twins, .transposedByLetter: break
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
        if freesCapitals || isGiven(index) || roles.isScalarForCertain(entry.name) || isRooted(entry.name) {
          continue
        }
        guard scales, costAsMatrix(index).map({ $0 <= cost }) != true else { return nil }
      case .vector:
        if let other = costAsMatrix(index), other.mixtures <= cost.mixtures, !isGiven(index) { return nil }
      case .row: if costAsMatrix(index) != nil, !isGiven(index) { return nil }
      }
    }
    return cost
  }

  /// Whether a name is raised to a power that is not a whole number: `K^alpha`.
  private func isRooted(_ name: String) -> Bool {
    start.uses.contains { use, _ in
      if case .raised(let base, isRoot: true) = use { base.tree.name == name } else { false }
    }
  }

  /// Whether the type was determined before any assumption.
  func isGiven(_ index: Int) -> Bool {
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
