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
      .norm1, .norm2, .squaredNorm, .normInf, .maximum, .minimum, .factorLU, .factorCholesky, .solve,
      .solveRight, .inverse,
      .determinant, .logDeterminant, .logSignedDeterminant, .singularNorm, .nuclearNorm, .polar, .leftVector,
      .rightVector, .pseudoInverse, .adjugate, .exponential, .cholesky, .logSumExp, .softmax, .logSoftmax,
      .diagonalMatrix, .diagonal, .kron, .kronIdentity, .scaleBlocks, .addBlocks, .lowerTriangle,
      .upperTriangle, .lowHalf,
      .commutation, .argmaxHot,
      .slice, .slidingSlice, .place, .widen, .narrow, .function, .loopBegin, .loopEnd, .fused, .stream:
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
