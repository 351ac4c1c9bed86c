/// Typings that nobody means.
extension TypingSearch {
  /// Whether a capital is a vector before a number or a matrix of lower case: `X*w` is data times coefficients.
  var hasScaledCapital: Bool {
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

  /// Whether a capital is a vector before a lower-case vector: `W @ x` is a matrix times a vector.
  func isCapitalInnerProduct(_ a: Draft, _ b: Draft) -> Bool {
    guard let name = a.tree.name, let other = b.tree.name else { return false }
    return Letters.isCapital(name) && !Letters.isCapital(other) && isUndeclared(a.tree)
      && engine.kind(of: a.shape) == .vector && engine.kind(of: b.shape) == .vector
  }

  /// Lower-case names that are matrices only for `(X*w - y)^2`, which was to square each entry, or for `x - x'`,
  /// where x' was to be another point.
  var currentDoubt: SearchFailure? {
    for (use, statement) in engine.state.uses {
      switch use {
      case .raised(let base, isRoot: true):
        guard let name = base.tree.name, Letters.isCapital(name), isUndeclared(base.tree),
          engine.kind(of: base.shape) == .scalar, !roles.isScalarForCertain(name)
        else { continue }
        return SearchFailure(
          diagnostic: Diagnostic(.rootOfMatrix(name), at: base.tree.range), statement: statement)
      case .raised(let base, isRoot: false):
        guard engine.kind(of: base.shape) == .matrix, base.tree.isNameOrSum, hasLowerMatrix(base.tree)
        else { continue }
        let text = engine.source.text(base.tree.range)
        return SearchFailure(
          diagnostic: Diagnostic(.powerOfVector(text), at: base.tree.range), statement: statement)
      case .joined(let a, let b):
        for (one, other) in [(a, b), (b, a)] {
          guard let name = numberBesideMatrix(one, other) else { continue }
          return SearchFailure(
            diagnostic: Diagnostic(.numberBesideMatrix(name), at: one.tree.range), statement: statement)
        }
        for (one, other) in [(a, b), (b, a)] where isUnlikely(one, next: other) {
          if let entry = undeclaredEntry(one.tree) { return entryAsArray(entry, statement) }
          // The variable of `norm2(x^2 - y)` was to be raised entry by entry.
          guard case .binary(.power, let base, _) = one.tree.kind, isUndeclared(base),
            base.name.map(isVariable) == true
          else {
            continue
          }
          let text = engine.source.text(base.range)
          return SearchFailure(
            diagnostic: Diagnostic(.powerOfVector(text), at: base.range), statement: statement)
        }
      case .twins(let draft):
        guard let name = draft.tree.name, hasLowerMatrix(draft.tree) else { continue }
        return SearchFailure(
          diagnostic: Diagnostic(.addedToTranspose(name), at: draft.tree.range), statement: statement)
      case .transposedByLetter(let draft):
        guard isScalar(draft) == true else { continue }
        let text = engine.source.text(draft.tree.range)
        return SearchFailure(
          diagnostic: Diagnostic(.numberTransposed(text), at: draft.tree.range), statement: statement)
      case .array(let draft):
        guard isScalar(draft) == true, let entry = undeclaredEntry(draft.tree) else { continue }
        return entryAsArray(entry, statement)
      case .multiplied, .question: continue
      }
    }
    return lowerMatrix
  }

  /// The variable b of `X*W + b`, which may be a number, or a row that is added to every row.
  private func numberBesideMatrix(_ one: Draft, _ other: Draft) -> String? {
    guard let name = one.tree.name, isUndeclared(one.tree), isScalar(one) == true, isVariable(name),
      engine.kind(of: other.shape) == .matrix, !hasLowerMatrix(other.tree), NameHabit(name) == .vector,
      !NameHabit.factors.contains(name)
    else { return nil }
    return name
  }

  /// A lower-case name that is a matrix although no function of matrices is applied to it: the x of `sum(x*log(x))`.
  private var lowerMatrix: SearchFailure? {
    for (index, entry) in start.undeclared.enumerated()
    where NameHabit(entry.name) != .matrix && engine.kind(of: entry.shape) == .matrix && !isGiven(index) {
      if start.roots.contains(where: { $0.tree.appliesMatrixFunction(to: entry.name) }) { continue }
      let statement = start.mentions.first { $0.name == entry.name }?.statement ?? 0
      return SearchFailure(
        diagnostic: Diagnostic(.lowerMatrix(entry.name), at: entry.range), statement: statement)
    }
    return nil
  }

  /// The first term that is an entry of an undeclared name: the `x[i]` of `x[i]'*w` was to be a row of a matrix.
  private func undeclaredEntry(_ tree: SyntaxTree) -> SyntaxTree? {
    switch tree.kind {
    case .entry(let array, let subscripts):
      // `x[1]` is an entry without doubt.
      if case .index(let place) = subscripts[0], place.name != nil, isUndeclared(array) { tree } else { nil }
    case .negate(let a): undeclaredEntry(a)
    case .binary(.add, let a, let b), .binary(.subtract, let a, let b):
      undeclaredEntry(a) ?? undeclaredEntry(b)
    case .number, .name, .binary, .transpose, .inverseTranspose, .call, .derivative, .norm, .blocks, .sum: nil
    }
  }

  private func entryAsArray(_ entry: SyntaxTree, _ statement: Int) -> SearchFailure {
    let text = engine.source.text(entry.range)
    return SearchFailure(diagnostic: Diagnostic(.entryAsArray(text), at: entry.range), statement: statement)
  }

  /// Whether a derivative is taken with respect to a name.
  func isVariable(_ name: String) -> Bool {
    start.uses.contains { use, _ in
      guard case .question(_, let variables) = use else { return false }
      return variables.contains { $0.tree.name == name }
    }
  }

  func isUndeclared(_ tree: SyntaxTree) -> Bool {
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
}

extension SyntaxTree {
  /// Whether it is a name, a sum or a difference.
  fileprivate var isNameOrSum: Bool {
    switch kind {
    case .name, .binary(.add, _, _), .binary(.subtract, _, _): true
    case .number, .negate, .binary, .transpose, .inverseTranspose, .call, .derivative, .norm, .blocks, .entry,
      .sum:
      false
    }
  }
}

extension SyntaxTree {
  /// Whether a function that takes only matrices, an inverse or two subscripts are applied to something with a name.
  fileprivate func appliesMatrixFunction(to name: String, isInside: Bool = false) -> Bool {
    var isInside = isInside
    switch kind {
    case .name(let own): return isInside && own == name
    case .call(let function, _, _, _): isInside = isInside || Self.matrixFunctions.contains(function)
    case .inverseTranspose, .binary(.power, _, _), .binary(.kronecker, _, _), .blocks: isInside = true
    case .entry(_, let subscripts): isInside = isInside || subscripts.count == 2
    case .number, .negate, .transpose, .binary, .derivative, .norm, .sum: break
    }
    var found = false
    forEachChild { found = found || $0.appliesMatrixFunction(to: name, isInside: isInside) }
    return found
  }

  private static let matrixFunctions: Set<String> = [
    "tr", "det", "logdet", "inv", "pinv", "adj", "expm", "chol", "kron", "vec", "diag", "specnorm", "nucnorm",
    "normF", "rowsums", "colsums", "logsumexp", "tril", "triu",
  ]
}
