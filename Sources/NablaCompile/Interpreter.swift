import NablaKernels
import NablaNumerics
import NablaTypes

/// A step with its offsets in the workspace.
struct PlacedInstruction: Sendable {
  var opcode: Opcode
  var flags: StepFlags
  var output: CompiledProgram.Place
  var a: CompiledProgram.Place
  var b: CompiledProgram.Place
  var scratch: CompiledProgram.Place
  var m: Int
  var n: Int
  var k: Int
  var extra: Int
  var alpha: Double
}

/// A fused group with its offsets in the workspace.
struct PlacedGroup: Sendable {
  var steps: [nabla_step]
  var slots: [Slot]
  var totals: [CompiledProgram.Place]

  enum Slot: Sendable {
    case array(CompiledProgram.Place)
    case number(CompiledProgram.Place)
    case block

    init(_ slot: FusedGroup.Slot, _ place: (Int) -> CompiledProgram.Place) {
      switch slot {
      case .array(let value): self = .array(place(value))
      case .number(let value): self = .number(place(value))
      case .block: self = .block
      }
    }
  }
}

/// A step with the addresses of its operands.
struct Instruction {
  var opcode: Opcode
  var flags: StepFlags
  var z: UnsafeMutablePointer<Double>
  var x: UnsafeMutablePointer<Double>
  var y: UnsafeMutablePointer<Double>
  var scratch: UnsafeMutablePointer<Double>
  var m: Int
  var n: Int
  var k: Int
  var extra: Int
  var alpha: Double
  var fused: FusedRun?

  init(_ placed: PlacedInstruction, _ memory: UnsafeMutablePointer<Double>) {
    (opcode, flags) = (placed.opcode, placed.flags)
    (z, x, y) = (memory + placed.output.offset, memory + placed.a.offset, memory + placed.b.offset)
    scratch = memory + placed.scratch.offset
    (m, n, k, extra, alpha) = (placed.m, placed.n, placed.k, placed.extra, placed.alpha)
  }
}

/// A fused group in executable form.
struct FusedRun {
  var steps: UnsafePointer<nabla_step>
  var stepCount: Int
  var slots: UnsafePointer<nabla_slot>
  var slotCount: Int
  /// The sums, which start at zero.
  var totals: UnsafePointer<UnsafeMutablePointer<Double>>
  var totalCount: Int

  func clearTotals() { for index in 0..<totalCount { totals[index][0] = 0 } }

  /// Computes some of the entries; adds to other sums if `sums` has them.
  func run(from first: Int, count: Int, sums: UnsafeMutablePointer<Double>? = nil) {
    nabla_fused(nabla_kernels_active(), first, count, steps, stepCount, slots, slotCount, sums)
  }
}

/// Tables that instructions refer to by index.
struct InstructionTables: Sendable {
  var functions: [FunctionEvaluator]
  var slices: [SlidingSlice]
  /// For each loop, its first and last instruction.
  var loops: [(begin: Int, end: Int)]
  var groups: [PlacedGroup]
}

/// Runs instructions over a workspace of doubles without allocating. All sizes were checked when the instructions were
/// made, except for slices that move with a loop.
enum Interpreter {
  /// Estimated nanoseconds of loop passes between two looks at the cancellation of the task.
  private static let nanosecondsBetweenLooks = 1_000_000

  static func run(
    _ instructions: UnsafePointer<Instruction>, _ count: Int, _ tables: InstructionTables,
    _ counters: UnsafeMutablePointer<Int>
  ) throws(RunError) {
    var position = 0
    var untilLook = nanosecondsBetweenLooks
    while position < count {
      let step = instructions[position]
      position &+= 1
      let (z, x, y) = (step.z, step.x, step.y)
      let (m, n, k, alpha) = (step.m, step.n, step.k, step.alpha)
      switch step.opcode {
      case .fill: Kernels.fill(m, alpha, into: z)
      case .fillFrom: Kernels.fill(m, alpha * x[0], into: z)
      case .scaled: alpha == 1 ? Kernels.copy(m, x, into: z) : Kernels.scale(m, alpha, x, into: z)
      case .axpy: Kernels.axpy(m, alpha, x, into: z)
      case .addConstant: Kernels.addScalar(m, alpha, z, into: z)
      case .addScalar: Kernels.addScalar(m, alpha * x[0], z, into: z)
      case .addColumn: for j in 0..<n { Kernels.axpy(m, alpha, x, into: z + j &* m) }
      case .addRow: for j in 0..<n { Kernels.addScalar(m, alpha * x[j], z + j &* m, into: z + j &* m) }
      case .addDiagonal: for i in 0..<m { z[i &* (m &+ 1)] += alpha * x[i] }
      case .addDiagonalScalar: for i in 0..<m { z[i &* (m &+ 1)] += alpha * x[0] }
      case .addDiagonalConstant: for i in 0..<m { z[i &* (m &+ 1)] += alpha }
      case .multiply: Kernels.hadamard(m, x, y, into: z)
      case .divide: Kernels.divide(m, x, y, into: z)
      case .select:
        for i in 0..<m {
          let selector = x[i &* n]
          z[i] = selector == 0 ? 0 : selector * y[i &* k]
        }
      case .scaleBy: Kernels.scale(m, alpha * y[0], x, into: z)
      case .square: Kernels.hadamard(m, x, x, into: z)
      case .reciprocal: for i in 0..<m { z[i] = 1 / x[i] }
      case .squareRoot: for i in 0..<m { z[i] = x[i].squareRoot() }
      case .powInteger: for i in 0..<m { z[i] = ScalarKernels.power(x[i], k) }
      case .pow: LibraryFunction.apply(.power, m, x, xStride: n, y, yStride: k, into: z)
      case .less: for i in 0..<m { z[i] = ScalarKernels.less(x[i &* n], y[i &* k]) }
      case .lessEqual: for i in 0..<m { z[i] = ScalarKernels.lessEqual(x[i &* n], y[i &* k]) }
      case .unary: LibraryFunction.apply(ScalarKernels.library[step.extra], m, x, into: z)
      case .binary:
        LibraryFunction.apply(ScalarKernels.library[step.extra], m, x, xStride: n, y, yStride: k, into: z)
      case .gemm:
        Kernels.multiply(
          m, n, k, x, transA: step.flags.contains(.transposeA), y, transB: step.flags.contains(.transposeB),
          into: z, factor: alpha)
      case .gram:
        let isTransposed = !step.flags.contains(.transposeA)
        Kernels.crossGram(
          isTransposed ? m : k, isTransposed ? k : m, x, y, transposed: isTransposed, into: z,
          factor: alpha)
      case .multiplyBoth: Kernels.multiplyBoth(m, n, x, y, into: z, y, into: step.scratch)
      case .scaleRows: for j in 0..<n { Kernels.hadamard(m, x + j &* m, y, into: z + j &* m) }
      case .scaleColumns: for j in 0..<n { Kernels.scale(m, y[j], x + j &* m, into: z + j &* m) }
      case .selectRows:
        for j in 0..<n {
          for i in 0..<m { z[i &+ j &* m] = y[i] == 0 ? 0 : y[i] * x[i &+ j &* m] }
        }
      case .selectColumns:
        for j in 0..<n {
          if y[j] == 0 {
            Kernels.fill(m, 0, into: z + j &* m)
          } else {
            Kernels.scale(m, y[j], x + j &* m, into: z + j &* m)
          }
        }
      case .sum: z[0] = Kernels.sum(m, x)
      case .rowSums: Kernels.rowSums(m, n, x, into: z)
      case .columnSums: Kernels.columnSums(m, n, x, into: z)
      case .dot: z[0] = Kernels.dot(m, x, y)
      case .trace: z[0] = Kernels.trace(m, x)
      case .traceOfProduct: z[0] = ArrayKernels.traceOfProduct(m, n, x, y)
      case .transpose: Kernels.transpose(m, n, x, into: z)
      case .norm1: z[0] = ArrayKernels.norm1(k, x)
      case .norm2: z[0] = Kernels.norm(k, y, square: x[0])
      case .normInf: z[0] = Kernels.maxAbs(k, x)
      case .maximum: z[0] = Kernels.maximum(k, x)
      case .minimum: z[0] = Kernels.minimum(k, x)
      case .factorLU: FactorKernels.factorLU(m, x, into: z)
      case .factorCholesky: FactorKernels.factorCholesky(m, x, into: z)
      case .solve: FactorKernels.solve(m, n, x, y, step.flags, into: z)
      case .solveRight:
        FactorKernels.solveRight(m, n, x, y, step.flags, into: z)
      case .inverse: FactorKernels.inverse(m, x, step.flags, into: z)
      case .determinant: z[0] = FactorKernels.determinant(m, x, step.flags)
      case .logDeterminant: z[0] = FactorKernels.logDeterminant(m, x, step.flags)
      case .logSignedDeterminant: z[0] = FactorKernels.logSignedDeterminant(m, x, step.flags)
      case .singularNorm: z[0] = ArrayKernels.singularValues(m, n, x, step.scratch).first
      case .nuclearNorm: z[0] = ArrayKernels.singularValues(m, n, x, step.scratch).sum
      case .polar: MatrixFunctions.polar(m, n, x, into: z, work: step.scratch)
      case .leftVector: ArrayKernels.leading(m, n, x, left: z, step.scratch)
      case .rightVector: ArrayKernels.leading(m, n, x, right: z, step.scratch)
      case .pseudoInverse: MatrixFunctions.pseudoInverse(m, n, x, into: z, work: step.scratch)
      case .adjugate: MatrixFunctions.adjugate(m, x, into: z, work: step.scratch)
      case .exponential: MatrixFunctions.exponential(m, x, into: z, work: step.scratch)
      case .cholesky: FactorKernels.cholesky(m, x, into: z)
      case .logSumExp: Kernels.logSumExp(m, n, x, into: z)
      case .softmax: Kernels.softmax(m, n, x, into: z)
      case .logSoftmax: Kernels.logSoftmax(m, n, x, into: z)
      case .diagonalMatrix:
        Kernels.fill(m &* m, 0, into: z)
        for i in 0..<m { z[i &* (m &+ 1)] = x[i] }
      case .diagonal: for i in 0..<m { z[i] = x[i &* (n &+ 1)] }
      case .kron: MatrixFunctions.kronecker(m, n, x, k, step.extra, y, into: z)
      case .scaleBlocks:
        for block in 0..<k {
          for j in 0..<n { Kernels.hadamard(m, x + j &* m, y + block &* m, into: z + (block &* n &+ j) &* m) }
        }
      case .addBlocks:
        for block in 0..<k {
          let (source, corner) = (x + block &* step.extra, z + block &* (n &* m &* k &+ m))
          for j in 0..<n { Kernels.axpy(m, alpha, source + j &* m, into: corner + j &* m &* k) }
        }
      case .lowerTriangle: MatrixFunctions.lowerTriangle(m, n, x, into: z)
      case .upperTriangle: MatrixFunctions.upperTriangle(m, n, x, into: z)
      case .lowHalf: MatrixFunctions.lowerTriangle(m, n, x, diagonalFactor: 0.5, into: z)
      case .commutation: MatrixFunctions.commutation(m, n, into: z)
      case .argmaxHot: ArrayKernels.argmaxHot(k, x, into: z)
      case .slice:
        let start = x + step.extra
        for j in 0..<n { Kernels.copy(m, start + j &* k, into: z + j &* m) }
      case .slidingSlice:
        try slide(tables.slices[step.extra], m, n, x, counters, into: z)
      case .place:
        let start = z + step.extra
        for j in 0..<n { Kernels.copy(m, x + j &* m, into: start + j &* k) }
      case .fused:
        if let run = step.fused {
          run.clearTotals()
          run.run(from: 0, count: m)
        }
      case .stream:
        BlockPass(
          parts: instructions + position, partCount: n, count: m, block: k, chunk: step.extra,
          byColumns: step.flags.contains(.byColumns), partial: step.scratch
        )
        .run()
        position &+= n
      case .function:
        let evaluate = tables.functions[step.extra]
        if m == 1 { evaluate(x, z) } else { for i in 0..<m { evaluate(x + i, z + i) } }
      case .loopBegin:
        counters[step.extra] = m
        z[0] = Double(m)
      case .loopEnd:
        untilLook &-= k
        if untilLook < 0 {
          if Cancellation.isRequested { throw .cancelled }
          untilLook = nanosecondsBetweenLooks
        }
        let next = counters[step.extra] &+ 1
        if next <= n {
          counters[step.extra] = next
          z[0] = Double(next)
          position = tables.loops[step.extra].begin &+ 1
        }
      }
    }
  }

  private static func slide(
    _ slice: SlidingSlice, _ m: Int, _ n: Int, _ x: UnsafeMutablePointer<Double>,
    _ counters: UnsafeMutablePointer<Int>, into z: UnsafeMutablePointer<Double>
  ) throws(RunError) {
    let top = slice.row.value(counters) ?? 0
    let left = slice.column.value(counters) ?? 0
    guard top >= 1, top - 1 <= slice.rows - m else {
      throw .indexOutside(index: top >= 1 ? top - 1 + m : top, bound: slice.rows)
    }
    guard left >= 1, left - 1 <= slice.columns - n else {
      throw .indexOutside(index: left >= 1 ? left - 1 + n : left, bound: slice.columns)
    }
    let start = x + (top - 1) + (left - 1) * slice.rows
    for j in 0..<n { Kernels.copy(m, start + j &* slice.rows, into: z + j &* m) }
  }
}

/// Scalar functions.
enum ScalarKernels {
  static let library = Array(LibraryFunction.allCases)

  static func power(_ base: Double, _ exponent: Int) -> Double {
    var (factor, result, count) = (base, 1.0, exponent)
    while count > 0 {
      if count & 1 == 1 { result *= factor }
      count >>= 1
      if count > 0 { factor *= factor }
    }
    return result
  }

  /// NaN if an argument is NaN.
  static func less(_ x: Double, _ y: Double) -> Double { x < y ? 1 : x >= y ? 0 : .nan }
  static func lessEqual(_ x: Double, _ y: Double) -> Double { x <= y ? 1 : x > y ? 0 : .nan }
}
