import NablaTypes

/// An undeclared name that is a capital followed by a variable, such as `Xw` in a derivative with respect to w.
struct RunTogetherName {
  /// The place of the name in products.
  enum Place {
    /// Outside of products, or beside a number.
    case alone
    /// The last factor.
    case last
    /// Before another factor, like the matrix `Wx` in `Wx*x`.
    case followed
  }

  let name: String
  let range: SourceRange
  let place: Place
  /// Whether it can only be meant as the product: with a vector it is a vector, as the product is. A scalar may
  /// be a number of entries, such as `Nx`.
  let isProduct: Bool
}

extension InferenceEngine {
  /// The names in an expression that may be a product with a variable with respect to which it is differentiated.
  ///
  /// A matrix before a factor is a matrix with that name.
  func runTogetherNames(with variable: String, in tree: SyntaxTree) -> [RunTogetherName] {
    guard let variableShape = shape(ofUndeclared: variable) ?? declaredShape(of: variable) else { return [] }
    let variableKind = kind(of: variableShape)
    var result: [RunTogetherName] = []
    func collect(_ tree: SyntaxTree, _ place: RunTogetherName.Place) {
      if let name = tree.name {
        guard name.isRunTogether(with: variable), let shape = shape(ofUndeclared: name) else { return }
        let kind = kind(of: shape)
        switch place {
        case .followed where kind == .matrix: return
        case .alone, .last, .followed: break
        }
        let isAlike =
          switch place {
          case .alone: kind == .vector || kind == .matrix
          case .last: kind == .vector
          case .followed: false
          }
        let isProduct = isAlike && kind == variableKind
        result.append(RunTogetherName(name: name, range: tree.range, place: place, isProduct: isProduct))
        return
      }
      switch tree.kind {
      case .binary(.multiply, let a, let b), .binary(.centeredDot, let a, let b):
        collect(a, .followed)
        if case .number = a.kind { collect(b, place) } else { collect(b, place == .followed ? place : .last) }
      case .transpose(let a), .negate(let a), .inverseTranspose(let a): collect(a, place)
      case .binary(.add, let a, let b), .binary(.subtract, let a, let b):
        collect(a, place)
        collect(b, place)
      case .number, .name, .norm, .binary, .call, .derivative, .blocks, .entry, .sum:
        tree.forEachChild { collect($0, .alone) }
      }
    }
    collect(tree, .alone)
    return result
  }

  private func shape(ofUndeclared name: String) -> Shape? {
    state.undeclaredIndex[name].map { state.undeclared[$0].shape }
  }

  private func declaredShape(of name: String) -> Shape? {
    guard case .value(let shape) = environment.declarations[name]?.type else { return nil }
    return shape
  }
}

extension FileElaborator {
  /// The names of a statement without a typing that may be products.
  func runTogetherNames(in statement: Statement) -> Set<String> {
    guard case .question(let question) = statement.kind else { return [] }
    var names: Set<String> = []
    for side in [question.expression] + question.otherSides {
      for mention in question.wrt + side.wrt {
        names.formUnion(engine.runTogetherNames(with: mention.name, in: side.tree).map(\.name))
      }
    }
    return names
  }

  /// Refuses names that may be products with the variables of derivatives, and notes those that are.
  func refuseRunTogether(_ question: DraftQuestion) throws(Diagnostic) {
    var problem: RunTogetherName?
    func look(for variables: [String], in tree: SyntaxTree, isScalar: Bool, isCertain: Bool) {
      // Only names of one letter end a product without a sign.
      let letters = Set(variables.filter { $0.utf8.count == 1 }).sorted()
      for name in letters.flatMap({ engine.runTogetherNames(with: $0, in: tree) }) {
        // `x'Ax` is a row unless `Ax` is a product.
        let isProduct = name.isProduct || name.place == .last && !isScalar
        if isProduct { engine.runTogether.insert(name.name) }
        if isProduct || !isCertain { problem = problem ?? name }
      }
    }
    func isScalar(_ kind: DerivativeKind?, _ side: DraftSide) -> Bool {
      kind != .gradient || engine.kind(of: side.draft.shape) == .scalar
    }
    let wrt = question.question.wrt.map(\.name)
    let tree = question.claim.claim.tree
    let asksOfScalar = isScalar(question.question.kind.derivative, question.claim)
    look(for: wrt, in: tree, isScalar: asksOfScalar, isCertain: false)
    // Beside a variable, any name may end a product: `u'Av` with respect to u.
    if !asksOfScalar { look(for: Set(tree.allNames).sorted(), in: tree, isScalar: false, isCertain: true) }
    for side in [question.claim] + question.others {
      look(
        for: side.claim.wrt.map(\.name), in: side.claim.tree, isScalar: isScalar(side.claim.derivative, side),
        isCertain: true)
    }
    for (_, statement) in definitions {
      guard case .definition(_, _, let tree) = statements[statement].kind else { continue }
      look(for: wrt + question.claim.claim.wrt.map(\.name), in: tree, isScalar: true, isCertain: true)
    }
    if let problem { throw Diagnostic(.runTogether(problem.name), at: problem.range) }
  }
}

extension String {
  /// Whether it is a capital followed by a variable, with no sign between them.
  package func isRunTogether(with variable: String) -> Bool {
    utf8.count == 2 && variable.utf8.count == 1 && hasSuffix(variable) && Letters.isCapital(self)
  }
}
