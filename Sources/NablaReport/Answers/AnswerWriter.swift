import Nabla
import NablaCore
import NablaLanguage
import NablaNumerics
import NablaOutput
import NablaTypes
import NablaVerify

/// Writes answers as text and as JSON.
package struct AnswerWriter {
  let session: Session
  let format: OutputFormat
  let steps: Bool
  /// LaTeX's names for functions that go before the usual ones.
  var latexNames: [String: String] { session.options.book.latexNames }

  package init(_ session: Session, format: OutputFormat, steps: Bool) {
    self.session = session
    self.format = format
    self.steps = steps
  }

  func formula(_ formula: Formula) -> String {
    switch format {
    case .text, .index, .json: formula.text
    case .unicode: formula.unicode
    case .latex: formula.latex(functionNames: latexNames)
    case .mathml: formula.mathML(functionNames: latexNames)
    }
  }

  /// A name and what it is.
  private func equation(_ name: String, _ formula: Formula) -> String {
    switch format {
    case .text, .unicode, .latex, .index, .json: "\(name) = \(self.formula(formula))"
    case .mathml: formula.mathML(of: name, functionNames: latexNames)
    }
  }

  /// The answers to one question, what they rest on, and the verdict.
  package func write(_ answers: [Answer]) -> String {
    guard let first = answers.first else { return "" }
    // What was asked of something else than a scalar is said at once.
    let isOfArray = first.kind == .gradient && !first.expression.shape.isScalar
    let remark = isOfArray ? first.notes.first.map { "  (\($0))" } ?? "" : ""
    var text = "\(first.question)\(remark)\n"
    if first.kind == .check { return text + "  \(Self.verdict(first.verdict, first.refutation))\n" }
    for answer in answers {
      if steps, let derivation = session.derivation(of: answer) {
        text += self.derivation(derivation).split(separator: "\n").map { "  \($0)\n" }.joined() + "\n"
      }
    }
    for answer in answers { text += lines(of: answer, isOneOfSeveral: answers.count > 1) }
    for definition in definitions(of: answers) {
      let lines =
        definition.components?.lines(of: definition.name)
        ?? [equation(definition.name, definition.formula)]
      text += lines.map { "  where \($0)\n" }.joined()
    }
    func unique(_ lines: [[String]]) -> [String] {
      var seen: Set<String> = []
      return lines.joined().filter { seen.insert($0).inserted }
    }
    let assumed = unique(answers.map(\.assumed))
    let conditions = unique(answers.map(\.conditions))
    if !assumed.isEmpty { text += "  assumed: \(assumed.joined(separator: "; "))\n" }
    if !conditions.isEmpty { text += "  holds where \(conditions.joined(separator: ", "))\n" }
    for note in unique(answers.map { isOfArray ? Array($0.notes.dropFirst()) : $0.notes }) {
      text += "  note: \(note)\n"
    }
    let verdicts = answers.compactMap(\.verdict)
    if verdicts.count > 1, verdicts.allSatisfy({ $0.status == .verified }) {
      text += "  each \(Self.verdict(verdicts.dropFirst().reduce(verdicts[0]) { $0.joined(with: $1) }))\n"
    } else {
      for answer in answers where answer.verdict != nil {
        let label = answers.count > 1 ? "wrt \(answer.variable): " : ""
        text += "  \(label)\(Self.verdict(answer.verdict))\n"
      }
    }
    return text
  }

  private func derivation(_ derivation: Derivation) -> String {
    switch format {
    case .text, .index, .json: derivation.description
    case .unicode: derivation.unicode
    case .latex: derivation.latex
    case .mathml: derivation.mathML
    }
  }

  private func lines(of answer: Answer, isOneOfSeveral: Bool) -> String {
    let name = answer.kind == .stationary ? answer.variable : nil
    let label = isOneOfSeveral && name == nil ? "wrt \(answer.variable): " : ""
    var lines = [name.map { equation($0, answer.formula) } ?? formula(answer.formula)]
    // What is too large for components says so as text does.
    if format == .index, let components = answer.components { lines = components.lines(of: name) }
    return lines.map { "  \(label)\($0)\n" }.joined()
  }

  /// A named intermediate; with its entries in index notation.
  private struct Definition {
    let name: String
    let formula: Formula
    let components: Components?
  }

  /// The intermediates that any answer uses: those of each are in the order of all.
  private func definitions(of answers: [Answer]) -> [Definition] {
    var result: [Definition] = []
    var places: [String: Int] = [:]
    for answer in answers {
      let components = format == .index ? answer.definitionComponents : []
      var place = 0
      for (index, definition) in answer.definitions.enumerated() {
        if let known = places[definition.name] {
          place = known + 1
          continue
        }
        result.insert(
          Definition(
            name: definition.name, formula: definition.formula,
            components: components.isEmpty ? nil : components[index]), at: place)
        for (index, definition) in result[place...].enumerated() { places[definition.name] = place + index }
        place += 1
      }
    }
    return result
  }

  /// `verified` or `refuted`, with the figures.
  package static func verdict(_ verdict: Verdict?, _ refutation: Refutation? = nil) -> String {
    guard let verdict else { return "not checked" }
    switch verdict.status {
    case .verified:
      return verified(verdict)
    case .skipped(let reason):
      return "not checked: \(reason)"
    case .refuted:
      var text = "REFUTED"
      if verdict.isRefutedExactly {
        text += " exactly: the sides differ, by less than the tolerance of numbers"
      }
      if let step = refutation?.step { text += " \(step.words)" }
      return ([text] + details(verdict, refutation)).joined(separator: "\n")
    }
  }

  /// The values that refute a claim, and what helps with it, a line each.
  package static func details(_ verdict: Verdict, _ refutation: Refutation?) -> [String] {
    (verdict.counterexample.map { [counterexample($0)] } ?? [])
      + (refutation?.lines ?? []).map { "    \($0)" }
  }

  /// How it was verified: exactly, at random points, or both.
  private static func verified(_ verdict: Verdict) -> String {
    let points = "at \(verdict.points) random point\(verdict.points == 1 ? "" : "s")"
    let numbers = "\(points), largest relative error \(figure(verdict.error))"
    guard let certificate = verdict.certificate else {
      let order = verdict.order.map { ", order of convergence \(Matrix.text(of: $0, digits: 2))" } ?? ""
      let digits = verdict.digits.map { ", and to \($0) digits" } ?? ""
      return "verified \(numbers)\(order)\(digits)"
    }
    let probability = "error probability < 2^-\(certificate.exponent)"
    let exact =
      certificate.hasChoices
      ? "exactly in \(certificate.points) random cases (\(probability) each)"
      : certificate.sizes > 1
        ? "exactly at \(certificate.sizes) choices of sizes (\(probability) each)"
        : "exactly (\(probability))"
    return verdict.points == 0 ? "verified \(exact)" : "verified \(exact) and \(numbers)"
  }

  package static func counterexample(_ example: Counterexample) -> String {
    var lines: [String] = []
    for name in example.values.keys.sorted() {
      guard let value = example.values[name] else { continue }
      lines.append("    \(name) = \(inline(value, isNumber: example.isNumber(name)))")
    }
    // As many digits as it takes to see the difference.
    func side(_ value: Matrix, _ digits: Int) -> String {
      inline(value, isNumber: example.sidesAreNumbers, digits)
    }
    let digits = [6, 9, 12, 17].first { side(example.left, $0) != side(example.right, $0) } ?? 17
    lines.append("    left side  = \(side(example.left, digits))")
    lines.append("    right side = \(side(example.right, digits))")
    return lines.joined(separator: "\n")
  }

  package static func figure(_ value: Double) -> String {
    if value == 0 { return "0" }
    return Matrix.text(of: value, digits: 2)
  }

  /// A matrix on one line: `[1 2; 3 4]`; a number without brackets.
  package static func inline(_ matrix: Matrix, isNumber: Bool, _ digits: Int = 6) -> String {
    if isNumber, matrix.rows == 1, matrix.columns == 1 {
      return Matrix.text(of: matrix[0, 0], digits: digits)
    }
    let rows = (0..<matrix.rows).map { i in
      (0..<matrix.columns).map { Matrix.text(of: matrix[i, $0], digits: digits) }.joined(separator: " ")
    }
    return "[" + rows.joined(separator: "; ") + "]"
  }
}
