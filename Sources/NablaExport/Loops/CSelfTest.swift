import NablaTypes

extension CFile {
  /// Arrays stored one after the other.
  private struct Layout {
    var offsets: [Int] = []
    var counts: [Int] = []
    var isNumber: [Bool] = []
    var total: Int { zip(offsets, counts).map(+).max() ?? 0 }

    mutating func add(_ shape: Shape, _ sizes: [String: Int]) {
      offsets.append(total)
      counts.append((shape.rows.value(sizes) ?? 1) * (shape.columns.value(sizes) ?? 1))
      isNumber.append(shape.isScalar)
    }

    /// The array, or the number, at an index.
    func code(_ name: String, _ place: Int) -> String {
      isNumber[place] ? "\(name)[\(offsets[place])]" : "\(name) + \(offsets[place])"
    }
  }

  mutating func testSections(_ test: SelfTest, _ main: Function) throws(ExportProblem) -> [String] {
    let sample = try function(test.sample, "sample", isStatic: true)
    var errors: [Function] = []
    for check in test.checks { errors.append(try function(check.error, check.error.name, isStatic: true)) }
    var raw = Layout()
    for parameter in test.sample.parameters { raw.add(parameter.shape, test.sizes) }
    var data = Layout()
    for output in test.sample.outputs { data.add(test.sample.graph.shape(output.node), test.sizes) }
    var values = Layout()
    for output in program.main.outputs { values.add(program.main.graph.shape(output.node), test.sizes) }
    let count = program.main.parameters.count
    let inputs = (0..<count).map { data.counts[$0] }.reduce(0, +)

    func call(_ function: Function, _ routine: ExportRoutine, _ reads: [String], _ writes: [String]) -> String
    {
      let sizes = routine.sizes.names.map { "\(test.sizes[$0] ?? 1)" }
      let all = sizes + reads + writes + (function.memory.isEmpty ? [] : ["work"])
      return "\(function.name)(\(all.joined(separator: ", ")))"
    }
    let at = call(
      main, program.main, (0..<count).map { data.code("inputs", $0) },
      values.offsets.map { "values + \($0)" })
    let draw = call(
      sample, test.sample, raw.offsets.indices.map { raw.code("raw", $0) },
      data.offsets.map { "data + \($0)" })
    var body = [
      "static double raw[\(max(raw.total, 1))], data[\(max(data.total, 1))], values[\(max(values.total, 1))];",
      "double error = 0, step;", "int failures = 0, attempt, isFinite = 0;",
      "work = malloc(sizeof(double) * (1 << 20));", "if (!work) return 1;",
      "for (attempt = 1; attempt <= 200 && !isFinite; ++attempt) {",
      "  for (int i = 0; i < \(raw.total); ++i) raw[i] = nabla_normal();",
      "  if (attempt % 2 == 0)",
      "    for (int i = 0; i < \((0..<count).map { raw.counts[$0] }.reduce(0, +)); ++i) raw[i] = fabs(raw[i]) / 2;",
      "  \(draw);", "  if (at(data, values)) return 1;", "  isFinite = 1;",
      "  for (int i = 0; i < \(values.total); ++i) isFinite = isFinite && isfinite(values[i]);", "}",
      "if (!isFinite) return 1;", "(void)step;",
    ]
    for (check, error) in zip(test.checks, errors) {
      body += self.check(check, data, values, inputs) { arguments in
        call(error, check.error, arguments, ["&error"]) + ";"
      }
    }
    body += ["free(work);", "return failures;"]
    return [
      """
      static double *work;

      static double nabla_normal(void) {
        static unsigned long long state = 88172645463325252ULL;
        double u[2];
        for (int i = 0; i < 2; ++i) {
          state ^= state << 13, state ^= state >> 7, state ^= state << 17;
          u[i] = ((double)(state >> 11) + 0.5) / 9007199254740992.0;
        }
        return sqrt(-2 * log(u[0])) * cos(6.283185307179586 * u[1]);
      }
      """,
      sample.lines.joined(separator: "\n"),
    ] + errors.map { $0.lines.joined(separator: "\n") }
      + (body.contains { $0.contains("move(data") } ? [Self.move] : []) + [
        """
        static int at(const double *inputs, double *values) {
          \(inputs == 0 ? "(void)inputs;\n  " : "")return \(at);
        }
        """,
        (["int main(void) {"] + body.map { "  " + $0 } + ["}"]).joined(separator: "\n"),
      ]
  }

  private static let move = """
    static void move(const double *data, double *moved, long place, long direction, long count, double step) {
      for (long i = 0; i < count; ++i) moved[place + i] += step * data[direction + i];
    }
    """

  private func check(
    _ check: SelfTest.Check, _ data: Layout, _ values: Layout, _ inputs: Int,
    _ call: ([String]) -> String
  ) -> [String] {
    let name = program.main.outputs[check.output].name
    let derivative = values.code("values", check.output)
    let directions = check.directions
    let size = max(values.total, 1)
    var lines = ["{", "  static double moved[\(max(inputs, 1))], after[\(size)], before[\(size)];"]
    func start() -> String { "  for (int i = 0; i < \(inputs); ++i) moved[i] = data[i];" }
    func move(_ variable: Int, _ direction: Int, _ step: String) -> String {
      "  move(data, moved, \(data.offsets[variable]), \(data.offsets[direction]), \(data.counts[variable]), \(step));"
    }
    func slope(_ moves: (String) -> [String]) {
      lines.append("  step = 1e-6;")
      for (sign, result) in [("", "after"), ("-", "before")] {
        lines += [start()] + moves(sign) + ["  if (at(moved, \(result))) return 1;"]
      }
    }
    switch check.relation {
    case .value: return []
    case .form(let value):
      lines[1] = "  step = 0;"
      lines.append("  " + call([derivative, values.code("values", value)]))
    case .slope(let value, let variable, _):
      slope { [move(variable, directions[0], "\($0)step")] }
      lines.append(
        "  "
          + call([
            derivative, values.code("after", value), values.code("before", value), "step",
            data.code("data", directions[0]),
          ]))
    case .stationary(let value, let variable):
      slope { sign in
        let from = "values[\(values.offsets[check.output]) + i]"
        return [
          "  for (int i = 0; i < \(data.counts[variable]); ++i) moved[\(data.offsets[variable]) + i] = \(from);",
          move(variable, directions[0], "\(sign)step"),
        ]
      }
      lines.append(
        "  " + call([derivative, values.code("after", value), values.code("before", value), "step"]))
    case .differential(let value, let variables, _):
      slope { sign in zip(variables, directions).map { move($0, $1, "\(sign)step") } }
      lines.append(
        "  " + call([derivative, values.code("after", value), values.code("before", value), "step"]))
    case .curvature(let value, let first, let second):
      lines[1] = "  static double moved[\(max(inputs, 1))], after[\(size)];"
      lines += ["  double ends[4];", "  step = 1e-3;"]
      for (index, (a, b)) in [("", ""), ("", "-"), ("-", ""), ("-", "-")].enumerated() {
        lines += [
          start(), move(first, directions[0], "\(a)step"), move(second, directions[1], "\(b)step"),
          "  if (at(moved, after)) return 1;", "  ends[\(index)] = after[\(values.offsets[value])];",
        ]
      }
      lines.append(
        "  "
          + call(
            [derivative, "ends[0]", "ends[1]", "ends[2]", "ends[3]", "step"]
              + directions.map { data.code("data", $0) }))
    }
    let bound = check.isCurvature ? "1e-3" : "1e-5"
    return lines + [
      "  printf(\"\(name): relative error %.1e\\n\", error);",
      "  if (!(error < \(bound))) failures = 1, printf(\"\(name) differs from finite differences\\n\");", "}",
    ]
  }
}
