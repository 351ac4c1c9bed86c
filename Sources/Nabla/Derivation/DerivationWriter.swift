import NablaCore
import NablaOutput
import NablaTypes

/// Writes a derivation: the differentials of the expression and of the user's intermediates, the adjoint of each, the
/// derivative, and its simplification.
/// It differentiates the expression as typed, so that the lines show what the user wrote.
struct DerivationWriter {
  let calculus: Calculus
  /// The user's intermediates; their formulas contain no names.
  let definitions: [(name: String, formula: Formula)]
  private let naming: Naming
  private var lines: [Derivation.Line] = []
  private let sayings: [String: String]

  init(_ calculus: Calculus, definitions: [(name: String, formula: Formula)]) {
    self.calculus = calculus
    self.definitions = definitions
    naming = Naming(definitions)
    var sayings: [String: String] = [:]
    for name in calculus.book.functions.names { sayings[name] = "derivative of \(name)" }
    sayings["power"] = "power rule"
    for rule in calculus.book.rules { sayings[rule.name] = rule.saying }
    self.sayings = sayings
  }

  /// The lines so far as a derivation of this result.
  func derivation(of result: Formula) -> Derivation {
    Derivation(lines: lines, result: result, surroundings: calculus.surroundings)
  }

  // MARK: Lines

  mutating func add(
    _ subject: Derivation.Subject, _ value: Formula, shown: Formula? = nil, _ rules: [String],
    _ evidence: Derivation.Evidence
  ) {
    var seen: Set<String> = []
    let names = rules.filter { seen.insert($0).inserted }
    lines.append(
      Derivation.Line(
        subject: subject, right: shown ?? display(value), rules: names,
        sayings: names.map { sayings[$0] ?? $0 }, value: value, evidence: evidence))
  }

  func named(_ formula: Formula) -> Formula { naming.shortened(formula) }

  /// The formula with the user's names, including inside differentials.
  private func display(_ formula: Formula) -> Formula {
    var symbols: [Formula: Formula] = [:]
    for part in formula.differentialLeaves { symbols[.differential(of: part)] = symbol(ofChange: part) }
    return naming.shortened(formula.replacing(symbols))
  }

  func symbol(ofChange part: Formula) -> Formula { .differential(of: naming.shortened(part)) }

  /// Simplifies a formula step by step and returns the result.
  /// Long sequences of steps share lines. `shown` is the last line as the answer prints it.
  mutating func simplify(
    _ raw: Formula, _ subject: Derivation.Subject, free: [Formula] = [], shown: Formula? = nil
  ) -> Formula {
    let simplifier = calculus.simplifier(free: free)
    let result = simplifier.simplify(raw)
    if result === raw { return raw }
    let rewrites = simplifier.rewrites
    var ends: [Int] = []
    var forms: [Formula] = []
    var last = raw
    if rewrites.count <= Self.mostRewrites {
      for end in 1...max(rewrites.count, 1) where end <= rewrites.count {
        let form = RewriteTable(rewrites[..<end]).applied(to: raw)
        if form === last { continue }
        ends.append(end)
        forms.append(form)
        last = form
      }
    }
    // A replay does not reach the result where it comes back to a form that it left.
    let isReached = forms.last === result
    let stride = max(1, (forms.count + Self.mostLines - 1) / Self.mostLines)
    var start = 0
    var from = raw
    for (index, form) in forms.enumerated() where index % stride == stride - 1 || index == forms.count - 1 {
      let used = Array(rewrites[start..<ends[index]])
      let effective = used.filter { from.containsNode($0.before) || used.count <= 2 }
      let names = (effective.isEmpty ? used : effective).map(\.name)
      let isLast = index == forms.count - 1 && isReached
      if isLast || form.text != from.text {
        add(
          subject, form, shown: isLast ? shown : nil, Array(names.suffix(Self.mostNames)),
          .rewrites(of: raw, Array(rewrites[..<ends[index]]), free: free))
      }
      start = ends[index]
      from = form
    }
    if !isReached { add(subject, result, shown: shown, ["an equal form"], .equality(from)) }
    return result
  }

  private static let mostRewrites = 60
  private static let mostLines = 6
  private static let mostNames = 4

  // MARK: Reverse

  /// The lines of a reverse sweep: the differential of every intermediate, its adjoint, and the adjoint of the variable
  /// in terms of `seed`.
  mutating func sweep(
    _ expression: Formula, by variable: Formula, seed: Formula, _ subject: Derivation.Subject
  ) throws(DerivativeProblem) -> Formula {
    let differentiator = Differentiator(calculus.book, variables: [variable])
    guard differentiator.depends(expression) else {
      let zero = Formula.zeros(variable.shape)
      add(
        subject, zero, ["\(variable.text) does not occur"], .differentials(of: expression, by: [variable], [])
      )
      return zero
    }
    _ = try differentiator.adjoints(of: expression, seed: seed)
    let visited = differentiator.visited.map(\.node)
    differentiator.keepsUses = true
    // An intermediate that is not a node everywhere it occurs has no adjoint of its own; a name in use means something
    // else.
    let scattered = FlattenedOccurrences(visited)
    let taken = Set(expression.variables.compactMap { $0.variable?.name } + definitions.map(\.name))
    var names: [Formula: String] = [:]
    for (name, formula) in definitions where names[formula] == nil {
      if !taken.contains("delta_\(name)"), !scattered.holdsPartsElsewhere(of: formula) {
        names[formula] = name
      }
    }
    let heads = [expression] + visited.filter { $0 !== expression && $0 !== variable && names[$0] != nil }
    let stops = Set(heads).union([variable])
    var sources: [Derivation.Source] = []
    var symbols: [Formula: Formula] = [expression: seed]
    for head in heads.dropFirst() {
      symbols[head] = .variable(
        Variable(name: "delta_\(names[head] ?? "")", shape: head.shape, properties: [], role: .definition))
    }
    for head in heads {
      let change = try differential(of: head, stops, differentiator)
      sources.append(Derivation.Source(node: head, adjoint: symbols[head] ?? seed, change: change))
    }
    var values: [Formula: Formula] = [:]
    for part in Array(heads.dropFirst()) + [variable] {
      differentiator.clearUses()
      var used: [Derivation.Source] = []
      var arrived: [Formula] = []
      for source in sources where source.change.differentialLeaves.contains(part) {
        used.append(source)
        let only = source.change.keepingChange(of: part)
        for (inner, adjoint) in try differentiator.pulledOut(source.adjoint, only) where inner === part {
          arrived.append(adjoint)
        }
      }
      let value = Formula.sum(arrived, part.shape)
      let evidence = Derivation.Evidence.adjoints(at: part, sources: used, differentiator.uses)
      let rules = ["identification"] + differentiator.uses.map(\.rule).filter { sayings[$0] != nil }
      if part === variable {
        add(subject, value, rules, evidence)
      } else {
        add(.adjoint(of: names[part] ?? ""), value, rules, evidence)
      }
      // Expanded, in terms of the seed alone.
      values[part] = value.replacing(
        Dictionary(
          uniqueKeysWithValues: heads.dropFirst().compactMap { head in
            guard let symbol = symbols[head], let known = values[head] else { return nil }
            return (symbol, known)
          }))
    }
    return values[variable] ?? .zeros(variable.shape)
  }

  /// The lines of the differential of one intermediate, down to those of the others and of the variable.
  mutating func differential(
    of head: Formula, _ stops: Set<Formula>, _ differentiator: Differentiator
  ) throws(DerivativeProblem) -> Formula {
    let subject = Derivation.Subject.formula(symbol(ofChange: head))
    differentiator.clearUses()
    var current = try differentiator.differential(of: head)
    var isFirst = true
    var lined = 0
    while true {
      // Linear parts are trivial: they are expanded without a line of their own.
      while let next = current.differentialLeaves.first(where: { part in
        !stops.contains(part) && differentiator.isLinear(part)
      }) {
        current = current.replacing([.differential(of: next): try differentiator.differential(of: next)])
      }
      let open = current.differentialLeaves.filter { !stops.contains($0) }
      let uses = differentiator.uses
      let named = uses[lined...].filter { !differentiator.isBookkeeping($0) }.map(\.rule)
      if !isFirst || open.isEmpty || !named.isEmpty || !differentiator.isLinear(head)
        || current.differentialLeaves.count > 1
      {
        add(
          subject, current, named.isEmpty ? ["linear"] : named,
          .differentials(of: head, by: differentiator.variables, uses))
        lined = uses.count
      }
      isFirst = false
      if open.isEmpty { return current }
      for part in open {
        current = current.replacing([.differential(of: part): try differentiator.differential(of: part)])
      }
    }
  }

  // MARK: Questions

  /// The gradient of a scalar; returns it simplified, as the rules of differentiation give it.
  mutating func scalarGradient(
    of expression: Formula, by variable: Formula, answer: Formula, shown: Formula?, free: [Formula] = [],
    isTransposed: Bool = false
  ) throws(DerivativeProblem) -> Formula {
    let subject = Derivation.Subject.derivative(
      .gradient, of: naming.shortened(expression), by: variable, times: nil)
    let raw = try sweep(expression, by: variable, seed: .one, subject)
    if !isTransposed { return conclude(raw, subject, answer: answer, shown: shown, free: free) }
    add(subject, raw.transposed, ["numerator layout"], .transposed(of: raw))
    return conclude(raw.transposed, subject, answer: answer, shown: shown, free: free)
  }

  /// From the result of the rules of differentiation to the answer.
  @discardableResult
  mutating func conclude(
    _ raw: Formula, _ subject: Derivation.Subject, answer: Formula, shown: Formula?, free: [Formula] = []
  ) -> Formula {
    let plain = simplify(raw, subject, free: free, shown: nil)
    if plain !== answer {
      add(subject, answer, shown: shown, ["an equal form"], .equality(plain))
    } else if let shown, let last = lines.last, last.right !== shown {
      add(subject, answer, shown: shown, ["named"], .rewrites(of: answer, [], free: free))
    }
    return answer
  }

  /// The Jacobian or gradient of a vector with respect to a vector, found as a linear map of u and read off as a
  /// matrix.
  mutating func matrix(
    _ kind: Derivation.Subject.Kind, of expression: Formula, by variable: Formula, answer: Formula,
    shown: Formula?, isTransposed: Bool
  ) throws(DerivativeProblem) {
    let column = expression.shape.isRow ? expression.transposed : expression
    let taken = Set(column.variables.compactMap { $0.variable?.name } + definitions.map(\.name))
    var letter = "u"
    while taken.contains(letter) { letter += "u" }
    let u = Formula.variable(
      Variable(name: letter, shape: column.shape, properties: [], role: .definition))
    let name = naming.shortened(expression)
    let before = lines
    let map = try sweep(
      column, by: variable, seed: u, .derivative(.gradient, of: name, by: variable, times: u))
    let plain = calculus.simplifier(free: [variable], searches: false)
      .simplify(variable.shape.isRow ? map.transposed : map)
    let matrix: Formula
    var identification = Identification(unknown: u)
    do throws(DerivativeProblem) { matrix = try identification.matrix(of: plain) } catch {
      guard case .noMatrixForm = error else { throw error }
      lines = before
      return try jacobianByVec(
        kind, of: column, by: variable, answer: answer, shown: shown, isTransposed: !isTransposed)
    }
    let subject = Derivation.Subject.derivative(kind, of: name, by: variable, times: nil)
    let value = isTransposed ? matrix.transposed : matrix
    add(
      subject, value, ["holds for every \(letter)"] + (isTransposed ? ["transposed"] : []),
      .matrix(ofMap: plain, u: u))
    _ = conclude(value, subject, answer: answer, shown: shown)
  }
}
