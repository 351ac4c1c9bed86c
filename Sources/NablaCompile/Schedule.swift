import NablaCore
import NablaNumerics

/// A linear list of steps for formulas of given sizes, with each shared value computed once.
/// The list is in static single assignment form, except that later terms of a sum are added in place before any other
/// step reads the value.
struct Schedule: Sendable {
  var values: [PlannedValue] = []
  var steps: [PlanStep] = []
  /// The value of each formula, in the given order.
  var outputs: [Int] = []
  /// Variables and their values.
  var inputs: [(variable: Formula, value: Int)] = []
  var functions: [FunctionEvaluator] = []
  var slices: [SlidingSlice] = []
  var loopCount = 0
  /// The programs of fused steps.
  var groups: [FusedGroup] = []

  /// The passes over a matrix that produce more than one value.
  var streams: [Stream] = []

  /// The values that a step creates or changes.
  func writes(_ step: PlanStep) -> [Int] {
    if step.opcode == .fused { return groups[step.extra].writes }
    if step.opcode == .stream { return streams[step.extra].writes }
    if step.opcode == .multiplyBoth { return [step.output, step.extra] }
    return step.output >= 0 ? [step.output] : []
  }
}

/// An array that a program computes or receives.
struct PlannedValue: Sendable {
  let rows: Int
  let columns: Int
  /// Number of entries; factorizations need more than rows × columns.
  let length: Int
  /// The value that owns the memory: itself, or the value it is a view of.
  let root: Int
  let source: Source
  var precision = Precision.float64

  enum Source: Hashable, Sendable {
    case computed
    case input
    case constant(Double)
  }

  var count: Int { rows * columns }
  /// Number of doubles with the same memory.
  var doubles: Int { (length * precision.bytes + 7) / 8 }
}

/// One instruction before memory is assigned.
struct PlanStep: Hashable, Sendable {
  var opcode: Opcode
  var inputs: [Int]
  var output = -1
  var m = 0
  var n = 0
  var k = 0
  var alpha = 1.0
  var flags: StepFlags = []
  /// An index into a side table, or a loop counter.
  var extra = -1
  /// Number of doubles of scratch memory.
  var scratch = 0
  /// The type of numbers on which it works.
  var precision = Precision.float64
}

/// A slice whose position depends on loop counters.
struct SlidingSlice: Hashable, Sendable {
  var row: Index
  var column: Index
  /// The number of rows of the sliced array.
  var rows: Int
  var columns: Int

  /// A polynomial in loop counters.
  struct Index: Hashable, Sendable {
    struct Term: Hashable, Sendable {
      var coefficient: Int
      var counters: [Int]
    }
    var terms: [Term]

    /// Its value, or `nil` if it overflows.
    func value(_ counters: UnsafePointer<Int>) -> Int? {
      var sum = 0
      // By index: an iterator may allocate where it is not specialized.
      for place in terms.indices {
        var product = terms[place].coefficient
        for factor in terms[place].counters.indices {
          let (next, overflow) = product.multipliedReportingOverflow(
            by: counters[terms[place].counters[factor]])
          if overflow { return nil }
          product = next
        }
        let (next, overflow) = sum.addingReportingOverflow(product)
        if overflow { return nil }
        sum = next
      }
      return sum
    }
  }
}

extension Schedule {
  /// Removes steps whose values are not used.
  mutating func removeUnused() {
    var needed = [Bool](repeating: false, count: values.count)
    for output in outputs { needed[values[output].root] = true }
    var keep = [Bool](repeating: false, count: steps.count)
    // For each open loop, from the inside out: its end, and whether any of its steps is kept.
    var loops: [(end: Int, used: Bool)] = []
    for index in steps.indices.reversed() {
      let step = steps[index]
      if step.opcode == .loopEnd {
        loops.append((index, false))
        continue
      }
      if step.opcode == .loopBegin {
        guard let loop = loops.popLast(), loop.used else { continue }
        keep[index] = true
        keep[loop.end] = true
        if !loops.isEmpty { loops[loops.count - 1].used = true }
        continue
      }
      guard needed[values[step.output].root] else { continue }
      keep[index] = true
      if !loops.isEmpty { loops[loops.count - 1].used = true }
      for input in step.inputs { needed[values[input].root] = true }
    }
    steps = steps.indices.filter { keep[$0] }.map { steps[$0] }
  }
}

extension Schedule {
  /// Joins products of a square matrix and of its transpose with vectors, so that the matrix is read once. One of the two
  /// products moves to the other, if nothing between them needs it or makes its vector.
  mutating func joinPasses() {
    // Products by the root of their matrix that may still be joined.
    var open: [Int: [Int]] = [:]
    var dropped: Set<Int> = []
    for (index, step) in steps.enumerated() {
      if step.opcode == .loopBegin || step.opcode == .loopEnd { open = [:] }
      guard step.opcode == .gemm, step.n == 1, step.m > 1, step.m == step.k, step.alpha == 1 else { continue }
      let matrix = values[step.inputs[0]].root
      for (place, first) in (open[matrix] ?? []).enumerated() {
        let other = steps[first]
        guard other.flags.contains(.transposeA) != step.flags.contains(.transposeA),
          values[other.inputs[0]].rows == values[step.inputs[0]].rows,
          let target = meeting(of: first, index)
        else { continue }
        let (forward, backward) = step.flags.contains(.transposeA) ? (other, step) : (step, other)
        dropped.insert(target == index ? first : index)
        steps[target] = PlanStep(
          opcode: .multiplyBoth, inputs: forward.inputs + [backward.inputs[1]], output: forward.output,
          m: step.m,
          n: step.k, extra: backward.output)
        open[matrix]?.remove(at: place)
        break
      }
      if steps[index].opcode == .gemm, !dropped.contains(index) { open[matrix, default: []].append(index) }
    }
    steps = steps.indices.filter { !dropped.contains($0) }.map { steps[$0] }
  }

  /// The place of two products at which both can be computed: that of the first one, if the second one does not depend
  /// on what comes between, or else that of the second one.
  private func meeting(of first: Int, _ second: Int) -> Int? {
    guard second - first <= Self.reach else { return nil }
    var (written, touched): (Set<Int>, Set<Int>) = ([], [])
    for step in steps[first..<second] {
      let made = writes(step).map { values[$0].root }
      written.formUnion(made)
      touched.formUnion(made + step.inputs.map { values[$0].root })
    }
    func roots(_ index: Int) -> (vector: Int, output: Int) {
      (values[steps[index].inputs[1]].root, values[steps[index].output].root)
    }
    let matrix = values[steps[first].inputs[0]].root
    let (before, after) = (roots(first), roots(second))
    if written.contains(matrix) { return nil }
    if !written.contains(after.vector), !touched.contains(after.output) { return first }
    // The first product and what is between them.
    var used: Set<Int> = []
    for step in steps[(first + 1)...second] {
      used.formUnion(step.inputs.map { values[$0].root } + writes(step).map { values[$0].root })
    }
    let remade = steps[(first + 1)..<second].contains { step in
      writes(step).contains { values[$0].root == before.vector }
    }
    return used.contains(before.output) || remade ? nil : second
  }

  /// Steps between two products that are joined at most, which keeps the search linear.
  private static let reach = 128

  /// Additions, multiplications and function evaluations of a run, with loop bodies counted once.
  var operations: Double { steps.reduce(0) { $0 + operations($1) } }

  func operations(_ step: PlanStep) -> Double {
    let (m, n, k) = (Double(step.m), Double(step.n), Double(step.k))
    switch step.opcode {
    case .gemm: return 2 * m * n * k
    case .gram: return m * m * k
    case .multiplyBoth: return 4 * m * n
    case .scaleBlocks, .addBlocks: return m * n * k
    case .factorLU: return 2 * m * m * m / 3
    case .factorCholesky, .cholesky: return m * m * m / 3
    case .inverse: return 2 * m * m * m
    case .solve: return 2 * m * m * n
    case .solveRight: return 2 * n * n * m
    case .stream: return streams[step.extra].parts.reduce(0) { $0 + operations($1) }
    case .fused: return m * Double(groups[step.extra].steps.count)
    case .exponential: return 40 * m * m * m
    case .singularNorm, .nuclearNorm, .polar, .leftVector, .rightVector, .pseudoInverse, .adjugate:
      return 60 * m * n * min(m, n)
    case .fill, .fillFrom, .scaled, .axpy, .addConstant, .addScalar, .addDiagonal, .addDiagonalScalar,
      .addDiagonalConstant, .multiply, .divide, .select, .scaleBy, .square, .reciprocal, .squareRoot,
      .powInteger,
      .pow, .less, .lessEqual, .unary, .binary, .sum, .dot, .trace, .function, .diagonalMatrix, .diagonal,
      .determinant, .logDeterminant, .logSignedDeterminant, .widen, .narrow, .loopBegin, .loopEnd:
      return m
    case .addColumn, .addRow, .scaleRows, .scaleColumns, .selectRows, .selectColumns, .rowSums, .columnSums,
      .traceOfProduct, .transpose, .norm1, .norm2, .squaredNorm, .normInf, .maximum, .minimum, .logSumExp,
      .softmax,
      .logSoftmax,
      .kron, .kronIdentity, .lowerTriangle, .upperTriangle, .lowHalf, .commutation, .argmaxHot, .slice,
      .slidingSlice,
      .place:
      return m * max(n, 1)
    }
  }
}
