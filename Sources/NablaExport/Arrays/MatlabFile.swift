import NablaTypes

/// A function file for MATLAB and Octave; called without arguments, it runs its self-test.
struct MatlabFile {
  private let program: ExportProgram
  private var names = Identifiers(reserved: MatlabLanguage.reserved, renamed: MatlabLanguage.renamed)
  private var helpers: Set<ScalarHelper> = []

  init(_ program: ExportProgram) { self.program = program }

  mutating func source() -> ExportedSource {
    let function = names.name(program.request.name)
    let (main, parameters) = lines(of: program.main, named: function, isMain: true)
    var sections = [main]
    if let selfTest = program.selfTest { sections += testSections(selfTest, function) }
    for helper in ExportProgram.closed(helpers) {
      sections.append(lines(of: helper.routine, named: "\(helper.rawValue)_", isHelper: true).lines)
    }
    let used = sections.joined().joined(separator: "\n")
    sections += MatlabLanguage.definitions.filter { used.contains($0.name + "(") }.map(\.lines)
    return program.exported(
      sections.map { $0.joined(separator: "\n") }.joined(separator: "\n\n") + "\n", to: .matlab,
      function: function, parameters: parameters, sizes: program.main.sizes.extra)
  }

  private mutating func lines(
    of routine: ExportRoutine, named function: String, isMain: Bool = false, isHelper: Bool = false
  ) -> (lines: [String], parameters: [String]) {
    var names = Identifiers(
      reserved: MatlabLanguage.reserved, renamed: MatlabLanguage.renamed, taken: [function])
    var language = MatlabLanguage()
    language.isEntrywise = isHelper
    let symbols = routine.symbols(&names)
    language.symbols = symbols
    let parameters = routine.parameters.map { symbols[$0.name] ?? $0.name }
    let extra = routine.sizes.extra.map { symbols[$0] ?? $0 }
    var printer = ArrayPrinter(routine, language, names: names)
    let (statements, outputs) = printer.statements()
    helpers.formUnion(printer.language.helpers)
    // Each output has its own variable.
    var results: [String] = []
    var last: [String] = []
    for (index, output) in outputs.enumerated() {
      let isName = !results.contains(output) && statements.contains { $0.hasPrefix(output + " = ") }
      results.append(isName ? output : "output_\(index + 1)")
      if !isName { last.append("output_\(index + 1) = \(output);") }
    }
    let left = results.count == 1 ? results[0] : "[\(results.joined(separator: ", "))]"
    var lines = ["function \(left) = \(function)(\((parameters + extra).joined(separator: ", ")))"]
    var body: [String] = []
    if isMain {
      let note = "Written by Nabla for MATLAB and Octave; `\(function)` without arguments runs the self-test."
      lines += program.documentation(parameters: parameters, note: note).map { ("% " + $0).trimmedRight }
      if program.selfTest != nil { body += ["if nargin == 0", "    self_test();", "    return", "end"] }
      body += Self.shapes(routine, symbols, checks: true)
    } else {
      lines += routine.documentation.map { "% " + $0 }
      body += Self.shapes(routine, symbols, checks: false)
    }
    lines += (body + statements + last).map { "    " + $0 }
    return (lines + ["end"], parameters)
  }

  private static func shapes(
    _ routine: ExportRoutine, _ symbols: [String: String], checks: Bool
  ) -> [String] {
    func symbol(_ name: String) -> String { symbols[name] ?? name }
    var lines: [String] = []
    var isRead: Set<String> = []
    for step in routine.sizes.steps where isRead.insert(step.name).inserted {
      let length = "size(\(symbol(step.parameter.name)), \(step.isRows ? 1 : 2))"
      let shifted = step.rest == 0 ? length : "(\(length) - (\(step.rest.code(symbols))))"
      lines.append(
        "\(symbol(step.name)) = \(shifted)\(step.coefficient == 1 ? "" : " / \(step.coefficient)");")
    }
    guard checks else { return lines }
    for parameter in routine.parameters {
      let shape = "[\(parameter.shape.rows.code(symbols)), \(parameter.shape.columns.code(symbols))]"
      let name = symbol(parameter.name)
      lines.append("assert(isequal(size(\(name)), \(shape)), '\(name) is not \(parameter.shape)');")
    }
    return lines
  }

  // MARK: The self-test

  private mutating func testSections(_ test: SelfTest, _ function: String) -> [[String]] {
    let main = program.main
    let count = main.parameters.count
    let values = "values"
    let extra = main.sizes.extra.map { ", \(test.sizes[$0] ?? 1)" }.joined()
    var body = [
      "rand('seed', 1); randn('seed', 1);", "for attempt = 1:200",
      "    raw = cell(1, \(test.sample.parameters.count));",
    ]
    for (index, parameter) in test.sample.parameters.enumerated() {
      let rows = parameter.shape.rows.value(test.sizes) ?? 1
      let columns = parameter.shape.columns.value(test.sizes) ?? 1
      body.append("    raw{\(index + 1)} = randn(\(rows), \(columns));")
    }
    let sampleExtra = test.sample.sizes.extra.map { ", \(test.sizes[$0] ?? 1)" }.joined()
    body += [
      "    if mod(attempt, 2) == 0", "        for k = 1:\(count)", "            raw{k} = abs(raw{k}) / 2;",
      "        end", "    end", "    data = cell(1, \(test.sample.outputs.count));",
      "    [data{:}] = sample_(raw{:}\(sampleExtra));", "    values = at_(data);",
      "    if all(cellfun(@(v) all(isfinite(v(:))) && isreal(v), values))", "        break", "    end", "end",
    ]
    for check in test.checks { body += self.check(check, values, test) }
    var sections = [["function self_test()"] + body.map { $0.isEmpty ? "" : "    " + $0 } + ["end"]]
    sections.append([
      "function values = at_(data, varargin)", "    inputs = data(1:\(count));",
      "    for k = 1:2:numel(varargin)",
      "        inputs{varargin{k}} = inputs{varargin{k}} + varargin{k + 1};", "    end",
      "    values = cell(1, \(main.outputs.count));", "    [values{:}] = \(function)(inputs{:}\(extra));",
      "end",
    ])
    sections.append(lines(of: test.sample, named: "sample_").lines)
    for check in test.checks {
      sections.append(lines(of: check.error, named: "\(check.error.name)_").lines)
    }
    return sections
  }

  private func check(_ check: SelfTest.Check, _ values: String, _ test: SelfTest) -> [String] {
    let name = program.main.outputs[check.output].name
    let derivative = "values{\(check.output + 1)}"
    let directions = check.directions.map { "data{\($0 + 1)}" }
    let extra = check.error.sizes.extra.map { "\(test.sizes[$0] ?? 1)" }
    func call(_ arguments: [String]) -> String {
      "error = \(check.error.name)_(\((arguments + extra).joined(separator: ", ")));"
    }
    func at(_ result: String, _ value: Int, _ moves: [(Int, String)]) -> [String] {
      let arguments = moves.map { ", \($0.0 + 1), \($0.1)" }.joined()
      return ["moved = at_(data\(arguments));", "\(result) = moved{\(value + 1)};"]
    }
    var lines: [String] = []
    switch check.relation {
    case .value: return []
    case .form(let value): lines.append(call([derivative, "values{\(value + 1)}"]))
    case .slope(let value, let variable, _):
      lines.append("step = 1e-6;")
      lines += at("after", value, [(variable, "step * \(directions[0])")])
      lines += at("before", value, [(variable, "-step * \(directions[0])")])
      lines.append(call([derivative, "after", "before", "step", directions[0]]))
    case .stationary(let value, let variable):
      lines += ["step = 1e-6;", "there = \(derivative) - data{\(variable + 1)};"]
      lines += at("after", value, [(variable, "there + step * \(directions[0])")])
      lines += at("before", value, [(variable, "there - step * \(directions[0])")])
      lines.append(call([derivative, "after", "before", "step"]))
    case .differential(let value, let variables, _):
      lines.append("step = 1e-6;")
      lines += at("after", value, zip(variables, directions).map { ($0, "step * \($1)") })
      lines += at("before", value, zip(variables, directions).map { ($0, "-step * \($1)") })
      lines.append(call([derivative, "after", "before", "step"]))
    case .curvature(let value, let first, let second):
      lines.append("step = 1e-3;")
      for (index, (a, b)) in [("", ""), ("", "-"), ("-", ""), ("-", "-")].enumerated() {
        lines += at(
          "end\(index + 1)_", value,
          [(first, "\(a)step * \(directions[0])"), (second, "\(b)step * \(directions[1])")])
      }
      lines.append(call([derivative, "end1_", "end2_", "end3_", "end4_", "step"] + directions))
    }
    return lines + [
      "fprintf('\(name): relative error %.1e\\n', error);",
      "assert(error < \(check.isCurvature ? "1e-3" : "1e-5"), '\(name) differs from finite differences');",
    ]
  }
}

extension String {
  /// The text without trailing spaces.
  var trimmedRight: String {
    var text = self[...]
    while text.last == " " { text.removeLast() }
    return String(text)
  }
}
