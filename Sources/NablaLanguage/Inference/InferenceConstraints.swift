import NablaTypes

extension InferenceEngine {
  private func isScalar(_ shape: Shape) -> Bool? {
    let rows = state.unifier.size(shape.rows)
    let columns = state.unifier.size(shape.columns)
    if rows == .many || columns == .many { return false }
    return rows == .one && columns == .one ? true : nil
  }

  func unify(_ a: Shape, _ b: Shape, else problem: @autoclosure () -> Diagnostic) throws(Diagnostic)
    -> Bool
  {
    switch state.unifier.unify(a, b) {
    case .equal: return true
    case .later: return false
    case .different: throw problem()
    }
  }

  func unify(_ a: Dimension, _ b: Dimension, else problem: @autoclosure () -> Diagnostic)
    throws(Diagnostic)
    -> Bool
  {
    switch state.unifier.unify(a, b) {
    case .equal: return true
    case .later: return false
    case .different: throw problem()
    }
  }

  /// Decides a constraint; returns false if the shapes are still too open.
  func attempt(_ constraint: Constraint) throws(Diagnostic) -> Bool {
    let range = constraint.range
    switch constraint.kind {
    case .product(let a, let b, let shape): return try attemptProduct(a, b, shape, range)
    case .broadcast(let operation, let a, let b, let shape):
      return try attemptBroadcast(operation, a, b, shape, range)
    case .power(let base, let exponent, let text, let isEntrywise, let shape):
      if isEntrywise, kind(of: base.shape) == .vector || kind(of: base.shape) == .row {
        return try unify(
          shape, base.shape, else: error(.powerBase(operand(base), exponent: text), range, base))
      }
      if isEntrywise, kind(of: base.shape) == nil { return false }
      return try attemptPower(base, exponent, text, shape, range)
    case .equal(let a, let b, let kindred):
      return try unify(a, b, else: diagnostic(kindred, range))
    case .centeredDot(let a, let b, let isArrayProduct, let shape):
      return try attemptCenteredDot(a, b, isArrayProduct, shape, range)
    case .quotient(let a, let b, let shape): return try attemptQuotient(a, b, shape, range)
    case .vectorNorm(let a, let order):
      guard let kind = kind(of: a.shape) else { return false }
      if kind == .matrix { throw error(.matrixNorm(operand(a), order: order), range, a) }
      return true
    case .diagonal(let a, let shape): return try attemptDiagonal(a, shape, range)
    case .rowwiseReduction(let a, let shape): return try attemptRowwise(a, shape, range)
    case .oneSubscript(let a, let size, let length, let shape):
      return try attemptOneSubscript(a, size, length, shape, range)
    case .gradient(let a, let b, let shape): return try attemptGradient(a, b, shape, range)
    case .subscriptBound(let index, let lower, let upper, let size, let a):
      if lower != nil, state.unifier.resolve(a.shape).isScalar {
        throw error(.entryOfNumber(source.text(a.tree.range)), range, a)
      }
      return try attemptBound(index, upper, size, a, range)
    case .bars(let bars, let a, let shape): return try attemptBars(bars, a, shape, range)
    }
  }

  private func attemptProduct(_ a: Draft, _ b: Draft, _ shape: Shape, _ range: SourceRange) throws(Diagnostic)
    -> Bool
  {
    let left = isScalar(a.shape)
    let right = isScalar(b.shape)
    if left == true { return try unify(shape, b.shape, else: mismatch(.product, a, b, range)) }
    if right == true { return try unify(shape, a.shape, else: mismatch(.product, a, b, range)) }
    guard left == false, right == false else { return false }
    let inner = try unify(a.shape.columns, b.shape.rows, else: mismatch(.product, a, b, range))
    let outer = Shape(a.shape.rows, b.shape.columns)
    return try unify(shape, outer, else: mismatch(.product, a, b, range)) && inner
  }

  private func attemptBroadcast(
    _ operation: String, _ a: Draft, _ b: Draft, _ shape: Shape, _ range: SourceRange
  ) throws(Diagnostic) -> Bool {
    let left = isScalar(a.shape)
    let right = isScalar(b.shape)
    let problem = { self.mismatch(.broadcast(operation), a, b, range) }
    if left == true { return try unify(shape, b.shape, else: problem()) }
    if right == true { return try unify(shape, a.shape, else: problem()) }
    if left == false {
      let done = try unify(shape, a.shape, else: problem())
      return right == nil ? false : try unify(a.shape, b.shape, else: problem()) && done
    }
    if right == false { _ = try unify(shape, b.shape, else: problem()) }
    return false
  }

  private func attemptPower(
    _ base: Draft, _ exponent: Int?, _ text: String, _ shape: Shape, _ range: SourceRange
  ) throws(Diagnostic) -> Bool {
    guard let scalar = isScalar(base.shape) else {
      if exponent == nil { return false }
      let rows = state.unifier.size(base.shape.rows)
      let columns = state.unifier.size(base.shape.columns)
      if rows == .one || columns == .one
        || state.unifier.unify(base.shape.rows, base.shape.columns) == .different
      {
        _ = state.unifier.unify(base.shape, .scalar)
      }
      if isScalar(base.shape) != nil { return try attemptPower(base, exponent, text, shape, range) }
      return false
    }
    if scalar {
      return try unify(shape, .scalar, else: error(.powerBase(operand(base), exponent: text), range))
    }
    if exponent == nil {
      throw error(
        .powerExponent(Problem.Operand(text: operand(base).text, shape: operand(base).shape)), range, base)
    }
    let problem = { self.error(.powerBase(self.operand(base), exponent: text), range, base) }
    let square = try unify(base.shape.rows, base.shape.columns, else: problem())
    return try unify(shape, base.shape, else: problem()) && square
  }

  private func attemptCenteredDot(
    _ a: Draft, _ b: Draft, _ isArrayProduct: Bool, _ shape: Shape, _ range: SourceRange
  ) throws(Diagnostic) -> Bool {
    let problem = { self.mismatch(.product, a, b, range) }
    switch (kind(of: a.shape), kind(of: b.shape)) {
    case (.vector, .vector):
      let fits = try unify(a.shape, b.shape, else: problem())
      return try unify(shape, .scalar, else: problem()) && fits
    case (.vector, .matrix) where isArrayProduct:
      let fits = try unify(a.shape.rows, b.shape.rows, else: problem())
      return try unify(shape, .vector(b.shape.columns), else: problem()) && fits
    case (nil, _), (_, nil): return false
    case (.scalar, _), (.row, _), (.matrix, _), (.vector, _):
      return try attemptProduct(a, b, shape, range)
    }
  }

  private func attemptQuotient(_ a: Draft, _ b: Draft, _ shape: Shape, _ range: SourceRange)
    throws(Diagnostic) -> Bool
  {
    let problem = { self.error(.divisionByArray(self.operand(a), self.operand(b)), range, b) }
    switch kind(of: b.shape) {
    case .scalar: return try unify(shape, a.shape, else: problem())
    case .matrix:
      let square = try unify(b.shape.rows, b.shape.columns, else: problem())
      let fits = try unify(a.shape.columns, b.shape.rows, else: problem())
      return try unify(shape, Shape(a.shape.rows, b.shape.columns), else: problem()) && square && fits
    case .vector, .row: throw problem()
    case nil: return false
    }
  }

  private func attemptDiagonal(_ a: Draft, _ shape: Shape, _ range: SourceRange) throws(Diagnostic) -> Bool {
    let problem = { self.error(.rowDiagonal(self.operand(a)), range, a) }
    switch state.unifier.size(a.shape.columns) {
    case .one: return try unify(shape, Shape(a.shape.rows, a.shape.rows), else: problem())
    case .many:
      let square = try unify(a.shape.rows, a.shape.columns, else: problem())
      return try unify(shape, .vector(a.shape.rows), else: problem()) && square
    case .open: return false
    }
  }

  private func attemptRowwise(_ a: Draft, _ shape: Shape, _ range: SourceRange) throws(Diagnostic) -> Bool {
    let problem = { self.error(.notScalar(what: "logsumexp", self.operand(a)), range, a) }
    let rows = state.unifier.size(a.shape.rows)
    let columns = state.unifier.size(a.shape.columns)
    if rows == .one || columns == .one { return try unify(shape, .scalar, else: problem()) }
    if columns == .many || rows == .many && columns == .many {
      return try unify(shape, .vector(a.shape.rows), else: problem())
    }
    return false
  }

  private func attemptOneSubscript(
    _ a: Draft, _ size: Dimension, _ length: Dimension, _ shape: Shape, _ range: SourceRange
  ) throws(Diagnostic) -> Bool {
    let problem = { self.error(.needsTwoSubscripts(self.operand(a)), range, a) }
    let rows = state.unifier.size(a.shape.rows)
    let columns = state.unifier.size(a.shape.columns)
    if columns == .one {
      let fits = try unify(size, a.shape.rows, else: problem())
      return try unify(shape, .vector(length), else: problem()) && fits
    }
    if rows == .one, columns == .many {
      let fits = try unify(size, a.shape.columns, else: problem())
      return try unify(shape, .row(length), else: problem()) && fits
    }
    if rows == .many, columns == .many { throw problem() }
    return false
  }

  private func attemptGradient(_ a: Draft, _ b: Draft, _ shape: Shape, _ range: SourceRange)
    throws(Diagnostic) -> Bool
  {
    let isUndeclared = b.tree.name.map { state.undeclaredIndex[$0] != nil } ?? false
    let problem = {
      self.error(
        .noGradientShape(self.operand(a), by: self.operand(b), isUndeclared: isUndeclared), range, a, b)
    }
    let top = isScalar(a.shape)
    let bottom = isScalar(b.shape)
    if top == true { return try unify(shape, b.shape, else: problem()) }
    if bottom == true { return try unify(shape, a.shape, else: problem()) }
    guard top == false, bottom == false else { return false }
    guard let m = length(a.shape), let n = length(b.shape) else {
      let isMatrix = [a, b].contains {
        state.unifier.size($0.shape.rows) == .many && state.unifier.size($0.shape.columns) == .many
      }
      if isMatrix { throw problem() }
      return false
    }
    return try unify(shape, Shape(n, m), else: problem())
  }

  /// The length of a vector or a row; `nil` for a matrix or an open shape.
  private func length(_ shape: Shape) -> Dimension? {
    if state.unifier.size(shape.columns) == .one { return shape.rows }
    return state.unifier.size(shape.rows) == .one ? shape.columns : nil
  }

  private func attemptBound(
    _ index: String, _ unresolvedUpper: Dimension, _ unresolvedSize: Dimension, _ a: Draft,
    _ range: SourceRange
  ) throws(Diagnostic) -> Bool {
    let upper = state.unifier.resolve(unresolvedUpper)
    let size = state.unifier.resolve(unresolvedSize)
    if size == upper { return true }
    let isOpen = (upper.names + size.names).contains(where: Unifier.isOpen)
    if isOpen { return false }
    let slack = size - upper
    if let constant = slack.constant, constant < 0 {
      throw error(.outOfRange(index: upper.description, size: size.description), range, a)
    }
    if slack.isNeverNegative || upper.constant != nil || size.constant != nil {
      return true
    }
    let problem = Problem.indexAgainstSize(
      index: index, upper: upper.description, size: size.description, operand(a))
    throw error(problem, range, a)
  }

  // MARK: Errors

  enum Mismatch {
    case product
    case broadcast(String)
  }

  func operand(_ draft: Draft) -> Problem.Operand {
    let text = source.text(draft.tree.range).shortened
    return Problem.Operand(text: text, shape: shownShape(draft.shape))
  }

  /// A shape for a message; open sizes are shown as `?`.
  func shownShape(_ unresolved: Shape) -> Shape {
    let shape = state.unifier.resolve(unresolved)
    var values: [String: Dimension] = [:]
    for name in shape.rows.names + shape.columns.names where Unifier.isOpen(name) {
      values[name] = Dimension(name: "?")
    }
    return values.isEmpty ? shape : shape.substituting(values)
  }

  func shown(_ size: Dimension) -> String { shownShape(.vector(size)).rows.description }

  func mismatch(_ mismatch: Mismatch, _ a: Draft, _ b: Draft, _ range: SourceRange) -> Diagnostic {
    switch mismatch {
    case .product: error(.product(operand(a), operand(b)), range, a, b)
    case .broadcast(let operation):
      error(.broadcast(operation: operation, operand(a), operand(b)), range, a, b)
    }
  }

  /// A diagnostic with notes on the origin of the operands' shapes.
  func error(_ problem: Problem, _ range: SourceRange, _ operands: Draft...) -> Diagnostic {
    var names: [String] = []
    for draft in operands { collectNames(draft.tree, into: &names) }
    let notes = names.prefix(6).compactMap { origin(of: $0) }
    return Diagnostic(problem, at: range, notes: notes)
  }

  private func collectNames(_ tree: SyntaxTree, into names: inout [String]) {
    if let name = tree.name, !names.contains(name) { names.append(name) }
    var found = names
    tree.forEachChild { if found.count < 8 { self.collectNames($0, into: &found) } }
    names = found
  }

  /// A shape in words, without sizes if these are open.
  private func words(_ unresolved: Shape) -> String {
    let shape = state.unifier.resolve(unresolved)
    guard let kind = kind(of: shape) else { return "of an open shape" }
    let isKnown = (shape.rows.openNames + shape.columns.openNames).isEmpty
    return kind == .scalar || !isKnown ? "a \(kind)" : shape.description
  }

  private func origin(of name: String) -> Diagnostic.Note? {
    if isBound(name) { return nil }
    if let declaration = environment.declarations[name] {
      return Diagnostic.Note(
        "`\(declaration)` is declared here".replacing(!declarationsAreHere),
        range: declarationsAreHere ? declaration.range : nil)
    }
    if let draft = drafts[name] {
      return Diagnostic.Note("`\(name)` is \(shownShape(draft.shape))", range: draft.tree.range)
    }
    if let place = state.undeclaredIndex[name] {
      let entry = state.undeclared[place]
      return Diagnostic.Note(
        "`\(name)` is not declared; here it is taken to be \(words(entry.shape))", range: entry.range)
    }
    return nil
  }

  private func diagnostic(_ kindred: Problem.Kindred, _ range: SourceRange) -> Diagnostic {
    switch kindred {
    case .sameShape(let operation, let a, let b):
      error(.sameShape(operation: operation, operand(a), operand(b)), range, a, b)
    case .square(let what, let a): error(.notSquare(what: what, operand(a)), range, a)
    case .blocks(let isRow, let a, let b):
      error(.blockSizes(isRow: isRow, operand(a), operand(b)), range, a, b)
    case .scalar(let what, let a): error(.notScalar(what: what, operand(a)), range, a)
    case .vector(let what, let a): error(.notVector(what: what, operand(a)), range, a)
    case .division(let a, let b): error(.divisionByArray(operand(a), operand(b)), range, b)
    case .exponent(let a): error(.powerExponent(operand(a)), range, a)
    case .parameter(let function, let wanted, let a):
      error(.parameter(function: function, wanted: shownShape(wanted), operand(a)), range, a)
    case .sides(let a, let b): error(.equalSides(operand(a), operand(b)), range, a, b)
    case .subscript(let index, let upper, let size, let a):
      error(.indexAgainstSize(index: index, upper: shown(upper), size: shown(size), operand(a)), range, a)
    }
  }
}

extension String {
  /// Drops the word that points to a place if there is no such place.
  fileprivate func replacing(_ isElsewhere: Bool) -> String {
    isElsewhere && hasSuffix(" here") ? String(dropLast(5)) : self
  }
}
