import Nabla
import NablaCompile
import NablaCore
import NablaData
import NablaLanguage
import NablaNumerics
import NablaReport
import NablaTypes

/// `nabla eval FILE --data DATA...`.
struct EvalCommand {
  private let operands: DataOperands
  private let precision: Precision

  init(_ words: [String]) throws(UsageError) {
    let arguments = try Arguments(words, for: .eval)
    operands = try DataOperands(arguments)
    precision = try arguments.precision()
  }

  func execute() throws(UsageError) -> ExitCode {
    let (session, options) = (operands.session, operands.options)
    var writer = EvaluationWriter(session: session, isJSON: options.format == .json, precision: precision)
    writer.report(session.diagnostics)
    guard let table = try operands.table(&writer) else { return writer.finish() }
    let questions = session.questions
    let valued = questions.filter { $0.question.kind != .check }
    if valued.count < questions.count, options.format != .json {
      writer.note("`check` questions have no value; `nabla check` answers them")
    }
    do throws(EvaluationProblem) {
      let evaluation = try Evaluation(session, data: table.matrices, sizes: table.sizes, precision: precision)
      let missing = valued.map(evaluation.missing)
      if !missing.isEmpty, !missing.contains(where: \.isEmpty) {
        // Nothing can be computed, so all missing data are reported at once.
        let all = Dictionary(missing.joined().map { ($0.name, $0) }) { first, _ in first }
        throw .missing(all.values.sorted { $0.name < $1.name })
      }
      for question in questions {
        do throws(EvaluationProblem) {
          let results = try evaluation.results(question)
          for result in results { writer.write(result, isOneOfSeveral: results.count > 1) }
        } catch {
          writer.report(error, question.expression.expression.range)
        }
      }
    } catch {
      writer.report(error, valued.first?.expression.expression.range)
    }
    return writer.finish()
  }
}

/// Writes values and errors; JSON is collected until the end.
struct EvaluationWriter {
  let session: Session
  let isJSON: Bool
  let precision: Precision
  var code: ExitCode = .answered
  var objects: [JSON] = []
  /// Whether there is a single object, which is written without an array.
  var standsAlone = false
  private var hasResults = false

  init(session: Session, isJSON: Bool, precision: Precision = .float64) {
    self.session = session
    self.isJSON = isJSON
    self.precision = precision
  }

  func note(_ text: String) { Terminal.error("\(session.source.name): note: \(text)\n") }
  func warn(_ text: String) { Terminal.error("\(session.source.name): warning: \(text)\n") }

  mutating func report(_ diagnostics: [Diagnostic]) { for diagnostic in diagnostics { report(diagnostic) } }

  mutating func report(_ diagnostic: Diagnostic) {
    code = code.worse(.input)
    if isJSON {
      objects.append(AnswerWriter.json(diagnostic, session.source))
    } else {
      Terminal.error(DiagnosticRenderer(session.source).render(diagnostic))
    }
  }

  mutating func report(_ problem: DataProblem) {
    code = code.worse(.input)
    if isJSON { objects.append(problem.json) } else { Terminal.error(problem.text) }
  }

  /// `range` is the question's location, used if the problem has no better one.
  mutating func report(_ problem: EvaluationProblem, _ range: SourceRange?) {
    let session = session
    func error(_ message: String, _ name: String? = nil, hint: String? = nil) -> Diagnostic {
      let declared = name.flatMap { session.declaration(of: $0)?.range }
      return Diagnostic(
        message: message, range: declared ?? range ?? SourceRange(start: 0, end: 0), hint: hint)
    }
    switch problem {
    case .missing(let declarations):
      let list = declarations.map(\.description).joined(separator: "; ")
      report(
        error(
          "no data are given for \(list)", declarations.first?.name,
          hint: Self.hint(for: declarations)))
    case .sizeNotPositive(let name, let size):
      report(error("\(name) is a size and must be at least 1, not \(size)"))
    case .notFinite(let name, _, _, _): report(error(problem.description, name))
    case .outOfRange(let name, _, _, _, _):
      report(error(problem.description, name, hint: "--precision float64 has more range"))
    case .data(let problem): report(problem, error)
    case .unanswered(let diagnostic): report(diagnostic)
    case .defect(let question, let example):
      Terminal.error(Runner.defect(question, example, session))
      code = .defect
    }
  }

  /// How missing data are given: a scalar as a number, an array as a file.
  private static func hint(for declarations: [Declaration]) -> String {
    let operands = declarations.prefix(3).map { declaration in
      if case .value(let shape) = declaration.type, shape.isScalar { return "\(declaration.name)=0.1" }
      return "\(declaration.name)=\(declaration.name).csv"
    }
    return "--data \(operands.joined(separator: " ")), or all names in data.json"
  }

  private mutating func report(
    _ problem: EvaluationError, _ error: (String, String?, String?) -> Diagnostic
  ) {
    switch problem {
    case .missingValue(let name, _), .wrongShape(let name, _, _, _, _), .brokenProperty(let name, _, _):
      report(error(problem.description, name, nil))
    case .unknownSize(let name):
      report(error("no data determine the size \(name)", nil, "give it: --data \(name)=3"))
    case .notComputable(.functionWithoutValues(let name)):
      report(error(problem.description, name, "`nabla run` derives without values"))
    case .notAVariable, .nameTwice, .notComputable, .failed: report(error(problem.description, nil, nil))
    }
  }

  mutating func write(_ result: EvaluationResult, isOneOfSeveral: Bool) {
    warnIfNotFinite(result.value, "the value of E in '\(result.question)'", result.failures)
    warnIfNotFinite(result.result, "the result of '\(result.question)'", result.failures)
    noteCorrections(result.corrections.value, "the value of E in '\(result.question)'")
    noteCorrections(result.corrections.result, "the result of '\(result.question)'")
    if isJSON {
      objects.append(
        .object([
          ("question", .string(result.question)), ("wrt", .string(result.variable)),
          ("value", JSON.matrix(result.value, result.expression.shape)),
          ("result", JSON.matrix(result.result, result.answer.shape)),
        ]))
      return
    }
    var text = hasResults ? "\n" : ""
    hasResults = true
    text += "\(result.question)\n"
    if isOneOfSeveral { text += "  wrt     \(result.variable)\n" }
    text += Self.labelled("value ", result.value) + Self.labelled("result", result.result)
    Terminal.print(text)
  }

  private func noteCorrections(_ count: Int, _ what: String) {
    if count == 0 { return }
    note(
      "\(what) was computed with more digits where \(precision == .float64 ? "doubles" : "floats") lose theirs: \(count == 1 ? "1 entry" : "\(count) entries")"
    )
  }

  private func warnIfNotFinite(_ matrix: Matrix, _ what: String, _ failures: [String]) {
    for j in 0..<matrix.columns {
      for i in 0..<matrix.rows where !matrix[i, j].isFinite {
        let place = matrix.count == 1 ? "" : " at row \(i + 1), column \(j + 1)"
        let reason = failures.isEmpty ? "" : ", since this does not hold: \(failures.joined(separator: "; "))"
        warn("\(what) is not finite: \(Self.plain(matrix[i, j]))\(place)\(reason)")
        return
      }
    }
  }

  /// The exit code, after JSON is written; an error without any value is an object of its own.
  func finish() -> ExitCode {
    if isJSON {
      let hasValues = objects.contains {
        if case .object(let fields) = $0 { fields.count > 1 } else { false }
      }
      let alone = standsAlone || code == .input && !hasValues ? objects.first : nil
      Terminal.print((alone ?? .array(objects)).text() + "\n")
    }
    return code
  }

  /// The sign of a NaN is meaningless.
  private static func plain(_ value: Double) -> Double { value.isNaN ? .nan : value }

  /// Rows and columns shown; JSON has the rest.
  private static let shown = (rows: 40, columns: 12)

  /// A value with its label in front, and its other rows below.
  static func labelled(_ label: String, _ matrix: Matrix) -> String {
    if matrix.count == 1 { return "  \(label)  \(Matrix.text(of: plain(matrix[0, 0]), digits: 10))\n" }
    let rows = min(matrix.rows, shown.rows)
    let columns = min(matrix.columns, shown.columns)
    var part = Matrix(rows: rows, columns: columns)
    for j in 0..<columns { for i in 0..<rows { part[i, j] = plain(matrix[i, j]) } }
    var lines = "\(part)".split(separator: "\n").map(String.init)
    if rows < matrix.rows || columns < matrix.columns {
      lines.append("… of \(matrix.rows) x \(matrix.columns); --format json has all")
    }
    let margin = String(repeating: " ", count: label.count + 4)
    return lines.enumerated().map { ($0 == 0 ? "  \(label)  " : margin) + $1 + "\n" }.joined()
  }
}
