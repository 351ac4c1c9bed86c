import NablaTypes

/// An error found while undeclared names were settled.
struct SearchFailure: Error {
  let diagnostic: Diagnostic
  let statement: Int
}

extension InferenceEngine {
  func undecidedError() -> SearchFailure {
    let range = state.undeclared.first?.range ?? SourceRange(start: 0, end: 0)
    return SearchFailure(
      diagnostic: Diagnostic(.undecided(limit: Limits.inferenceSteps), at: range),
      statement: state.pending.first?.statement ?? 0)
  }

  /// The reason why the usual types do not fit, for the message if none do.
  func habitualFailure() -> SearchFailure {
    var steps = 0
    do throws(SearchFailure) {
      while let place = openNames.first {
        let (name, shape, _) = state.undeclared[place]
        guard NameHabit(name).order.contains(where: { assume($0, shape) }) else { break }
        try propagate(&steps)
      }
    } catch { return error }
    return undecidedError()
  }

  /// Applies the constraints until nothing changes.
  func propagate(_ steps: inout Int) throws(SearchFailure) {
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

  /// The undeclared names with open types, capitals first: the n of `n*logdet(S)` is a scalar.
  var openNames: [Int] {
    let open = state.undeclared.indices.filter { kind(of: state.undeclared[$0].shape) == nil }
    return open.filter { Letters.isCapital(state.undeclared[$0].name) }
      + open.filter { !Letters.isCapital(state.undeclared[$0].name) }
  }

  /// The kind of a shape, regardless of sizes; `nil` while it is open.
  func kind(of shape: Shape) -> TypeKind? {
    switch (state.unifier.size(shape.rows), state.unifier.size(shape.columns)) {
    case (.one, .one): .scalar
    case (.many, .one): .vector
    case (.one, .many): .row
    case (.many, .many): .matrix
    case (.open, _), (_, .open): nil
    }
  }

  /// Assumes a kind for a name; returns false if that contradicts known facts.
  func assume(_ kind: TypeKind, _ shape: Shape) -> Bool {
    switch kind {
    case .scalar: state.unifier.unify(shape, .scalar) == .equal
    case .vector: state.unifier.unify(shape.columns, 1) == .equal && state.unifier.requireMany(shape.rows)
    case .row: state.unifier.unify(shape.rows, 1) == .equal && state.unifier.requireMany(shape.columns)
    case .matrix: state.unifier.requireMany(shape.rows) && state.unifier.requireMany(shape.columns)
    }
  }

  // MARK: Names for open sizes

  /// Gives readable names to the open sizes of undeclared names.
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

  /// Lets an index's range determine the size that it runs over, if nothing else does. Parts of an array end where it
  /// ends, as in x[2:n] - x[1:n - 1]; but if there is only x[1:k], x is longer.
  private func bindSubscripts() {
    typealias Bound = (lower: Dimension?, upper: Dimension)
    var sizes: [String] = []
    var bounds: [String: [Bound]] = [:]
    for constraint in state.pending {
      guard case .subscriptBound(_, let lower, let upper, let size, _) = constraint.kind,
        upper.constant == nil, let name = state.unifier.resolve(size).name, Unifier.isOpen(name)
      else { continue }
      if bounds[name] == nil { sizes.append(name) }
      bounds[name, default: []].append((lower, state.unifier.resolve(upper)))
    }
    for name in sizes {
      guard let found = bounds[name], let first = found.first else { continue }
      let last =
        found.first { bound in found.allSatisfy { (bound.upper - $0.upper).isNeverNegative } } ?? first
      let isBeginning = found.allSatisfy { $0.lower?.isOne == true && $0.upper == last.upper }
      let size = isBeginning ? last.upper + state.unifier.fresh() : last.upper
      _ = state.unifier.unify(Dimension(name: name), size)
    }
  }

  /// The first part of a typed expression whose size is undetermined.
  func unfixed(_ expression: TypedExpression) -> TypedExpression? {
    var result: TypedExpression?
    expression.forEachChild { if result == nil { result = self.unfixed($0) } }
    if let result { return result }
    return (expression.shape.rows.openNames + expression.shape.columns.openNames).isEmpty ? nil : expression
  }
}

extension Dimension {
  /// The open names in the expression, in text order.
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
  /// Calls `body` with every part, left to right.
  package func forEachChild(_ body: (TypedExpression) -> Void) {
    switch kind {
    case .number, .constant, .name, .dimension, .index, .identity, .ones, .zeros: break
    case .negate(let a), .transpose(let a), .matrixPower(let a, _), .fill(let a), .differential(let a),
      .sum(_, _, _, let a):
      body(a)
    case .add(let a, let b), .subtract(let a, let b), .multiply(let a, let b), .divide(let a, let b),
      .elementwiseMultiply(let a, let b), .elementwiseDivide(let a, let b), .elementwisePower(let a, let b),
      .kronecker(let a, let b), .compare(_, let a, let b):
      body(a)
      body(b)
    case .call(_, let arguments), .apply(_, _, let arguments), .sized(_, let arguments, _):
      for argument in arguments { body(argument) }
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
