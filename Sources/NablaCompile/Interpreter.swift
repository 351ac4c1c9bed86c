import NablaArrays
import NablaKernels
import NablaNumerics
import NablaTypes

/// A step with its offsets in the workspace.
struct PlacedInstruction: Sendable {
  var opcode: Opcode
  var flags: StepFlags
  var precision: Precision
  var output: CompiledProgram.Place
  var a: CompiledProgram.Place
  var b: CompiledProgram.Place
  var c: CompiledProgram.Place
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
  var precision: Precision
  var z: UnsafeMutableRawPointer
  var x: UnsafeMutableRawPointer
  var y: UnsafeMutableRawPointer
  var w: UnsafeMutableRawPointer
  var scratch: UnsafeMutableRawPointer
  var m: Int
  var n: Int
  var k: Int
  var extra: Int
  var alpha: Double
  var fused: FusedRun?

  init(_ placed: PlacedInstruction, _ memory: UnsafeMutablePointer<Double>) {
    (opcode, flags, precision) = (placed.opcode, placed.flags, placed.precision)
    (z, x, y, w) = (
      UnsafeMutableRawPointer(memory + placed.output.offset),
      UnsafeMutableRawPointer(memory + placed.a.offset),
      UnsafeMutableRawPointer(memory + placed.b.offset),
      UnsafeMutableRawPointer(memory + placed.c.offset)
    )
    scratch = UnsafeMutableRawPointer(memory + placed.scratch.offset)
    (m, n, k, extra, alpha) = (placed.m, placed.n, placed.k, placed.extra, placed.alpha)
  }
}

/// The operands of a step as numbers of one type.
struct Operands<T> {
  let z: UnsafeMutablePointer<T>
  let x: UnsafeMutablePointer<T>
  let y: UnsafeMutablePointer<T>
  let w: UnsafeMutablePointer<T>
  let scratch: UnsafeMutablePointer<T>

  @inline(__always)
  init(_ step: UnsafePointer<Instruction>) {
    z = step.pointee.z.assumingMemoryBound(to: T.self)
    x = step.pointee.x.assumingMemoryBound(to: T.self)
    y = step.pointee.y.assumingMemoryBound(to: T.self)
    w = step.pointee.w.assumingMemoryBound(to: T.self)
    scratch = step.pointee.scratch.assumingMemoryBound(to: T.self)
  }
}

/// A fused group in executable form.
struct FusedRun {
  var steps: UnsafePointer<nabla_step>
  var stepCount: Int
  var slots: UnsafePointer<nabla_slot>
  var slotCount: Int
  /// The sums, which start at zero.
  var totals: UnsafePointer<UnsafeMutableRawPointer>
  var totalCount: Int

  @inline(__always)
  func total<T>(_ index: Int, _: T.Type) -> UnsafeMutablePointer<T> {
    totals[index].assumingMemoryBound(to: T.self)
  }

  @inline(__always)
  func clearTotals<T: KernelNumber>(_ type: T.Type) {
    for index in 0..<totalCount { total(index, type)[0] = 0 }
  }

  /// Computes some of the entries; adds to other sums if `sums` has them.
  @inline(__always)
  func run<T: KernelNumber>(from first: Int, count: Int, _: T.Type, sums: UnsafeMutablePointer<T>? = nil) {
    T.fused(first, count, steps, stepCount, slots, slotCount, sums)
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

/// Runs instructions over a workspace without allocating. All sizes were checked when the instructions were made, except
/// for slices that move with a loop.
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
      // Read in place: copying a step would take longer than a small operation.
      let step = instructions + position
      position &+= 1
      switch step.pointee.precision {
      case .float64:
        try perform(step, Operands<Double>(step), instructions, tables, counters, &position, &untilLook)
      case .float32:
        try perform(step, Operands<Float>(step), instructions, tables, counters, &position, &untilLook)
      }
    }
  }

  /// Performs a step; only control steps change the position. Steps without kernels for floats are in doubles.
  @inline(__always)
  private static func perform<T: KernelNumber>(
    _ step: UnsafePointer<Instruction>, _ own: Operands<T>, _ instructions: UnsafePointer<Instruction>,
    _ tables: InstructionTables, _ counters: UnsafeMutablePointer<Int>, _ position: inout Int,
    _ untilLook: inout Int
  ) throws(RunError) {
    let (z, x, y) = (own.z, own.x, own.y)
    let wide = Operands<Double>(step)
    let (m, n, k, alpha, factor) = (
      step.pointee.m, step.pointee.n, step.pointee.k, step.pointee.alpha, T(step.pointee.alpha)
    )
    switch step.pointee.opcode {
    case .addColumn: for j in 0..<n { Kernels.axpy(m, factor, x, into: z + j &* m) }
    case .addRow: for j in 0..<n { Kernels.addScalar(m, factor * x[j], z + j &* m, into: z + j &* m) }
    case .addDiagonal: for i in 0..<m { z[i &* (m &+ 1)] += factor * x[i] }
    case .addDiagonalScalar: for i in 0..<m { z[i &* (m &+ 1)] += factor * x[0] }
    case .addDiagonalConstant: for i in 0..<m { z[i &* (m &+ 1)] += factor }
    case .gemm:
      Kernels.multiply(
        m, n, k, x, transA: step.pointee.flags.contains(.transposeA), y,
        transB: step.pointee.flags.contains(.transposeB),
        into: z, factor: factor)
    case .gram:
      Kernels.multiplySymmetric(
        m, k, x, transA: step.pointee.flags.contains(.transposeA), y,
        transB: step.pointee.flags.contains(.transposeB),
        weights: step.pointee.flags.contains(.weighted) ? UnsafePointer(own.w) : nil, into: z, factor: factor)
    case .multiplyBoth: Kernels.multiplyBoth(m, n, x, y, into: z, own.w, into: own.scratch)
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
    case .rowSums: Kernels.rowSums(m, n, x, into: z)
    case .columnSums: Kernels.columnSums(m, n, x, into: z)
    case .trace: z[0] = Kernels.trace(m, x)
    case .traceOfProduct: z[0] = ArrayKernels.traceOfProduct(m, n, x, y)
    case .transpose: Kernels.transpose(m, n, x, into: z)
    case .norm1: z[0] = ArrayKernels.norm1(k, x)
    case .squaredNorm: z[0] = Kernels.squaredNorm(k, y, square: x[0])
    case .norm2: z[0] = Kernels.norm(k, y, square: x[0])
    case .normInf: z[0] = Kernels.maxAbs(k, x)
    case .maximum: z[0] = Kernels.maximum(k, x)
    case .minimum: z[0] = Kernels.minimum(k, x)
    case .logSumExp: Kernels.logSumExp(m, n, x, into: z)
    case .softmax: Kernels.softmax(m, n, x, into: z)
    case .logSoftmax: Kernels.logSoftmax(m, n, x, into: z)
    case .diagonalMatrix:
      Kernels.fill(m &* m, 0, into: z)
      for i in 0..<m { z[i &* (m &+ 1)] = x[i] }
    case .diagonal: for i in 0..<m { z[i] = x[i &* (n &+ 1)] }
    case .kron: Kernels.kronecker(m, n, x, k, step.pointee.extra, y, into: z)
    case .kronIdentity: Kernels.kronecker(m, n, x, identity: k, factor: factor, into: z)
    case .scaleBlocks:
      for block in 0..<k {
        for j in 0..<n { Kernels.hadamard(m, x + j &* m, y + block &* m, into: z + (block &* n &+ j) &* m) }
      }
    case .addBlocks:
      for block in 0..<k {
        let (source, corner) = (x + block &* step.pointee.extra, z + block &* (n &* m &* k &+ m))
        for j in 0..<n { Kernels.axpy(m, factor, source + j &* m, into: corner + j &* m &* k) }
      }
    case .lowerTriangle: Kernels.lowerTriangle(m, n, x, into: z)
    case .upperTriangle: Kernels.upperTriangle(m, n, x, into: z)
    case .lowHalf: Kernels.lowerTriangle(m, n, x, diagonalFactor: 0.5, into: z)
    case .commutation: Kernels.commutation(m, n, into: z)
    case .argmaxHot: ArrayKernels.argmaxHot(k, x, into: z)
    case .slice:
      let start = x + step.pointee.extra
      for j in 0..<n { Kernels.copy(m, start + j &* k, into: z + j &* m) }
    case .slidingSlice:
      try slide(tables.slices[step.pointee.extra], m, n, x, counters, into: z)
    case .place:
      let start = z + step.pointee.extra
      for j in 0..<n { Kernels.copy(m, x + j &* m, into: start + j &* k) }
    case .fused:
      if let run = step.pointee.fused {
        run.clearTotals(T.self)
        run.run(from: 0, count: m, T.self)
      }
    case .stream:
      BlockPass(
        parts: instructions + position, partCount: n, count: m, block: k, chunk: step.pointee.extra,
        byColumns: step.pointee.flags.contains(.byColumns), precision: step.pointee.precision,
        partial: step.pointee.scratch
      )
      .run()
      position &+= n
    case .fill: Kernels.fill(m, alpha, into: wide.z)
    case .fillFrom: Kernels.fill(m, alpha * wide.x[0], into: wide.z)
    case .scaled:
      alpha == 1 ? Kernels.copy(m, wide.x, into: wide.z) : Kernels.scale(m, alpha, wide.x, into: wide.z)
    case .axpy: Kernels.axpy(m, alpha, wide.x, into: wide.z)
    case .addConstant: Kernels.addScalar(m, alpha, wide.z, into: wide.z)
    case .addScalar: Kernels.addScalar(m, alpha * wide.x[0], wide.z, into: wide.z)
    case .multiply: Kernels.hadamard(m, wide.x, wide.y, into: wide.z)
    case .divide: Kernels.divide(m, wide.x, wide.y, into: wide.z)
    case .select:
      for i in 0..<m {
        let selector = wide.x[i &* n]
        wide.z[i] = selector == 0 ? 0 : selector * wide.y[i &* k]
      }
    case .scaleBy: Kernels.scale(m, alpha * wide.y[0], wide.x, into: wide.z)
    case .square: Kernels.hadamard(m, wide.x, wide.x, into: wide.z)
    case .reciprocal: for i in 0..<m { wide.z[i] = 1 / wide.x[i] }
    case .squareRoot: for i in 0..<m { wide.z[i] = wide.x[i].squareRoot() }
    case .powInteger: for i in 0..<m { wide.z[i] = ScalarKernels.power(wide.x[i], k) }
    case .pow: LibraryFunction.apply(.power, m, wide.x, xStride: n, wide.y, yStride: k, into: wide.z)
    case .less: for i in 0..<m { wide.z[i] = ScalarKernels.less(wide.x[i &* n], wide.y[i &* k]) }
    case .lessEqual: for i in 0..<m { wide.z[i] = ScalarKernels.lessEqual(wide.x[i &* n], wide.y[i &* k]) }
    case .unary: LibraryFunction.apply(ScalarKernels.library[step.pointee.extra], m, wide.x, into: wide.z)
    case .binary:
      LibraryFunction.apply(
        ScalarKernels.library[step.pointee.extra], m, wide.x, xStride: n, wide.y, yStride: k, into: wide.z)
    case .sum: wide.z[0] = Kernels.sum(m, wide.x)
    case .dot: wide.z[0] = Kernels.dot(m, wide.x, wide.y)
    case .factorLU: FactorKernels.factorLU(m, wide.x, into: wide.z)
    case .factorCholesky: FactorKernels.factorCholesky(m, wide.x, into: wide.z)
    case .solve: FactorKernels.solve(m, n, wide.x, wide.y, step.pointee.flags, into: wide.z)
    case .solveRight:
      FactorKernels.solveRight(m, n, wide.x, wide.y, step.pointee.flags, into: wide.z)
    case .inverse: FactorKernels.inverse(m, wide.x, step.pointee.flags, into: wide.z)
    case .determinant: wide.z[0] = FactorKernels.determinant(m, wide.x, step.pointee.flags)
    case .logDeterminant: wide.z[0] = FactorKernels.logDeterminant(m, wide.x, step.pointee.flags)
    case .logSignedDeterminant: wide.z[0] = FactorKernels.logSignedDeterminant(m, wide.x, step.pointee.flags)
    case .singularNorm: wide.z[0] = ArrayKernels.singularValues(m, n, wide.x, wide.scratch).first
    case .nuclearNorm: wide.z[0] = ArrayKernels.singularValues(m, n, wide.x, wide.scratch).sum
    case .polar: MatrixFunctions.polar(m, n, wide.x, into: wide.z, work: wide.scratch)
    case .leftVector: ArrayKernels.leading(m, n, wide.x, left: wide.z, wide.scratch)
    case .rightVector: ArrayKernels.leading(m, n, wide.x, right: wide.z, wide.scratch)
    case .pseudoInverse: MatrixFunctions.pseudoInverse(m, n, wide.x, into: wide.z, work: wide.scratch)
    case .adjugate: MatrixFunctions.adjugate(m, wide.x, into: wide.z, work: wide.scratch)
    case .exponential: MatrixFunctions.exponential(m, wide.x, into: wide.z, work: wide.scratch)
    case .cholesky: FactorKernels.cholesky(m, wide.x, into: wide.z)
    case .function:
      let evaluate = tables.functions[step.pointee.extra]
      if m == 1 { evaluate(wide.x, wide.z) } else { for i in 0..<m { evaluate(wide.x + i, wide.z + i) } }
    case .widen:
      let narrow = Operands<Float>(step)
      for i in 0..<m { wide.z[i] = Double(narrow.x[i]) }
    case .narrow:
      let narrow = Operands<Float>(step)
      for i in 0..<m { narrow.z[i] = Float(wide.x[i]) }
    case .loopBegin:
      counters[step.pointee.extra] = m
      z[0] = T(m)
    case .loopEnd:
      untilLook &-= k
      if untilLook < 0 {
        if Cancellation.isRequested { throw .cancelled }
        untilLook = nanosecondsBetweenLooks
      }
      let next = counters[step.pointee.extra] &+ 1
      if next <= n {
        counters[step.pointee.extra] = next
        z[0] = T(next)
        position = tables.loops[step.pointee.extra].begin &+ 1
      }
    }
  }

  private static func slide<T: KernelNumber>(
    _ slice: SlidingSlice, _ m: Int, _ n: Int, _ x: UnsafeMutablePointer<T>,
    _ counters: UnsafeMutablePointer<Int>, into z: UnsafeMutablePointer<T>
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
