import NablaTypes

/// A Swift file: the function, the functions that it needs, and a self-test.
struct SwiftFile {
  let program: ExportProgram
  private var names = Identifiers(reserved: SwiftLanguage.reserved, renamed: SwiftLanguage.renamed)
  private var helpers: Set<ScalarHelper> = []

  init(_ program: ExportProgram) { self.program = program }

  /// A routine as a Swift function.
  struct Function {
    let name: String
    let lines: [String]
    let sizes: [String]
    let parameters: [String]
    let outputs: [String]
  }

  mutating func source() throws(ExportProblem) -> ExportedSource {
    let name = names.name(program.request.name)
    let main = try function(program.main, name, isMain: true)
    var test: [String] = []
    if let selfTest = program.selfTest { test = try testSections(selfTest, main) }
    var sections: [String] = []
    for helper in ExportProgram.closed(helpers) {
      sections.append(Self.function(helper).joined(separator: "\n"))
    }
    sections.append(main.lines.joined(separator: "\n"))
    if !test.isEmpty { sections += ["#if NABLA_SELF_TEST"] + test + ["#endif"] }
    let runtime = calledFunctions(SwiftRuntime.functions, by: sections.joined()).map(\.text)
    let head =
      "// Written by Nabla in Swift. The self-test:\n"
      + "// swiftc -O -parse-as-library -D NABLA_SELF_TEST \(name).swift && ./\(name)\nimport Foundation"
    return program.exported(
      ([head] + runtime + sections).joined(separator: "\n\n") + "\n", to: .swift, function: name,
      parameters: main.parameters, sizes: main.sizes)
  }

  private static func function(_ helper: ScalarHelper) -> [String] {
    let (lines, value) = SwiftLanguage().body(of: helper)
    let parameters = helper.parameters.map { "_ \($0): Double" }.joined(separator: ", ")
    return ["/// \(helper.summary)", "private func nabla_\(helper.rawValue)(\(parameters)) -> Double {"]
      + lines.map { "  " + $0 } + ["  return \(value)", "}"]
  }

  mutating func function(
    _ routine: ExportRoutine, _ function: String, isMain: Bool
  ) throws(ExportProblem) -> Function {
    var names = Identifiers(
      reserved: SwiftLanguage.reserved, renamed: SwiftLanguage.renamed, taken: [function])
    let symbols = routine.symbols(&names)
    let outputs = routine.outputs.map { Identifiers.spelled($0.name) }
    var named = routine
    for (name, node) in routine.outputs where named.names[node] == nil { named.names[node] = name }
    var printer = LoopPrinter(named, SwiftLanguage(), names: names, symbols: symbols)
    let values = printer.statements(targets: [:])
    if let problem = printer.problem { throw .unsupported(operation: problem, target: .swift) }
    helpers.formUnion(routine.helpers)
    let sizes = routine.sizes.names.map { symbols[$0] ?? $0 }
    let parameters = routine.parameters.map { symbols[$0.name] ?? $0.name }
    func type(_ shape: Shape) -> String { shape.isScalar ? "Double" : "[Double]" }
    let label = isMain ? "" : "_ "
    let inputs =
      zip(parameters, routine.parameters).map { "\(label)\($0): \(type($1.shape))" }
      + sizes.map { "\(label)\($0): Int" }
    let types = routine.outputs.map { type(routine.graph.shape($0.node)) }
    let result =
      outputs.count == 1
      ? types[0] : "(\(zip(outputs, types).map { "\($0): \($1)" }.joined(separator: ", ")))"
    var lines: [String] = []
    if isMain {
      let note = "Arrays are stored row by row. Sizes that do not fit are a failed precondition."
      lines += program.documentation(parameters: parameters, note: note).map { ("/// " + $0).trimmedRight }
    }
    lines.append(
      "\(isMain ? "" : "private ")func \(function)(\(inputs.joined(separator: ", "))) -> \(result) {")
    if isMain {
      for (name, parameter) in zip(parameters, routine.parameters) where !parameter.shape.isScalar {
        let count = (parameter.shape.rows * parameter.shape.columns).code(symbols)
        lines.append("  precondition(\(name).count == \(count), \"\(name) is not \(parameter.shape)\")")
      }
    }
    lines += printer.lines.map { "  " + $0 }
    let codes = values.map { value in
      switch value {
      case .number(let code): code
      case .array(let name): name
      }
    }
    lines.append(
      "  return "
        + (codes.count == 1
          ? codes[0] : "(\(zip(outputs, codes).map { "\($0): \($1)" }.joined(separator: ", ")))"))
    return Function(
      name: function, lines: lines + ["}"], sizes: sizes, parameters: parameters, outputs: outputs)
  }

  // MARK: The self-test

  private mutating func testSections(_ test: SelfTest, _ main: Function) throws(ExportProblem) -> [String] {
    let sample = try function(test.sample, "sample", isMain: false)
    var sections = [Self.generator, sample.lines.joined(separator: "\n")]
    let shapes = program.main.parameters.map(\.shape)
    func call(_ function: Function, _ routine: ExportRoutine, _ reads: [String], isMain: Bool = false)
      -> String
    {
      let sizes = routine.sizes.names.map { "\(test.sizes[$0] ?? 1)" }
      let names = function.parameters + function.sizes
      let all = zip(names, reads + sizes).map { isMain ? "\($0): \($1)" : $1 }
      return "\(function.name)(\(all.joined(separator: ", ")))"
    }
    func array(_ code: String, _ shape: Shape, isTuple: Bool, _ label: String) -> String {
      let value = isTuple ? "\(code).\(label)" : code
      return shape.isScalar ? "[\(value)]" : value
    }
    func input(_ array: String, _ shape: Shape) -> String { shape.isScalar ? "\(array)[0]" : array }
    let at = call(
      main, program.main, shapes.enumerated().map { input("inputs[\($0)]", $1) }, isMain: true)
    let outputs = zip(main.outputs, program.main.outputs).map { name, output in
      array("values", program.main.graph.shape(output.node), isTuple: main.outputs.count > 1, name)
    }
    let drawn = zip(sample.outputs, test.sample.outputs).map { name, output in
      array("drawn", test.sample.graph.shape(output.node), isTuple: sample.outputs.count > 1, name)
    }
    let counts = test.sample.parameters.map {
      "\(($0.shape.rows.value(test.sizes) ?? 1) * ($0.shape.columns.value(test.sizes) ?? 1))"
    }
    var body = [
      "var generator = Normal()", "func at(_ inputs: [[Double]]) -> [[Double]] {", "  let values = \(at)",
      "  return [\(outputs.joined(separator: ", "))]", "}", "var data: [[Double]] = []",
      "var values: [[Double]] = []", "for attempt in 1...200 {",
      "  var raw = [\(counts.joined(separator: ", "))].map { (count: Int) in (0..<count).map { _ in generator.next() } }",
      "  if attempt % 2 == 0 { for k in 0..<\(shapes.count) { raw[k] = raw[k].map { abs($0) / 2 } } }",
      "  let drawn = \(call(sample, test.sample, test.sample.parameters.enumerated().map { input("raw[\($0)]", $1.shape) }))",
      "  data = [\(drawn.joined(separator: ", "))]", "  values = at(Array(data[..<\(shapes.count)]))",
      "  if values.allSatisfy({ $0.allSatisfy(\\.isFinite) }) { break }", "}", "var isFine = true",
    ]
    for check in test.checks {
      let error = try function(check.error, check.error.name, isMain: false)
      sections.append(error.lines.joined(separator: "\n"))
      body += self.check(check, test) { arguments in
        let shapes = check.error.parameters.map(\.shape)
        return call(error, check.error, zip(arguments, shapes).map(input))
      }
    }
    body.append("if !isFine { exit(1) }")
    sections.append(
      (["@main struct SelfTest {", "  static func main() {"] + body.map { "    " + $0 } + ["  }", "}"])
        .joined(separator: "\n"))
    return sections
  }

  private static let generator = """
    private struct Normal {
      var state: UInt64 = 88_172_645_463_325_252

      mutating func uniform() -> Double {
        state ^= state << 13
        state ^= state >> 7
        state ^= state << 17
        return (Double(state >> 11) + 0.5) / 9_007_199_254_740_992
      }

      mutating func next() -> Double {
        let size = (-2 * log(uniform())).squareRoot()
        return size * cos(2 * Double.pi * uniform())
      }
    }

    private func moved(
      _ data: [[Double]], _ count: Int, _ moves: (place: Int, change: [Double], step: Double)...
    ) -> [[Double]] {
      var inputs = Array(data[..<count])
      for move in moves {
        inputs[move.place] = zip(inputs[move.place], move.change).map { $0 + move.step * $1 }
      }
      return inputs
    }
    """

  private func check(
    _ check: SelfTest.Check, _ test: SelfTest, _ call: ([String]) -> String
  ) -> [String] {
    let name = program.main.outputs[check.output].name
    let derivative = "values[\(check.output)]"
    let directions = check.directions.map { "data[\($0)]" }
    let count = program.main.parameters.count
    func at(_ value: Int, _ moves: [(Int, String, String)]) -> String {
      let list = moves.map { ", (\($0.0), \($0.1), \($0.2))" }.joined()
      return "at(moved(data, \(count)\(list)))[\(value)]"
    }
    let error: String
    switch check.relation {
    case .value: return []
    case .form(let value): error = call([derivative, "values[\(value)]"])
    case .slope(let value, let variable, _):
      error = call([
        derivative, at(value, [(variable, directions[0], "1e-6")]),
        at(value, [(variable, directions[0], "-1e-6")]),
        "[1e-6]", directions[0],
      ])
    case .stationary(let value, let variable):
      let there = "zip(\(derivative), data[\(variable)]).map { $0 - $1 }"
      error = call([
        derivative, at(value, [(variable, there, "1"), (variable, directions[0], "1e-6")]),
        at(value, [(variable, there, "1"), (variable, directions[0], "-1e-6")]), "[1e-6]",
      ])
    case .differential(let value, let variables, _):
      error = call([
        derivative, at(value, zip(variables, directions).map { ($0, $1, "1e-6") }),
        at(value, zip(variables, directions).map { ($0, $1, "-1e-6") }), "[1e-6]",
      ])
    case .curvature(let value, let first, let second):
      let ends = [("", ""), ("", "-"), ("-", ""), ("-", "-")].map { a, b in
        at(value, [(first, directions[0], "\(a)1e-3"), (second, directions[1], "\(b)1e-3")])
      }
      error = call([derivative] + ends + ["[1e-3]"] + directions)
    }
    return [
      "let error_\(check.output) = \(error)",
      "print(\"\(name): relative error \\(error_\(check.output))\")",
      "if !(error_\(check.output) < \(check.isCurvature ? "1e-3" : "1e-5")) {",
      "  print(\"\(name) differs from finite differences\")", "  isFine = false", "}",
    ]
  }
}
