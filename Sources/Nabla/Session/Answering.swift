import NablaCore
import NablaLanguage
import NablaOutput
import NablaTypes
import NablaVerify

/// Finds and checks the answers to one question.
struct Answering {
  let session: Session
  let question: TypedQuestion
  private(set) var calculus: Calculus
  let check: Verification
  let names: Lowering
  private let expression: Formula
  /// The definitions that answers may contain.
  private let definitions: [(name: String, formula: Formula)]

  init(_ session: Session, _ question: TypedQuestion) {
    self.session = session
    self.question = question
    let sides = [question.expression] + question.otherSides
    // A definition after `wrt` counts as an independent variable.
    let defined = Set(session.file.definitions)
    let differentiated = Set(question.wrt + sides.flatMap(\.wrt))
    let opaque = differentiated.filter(defined.contains)
    names = session.names(opaque: opaque)
    let formulas = names.names
    let formulasOfSides = sides.map { [names] in names.formula($0.expression) }
    expression = formulasOfSides[0]
    definitions = session.definitions(within: formulasOfSides, opaque: opaque, names)
    check = Verification(
      seed: session.options.seed, book: session.options.book,
      differentiated: differentiated.sorted().compactMap { formulas[$0] })
    calculus = Calculus(book: session.options.book).about(
      expression, definitions: definitions.map(\.formula))
  }

  func answers() throws(Inquiry.Failure) -> [Answer] { finished(try drafts()) }

  /// An answer before its parts get names.
  struct Draft {
    var derivative: Derivative
    var variables: [Formula] = []
    let expression: Formula
    let verdict: Verdict?
    var notes: [String] = []
    var refutation: Refutation?
  }

  private func drafts() throws(Inquiry.Failure) -> [Draft] {
    let kind = question.question.kind
    switch kind {
    case .gradient, .jacobian, .hessian, .differential:
      guard let derivative = kind.derivative else { return [] }
      return try inquiry.outcomes(derivative, by: question.wrt.map(variable)).map { outcome in
        Draft(
          derivative: outcome.derivative, variables: outcome.variables, expression: expression,
          verdict: outcome.verdict)
      }
    case .simplify: return [try simplified()]
    case .check: return [try checked()]
    case .stationary:
      var result: [Draft] = []
      for name in question.wrt { result.append(try stationary(name)) }
      return result
    }
  }

  private var inquiry: Inquiry {
    Inquiry(
      expression: expression, calculus: calculus, check: session.options.checks ? check : nil,
      layout: session.options.layout)
  }

  func variable(_ name: String) -> Formula { names.names[name] ?? .invalid }

  // MARK: The questions

  private func simplified() throws(Inquiry.Failure) -> Draft {
    let expression = self.expression
    let result = calculus.simplified(expression)
    if result.isInvalid { throw .problem(.noValue) }
    let verdict = try inquiry.confirmed { $0.verdict(on: .equality(expression, result)) }
    // Lost domain conditions are reported: x/x is 1 where x is not zero.
    let knowledge = Knowledge(session.options.book)
    let lost = domainConditions(question.expression.expression).lost(from: [result])
    let caveats = lost.flatMap(\.needs).filter { knowledge.truth($0.property, of: $0.argument) != .yes }
      .map { Caveat(kind: .condition($0.property), formula: $0.argument) }
    return Draft(
      derivative: Derivative(formula: result, caveats: caveats), expression: expression,
      verdict: verdict)
  }

  /// The domain conditions of an expression as typed.
  func domainConditions(_ expression: TypedExpression) -> [DomainCondition] {
    names.domainConditions(of: expression, book: session.options.book) {
      session.file.environment.definitions[$0]
    }
  }

  /// The zero of a linear gradient. Its linearity and the zero itself are always checked numerically, whatever the
  /// options say, since a kink looks linear to its own derivative.
  private func stationary(_ name: String) throws(Inquiry.Failure) -> Draft {
    let (expression, variable) = (self.expression, variable(name))
    let found = try inquiry.derived { () throws(DerivativeProblem) in
      try calculus.stationary(of: expression, by: variable)
    }
    guard check.verdict(on: .equality(found.gradient, found.linear)).status == .verified else {
      throw .problem(.noClosedForm(of: expression, by: variable))
    }
    let atPoint = found.gradient.replacing([variable: found.point])
    let verdict = try inquiry.confirmed {
      $0.verdict(on: .equality(atPoint, .zeros(found.gradient.shape)))
    }
    let knowledge = Knowledge(session.options.book)
    var caveats = found.derivative.caveats
    let isScalar = found.slope.isScalar
    let needed: Property = isScalar ? .nonzero : .invertible
    if knowledge.truth(needed, of: found.slope) != .yes {
      let core = found.slope.splitCoefficient.1
      caveats.append(Caveat(kind: .condition(needed), formula: core))
    }
    let others = question.wrt.count > 1 ? ["where the other variables are fixed"] : []
    return Draft(
      derivative: Derivative(formula: found.point, caveats: caveats), variables: [variable],
      expression: expression, verdict: verdict, notes: [Self.nature(found.slope, knowledge)] + others)
  }

  /// The kind of a zero of the gradient, from the second derivatives.
  private static func nature(_ slope: Formula, _ knowledge: Knowledge) -> String {
    let isScalar = slope.isScalar
    func isKnown(_ slope: Formula) -> Bool {
      knowledge.truth(isScalar ? .nonnegative : .psd, of: slope) == .yes
    }
    let second = "the \(isScalar ? "second derivative" : "Hessian") \(slope.text)"
    let (semidefinite, definite) = isScalar ? ("", "") : (" semidefinite", " definite")
    if isKnown(slope) { return "a minimum: \(second) is positive\(semidefinite)" }
    if isKnown(slope.negated) { return "a maximum: \(second) is negative\(semidefinite)" }
    return "a minimum where \(second) is positive\(definite), a maximum where it is negative\(definite)"
  }

  // MARK: The answers

  /// The answers with the user's names and with names for repeated parts.
  private func finished(_ drafts: [Draft]) -> [Answer] {
    let naming = Naming(definitions)
    let sharing = CommonSubexpressions(
      naming: naming, adjoints: adjoints(drafts), taken: session.takenNames, lets: session.options.lets,
      book: session.options.book)
    let (formulas, used) = sharing.named(drafts.map(\.derivative.formula))
    let mentioned = question.expression.expression.names { session.file.environment.definitions[$0] }
    let uses = DefinitionUses(used)
    // All drafts share one expression, except those of a claim's sides.
    var occurring: [Formula: Set<Formula>] = [:]
    for draft in drafts where occurring[draft.expression] == nil {
      occurring[draft.expression] = Set(draft.expression.variables)
    }
    return zip(drafts, formulas).map { draft, named in
      let remarks = Remarks(
        variables: draft.variables, occurring: occurring[draft.expression] ?? [],
        caveats: draft.derivative.caveats, mentioned: mentioned, naming: naming)
      return Answer(
        question: question.statement.text, kind: question.question.kind,
        variable: draft.variables.compactMap { $0.variable?.name }.joined(separator: ", "), formula: named,
        expanded: draft.derivative.formula, uses: uses,
        assumed: assumed(draft, occurring[draft.expression] ?? []),
        conditions: remarks.conditions, notes: draft.notes + arrayNotes(draft) + remarks.notes,
        caveats: draft.derivative.caveats, verdict: draft.verdict, refutation: draft.refutation,
        expression: draft.expression, variables: draft.variables)
    }
  }

  /// The inferred types of the names in a draft.
  private func assumed(_ draft: Draft, _ occurring: Set<Formula>) -> [String] {
    if session.file.assumed.isEmpty { return [] }
    let names = Set(occurring.union(draft.variables).compactMap { $0.variable?.name })
    return names.compactMap { session.assumedPlaces[$0] }.sorted().map { Self.text(session.file.assumed[$0]) }
  }

  /// The note that a gradient is not that of a scalar.
  private func arrayNotes(_ draft: Draft) -> [String] {
    guard question.question.kind == .gradient, !draft.expression.isScalar else { return [] }
    let shape = draft.expression.shape.declaration
    guard draft.variables.contains(where: { !$0.isScalar }) else {
      return ["the expression is a \(shape), not a scalar; it is differentiated entry by entry"]
    }
    let order =
      session.options.layout == .denominator
      ? "of entry j with respect to entry i" : "of entry i with respect to entry j"
    return ["the expression is a \(shape), not a scalar: entry [i, j] is the derivative \(order)"]
  }

  /// The simplified adjoints of the user's definitions, from the expression to the variables.
  private func adjoints(_ drafts: [Draft]) -> [(name: String, formula: Formula)] {
    guard question.question.kind == .gradient, let first = drafts.first, first.expression.isScalar,
      session.options.layout == .denominator
    else { return [] }
    let variables = drafts.flatMap(\.variables)
    // The nodes of the sweep are simplified without the properties of the variables.
    let plain = calculus.simplifier(free: variables)
    let hasSums = first.expression.containsIndexSum
    var names: [Formula: String] = [:]
    for (name, formula) in definitions where formula.height > 0 {
      let node = plain.simplify(hasSums ? IndexSums.lifted(formula) : formula)
      if names[node] == nil { names[node] = name }
    }
    let simplifier = calculus.simplifier()
    let places = first.derivative.adjoints.map(\.node)
    let scattered = FlattenedOccurrences(places)
    return first.derivative.adjoints.compactMap { node, adjoint in
      guard let name = names[node], !scattered.holdsPartsElsewhere(of: node) else { return nil }
      return (name: name, formula: simplifier.simplify(adjoint))
    }
  }

  private static func text(_ declaration: Declaration) -> String {
    let properties = declaration.properties.map(\.rawValue).sorted().map { ", " + $0 }.joined()
    return switch declaration.type {
    case .value(let shape): "\(declaration.name) : \(shape.declaration)\(properties)"
    case .function(let parameter, let result, _):
      "\(declaration.name) : \(parameter.declaration) -> \(result.declaration)"
    }
  }
}
