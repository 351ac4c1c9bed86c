import NablaTypes

/// A part of a file whose undeclared names depend on no others.
private struct Component {
  var state: InferenceEngine.State
  /// The statement that first mentions each undeclared name.
  var firstMentions: [Int] = []
}

/// Statements joined by the names that they mention.
private struct StatementGroups {
  private var parents: [Int: Int] = [:]
  /// The statement that first mentions each name.
  private(set) var first: [String: Int] = [:]

  init(_ mentions: [(name: String, statement: Int)]) {
    for (name, statement) in mentions {
      guard let other = first[name] else {
        first[name] = statement
        continue
      }
      let (a, b) = (root(other), root(statement))
      if a != b { parents[max(a, b)] = min(a, b) }
    }
  }

  /// The first statement of the group of a statement.
  mutating func root(_ statement: Int) -> Int {
    var root = statement
    while let parent = parents[root] { root = parent }
    var next = statement
    while let parent = parents[next], parent != root {
      parents[next] = root
      next = parent
    }
    return root
  }
}

extension InferenceEngine {
  /// Settles every constraint and every undeclared name. Statements that share no undeclared name or definition are
  /// searched one by one, so the work grows linearly with their number.
  func settle() throws(SearchFailure) {
    var steps = 0
    try propagate(&steps)
    if openNames.isEmpty { return }
    let components = self.components()
    var whole = state
    whole.pending = []
    var other = whole
    var hasAlternative = false
    defer { state = whole }
    for component in components {
      state = component.state
      state.unifier.skipNames(of: whole.unifier)
      let alternative = try settleComponent(component.firstMentions)
      whole.adopt(state)
      other.adopt(alternative ?? state)
      hasAlternative = hasAlternative || alternative != nil
    }
    alternative = hasAlternative ? other : nil
  }

  /// Settles the undeclared names of the current state; returns an equally good state, if there is one.
  private func settleComponent(_ mentions: [Int]) throws(SearchFailure) -> State? {
    let open = openNames
    if open.isEmpty { return nil }
    if open.count > Limits.undeclaredNames {
      let place = open.sorted()[Limits.undeclaredNames]
      throw SearchFailure(
        diagnostic: Diagnostic(
          .tooManyUndeclared(limit: Limits.undeclaredNames), at: state.undeclared[place].range),
        statement: mentions[place])
    }
    var steps = 0
    var search = TypingSearch(self, steps)
    guard let best = try search.run() else { throw habitualFailure() }
    let afterthoughts = state.pending.filter(\.isAfterthought)
    state = best
    state.pending += afterthoughts
    do throws(SearchFailure) { try propagate(&steps) } catch {
      // Repeats the best typing with names for the sizes, for the message.
      state = best
      nameOpenSizes(avoiding: takenNames)
      state.pending += afterthoughts
      try propagate(&steps)
      throw error
    }
    return search.alternative
  }

  /// The state, split by groups of statements.
  private func components() -> [Component] {
    var groups = StatementGroups(state.mentions)
    var places: [Int: Int] = [:]
    var result: [Component] = []
    func place(_ statement: Int) -> Int {
      let root = groups.root(statement)
      if let known = places[root] { return known }
      places[root] = result.count
      var empty = State()
      empty.dimensions = state.dimensions
      result.append(Component(state: empty))
      return result.count - 1
    }
    for entry in state.undeclared {
      let statement = groups.first[entry.name] ?? 0
      let index = place(statement)
      result[index].state.undeclaredIndex[entry.name] = result[index].state.undeclared.count
      result[index].state.undeclared.append(entry)
      result[index].firstMentions.append(statement)
    }
    // Doubts about a name are reported at the statement that mentions it.
    for mention in state.mentions {
      if let index = places[groups.root(mention.statement)] { result[index].state.mentions.append(mention) }
    }
    for constraint in state.pending { result[place(constraint.statement)].state.pending.append(constraint) }
    for root in state.roots { result[place(root.statement)].state.roots.append(root) }
    for use in state.uses { result[place(use.statement)].state.uses.append(use) }
    if result.count == 1 {
      result[0].state.unifier = state.unifier
      return result
    }
    let unifier = state.unifier
    unifier.forEachChange { change, statement in
      result[place(statement)].state.unifier.repeat(change, of: unifier)
    }
    return result
  }
}

extension InferenceEngine.State {
  /// Takes over what a component has found.
  fileprivate mutating func adopt(_ component: InferenceEngine.State) {
    unifier.adopt(component.unifier)
    pending += component.pending
  }
}
