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
    case .text, .index, .json: formula.text
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
    text += format == .index ? entries(of: answer, isOneOfSeveral) : formulas(of: answer, isOneOfSeveral)
    if !answer.assumed.isEmpty { text += "  assumed: \(answer.assumed.joined(separator: "; "))\n" }
    if !answer.conditions.isEmpty { text += "  holds where \(answer.conditions.joined(separator: ", "))\n" }
    for note in answer.notes { text += "  note: \(note)\n" }
    if answer.verdict != nil { text += "  \(Self.verdict(answer))\n" }
    return text
  }

  private func formulas(of answer: Answer, _ isOneOfSeveral: Bool) -> String {
    let result = formula(answer.formula)
    var text: String
    if answer.kind == .stationary {
      text = "  \(answer.variable) = \(result)\n"
    } else {
      text = "  \(isOneOfSeveral ? "wrt \(answer.variable): " : "")\(result)\n"
    }
    for definition in answer.definitions {
      text += "  where \(definition.name) = \(formula(definition.formula))\n"
    }
    return text
  }

  /// The answer entry by entry: a line for all entries, or for those of each block.
  private func entries(of answer: Answer, _ isOneOfSeveral: Bool) -> String {
    let name = answer.kind == .stationary ? answer.variable : nil
    // What is too large says so as text does.
    let lines = answer.components?.lines(of: name) ?? [formula(answer.formula)]
    let label = isOneOfSeveral && name == nil ? "wrt \(answer.variable): " : ""
    var text = lines.map { "  \(label)\($0)\n" }.joined()
    for (definition, components) in zip(answer.definitions, answer.definitionComponents) {
      let lines =
        components?.lines(of: definition.name) ?? ["\(definition.name) = \(formula(definition.formula))"]
      text += lines.map { "  where \($0)\n" }.joined()
    }
    return text
  }

  /// `verified` or `refuted`, with the figures.
  static func verdict(_ answer: Answer) -> String {
    guard let verdict = answer.verdict else { return "not checked" }
    switch verdict.status {
    case .verified:
      return
        "verified at \(verdict.points) random point\(verdict.points == 1 ? "" : "s"), largest relative error \(figure(verdict.error))"
    case .skipped(let reason):
      return "not checked: \(reason)"
    case .refuted:
      var text = "REFUTED"
      if let example = verdict.counterexample { text += "\n" + counterexample(example) }
      return text
    }
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
    if answer.kind != .check, let components = answer.components(functionNames: latexNames) {
      fields.append(
        ("index", .object([("text", .string(components.text)), ("latex", .string(components.latex))])))
    }
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
