import NablaCore
import NablaNumerics
import NablaTypes

/// Steps that run block by block over the rows or columns of their arrays, so that the result of one step is in the
/// cache when the next one reads it, and a large matrix is read once.
///
/// A regression gets its value and gradient in one pass over its data: `X*w`, elementwise steps, and the product of
/// `X'` with their result. For a factorization, `X - U*V'` and its products with `U` and `V` go by columns.
struct Stream: Sendable {
  enum Direction: Sendable { case rows, columns }

  var direction: Direction
  /// Total number of rows or columns.
  var count: Int
  /// Number of rows or columns of a block.
  var block: Int
  /// Number of rows or columns with partial sums of their own, which threads compute at the same time. It depends on
  /// the sizes alone, so results do not depend on threads.
  var chunk: Int
  /// The steps; the flags of a product tell which of its sizes is split.
  var parts: [PlanStep]
  var writes: [Int]
}

extension Schedule {
  /// Joins the steps of passes over blocks.
  mutating func stream() {
    var start = 0
    while streams.count < CompileLimits.streams, let found = StreamFinder(self).first(from: start) {
      var parts: [PlanStep] = []
      for (step, group) in found.parts {
        guard let group else {
          parts.append(step)
          continue
        }
        groups.append(group)
        parts.append(
          PlanStep(
            opcode: .fused, inputs: group.reads, output: group.writes[0], m: group.length,
            extra: groups.count - 1))
      }
      // Each value once, in the order of first use; results of parts are not read from before.
      var (read, made): ([Int], [Int]) = ([], [])
      for part in parts {
        for value in part.inputs.map({ values[$0].root }) where !made.contains(value) && !read.contains(value)
        {
          read.append(value)
        }
        for value in writes(part).map({ values[$0].root }) where !made.contains(value) { made.append(value) }
      }
      let (chunk, partial) = chunk(of: parts, count: found.count, block: found.block)
      streams.append(
        Stream(
          direction: found.direction, count: found.count, block: found.block, chunk: chunk, parts: parts,
          writes: made))
      let header = PlanStep(
        opcode: .stream, inputs: read, output: made[0], m: found.count, n: parts.count, k: found.block,
        flags: found.direction == .columns ? .byColumns : [], extra: streams.count - 1, scratch: partial)
      let around = (found.before.map { steps[$0] }, found.after.map { steps[$0] })
      steps.replaceSubrange(found.span, with: around.0 + [header] + around.1)
      start = found.span.lowerBound + around.0.count + 1
    }
  }

  /// The rows or columns of a chunk, whole blocks with enough work, and the memory for the partial sums of all but the
  /// first.
  private func chunk(of parts: [PlanStep], count: Int, block: Int) -> (rows: Int, partial: Int) {
    var sums = 0
    for part in parts {
      if part.opcode == .fused { sums += groups[part.extra].totals.count }
      if part.flags.contains(.splitInner) { sums += part.m * part.n }
    }
    let work = parts.reduce(0) { $0 + operations($1) }
    let most = min(work / CompileLimits.chunkWork, Double(CompileLimits.partialSums / max(sums, 1)))
    let chunks = max(1, Int(min(most, Double(CompileLimits.chunks))))
    let blocks = (count + block - 1) / block
    let rows = (blocks + chunks - 1) / chunks * block
    return (rows, ((count + rows - 1) / rows - 1) * sums)
  }

  /// A group of one elementwise step; nil for other steps.
  func group(of index: Int) -> FusedGroup? {
    guard let length = steps[index].fusedLength else { return nil }
    var builder = FusedBuilder(
      schedule: self, steps: [index], lastUse: Array(repeating: .max, count: values.count), needed: [],
      length: length)
    return builder.built()
  }
}

private struct StreamFinder {
  struct Found {
    var direction: Stream.Direction
    var count: Int
    var block: Int
    /// The steps, and groups for those that are elementwise and alone.
    var parts: [(step: PlanStep, group: FusedGroup?)]
    /// The steps from the first part to the last, and those of them that come before and after the stream.
    var span: Range<Int>
    var before: [Int]
    var after: [Int]
  }

  /// Limit on the distance between the first and the last part, which keeps the search linear.
  private static let reach = 128
  /// Products with more columns are not memory-bound.
  private static let narrow = 16
  /// A product with a larger inner size takes longer than writing its result.
  private static let shallow = 64

  private let schedule: Schedule
  private var writers: [Int: [Int]] = [:]

  init(_ schedule: Schedule) {
    self.schedule = schedule
    for (index, step) in schedule.steps.enumerated() {
      for value in schedule.writes(step) { writers[root(value), default: []].append(index) }
    }
  }

  private func root(_ value: Int) -> Int { schedule.values[value].root }
  private func reads(_ index: Int) -> Set<Int> { Set(schedule.steps[index].inputs.map(root)) }
  private func writes(_ index: Int) -> Set<Int> { Set(schedule.writes(schedule.steps[index]).map(root)) }

  func first(from start: Int) -> Found? {
    for last in start..<max(schedule.steps.count, start) {
      if let found = byRows(last) ?? byColumns(last) { return found }
    }
    return nil
  }

  /// Products `X*W`, steps on rows, and the product of `X'` with their results.
  private func byRows(_ last: Int) -> Found? {
    let step = schedule.steps[last]
    guard step.opcode == .gemm, step.flags.contains(.transposeA), !step.flags.contains(.transposeB),
      step.n <= Self.narrow, step.m > 1, step.k > 1
    else { return nil }
    let matrix = root(step.inputs[0])
    var body = Body(count: step.k, direction: .rows) { step in
      step.opcode == .gemm && !step.flags.contains(.transposeA) && root(step.inputs[0]) == matrix
        && step.n <= Self.narrow
    }
    guard collect(root(step.inputs[1]), before: last, &body) else { return nil }
    // Blocks of 1 MB; of wide matrices up to 3 MB, since short pieces of columns are read slowly.
    let rows = max((1 << 17) / step.m, min(256, (3 << 17) / step.m))
    return found(body, last, sinks: [], block: max(64, min(2048, rows / 64 * 64)))
  }

  /// A product of two thin matrices, elementwise steps on it, and products with their results.
  private func byColumns(_ last: Int) -> Found? {
    let step = schedule.steps[last]
    guard step.opcode == .gemm, !step.flags.contains(.transposeA), step.m > 1, step.n > 1, step.k > 1,
      step.m * step.k > 1 << 15
    else { return nil }
    let matrix = root(step.inputs[0])
    var body = Body(count: step.k, direction: .columns) { other in
      other.opcode == .gemm && other.m == step.m && other.k <= Self.shallow
    }
    guard collect(matrix, before: last, &body) else { return nil }
    let block = max(48, (1 << 15) / step.m / 8 * 8)
    let others = (last + 1..<min(last + Self.reach, schedule.steps.count)).filter { index in
      let other = schedule.steps[index]
      return other.opcode == .gemm && other.flags.contains(.transposeA) && other.m == step.k
        && root(other.inputs[0]) == matrix && root(other.inputs[1]) != matrix
    }
    return found(body, last, sinks: others, block: block) ?? found(body, last, sinks: [], block: block)
  }

  /// The steps that lead from a product to an array.
  private struct Body {
    let count: Int
    let direction: Stream.Direction
    let isStart: (PlanStep) -> Bool
    var steps: [Int: Bool] = [:]
  }

  /// Whether a value depends on a product of the wanted kind through steps that can be split; adds those steps.
  private func collect(_ value: Int, before end: Int, _ body: inout Body) -> Bool {
    var depends = false
    for index in writers[value] ?? [] where index < end && end - index < Self.reach {
      if body.steps[index] == nil {
        body.steps[index] = false
        body.steps[index] = leads(index, &body)
      }
      if body.steps[index] == true { depends = true }
    }
    return depends
  }

  private func leads(_ index: Int, _ body: inout Body) -> Bool {
    let step = schedule.steps[index]
    if step.opcode == .gemm {
      return (body.direction == .rows ? step.m : step.n) == body.count && body.isStart(step)
    }
    guard isRowwise(step) ? body.direction == .rows && step.m == body.count : length(step) % body.count == 0
    else { return false }
    var leads = false
    for input in Set(step.inputs.map(root)) where collect(input, before: index, &body) { leads = true }
    return leads
  }

  private func isRowwise(_ step: PlanStep) -> Bool {
    step.opcode == .logSumExp || step.opcode == .softmax || step.opcode == .logSoftmax
  }

  /// Number of entries of each array of an elementwise step; 1 for other steps.
  private func length(_ step: PlanStep) -> Int { step.opcode == .fused ? step.m : step.fusedLength ?? 1 }

  private func found(_ body: Body, _ last: Int, sinks: [Int], block: Int) -> Found? {
    let members = (body.steps.filter(\.value).map(\.key) + [last] + sinks).sorted()
    guard let low = members.first, let high = members.last, high - low < Self.reach,
      let (before, after) = order(members, low, high)
    else { return nil }
    let written = members.reduce(into: Set<Int>()) { $0.formUnion(writes($1)) }
    var parts: [(step: PlanStep, group: FusedGroup?)] = []
    // Values that are complete only at the end of the pass.
    var gathered: Set<Int> = []
    for index in members {
      var step = schedule.steps[index]
      if step.opcode == .gemm {
        // Only split operands may be made within the pass.
        let (a, b) = (root(step.inputs[0]), root(step.inputs[1]))
        let isStart = index != last && !sinks.contains(index)
        let others = isStart ? [a, b] : body.direction == .rows ? [a] : [b]
        guard written.isDisjoint(with: others) else { return nil }
        if !isStart { gathered.insert(root(step.output)) }
        step.flags.insert(
          index == last ? .splitInner : isStart && body.direction == .columns ? .splitColumns : .splitRows)
        parts.append((step, nil))
      } else if step.opcode == .fused {
        gathered.formUnion(schedule.groups[step.extra].totals.map(root))
        parts.append((step, nil))
      } else if isRowwise(step) {
        parts.append((step, nil))
      } else {
        guard let group = schedule.group(of: index) else { return nil }
        gathered.formUnion(group.totals.map(root))
        parts.append((step, group))
      }
    }
    guard members.allSatisfy({ reads($0).isDisjoint(with: gathered) }) else { return nil }
    return Found(
      direction: body.direction, count: body.count, block: block, parts: parts, span: low..<(high + 1),
      before: before, after: after)
  }

  /// The other steps between the parts, before and after them; nil if one must be in between.
  private func order(_ members: [Int], _ low: Int, _ high: Int) -> (before: [Int], after: [Int])? {
    let parts = Set(members)
    var (before, after): ([Int], [Int]) = ([], [])
    // The values that the parts so far, and the steps that wait for them, read and write.
    var (read, written): (Set<Int>, Set<Int>) = ([], [])
    var (waitingRead, waitingWritten): (Set<Int>, Set<Int>) = ([], [])
    for index in low...high {
      let (reads, writes) = (reads(index), writes(index))
      if parts.contains(index) {
        guard waitingWritten.isDisjoint(with: reads.union(writes)), waitingRead.isDisjoint(with: writes)
        else {
          return nil
        }
        read.formUnion(reads)
        written.formUnion(writes)
        continue
      }
      let opcode = schedule.steps[index].opcode
      if opcode == .loopBegin || opcode == .loopEnd || opcode == .stream { return nil }
      let isFree =
        written.isDisjoint(with: reads.union(writes)) && read.isDisjoint(with: writes)
        && waitingWritten.isDisjoint(with: reads.union(writes)) && waitingRead.isDisjoint(with: writes)
      if isFree {
        before.append(index)
      } else {
        after.append(index)
        waitingRead.formUnion(reads)
        waitingWritten.formUnion(writes)
      }
    }
    return (before, after)
  }
}
