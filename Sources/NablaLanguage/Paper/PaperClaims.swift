import NablaTypes

/// Claims of a paper in the text notation.
extension PaperReader {
  /// The possible interpretations of a claim.
  mutating func claim(_ equation: PaperEquation) -> PaperFormula.Kind {
    if let relation = equation.relation {
      return .notUnderstood(LaTeXProblem.relation(relation).diagnostic(at: equation.range))
    }
    let properties = RemarkSentences.properties(in: equation.remark)
    let hasHadamard = equation.sides.joined().contains { $0.isCommand("odot") || $0.isCommand("circ") }
    var readings: [PaperReading] = []
    var hypotheses: [PaperReading] = []
    var problem: Diagnostic?
    for isTight in hasHadamard ? [false, true] : [false] {
      do throws(Diagnostic) {
        let cases = try self.cases(of: equation, isTight: isTight)
        let hint = isTight ? "with `\\odot` before juxtaposition" : nil
        readings.append(try reading(cases, properties, layout: .gradient, hint, keepsDeclarations: true))
        let hasLayouts = cases.contains {
          $0.contains { $0.derivatives.contains { $0.isFraction && $0.kind == .gradient } }
        }
        if hasLayouts {
          let remark = "in numerator layout" + (hint.map { ", " + $0 } ?? "")
          readings.append(try reading(cases, properties, layout: .jacobian, remark, keepsDeclarations: true))
          if !usesNumeratorLayout {
            hypotheses.append(
              try reading(
                cases, properties, layout: .jacobian, remark, keepsDeclarations: true,
                transposesMatrices: true))
          }
        }
        if !isTight {
          readings.append(
            try reading(
              cases, properties, layout: .gradient, "with other shapes than declared",
              keepsDeclarations: false))
        }
      } catch {
        if problem == nil { problem = error }
      }
    }
    if let problem, readings.isEmpty { return .notUnderstood(problem) }
    if let problem = unfounded(equation) { return .notUnderstood(problem) }
    let places = equation.sides.map { side in
      SourceRange(start: side.first?.range.start ?? 0, end: side.last?.range.end ?? 0)
    }
    let open = openNames(equation)
    return .claim(
      PaperClaim(
        readings: readings, hypotheses: hypotheses, sides: places, unknown: open.unknown,
        isDeclared: open.isDeclared))
  }

  /// A name that only a side without derivatives depends on, and that is neither declared nor defined; and whether no
  /// side has such a name.
  private func openNames(_ equation: PaperEquation) -> (unknown: String?, isDeclared: Bool) {
    let letters = Set(freeLetters(equation))
    let sides = equation.sides.map { tokens -> Set<String> in
      guard let (tree, derivatives, _) = try? parsed(tokens, free: letters, isTight: false) else { return [] }
      return reached(from: tree.allNames + derivatives.flatMap { $0.tree.allNames }).filter { name in
        let isFunction = Signature.builtins[name] != nil || Signature.unnamed[name] != nil
        let isKnown = declarations[name] != nil || definitions[name] != nil || names.families[name] != nil
        return !isFunction && !isKnown && !names.sizes.contains(name) && !letters.contains(name)
          && !name.hasPrefix("∇") && !["I", "e", "pi", "sigma"].contains(name)
      }
    }
    let isDerived = equation.sides.map(holdsDerivative)
    for (index, side) in sides.enumerated() where !isDerived[index] {
      let elsewhere = sides.enumerated().reduce(into: Set<String>()) { all, next in
        if next.offset != index { all.formUnion(next.element) }
      }
      if let name = side.subtracting(elsewhere).sorted().first { return (name, false) }
    }
    return (nil, sides.allSatisfy(\.isEmpty))
  }

  /// The names that names depend on, including themselves.
  private func reached(from names: [String]) -> Set<String> {
    var open = names
    var seen: Set<String> = []
    while let next = open.popLast() {
      guard seen.insert(next).inserted, let definition = definitions[next] else { continue }
      open += definition.tree.allNames + definition.derivatives.flatMap { $0.tree.allNames }
    }
    return seen
  }

  /// The derivative of a name that the paper does not define, or that does not depend on the variable.
  private func unfounded(_ equation: PaperEquation) -> Diagnostic? {
    let saysZero = equation.sides.contains { side in
      side.allSatisfy {
        $0.kind == .number && $0.text == "0" || $0.kind == .beginGroup || $0.kind == .endGroup
          || $0.isCommand("mathbf")
      }
    }
    for tokens in equation.sides {
      guard let (tree, derivatives, _) = try? parsed(tokens, free: Set(freeLetters(equation)), isTight: false)
      else { continue }
      for derivative in derivatives {
        let name = derivative.tree.name ?? derivative.tree.entryName
        // A part of a side may be zero.
        guard name != nil || tree.name != nil && !saysZero else { continue }
        let variables = derivative.variables.compactMap { $0.tree.name ?? $0.tree.entryName }
        let inside = derivative.tree.allNames
        guard
          let variable = variables.first(where: { variable in !inside.contains { depends($0, on: variable) } }
          )
        else { continue }
        guard let name else {
          return Diagnostic(
            message: "the expression does not depend on `\(variable)`, as far as the paper says",
            range: derivative.range)
        }
        return Diagnostic(
          message: definitions[name] == nil
            ? "the paper does not define `\(name)`"
            : "`\(name)` is not defined in terms of `\(variable)`",
          range: derivative.range, hint: "define it in the header: `\(name) = ...`")
      }
    }
    return nil
  }

  /// Whether a name is another, or its definition depends on it.
  private func depends(_ name: String, on variable: String) -> Bool {
    reached(from: [name]).contains(variable)
  }

  /// A parsed side.
  struct Side {
    var tree: SyntaxTree
    var derivatives: [LaTeXDerivative]
    let fontHints: [String: FontHint]
  }

  /// The sides; if they hold for all values of indices, once for each choice that is tried.
  private func cases(of equation: PaperEquation, isTight: Bool) throws(Diagnostic) -> [[Side]] {
    let letters = freeLetters(equation)
    var sides: [Side] = []
    for tokens in equation.sides {
      let (tree, derivatives, hints) = try parsed(tokens, free: Set(letters), isTight: isTight)
      sides.append(Side(tree: tree, derivatives: derivatives, fontHints: hints))
    }
    if letters.isEmpty { return [sides] }
    let choices = [[1, 1, 1, 1], [1, 2, 1, 2], [2, 1, 1, 2], [2, 2, 1, 1]].prefix(letters.count == 1 ? 2 : 4)
    var result: [[Side]] = []
    for choice in letters.count == 1 ? [[1], [2]] : Array(choices) {
      let values = Dictionary(uniqueKeysWithValues: zip(letters, choice))
      result.append(sides.map { $0.placed(at: values) })
    }
    return result
  }

  /// The letters that occur as indices without a sum that binds them.
  private func freeLetters(_ equation: PaperEquation) -> [String] {
    var result: [String] = []
    for tokens in equation.sides {
      var bound: Set<String> = []
      for (index, token) in tokens.enumerated() where token.isCommand("sum") && index + 1 < tokens.count {
        var next = index + 1
        while next < tokens.count, ![.equals, .endGroup].contains(tokens[next].kind), next < index + 8 {
          if tokens[next].kind == .letter { bound.insert(tokens[next].text) }
          if tokens[next].kind == .letter, tokens[next - 1].kind == .sub { break }
          next += 1
        }
      }
      for (index, token) in tokens.enumerated() where token.kind == .sub && index + 1 < tokens.count {
        var inside = tokens[(index + 1)...].prefix(1)
        if inside.first?.kind == .beginGroup {
          inside = tokens[(index + 1)...].prefix { $0.kind != .endGroup }
        }
        // A subscript of a nabla or a sum is not an index.
        if index > 0, tokens[index - 1].isCommand("nabla") || tokens[index - 1].isCommand("sum") { continue }
        if index > 0, tokens[index - 1].isCommand("partial") { continue }
        for letter in inside where letter.kind == .letter && Self.indexLetters.contains(letter.text) {
          let isTaken =
            bound.contains(letter.text) || names.sizes.contains(letter.text)
            || names.values.contains(letter.text)
          if !isTaken, !result.contains(letter.text) { result.append(letter.text) }
        }
      }
    }
    return Array(result.prefix(4))
  }

  // MARK: Texts

  private func reading(
    _ cases: [[Side]], _ properties: [String: Property], layout: DerivativeKind, _ remark: String?,
    keepsDeclarations: Bool, transposesMatrices: Bool? = nil
  ) throws(Diagnostic) -> PaperReading {
    var questions: [PaperQuestion] = []
    for sides in cases {
      var writer = PaperWriter(
        reader: self, properties: properties, layout: layout, keepsDeclarations: keepsDeclarations,
        transposesMatrices: transposesMatrices ?? usesNumeratorLayout)
      questions.append(try writer.question(sides))
    }
    return PaperReading(cases: questions, remark: remark, confirmsOnly: !keepsDeclarations)
  }
}

extension PaperReader.Side {
  /// With numbers substituted for indices.
  fileprivate func placed(at values: [String: Int]) -> PaperReader.Side {
    var result = self
    let trees = values.mapValues { SyntaxTree(.number(Rational(Int128($0), over: 1)), range: tree.range) }
    result.tree = tree.replacing(trees).withDeltas
    result.derivatives = derivatives.map { $0.placed(trees) }
    return result
  }
}

extension LaTeXDerivative {
  func placed(_ trees: [String: SyntaxTree]) -> LaTeXDerivative {
    LaTeXDerivative(
      kind: kind, tree: tree.replacing(trees).withDeltas,
      variables: variables.map { .init(tree: $0.tree.replacing(trees), isTransposed: $0.isTransposed) },
      isFraction: isFraction, range: range)
  }
}

extension SyntaxTree {
  /// With 1 and 0 substituted for the entries of the identity at numbers.
  var withDeltas: SyntaxTree {
    mapped { tree in
      guard case .entry(let array, let places) = tree.kind, array.name == "I", places.count == 2,
        case .index(let first) = places[0], case .index(let second) = places[1],
        let i = first.integerLiteral, let j = second.integerLiteral
      else { return nil }
      return SyntaxTree(.number(i == j ? 1 : 0), range: tree.range)
    }
  }

  /// With parts replaced where `change` returns a tree, from the top down.
  func mapped(_ change: (SyntaxTree) -> SyntaxTree?) -> SyntaxTree {
    if let other = change(self) { return other }
    func inner(_ tree: SyntaxTree) -> SyntaxTree { tree.mapped(change) }
    switch kind {
    case .number, .name: return self
    case .negate(let a): return SyntaxTree(.negate(inner(a)), range: range)
    case .transpose(let a): return SyntaxTree(.transpose(inner(a)), range: range)
    case .inverseTranspose(let a): return SyntaxTree(.inverseTranspose(inner(a)), range: range)
    case .norm(let a): return SyntaxTree(.norm(inner(a)), range: range)
    case .binary(let operation, let a, let b):
      return SyntaxTree(.binary(operation, inner(a), inner(b)), range: range)
    case .call(let name, let nameRange, let isGreek, let arguments):
      return SyntaxTree(
        .call(name, nameRange: nameRange, isGreekLetter: isGreek, arguments.map(inner)), range: range)
    case .derivative(let derivative, let name, let nameRange, let arguments):
      return SyntaxTree(
        .derivative(derivative, of: name, nameRange: nameRange, arguments.map(inner)), range: range)
    case .blocks(let rows): return SyntaxTree(.blocks(rows.map { $0.map(inner) }), range: range)
    case .entry(let array, let subscripts):
      let parts = subscripts.map { part -> SubscriptTree in
        switch part {
        case .index(let tree): .index(inner(tree))
        case .range(let a, let b): .range(inner(a), inner(b))
        case .all(let range): .all(range)
        }
      }
      return SyntaxTree(.entry(inner(array), parts), range: range)
    case .sum(let index, let indexRange, let lower, let upper, let body):
      return SyntaxTree(
        .sum(index: index, indexRange: indexRange, lower: inner(lower), upper: inner(upper), inner(body)),
        range: range)
    }
  }
}
