import NablaCore

extension Schedule {
  /// Moves scalar factors of arrays into the products that make or use the arrays.
  mutating func foldFactors() {
    foldNegatives()
    while foldScaledProducts() {}
  }

  /// The steps that read and that write each value, by root, and the values that loops touch.
  private struct Uses {
    var readers: [[Int]]
    var writers: [[Int]]
    var inLoops: [Bool]

    init(_ schedule: Schedule) {
      let count = schedule.values.count
      (readers, writers) = (Array(repeating: [], count: count), Array(repeating: [], count: count))
      inLoops = Array(repeating: false, count: count)
      var depth = 0
      for (index, step) in schedule.steps.enumerated() {
        if step.opcode == .loopBegin { depth += 1 }
        let read = step.inputs.map { schedule.values[$0].root }
        let written = schedule.writes(step).map { schedule.values[$0].root }
        for root in read where readers[root].last != index { readers[root].append(index) }
        for root in written where writers[root].last != index { writers[root].append(index) }
        if depth > 0 { for root in read + written { inLoops[root] = true } }
        if step.opcode == .loopEnd { depth -= 1 }
      }
    }
  }

  /// Multiplies by A instead of `-A` if A exists anyway; moving a sign is exact.
  private mutating func foldNegatives() {
    guard steps.contains(where: { $0.opcode == .scaled && $0.alpha == -1 }) else { return }
    let uses = Uses(self)
    let results = Set(outputs.map { values[$0].root })
    var dropped: Set<Int> = []
    for (index, step) in steps.enumerated() where step.opcode == .scaled && step.alpha == -1 {
      let (source, negative) = (values[step.inputs[0]].root, values[step.output].root)
      let readers = uses.readers[negative]
      guard !uses.inLoops[source], !uses.inLoops[negative], !results.contains(negative),
        uses.writers[negative] == [index], uses.writers[source].allSatisfy({ $0 < index }),
        // Negating a number is cheaper than an extra step.
        values[negative].count > 1,
        readers.allSatisfy({ steps[$0].opcode == .gemm && steps[$0].inputs[0] != steps[$0].inputs[1] })
      else { continue }
      for use in readers {
        steps[use].alpha = -steps[use].alpha
        for place in steps[use].inputs.indices {
          let old = values[steps[use].inputs[place]]
          guard old.root == negative else { continue }
          steps[use].inputs[place] = view(of: source, old.rows, old.columns)
        }
      }
      dropped.insert(index)
    }
    steps = steps.indices.filter { !dropped.contains($0) }.map { steps[$0] }
  }

  private mutating func view(of root: Int, _ rows: Int, _ columns: Int) -> Int {
    let known = values[root]
    if known.rows == rows, known.columns == columns { return root }
    values.append(
      PlannedValue(rows: rows, columns: columns, length: known.length, root: root, source: known.source))
    return values.count - 1
  }

  /// Folds products of which only a multiple is needed; returns whether there were any. A multiple may itself be
  /// scaled.
  private mutating func foldScaledProducts() -> Bool {
    guard steps.contains(where: { $0.opcode == .scaled }) else { return false }
    let uses = Uses(self)
    let results = Set(outputs.map { values[$0].root })
    var dropped: Set<Int> = []
    for (index, step) in steps.enumerated() where step.opcode == .scaled && step.alpha != 0 {
      let (source, scaled) = (values[step.inputs[0]].root, values[step.output].root)
      let made = uses.writers[source]
      guard made.count == 1, made[0] < index,
        [.gemm, .gram, .kronIdentity].contains(steps[made[0]].opcode), uses.readers[source] == [index],
        !results.contains(source), !uses.inLoops[source], !uses.inLoops[scaled],
        uses.writers[scaled].first == index
      else { continue }
      steps[made[0]].alpha *= step.alpha
      steps[made[0]].output = step.output
      dropped.insert(index)
    }
    steps = steps.indices.filter { !dropped.contains($0) }.map { steps[$0] }
    return !dropped.isEmpty
  }
}
