import NablaTypes

/// A file for one of Python's array packages.
struct PythonFile<Dialect: PythonDialect> {
  private typealias Language = PythonLanguage<Dialect>

  private let program: ExportProgram
  private var names: Identifiers
  private var helpers: Set<ScalarHelper> = []
  private var definitions: Set<String> = []

  init(_ program: ExportProgram) {
    self.program = program
    names = Identifiers(reserved: Language.reserved, renamed: Language.renamed)
  }

  mutating func source() -> ExportedSource {
    let function = names.name(program.request.name)
    let (main, parameters) = lines(of: program.main, named: function, isHelper: false)
    var test: [String] = []
    if let selfTest = program.selfTest { test = testLines(selfTest, function) }
    var blocks: [String] = []
    for helper in ExportProgram.closed(helpers) where Dialect.spelling(helper) == nil {
      blocks.append(
        lines(of: helper.routine, named: "_\(helper.rawValue)", isHelper: true).lines.joined(separator: "\n"))
    }
    let needed = Dialect.definitions.filter { definitions.contains($0.name) }.map(\.lines)
    blocks = Dialect.preparation + needed + blocks
    let header = "# Written by Nabla for \(Dialect.target.title); `python \(function).py` runs the self-test."
    let sections =
      [([header] + Dialect.imports).joined(separator: "\n")] + blocks
      + [main.joined(separator: "\n")] + (test.isEmpty ? [] : [test.joined(separator: "\n")])
    return program.exported(
      sections.joined(separator: "\n\n\n") + "\n", to: Dialect.target, function: function,
      parameters: parameters,
      sizes: program.main.sizes.extra)
  }

  /// A routine as a function, and the names of its parameters.
  private mutating func lines(
    of routine: ExportRoutine, named function: String, isHelper: Bool
  ) -> (lines: [String], parameters: [String]) {
    var names = Identifiers(reserved: Language.reserved, renamed: Language.renamed, taken: [function])
    var language = Language()
    let symbols = routine.symbols(&names)
    language.symbols = symbols
    let parameters = routine.parameters.map { symbols[$0.name] ?? $0.name }
    let extra = routine.sizes.extra.map { symbols[$0] ?? $0 }
    var printer = ArrayPrinter(routine, language, names: names)
    let (statements, outputs) = printer.statements()
    helpers.formUnion(printer.language.helpers)
    definitions.formUnion(printer.language.definitions)
    for (name, _) in Dialect.definitions
    where statements.contains(where: { $0.contains(name + "(") })
      || outputs.contains(where: { $0.contains(name + "(") })
    {
      definitions.insert(name)
    }
    var lines = ["def \(function)(\((parameters + extra).joined(separator: ", "))):"]
    let documentation =
      isHelper || function != self.names.known(program.request.name)
      ? routine.documentation
      : program.documentation(
        parameters: parameters, note: "Columns and rows are arrays of one axis, scalars of none.")
    lines += Self.docstring(documentation)
    var body: [String] = []
    if isHelper {
      let text = statements.joined() + outputs.joined()
      let named = routine.parameters.first { $0.name == "x" } ?? routine.parameters.first
      if let named, text.contains("dtype") || text.contains("device") {
        body += Dialect.helperPrepared(symbols[named.name] ?? named.name)
      }
      body += Self.shapes(routine, symbols, used: text)
    } else {
      let list = parameters.joined(separator: ", ") + (parameters.count == 1 ? "," : "")
      body += Dialect.prepared(parameters.isEmpty ? nil : list)
      body += Self.shapes(routine, symbols)
    }
    body += statements
    body.append("return " + outputs.joined(separator: ", "))
    return (lines + body.map { "    " + $0 }, parameters)
  }

  private static func docstring(_ lines: [String]) -> [String] {
    guard let first = lines.first else { return [] }
    if lines.count == 1 { return ["    r\"\"\"\(first)\"\"\""] }
    return (["r\"\"\"" + first] + lines.dropFirst() + ["\"\"\""]).map { $0.isEmpty ? "" : "    " + $0 }
  }

  /// The lines that read sizes from the parameters and check that all fit.
  /// Given the code that uses them, they read only the sizes that occur in it and check nothing.
  private static func shapes(
    _ routine: ExportRoutine, _ symbols: [String: String], used: String? = nil
  ) -> [String] {
    var language = Language()
    language.symbols = symbols
    func symbol(_ name: String) -> String { symbols[name] ?? name }
    var lines: [String] = []
    var isRead: Set<String> = []
    for step in routine.sizes.steps {
      let shape = step.parameter.shape
      let array = symbol(step.parameter.name)
      if !isRead.insert(step.name).inserted { continue }
      if let used, !used.mentions(symbol(step.name)) { continue }
      if shape.isMatrix, let rows = shape.rows.name, let columns = shape.columns.name, rows == step.name,
        rows != columns, !isRead.contains(columns)
      {
        isRead.insert(columns)
        lines.append("\(symbol(rows)), \(symbol(columns)) = \(array).shape")
        continue
      }
      let length = "\(array).shape[\(shape.isMatrix && !step.isRows ? 1 : 0)]"
      let rest = step.rest.code(symbols)
      let shifted = step.rest == 0 ? length : "(\(length) - (\(rest)))"
      lines.append(
        "\(symbol(step.name)) = \(shifted)" + (step.coefficient == 1 ? "" : " // \(step.coefficient)"))
    }
    for parameter in routine.parameters where used == nil {
      let (array, shape) = (symbol(parameter.name), language.tuple(parameter.shape))
      let isKnown = lines.contains { $0.hasSuffix(" = \(array).shape") }
      if !isKnown { lines.append("assert \(array).shape == \(shape), (\(array).shape, \(shape))") }
    }
    return lines
  }

  // MARK: The self-test

  private mutating func testLines(_ test: SelfTest, _ function: String) -> [String] {
    var lines = self.lines(of: test.sample, named: "_sample", isHelper: true).lines
    for check in test.checks {
      lines += ["", ""] + self.lines(of: check.error, named: "_\(check.error.name)", isHelper: true).lines
    }
    let main = program.main
    let count = main.parameters.count
    lines += ["", "", "def self_test(seed=1):"]
    var body = ["r\"\"\"Compares the derivatives with finite differences at random data.\"\"\""]
    body += Dialect.generator
    let extra = main.sizes.extra.map { "\(test.sizes[$0] ?? 1)" }
    body += [
      "", "def at(*moves):", "    arguments = list(data[:\(count)])", "    for place, change in moves:",
      "        arguments[place] = arguments[place] + change",
      "    values = \(function)(*arguments\(extra.map { ", " + $0 }.joined()))",
      "    return values\(main.outputs.count == 1 ? "," : "")", "",
    ]
    var language = Language()
    for (name, size) in test.sizes { language.symbols[name] = "\(size)" }
    let sampleExtra = test.sample.sizes.extra.map { ", \(test.sizes[$0] ?? 1)" }.joined()
    body.append("for attempt in range(200):")
    body += Dialect.attempt(test.sample.parameters.count).map { "    " + $0 }
    body.append("    raw = [")
    for parameter in test.sample.parameters {
      body.append("        \(Dialect.normal(Self.shape(parameter.shape, test.sizes))),")
    }
    body += [
      "    ]", "    if attempt % 2:", "        raw[:\(count)] = [abs(z) / 2 for z in raw[:\(count)]]",
      "    data = _sample(*raw\(sampleExtra))" + (test.sample.outputs.count == 1 ? "," : ""),
      "    values = at()",
      "    if all(\(Dialect.isFinite("value")) for value in values):", "        break", "else:",
      "    raise SystemExit(\"no random data at which the values are finite\")",
    ]
    for check in test.checks { body += self.check(check, test) }
    lines += body.map { $0.isEmpty ? "" : "    " + $0 }
    lines += ["", "", "if __name__ == \"__main__\":", "    self_test()"]
    return lines
  }

  private static func shape(_ shape: Shape, _ sizes: [String: Int]) -> String {
    var language = Language()
    for (name, size) in sizes { language.symbols[name] = "\(size)" }
    let (rows, columns) = (shape.rows.value(sizes) ?? 1, shape.columns.value(sizes) ?? 1)
    if shape.isScalar { return "()" }
    return shape.isMatrix ? "(\(rows), \(columns))" : "(\(max(rows, columns)),)"
  }

  private func check(_ check: SelfTest.Check, _ test: SelfTest) -> [String] {
    let name = program.main.outputs[check.output].name
    let derivative = "values[\(check.output)]"
    let directions = check.directions.map { "data[\($0)]" }
    let extra = check.error.sizes.extra.map { "\(test.sizes[$0] ?? 1)" }
    func call(_ arguments: [String]) -> String {
      "_\(check.error.name)(\((arguments + extra).joined(separator: ", ")))"
    }
    var lines = [""]
    switch check.relation {
    case .value: return []
    case .form(let value): lines.append("error = \(call([derivative, "values[\(value)]"]))")
    case .slope(let value, let variable, _):
      lines += [
        "step = 1e-6", "after = at((\(variable), step * \(directions[0])))[\(value)]",
        "before = at((\(variable), -step * \(directions[0])))[\(value)]",
        "error = \(call([derivative, "after", "before", "step", directions[0]]))",
      ]
    case .stationary(let value, let variable):
      lines += [
        "step = 1e-6", "there = \(derivative) - data[\(variable)]",
        "after = at((\(variable), there + step * \(directions[0])))[\(value)]",
        "before = at((\(variable), there - step * \(directions[0])))[\(value)]",
        "error = \(call([derivative, "after", "before", "step"]))",
      ]
    case .differential(let value, let variables, _):
      func moves(_ sign: String) -> String {
        zip(variables, directions).map { "(\($0), \(sign)step * \($1))" }.joined(separator: ", ")
      }
      lines += [
        "step = 1e-6", "after = at(\(moves("")))[\(value)]", "before = at(\(moves("-")))[\(value)]",
        "error = \(call([derivative, "after", "before", "step"]))",
      ]
    case .curvature(let value, let first, let second):
      lines += ["step = 1e-3", "ends = ["]
      for (a, b) in [("", ""), ("", "-"), ("-", ""), ("-", "-")] {
        lines.append(
          "    at((\(first), \(a)step * \(directions[0])), (\(second), \(b)step * \(directions[1])))[\(value)],"
        )
      }
      lines += ["]", "error = \(call([derivative, "*ends", "step"] + directions))"]
    }
    lines += [
      "print(f\"\(name): relative error {float(error):.1e}\")",
      "assert error < \(check.isCurvature ? "1e-3" : "1e-5"), \"\(name) differs from finite differences\"",
    ]
    return lines
  }
}

extension SelfTest.Check {
  /// Whether it compares second differences, which are less accurate.
  var isCurvature: Bool {
    if case .curvature = relation { return true }
    return false
  }
}

extension String {
  /// A list of names without the comma that makes a tuple of one.
  var trailingCommaLess: String { hasSuffix(",") ? String(dropLast()) : self }
}

extension String {
  /// Whether the code contains the name as a word.
  func mentions(_ name: String) -> Bool {
    split { !($0.isLetter || $0.isNumber || $0 == "_") }.contains { $0 == name }
  }
}
