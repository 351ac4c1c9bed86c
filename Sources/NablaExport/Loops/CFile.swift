import NablaTypes

/// A C99 file: the function, the functions that it needs, and a self-test.
struct CFile {
  let program: ExportProgram
  private var names = Identifiers(reserved: CLanguage.reserved, renamed: CLanguage.renamed)
  private var helpers: Set<ScalarHelper> = []

  init(_ program: ExportProgram) { self.program = program }

  /// A routine as a C function.
  struct Function {
    let name: String
    let lines: [String]
    /// The size, input and output parameters, and the memory that the function needs.
    let sizes: [String]
    let parameters: [String]
    let outputs: [String]
    let memory: String
  }

  mutating func source() throws(ExportProblem) -> ExportedSource {
    let name = names.name(program.request.name)
    let main = try function(program.main, name, isStatic: false)
    var test: [String] = []
    if let selfTest = program.selfTest { test = try testSections(selfTest, main) }
    var sections: [String] = []
    for helper in ExportProgram.closed(helpers) {
      sections.append(Self.function(helper).joined(separator: "\n"))
    }
    sections.append(main.lines.joined(separator: "\n"))
    if !test.isEmpty {
      sections.append("#ifdef NABLA_SELF_TEST")
      sections += test
      sections.append("#endif")
    }
    let needed = calledFunctions(CRuntime.functions, by: sections.joined())
    let untested = sections.prefix { $0 != "#ifdef NABLA_SELF_TEST" }.joined()
    let neededOutsideTest = Set(calledFunctions(CRuntime.functions, by: untested).map(\.name))
    let runtime = needed.map { function in
      neededOutsideTest.contains(function.name)
        ? function.text : "#ifdef NABLA_SELF_TEST\n\(function.text)\n#endif"
    }
    let head =
      "// Written by Nabla in C99. The self-test: cc -std=c99 -O2 -DNABLA_SELF_TEST \(name).c -lm && ./a.out\n"
      + "#include <math.h>\n#ifdef NABLA_SELF_TEST\n#include <stdio.h>\n#include <stdlib.h>\n#endif"
    let text = ([head] + runtime + sections).joined(separator: "\n\n") + "\n"
    return program.exported(
      text, to: .c, function: name, parameters: main.parameters, sizes: main.sizes)
  }

  private static func function(_ helper: ScalarHelper) -> [String] {
    let (lines, value) = CLanguage().body(of: helper)
    let parameters = helper.parameters.map { "double \($0)" }.joined(separator: ", ")
    return ["// \(helper.summary)", "static double nabla_\(helper.rawValue)(\(parameters)) {"]
      + lines.map { "  " + $0 } + ["  return \(value);", "}"]
  }

  mutating func function(
    _ routine: ExportRoutine, _ function: String, isStatic: Bool
  ) throws(ExportProblem) -> Function {
    var names = Identifiers(
      reserved: CLanguage.reserved, renamed: CLanguage.renamed, taken: [function, function + "_work"])
    let symbols = routine.symbols(&names)
    let outputs = routine.outputs.map { names.unique($0.name) }
    var targets: [Int: String] = [:]
    for ((_, node), name) in zip(routine.outputs, outputs)
    where targets[node] == nil && !routine.graph.shape(node).isScalar {
      targets[node] = name
    }
    var printer = LoopPrinter(routine, CLanguage(), names: names, symbols: symbols)
    let values = printer.statements(targets: targets)
    if let problem = printer.problem { throw .unsupported(operation: problem, target: .c) }
    helpers.formUnion(routine.helpers)
    var last: [String] = []
    for ((output, name), value) in zip(zip(routine.outputs, outputs), values) {
      let shape = routine.graph.shape(output.node)
      switch value {
      case .number(let code): last.append("*\(name) = \(code);")
      case .array(let array) where array != name:
        let count = (shape.rows * shape.columns).code(symbols)
        last.append("for (long i = 0; i < \(count); ++i) \(name)[i] = \(array)[i];")
      case .array: break
      }
    }
    let sizes = routine.sizes.names.map { symbols[$0] ?? $0 }
    let inputs = routine.parameters.map { parameter in
      "\(parameter.shape.isScalar ? "double " : "const double *")\(symbols[parameter.name] ?? parameter.name)"
    }
    let total = printer.memory.reduce(Dimension(0)) { $0 + $1.count }
    let memory = total == 0 ? "0" : total.code(symbols)
    let needsMemory = !isStatic || !printer.memory.isEmpty
    let all =
      sizes.map { "long \($0)" } + inputs + outputs.map { "double *\($0)" }
      + (needsMemory ? ["double *work"] : [])
    var lines: [String] = []
    if !isStatic {
      let note =
        "Arrays are stored row by row. The caller supplies the outputs and, as work, room for"
        + " \(function)_work(...) numbers. Returns 0, or 1 where a size is not positive or a place does not exist."
      let parameters = routine.parameters.map { symbols[$0.name] ?? $0.name }
      lines += program.documentation(parameters: parameters, note: note).map { ("// " + $0).trimmedRight }
      let work =
        "long \(function)_work(\(sizes.isEmpty ? "void" : sizes.map { "long \($0)" }.joined(separator: ", ")))"
      let unused = sizes.map { "(void)\($0);" }.joined(separator: " ")
      lines =
        ["// The numbers of memory that \(function) takes beside its arguments.", "\(work) {"]
        + (unused.isEmpty ? [] : ["  \(unused)"]) + ["  return \(memory);", "}", ""] + lines
    }
    lines.append("\(isStatic ? "static " : "")int \(function)(\(all.joined(separator: ", "))) {")
    var body: [String] = []
    if !isStatic {
      if !sizes.isEmpty {
        body.append("if (\(sizes.map { "\($0) < 1" }.joined(separator: " || "))) return 1;")
      }
      if printer.memory.isEmpty { body.append("(void)work;") }
    }
    let mentioned = (printer.lines + last).joined(separator: "\n")
    for parameter in routine.parameters {
      let name = symbols[parameter.name] ?? parameter.name
      if !mentioned.mentions(name) { body.append("(void)\(name);") }
    }
    if isStatic { body += sizes.map { "(void)\($0);" } }
    var place = "work"
    for (name, count) in printer.memory {
      body.append("double *\(name) = \(place);")
      place = "\(name) + \(LoopText.factor(count.code(symbols)))"
    }
    body += printer.lines + last + ["return 0;"]
    return Function(
      name: function, lines: lines + body.map { "  " + $0 } + ["}"], sizes: sizes,
      parameters: routine.parameters.map { symbols[$0.name] ?? $0.name }, outputs: outputs,
      memory: needsMemory ? memory : "")
  }
}
