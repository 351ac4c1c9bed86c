import NablaKernels
import NablaNumerics

/// Elementwise steps over arrays of one length, run block by block in one pass.
/// Values that no other step needs never leave a block.
struct FusedGroup: Sendable {
  var steps: [nabla_step] = []
  var slots: [Slot] = []
  /// Number of entries of each array.
  var length = 0
  /// Values that exist before the pass, and values that it leaves.
  var reads: [Int] = []
  var writes: [Int] = []
  /// Those among them that are sums, which start at zero.
  var totals: [Int] = []

  /// The contents of a machine slot.
  enum Slot: Sendable {
    /// An array traversed entry by entry, or one number for all entries.
    case array(Int)
    case number(Int)
    /// A block that lives only within a pass.
    case block
  }
}

extension Schedule {
  /// Groups runs of elementwise steps.
  mutating func fuse() {
    var fusion = Fusion(self)
    for index in steps.indices { fusion.take(index) }
    fusion.close()
    steps = fusion.result
    groups = fusion.groups
  }
}

/// The pass that finds the groups.
/// A group takes the position of its last step. A step outside the group that needs or changes a value touched by the
/// group waits until the group is closed.
private struct Fusion {
  let schedule: Schedule
  var result: [PlanStep] = []
  var groups: [FusedGroup] = []
  /// Steps of the open group, by their positions in the schedule.
  private var open: [Int] = []
  private var length = 0
  private var read: Set<Int> = []
  private var written: Set<Int> = []
  /// Sums over the group, known only at its end.
  private var summed: Set<Int> = []
  /// Waiting steps, and the values that they read and write.
  private var waiting: [PlanStep] = []
  private var waitingReads: Set<Int> = []
  private var waitingWrites: Set<Int> = []
  private let lastUse: [Int]

  init(_ schedule: Schedule) {
    self.schedule = schedule
    var lastUse = [Int](repeating: -1, count: schedule.values.count)
    for (index, step) in schedule.steps.enumerated() {
      for value in step.inputs + schedule.writes(step) {
        lastUse[schedule.values[value].root] = index
      }
    }
    for output in schedule.outputs { lastUse[schedule.values[output].root] = .max }
    self.lastUse = lastUse
  }

  private func root(_ value: Int) -> Int { schedule.values[value].root }

  mutating func take(_ index: Int) {
    let step = schedule.steps[index]
    let inputs = step.inputs.map(root)
    let output = step.output >= 0 ? root(step.output) : -1
    if let length = step.fusedLength, length > 1 {
      let isSum = step.opcode == .sum || step.opcode == .dot
      let fits =
        open.isEmpty
        || length == self.length && open.count < CompileLimits.fused && summed.isDisjoint(with: inputs)
          && !summed.contains(output) && !(isSum && (read.contains(output) || written.contains(output)))
      let isFree =
        waitingWrites.isDisjoint(with: inputs) && !waitingReads.contains(output)
        && !waitingWrites.contains(output)
      if !fits || !isFree { close() }
      self.length = length
      open.append(index)
      read.formUnion(inputs)
      if isSum { summed.insert(output) } else { written.insert(output) }
      return
    }
    if step.opcode == .loopBegin || step.opcode == .loopEnd || step.opcode == .function {
      close()
      result.append(step)
      return
    }
    let outputs = schedule.writes(step).map(root)
    let made = written.union(summed).union(waitingWrites)
    if made.isDisjoint(with: inputs + outputs), read.union(waitingReads).isDisjoint(with: outputs) {
      result.append(step)
      return
    }
    waiting.append(step)
    waitingReads.formUnion(inputs)
    waitingWrites.formUnion(outputs)
    if waiting.count > CompileLimits.fused { close() }
  }

  mutating func close() {
    closeGroup()
    result += waiting
    waiting = []
    waitingReads = []
    waitingWrites = []
  }

  private mutating func closeGroup() {
    defer {
      open = []
      read = []
      written = []
      summed = []
    }
    if open.count < 2 {
      result += open.map { schedule.steps[$0] }
      return
    }
    var builder = FusedBuilder(
      schedule: schedule, steps: open, lastUse: lastUse, needed: waitingReads.union(waitingWrites),
      length: length)
    // A pass with more arrays than there are slots runs step by step.
    guard let group = builder.built() else {
      result += open.map { schedule.steps[$0] }
      return
    }
    groups.append(group)
    result.append(
      PlanStep(
        opcode: .fused, inputs: group.reads, output: group.writes.first ?? -1, m: length,
        extra: groups.count - 1))
  }
}

/// Writes a group as a machine program.
struct FusedBuilder {
  let schedule: Schedule
  let steps: [Int]
  let lastUse: [Int]
  /// The values that waiting steps need.
  let needed: Set<Int>
  let length: Int
  private var group = FusedGroup()
  private var slots: [Int: Int] = [:]
  private var numbers: [Int: Int] = [:]
  private var freeBlocks: [Int] = []
  private var made: Set<Int> = []
  /// For a value that never leaves the group, its last step in the group.
  private var dying: [Int: Int] = [:]

  init(schedule: Schedule, steps: [Int], lastUse: [Int], needed: Set<Int>, length: Int) {
    self.schedule = schedule
    self.steps = steps
    self.lastUse = lastUse
    self.needed = needed
    self.length = length
  }

  private func root(_ value: Int) -> Int { schedule.values[value].root }

  mutating func built() -> FusedGroup? {
    group.length = length
    let members = Set(steps)
    for index in steps {
      let step = schedule.steps[index]
      let output = root(step.output)
      if members.contains(lastUse[output]), !needed.contains(output) { dying[output] = lastUse[output] }
    }
    for index in steps {
      guard append(schedule.steps[index]) else { return nil }
      for (value, last) in dying where last == index {
        if let slot = slots[value], case .block = group.slots[slot] { freeBlocks.append(slot) }
        slots[value] = nil
      }
      freeBlocks.sort(by: >)
    }
    return group.slots.count <= Int(NABLA_MOST_SLOTS) ? group : nil
  }

  private mutating func new(_ slot: FusedGroup.Slot) -> Int {
    group.slots.append(slot)
    return group.slots.count - 1
  }

  private mutating func block() -> Int { freeBlocks.popLast() ?? new(.block) }

  /// The slot of an array that is read.
  private mutating func array(_ value: Int) -> Int {
    let value = root(value)
    if let slot = slots[value] { return slot }
    let slot = new(.array(value))
    slots[value] = slot
    if !made.contains(value), !group.reads.contains(value) { group.reads.append(value) }
    return slot
  }

  /// The slot of a number that is read for every entry.
  private mutating func number(_ value: Int) -> Int {
    let value = root(value)
    if let slot = numbers[value] { return slot }
    let slot = new(.number(value))
    numbers[value] = slot
    if !group.reads.contains(value) { group.reads.append(value) }
    return slot
  }

  private mutating func operand(_ value: Int, stride: Int) -> Int {
    stride == 0 ? number(value) : array(value)
  }

  /// The slot of a value that a step creates or adds to.
  private mutating func target(_ value: Int) -> Int {
    let value = root(value)
    if let slot = slots[value] { return slot }
    let isNew = !made.contains(value)
    made.insert(value)
    if isNew, dying[value] != nil {
      let slot = block()
      slots[value] = slot
      return slot
    }
    let slot = new(.array(value))
    slots[value] = slot
    if !group.writes.contains(value) { group.writes.append(value) }
    return slot
  }

  private mutating func add(
    _ kind: nabla_step_kind, _ target: Int, _ a: Int = 0, _ b: Int = 0, c: Double = 0, power: Int = 0,
    function: UInt32 = 0
  ) {
    // c*b + a in one step in place of a copy of a and an addition to it.
    if kind == NABLA_AXPY || kind == NABLA_ADD, let last = group.steps.last, last.kind == NABLA_COPY.rawValue,
      last.target == target, kind == NABLA_AXPY ? b == target && a != target : a == target && b != target
    {
      let (left, right) = kind == NABLA_AXPY ? (Int32(a), last.a) : (last.a, Int32(b))
      group.steps[group.steps.count - 1] = nabla_step(
        kind: Int32(kind.rawValue), function: 0, target: Int32(target), a: left, b: right, power: 0, c: c)
      return
    }
    group.steps.append(
      nabla_step(
        kind: Int32(kind.rawValue), function: Int32(function), target: Int32(target), a: Int32(a),
        b: Int32(b), power: Int32(power), c: c))
  }

  /// The slot of a value that a step changes; its value before the group is also read.
  private mutating func changed(_ value: Int) -> Int {
    let value = root(value)
    let slot = slots[value] ?? array(value)
    made.insert(value)
    if case .array = group.slots[slot], !group.writes.contains(value) { group.writes.append(value) }
    return slot
  }

  private mutating func append(_ step: PlanStep) -> Bool {
    let (x, y) = (step.inputs.first ?? -1, step.inputs.count > 1 ? step.inputs[1] : -1)
    switch step.opcode {
    case .fill: add(NABLA_FILL, target(step.output), c: step.alpha)
    case .fillFrom:
      let a = number(x)
      add(NABLA_SCALE, target(step.output), a, c: step.alpha)
    case .scaled:
      let a = array(x)
      let z = target(step.output)
      step.alpha == 1 ? add(NABLA_COPY, z, a) : add(NABLA_SCALE, z, a, c: step.alpha)
    case .axpy:
      let a = array(x)
      let z = changed(step.output)
      step.alpha == 1 ? add(NABLA_ADD, z, z, a) : add(NABLA_AXPY, z, a, z, c: step.alpha)
    case .addConstant:
      let z = changed(step.output)
      add(NABLA_OFFSET, z, z, c: step.alpha)
    case .addScalar:
      let a = number(x)
      let z = changed(step.output)
      step.alpha == 1 ? add(NABLA_ADD, z, z, a) : add(NABLA_AXPY, z, a, z, c: step.alpha)
    case .multiply: pair(NABLA_MULTIPLY, step)
    case .divide: pair(NABLA_DIVIDE, step)
    case .select: pair(NABLA_SELECT, step)
    case .less: pair(NABLA_LESS, step)
    case .lessEqual: pair(NABLA_LESS_EQUAL, step)
    case .scaleBy:
      let (a, b) = (array(x), number(y))
      let z = target(step.output)
      add(NABLA_MULTIPLY, z, a, b)
      if step.alpha != 1 { add(NABLA_SCALE, z, z, c: step.alpha) }
    case .square: mapped(NABLA_SQUARE, step)
    case .reciprocal: mapped(NABLA_RECIPROCAL, step)
    case .squareRoot: mapped(NABLA_SQRT, step)
    case .powInteger:
      let a = array(x)
      add(NABLA_POWER, target(step.output), a, power: step.k)
    case .unary:
      guard let function = ScalarKernels.library[step.extra].vectorized else { return false }
      mapped(function, step)
    case .binary:
      let function = ScalarKernels.library[step.extra]
      if let kind = function.vectorizedPair {
        pair(kind, step)
      } else if let mapped = function.vectorizedFunctionOfPairs {
        pair(NABLA_PAIR, step, function: mapped.rawValue)
      } else {
        return false
      }
    case .pow: pair(NABLA_PAIR, step, function: NABLA_POW.rawValue)
    case .sum:
      let a = array(x)
      add(NABLA_SUM, total(step.output), a)
    case .dot:
      let (a, b) = (array(x), array(y))
      add(NABLA_DOT, total(step.output), a, b)
    case .addColumn, .addRow, .addDiagonal, .addDiagonalScalar, .addDiagonalConstant, .gemm, .gram,
      .multiplyBoth, .scaleRows,
      .scaleColumns, .selectRows, .selectColumns, .rowSums, .columnSums, .trace, .traceOfProduct, .transpose,
      .norm1, .norm2, .normInf, .maximum, .minimum, .factorLU, .factorCholesky, .solve, .solveRight, .inverse,
      .determinant, .logDeterminant, .logSignedDeterminant, .singularNorm, .nuclearNorm, .polar, .leftVector,
      .rightVector, .pseudoInverse, .adjugate, .exponential, .cholesky, .logSumExp, .softmax, .logSoftmax,
      .diagonalMatrix, .diagonal, .kron, .scaleBlocks, .addBlocks, .lowerTriangle, .upperTriangle, .lowHalf,
      .commutation, .argmaxHot,
      .slice, .slidingSlice, .place, .function, .loopBegin, .loopEnd, .fused, .stream:
      return false
    }
    return true
  }

  private mutating func pair(_ kind: nabla_step_kind, _ step: PlanStep, function: UInt32 = 0) {
    let a = operand(step.inputs[0], stride: step.n)
    let b = operand(step.inputs[1], stride: step.k)
    add(kind, target(step.output), a, b, function: function)
  }

  private mutating func mapped(_ function: nabla_unary, _ step: PlanStep) {
    let a = array(step.inputs[0])
    add(NABLA_MAP, target(step.output), a, function: function.rawValue)
  }

  /// An accumulator; the interpreter clears it before the pass.
  private mutating func total(_ value: Int) -> Int {
    group.writes.append(root(value))
    group.totals.append(root(value))
    return new(.number(root(value)))
  }
}

extension PlanStep {
  /// The array length of a step that may be fused; `nil` for other steps.
  var fusedLength: Int? {
    switch opcode {
    case .fill, .fillFrom, .scaled, .axpy, .addConstant, .addScalar, .multiply, .divide, .select, .scaleBy,
      .square, .reciprocal, .squareRoot, .pow, .less, .lessEqual, .sum, .dot:
      m
    case .powInteger: k <= Int(Int32.max) ? m : nil
    case .unary: ScalarKernels.library[extra].vectorized == nil ? nil : m
    case .binary:
      ScalarKernels.library[extra].vectorizedPair == nil
        && ScalarKernels.library[extra].vectorizedFunctionOfPairs == nil ? nil : m
    case .addColumn, .addRow, .addDiagonal, .addDiagonalScalar, .addDiagonalConstant, .gemm, .gram,
      .multiplyBoth, .scaleRows,
      .scaleColumns, .selectRows, .selectColumns, .rowSums, .columnSums, .trace, .traceOfProduct, .transpose,
      .norm1, .norm2, .normInf, .maximum, .minimum, .factorLU, .factorCholesky, .solve, .solveRight, .inverse,
      .determinant, .logDeterminant, .logSignedDeterminant, .singularNorm, .nuclearNorm, .polar, .leftVector,
      .rightVector, .pseudoInverse, .adjugate, .exponential, .cholesky, .logSumExp, .softmax, .logSoftmax,
      .diagonalMatrix, .diagonal, .kron, .scaleBlocks, .addBlocks, .lowerTriangle, .upperTriangle, .lowHalf,
      .commutation, .argmaxHot,
      .slice, .slidingSlice, .place, .function, .loopBegin, .loopEnd, .fused, .stream:
      nil
    }
  }
}

extension nabla_step {
  private static let names = [
    "copy", "scale", "offset", "add", "axpy", "multiply", "divide", "select", "less", "lessequal", "max",
    "min",
    "power", "map", "pair", "fill", "sum", "dot",
  ]

  /// A readable name.
  var name: String {
    if kind == Int32(NABLA_MAP.rawValue) {
      let mapped = nabla_unary(rawValue: UInt32(function))
      if mapped == NABLA_SQUARE { return "square" }
      if mapped == NABLA_RECIPROCAL { return "reciprocal" }
      return LibraryFunction.allCases.first { $0.vectorized == mapped }?.rawValue ?? "map"
    }
    if kind == Int32(NABLA_PAIR.rawValue) {
      let mapped = nabla_binary(rawValue: UInt32(function))
      return LibraryFunction.allCases.first { $0.vectorizedFunctionOfPairs == mapped }?.rawValue ?? "pair"
    }
    return Self.names[Int(kind)]
  }
}
