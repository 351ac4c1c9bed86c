import NablaArrays
import NablaKernels
import NablaNumerics

/// Runs the parts of a stream, block after block, chunks of them on several threads if allowed.
struct BlockPass {
  let parts: UnsafePointer<Instruction>
  let partCount: Int
  /// Rows, or columns, in all, of a block, and of a chunk.
  let count: Int
  let block: Int
  let chunk: Int
  let byColumns: Bool
  let precision: Precision
  /// The sums of all chunks but the first, which has the results.
  let partial: UnsafeMutableRawPointer

  func run() {
    switch precision {
    case .float64: run(Double.self)
    case .float32: run(Float.self)
    }
  }

  private func run<T: KernelNumber>(_ type: T.Type) {
    for index in 0..<partCount { parts[index].fused?.clearTotals(type) }
    let chunks = (count &+ chunk &- 1) / chunk
    if chunks <= 1 { return run(from: 0, to: count, sums: UnsafeMutablePointer<T>?.none) }
    var width = 0
    for index in 0..<partCount { width &+= parts[index].sumCount }
    var job = Job(pass: self, width: width)
    nabla_parallel(
      chunks, { context, index in context?.assumingMemoryBound(to: Job.self).pointee.run(index) }, &job)
    // In order, whichever thread was first.
    for other in 0..<(chunks &- 1) {
      var sums = partial.assumingMemoryBound(to: type) + other &* width
      for index in 0..<partCount {
        let part = parts + index
        if let fused = part.pointee.fused {
          for total in 0..<fused.totalCount { fused.total(total, type)[0] += sums[total] }
        } else if part.pointee.sumCount > 0 {
          let z = Operands<T>(part).z
          Kernels.add(part.pointee.sumCount, z, sums, into: z)
        }
        sums += part.pointee.sumCount
      }
    }
  }

  private struct Job {
    let pass: BlockPass
    /// The number of sums.
    let width: Int

    func run(_ index: Int) {
      switch pass.precision {
      case .float64: run(index, Double.self)
      case .float32: run(index, Float.self)
      }
    }

    private func run<T: KernelNumber>(_ index: Int, _ type: T.Type) {
      let first = index &* pass.chunk
      pass.run(
        from: first, to: Swift.min(first &+ pass.chunk, pass.count),
        sums: index == 0 ? nil : pass.partial.assumingMemoryBound(to: type) + (index &- 1) &* width)
    }
  }

  /// Runs the blocks of a chunk, with sums of its own if given.
  private func run<T: KernelNumber>(from start: Int, to end: Int, sums: UnsafeMutablePointer<T>?) {
    var first = start
    while first < end {
      let size = Swift.min(block, end &- first)
      var next = sums
      for index in 0..<partCount {
        let part = parts + index
        run(part, first, size, isFirst: first == start, sums: next)
        if let place = next { next = place + part.pointee.sumCount }
      }
      first &+= size
    }
  }

  /// A part for `size` rows, or columns, from the first on.
  private func run<T: KernelNumber>(
    _ part: UnsafePointer<Instruction>, _ first: Int, _ size: Int, isFirst: Bool,
    sums: UnsafeMutablePointer<T>?
  ) {
    if let fused = part.pointee.fused {
      if let sums, isFirst { Kernels.fill(fused.totalCount, 0, into: sums) }
      let width = part.pointee.m / count
      if byColumns || size == count {
        fused.run(from: first &* width, count: size &* width, T.self, sums: sums)
      } else {
        for column in 0..<width { fused.run(from: first &+ column &* count, count: size, T.self, sums: sums) }
      }
      return
    }
    let (x, z) = (Operands<T>(part).x + first, Operands<T>(part).z + first)
    if part.pointee.opcode == .gemm {
      multiply(part, first, size, isFirst: isFirst, sums: sums)
    } else if part.pointee.opcode == .logSumExp {
      T.logSumExp(size, part.pointee.n, x, count, z)
    } else if part.pointee.opcode == .softmax {
      T.softmax(size, part.pointee.n, x, count, z, count)
    } else if part.pointee.opcode == .logSoftmax {
      T.logSoftmax(size, part.pointee.n, x, count, z, count)
    }
  }

  private func multiply<T: KernelNumber>(
    _ part: UnsafePointer<Instruction>, _ first: Int, _ size: Int, isFirst: Bool,
    sums: UnsafeMutablePointer<T>?
  ) {
    let (isTransposedA, isTransposedB) = (
      part.pointee.flags.contains(.transposeA), part.pointee.flags.contains(.transposeB)
    )
    let (strideA, strideB) = (
      isTransposedA ? part.pointee.k : part.pointee.m, isTransposedB ? part.pointee.n : part.pointee.k
    )
    let (rowsA, columnsA) = isTransposedA ? (strideA, 1) : (1, strideA)
    let (rowsB, columnsB) = isTransposedB ? (strideB, 1) : (1, strideB)
    var (m, n, k) = (part.pointee.m, part.pointee.n, part.pointee.k)
    let own = Operands<T>(part)
    var (a, b, c) = (UnsafePointer(own.x), UnsafePointer(own.y), own.z)
    let alpha = T(part.pointee.alpha)
    var adds: Int32 = 0
    if part.pointee.flags.contains(.splitRows) {
      (a, c, m) = (a + first &* rowsA, c + first, size)
    } else if part.pointee.flags.contains(.splitColumns) {
      (b, c, n) = (b + first &* columnsB, c + first &* part.pointee.m, size)
    } else {
      (a, b, k) = (a + first &* columnsA, b + first &* rowsB, size)
      if let sums { c = sums }
      adds = isFirst ? 0 : 1
    }
    if part.pointee.n > 1 {
      T.gemm(
        m, n, k, alpha, a, rowsA, columnsA, b, rowsB, columnsB, adds, c, part.pointee.m, NABLA_WHOLE)
    } else if isTransposedA {
      T.gemvt(k, m, alpha, a, strideA, b, adds, c)
    } else {
      T.gemv(m, k, alpha, a, strideA, b, adds, c)
    }
  }
}

extension Instruction {
  /// The number of sums over all blocks that a part of a stream computes.
  fileprivate var sumCount: Int {
    fused?.totalCount ?? (opcode == .gemm && flags.contains(.splitInner) ? m &* n : 0)
  }
}
