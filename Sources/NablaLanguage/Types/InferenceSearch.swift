/// What went wrong when the undeclared names were settled.
struct SearchFailure: Error {
  let diagnostic: Diagnostic
  let statement: Int
}

extension InferenceEngine {
  /// What an undeclared name may be.
  private enum Guess { case scalar, vector, row, matrix }

  /// Settles every constraint and every undeclared name, first choices first.
  func settle() throws(SearchFailure) {
    var steps = 0
    try propagate(&steps)
    if state.pending.isEmpty, undecided(from: 0, of: Array(state.undeclared.indices)) == nil { return }
    var first: SearchFailure?
    if try !search(&steps, &first) {
      throw first
        ?? SearchFailure(diagnostic: undecidedError(), statement: state.pending.first?.statement ?? 0)
    }
  }

  private func undecidedError() -> Diagnostic {
    Diagnostic(
      .undecided(limit: Limits.inferenceSteps),
      at: state.undeclared.first?.range ?? SourceRange(start: 0, end: 0))
  }

  /// Tries the constraints until nothing moves.
  private func propagate(_ steps: inout Int) throws(SearchFailure) {
    var moved = true
    while moved, !state.pending.isEmpty {
      moved = false
      var rest: [Constraint] = []
      let before = state.pending
      for constraint in before {
        steps += 1
        do throws(Diagnostic) {
          if try attempt(constraint) { moved = true } else { rest.append(constraint) }
        } catch {
          throw SearchFailure(diagnostic: error, statement: constraint.statement)
        }
      }
      state.pending = rest
      if steps > Limits.inferenceSteps { return }
    }
  }

  /// The first place in an order, from a start on, at which the name has an open shape.
  private func undecided(from start: Int, of order: [Int]) -> Int? {
    (start..<max(start, order.count)).first { place in
      let shape = state.undeclared[order[place]].shape
      return state.unifier.size(shape.rows) == .open || state.unifier.size(shape.columns) == .open
    }
  }

  /// Goes through the guesses depth first; false when none fits.
  private func search(_ steps: inout Int, _ first: inout SearchFailure?) throws(SearchFailure) -> Bool {
    var stack: [(state: State, place: Int, guesses: ArraySlice<Guess>)] = []
    // Capitals are matrices before anything is a vector: the n of n*logdet(S) is a scalar.
    let order =
      state.undeclared.indices.filter { Letters.isCapital(state.undeclared[$0].name) }
      + state.undeclared.indices.filter { !Letters.isCapital(state.undeclared[$0].name) }
    guard let place = undecided(from: 0, of: order) else { return true }
    stack.append((state, place, guesses(for: state.undeclared[order[place]].name)[...]))
    while let top = stack.popLast() {
      if steps > Limits.inferenceSteps {
        throw SearchFailure(diagnostic: undecidedError(), statement: state.pending.first?.statement ?? 0)
      }
      guard let guess = top.guesses.first else { continue }
      stack.append((top.state, top.place, top.guesses.dropFirst()))
      state = top.state
      steps += 1
      guard assume(guess, state.undeclared[order[top.place]].shape) else { continue }
      do throws(SearchFailure) {
        try propagate(&steps)
      } catch {
        if first == nil { first = error }
        continue
      }
      guard let next = undecided(from: top.place + 1, of: order) else { return true }
      stack.append((state, next, guesses(for: state.undeclared[order[next]].name)[...]))
    }
    return false
  }

  /// The habit of the field.
  private func guesses(for name: String) -> [Guess] {
    if Letters.isCapital(name) { return [.matrix, .vector, .scalar, .row] }
    if Letters.isGreek(name) { return [.scalar, .vector, .matrix, .row] }
    return [.vector, .scalar, .matrix, .row]
  }

  private func assume(_ guess: Guess, _ shape: Shape) -> Bool {
    switch guess {
    case .scalar: state.unifier.unify(shape, .scalar) == .equal
    case .vector: state.unifier.unify(shape.columns, 1) == .equal && state.unifier.requireMany(shape.rows)
    case .row: state.unifier.unify(shape.rows, 1) == .equal && state.unifier.requireMany(shape.columns)
    case .matrix: state.unifier.requireMany(shape.rows) && state.unifier.requireMany(shape.columns)
    }
  }

  // MARK: Names for open sizes

  /// Gives readable names to the sizes that stayed open in undeclared names.
  func nameOpenSizes(avoiding taken: Set<String>) {
    bindSubscripts()
    var taken = taken
    var candidates = ["n", "m", "k", "d", "p", "q", "r", "s", "l", "h"][...]
    var number = 0
    func next() -> String {
      while true {
        let name: String
        if let candidate = candidates.popFirst() {
          name = candidate
        } else {
          number += 1
          name = "n\(number)"
        }
        if taken.insert(name).inserted { return name }
      }
    }
    for entry in state.undeclared {
      for size in [entry.shape.rows, entry.shape.columns] {
        for open in state.unifier.resolve(size).openNames {
          _ = state.unifier.unify(Dimension(name: open), Dimension(name: next()))
        }
      }
    }
  }

  /// Lets an index's range give its size to what it runs over, where nothing else does.
  private func bindSubscripts() {
    for constraint in state.pending {
      if case .subscriptBound(_, let upper, let size, _) = constraint.kind, upper.constant == nil {
        _ = state.unifier.unify(size, upper)
      }
    }
  }

  /// The first part of a typed expression whose size nothing fixes.
  func unfixed(_ expression: TypedExpression) -> TypedExpression? {
    var result: TypedExpression?
    expression.forEachChild { if result == nil { result = self.unfixed($0) } }
    if let result { return result }
    return (expression.shape.rows.openNames + expression.shape.columns.openNames).isEmpty ? nil : expression
  }
}

extension Dimension {
  /// The open names in it, in the order of the text.
  var openNames: [String] {
    if constant != nil { return [] }
    var result: [String] = []
    for term in terms {
      for name in term.names where Unifier.isOpen(name) && !result.contains(name) { result.append(name) }
    }
    return result
  }
}

extension TypedExpression {
  /// Calls with every part, left to right.
  public func forEachChild(_ body: (TypedExpression) -> Void) {
    switch kind {
    case .number, .constant, .name, .dimension, .index, .identity, .ones, .zeros, .commutation: break
    case .negate(let a), .transpose(let a), .matrixPower(let a, _), .fill(let a), .differential(let a),
      .sum(_, _, _, let a):
      body(a)
    case .add(let a, let b), .subtract(let a, let b), .multiply(let a, let b), .divide(let a, let b),
      .elementwiseMultiply(let a, let b), .elementwiseDivide(let a, let b), .elementwisePower(let a, let b),
      .kronecker(let a, let b), .compare(_, let a, let b):
      body(a)
      body(b)
    case .call(_, let arguments), .apply(_, _, let arguments): for argument in arguments { body(argument) }
    case .blocks(let rows): for row in rows { for block in row { body(block) } }
    case .entry(let a, let row, let column):
      body(a)
      for part in [row, column] {
        switch part {
        case .index(let place): body(place)
        case .range(let lower, let upper):
          body(lower)
          body(upper)
        case .all: break
        }
      }
    }
  }
}
