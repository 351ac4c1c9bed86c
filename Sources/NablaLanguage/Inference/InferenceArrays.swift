import NablaTypes

extension InferenceEngine {
  /// `[A, B; C, D]`.
  func blocks(_ tree: SyntaxTree, _ rows: [[SyntaxTree]]) throws(Diagnostic) -> Draft {
    var drafts: [[Draft]] = []
    var height = Dimension(0)
    var widths: [Draft] = []
    for row in rows {
      var line: [Draft] = []
      var width = Dimension(0)
      for block in row {
        let a = try draft(block)
        if let first = line.first {
          try require(
            Shape(a.shape.rows, 1), equals: Shape(first.shape.rows, 1), .blocks(isRow: true, first, a),
            at: tree.range)
        }
        width = width + state.unifier.resolve(a.shape.columns)
        line.append(a)
      }
      guard let first = line.first, let last = line.last else { continue }
      let range = first.tree.range.joined(with: last.tree.range)
      let whole = Draft(SyntaxTree(.blocks([row]), range: range), Shape(first.shape.rows, width)) { _ in
        .zeros
      }
      if let above = widths.first {
        try require(
          Shape(1, above.shape.columns), equals: Shape(1, width), .blocks(isRow: false, above, whole),
          at: tree.range)
      }
      height = height + state.unifier.resolve(first.shape.rows)
      widths.append(whole)
      drafts.append(line)
    }
    return Draft(tree, Shape(height, widths.first?.shape.columns ?? 1)) { unifier in
      .blocks(drafts.map { $0.map { $0.built(unifier) } })
    }
  }

  private enum DraftSubscript {
    case index(Draft)
    case range(Draft, Draft, length: Dimension)
    case all

    func built(_ unifier: Unifier) -> TypedExpression.Subscript {
      switch self {
      case .index(let a): .index(a.built(unifier))
      case .range(let a, let b, _): .range(a.built(unifier), b.built(unifier))
      case .all: .all
      }
    }
  }

  /// `x[i]`, `A[i, :]`, `A[1:h, :]`.
  func entry(
    _ tree: SyntaxTree, _ array: SyntaxTree, _ subscripts: [SyntaxTree.SubscriptTree]
  ) throws(Diagnostic) -> Draft {
    if let name = array.name, !hasValue(name), !isSize(name),
      environment.functions[name] != nil || ForeignNames.sameFunction(as: name) != nil
    {
      throw Diagnostic(.functionInBrackets(name), at: array.range)
    }
    let a = try draft(array)
    note(.array(a))
    if subscripts.count == 2 {
      if let name = array.name, state.undeclaredIndex[name] != nil {
        // A name with two subscripts is a matrix, unless one of them is 1.
        for (part, size) in zip(subscripts, [a.shape.rows, a.shape.columns]) {
          if case .index(let place) = part, place.integerLiteral == 1 { continue }
          _ = state.unifier.requireMany(size)
        }
      }
      let row = try subscriptDraft(subscripts[0], of: a, size: a.shape.rows)
      let column = try subscriptDraft(subscripts[1], of: a, size: a.shape.columns)
      let shape = Shape(length(row, a.shape.rows), length(column, a.shape.columns))
      return Draft(tree, shape) { .entry(a.built($0), row: row.built($0), column: column.built($0)) }
    }
    let count =
      a.shape.columns.isOne ? a.shape.rows : a.shape.rows.isOne ? a.shape.columns : state.unifier.fresh()
    let shape = openShape()
    let place = try subscriptDraft(subscripts[0], of: a, size: count)
    try post(.oneSubscript(a, size: count, length: length(place, count), shape), at: tree.range)
    return Draft(tree, state.unifier.resolve(shape)) { unifier in
      let one = TypedExpression.Subscript.index(
        TypedExpression(.number(1), shape: .scalar, range: subscripts[0].range))
      let whole = unifier.resolve(a.shape)
      let built = place.built(unifier)
      return whole.columns.isOne
        ? .entry(a.built(unifier), row: built, column: one)
        : .entry(a.built(unifier), row: one, column: built)
    }
  }

  private func length(_ part: DraftSubscript, _ size: Dimension) -> Dimension {
    switch part {
    case .index: 1
    case .range(_, _, let length): length
    case .all: size
    }
  }

  private func subscriptDraft(
    _ part: SyntaxTree.SubscriptTree, of a: Draft, size: Dimension
  ) throws(Diagnostic) -> DraftSubscript {
    ends.append(size)
    defer { ends.removeLast() }
    switch part {
    case .all: return .all
    case .index(let tree):
      return .index(try place(tree, of: a, size: size))
    case .range(let lower, let upper):
      let low = try self.size(lower)
      let high = try self.size(upper)
      let length = high - low + 1
      if !length.isPossibleSize || !low.isPossibleSize {
        throw Diagnostic(.outOfRange(index: "\(low):\(high)", size: shown(size)), at: part.range)
      }
      try post(
        .subscriptBound(index: source.text(upper.range), lower: low, upper: high, size: size, a),
        at: part.range)
      return .range(try draft(lower), try draft(upper), length: length)
    }
  }

  /// A subscript that selects one row or column; an index without a range gets its range here.
  private func place(_ tree: SyntaxTree, of a: Draft, size: Dimension) throws(Diagnostic) -> Draft {
    if let name = tree.name, let bound = indices.last(where: { $0.name == name }), bound.isOpen {
      try require(
        .vector(bound.upper), equals: .vector(size), .subscript(name, upper: bound.upper, size: size, a),
        at: tree.range)
      return try draft(tree)
    }
    var isUnknown = false
    var isLiteral = true
    var isFree = false
    let upper = Dimension(tree: tree) { name in
      isLiteral = false
      if let bound = self.indices.last(where: { $0.name == name }) { return bound.upper }
      if self.isSize(name) {
        if !self.environment.dimensions.contains(name) { isFree = true }
        return Dimension(name: name)
      }
      if self.hasValue(name) {
        isUnknown = true
        return nil
      }
      if name == "end" { return size }
      guard self.environment.infersUndeclared else {
        isUnknown = true
        return nil
      }
      self.state.dimensions.insert(name)
      isFree = true
      return Dimension(name: name)
    }
    guard !isUnknown, let upper else {
      throw Diagnostic(.badSubscript(source.text(tree.range)), at: tree.range)
    }
    if isLiteral, !upper.isPossibleSize {
      throw error(.outOfRange(index: upper.description, size: shown(size)), tree.range, a)
    }
    // A free index may have any value, but a number has no entries.
    if isFree {
      if state.unifier.resolve(a.shape).isScalar {
        throw Diagnostic(.entryOfNumber(source.text(a.tree.range)), at: tree.range)
      }
      return try draft(tree)
    }
    try post(
      .subscriptBound(index: source.text(tree.range), lower: nil, upper: upper, size: size, a), at: tree.range
    )
    return try draft(tree)
  }

  // MARK: Sums over an index

  /// `sum(i = 1:n, e)`.
  func indexedSum(
    _ tree: SyntaxTree, _ index: String, _ range: SourceRange, bounds: (lower: SyntaxTree, upper: SyntaxTree),
    _ summand: SyntaxTree
  ) throws(Diagnostic) -> Draft {
    let lower = try size(bounds.lower)
    let upper = try size(bounds.upper)
    if !(upper - lower + 1).isPossibleSize {
      throw Diagnostic(.outOfRange(index: lower.description, size: upper.description), at: bounds.lower.range)
    }
    return try sum(tree, BoundIndex(name: index, upper: upper, isOpen: false), lower, range, summand)
  }

  /// `sum(i, e)`: the use of the index as a subscript determines its range.
  func openSum(
    _ tree: SyntaxTree, _ index: String, _ range: SourceRange, _ summand: SyntaxTree
  ) throws(Diagnostic) -> Draft {
    let upper = state.unifier.fresh()
    let uses = Self.subscriptUses(of: index, in: summand)
    if !uses { throw Diagnostic(.indexWithoutRange(index), at: range) }
    return try sum(tree, BoundIndex(name: index, upper: upper, isOpen: true), 1, range, summand)
  }

  private static func subscriptUses(of index: String, in tree: SyntaxTree) -> Bool {
    if case .entry(_, let subscripts) = tree.kind {
      for case .index(let place) in subscripts where place.name == index { return true }
    }
    var found = false
    tree.forEachChild { if !found { found = subscriptUses(of: index, in: $0) } }
    return found
  }

  private func sum(
    _ tree: SyntaxTree, _ index: BoundIndex, _ lower: Dimension, _ range: SourceRange, _ summand: SyntaxTree
  ) throws(Diagnostic) -> Draft {
    let name = index.name
    if hasValue(name) || isSize(name) || isBound(name) || environment.functions[name] != nil {
      throw Diagnostic(.indexTaken(name), at: range)
    }
    indices.append(index)
    defer { indices.removeLast() }
    try refuseIndexedNames(in: summand) { isBound($0) }
    let a = try draft(summand)
    return Draft(tree, a.shape) { unifier in
      .sum(index: name, lower: lower, upper: unifier.resolve(index.upper), a.built(unifier))
    }
  }

  /// Refuses undeclared names such as `y_i` in a sum over i, which are names and not entries.
  func refuseIndexedNames(in tree: SyntaxTree, _ isIndex: (String) -> Bool) throws(Diagnostic) {
    if !environment.infersUndeclared { return }
    var found: (name: String, index: Substring, range: SourceRange)?
    func search(_ tree: SyntaxTree) {
      if let name = tree.name, found == nil, let mark = name.firstIndex(of: "_"), mark != name.startIndex {
        let letters = name[name.index(after: mark)...]
        let isDeclared = environment.declarations[name] != nil || environment.definitions[name] != nil
        if !isDeclared, drafts[name] == nil, !letters.isEmpty, letters.allSatisfy({ isIndex(String($0)) }) {
          found = (name, letters, tree.range)
        }
      }
      tree.forEachChild(search)
    }
    search(tree)
    guard let (name, letters, range) = found else { return }
    let entry = name.prefix { $0 != "_" } + "[" + letters.map(String.init).joined(separator: ", ") + "]"
    throw Diagnostic(.indexedName(name, entry: entry, index: String(letters.prefix(1))), at: range)
  }
}
