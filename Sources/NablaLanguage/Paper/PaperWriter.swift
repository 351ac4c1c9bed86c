import NablaTypes

/// Writes a claim and its context in the text notation.
struct PaperWriter {
  let reader: PaperReader
  let properties: [String: Property]
  /// The interpretation of a fraction of arrays.
  let layout: DerivativeKind
  let keepsDeclarations: Bool
  /// Whether gradients with respect to matrices are transposed, as in numerator layout.
  let transposesMatrices: Bool
  private var derivations: [PaperDerivation] = []
  /// Sizes set to numbers, because a sum over them contains derivatives.
  private var sizes: [String: Int] = [:]
  private static let smallSize = 2
  /// The variables of the derivatives.
  private var variables: Set<String> = []

  init(
    reader: PaperReader, properties: [String: Property], layout: DerivativeKind, keepsDeclarations: Bool,
    transposesMatrices: Bool
  ) {
    self.transposesMatrices = transposesMatrices
    self.reader = reader
    self.properties = properties
    self.layout = layout
    self.keepsDeclarations = keepsDeclarations
  }

  mutating func question(_ sides: [PaperReader.Side]) throws(Diagnostic) -> PaperQuestion {
    for side in sides { noteSizes(side.tree) }
    var texts: [String] = []
    var used: [String] = []
    var hints: [String: FontHint] = [:]
    let isTransposed = sides.contains { $0.derivatives.count == 1 && self.isTransposed($0.derivatives[0]) }
    for side in sides {
      hints.merge(side.fontHints) { first, _ in first }
      let text = try text(side, &used)
      texts.append(isTransposed && side.derivatives.isEmpty ? "(\(text))'" : text)
    }
    if layout == .jacobian {
      // A capital is not a vector for the sake of this layout: `tr(A*X)` does not have the derivative A then.
      for name in variables where Letters.isCapital(name) && hints[name] == nil && !isKnown(name) {
        hints[name] = .matrix
      }
    }
    let lines = try self.lines(used)
    return PaperQuestion(
      lines: lines, sides: texts, derivations: derivations, fontHints: keepsDeclarations ? hints : [:])
  }

  private func isKnown(_ name: String) -> Bool {
    reader.declarations[name] != nil || reader.definitions[name] != nil || reader.names.families[name] != nil
  }

  /// Whether the gradient of a scalar with respect to a name is transposed, as numerator layout has it for matrices.
  private func isTransposed(_ derivative: LaTeXDerivative) -> Bool {
    guard transposesMatrices, layout == .jacobian, derivative.isFraction,
      derivative.kind == .gradient,
      let name = derivative.variables.first?.tree.name
    else { return false }
    guard case .value(let shape) = reader.declarations[name]?.type else { return Letters.isCapital(name) }
    return shape.isMatrix
  }

  /// A side: `gradient E wrt x`, or an expression with names for its derivatives.
  private mutating func text(_ side: PaperReader.Side, _ used: inout [String]) throws(Diagnostic) -> String {
    if side.derivatives.count == 1, let derivative = side.derivatives.first,
      side.tree.name == LaTeXDerivative.name(0), derivative.variables.allSatisfy({ $0.tree.name != nil })
    {
      return try question(derivative, &used)
    }
    let unrolled = try self.unrolled(side.tree, side.derivatives)
    var changed = unrolled.tree
    var names: [String: SyntaxTree] = [:]
    for (index, derivative) in unrolled.derivatives.enumerated() {
      let name = "∇\(derivations.count)∇"
      names[LaTeXDerivative.name(index)] = SyntaxTree(.name(name), range: derivative.range)
      var entry = ""
      if let variable = derivative.variables.first, case .entry(_, let places) = variable.tree.kind {
        let parts = places.compactMap { part -> String? in
          if case .index(let tree) = part { return written(tree) }
          return nil
        }
        entry = "[" + parts.joined(separator: ", ") + "]"
      }
      derivations.append(PaperDerivation(name: name, question: try question(derivative, &used), entry: entry))
    }
    changed = changed.replacing(names)
    used += changed.allNames
    return written(changed)
  }

  /// `gradient E wrt x`.
  private mutating func question(_ derivative: LaTeXDerivative, _ used: inout [String]) throws(Diagnostic)
    -> String
  {
    used += derivative.tree.allNames
    var variables: [String] = []
    for variable in derivative.variables {
      guard let name = variable.tree.name ?? variable.tree.entryName else {
        throw LaTeXProblem.notAName(reader.source.text(variable.tree.range)).diagnostic(
          at: variable.tree.range)
      }
      if !variables.contains(name) { variables.append(name) }
      used.append(name)
      self.variables.insert(name)
    }
    let isArray =
      derivative.isFraction && derivative.kind == .gradient && layout == .jacobian
      && !isTransposed(derivative)
    let kind = isArray ? .jacobian : derivative.kind
    return "\(kind.rawValue) \(written(derivative.tree)) wrt \(variables.joined(separator: ", "))"
  }

  private func written(_ tree: SyntaxTree) -> String {
    let numbers = sizes.mapValues { SyntaxTree(.number(Rational(Int128($0), over: 1)), range: tree.range) }
    let environment = reader.environment
    let source = reader.source
    return tree.replacing(numbers).plainText { inner in
      (try? infer([inner], in: environment, source: source))?.expressions.first?.shape
    }
  }

  // MARK: Sums that contain derivatives

  private mutating func noteSizes(_ tree: SyntaxTree) {
    if let (_, upper, body) = tree.indexedSum, body.freeNames.contains(where: { $0.hasPrefix("∇") }) {
      if let name = upper?.name { sizes[name] = Self.smallSize }
    }
    var inside: [SyntaxTree] = []
    tree.forEachChild { inside.append($0) }
    for tree in inside { noteSizes(tree) }
  }

  /// Unrolls a sum, so that a derivative with respect to an entry has numeric indices.
  private func unrolled(_ tree: SyntaxTree, _ derivatives: [LaTeXDerivative]) throws(Diagnostic)
    -> (tree: SyntaxTree, derivatives: [LaTeXDerivative])
  {
    var all = derivatives
    var problem: Diagnostic?
    let result = tree.mapped { part in
      guard let (index, upper, body) = part.indexedSum, body.freeNames.contains(where: { $0.hasPrefix("∇") })
      else { return nil }
      guard upper?.name != nil else {
        problem = LaTeXProblem.derivativeInside.diagnostic(at: part.range)
        return part
      }
      var terms: SyntaxTree?
      for number in 1...Self.smallSize {
        let value = [index: SyntaxTree(.number(Rational(Int128(number), over: 1)), range: part.range)]
        var names: [String: SyntaxTree] = value
        for (place, derivative) in derivatives.enumerated() {
          names[LaTeXDerivative.name(place)] = SyntaxTree(
            .name(LaTeXDerivative.name(all.count)), range: derivative.range)
          all.append(derivative.placed(value))
        }
        let term = body.replacing(names).withDeltas
        terms = terms.map { SyntaxTree(.binary(.add, $0, term), range: part.range) } ?? term
      }
      return terms
    }
    if let problem { throw problem }
    let used = Set(result.freeNames)
    var kept: [LaTeXDerivative] = []
    var renamed: [String: SyntaxTree] = [:]
    for (place, derivative) in all.enumerated() where used.contains(LaTeXDerivative.name(place)) {
      renamed[LaTeXDerivative.name(place)] = SyntaxTree(
        .name(LaTeXDerivative.name(kept.count)), range: derivative.range)
      kept.append(derivative)
    }
    return (result.replacing(renamed), kept)
  }

  // MARK: Lines

  /// The declarations and definitions of names, and of the names that these use.
  private mutating func lines(_ used: [String]) throws(Diagnostic) -> [String] {
    var declared: [String] = []
    var defined: [String] = []
    var open: Set<String> = []
    var done: Set<String> = []
    // Depth first, so that each definition precedes its use; cycles are left open.
    func visit(_ name: String, _ writer: inout PaperWriter) throws(Diagnostic) {
      guard !open.contains(name), done.insert(name).inserted else { return }
      if let definition = writer.reader.definitions[name],
        writer.keepsDeclarations || !writer.variables.contains(name)
      {
        open.insert(name)
        var names: [String] = []
        let side = PaperReader.Side(
          tree: definition.tree, derivatives: definition.derivatives, fontHints: [:])
        let text: String
        if definition.derivatives.isEmpty {
          names = definition.tree.allNames
          text = writer.written(definition.tree)
        } else {
          text = try writer.inner(side, &names)
        }
        for inner in names { try visit(inner, &writer) }
        open.remove(name)
        defined.append("\(name) = \(text)")
      } else if var declaration = writer.reader.declarations[name] {
        if let property = writer.properties[name] { declaration.properties.insert(property) }
        if writer.keepsDeclarations || declaration.isFunction { declared.append(writer.line(declaration)) }
      } else if let property = writer.properties[name] {
        declared.append("\(name) : matrix(n_\(name), n_\(name)), \(property.rawValue)")
      }
    }
    for name in used { try visit(name, &self) }
    return declared + defined
  }

  /// A definition that contains derivatives.
  private mutating func inner(_ side: PaperReader.Side, _ used: inout [String]) throws(Diagnostic) -> String {
    var names: [String: SyntaxTree] = [:]
    for (index, derivative) in side.derivatives.enumerated() {
      let name = "∇\(derivations.count)∇"
      names[LaTeXDerivative.name(index)] = SyntaxTree(.name(name), range: derivative.range)
      derivations.append(PaperDerivation(name: name, question: try question(derivative, &used), entry: ""))
    }
    used += side.tree.allNames
    return written(side.tree.replacing(names))
  }

  private func line(_ declaration: Declaration) -> String {
    let values = sizes.mapValues { Dimension($0) }
    var result = declaration
    if case .value(let shape) = declaration.type { result.type = .value(shape.substituting(values)) }
    return result.description
  }
}

extension Declaration {
  fileprivate var isFunction: Bool {
    if case .function = type { return true }
    return false
  }
}
