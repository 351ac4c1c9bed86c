import NablaCore

/// A step of a program in readable form.
package struct ProgramStep: Sendable {
  /// `%4 = gemm A B (3 x 5)`.
  package let text: String
  /// Additions, multiplications and function evaluations.
  package let operations: Double
  /// Bytes read and written, with each array counted once.
  package let bytes: Double
}

extension Schedule {
  /// The steps; loop bodies count once for each iteration.
  var described: [ProgramStep] {
    var result: [ProgramStep] = []
    var rounds = [1.0]
    for step in steps {
      if step.opcode == .loopEnd { rounds.removeLast() }
      let count = rounds.last ?? 1
      result.append(
        ProgramStep(text: describe(step), operations: count * operations(step), bytes: count * bytes(step)))
      if step.opcode == .loopBegin { rounds.append(count * Double(max(step.n - step.m + 1, 0))) }
    }
    return result
  }

  private func bytes(_ step: PlanStep) -> Double {
    let read = Set(step.inputs.map { values[$0].root })
    let written = Set(writes(step).map { values[$0].root })
    return Double(read.union(written).reduce(0) { $0 + values[$1].length * values[$1].precision.bytes })
  }

  /// The name of a value in the steps.
  func name(_ value: Int) -> String {
    let root = values[value].root
    if let variable = inputs.first(where: { $0.value == root })?.variable.variable { return variable.name }
    if case .constant(let number) = values[root].source { return "\(number)" }
    return "%\(root)"
  }

  /// A step in readable form: `%4 = gemm %1 %2 (3 x 5)`.
  func describe(_ step: PlanStep) -> String {
    let value = values[step.output]
    let operands = step.inputs.map(name)
    if step.opcode == .fused {
      let group = groups[step.extra]
      let made = group.writes.map { "%\($0)" }.joined(separator: " ")
      let what = group.steps.map(\.name).joined(separator: ", ")
      return "\(made) = fused \(operands.joined(separator: " ")): \(what) (\(group.length) entries)"
    }
    if step.opcode == .stream {
      let stream = streams[step.extra]
      let what = stream.parts.flatMap { part in
        part.opcode == .gemm
          ? ["product"] : part.opcode == .fused ? groups[part.extra].steps.map(\.name) : ["\(part.opcode)"]
      }
      let made = stream.writes.map { "%\($0)" }.joined(separator: " ")
      return
        "\(made) = stream \(operands.joined(separator: " ")): \(what.joined(separator: ", "))"
        + " (\(stream.count) \(stream.direction) by \(stream.block))"
    }
    let factor = step.alpha == 1 ? "" : " by \(step.alpha)"
    return
      "%\(value.root) = \(step.opcode) \(operands.joined(separator: " "))\(factor) (\(value.rows) x \(value.columns))"
  }
}
