import NablaCompile
import NablaCore
import NablaTypes

/// Tests rules, facts and functions on random typed instances: every line of `Rules/` must pass before use.
/// All numbers come from the seed, so a verdict is reproducible. Formulas are evaluated as written, without the
/// compiler's stable forms, which use some of the identities themselves.
package struct RuleVerifier: Sendable {
  let book: RuleBook
  /// Instances on which each claim is tested.
  package var draws = 24

  /// Relative difference up to which the two sides of an identity are equal.
  static let identityTolerance = 1e-9
  /// Relative difference up to which a differential equals its differences.
  static let differentialTolerance = 1e-6
  /// A claim fails if the share of usable draws is below this: nobody could use it.
  static let usablePart = (2, 3)
  /// The seed of `rules check` and of rules read from a file.
  package static let standardSeed: UInt64 = 20_260_101

  package init(_ book: RuleBook = .standard) { self.book = book }

  /// The names of all rules, facts and functions of the book or of one file, in the order of the files.
  package func names(file: String? = nil) -> [String] {
    subjects.filter { file == nil || $0.source.file == file }.map(\.name)
  }

  /// The report on the rule, fact or function of that name; `nil` if there is none.
  package func verify(named name: String, seed: UInt64 = standardSeed) -> RuleReport? {
    subjects.first { $0.name == name }.map { report($0, seed: seed) }
  }

  /// Every line of the book that makes a claim.
  var subjects: [RuleSubject] {
    let functions = (book.functions.names + book.functions.kernels).compactMap { book.functions[$0] }
    let all =
      book.rules.map { RuleSubject($0) } + book.facts.map { RuleSubject($0) }
      + functions.map { RuleSubject($0) }
      + book.operations.compactMap { definition in
        guard case .operation(let operation)? = book.notation[definition.name] else { return nil }
        return RuleSubject(operation, definition)
      }
    return all.enumerated().sorted {
      let (a, b) = ($0.element.source, $1.element.source)
      return (a.file, a.line, $0.offset) < (b.file, b.line, $1.offset)
    }.map(\.element)
  }

  /// Tests all claims of a subject; the first failure decides.
  func report(_ subject: RuleSubject, seed: UInt64) -> RuleReport {
    var report = RuleReport(subject)
    if subject.claims.isEmpty { report.status = .unusable("no numbers satisfy its conditions") }
    var findings: [ExactCheck.Finding] = []
    for claim in subject.claims {
      let outcome = run(claim, draws: draws, seed: seed)
      report.draws += outcome.draws
      report.usableDraws += outcome.usable
      report.worstError = max(report.worstError, outcome.worst)
      if let counterexample = outcome.counterexample {
        report.status = .refuted(counterexample)
        return report
      }
      if outcome.isUnusable {
        report.status = .unusable(
          outcome.problem ?? "\(outcome.usable) of \(outcome.draws) draws could be used")
        return report
      }
      findings.append(ExactCheck(seed: seed, book: book).check(claim))
    }
    if findings.contains(.differs(isRational: true)) {
      report.status = .unusable("the sides differ exactly, though by less than numbers show")
      return report
    }
    report.isExact = findings.allSatisfy { if case .certified = $0 { true } else { false } }
    for definition in subject.kinkChecks {
      if let counterexample = undeclaredKink(definition) {
        report.status = .refuted(counterexample)
        return report
      }
    }
    return report
  }

  /// The compiler options for verification.
  var options: Compiler.Options {
    var options = Compiler.Options(book)
    options.stable = false
    return options
  }
}

/// A line of `Rules/` with its claims.
struct RuleSubject: Sendable {
  let name: String
  let source: Rule.Source
  let claims: [RuleClaim]
  /// Functions whose kinks must be declared.
  var kinkChecks: [FunctionDefinition] = []

  init(_ rule: Rule) {
    name = rule.name
    source = rule.source
    let statement: RuleClaim.Statement
    switch (rule.table, rule.left.kind) {
    case (.differential, .differential(let inner)): statement = .differential(inner, rule.right)
    case (.differential, _), (.adjoint, _), (.vectorization, _), (.identity, _), (.stable, _):
      statement = .equal(rule.left, rule.right)
    }
    let claim = RuleClaim(statement: statement, conditions: rule.conditions, isEntrywise: rule.isEntrywise)
    claims = rule.numbers.isEmpty ? [claim] : claim.withNumbers(rule.numbers)
  }

  init(_ fact: Fact) {
    name = fact.name
    source = fact.source
    claims = [
      RuleClaim(
        statement: .property(fact.pattern, fact.property), conditions: fact.conditions,
        isEntrywise: fact.isEntrywise)
    ]
  }

  init(_ function: FunctionDefinition) {
    name = function.name
    source = function.source
    var claims: [RuleClaim] = []
    let conditions = function.domain + function.conditions
    if let body = function.body {
      var claim = RuleClaim(
        statement: .equal(function.applied, body), conditions: function.domain, isEntrywise: true)
      claim.domainCount = function.domain.count
      claims.append(claim)
    }
    if !function.derivatives.isEmpty {
      let pairs = zip(function.parameters, function.derivatives)
      let terms = pairs.filter { !$0.1.isInvalid }.map { Formula.times([$1, .differential(of: $0)]) }
      var claim = RuleClaim(
        statement: .differential(function.applied, .sum(terms, .scalar)), conditions: conditions,
        isEntrywise: true)
      claim.fixed = pairs.filter { $0.1.isInvalid }.map(\.0)
      claim.kinks = function.kinks
      claim.domainCount = function.domain.count
      claims.append(claim)
      kinkChecks = [function]
    }
    self.claims = claims
  }

  /// An operation with a body or a kernel: the two must agree, and linearity must hold; `nil` if nothing is claimed.
  init?(_ operation: DefinedOperation, _ definition: OperationDefinition) {
    name = definition.name
    source = definition.source
    var claims: [RuleClaim] = []
    func claim(_ left: Formula, _ right: Formula) {
      claims.append(
        RuleClaim(statement: .equal(left, right), conditions: definition.domain, isEntrywise: false))
    }
    func applied(_ arguments: [Formula]) -> Formula {
      operation.unfolded(arguments) ?? .apply(.defined(operation), arguments, operation.result)
    }
    if operation.kernel != nil, let body = operation.body {
      claim(.apply(.defined(operation), operation.parameters, operation.result), body)
    }
    if operation.isLinear {
      let factor = Formula.variable(Variable(name: "factor", shape: .scalar, properties: []))
      for (place, parameter) in operation.parameters.enumerated() where parameter.variable != nil {
        let other = Formula.variable(Variable(name: "other", shape: parameter.shape, properties: []))
        var (sum, single) = (operation.parameters, operation.parameters)
        sum[place] = .adding(.times([factor, parameter]), other)
        single[place] = other
        claim(
          applied(sum), .adding(.times([factor, applied(operation.parameters)]), applied(single)))
      }
    }
    if claims.isEmpty { return nil }
    self.claims = claims
  }
}

extension FunctionDefinition {
  /// The function applied to its own parameters.
  var applied: Formula {
    name == "power" && parameters.count == 2
      ? .power(parameters[0], parameters[1]) : .apply(.elementwise(name), parameters, .scalar)
  }
}

/// A statement that can be tested with numbers.
struct RuleClaim: Sendable {
  enum Statement: Sendable {
    case equal(Formula, Formula)
    /// The second formula is the differential of the first.
    case differential(Formula, Formula)
    case property(Formula, Property)
  }

  var statement: Statement
  var conditions: [Condition]
  /// Whether the claim is about scalars only, and must hold entrywise for vectors and matrices too.
  var isEntrywise: Bool
  /// Integer variables, which differences leave alone.
  var fixed: [Formula] = []
  /// No differences are taken where one of these is zero.
  var kinks: [Formula] = []
  /// The number of leading conditions that are the domain of a function. No mutant drops them: they say where there is
  /// a value, not where the claim holds.
  var domainCount = 0
  /// A condition that a mutant drops: its instances are drawn so that the condition fails.
  var dropped: Condition?

  /// The formulas of the statement.
  var formulas: [Formula] {
    switch statement {
    case .equal(let left, let right), .differential(let left, let right): [left, right]
    case .property(let pattern, _): [pattern]
    }
  }

  /// The variables that need values, in structural order.
  var variables: [Formula] {
    var result: Set<Formula> = []
    for formula in formulas + conditions.map(\.formula) + kinks + (dropped.map { [$0.formula] } ?? []) {
      for leaf in formula.patternLeaves {
        if case .differential(let inner) = leaf.kind { result.insert(inner) } else { result.insert(leaf) }
      }
    }
    return result.sorted()
  }
}

extension Condition {
  /// The formula of the claim.
  var formula: Formula {
    switch self {
    case .property(let formula, _), .regular(let formula, _): formula
    }
  }
}
