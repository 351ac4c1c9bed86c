import NablaTypes

/// A Julia file; run as a program, it runs its self-test.
struct JuliaFile {
  private let program: ExportProgram
  private var names = Identifiers(reserved: JuliaLanguage.reserved, renamed: JuliaLanguage.renamed)
  private var helpers: Set<ScalarHelper> = []
  private var needsSpecialFunctions = false

  init(_ program: ExportProgram) { self.program = program }

  mutating func source() -> ExportedSource {
    let function = names.name(program.request.name)
    let (main, parameters) = lines(of: program.main, named: function, isMain: true)
    var test: [String] = []
    if let selfTest = program.selfTest { test = testSections(selfTest, function) }
    var sections: [String] = []
    for helper in ExportProgram.closed(helpers) {
      sections.append(
        lines(of: helper.routine, named: "\(helper.rawValue)_", types: false).lines.joined(separator: "\n"))
    }
    let used = (sections + test + main).joined(separator: "\n")
    let definitions = JuliaLanguage.definitions.filter {
      used.contains($0.name + "(") || used.contains($0.name + ".(")
    }
    let header = "# Written by Nabla for Julia; `julia \(function).jl` runs the self-test.\n"
    let packages =
      "using LinearAlgebra" + (test.isEmpty ? "" : "\nusing Random")
      + (needsSpecialFunctions ? "\nusing SpecialFunctions" : "")
    let all =
      [header + packages] + definitions.map(\.lines) + sections + [main.joined(separator: "\n")] + test
    return program.exported(
      all.joined(separator: "\n\n") + "\n", to: .julia, function: function, parameters: parameters,
      sizes: program.main.sizes.extra)
  }

  private mutating func lines(
    of routine: ExportRoutine, named function: String, isMain: Bool = false, types: Bool = true
  ) -> (lines: [String], parameters: [String]) {
    var names = Identifiers(
      reserved: JuliaLanguage.reserved, renamed: JuliaLanguage.renamed, taken: [function])
    var language = JuliaLanguage()
    let symbols = routine.symbols(&names)
    language.symbols = symbols
    let parameters = routine.parameters.map { symbols[$0.name] ?? $0.name }
    let extra = routine.sizes.extra.map { symbols[$0] ?? $0 }
    var printer = ArrayPrinter(routine, language, names: names)
    let (statements, outputs) = printer.statements()
    helpers.formUnion(printer.language.helpers)
    needsSpecialFunctions = needsSpecialFunctions || printer.language.needsSpecialFunctions
    var lines: [String] = []
    let documentation =
      isMain
      ? program.documentation(
        parameters: parameters, note: "Columns are vectors, rows matrices of one row, scalars numbers.")
      : routine.documentation
    if !documentation.isEmpty { lines += ["@doc raw\"\"\""] + documentation + ["\"\"\""] }
    let typed = zip(parameters, routine.parameters).map { name, parameter in
      types ? "\(name)::\(Self.type(parameter.shape))" : name
    }
    let head = "function \(function)(\((typed + extra).joined(separator: ", ")))"
    if let last = lines.last, !documentation.isEmpty {
      lines[lines.count - 1] = last + " " + head
    } else {
      lines.append(head)
    }
    var body: [String] = []
    func symbol(_ name: String) -> String { symbols[name] ?? name }
    var isRead: Set<String> = []
    for step in routine.sizes.steps where isRead.insert(step.name).inserted {
      let length = "size(\(symbol(step.parameter.name)), \(step.isRows ? 1 : 2))"
      let shifted = step.rest == 0 ? length : "(\(length) - (\(step.rest.code(symbols))))"
      body.append(
        "\(symbol(step.name)) = "
          + (step.coefficient == 1 ? shifted : "div(\(shifted), \(step.coefficient))"))
    }
    if isMain {
      for parameter in routine.parameters where !parameter.shape.isScalar {
        let (rows, columns) = (parameter.shape.rows.code(symbols), parameter.shape.columns.code(symbols))
        let size = parameter.shape.isVector ? "(\(rows),)" : "(\(rows), \(columns))"
        let name = symbol(parameter.name)
        body.append("@assert size(\(name)) == \(size) \"\(name) is not \(parameter.shape)\"")
      }
    }
    body += statements
    body.append("return " + outputs.joined(separator: ", "))
    return (lines + body.map { "    " + $0 } + ["end"], parameters)
  }

  private static func type(_ shape: Shape) -> String {
    shape.isScalar ? "Real" : shape.isVector ? "AbstractVector" : "AbstractMatrix"
  }

  // MARK: The self-test

  private mutating func testSections(_ test: SelfTest, _ function: String) -> [String] {
    let main = program.main
    let count = main.parameters.count
    var sections = [lines(of: test.sample, named: "sample_").lines.joined(separator: "\n")]
    for check in test.checks {
      sections.append(lines(of: check.error, named: "\(check.error.name)_").lines.joined(separator: "\n"))
    }
    let extra = main.sizes.extra.map { ", \(test.sizes[$0] ?? 1)" }.joined()
    let sampleExtra = test.sample.sizes.extra.map { ", \(test.sizes[$0] ?? 1)" }.joined()
    func tuple(_ code: String, _ isSingle: Bool) -> String { isSingle ? "(\(code),)" : code }
    var body = [
      "Random.seed!(seed)", "data, values = (), ()", "function at(moves...)",
      "    inputs = Any[data[1:\(count)]...]",
      "    for (place, change) in moves", "        inputs[place] = inputs[place] + change", "    end",
      "    return \(tuple("\(function)(inputs...\(extra))", main.outputs.count == 1))", "end",
      "for attempt in 1:200",
      "    raw = Any[",
    ]
    for parameter in test.sample.parameters {
      let rows = parameter.shape.rows.value(test.sizes) ?? 1
      let columns = parameter.shape.columns.value(test.sizes) ?? 1
      let size = parameter.shape.isScalar ? "" : parameter.shape.isVector ? "\(rows)" : "\(rows), \(columns)"
      body.append("        randn(\(size)),")
    }
    body += [
      "    ]", "    if iseven(attempt)", "        raw[1:\(count)] = [abs.(z) / 2 for z in raw[1:\(count)]]",
      "    end",
      "    data = \(tuple("sample_(raw...\(sampleExtra))", test.sample.outputs.count == 1))", "    try",
      "        values = at()", "    catch problem", "        problem isa DomainError || rethrow()",
      "        continue",
      "    end", "    all(v -> all(isfinite, v), values) && break", "end",
    ]
    for check in test.checks { body += self.check(check, test) }
    sections.append(
      (["function self_test(seed=1)"] + body.map { "    " + $0 } + ["end"]).joined(separator: "\n"))
    sections.append("if abspath(PROGRAM_FILE) == @__FILE__\n    self_test()\nend")
    return sections
  }

  private func check(_ check: SelfTest.Check, _ test: SelfTest) -> [String] {
    let name = program.main.outputs[check.output].name
    let derivative = "values[\(check.output + 1)]"
    let directions = check.directions.map { "data[\($0 + 1)]" }
    let extra = check.error.sizes.extra.map { "\(test.sizes[$0] ?? 1)" }
    func call(_ arguments: [String]) -> String {
      "error = \(check.error.name)_(\((arguments + extra).joined(separator: ", ")))"
    }
    func at(_ value: Int, _ moves: [(Int, String)]) -> String {
      "at(\(moves.map { "(\($0.0 + 1), \($0.1))" }.joined(separator: ", ")))[\(value + 1)]"
    }
    var lines: [String] = []
    switch check.relation {
    case .value: return []
    case .form(let value): lines.append(call([derivative, "values[\(value + 1)]"]))
    case .slope(let value, let variable, _):
      lines += [
        "step = 1e-6", "after = \(at(value, [(variable, "step * \(directions[0])")]))",
        "before = \(at(value, [(variable, "-step * \(directions[0])")]))",
        call([derivative, "after", "before", "step", directions[0]]),
      ]
    case .stationary(let value, let variable):
      lines += [
        "step = 1e-6", "there = \(derivative) - data[\(variable + 1)]",
        "after = \(at(value, [(variable, "there + step * \(directions[0])")]))",
        "before = \(at(value, [(variable, "there - step * \(directions[0])")]))",
        call([derivative, "after", "before", "step"]),
      ]
    case .differential(let value, let variables, _):
      lines += [
        "step = 1e-6", "after = \(at(value, zip(variables, directions).map { ($0, "step * \($1)") }))",
        "before = \(at(value, zip(variables, directions).map { ($0, "-step * \($1)") }))",
        call([derivative, "after", "before", "step"]),
      ]
    case .curvature(let value, let first, let second):
      let ends = [("", ""), ("", "-"), ("-", ""), ("-", "-")].map { a, b in
        at(value, [(first, "\(a)step * \(directions[0])"), (second, "\(b)step * \(directions[1])")])
      }
      lines += ["step = 1e-3", call([derivative] + ends + ["step"] + directions)]
    }
    return lines + [
      "println(\"\(name): relative error \", error)",
      "@assert error < \(check.isCurvature ? "1e-3" : "1e-5") \"\(name) differs from finite differences\"",
    ]
  }
}
