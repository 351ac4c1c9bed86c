import Nabla
import NablaCore
import NablaLanguage
import NablaNumerics
import NablaOutput
import NablaTypes
import NablaVerify

/// The amount of detail in an answer.
package enum AnswerDetail: Sendable {
  /// The formula alone, for scripts.
  case formula
  /// The formula with its basis, and the verdict in a few words.
  case standard
  /// The verdict with all figures.
  case verbose
}

/// The purpose for which the form of an answer is chosen.
package enum AnswerPurpose: String, CaseIterable, Sendable {
  /// The form that is simplest to read.
  case reading
  /// Also the forms that take the fewest operations.
  case cost
}

/// Writes answers as text and as JSON.
package struct AnswerWriter {
  let session: Session
  let format: OutputFormat
  let steps: Bool
  let detail: AnswerDetail
  let purpose: AnswerPurpose
  /// LaTeX names of functions that override the usual ones.
  var latexNames: [String: String] { session.options.book.latexNames }

  package init(
    _ session: Session, format: OutputFormat, steps: Bool, detail: AnswerDetail = .standard,
    purpose: AnswerPurpose = .reading
  ) {
    self.session = session
    self.purpose = purpose
    self.format = format
    self.steps = steps
    self.detail = detail
  }

  func formula(_ formula: Formula) -> String {
    switch format {
    case .text, .index, .json: formula.text
    case .unicode: formula.unicode
    case .latex: formula.latex(functionNames: latexNames)
    case .mathml: formula.mathML(functionNames: latexNames)
    }
  }

  /// A name and its formula.
  private func equation(_ name: String, _ formula: Formula) -> String {
    switch format {
    case .text, .unicode, .latex, .index, .json: "\(name) = \(self.formula(formula))"
    case .mathml: formula.mathML(of: name, functionNames: latexNames)
    }
  }

  /// The answers to one question, their basis, and the verdict.
  package func write(_ answers: [Answer]) -> String {
    guard let first = answers.first else { return "" }
    if detail == .formula { return alone(answers) }
    // A gradient of something other than a scalar is announced first.
    let isOfArray = first.kind == .gradient && !first.expression.shape.isScalar
    let remark = (isOfArray ? first.notes.first : first.layout).map { "  (\($0))" } ?? ""
    var text = "\(first.question)\(remark)\n"
    if first.kind == .check { return text + "  \(verdict(first.verdict, first.refutation))\n" }
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
    for answer in answers { text += costs(of: answer, isOneOfSeveral: answers.count > 1) }
    let assumed = unique(answers.map(\.assumed))
    let conditions = unique(answers.map(\.conditions))
    if !assumed.isEmpty { text += "  assumed: \(assumed.joined(separator: "; "))\n" }
    if !conditions.isEmpty { text += "  holds where \(conditions.joined(separator: ", "))\n" }
    for note in unique(answers.map { isOfArray ? Array($0.notes.dropFirst()) : $0.notes }) {
      text += "  note: \(note)\n"
    }
    let verdicts = answers.compactMap(\.verdict)
    if verdicts.count > 1, verdicts.allSatisfy({ $0.status == .verified }) {
      text += "  each \(verdict(verdicts.dropFirst().reduce(verdicts[0]) { $0.joined(with: $1) }))\n"
    } else {
      for answer in answers where answer.verdict != nil {
        let label = answers.count > 1 ? "wrt \(answer.variable): " : ""
        text += "  \(label)\(verdict(answer.verdict))\n"
      }
    }
    return text
  }

  /// The formulas alone, one on each line, with only names of the question; for a claim, its status.
  private func alone(_ answers: [Answer]) -> String {
    answers.map { answer in
      if answer.kind == .check { return VerdictText.status(answer.verdict) + "\n" }
      if format == .index, let components = answer.expanded.components {
        return components.lines.joined(separator: "\n") + "\n"
      }
      return formula(cheapest(answer).first?.formula ?? answer.expanded) + "\n"
    }.joined()
  }

  /// The cheapest forms, if they are asked for.
  func cheapest(_ answer: Answer) -> [CheapForm] {
    switch purpose {
    case .reading: []
    case .cost: session.cheapestForms(of: answer)
    }
  }

  /// The operations of an answer, and the forms that take fewer.
  private func costs(of answer: Answer, isOneOfSeveral: Bool) -> String {
    let forms = cheapest(answer)
    if forms.isEmpty { return "" }
    let label = isOneOfSeveral ? "wrt \(answer.variable): " : ""
    var lines = OperationCount.text(answer.expanded).map { ["operations: \($0)"] } ?? []
    for form in forms where form.formula !== answer.expanded || forms.count > 1 {
      let condition = form.condition.map { " where \($0)" } ?? ""
      lines.append(
        "cheapest\(condition): \(formula(form.formula))  (\(OperationCount.text(of: form.operations)) operations)"
      )
    }
    return lines.map { "  \(label)\($0)\n" }.joined()
  }

  private func verdict(_ verdict: Verdict?, _ refutation: Refutation? = nil) -> String {
    VerdictText(verdict, refutation, isVerbose: detail == .verbose).text
  }

  /// The derivations of answers to one question, or one stage of them; empty for a claim.
  package func explanation(_ answers: [Answer], _ stage: DerivationStage?) -> String {
    let derivations = derivations(of: answers, stage)
    guard let first = answers.first, !derivations.isEmpty else { return "" }
    return derivations.reduce("\(first.question)\n") { text, next in
      let label = derivations.count > 1 ? "  wrt \(next.answer.variable)\n" : ""
      return text + label
        + derivation(next.derivation).split(separator: "\n").map { "  \($0)\n" }.joined()
    }
  }

  func derivations(
    of answers: [Answer], _ stage: DerivationStage?
  ) -> [(answer: Answer, derivation: Derivation)] {
    answers.compactMap { answer in
      session.derivation(of: answer).map { derivation in
        (answer, stage.map { derivation.only($0) } ?? derivation)
      }
    }
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
    // If the components are too large, this is reported as for text.
    if format == .index, let components = answer.components { lines = components.lines(of: name) }
    return lines.map { "  \(label)\($0)\n" }.joined()
  }

  /// A named intermediate, with its entries in index notation.
  private struct Definition {
    let name: String
    let formula: Formula
    let components: Components?
  }

  /// The intermediates used by any answer, in the order of the file.
  private func definitions(of answers: [Answer]) -> [Definition] {
    var components: [String: Components] = [:]
    if format == .index {
      for answer in answers {
        for (definition, found) in zip(answer.definitions, answer.definitionComponents)
        where components[definition.name] == nil {
          components[definition.name] = found
        }
      }
    }
    return Answer.definitions(of: answers).map { name, formula in
      Definition(name: name, formula: formula, components: components[name])
    }
  }
}
