import NablaNumerics

extension Schedule {
  /// Computes in floats where there are kernels for them, and otherwise in doubles, with operands and results converted
  /// around the step. Values that only such steps use, such as a factorization, stay in doubles.
  mutating func useFloats() {
    fuseAll()
    markFloats()
    var result: [PlanStep] = []
    result.reserveCapacity(steps.count)
    for var step in steps {
      if step.opcode.hasFloats {
        step.precision = .float32
        result.append(step)
        continue
      }
      for (index, value) in step.inputs.enumerated() where values[value].precision == .float32 {
        let wide = copy(of: value)
        step.inputs[index] = wide
        result.append(PlanStep(opcode: .widen, inputs: [value], output: wide, m: values[value].length))
      }
      let output = step.output
      guard output >= 0, values[output].precision == .float32 else {
        result.append(step)
        continue
      }
      step.output = copy(of: output)
      result.append(step)
      result.append(
        PlanStep(opcode: .narrow, inputs: [step.output], output: output, m: values[output].length))
    }
    steps = result
    for stream in streams.indices {
      for part in streams[stream].parts.indices { streams[stream].parts[part].precision = .float32 }
    }
  }

  /// Makes a pass of every elementwise step, since only passes have kernels for floats.
  private mutating func fuseAll() {
    for index in steps.indices where steps[index].opcode != .fused {
      guard let group = group(of: index) else { continue }
      groups.append(group)
      steps[index] = PlanStep(
        opcode: .fused, inputs: group.reads, output: group.writes[0], m: group.length, extra: groups.count - 1
      )
    }
  }

  /// Finds the values that some step reads or writes in floats, and those of inputs and outputs.
  private mutating func markFloats() {
    var isFloat = [Bool](repeating: false, count: values.count)
    for value in inputs.map(\.value) + outputs { isFloat[values[value].root] = true }
    for step in steps where step.opcode.hasFloats {
      for value in step.inputs + writes(step) { isFloat[values[value].root] = true }
    }
    for value in values.indices where isFloat[values[value].root] { values[value].precision = .float32 }
  }

  /// A new value of the same size in doubles.
  private mutating func copy(of value: Int) -> Int {
    let known = values[value]
    values.append(
      PlannedValue(
        rows: known.rows, columns: known.columns, length: known.length, root: values.count, source: .computed)
    )
    return values.count - 1
  }
}

extension Opcode {
  /// Whether the interpreter has the operation for floats.
  var hasFloats: Bool {
    switch self {
    case .addColumn, .addRow, .addDiagonal, .addDiagonalScalar, .addDiagonalConstant, .gemm, .gram,
      .multiplyBoth,
      .scaleRows, .scaleColumns, .selectRows, .selectColumns, .rowSums, .columnSums, .trace, .traceOfProduct,
      .transpose, .norm1, .norm2, .squaredNorm, .normInf, .maximum, .minimum, .logSumExp, .softmax,
      .logSoftmax,
      .diagonalMatrix,
      .diagonal, .kron, .kronIdentity, .scaleBlocks, .addBlocks, .lowerTriangle, .upperTriangle, .lowHalf,
      .commutation,
      .argmaxHot,
      .slice, .slidingSlice, .place, .fused, .stream, .loopBegin, .loopEnd:
      true
    // Elementwise steps are passes by then, unless their function has no vector kernel.
    case .fill, .fillFrom, .scaled, .axpy, .addConstant, .addScalar, .multiply, .divide, .select, .scaleBy,
      .square,
      .reciprocal, .squareRoot, .powInteger, .pow, .less, .lessEqual, .unary, .binary, .sum, .dot:
      false
    case .factorLU, .factorCholesky, .solve, .solveRight, .inverse, .determinant, .logDeterminant,
      .logSignedDeterminant, .singularNorm, .nuclearNorm, .polar, .leftVector, .rightVector, .pseudoInverse,
      .adjugate,
      .exponential, .cholesky, .function, .widen, .narrow:
      false
    }
  }
}
