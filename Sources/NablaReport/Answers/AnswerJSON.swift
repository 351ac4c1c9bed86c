import Nabla
import NablaLanguage
import NablaOutput
import NablaVerify

extension AnswerWriter {
  /// The answer as a JSON object.
  package func json(_ answer: Answer) -> JSON {
    var fields: [(String, JSON)] = [
      ("question", .string(answer.question)), ("mode", .string(answer.kind.rawValue)),
      ("wrt", .string(answer.variable)),
      ("shape", .strings([answer.formula.shape.rows.description, answer.formula.shape.columns.description])),
      ("text", .string(answer.formula.text)),
      ("latex", .string(answer.formula.latex(functionNames: latexNames))),
      ("unicode", .string(answer.formula.unicode)),
      ("mathml", .string(answer.formula.mathML(functionNames: latexNames))),
      (
        "let",
        .array(
          answer.definitions.map {
            .object([
              ("name", .string($0.name)), ("text", .string($0.formula.text)),
              ("latex", .string($0.formula.latex(functionNames: latexNames))),
              ("mathml", .string($0.formula.mathML(functionNames: latexNames))),
            ])
          })
      ),
      ("assumed", .strings(answer.assumed)), ("conditions", .strings(answer.conditions)),
      ("notes", .strings(answer.notes)), ("check", check(answer.verdict, answer.refutation)),
      ("verdict", .string(VerdictText(answer.verdict, answer.refutation, isVerbose: true).text)),
    ]
    if let layout = answer.layout ?? answer.arrayNote { fields.append(("layout", .string(layout))) }
    if answer.kind != .check, let components = answer.components(functionNames: latexNames) {
      fields.append(
        (
          "index",
          .object([
            ("text", .string(components.text)), ("latex", .string(components.latex)),
            ("mathml", .string(components.mathML)),
          ])
        ))
    }
    if purpose == .cost, answer.kind != .check {
      if let count = OperationCount.text(answer.expanded) { fields.append(("operations", .string(count))) }
      let forms = cheapest(answer).map { form in
        JSON.object([
          ("text", .string(form.formula.text)),
          ("latex", .string(form.formula.latex(functionNames: latexNames))),
          ("operations", .string(OperationCount.text(of: form.operations))),
          ("where", form.condition.map(JSON.string) ?? .null),
        ])
      }
      fields.append(("cheapest", .array(forms)))
    }
    if steps, let derivation = session.derivation(of: answer) {
      fields.append(("steps", .array(derivation.lines.map { .object(Self.fields(of: $0)) })))
    }
    return .object(fields)
  }

  private static func fields(of line: Derivation.Line) -> [(String, JSON)] {
    [
      ("rule", .string(line.rules.joined(separator: "; "))),
      ("reason", .string(line.reason)), ("text", .string(line.text)),
      ("latex", .string(line.latex)), ("mathml", .string(line.mathML)),
    ]
  }

  /// The derivations of answers, or one stage of them; an object each, with none for a claim.
  package func explanations(_ answers: [Answer], _ stage: DerivationStage?) -> [JSON] {
    derivations(of: answers, stage).map { answer, derivation in
      .object([
        ("question", .string(answer.question)), ("wrt", .string(answer.variable)),
        (
          "steps",
          .array(
            derivation.lines.map { line in
              .object([("stage", .string(line.stage.rawValue))] + Self.fields(of: line))
            })
        ),
      ])
    }
  }

  private func check(_ verdict: Verdict?, _ refutation: Refutation?) -> JSON {
    guard let verdict else { return .object([("status", .string("skipped"))]) }
    var fields: [(String, JSON)] = []
    switch verdict.status {
    case .verified: fields.append(("status", .string("verified")))
    case .refuted: fields.append(("status", .string("refuted")))
    case .skipped(let reason):
      return .object([("status", .string("skipped")), ("reason", .string(reason))])
    }
    fields += [
      ("method", .string(verdict.method)), ("error", .number(verdict.error)),
      ("points", .integer(verdict.points)),
    ]
    if let certificate = verdict.certificate {
      fields.append(("errorProbability", .string("2^-\(certificate.exponent)")))
    }
    if let digits = verdict.digits { fields.append(("digits", .integer(digits))) }
    if verdict.certificate == nil, let order = verdict.order { fields.append(("order", .number(order))) }
    if let example = verdict.counterexample {
      var values = example.values.keys.sorted().compactMap { name in
        example.values[name].map { (name, JSON.matrix($0, example.shapes[name])) }
      }
      values += [
        ("left", JSON.matrix(example.left, example.shape)),
        ("right", JSON.matrix(example.right, example.shape)),
      ]
      fields.append(("counterexample", .object(values)))
    }
    return .object(fields + (refutation.map(Self.fields) ?? []))
  }

  /// An error as JSON, for `--format json`.
  package static func json(_ diagnostic: Diagnostic, _ source: SourceText) -> JSON {
    let place = source.position(at: diagnostic.range.start)
    return .error(diagnostic.message, line: place.line, column: place.column, hint: diagnostic.hint)
  }
}
