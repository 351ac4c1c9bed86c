/// Formulas of given sizes as one straight list of steps, each shared value computed once.
///
/// The list is in static single assignment form but for sums, whose later terms are added in place before
/// anyone else sees the value.
struct Schedule: Sendable {
  var values: [PlannedValue] = []
  var steps: [PlanStep] = []
  /// The value of each formula, in the order asked.
  var outputs: [Int] = []
  /// Variables and their values.
  var inputs: [(variable: Formula, value: Int)] = []
  var functions: [FunctionEvaluator] = []
  var slices: [SlidingSlice] = []
  var loopCount = 0
  /// The programs of fused steps.
  var groups: [FusedGroup] = []

  /// The values that a step makes or changes.
  func writes(_ step: PlanStep) -> [Int] {
    if step.opcode == .fused { return groups[step.extra].writes }
    return step.output >= 0 ? [step.output] : []
  }
}

/// An array that a program computes or is given.
struct PlannedValue: Sendable {
  let rows: Int
  let columns: Int
  /// The doubles it takes; factorizations take more than rows × columns.
  let length: Int
  /// The value that owns the memory: itself, or the one of which it is another view.
  let root: Int
  let source: Source

  enum Source: Hashable, Sendable {
    case computed
    case input
    case constant(Double)
  }

  var count: Int { rows * columns }
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
  /// A row of a side table, or a loop's counter.
  var extra = -1
  /// Doubles of scratch memory.
  var scratch = 0
}

/// A slice whose place depends on loop counters.
struct SlidingSlice: Hashable, Sendable {
  var row: Index
  var column: Index
  /// The size of the array sliced.
  var rows: Int
  var columns: Int

  /// A polynomial in loop counters.
  struct Index: Hashable, Sendable {
    struct Term: Hashable, Sendable {
      var coefficient: Int
      var counters: [Int]
    }
    var terms: [Term]

    /// Its value, or nil when that does not fit.
    func value(_ counters: UnsafePointer<Int>) -> Int? {
      var sum = 0
      for term in terms {
        var product = term.coefficient
        for counter in term.counters {
          let (next, overflow) = product.multipliedReportingOverflow(by: counters[counter])
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
  /// Drops the steps whose values nobody uses.
  mutating func removeUnused() {
    var needed = [Bool](repeating: false, count: values.count)
    for output in outputs { needed[values[output].root] = true }
    var keep = [Bool](repeating: false, count: steps.count)
    // For each open loop, from the inside out: its end, and whether anything in it is kept.
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
