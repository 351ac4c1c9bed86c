import NablaArrays
import NablaCore
import NablaKernels
import NablaNumerics

/// The memory of a program, with a low-level interface for loops: set inputs, run, read outputs.
/// It allocates only when it is created. It belongs to one thread at a time.
package final class ProgramWorkspace {
  private let inputs: [CompiledProgram.Place]
  private let outputs: [CompiledProgram.Place]
  private let variables: [Formula: Int]
  /// The offsets of constants.
  private let constants: Set<Int>
  package let precision: Precision
  private let tables: InstructionTables
  private let threads: Int?
  private let memory: UnsafeMutablePointer<Double>
  private let counters: UnsafeMutablePointer<Int>
  /// The program with addresses in place of offsets.
  private let instructions: UnsafeMutablePointer<Instruction>
  private let count: Int
  private let steps: UnsafeMutablePointer<nabla_step>
  private let slots: UnsafeMutablePointer<nabla_slot>
  private let totals: UnsafeMutablePointer<UnsafeMutableRawPointer>
  /// For each value that owns memory, the places that hold its address.
  private let uses: [Int: [Use]]
  /// The address of each input and each output.
  private let inputAddresses: UnsafeMutablePointer<UnsafeMutableRawPointer>
  private let outputAddresses: UnsafeMutablePointer<UnsafeMutableRawPointer>

  /// A place in the program that holds an address.
  private enum Use {
    case output(Int)
    case a(Int)
    case b(Int)
    case c(Int)
    case scratch(Int)
    case slot(Int)
    case total(Int)
  }

  init(_ program: CompiledProgram) {
    inputs = program.inputs
    outputs = program.outputs
    tables = program.tables
    threads = program.threads
    constants = Set(program.constants.map(\.place.offset))
    precision = program.precision
    var variables: [Formula: Int] = [:]
    for (index, variable) in program.variables.enumerated() { variables[variable] = index }
    self.variables = variables
    let memory = UnsafeMutablePointer<Double>.allocate(capacity: max(program.workspaceSize, 1))
    memory.initialize(repeating: 0, count: max(program.workspaceSize, 1))
    self.memory = memory
    counters = .allocate(capacity: max(program.counterCount, 1))
    counters.initialize(repeating: 0, count: max(program.counterCount, 1))
    for constant in program.constants {
      let address = UnsafeMutableRawPointer(memory + constant.place.offset)
      switch constant.place.precision {
      case .float64: address.storeBytes(of: constant.value, as: Double.self)
      case .float32: address.storeBytes(of: Float(constant.value), as: Float.self)
      }
    }

    let groups = program.tables.groups
    steps = .allocate(capacity: max(groups.reduce(0) { $0 + $1.steps.count }, 1))
    slots = .allocate(capacity: max(groups.reduce(0) { $0 + $1.slots.count }, 1))
    totals = .allocate(capacity: max(groups.reduce(0) { $0 + $1.totals.count }, 1))
    count = program.instructions.count
    instructions = .allocate(capacity: max(count, 1))
    inputAddresses = .allocate(capacity: max(inputs.count, 1))
    outputAddresses = .allocate(capacity: max(outputs.count, 1))
    for (index, place) in inputs.enumerated() {
      (inputAddresses + index).initialize(to: memory + place.offset)
    }
    for (index, place) in outputs.enumerated() {
      (outputAddresses + index).initialize(to: memory + place.offset)
    }
    let external = Set(inputs.map(\.root) + outputs.map(\.root))
    var uses: [Int: [Use]] = [:]
    func note(_ place: CompiledProgram.Place, _ use: Use) {
      if external.contains(place.root) { uses[place.root, default: []].append(use) }
    }
    var (nextStep, nextSlot, nextTotal) = (0, 0, 0)
    for (index, placed) in program.instructions.enumerated() {
      var instruction = Instruction(placed, memory)
      note(placed.output, .output(index))
      note(placed.a, .a(index))
      note(placed.b, .b(index))
      note(placed.c, .c(index))
      note(placed.scratch, .scratch(index))
      if placed.opcode == .fused {
        let group = groups[placed.extra]
        instruction.fused = FusedRun(
          steps: steps + nextStep, stepCount: group.steps.count, slots: slots + nextSlot,
          slotCount: group.slots.count, totals: totals + nextTotal, totalCount: group.totals.count)
        for step in group.steps {
          (steps + nextStep).initialize(to: step)
          nextStep += 1
        }
        for slot in group.slots {
          let made: nabla_slot
          switch slot {
          case .array(let place):
            made = nabla_slot(address: memory + place.offset, stride: 1)
            note(place, .slot(nextSlot))
          case .number(let place):
            made = nabla_slot(address: memory + place.offset, stride: 0)
            note(place, .slot(nextSlot))
          case .block: made = nabla_slot(address: nil, stride: 0)
          }
          (slots + nextSlot).initialize(to: made)
          nextSlot += 1
        }
        for place in group.totals {
          (totals + nextTotal).initialize(to: memory + place.offset)
          note(place, .total(nextTotal))
          nextTotal += 1
        }
      }
      (instructions + index).initialize(to: instruction)
    }
    self.uses = uses
  }

  deinit {
    memory.deallocate()
    counters.deallocate()
    instructions.deallocate()
    steps.deallocate()
    slots.deallocate()
    totals.deallocate()
    inputAddresses.deallocate()
    outputAddresses.deallocate()
  }

  /// Copies the values of a variable in column-major order; false if the program does not use it.
  @discardableResult
  package func setInput(_ variable: Formula, _ values: UnsafePointer<Double>) -> Bool {
    guard let index = variables[variable] else { return false }
    setInput(index, values)
    return true
  }

  /// Copies the values of the variable with this index in `CompiledProgram.variables`, rounded to its precision.
  package func setInput(_ index: Int, _ values: UnsafePointer<Double>) {
    let (count, address) = (inputs[index].count, inputAddresses[index])
    switch precision {
    case .float64: Kernels.copy(count, values, into: address.assumingMemoryBound(to: Double.self))
    case .float32:
      let entries = address.assumingMemoryBound(to: Float.self)
      for i in 0..<count { entries[i] = Float(values[i]) }
    }
  }

  /// Number of entries of an input.
  package func inputCount(_ index: Int) -> Int { inputs[index].count }

  /// The address of the values of a variable in column-major order; they persist between runs. `nil` if the variable is
  /// not used or has floats.
  package func inputPointer(_ variable: Formula) -> UnsafeMutablePointer<Double>? {
    guard precision == .float64, let index = variables[variable] else { return nil }
    return inputAddresses[index].assumingMemoryBound(to: Double.self)
  }

  /// Makes the program read an input from this address from now on, without copying. The numbers have its precision.
  package func readInput(_ index: Int, at address: UnsafeMutableRawPointer) {
    if inputAddresses[index] == address { return }
    inputAddresses[index] = address
    let root = inputs[index].root
    for (output, place) in outputs.enumerated() where place.root == root { outputAddresses[output] = address }
    move(root, to: address)
  }

  /// Whether an output can be written to another address: it is not an input, a constant, or another output.
  package func isMovable(output index: Int) -> Bool {
    let root = outputs[index].root
    return !inputs.contains { $0.root == root } && outputs.filter { $0.root == root }.count == 1
      && !constants.contains(outputs[index].offset)
  }

  /// Makes the program write an output to this address from now on. The numbers have its precision.
  package func writeOutput(_ index: Int, at address: UnsafeMutableRawPointer) {
    if outputAddresses[index] == address { return }
    outputAddresses[index] = address
    move(outputs[index].root, to: address)
  }

  private func move(_ root: Int, to address: UnsafeMutableRawPointer) {
    guard let places = uses[root] else { return }
    for use in places {
      switch use {
      case .output(let index): instructions[index].z = address
      case .a(let index): instructions[index].x = address
      case .b(let index): instructions[index].y = address
      case .c(let index): instructions[index].w = address
      case .scratch(let index): instructions[index].scratch = address
      case .slot(let index): slots[index].address = address
      case .total(let index): totals[index] = address
      }
    }
  }

  /// Computes all outputs from the current inputs.
  package func run() throws(RunError) {
    try Threads.limited(to: threads) { () throws(RunError) in
      try Interpreter.run(instructions, count, tables, counters)
    }
  }

  /// The address of output i of a program in doubles, in column-major order, valid until the next run.
  package func outputPointer(_ i: Int) -> UnsafePointer<Double> {
    UnsafePointer(outputAddresses[i].assumingMemoryBound(to: Double.self))
  }

  /// The address of output i of a program in floats, in column-major order, valid until the next run.
  package func floatOutputPointer(_ i: Int) -> UnsafePointer<Float> {
    UnsafePointer(outputAddresses[i].assumingMemoryBound(to: Float.self))
  }

  /// A copy of output i.
  package func output(_ i: Int) -> Matrix {
    let place = outputs[i]
    let values: [Double]
    switch precision {
    case .float64: values = Array(UnsafeBufferPointer(start: outputPointer(i), count: place.count))
    case .float32:
      values = UnsafeBufferPointer(start: floatOutputPointer(i), count: place.count).map(Double.init)
    }
    return Matrix(rows: place.rows, columns: place.columns, storage: values)
  }
}
