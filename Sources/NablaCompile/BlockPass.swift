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
  /// The sums of all chunks but the first, which has the results.
  let partial: UnsafeMutablePointer<Double>

  func run() {
    for index in 0..<partCount { parts[index].fused?.clearTotals() }
    let chunks = (count &+ chunk &- 1) / chunk
    if chunks <= 1 { return run(from: 0, to: count, sums: nil) }
    var width = 0
    for index in 0..<partCount { width &+= parts[index].sumCount }
    var job = Job(pass: self, width: width)
    nabla_parallel(
      chunks, { context, index in context?.assumingMemoryBound(to: Job.self).pointee.run(index) }, &job)
    // In order, whichever thread was first.
    for other in 0..<(chunks &- 1) {
      var sums = partial + other &* width
      for index in 0..<partCount {
        let part = parts[index]
        if let fused = part.fused {
          for total in 0..<fused.totalCount { fused.totals[total][0] += sums[total] }
        } else if part.sumCount > 0 {
          Kernels.add(part.sumCount, part.z, sums, into: part.z)
        }
        sums += part.sumCount
      }
    }
  }

  private struct Job {
    let pass: BlockPass
    /// The number of sums.
    let width: Int

    func run(_ index: Int) {
      let first = index &* pass.chunk
      pass.run(
        from: first, to: Swift.min(first &+ pass.chunk, pass.count),
        sums: index == 0 ? nil : pass.partial + (index &- 1) &* width)
    }
  }

  /// Runs the blocks of a chunk, with sums of its own if given.
  private func run(from start: Int, to end: Int, sums: UnsafeMutablePointer<Double>?) {
    var first = start
    while first < end {
      let size = Swift.min(block, end &- first)
      var next = sums
      for index in 0..<partCount {
        let part = parts[index]
        run(part, first, size, isFirst: first == start, sums: next)
        if let place = next { next = place + part.sumCount }
      }
      first &+= size
    }
  }

  /// A part for `size` rows, or columns, from the first on.
  private func run(
    _ part: Instruction, _ first: Int, _ size: Int, isFirst: Bool, sums: UnsafeMutablePointer<Double>?
  ) {
    let set = nabla_kernels_active()
    if let fused = part.fused {
      if let sums, isFirst { Kernels.fill(fused.totalCount, 0, into: sums) }
      let width = part.m / count
      if byColumns || size == count {
        fused.run(from: first &* width, count: size &* width, sums: sums)
      } else {
        for column in 0..<width { fused.run(from: first &+ column &* count, count: size, sums: sums) }
      }
    } else if part.opcode == .gemm {
      multiply(part, first, size, isFirst: isFirst, sums: sums)
    } else if part.opcode == .logSumExp {
      nabla_logsumexp(set, size, part.n, part.x + first, count, part.z + first)
    } else if part.opcode == .softmax {
      nabla_softmax(set, size, part.n, part.x + first, count, part.z + first, count)
    } else if part.opcode == .logSoftmax {
      nabla_logsoftmax(set, size, part.n, part.x + first, count, part.z + first, count)
    }
  }

  private func multiply(
    _ part: Instruction, _ first: Int, _ size: Int, isFirst: Bool, sums: UnsafeMutablePointer<Double>?
  ) {
    let (isTransposedA, isTransposedB) = (part.flags.contains(.transposeA), part.flags.contains(.transposeB))
    let (strideA, strideB) = (isTransposedA ? part.k : part.m, isTransposedB ? part.n : part.k)
    let (rowsA, columnsA) = isTransposedA ? (strideA, 1) : (1, strideA)
    let (rowsB, columnsB) = isTransposedB ? (strideB, 1) : (1, strideB)
    var (m, n, k) = (part.m, part.n, part.k)
    var (a, b, c) = (UnsafePointer(part.x), UnsafePointer(part.y), part.z)
    var adds: Int32 = 0
    if part.flags.contains(.splitRows) {
      (a, c, m) = (a + first &* rowsA, c + first, size)
    } else if part.flags.contains(.splitColumns) {
      (b, c, n) = (b + first &* columnsB, c + first &* part.m, size)
    } else {
      (a, b, k) = (a + first &* columnsA, b + first &* rowsB, size)
      if let sums { c = sums }
      adds = isFirst ? 0 : 1
    }
    let set = nabla_kernels_active()
    if part.n > 1 {
      nabla_gemm(
        set, m, n, k, part.alpha, a, rowsA, columnsA, b, rowsB, columnsB, adds, c, part.m, NABLA_WHOLE)
    } else if isTransposedA {
      nabla_gemvt(set, k, m, part.alpha, a, strideA, b, adds, c)
    } else {
      nabla_gemv(set, m, k, part.alpha, a, strideA, b, adds, c)
    }
  }
}

extension Instruction {
  /// The number of sums over all blocks that a part of a stream computes.
  fileprivate var sumCount: Int {
    fused?.totalCount ?? (opcode == .gemm && flags.contains(.splitInner) ? m &* n : 0)
  }
}
