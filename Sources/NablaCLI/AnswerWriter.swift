import Nabla
import NablaLanguage
import NablaNumerics

/// Writes answers in the formats that are read by people.
struct AnswerWriter {
  let format: OutputFormat
  let steps: Bool
  let latexNames: [String: String]

  func formula(_ formula: Formula) -> String {
    switch format {
    case .text, .json: formula.text
    case .unicode: formula.unicode
    case .latex: formula.latex(functionNames: latexNames)
    }
  }

  /// The answer, what it rests on, and the verdict.
  func write(_ answer: Answer, isOneOfSeveral: Bool) -> String {
    var text = "\(answer.question)\n"
    if answer.kind == .check { return text + "  \(Self.verdict(answer))\n" }
    if steps {
      for (number, step) in zip(1..., answer.steps) {
        let sign = step.kind == .differential ? "=" : "->"
        text += "  \(number). \(formula(step.before)) \(sign) \(formula(step.after))    [\(step.rule.name)]\n"
      }
    }
    if answer.kind == .stationary { text += "  \(answer.variable) = \(formula(answer.formula))\n" }
    if answer.kind != .stationary {
      text += "  \(isOneOfSeveral ? "wrt \(answer.variable): " : "")\(formula(answer.formula))\n"
    }
    for definition in answer.definitions {
      text += "  where \(definition.name) = \(formula(definition.formula))\n"
    }
    if !answer.assumed.isEmpty { text += "  assumed: \(answer.assumed.joined(separator: "; "))\n" }
    if !answer.conditions.isEmpty { text += "  holds where \(answer.conditions.joined(separator: ", "))\n" }
    for note in answer.notes { text += "  note: \(note)\n" }
    if answer.verdict != nil { text += "  \(Self.verdict(answer))\n" }
    return text
  }

  /// `verified` or `refuted`, with the figures.
  static func verdict(_ answer: Answer) -> String {
    guard let verdict = answer.verdict else { return "not checked" }
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
      if let example = verdict.counterexample { text += "\n" + counterexample(example) }
      return text
    }
  }

  /// How it was verified: exactly, at random points, or both.
  private static func verified(_ verdict: Verdict) -> String {
    let points = "at \(verdict.points) random point\(verdict.points == 1 ? "" : "s")"
    let numbers = "\(points), largest relative error \(figure(verdict.error))"
    guard let certificate = verdict.certificate else { return "verified \(numbers)" }
    let probability = "error probability < 2^-\(certificate.exponent)"
    let exact =
      certificate.hasChoices
      ? "exactly in \(certificate.points) random cases (\(probability) each)"
      : "exactly (\(probability))"
    return verdict.points == 0 ? "verified \(exact)" : "verified \(exact) and \(numbers)"
  }

  static func counterexample(_ example: Counterexample) -> String {
    var lines: [String] = []
    for name in example.values.keys.sorted() {
      if let value = example.values[name] { lines.append("    \(name) = \(inline(value))") }
    }
    // As many digits as it takes to see the difference.
    let digits = [6, 9, 12, 17].first { inline(example.left, $0) != inline(example.right, $0) } ?? 17
    lines.append("    left side  = \(inline(example.left, digits))")
    lines.append("    right side = \(inline(example.right, digits))")
    return lines.joined(separator: "\n")
  }

  static func figure(_ value: Double) -> String {
    if value == 0 { return "0" }
    return Matrix.text(of: value, digits: 2)
  }

  /// A matrix on one line: `[1 2; 3 4]`.
  static func inline(_ matrix: Matrix, _ digits: Int = 6) -> String {
    if matrix.rows == 1, matrix.columns == 1 { return Matrix.text(of: matrix[0, 0], digits: digits) }
    let rows = (0..<matrix.rows).map { i in
      (0..<matrix.columns).map { Matrix.text(of: matrix[i, $0], digits: digits) }.joined(separator: " ")
    }
    return "[" + rows.joined(separator: "; ") + "]"
  }
}

extension AnswerWriter {
  /// The answer as the JSON object that `cli.md` fixes.
  func json(_ answer: Answer) -> JSON {
    var fields: [(String, JSON)] = [
      ("question", .string(answer.question)), ("mode", .string(answer.kind.rawValue)),
      ("wrt", .string(answer.variable)),
      ("shape", .strings([answer.formula.shape.rows.description, answer.formula.shape.columns.description])),
      ("text", .string(answer.formula.text)),
      ("latex", .string(answer.formula.latex(functionNames: latexNames))),
      (
        "let",
        .array(
          answer.definitions.map {
            .object([
              ("name", .string($0.name)), ("text", .string($0.formula.text)),
              ("latex", .string($0.formula.latex(functionNames: latexNames))),
            ])
          })
      ),
      ("assumed", .strings(answer.assumed)), ("conditions", .strings(answer.conditions)),
      ("notes", .strings(answer.notes)), ("check", check(answer.verdict)),
    ]
    if steps {
      fields.append(
        (
          "steps",
          .array(
            answer.steps.map {
              .object([
                ("rule", .string($0.rule.name)), ("text", .string($0.text)), ("latex", .string($0.latex)),
              ])
            })
        ))
    }
    return .object(fields)
  }

  private func check(_ verdict: Verdict?) -> JSON {
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
    if let example = verdict.counterexample {
      var values = example.values.keys.sorted().compactMap { name in
        example.values[name].map { (name, Self.json($0)) }
      }
      values += [("left", Self.json(example.left)), ("right", Self.json(example.right))]
      fields.append(("counterexample", .object(values)))
    }
    return .object(fields)
  }

  /// A scalar as a number, a column as a flat array, anything else as an array of rows.
  static func json(_ matrix: Matrix) -> JSON {
    if matrix.rows == 1, matrix.columns == 1 { return .number(matrix[0, 0]) }
    if matrix.columns == 1 { return .array((0..<matrix.rows).map { .number(matrix[$0, 0]) }) }
    return .array((0..<matrix.rows).map { i in .array((0..<matrix.columns).map { .number(matrix[i, $0]) }) })
  }

  /// An error as JSON, for `--format json`.
  static func json(_ diagnostic: Diagnostic, _ source: SourceText) -> JSON {
    let place = source.position(at: diagnostic.range.start)
    return .object([
      (
        "error",
        .object([
          ("message", .string(diagnostic.message)), ("line", .integer(place.line)),
          ("column", .integer(place.column)), ("hint", diagnostic.hint.map(JSON.string) ?? .null),
        ])
      )
    ])
  }
}
