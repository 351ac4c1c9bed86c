import NablaLanguage
import NablaNumerics
import Synchronization

/// Formulas as a flat list of instructions for given sizes; immutable, so any thread may use it.
///
/// `run(_:)` uses one workspace of the program behind a lock. A loop that evaluates often, or several threads
/// that evaluate at once, make a `ProgramWorkspace` each and use its raw entry.
public final class CompiledProgram: Sendable {
  /// The variables that it needs, in the order in which it met them.
  public let variables: [Formula]
  /// Rows and columns of each output.
  public let outputSizes: [(rows: Int, columns: Int)]
  /// The steps, for people.
  public var plan: [String] { schedule.steps.map { schedule.describe($0) } }
  /// Doubles that one workspace takes.
  public let workspaceSize: Int

  private let schedule: Schedule
  let instructions: [Instruction]
  let tables: InstructionTables
  let inputs: [Place]
  let outputs: [Place]
  let constants: [(offset: Int, value: Double)]
  let counterCount: Int
  private let shared: Mutex<ProgramWorkspace?>

  /// Where an array lies in a workspace.
  struct Place: Sendable {
    let offset: Int
    let rows: Int
    let columns: Int
    var count: Int { rows * columns }
  }

  init(_ schedule: Schedule) throws(CompileError) {
    let memory = try MemoryPlan(schedule)
    var loops = [(begin: Int, end: Int)](repeating: (0, 0), count: schedule.loopCount)
    var instructions: [Instruction] = []
    instructions.reserveCapacity(schedule.steps.count)
    for (index, step) in schedule.steps.enumerated() {
      if step.opcode == .loopBegin { loops[step.extra].begin = index }
      if step.opcode == .loopEnd { loops[step.extra].end = index }
      instructions.append(
        Instruction(
          opcode: step.opcode, flags: step.flags, output: max(memory.offsets[step.output], 0),
          a: step.inputs.isEmpty ? 0 : memory.offsets[step.inputs[0]],
          b: step.inputs.count > 1 ? memory.offsets[step.inputs[1]] : 0,
          scratch: max(memory.scratch[index], 0),
          m: step.m, n: step.n, k: step.k, extra: step.extra, alpha: step.alpha))
    }
    func place(_ value: Int) -> Place {
      let known = schedule.values[value]
      return Place(offset: memory.offsets[value], rows: known.rows, columns: known.columns)
    }
    self.instructions = instructions
    tables = InstructionTables(functions: schedule.functions, slices: schedule.slices, loops: loops)
    variables = schedule.inputs.map(\.variable)
    inputs = schedule.inputs.map { place($0.value) }
    outputs = schedule.outputs.map(place)
    outputSizes = outputs.map { ($0.rows, $0.columns) }
    constants = schedule.values.enumerated().compactMap { index, value in
      if case .constant(let number) = value.source, value.root == index {
        return (memory.offsets[index], number)
      }
      return nil
    }
    workspaceSize = memory.size
    counterCount = schedule.loopCount
    self.schedule = schedule
    shared = Mutex(nil)
  }

  /// A workspace of one's own, for one thread at a time.
  public func makeWorkspace() -> ProgramWorkspace { ProgramWorkspace(self) }

  /// The values of all formulas for values of the variables; variables that do not occur are ignored.
  ///
  /// Each matrix must have its variable's size; a `RunError` names the variable that is missing or does not fit.
  public func run(_ values: [Formula: Matrix]) throws(RunError) -> [Matrix] {
    // The workspace holds no reference back to the program, so that keeping it makes no cycle.
    let result: Result<[Matrix], RunError> = shared.withLock { shared in
      let workspace = shared ?? ProgramWorkspace(self)
      shared = workspace
      do throws(RunError) {
        for (index, variable) in variables.enumerated() {
          guard let value = values[variable] else { throw .missingInput(variable.variable?.name ?? "") }
          try check(value, index, variable)
          value.withPointer { workspace.setInput(index, $0) }
        }
        try workspace.run()
        return .success(outputs.indices.map { workspace.output($0) })
      } catch {
        return .failure(error)
      }
    }
    return try result.get()
  }

  private func check(_ value: Matrix, _ index: Int, _ variable: Formula) throws(RunError) {
    let place = inputs[index]
    if value.rows != place.rows || value.columns != place.columns {
      throw .wrongSize(
        name: variable.variable?.name ?? "", expected: "\(place.rows) x \(place.columns)",
        found: "\(value.rows) x \(value.columns)")
    }
  }
}

/// The memory in which a program runs, and its raw entry for loops: set inputs, run, read outputs.
///
/// Nothing is allocated after it was made. It belongs to one thread at a time.
public final class ProgramWorkspace {
  private let instructions: [Instruction]
  private let tables: InstructionTables
  private let inputs: [CompiledProgram.Place]
  private let outputs: [CompiledProgram.Place]
  private let variables: [Formula: Int]
  private let memory: UnsafeMutablePointer<Double>
  private let counters: UnsafeMutablePointer<Int>

  init(_ program: CompiledProgram) {
    instructions = program.instructions
    tables = program.tables
    inputs = program.inputs
    outputs = program.outputs
    var variables: [Formula: Int] = [:]
    for (index, variable) in program.variables.enumerated() { variables[variable] = index }
    self.variables = variables
    memory = .allocate(capacity: max(program.workspaceSize, 1))
    memory.initialize(repeating: 0, count: max(program.workspaceSize, 1))
    counters = .allocate(capacity: max(program.counterCount, 1))
    counters.initialize(repeating: 0, count: max(program.counterCount, 1))
    for constant in program.constants { memory[constant.offset] = constant.value }
  }

  deinit {
    memory.deallocate()
    counters.deallocate()
  }

  /// Copies the values of a variable, by columns; false when the program does not use it.
  @discardableResult
  public func setInput(_ variable: Formula, _ values: UnsafePointer<Double>) -> Bool {
    guard let index = variables[variable] else { return false }
    setInput(index, values)
    return true
  }

  /// Copies the values of the variable at a place of `CompiledProgram.variables`.
  func setInput(_ index: Int, _ values: UnsafePointer<Double>) {
    Kernels.copy(inputs[index].count, values, into: memory + inputs[index].offset)
  }

  /// Where the values of a variable stand, by columns; they stay between runs. Nil when it is not used.
  public func inputPointer(_ variable: Formula) -> UnsafeMutablePointer<Double>? {
    variables[variable].map { memory + inputs[$0].offset }
  }

  /// Computes all outputs from the inputs as they stand.
  public func run() throws(RunError) {
    // Not withUnsafeBufferPointer: its closure would lose the typed error.
    let result: Result<Void, RunError> = instructions.withUnsafeBufferPointer { buffer in
      do throws(RunError) { return .success(try Interpreter.run(buffer, tables, memory, counters)) } catch {
        return .failure(error)
      }
    }
    try result.get()
  }

  /// Where output i stands, by columns, until the next run.
  public func outputPointer(_ i: Int) -> UnsafePointer<Double> { UnsafePointer(memory + outputs[i].offset) }

  /// Output i, copied.
  public func output(_ i: Int) -> Matrix {
    let place = outputs[i]
    let values = UnsafeBufferPointer(start: memory + place.offset, count: place.count)
    return Matrix(rows: place.rows, columns: place.columns, storage: Array(values))
  }
}

extension Schedule {
  /// A step for people: `%4 = gemm %1 %2 (3 x 5)`.
  func describe(_ step: PlanStep) -> String {
    let value = values[step.output]
    let operands = step.inputs.map { input in
      let root = values[input].root
      if let variable = inputs.first(where: { $0.value == root })?.variable.variable { return variable.name }
      if case .constant(let number) = values[root].source { return "\(number)" }
      return "%\(root)"
    }
    let factor = step.alpha == 1 ? "" : " by \(step.alpha)"
    return
      "%\(value.root) = \(step.opcode) \(operands.joined(separator: " "))\(factor) (\(value.rows) x \(value.columns))"
  }
}
