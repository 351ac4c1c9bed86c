import NablaKernels
import NablaNumerics

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
      .norm1, .norm2, .squaredNorm, .normInf, .maximum, .minimum, .factorLU, .factorCholesky, .solve,
      .solveRight, .inverse,
      .determinant, .logDeterminant, .logSignedDeterminant, .singularNorm, .nuclearNorm, .polar, .leftVector,
      .rightVector, .pseudoInverse, .adjugate, .exponential, .cholesky, .logSumExp, .softmax, .logSoftmax,
      .diagonalMatrix, .diagonal, .kron, .kronIdentity, .scaleBlocks, .addBlocks, .lowerTriangle,
      .upperTriangle, .lowHalf,
      .commutation, .argmaxHot,
      .slice, .slidingSlice, .place, .widen, .narrow, .function, .loopBegin, .loopEnd, .fused, .stream:
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
