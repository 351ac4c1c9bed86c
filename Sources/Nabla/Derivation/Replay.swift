import NablaLanguage

/// Why a derivation does not hold together.
public struct ReplayError: Error, Sendable, Hashable {
  /// The line, counted from 1; one more than there are lines if the last does not lead to the result.
  public let line: Int
  public let reason: String
}

extension Derivation {
  /// Does every line again with the rules that it names, nothing being searched for, and gives the result.
  ///
  /// Each use of a rule must be an instance of it, each line must follow from those before, and the last must be
  /// the result.
  /// - Throws: `ReplayError` with the first line that does not.
  public func replayed(with book: RuleBook = .standard) throws(ReplayError) -> Formula {
    // What is plain already needs no line.
    if lines.isEmpty { return result }
    var replay = Replay(book: book)
    for (index, line) in lines.enumerated() {
      if let reason = replay.objection(to: line) { throw ReplayError(line: index + 1, reason: reason) }
    }
    guard let last = replay.current ?? replay.change, last === result else {
      throw ReplayError(line: lines.count + 1, reason: "the lines do not lead to \(result.text)")
    }
    return last
  }
}

/// The state of a derivation that is gone through again.
private struct Replay {
  let book: RuleBook
  /// The derivative as far as it is found, written out.
  var current: Formula?
  /// The differential as far as it is found.
  var change: Formula?
  /// What stands for an adjoint, and what it is.
  private var symbols: [Formula: Formula] = [:]
  /// The differentials on the left of earlier lines.
  private var changes: [Formula: Formula] = [:]
  private let check: Verification

  init(book: RuleBook) {
    self.book = book
    check = Verification(seed: 1, book: book)
  }

  /// What is wrong with a line; nil when it follows.
  mutating func objection(to line: Derivation.Line) -> String? {
    switch line.evidence {
    case .differentials(let node, let variables, let uses):
      guard let value = differential(of: node, variables, uses) else { return "a rule is used wrongly" }
      if uses.isEmpty { current = line.value }
      change = line.value
      changes[.differential(of: node)] = line.value
      let expected = uses.isEmpty ? Formula.zeros(line.value.shape) : value
      return expected === line.value ? nil : "the rules give \(value.text)"
    case .adjoints(let part, let sources, let uses):
      return collected(line, part, sources, uses)
    case .insertion(let formula, let values):
      let isKnown = values.allSatisfy { key, value in
        changes[key] === value || changes[key].map { $0.replacing(values) } === value || value.isOne
      }
      guard isKnown, formula === change else { return "what is put in is no earlier line" }
      let value = formula.replacing(values)
      if values.values.contains(where: \.isOne) { current = value }
      change = value
      return value === line.value ? nil : "it gives \(value.text)"
    case .rewrites(let raw, let rewrites, let free):
      return rewritten(line, raw, rewrites, free)
    case .matrix(let map, let u):
      guard let found = try? Identification(unknown: u).matrix(of: map) else { return "no matrix" }
      guard let now = current, [now, now.transposed].contains(where: { isEqual($0, map) }) else {
        return "the map is another one"
      }
      current = line.value
      return [found, found.transposed].contains(line.value) ? nil : "it gives \(found.text)"
    case .vecMatrix(let plain, let variable):
      var identification = VecIdentification(unknown: .differential(of: variable))
      guard let found = try? identification.matrix(of: plain) else { return "no matrix" }
      current = line.value
      return found === line.value ? nil : "it gives \(found.text)"
    case .equality(let other):
      let before = current ?? change
      guard before == nil || other === before || other.transposed === before || line.value === other else {
        return "it goes on from another formula"
      }
      current = before == nil ? nil : line.value
      return isEqual(other, line.value) ? nil : "the sides differ"
    case .zero(let linear, let variable):
      current = line.value
      return isEqual(linear.replacing([variable: line.value]), .zeros(linear.shape))
        ? nil : "it is not zero there"
    }
  }

  private func isEqual(_ left: Formula, _ right: Formula) -> Bool {
    left.shape == right.shape && (left === right || check.checkEqual(left, right).status == .verified)
  }

  /// The rules used one after the other on the differential of a node; nil when one is no instance of its rule.
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
    for source in sources {
      guard changes.values.contains(source.change) else { return "what is collected is no earlier line" }
      guard let parts = try? differentiator.pulledOut(source.adjoint, source.change.keepingChange(of: part))
      else { return "a rule is used wrongly" }
      arrived += parts.filter { $0.part === part }.map(\.adjoint)
    }
    guard differentiator.uses == uses else { return "other rules are used" }
    let sum = Formula.sum(arrived, part.shape)
    guard sum === line.value else { return "the rules give \(sum.text)" }
    let written = sum.replacing(symbols)
    if case .adjoint(let name) = line.subject {
      symbols[
        .variable(Variable(name: "delta_\(name)", shape: part.shape, properties: [], role: .definition))] =
        written
    } else {
      current = written
    }
    return nil
  }

  private mutating func rewritten(
    _ line: Derivation.Line, _ raw: Formula, _ rewrites: [Rewrite], _ free: [Formula]
  ) -> String? {
    let simplifier = Simplifier(book, Knowledge(book, free: free))
    for rewrite in rewrites where !simplifier.allows(rewrite) {
      return "'\(rewrite.name)' does not make \(rewrite.after.text) of \(rewrite.before.text)"
    }
    let value = RewriteTable(rewrites).applied(to: raw)
    guard value === line.value else { return "the rewrites give \(value.text)" }
    if let start, start !== raw, (current ?? change) !== raw { return "it goes on from another formula" }
    start = raw
    current = line.value
    return nil
  }

  /// Where the rewrites under way began.
  private var start: Formula?
}
