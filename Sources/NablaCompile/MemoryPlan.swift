/// Assigns each value of a schedule a place in the workspace.
/// Inputs, constants and outputs keep their places; the place of a temporary is reused after its last use.
struct MemoryPlan: Sendable {
  /// The offset of each value; -1 for values that no step makes.
  private(set) var offsets: [Int]
  /// The offset of each step's scratch memory.
  private(set) var scratch: [Int]
  /// Total number of doubles.
  private(set) var size = 0

  init(_ schedule: Schedule) throws(CompileError) {
    let values = schedule.values
    offsets = Array(repeating: -1, count: values.count)
    scratch = Array(repeating: -1, count: schedule.steps.count)
    var lastUse = Self.lastUses(schedule)
    for output in schedule.outputs { lastUse[values[output].root] = schedule.steps.count }
    var free = FreeList()
    for (index, value) in values.enumerated() where value.root == index && value.source != .computed {
      offsets[index] = free.take(value.doubles)
    }
    var ending: [Int: [Int]] = [:]
    for (root, last) in lastUse.enumerated() where last < schedule.steps.count && last >= 0 {
      ending[last, default: []].append(root)
    }
    for (index, step) in schedule.steps.enumerated() {
      for output in schedule.writes(step) {
        let root = values[output].root
        if offsets[root] < 0 { offsets[root] = free.take(values[root].doubles) }
      }
      if step.scratch > 0 {
        scratch[index] = free.take(step.scratch)
        free.give(scratch[index], step.scratch)
      }
      for root in ending[index] ?? [] where values[root].source == .computed && offsets[root] >= 0 {
        free.give(offsets[root], values[root].doubles)
      }
      if free.size > CompileLimits.workspace { throw .workspaceTooLarge(limit: CompileLimits.workspace) }
    }
    size = free.size
    if size > CompileLimits.workspace { throw .workspaceTooLarge(limit: CompileLimits.workspace) }
    for (index, value) in values.enumerated() where value.root != index {
      offsets[index] = offsets[value.root]
    }
  }

  /// The last step that touches each value. A value from outside a loop that the loop uses lives until its end.
  private static func lastUses(_ schedule: Schedule) -> [Int] {
    let values = schedule.values
    var first = Array(repeating: -1, count: values.count)
    var last = Array(repeating: -1, count: values.count)
    var open: [(begin: Int, touched: Set<Int>)] = []
    for (index, step) in schedule.steps.enumerated() {
      if step.opcode == .loopBegin { open.append((index, [])) }
      let touched = (step.inputs + schedule.writes(step)).map { values[$0].root }
      for root in touched {
        if first[root] < 0 { first[root] = index }
        last[root] = index
        if !open.isEmpty { open[open.count - 1].touched.insert(root) }
      }
      if step.opcode == .loopEnd, let loop = open.popLast() {
        for root in loop.touched where first[root] <= loop.begin { last[root] = index }
        if !open.isEmpty { open[open.count - 1].touched.formUnion(loop.touched) }
      }
    }
    return last
  }
}

/// Free ranges of a growing array, allocated first-fit from the lowest offset; deterministic.
private struct FreeList {
  private(set) var size = 0
  private var stretches: [(offset: Int, length: Int)] = []

  mutating func take(_ length: Int) -> Int {
    if length == 0 { return 0 }
    for (index, stretch) in stretches.enumerated() where stretch.length >= length {
      if stretch.length == length {
        stretches.remove(at: index)
      } else {
        stretches[index] = (stretch.offset + length, stretch.length - length)
      }
      return stretch.offset
    }
    if let end = stretches.last, end.offset + end.length == size {
      stretches.removeLast()
      size = end.offset + length
      return end.offset
    }
    let (next, overflow) = size.addingReportingOverflow(length)
    let offset = size
    size = overflow ? Int.max : next
    return offset
  }

  mutating func give(_ offset: Int, _ length: Int) {
    if length == 0 { return }
    var index = stretches.firstIndex { $0.offset > offset } ?? stretches.count
    stretches.insert((offset, length), at: index)
    if index > 0, stretches[index - 1].offset + stretches[index - 1].length == offset {
      stretches[index - 1].length += length
      stretches.remove(at: index)
      index -= 1
    }
    if index + 1 < stretches.count,
      stretches[index].offset + stretches[index].length == stretches[index + 1].offset
    {
      stretches[index].length += stretches[index + 1].length
      stretches.remove(at: index + 1)
    }
  }
}
