import NablaKernels
import NablaNumerics

/// Runs the parts of a stream, block after block.
struct BlockPass {
  let parts: UnsafePointer<Instruction>
  let partCount: Int
  /// Rows, or columns, in all.
  let count: Int
  let byColumns: Bool

  func run(block: Int) {
    for index in 0..<partCount { parts[index].fused?.clearTotals() }
    var first = 0
    while first < count {
      let size = Swift.min(block, count &- first)
      for index in 0..<partCount { run(parts[index], first, size) }
      first &+= size
    }
  }

  /// A part for `size` rows, or columns, from the first on.
  private func run(_ part: Instruction, _ first: Int, _ size: Int) {
    let set = nabla_kernels_active()
    if let fused = part.fused {
      let width = part.m / count
      if byColumns || size == count {
        fused.run(from: first &* width, count: size &* width)
      } else {
        for column in 0..<width { fused.run(from: first &+ column &* count, count: size) }
      }
    } else if part.opcode == .gemm {
      multiply(part, first, size)
    } else if part.opcode == .logSumExp {
      nabla_logsumexp(set, size, part.n, part.x + first, count, part.z + first)
    } else if part.opcode == .softmax {
      nabla_softmax(set, size, part.n, part.x + first, count, part.z + first, count)
    } else if part.opcode == .logSoftmax {
      nabla_logsoftmax(set, size, part.n, part.x + first, count, part.z + first, count)
    }
  }

  private func multiply(_ part: Instruction, _ first: Int, _ size: Int) {
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
      adds = first > 0 ? 1 : 0
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
