extension CompiledProgram {
  /// A rough estimate of the time of a run in nanoseconds, from the steps alone: the same on every machine.
  package var nanoseconds: Double { schedule.nanoseconds }
}

extension Schedule {
  fileprivate var nanoseconds: Double {
    var total = 0.0
    var repeats = 1.0
    var outside: [Double] = []
    for step in steps {
      switch step.opcode {
      case .loopBegin:
        outside.append(repeats)
        repeats *= Double(max(step.n - step.m + 1, 0))
      case .loopEnd: repeats = outside.popLast() ?? 1
      case _: total += repeats * (Self.dispatch + nanoseconds(step))
      }
    }
    return total
  }

  private static let dispatch = 10.0
  /// An entry of a function such as `lgamma`, which costs far more than a product.
  private static let functionValue = 80.0
  /// A block of a fused pass may evaluate a function too.
  private static let fusedStep = 4.0

  private func nanoseconds(_ step: PlanStep) -> Double {
    switch step.opcode {
    case .function:
      // A function of an array reads all of it for each value.
      let arguments = step.m == 1 ? step.inputs.reduce(0) { $0 + values[$1].count } : 1
      return Double(values[step.output].count) * (Self.functionValue + 4 * Double(arguments))
    case .unary, .binary, .pow: return Double(step.m) * Self.functionValue
    case .fused: return Self.fusedStep * operations(step)
    case _: return operations(step)
    }
  }
}
