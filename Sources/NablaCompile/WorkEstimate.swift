extension CompiledProgram {
  /// A rough estimate of the time of a run in nanoseconds, from the steps alone: the same on every machine.
  package var nanoseconds: Double { schedule.nanoseconds }
}

extension Schedule {
  /// The steps, with the estimated nanoseconds of one pass of each loop in `k` of its end. The passes of an inner loop
  /// count at its own end.
  var weighed: [PlanStep] {
    var open: [Double] = []
    return steps.map { step in
      var weighed = step
      if step.opcode == .loopBegin {
        open.append(0)
      } else if step.opcode == .loopEnd, let pass = open.popLast() {
        weighed.k = Int(min(pass + Self.dispatch, 1e9))
      } else if !open.isEmpty {
        open[open.count - 1] += Self.dispatch + nanoseconds(step)
      }
      return weighed
    }
  }

  fileprivate var nanoseconds: Double {
    var total = 0.0
    var repeats = 1.0
    var outside: [Double] = []
    for step in steps {
      total += repeats * (Self.dispatch + nanoseconds(step))
      if step.opcode == .loopBegin {
        outside.append(repeats)
        repeats *= Double(max(step.n - step.m + 1, 0))
      } else if step.opcode == .loopEnd, let before = outside.popLast() {
        repeats = before
      }
    }
    return total
  }

  private static let dispatch = 10.0
  /// An entry of a function such as `lgamma`, which costs far more than a product.
  private static let functionValue = 80.0
  /// The nanoseconds of an operation, where it is not about one; a step of a fused pass may be a function too.
  private static let weights: [Opcode: Double] = [
    .unary: functionValue, .binary: functionValue, .pow: functionValue, .fused: 4,
  ]

  private func nanoseconds(_ step: PlanStep) -> Double {
    if step.opcode == .function {
      // A function of an array reads all of it for each value.
      let arguments = step.m == 1 ? step.inputs.reduce(0) { $0 + values[$1].count } : 1
      return Double(values[step.output].count) * (Self.functionValue + 4 * Double(arguments))
    }
    return operations(step) * (Self.weights[step.opcode] ?? 1)
  }
}
