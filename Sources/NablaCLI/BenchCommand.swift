import Nabla
import NablaArrays
import NablaCore
import NablaLanguage
import NablaNumerics
import NablaReport
import NablaTypes

/// `nabla bench`: measures the speed of compiled derivatives and of derivation.
struct BenchCommand {
  private let names: [String]
  private let sizes: [Int]
  private let seed: UInt64
  private let seconds: Double
  private let writesJSON: Bool
  private let showsPlan: Bool
  private let precision: Precision
  /// The symbolic measurement, if chosen.
  private let symbols: BenchSymbols?

  private static let sizeNames = ["small", "medium", "large"]

  init(_ words: [String]) throws(UsageError) {
    let arguments = try Arguments(words, for: .bench)
    try arguments.useKernels()
    let subject = try arguments.operand("what to measure")
    guard subject == "numbers" || subject == "symbols" else {
      throw UsageError(message: "bench takes numbers or symbols, not '\(subject)'")
    }
    symbols = subject == "symbols" ? try BenchSymbols(arguments) : nil
    names = symbols == nil ? try Self.chosen(arguments, among: BenchProblem.all.map(\.name)) : []
    if let text = try arguments.one("--size") {
      guard let index = Self.sizeNames.firstIndex(of: text) else {
        throw UsageError(message: "--size takes small, medium or large, not '\(text)'")
      }
      sizes = [index]
    } else {
      sizes = [0, 1, 2]
    }
    let seedText = try arguments.one("--seed") ?? "1"
    guard let seed = UInt64(seedText) else {
      throw UsageError(message: "--seed takes an integer, not '\(seedText)'")
    }
    self.seed = seed
    let secondsText = try arguments.one("--seconds") ?? "0.5"
    guard let seconds = Double(secondsText), seconds > 0, seconds <= 1000 else {
      throw UsageError(message: "--seconds takes a positive number, not '\(secondsText)'")
    }
    self.seconds = seconds
    writesJSON = try Self.writesJSON(arguments)
    showsPlan = arguments.has("--plan")
    precision = try arguments.precision()
  }

  /// The problems of `--only`, which must be known.
  static func chosen(_ arguments: Arguments, among known: [String]) throws(UsageError) -> [String] {
    let names = arguments.all("--only").flatMap { $0.split(separator: ",").map(String.init) }
    for name in names where !known.contains(name) {
      throw UsageError(
        message: "there is no problem '\(name)'",
        hint: nearestName(to: name, among: known).map { "did you mean '\($0)'?" })
    }
    return names
  }

  static func writesJSON(_ arguments: Arguments) throws(UsageError) -> Bool {
    let format = try arguments.one("--format") ?? "text"
    guard format == "text" || format == "json" else {
      throw UsageError(message: "--format takes text or json here, not '\(format)'")
    }
    return format == "json"
  }

  func execute() -> ExitCode {
    if let symbols { return symbols.execute() }
    let machine = Machine.measured(precision)
    if !writesJSON {
      let (threads, time) =
        Threads.count == 1 ? ("one thread", "CPU time") : ("up to \(Threads.count) threads", "elapsed time")
      Terminal.print(
        "\(threads), \(precision.rawValue), \(Self.rounded(machine.flops / 1e9)) GF/s in products, \(Self.rounded(machine.bytes / 1e9)) GB/s from memory, \(Self.rounded(machine.call * 1e9)) ns a call; \(time), medians\n"
      )
      Terminal.print(Self.row("problem", "sizes", "time", "GF/s", "of peak", "error") + "\n")
    }
    var results: [JSON] = []
    var code = ExitCode.answered
    for problem in BenchProblem.all where names.isEmpty || names.contains(problem.name) {
      for index in sizes {
        do {
          let result = try measured(problem, index)
          if !(result.error < (precision == .float64 ? 1e-5 : 1e-3)) { code = .defect }
          if writesJSON {
            results.append(result.json(machine))
          } else {
            Terminal.print(result.text(machine) + "\n")
          }
        } catch {
          code = code.worse(.input)
          Terminal.error("\(problem.name): \(error)\n")
        }
      }
    }
    if writesJSON {
      Terminal.print(
        JSON.object([
          ("seed", .integer(Int(clamping: seed))), ("precision", .string(precision.rawValue)),
          ("flops", .number(machine.flops)),
          ("bytes", .number(machine.bytes)), ("call", .number(machine.call)),
          ("results", .array(results)),
        ]).text() + "\n")
    }
    return code
  }

  private func measured(_ problem: BenchProblem, _ index: Int) throws -> BenchResult {
    let sizes = problem.sizes[index]
    var variables: [Formula] = []
    for declaration in problem.declarations { variables += try Formula.declared(declaration) }
    let function = try Formula(parsing: problem.function, in: variables)
    let wrt = problem.variables.compactMap { name in variables.first { $0.name == name } }
    var options = SessionOptions()
    options.checks = false
    let gradients = try function.gradients(wrt: wrt, options: options).map(\.result)
    let formulas: [Formula]
    switch problem.derivative {
    case .gradient: formulas = [function] + gradients
    case .hessian: formulas = [try function.hessian(wrt: wrt[0], options: options).result]
    }
    let compiled = try Formula.compiled(formulas, precision: precision)
    if showsPlan { for line in try compiled.plan(sizes) { Terminal.print("    \(line)\n") } }
    let bound = try compiled.bound(sizes)
    var data = BenchData(seed: seed, sizes: sizes, labels: problem.labels)
    for variable in bound.variables { bound.set(variable, data.value(variable)) }
    let times = try Machine.times(seconds: seconds) { try bound() }
    return BenchResult(
      name: problem.name, sizes: sizes, time: times.median, spread: times.spread,
      operations: bound.operations,
      error: try data.error(bound, function, gradients, wrt, problem.derivative))
  }

  static func rounded(_ value: Double) -> String {
    if value == 0 || !value.isFinite { return "\(value)" }
    if value.magnitude >= 100 { return "\(Int(value.rounded()))" }
    let digits = value.magnitude >= 10 ? 10.0 : value.magnitude >= 1 ? 100.0 : 1000.0
    return "\((value * digits).rounded() / digits)"
  }

  static func row(_ cells: String...) -> String {
    let widths = [16, 30, 10, 8, 8, 8]
    return zip(cells, widths).map { cell, width in
      cell + String(repeating: " ", count: max(width - cell.count, 1))
    }.joined()
  }
}

/// The measurements of a problem.
struct BenchResult {
  var name: String
  var sizes: [String: Int]
  /// Seconds, and the interquartile range relative to the median.
  var time: Double
  var spread: Double
  var operations: Double
  /// The largest relative error against differences.
  var error: Double

  private var sizesText: String {
    sizes.keys.sorted().map { "\($0)=\(sizes[$0] ?? 0)" }.joined(separator: " ")
  }

  func text(_ machine: Machine) -> String {
    let unit: (Double, String) = time < 1e-6 ? (1e9, "ns") : time < 1e-3 ? (1e6, "us") : (1e3, "ms")
    let rate = operations / time
    return BenchCommand.row(
      name, sizesText, "\(BenchCommand.rounded(time * unit.0)) \(unit.1)", BenchCommand.rounded(rate / 1e9),
      "\(Int((100 * rate / machine.flops).rounded())) %", error == 0 ? "0" : scientific(error))
  }

  func json(_ machine: Machine) -> JSON {
    .object([
      ("name", .string(name)),
      ("sizes", .object(sizes.keys.sorted().map { ($0, .integer(sizes[$0] ?? 0)) })),
      ("seconds", .number(time)), ("spread", .number(spread)), ("operations", .number(operations)),
      ("share", .number(operations / time / machine.flops)), ("error", .number(error)),
    ])
  }

  private func scientific(_ value: Double) -> String {
    var (digits, power) = (value, 0)
    while digits < 1, digits > 0 { (digits, power) = (digits * 10, power - 1) }
    while digits >= 10 { (digits, power) = (digits / 10, power + 1) }
    return "\(Int(digits.rounded()))e\(power)"
  }
}

/// The performance of the machine.
struct Machine {
  /// Operations per second in a product of matrices that stay in the cache.
  var flops: Double
  /// Bytes per second read from memory.
  var bytes: Double
  /// Seconds that a call takes to add two numbers.
  var call: Double

  static func measured(_ precision: Precision) -> Machine {
    do {
      let (a, n) = (Formula.matrix("A", "n", "n"), 384)
      let product = try Formula.compiled([a * a], precision: precision).bound(["n": n])
      product.set(a, Matrix(rows: n, columns: n, repeating: 0.5))
      let inProducts = try times(seconds: 0.5) { try product() }.median
      let x = Formula.vector("x", "n")
      let count = 1 << 25
      let total = try Formula.compiled([sum(x)], precision: precision).bound(["n": count])
      total.set(x, Matrix(rows: count, columns: 1, repeating: 1))
      let inSums = try times(seconds: 0.5) { try total() }.median
      let (s, t) = (Formula.scalar("s"), Formula.scalar("t"))
      let small = try Formula.compiled([s + t], precision: precision).bound([:])
      for scalar in [s, t] { small.set(scalar, Matrix(1)) }
      return Machine(
        flops: 2 * Double(n * n * n) / inProducts, bytes: Double(precision.bytes * count) / inSums,
        call: try times(seconds: 0.1) { try small() }.median)
    } catch {
      return Machine(flops: .nan, bytes: .nan, call: .nan)
    }
  }

  /// The clock of the measurements: CPU time for one thread, otherwise elapsed time.
  private static var now: Double { Threads.count == 1 ? System.threadSeconds : System.elapsedSeconds }

  /// Seconds of a call: the median over batches long enough for the clock, after one warm-up call.
  static func times(seconds: Double, _ body: () throws -> Void) throws -> (median: Double, spread: Double) {
    try body()
    let start = now
    try body()
    let single = max(now - start, 2e-8)
    let batch = max(1, Int(min(seconds / 20, 0.02) / single))
    var samples: [Double] = []
    let begin = now
    while samples.count < 3 || now - begin < seconds && samples.count < 200 {
      let start = now
      for _ in 0..<batch { try body() }
      samples.append((now - start) / Double(batch))
    }
    samples.sort()
    let median = samples[samples.count / 2]
    return (median, (samples[samples.count * 3 / 4] - samples[samples.count / 4]) / median)
  }
}
