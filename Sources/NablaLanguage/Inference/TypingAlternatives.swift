import NablaTypes

// Typings that compete with the one of least cost.

extension TypingSearch {
  /// Looks for a typing in which capitals are numbers and the expression is one: the gas law `n*R*T/V` with respect to
  /// `V`. The variables keep their types, so that `A*X*B` with respect to `X` is a matrix.
  mutating func reconsider(_ habitual: Typing) {
    let before = (doubt, alternative)
    engine.state = start
    for (use, _) in start.uses {
      guard case .question(_, let variables) = use else { continue }
      for variable in variables {
        engine.state = habitual.state
        guard let kind = engine.kind(of: variable.shape) else { continue }
        engine.state = start
        if engine.assume(kind, variable.shape) { start = engine.state }
      }
    }
    freesCapitals = true
    var isComplete = true
    do throws(SearchFailure) { try search() } catch { isComplete = false }
    guard isComplete, let found = best, found.cost.isCloser(than: habitual.cost) else {
      best = habitual
      (doubt, alternative) = before
      return
    }
    if isClear(habitual, found.kinds) { return }
    best = habitual
    doubt = before.0
    alternative = found.state
  }

  /// Whether the numbers of another typing are meant for certain. Whether `(A + t*B)*x` has numbers or a vector, nobody
  /// can tell; in `G*m*M/r` the last capital is a number, so the others are.
  private func isClear(_ habitual: Typing, _ kinds: [TypeKind?]) -> Bool {
    engine.state = habitual.state
    var multiplied: Set<String> = []
    for (use, _) in start.uses {
      switch use {
      case .multiplied(let a, let b):
        if isScaledByCapital(a, b) { return true }
        if engine.kind(of: a.shape) == .matrix, let name = b.tree.name { multiplied.insert(name) }
      case .question(let draft, let variables):
        if isScalar(draft) == false, variables.contains(where: { isScalar($0) == false }) { return true }
      case .joined, .array, .raised, .twins, .transposedByLetter: break
      }
    }
    return zip(start.undeclared, zip(kinds, habitual.kinds)).allSatisfy {
      !multiplied.contains($0.0.name) || Letters.isCapital($0.0.name) || $0.1.0 == $0.1.1
    }
  }

  /// The typing in which the variable of a derivative is a number, if it may as well be one: the c of `y - m*x - c`,
  /// the y of `(1 + y).^t`.
  mutating func rival(of typing: Typing) -> InferenceEngine.State? {
    for (index, entry) in start.undeclared.enumerated()
    where roles.rivals.contains(entry.name) && typing.kinds[index] == .vector && isVariable(entry.name) {
      engine.state = start
      let fits = zip(start.undeclared, typing.kinds).enumerated().allSatisfy { place, pair in
        guard let kind = place == index ? .scalar : pair.1 else { return true }
        return engine.assume(kind, pair.0.shape)
      }
      guard fits, propagates() else { continue }
      let cost = bound()
      if cost.isAsClose(as: typing.cost) { return engine.state }
    }
    return nil
  }
}
