import NablaCore
import NablaOutput
import NablaVerify

/// The reason why a derivation is not valid.
package struct ReplayError: Error, Sendable, Hashable {
  /// The line, counted from 1; one past the last if the last line does not give the result.
  package let line: Int
  package let reason: String
}

extension Derivation {
  /// Repeats every line with its rules, without any search, and returns the result.
  /// Each use of a rule must be an instance of it, each line must follow from earlier ones, and the last must be the
  /// result.
  /// - Throws: `ReplayError` with the first invalid line.
  package func replayed(with book: RuleBook = .standard) throws(ReplayError) -> Formula {
    // An answer that needs no simplification needs no line.
    if lines.isEmpty { return result }
    var replay = Replay(
      book: book, surroundings: surroundings, variables: (lines.map(\.value) + [result]).freeVariables)
    for (index, line) in lines.enumerated() {
      if let reason = replay.objection(to: line) { throw ReplayError(line: index + 1, reason: reason) }
    }
    guard let last = replay.current ?? replay.change, last === result else {
      throw ReplayError(line: lines.count + 1, reason: "the lines do not lead to \(result.text)")
    }
    return last
  }
}

/// The state of a replayed derivation.
private struct Replay {
  let book: RuleBook
  let calculus: Calculus
  /// The derivative so far, expanded.
  var current: Formula?
  /// The differential so far.
  var change: Formula?
  /// The symbols for adjoints and their values.
  private var symbols: [Formula: Formula] = [:]
  /// The symbols for the adjoints of nodes; the first is the seed.
  private var adjoints: [Formula: Formula] = [:]
  /// The differentials of nodes on the right sides of earlier lines.
  private var changes: [Formula: Formula] = [:]
  private let check: Verification

  init(book: RuleBook, surroundings: Surroundings, variables: [Formula]) {
    calculus = Calculus(book: book, surroundings: surroundings)
    self.book = book
    check = Verification(seed: 1, book: book, differentiated: variables)
  }

  /// The problem with a line; `nil` if it follows from earlier ones.
  mutating func objection(to line: Derivation.Line) -> String? {
    switch line.evidence {
    case .differentials(let node, let variables, let uses):
      begin(at: node, line)
      guard !uses.isEmpty else {
        let isConstant = !Differentiator(book, variables: variables).depends(node)
        (current, change) = (line.value, line.value)
        return isConstant && line.value.isZero ? nil : "a part taken as constant is not"
      }
      guard let value = differential(of: node, variables, uses) else { return "a rule is used wrongly" }
      change = line.value
      changes[node] = line.value
      return value === line.value ? nil : "the rules give \(value.text)"
    case .adjoints(let part, let sources, let uses):
      return collected(line, part, sources, uses)
    case .insertion(let formula, let values):
      let isKnown = values.allSatisfy { key, value in
        guard case .differential(let node) = key.kind else { return false }
        return node.isScalar && value.isOne && node.variable != nil
          || changes[node].map { $0 === value || $0.replacing(values) === value } ?? false
      }
      guard isKnown, formula === change else { return "the substituted formula is not in an earlier line" }
      let value = formula.replacing(values)
      if values.values.contains(where: \.isOne) { current = value }
      change = value
      return value === line.value ? nil : "it gives \(value.text)"
    case .rewrites(let raw, let rewrites, let free):
      return rewritten(line, raw, rewrites, free)
    case .matrix(let map, let u):
      var identification = Identification(unknown: u)
      guard let found = try? identification.matrix(of: map) else { return "no matrix" }
      guard let now = current, [now, now.transposed].contains(where: { isEqual($0, map) }) else {
        return "the map differs"
      }
      current = line.value
      return [found, found.transposed].contains(line.value) ? nil : "it gives \(found.text)"
    case .vecMatrix(let plain, let variable):
      guard let now = change, calculus.simplifier(free: [variable], searches: false).simplify(now) === plain
      else {
        return "the differential differs"
      }
      var identification = VecIdentification(book, unknown: .differential(of: variable))
      guard let found = try? identification.matrix(of: plain) else { return "no matrix" }
      current = line.value
      return found === line.value ? nil : "it gives \(found.text)"
    case .transposed(let other):
      guard other === current else { return "it continues from a different formula" }
      current = line.value
      return other.transposed === line.value ? nil : "it is not the transpose"
    case .equality(let other):
      if let before = current ?? change {
        guard other === before || other.transposed === before else {
          return "it continues from a different formula"
        }
        current = line.value
      } else {
        guard case .formula = line.subject else { return "it has no line before" }
      }
      return isEqual(other, line.value) ? nil : "the sides differ"
    case .zero(let linear, let variable):
      guard linear === current else { return "it continues from a different formula" }
      current = line.value
      return isEqual(linear.replacing([variable: line.value]), .zeros(linear.shape))
        ? nil : "it is not zero there"
    }
  }

  /// A differential after a finished derivative starts another derivation: the state of the first is dropped.
  private mutating func begin(at node: Formula, _ line: Derivation.Line) {
    if current == nil { return }
    (current, change, start) = (nil, nil, nil)
    (changes, symbols, adjoints) = ([:], [:], [:])
  }

  private func isEqual(_ left: Formula, _ right: Formula) -> Bool {
    left.shape == right.shape
      && (left === right || check.verdict(on: .equality(left, right)).status == .verified)
  }

  /// The rules applied in turn to the differential of a node; `nil` if a step is not an instance of its rule.
  private func differential(of node: Formula, _ variables: [Formula], _ uses: [RuleUse]) -> Formula? {
    let differentiator = Differentiator(book, variables: variables)
    differentiator.keepsUses = true
    var value = Formula.differential(of: node)
    for use in uses {
      guard case .differential(let inner) = use.before.kind,
        (try? differentiator.differential(of: inner)) != nil, differentiator.uses.last == use
      else { return nil }
      value = value.replacing([use.before: use.after])
    }
    return value
  }

  private mutating func collected(
    _ line: Derivation.Line, _ part: Formula, _ sources: [Derivation.Source], _ uses: [RuleUse]
  ) -> String? {
    let differentiator = Differentiator(book, variables: [])
    differentiator.keepsUses = true
    var arrived: [Formula] = []
    // Everything that depends on the part must be present.
    let expected = changes.filter { $0.value.differentialLeaves.contains(part) }.keys
    guard Set(sources.map(\.node)) == Set(expected), sources.count == expected.count else {
      return "some contributions to \(part.text) are missing"
    }
    for source in sources {
      guard changes[source.node] === source.change else { return "an adjoint is not in an earlier line" }
      if let known = adjoints[source.node] {
        guard known === source.adjoint else { return "a different adjoint is used" }
      } else {
        // The first adjoint is the seed: 1, or the vector that the derivative is applied to.
        let isSeed = source.adjoint.isOne || source.adjoint.variable?.role == .definition
        guard isSeed, adjoints.isEmpty else { return "an adjoint is unknown" }
        adjoints[source.node] = source.adjoint
      }
      guard let parts = try? differentiator.pulledOut(source.adjoint, source.change.keepingChange(of: part))
      else { return "a rule is used wrongly" }
      arrived += parts.filter { $0.part === part }.map(\.adjoint)
    }
    guard differentiator.uses == uses else { return "different rules are used" }
    let sum = Formula.sum(arrived, part.shape)
    guard sum === line.value else { return "the rules give \(sum.text)" }
    let written = sum.replacing(symbols)
    if case .adjoint(let name) = line.subject {
      let symbol = Formula.variable(
        Variable(name: "delta_\(name)", shape: part.shape, properties: [], role: .definition))
      symbols[symbol] = written
      adjoints[part] = symbol
    } else {
      current = written
    }
    return nil
  }

  private mutating func rewritten(
    _ line: Derivation.Line, _ raw: Formula, _ rewrites: [Rewrite], _ free: [Formula]
  ) -> String? {
    let simplifier = calculus.simplifier(free: free)
    for rewrite in rewrites where !simplifier.allows(rewrite) {
      return "'\(rewrite.name)' does not rewrite \(rewrite.before.text) to \(rewrite.after.text)"
    }
    let value = RewriteTable(rewrites).applied(to: raw)
    guard value === line.value else { return "the rewrites give \(value.text)" }
    if start !== raw {
      let before = current ?? change
      let isExpression = line.subject == .formula(raw)
      guard before == nil ? isExpression : before === raw else {
        return "it continues from a different formula"
      }
    }
    start = raw
    current = line.value
    return nil
  }

  /// The formula at the start of the current rewrites.
  private var start: Formula?
}
