import NablaCore

extension Schedule {
  /// Moves scalar factors of arrays into the products that make or use the arrays.
  mutating func foldFactors() {
    foldNegatives()
    while foldScaledProducts() {}
  }

  /// The steps that read and that write each value, by root, and the values that loops touch.
  private func uses() -> (readers: [Int: [Int]], writers: [Int: [Int]], inLoops: Set<Int>) {
    var readers: [Int: [Int]] = [:]
    var writers: [Int: [Int]] = [:]
    var inLoops: Set<Int> = []
    var depth = 0
    for (index, step) in steps.enumerated() {
      if step.opcode == .loopBegin { depth += 1 }
      let read = Set(step.inputs.map { values[$0].root })
      let written = Set(writes(step).map { values[$0].root })
      if depth > 0 { inLoops.formUnion(read.union(written)) }
      for root in read { readers[root, default: []].append(index) }
      for root in written { writers[root, default: []].append(index) }
      if step.opcode == .loopEnd { depth -= 1 }
    }
    return (readers, writers, inLoops)
  }

  /// Multiplies by A instead of `-A` if A exists anyway; moving a sign is exact.
  private mutating func foldNegatives() {
    let (readers, writers, inLoops) = uses()
    let results = Set(outputs.map { values[$0].root })
    var dropped: Set<Int> = []
    for (index, step) in steps.enumerated() where step.opcode == .scaled && step.alpha == -1 {
      let (source, negative) = (values[step.inputs[0]].root, values[step.output].root)
      let uses = readers[negative] ?? []
      guard !inLoops.contains(source), !inLoops.contains(negative), !results.contains(negative),
        writers[negative] == [index], (writers[source] ?? []).allSatisfy({ $0 < index }),
        // Negating a number is cheaper than an extra step.
        values[negative].count > 1,
        uses.allSatisfy({ steps[$0].opcode == .gemm && steps[$0].inputs[0] != steps[$0].inputs[1] })
      else { continue }
      for use in uses {
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
    let (readers, writers, inLoops) = uses()
    let results = Set(outputs.map { values[$0].root })
    var dropped: Set<Int> = []
    for (index, step) in steps.enumerated() where step.opcode == .scaled && step.alpha != 0 {
      let (source, scaled) = (values[step.inputs[0]].root, values[step.output].root)
      guard let made = writers[source], made.count == 1, made[0] < index,
        [.gemm, .gram, .kronIdentity].contains(steps[made[0]].opcode), readers[source] == [index],
        !results.contains(source), !inLoops.contains(source), !inLoops.contains(scaled),
        writers[scaled]?.first == index
      else { continue }
      steps[made[0]].alpha *= step.alpha
      steps[made[0]].output = step.output
      dropped.insert(index)
    }
    steps = steps.indices.filter { !dropped.contains($0) }.map { steps[$0] }
    return !dropped.isEmpty
  }
}
