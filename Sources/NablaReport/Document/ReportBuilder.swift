import Nabla
import NablaCore
import NablaLanguage
import NablaOutput
import NablaVerify

/// Builds the report of a session.
package struct ReportBuilder {
  private let session: Session
  private var latexNames: [String: String] { session.options.book.latexNames }

  package init(_ session: Session) { self.session = session }

  /// The report, and the questions that could not be answered.
  package func report(title: String) -> (report: Report, failures: [Diagnostic], isRefuted: Bool) {
    var report = Report(title: title, sections: [names].compactMap(\.self))
    var failures = session.diagnostics
    var isRefuted = false
    var drawn: Set<Formula> = []
    for question in session.questions {
      var section = Report.Section(heading: [.code(question.statement.text)])
      switch session.answer(question) {
      case .answers(let answers):
        for answer in answers {
          section.blocks += blocks(answer, question)
          if answer.verdict?.status == .refuted { isRefuted = true }
        }
        // One picture of an expression is enough.
        if let expression = answers.first?.expression, drawn.insert(expression).inserted {
          section.blocks += graph(answers.first)
        }
      case .failure(let diagnostic):
        failures.append(diagnostic)
        section.blocks.append(.verdict(.skipped, diagnostic.message))
      case .defect:
        let words = "the answer failed its own check and is not shown; please report it"
        failures.append(Diagnostic(message: words, range: question.statement.range))
        section.blocks.append(.verdict(.skipped, words))
      }
      report.sections.append(section)
    }
    return (report, failures, isRefuted)
  }

  // MARK: The names

  private var names: Report.Section? {
    var section = Report.Section(heading: [.words("Names")])
    let declared = session.declarations.map { declared -> [Report.Span] in
      let declaration = declared.declaration
      let type = declaration.description.dropFirst(declaration.name.count)
      return [
        .formula(equation([.name(declaration.name)])), .code(String(type)),
        .words(declared.isAssumed ? " (inferred)" : ""),
      ]
    }
    if !declared.isEmpty { section.blocks.append(.list(declared)) }
    section.blocks += session.definitions.map { .equation(named($0.name, $0.formula)) }
    return section.blocks.isEmpty ? nil : section
  }

  private func named(_ name: String, _ formula: Formula) -> Report.Equation {
    equation([.name(name), .symbol(.equals)], formula)
  }

  private func equation(_ marks: [Mark], _ formula: Formula? = nil) -> Report.Equation {
    Report.Equation(left: marks, right: formula?.printedMarks(functionNames: latexNames) ?? [])
  }

  // MARK: The answers

  private func blocks(_ answer: Answer, _ question: TypedQuestion) -> [Report.Block] {
    var blocks: [Report.Block] = []
    if answer.kind != .check {
      blocks.append(.equation(equation(subject(answer, question), answer.formula)))
      if !answer.definitions.isEmpty { blocks.append(.paragraph([.words("where")])) }
      blocks += answer.definitions.map { .equation(named($0.name, $0.formula)) }
    }
    var facts: [[Report.Span]] = answer.conditions.map { [.words("holds where "), .code($0)] }
    facts += answer.notes.map { [.words($0)] }
    if !facts.isEmpty { blocks.append(.list(facts)) }
    blocks += verdict(answer)
    if answer.kind != .check, let derivation = session.derivation(of: answer) {
      let steps = steps(derivation)
      if !steps.isEmpty { blocks.append(.steps(steps)) }
    }
    return blocks + structure(answer)
  }

  /// The left side of an answer: `∇_w J =`; empty if the expression has no name.
  private func subject(_ answer: Answer, _ question: TypedQuestion) -> [Mark] {
    let variables = answer.variables.compactMap { $0.variable.map { [Mark.name($0.name)] } }
    let below = Array(variables.joined(separator: [.symbol(.placeComma)]))
    guard case .name(let name) = question.expression.expression.kind else {
      return answer.kind == .stationary ? below + [.symbol(.equals)] : []
    }
    func lowered(_ sign: [Mark]) -> [Mark] {
      [.begin(.subscript(isBraced: true))] + sign + [.next] + below
        + [.end, .symbol(.thinSpace), .name(name), .symbol(.equals)]
    }
    switch answer.kind {
    case .gradient: return lowered([.symbol(.nabla)])
    case .jacobian: return lowered([.symbol(.jacobianOperator)])
    case .hessian:
      return lowered([.begin(.superscript), .symbol(.nabla), .next, .number("2"), .end])
    case .differential: return [.symbol(.differential), .name(name), .symbol(.equals)]
    case .stationary: return below + [.symbol(.equals)]
    case .simplify, .check: return [.name(name), .symbol(.equals)]
    }
  }

  private func verdict(_ answer: Answer) -> [Report.Block] {
    let words = VerdictText(answer.verdict, answer.refutation, isVerbose: true).text
    let first = words.split(separator: "\n").first.map(String.init) ?? words
    guard let verdict = answer.verdict else { return [.verdict(.skipped, first)] }
    switch verdict.status {
    case .verified: return [.verdict(.verified, first)]
    case .skipped: return [.verdict(.skipped, first)]
    case .refuted:
      var blocks: [Report.Block] = [.verdict(.refuted, first)]
      if let example = verdict.counterexample { blocks.append(.table(Self.values(example))) }
      let lines = answer.refutation?.lines ?? []
      if !lines.isEmpty { blocks.append(.list(lines.map { [.words($0)] })) }
      return blocks
    }
  }

  private static func values(_ example: Counterexample) -> [(name: String, value: String)] {
    var rows = example.values.keys.sorted().compactMap { name in
      example.values[name].map { (name, VerdictText.inline($0, isNumber: example.isNumber(name))) }
    }
    for (name, side) in [("left side", example.left), ("right side", example.right)] {
      rows.append((name, VerdictText.inline(side, isNumber: example.sidesAreNumbers)))
    }
    return rows
  }

  private func steps(_ derivation: Derivation) -> [Report.Step] {
    var last = ""
    return derivation.lines.map { line in
      let left = equation(line.leftMarks)
      defer { last = line.left }
      return Report.Step(
        left: line.left == last ? nil : left, right: equation([], line.right),
        reason: line.reason)
    }
  }

  // MARK: Pictures

  private func graph(_ answer: Answer?) -> [Report.Block] {
    guard let answer, answer.kind != .check, let graph = GraphPicture(of: answer.expression) else {
      return []
    }
    return [.picture(svg: graph.svg, caption: "the expression")]
  }

  private func structure(_ answer: Answer) -> [Report.Block] {
    guard let picture = StructurePicture(of: answer, in: session) else { return [] }
    return [.picture(svg: picture.svg, caption: "its entries " + picture.caption)]
  }
}
