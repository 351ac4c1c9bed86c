import NablaCore
import NablaNumerics
import Synchronization

/// Formulas compiled to a flat list of instructions for given sizes. It is immutable, so any thread may use it.
/// `run(_:)` uses a workspace of the program behind a lock. Loops that evaluate often, and threads that evaluate at
/// once, should each make a `ProgramWorkspace` and use its low-level interface.
package final class CompiledProgram: Sendable {
  /// The variables that it needs, in order of first use.
  package let variables: [Formula]
  /// Rows and columns of each output.
  package let outputSizes: [(rows: Int, columns: Int)]
  /// The steps in readable form.
  package var plan: [String] { steps.map(\.text) }
  /// The steps with their costs.
  package var steps: [ProgramStep] { schedule.described }
  /// The names of the results in the steps: `%4`, a variable or a number.
  package var resultNames: [String] { schedule.outputs.map { schedule.name($0) } }
  /// Bytes that the values of the variables take.
  package var inputBytes: Int { inputs.reduce(0) { $0 + $1.count * $1.precision.bytes } }
  /// Bytes of a workspace beside those: constants, temporaries and results.
  package var workspaceBytes: Int { 8 * workspaceSize - inputBytes }
  /// Additions, multiplications and function evaluations of a run, with loop bodies counted once.
  package var operations: Double { schedule.operations }
  /// The type of numbers of inputs and outputs.
  package let precision: Precision
  /// The number of threads for an operation; that of the process if `nil`.
  let threads: Int?
  /// Number of doubles with the memory of a workspace.
  package let workspaceSize: Int

  let schedule: Schedule
  let instructions: [PlacedInstruction]
  let tables: InstructionTables
  let inputs: [Place]
  let outputs: [Place]
  let constants: [(place: Place, value: Double)]
  let counterCount: Int
  private let shared: Mutex<ProgramWorkspace?>

  /// The location of an array in a workspace.
  struct Place: Sendable {
    let offset: Int
    let rows: Int
    let columns: Int
    /// The value that owns the memory.
    let root: Int
    var precision = Precision.float64
    var count: Int { rows * columns }

    static let nowhere = Place(offset: 0, rows: 0, columns: 0, root: -1)
  }

  init(_ schedule: Schedule, precision: Precision = .float64, threads: Int? = nil) throws(CompileError) {
    let memory = try MemoryPlan(schedule)
    func place(_ value: Int) -> Place {
      let known = schedule.values[value]
      return Place(
        offset: max(memory.offsets[value], 0), rows: known.rows, columns: known.columns, root: known.root,
        precision: known.precision)
    }
    var loops = [(begin: Int, end: Int)](repeating: (0, 0), count: schedule.loopCount)
    var instructions: [PlacedInstruction] = []
    instructions.reserveCapacity(schedule.steps.count)
    func append(_ step: PlanStep, scratch: Int) {
      instructions.append(
        PlacedInstruction(
          opcode: step.opcode, flags: step.flags, precision: step.precision,
          output: step.output >= 0 ? place(step.output) : Place.nowhere,
          a: step.inputs.isEmpty ? Place.nowhere : place(step.inputs[0]),
          b: step.inputs.count > 1 ? place(step.inputs[1]) : Place.nowhere,
          c: step.inputs.count > 2 && (step.opcode == .multiplyBoth || step.opcode == .gram)
            ? place(step.inputs[2]) : Place.nowhere,
          scratch: step.opcode == .multiplyBoth
            ? place(step.extra) : Place(offset: max(scratch, 0), rows: 0, columns: 0, root: -1),
          m: step.m, n: step.n, k: step.k,
          extra: step.opcode == .stream ? schedule.streams[step.extra].chunk : step.extra, alpha: step.alpha))
    }
    for (index, step) in schedule.weighed.enumerated() {
      if step.opcode == .loopBegin { loops[step.extra].begin = instructions.count }
      if step.opcode == .loopEnd { loops[step.extra].end = instructions.count }
      append(step, scratch: memory.scratch[index])
      // The parts of a pass over blocks follow it.
      if step.opcode == .stream {
        for part in schedule.streams[step.extra].parts { append(part, scratch: -1) }
      }
    }
    self.instructions = instructions
    tables = InstructionTables(
      functions: schedule.functions, slices: schedule.slices, loops: loops,
      groups: schedule.groups.map { group in
        PlacedGroup(
          steps: group.steps, slots: group.slots.map { PlacedGroup.Slot($0, place) },
          totals: group.totals.map(place))
      })
    variables = schedule.inputs.map(\.variable)
    inputs = schedule.inputs.map { place($0.value) }
    outputs = schedule.outputs.map(place)
    outputSizes = outputs.map { ($0.rows, $0.columns) }
    constants = schedule.values.enumerated().compactMap { index, value in
      if case .constant(let number) = value.source, value.root == index {
        return (place(index), number)
      }
      return nil
    }
    workspaceSize = memory.size
    counterCount = schedule.loopCount
    self.precision = precision
    self.threads = threads
    self.schedule = schedule
    shared = Mutex(nil)
  }

  /// A new workspace, for one thread at a time.
  package func makeWorkspace() -> ProgramWorkspace { ProgramWorkspace(self) }

  /// The values of all formulas for values of the variables; variables that do not occur are ignored.
  /// Each matrix must have the size of its variable; a `RunError` names the variable that is missing or does not fit.
  package func run(_ values: [Formula: Matrix]) throws(RunError) -> [Matrix] {
    // The workspace does not refer back to the program, so storing it makes no reference cycle.
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
