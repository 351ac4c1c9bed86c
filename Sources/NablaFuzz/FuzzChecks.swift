import NablaCompile
import NablaCore
import NablaLanguage
import NablaNumerics
import NablaOutput
import NablaTypes
import NablaVerify

/// The properties that every formula must have.
struct FuzzChecks {
  let book: RuleBook
  /// Seed for verification and for the order of writing.
  let seed: UInt64
  /// More expensive formulas are only read and printed.
  static let largestCost = 4_000

  var numeric: NumericCheck {
    var check = NumericCheck(seed: seed, book: book)
    check.points = 4
    check.takesMore = false
    return check
  }
  var exact: ExactCheck { ExactCheck(seed: seed, book: book) }

  /// The first violation; nil if there is none, or if the text has no formula.
  func finding(_ tree: FuzzTree) -> FuzzFinding? {
    let text = tree.text
    let reader: FuzzReader
    let formula: Formula
    do throws(NablaError) {
      reader = try FuzzReader(tree.declarations, book: book)
      formula = try reader.formula(text)
    } catch {
      let message = error.diagnostics.first?.message ?? "not read"
      return FuzzFinding(kind: .reading, message: message, questions: ["simplify \(text)"])
    }
    // A division by zero, or an overflow: an error for the user.
    if formula.isInvalid { return nil }
    let ask = ["simplify \(text)"]
    if formula.shape != tree.shape {
      let message = "the shape is \(formula.shape) instead of \(tree.shape)"
      return FuzzFinding(kind: .reading, message: message, questions: ask)
    }
    if let found = printing(formula, reader, ask) { return found }
    if formula.cost > Self.largestCost { return nil }
    return order(tree, formula, reader) ?? simplification(formula, reader, ask)
      ?? construction(tree, formula, reader, ask) ?? values(tree, formula, reader)
      ?? derivatives(tree, formula, reader)
  }

  // MARK: Printing

  func printing(_ formula: Formula, _ reader: FuzzReader, _ ask: [String]) -> FuzzFinding? {
    guard let text = formula.text(limit: PrintLimit.symbols) else { return nil }
    do throws(NablaError) {
      let again = try reader.printed(text, like: formula.shape)
      // The printer chooses the sign inside norms and odd functions, so another formula of the same value may come back.
      if again !== formula, simplified(again) !== simplified(formula),
        Verification(numeric, book).verdict(on: .equality(formula, again)).status != .verified
      {
        return FuzzFinding(
          kind: .roundTrip, message: "'\(text)' reads back as '\(again.text)'", questions: ask)
      }
    } catch {
      let message = error.diagnostics.first?.message ?? ""
      return FuzzFinding(
        kind: .roundTrip, message: "'\(text)' does not read back: \(message)", questions: ask)
    }
    var latex = [formula.latex]
    if let components = formula.components { latex += [components.latex] + components.lines }
    for text in latex {
      if let problem = FuzzBrackets.problem(in: text) {
        return FuzzFinding(kind: .brackets, message: "\(problem) in '\(text)'", questions: ask)
      }
    }
    return nil
  }

  // MARK: Forms

  private func simplified(_ formula: Formula) -> Formula { Calculus(book: book).simplified(formula) }

  private func order(_ tree: FuzzTree, _ formula: Formula, _ reader: FuzzReader) -> FuzzFinding? {
    var random = SplitMix64(seed: seed)
    let text = tree.rearranged(&random).text
    let questions = ["simplify \(tree.text)", "simplify \(text)", "check \(tree.text) == \(text)"]
    guard let other = try? reader.formula(text) else {
      return FuzzFinding(kind: .order, message: "'\(text)' does not read", questions: questions)
    }
    if other === formula { return nil }
    let message =
      other.isInvalid ? "one order is invalid" : "'\(formula.text)' and '\(other.text)' are different forms"
    return FuzzFinding(kind: .order, message: message, questions: questions)
  }

  private func simplification(_ formula: Formula, _ reader: FuzzReader, _ ask: [String]) -> FuzzFinding? {
    let plain = simplified(formula)
    if plain.isInvalid {
      // An index sum may hide a division by zero at all sizes except 1.
      if IndexSums.lifted(formula).isInvalid { return nil }
      // A formula with a value has a simplest form; infinities may hide that it has no value.
      if case .notApplicable = exact.finding(on: .equality(formula, formula.scaled(by: 2))) { return nil }
      if !numeric.hasSteadyValue(formula) { return nil }
      return FuzzFinding(kind: .simplification, message: "the simplest form is invalid", questions: ask)
    }
    if plain.shape != formula.shape {
      return FuzzFinding(
        kind: .simplification, message: "the simplest form has another shape", questions: ask)
    }
    let again = simplified(plain)
    if again !== plain {
      return FuzzFinding(
        kind: .idempotence, message: "'\(plain.text)' becomes '\(again.text)'", questions: ask)
    }
    if let found = printing(plain, reader, ask) { return found }
    return disagreement(
      .simplification, "simplified to '\(plain.text)'", ask, numeric.verdict(on: .equality(formula, plain)),
      exact.finding(on: .equality(formula, plain))
    ) { Verification(numeric, book).verdict(on: .equality(formula, plain)) }
  }

  /// Compares the canonical form with the operations of the text, evaluated in turn.
  private func construction(
    _ tree: FuzzTree, _ formula: Formula, _ reader: FuzzReader, _ ask: [String]
  ) -> FuzzFinding? {
    guard let typed = try? reader.typed(tree.text),
      let difference = FuzzStepwise(lowering: reader.names, book: book, seed: seed)
        .difference(typed, formula)
    else { return nil }
    return FuzzFinding(
      kind: .construction, message: "'\(formula.text)' has another value: \(difference)", questions: ask)
  }

  // MARK: Verdicts

  /// The objections of two arms to a claim, or their contradiction.
  func disagreement(
    _ kind: FuzzDefect.Kind, _ claim: String, _ ask: [String], _ numbers: Verdict,
    _ finding: ExactCheck.Finding, joined: () -> Verdict
  ) -> FuzzFinding? {
    switch (numbers.status, finding) {
    case (.refuted, .certified):
      // A difference from rounding alone, for a claim certified as rational, is not a contradiction.
      if joined().status == .verified { return nil }
      return FuzzFinding(
        kind: .arms, message: "\(claim): refuted with numbers, certified exactly", questions: ask)
    case (.verified, .differs(isRational: true)):
      return FuzzFinding(
        kind: .arms, message: "\(claim): verified with numbers, refuted exactly", questions: ask)
    case (.refuted, _):
      let example = numbers.counterexample.map { ": \($0)" } ?? ""
      return FuzzFinding(kind: kind, message: "\(claim)\(example)", questions: ask)
    case (.skipped, .differs(isRational: true)):
      return FuzzFinding(kind: kind, message: "\(claim): refuted exactly", questions: ask)
    case (.verified, _), (.skipped, _): return nil
    }
  }
}
