import NablaTypes

extension InferenceEngine {
  /// A call of a built-in or declared function.
  func call(
    _ tree: SyntaxTree, _ name: String, _ nameRange: SourceRange, _ isGreek: Bool, _ arguments: [SyntaxTree]
  ) throws(Diagnostic) -> Draft {
    if isBound(name) { throw Diagnostic(.valueCalled(name, isArray: false), at: nameRange) }
    if name == "norm", arguments.count == 2, environment.declarations[name] == nil {
      return try orderedNorm(tree, arguments[0], arguments[1])
    }
    if let declaration = environment.declarations[name] {
      if case .function = declaration.type {
        return try application(tree, .value, name, nameRange, arguments)
      }
      if !(name == "sigma" && isGreek) { throw valueCalled(name, nameRange) }
    }
    if drafts[name] != nil || environment.definitions[name] != nil { throw valueCalled(name, nameRange) }
    if environment.allowsDifferentials, name == "d", arguments.count == 1 {
      let a = try draft(arguments[0])
      return Draft(tree, a.shape) { .differential(a.built($0)) }
    }
    let canonical = name == "sigma" && isGreek ? "sigmoid" : name
    guard let signature = environment.functions[canonical] ?? Signature.unnamed[canonical] else {
      throw unknownFunction(name, nameRange)
    }
    if name == "sum", arguments.count == 2, let index = arguments[0].name {
      return try openSum(tree, index, arguments[0].range, arguments[1])
    }
    guard signature.arity.contains(arguments.count) else {
      throw Diagnostic(
        .argumentCount(canonical, wanted: signature.arity.words, found: arguments.count), at: tree.range)
    }
    if case .declared(let head) = signature.rule {
      return try operation(tree, signature.canonical ?? canonical, head, arguments)
    }
    if signature.takesSizes { return try structure(tree, signature.rule, arguments) }
    if signature.rule == .openZeros {
      return Draft(tree, Shape(state.unifier.fresh(), state.unifier.fresh())) { _ in .zeros }
    }
    var drafts: [Draft] = []
    for argument in arguments { drafts.append(try draft(argument)) }
    return try builtin(tree, signature.canonical ?? canonical, signature.rule, drafts)
  }

  private func valueCalled(_ name: String, _ range: SourceRange) -> Diagnostic {
    var isArray = true
    if case .value(let shape) = environment.declarations[name]?.type { isArray = !shape.isScalar }
    return Diagnostic(.valueCalled(name, isArray: isArray), at: range)
  }

  private func unknownFunction(_ name: String, _ range: SourceRange) -> Diagnostic {
    if isSize(name) || state.undeclaredIndex[name] != nil {
      return Diagnostic(.valueCalled(name, isArray: !isSize(name)), at: range)
    }
    if faulty.contains(name) { return Diagnostic(.dependsOnFaulty(name), at: range) }
    if let line = upcoming[name] { return Diagnostic(.usedBeforeItsLine(name, line: line), at: range) }
    let absent = ForeignNames.absent(name)
    if absent.isKnown { return Diagnostic(.absent(name, instead: absent.instead), at: range) }
    let nearest = nearestName(to: name, among: environment.knownFunctions)
    return Diagnostic(.unknownFunction(name, nearest: nearest), at: range)
  }

  /// `norm(x, 1)`, `norm(x, inf)`, `norm(A, 'fro')`.
  private func orderedNorm(_ tree: SyntaxTree, _ array: SyntaxTree, _ order: SyntaxTree) throws(Diagnostic)
    -> Draft
  {
    let a = try draft(array)
    note(.array(a))
    func norm(_ name: String) -> Draft { Draft(tree, .scalar) { .call(name, [a.built($0)]) } }
    let word = order.name.flatMap { hasValue($0) || isSize($0) ? nil : $0.lowercased() }
    if word == "fro" || word == "f" { return norm("normF") }
    if word == "nuc" { return norm("nucnorm") }
    // For a matrix, some authors mean the entrywise norm and others an operator norm.
    try post(.vectorNorm(a, order: source.text(order.range)), at: tree.range)
    if word == "inf" || word == "infinity" { return norm("norminf") }
    if order.integerLiteral == 1 { return norm("norm1") }
    if order.integerLiteral == 2 { return norm("norm2") }
    let p = try draft(order)
    try require(p.shape, equals: .scalar, .exponent(p), at: order.range)
    return Draft(tree, .scalar) { unifier in
      let (x, p) = (a.built(unifier), p.built(unifier))
      func made(_ kind: TypedExpression.Kind, _ shape: Shape) -> TypedExpression {
        TypedExpression(kind, shape: shape, range: tree.range)
      }
      let powers = made(.elementwisePower(made(.call("abs", [x]), x.shape), p), x.shape)
      let inverse = made(.divide(made(.number(1), .scalar), p), .scalar)
      return .elementwisePower(made(.call("sum", [powers]), .scalar), inverse)
    }
  }

  /// `eye(n)`, `ones(m, n)` and their like, whose arguments are sizes.
  private func structure(_ tree: SyntaxTree, _ rule: Signature.Rule, _ arguments: [SyntaxTree])
    throws(Diagnostic) -> Draft
  {
    var sizes: [Dimension] = []
    for argument in arguments { sizes.append(try positiveSize(argument)) }
    let (m, n) = (sizes[0], sizes.count > 1 ? sizes[1] : 1)
    if rule == .identity { return Draft(tree, Shape(m, m)) { _ in .identity } }
    return Draft(tree, Shape(m, n)) { _ in rule == .zeros ? .zeros : .ones }
  }

  private func positiveSize(_ tree: SyntaxTree) throws(Diagnostic) -> Dimension {
    let size = try size(tree)
    if !size.isPossibleSize { throw Diagnostic(.sizeNotPositive(size.description), at: tree.range) }
    return size
  }

  /// An operation with a head; its sizes are bound by the arguments in which they first occur alone.
  private func operation(
    _ tree: SyntaxTree, _ name: String, _ head: Signature.Head, _ arguments: [SyntaxTree]
  ) throws(Diagnostic) -> Draft {
    if name == "sum" || name == "mean" || name == "prod" {
      let names = Set(arguments.flatMap(\.allNames))
      for argument in arguments {
        try refuseIndexedNames(in: argument) { names.contains($0) && !isDeclared($0) }
      }
    }
    var values: [String: Dimension] = [:]
    var drafts: [Draft] = []
    var sizes: [Dimension] = []
    for (parameter, argument) in zip(head.parameters, arguments) where parameter.shape == nil {
      sizes.append(try positiveSize(argument))
      values[parameter.name] = sizes[sizes.count - 1]
    }
    var first: [Shape: Draft] = [:]
    for (parameter, argument) in zip(head.parameters, arguments) {
      guard let shape = parameter.shape else { continue }
      let a = try draft(argument)
      if !shape.isScalar { note(.array(a)) }
      drafts.append(a)
      if let other = first[shape] {
        try require(other.shape, equals: a.shape, .sameShape(name, other, a), at: tree.range)
        continue
      }
      first[shape] = a
      let isNew = shape.rows.name.map { values[$0] == nil } ?? false
      for (side, size) in [(shape.rows, a.shape.rows), (shape.columns, a.shape.columns)] {
        if let name = side.name, values[name] == nil { values[name] = state.unifier.resolve(size) }
        for name in side.names where values[name] == nil { values[name] = state.unifier.fresh() }
      }
      if isNew, shape.isMatrix, shape.isSquare {
        try require(a.shape, equals: a.shape.transposed, .square("`\(name)`", a), at: tree.range)
        continue
      }
      let wanted = shape.substituting(values)
      let kindred: Problem.Kindred =
        if shape.isScalar {
          .scalar("this argument of `\(name)`", a)
        } else if isNew, shape.isVector {
          .vector("`\(name)`", a)
        } else {
          .parameter(name, wanted, a)
        }
      try require(a.shape, equals: wanted, kindred, at: a.tree.range)
    }
    let result = head.result.substituting(values.mapValues(state.unifier.resolve))
    return Draft(tree, result) { unifier in
      let parts = drafts.map { $0.built(unifier) }
      return sizes.isEmpty ? .call(name, parts) : .sized(name, parts, sizes)
    }
  }

  /// The size denoted by an expression; an unknown name becomes a size.
  func size(_ tree: SyntaxTree) throws(Diagnostic) -> Dimension {
    var culprit: Problem?
    let result = Dimension(tree: tree) { name in
      if self.isSize(name) { return Dimension(name: name) }
      if name == "end", let size = self.ends.last { return self.state.unifier.resolve(size) }
      if self.isBound(name) || self.faulty.contains(name) {
        if self.faulty.contains(name) { culprit = .dependsOnFaulty(name) }
        return nil
      }
      if self.hasValue(name) {
        culprit = .declaredIsNoSize(name)
        return nil
      }
      guard self.environment.infersUndeclared else {
        culprit = .sizeUnknown(name)
        return nil
      }
      self.state.dimensions.insert(name)
      return Dimension(name: name)
    }
    guard let result else {
      throw Diagnostic(culprit ?? .notASize(source.text(tree.range)), at: tree.range)
    }
    return result
  }

  func hasValue(_ name: String) -> Bool {
    environment.declarations[name] != nil || drafts[name] != nil || environment.definitions[name] != nil
      || state.undeclaredIndex[name] != nil || upcoming[name] != nil
  }

  private func isDeclared(_ name: String) -> Bool {
    environment.declarations[name] != nil || drafts[name] != nil || environment.definitions[name] != nil
      || isSize(name)
  }

  private func builtin(
    _ tree: SyntaxTree, _ name: String, _ rule: Signature.Rule, _ arguments: [Draft]
  ) throws(Diagnostic) -> Draft {
    let a = arguments[0]
    if rule.takesArrays(arguments.count) { for argument in arguments { note(.array(argument)) } }
    let plain: (Unifier) -> TypedExpression.Kind = { unifier in
      .call(name, arguments.map { $0.built(unifier) })
    }
    switch rule {
    case .elementwise: return Draft(tree, try elementwiseShape(name, arguments, tree.range), plain)
    case .choice: return try choice(tree, name, arguments)
    case .elementwiseIn(let place):
      for (index, argument) in arguments.enumerated() where index != place {
        try require(
          argument.shape, equals: .scalar, .scalar("this argument of `\(name)`", argument),
          at: argument.tree.range)
      }
      return Draft(tree, arguments[place].shape, plain)
    case .reductionOrElementwise:
      return Draft(
        tree, arguments.count == 1 ? .scalar : try elementwiseShape(name, arguments, tree.range), plain)
    case .entryProduct: return Draft(tree, .scalar) { Self.entryProduct(of: a.built($0), tree.range) }
    case .diagonal, .rowwiseReduction:
      // `diag(3)` is an identity in R, and 3 in MATLAB.
      if rule == .diagonal, let size = a.tree.integerLiteral, size > 0 {
        throw Diagnostic(.diagonalOfNumber(size), at: tree.range)
      }
      let shape = openShape()
      try post(rule == .diagonal ? .diagonal(a, shape) : .rowwiseReduction(a, shape), at: tree.range)
      return Draft(tree, state.unifier.resolve(shape), plain)
    case .fill(let isMatrix):
      try require(a.shape, equals: .scalar, .scalar("`\(name)(c)`", a), at: a.tree.range)
      let rows = state.unifier.fresh(many: true)
      let columns = isMatrix ? state.unifier.fresh(many: true) : 1
      return Draft(tree, Shape(rows, columns)) { .fill(a.built($0)) }
    case .trigamma:
      return Draft(tree, a.shape) {
        let one = TypedExpression(.number(1), shape: .scalar, range: tree.range)
        return .call("polygamma", [one, a.built($0)])
      }
    case .differential: return Draft(tree, a.shape) { .differential(a.built($0)) }
    case .bars(let bars): return try self.bars(tree, bars, a)
    case .identity, .ones, .zeros, .openZeros, .declared:
      return try structure(tree, rule, arguments.map(\.tree))
    }
  }

  /// `where(c, a, b)`: a where c is not 0, otherwise b, in terms of indicators.
  private func choice(_ tree: SyntaxTree, _ name: String, _ arguments: [Draft]) throws(Diagnostic) -> Draft {
    let shape = try elementwiseShape(name, arguments, tree.range)
    return Draft(tree, shape) { unifier in
      let parts = arguments.map { $0.built(unifier) }
      func made(_ kind: TypedExpression.Kind, _ shape: Shape) -> TypedExpression {
        TypedExpression(kind, shape: shape, range: tree.range)
      }
      let condition = parts[0]
      let zero = made(.number(0), .scalar)
      func compared(_ a: TypedExpression, _ comparison: Comparison, _ b: TypedExpression) -> TypedExpression {
        made(.compare(comparison, a, b), condition.shape)
      }
      func selected(_ indicator: TypedExpression, _ value: TypedExpression) -> TypedExpression {
        made(.elementwiseMultiply(indicator, value), indicator.shape.isScalar ? value.shape : indicator.shape)
      }
      if case .compare = condition.kind {
        let otherwise = made(.subtract(made(.number(1), .scalar), condition), condition.shape)
        return .add(selected(condition, parts[1]), selected(otherwise, parts[2]))
      }
      let above = compared(condition, .greater, zero)
      let below = compared(condition, .less, zero)
      let isZero = made(
        .elementwiseMultiply(
          compared(condition, .lessOrEqual, zero), compared(condition, .greaterOrEqual, zero)),
        condition.shape)
      let branch = selected(above, parts[1])
      let taken = made(.add(branch, selected(below, parts[1])), branch.shape)
      return .add(taken, selected(isZero, parts[2]))
    }
  }

  private static func entryProduct(of a: TypedExpression, _ range: SourceRange) -> TypedExpression.Kind {
    if a.shape.isScalar { return a.kind }
    let size = a.shape.rows * a.shape.columns
    func made(_ name: String, _ a: TypedExpression, _ shape: Shape) -> TypedExpression {
      TypedExpression(.call(name, [a]), shape: shape, range: range)
    }
    let column = a.shape.isVector ? a : made("vec", a, .vector(size))
    return .call("det", [made("diag", column, Shape(size, size))])
  }

  private func elementwiseShape(_ name: String, _ arguments: [Draft], _ range: SourceRange) throws(Diagnostic)
    -> Shape
  {
    var result = arguments[0]
    for argument in arguments.dropFirst() {
      let shape = try broadcast(name, result, argument, range)
      result = Draft(argument.tree, shape) { _ in .zeros }
    }
    return result.shape
  }

  // MARK: Declared functions

  /// `f(x)`, `phi'(z)`, `grad(f)(x)`.
  func application(
    _ tree: SyntaxTree, _ derivative: FunctionDerivative, _ name: String, _ nameRange: SourceRange,
    _ arguments: [SyntaxTree]
  ) throws(Diagnostic) -> Draft {
    guard case .function(let parameter, let result, let isElementwise) = environment.declarations[name]?.type
    else {
      if environment.functions[name] != nil {
        throw Diagnostic(.derivativeOfBuiltin(name), at: nameRange)
      }
      if hasValue(name) { throw valueCalled(name, nameRange) }
      throw unknownFunction(name, nameRange)
    }
    guard arguments.count == 1 else {
      throw Diagnostic(.argumentCount(name, wanted: "one argument", found: arguments.count), at: tree.range)
    }
    let a = try draft(arguments[0])
    if !isElementwise {
      try require(a.shape, equals: parameter, .parameter(name, parameter, a), at: arguments[0].range)
    }
    let wanted = parameter.isScalar ? "\(name)'(x)" : result.isScalar ? "grad(\(name))(x)" : "jac(\(name))(x)"
    let size = parameter.rows * parameter.columns
    let shape: Shape
    switch derivative {
    case .value: shape = isElementwise ? a.shape : result
    case .prime:
      if !parameter.isScalar { throw Diagnostic(.noPrime(name), at: nameRange) }
      shape = isElementwise ? a.shape : result
    case .gradient:
      if !result.isScalar || isElementwise {
        throw Diagnostic(.noGradient(name, wanted: wanted), at: nameRange)
      }
      shape = parameter.isRow ? parameter.transposed : parameter
    case .jacobian:
      if isElementwise { throw Diagnostic(.noGradient(name, wanted: wanted), at: nameRange) }
      shape = Shape(result.rows * result.columns, size)
    case .hessian:
      if !result.isScalar || isElementwise {
        throw Diagnostic(.noGradient(name, wanted: wanted), at: nameRange)
      }
      shape = Shape(size, size)
    }
    return Draft(tree, shape) { .apply(name, derivative: derivative, [a.built($0)]) }
  }
}

extension ClosedRange<Int> {
  /// `one argument`, `1 to 2 arguments`.
  fileprivate var words: String {
    if lowerBound != upperBound { return "\(lowerBound) to \(upperBound) arguments" }
    return lowerBound == 1 ? "one argument" : lowerBound == 2 ? "two arguments" : "\(lowerBound) arguments"
  }
}
