import Nabla
import NablaCore
import NablaData
import NablaLanguage
import NablaNumerics
import NablaReport

/// `nabla minimize FILE --data DATA... --wrt w`.
struct MinimizeCommand {
  private let operands: DataOperands
  var session: Session { operands.session }
  private let variables: [String]
  private let objective: String?
  private let options: MinimizationOptions

  /// Its own options.
  init(_ words: [String]) throws(UsageError) {
    let arguments = try Arguments(words, for: .minimize)
    try self.init(arguments, CommonOptions(arguments))
  }

  init(_ arguments: Arguments, _ common: CommonOptions) throws(UsageError) {
    variables = try Self.variables(arguments)
    objective = try arguments.one("--objective").map { (text) throws(UsageError) in try Self.name(text) }
    options = try Self.options(arguments)
    operands = try DataOperands(arguments, common)
  }

  private static func variables(_ arguments: Arguments) throws(UsageError) -> [String] {
    var result: [String] = []
    for text in arguments.all("--wrt").flatMap({ $0.split(separator: ",", omittingEmptySubsequences: false) })
    {
      result.append(try name(String(text)))
    }
    if result.isEmpty { throw UsageError(message: "--wrt is missing: over which variable?") }
    return result
  }

  /// A name as in the language.
  private static func name(_ text: String) throws(UsageError) -> String {
    guard let name = DataTable.name(text) else { throw UsageError(message: "'\(text)' is not a name") }
    return name
  }

  private static func options(_ arguments: Arguments) throws(UsageError) -> MinimizationOptions {
    let step = try positive("--step", arguments)
    let standard: MinimizationMethod = step == nil ? .limitedMemoryBFGS : .gradientDescent
    var options = MinimizationOptions(method: try CommonOptions.choice("--method", arguments, standard))
    if step != nil, options.method != .gradientDescent {
      throw UsageError(message: "--step goes with --method gd; the others choose their steps")
    }
    options.fixedStep = step
    options.precision = try arguments.precision()
    options.tolerance = try positive("--tolerance", arguments) ?? options.tolerance
    if let text = try arguments.one("--max-iterations") {
      guard let count = Int(text), count > 0 else {
        throw UsageError(message: "--max-iterations takes an integer of at least 1, not '\(text)'")
      }
      options.maximumIterations = count
    }
    return options
  }

  private static func positive(_ option: String, _ arguments: Arguments) throws(UsageError) -> Double? {
    guard let text = try arguments.one(option) else { return nil }
    guard let value = DataNumber.value(Array(text.utf8)[...]), value > 0, value.isFinite else {
      throw UsageError(message: "\(option) takes a positive number, not '\(text)'")
    }
    return value
  }

  func execute() throws(UsageError) -> ExitCode {
    var writer = EvaluationWriter(session: operands.session, isJSON: operands.options.format == .json)
    let showsProgress = System.isTerminal(2)
    let minimum = try minimum(&writer) { progress in
      if showsProgress, Self.isShown(progress.iteration) { Terminal.error(Self.line(progress)) }
    }
    if let minimum { writer.write(minimum.found, objective: minimum.objective) }
    return writer.finish()
  }

  /// The result, and the name of the objective; nil if something is wrong, which has then been reported.
  func minimum(
    _ writer: inout EvaluationWriter, _ progress: (MinimizationProgress) -> Void
  ) throws(UsageError) -> (objective: String, found: Minimization)? {
    let session = operands.session
    writer.report(session.diagnostics)
    // If the last definition is invalid, the one before it is not what was meant.
    guard session.diagnostics.isEmpty, let table = try operands.table(&writer) else { return nil }
    let name = objective ?? session.lastDefinition
    let place = name.flatMap(session.rangeOfDefinition)
    do throws(EvaluationProblem) {
      let evaluation = try Evaluation(session, data: table.matrices, sizes: table.sizes)
      do throws(MinimizationError) {
        let found = try evaluation.minimization(
          of: name, wrt: variables, options: options, progress: progress)
        return (name ?? "", found)
      } catch {
        if case .evaluation(let problem) = error { throw problem }
        writer.report(error, place)
      }
    } catch {
      writer.report(error, place)
    }
    return nil
  }

  /// The first twenty steps, then fewer and fewer.
  private static func isShown(_ iteration: Int) -> Bool {
    var stride = 1
    while iteration > 20 * stride, stride < 1_000_000 { stride *= 10 }
    return iteration.isMultiple(of: stride)
  }

  private static func line(_ progress: MinimizationProgress) -> String {
    func padded(_ text: String, _ width: Int) -> String {
      String(repeating: " ", count: max(0, width - text.count)) + text
    }
    let value = Matrix.text(of: progress.value, digits: 10)
    let norm = Matrix.text(of: progress.gradientNorm, digits: 3)
    return "\(padded(String(progress.iteration), 8))  value \(padded(value, 16))  gradient norm \(norm)\n"
  }
}

extension EvaluationWriter {
  /// Writes the result of a minimization; the exit code also tells whether it converged.
  mutating func write(_ found: Minimization, objective: String) {
    for text in found.notes { note(text) }
    if !found.hasConverged { code = code.worse(.refuted) }
    let names = found.variables.map { $0.name ?? "" }
    let values = found.variables.map { found.point[$0] ?? Matrix(0) }
    if isJSON {
      let point = zip(found.variables, values).map { ($0.name ?? "", JSON.matrix($1, $0.shape)) }
      objects.append(
        .object([
          ("objective", .string(objective)), ("method", .string(found.method.rawValue)),
          ("wrt", .strings(names)), ("minimizer", .object(point)), ("value", .number(found.value)),
          ("gradientNorm", .number(found.gradientNorm)), ("iterations", .integer(found.iterations)),
          ("converged", .bool(found.hasConverged)), ("reason", .string(found.reason.rawValue)),
        ]))
      standsAlone = true
      return
    }
    let width = ([13] + names.map(\.count)).max() ?? 13
    func padded(_ label: String) -> String { label + String(repeating: " ", count: width - label.count) }
    var text = "minimize \(objective) wrt \(names.joined(separator: ", ")) by \(found.method.rawValue)\n"
    for (name, value) in zip(names, values) { text += Self.labelled(padded(name), value) }
    text += Self.labelled(padded("value"), Matrix(found.value))
    text += "  \(padded("gradient norm"))  \(Matrix.text(of: found.gradientNorm, digits: 3))\n"
    text += "  \(padded("iterations"))  \(found.iterations)\n"
    text += "  \(Self.sentence(found.reason))\n"
    Terminal.print(text)
  }

  /// `objective` is the location of the minimized definition.
  mutating func report(_ problem: MinimizationError, _ objective: SourceRange?) {
    let place: SourceRange? =
      switch problem {
      case .notScalar, .absent, .underivable: objective
      case .notFiniteAtStart(_, let names): names.first.flatMap(declared) ?? objective
      case .tied(let name, _), .startNeeded(let name, _): declared(name)
      // Errors in the command line or in the data as a whole.
      case .noDefinition, .unknownObjective, .noVariable, .unknownVariable, .notAVariable, .givenTwice,
        .tooManyEntries, .evaluation:
        nil
      }
    guard let place else {
      report(DataProblem(message: problem.description, hint: problem.hint, file: session.source.name))
      return
    }
    report(Diagnostic(message: problem.description, range: place, hint: problem.hint))
  }

  private func declared(_ name: String) -> SourceRange? { session.declaration(of: name)?.range }

  static func sentence(_ reason: StoppingReason) -> String {
    switch reason {
    case .converged: "converged: the gradient vanishes within the tolerance"
    case .iterationLimit: "not converged: the iteration limit is reached"
    case .noDecrease: "not converged: no decrease possible, but the gradient does not vanish"
    case .notFinite: "not converged: the next point's value or derivatives are not finite"
    case .cancelled: "not converged: cancelled"
    case .unboundedBelow: "not converged: unbounded below"
    }
  }
}
