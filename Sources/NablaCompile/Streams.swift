import NablaCore
import NablaNumerics
import NablaTypes

/// Computes A*x, elementwise steps on it, and the product of A' with their result in one pass over blocks of rows of A.
/// A regression gets its value and gradient by reading A once.
struct Stream: Sendable {
  /// A*x, and the vector that A' is multiplied by; later steps can use both as whole arrays.
  var product: Int
  var factor: Int
  /// The fused steps in between.
  var group: Int
  var writes: [Int]

  /// Rows of a block, so that it stays in the cache and each column is long enough to be prefetched.
  static func blockRows(columns: Int) -> Int { max(64, min(2048, (1 << 17) / max(columns, 1) / 64 * 64)) }
}

extension Schedule {
  /// Joins a product, a fused pass over it, and the product of the transpose with its result.
  mutating func stream() {
    var readers: [Int: [Int]] = [:]
    var writers: [Int: [Int]] = [:]
    for (index, step) in steps.enumerated() {
      for value in step.inputs { readers[values[value].root, default: []].append(index) }
      for value in writes(step) { writers[values[value].root, default: []].append(index) }
    }
    let loops = steps.indices.filter { steps[$0].opcode == .loopBegin || steps[$0].opcode == .loopEnd }
    var dropped: Set<Int> = []
    for (last, step) in steps.enumerated() {
      guard step.opcode == .gemm, step.n == 1, step.m > 1, step.k > 1, step.flags.contains(.transposeA) else {
        continue
      }
      let (matrix, factor) = (values[step.inputs[0]].root, values[step.inputs[1]].root)
      // The factor is completed by a fused pass over as many entries as the matrix has rows ...
      guard let middle = writers[factor]?.last(where: { $0 < last }), steps[middle].opcode == .fused,
        steps[middle].m == step.k, writers[factor]?.contains(where: { $0 > middle && $0 < last }) == false
      else { continue }
      // ... which reads a product with the same matrix that no step needs before.
      let group = groups[steps[middle].extra]
      let first = group.reads.compactMap { writers[$0]?.first }.first { made in
        let step = steps[made]
        guard made < middle, !dropped.contains(made), step.opcode == .gemm, step.n == 1, step.alpha == 1,
          !step.flags.contains(.transposeA), step.m == steps[middle].m, step.k == steps[last].m,
          values[step.inputs[0]].root == matrix
        else { return false }
        let product = values[step.output].root
        return writers[product]?.contains { $0 > made && $0 < middle } == false
          && readers[product]?.contains { $0 > made && $0 < middle } == false
      }
      guard let first, !loops.contains(where: { $0 > first && $0 < last }) else { continue }
      let product = values[steps[first].output].root
      let others = group.reads.filter { $0 != product }
      streams.append(
        Stream(
          product: product, factor: factor, group: steps[middle].extra,
          writes: [step.output, product] + group.writes.filter { $0 != product }))
      steps[middle] = PlanStep(
        opcode: .stream, inputs: [step.inputs[0], steps[first].inputs[1]] + others, output: step.output,
        m: step.k,
        n: step.m, k: Stream.blockRows(columns: step.m), alpha: step.alpha, extra: streams.count - 1)
      dropped.formUnion([first, last])
    }
    steps = steps.indices.filter { !dropped.contains($0) }.map { steps[$0] }
  }
}
