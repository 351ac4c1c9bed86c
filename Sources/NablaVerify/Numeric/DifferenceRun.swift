import NablaArrays
import NablaCompile
import NablaCore
import NablaNumerics

/// All derivatives at one point: that of output entry j with respect to variable entry i is at j + i * outputCount.
struct DifferenceTable {
  var outputCount: Int
  var values: [Double]
  var errors: [Double]
  var hasKink: Bool
  /// The lowest observed order of convergence.
  var order: Double?

  /// The table in the column-major order of the layout.
  func arranged(_ layout: DerivativeLayout, _ output: Matrix) -> DifferenceTable {
    switch layout {
    case .numerator: return self
    case .denominator:
      let variableCount = outputCount == 0 ? 0 : values.count / outputCount
      var result = self
      for j in 0..<outputCount {
        for i in 0..<variableCount {
          result.values[i + j * variableCount] = values[j + i * outputCount]
          result.errors[i + j * variableCount] = errors[j + i * outputCount]
        }
      }
      return result
    }
  }
}

/// Differences of a program's first output at one point.
struct DifferenceRun {
  let program: CompiledProgram
  let workspace: ProgramWorkspace
  let count: Int
  private let point: [Formula: Matrix]

  init(program: CompiledProgram, workspace: ProgramWorkspace, point: [Formula: Matrix]) {
    self.program = program
    self.workspace = workspace
    self.point = point
    count = program.outputSizes[0].rows * program.outputSizes[0].columns
    for (variable, value) in point { value.withPointer { _ = workspace.setInput(variable, $0) } }
  }

  private func evaluate(into z: UnsafeMutablePointer<Double>) -> Bool {
    guard (try? workspace.run()) != nil else { return false }
    Kernels.copy(count, workspace.outputPointer(0), into: z)
    return true
  }

  /// Derivatives of every output entry with respect to every entry of a variable; `nil` if they have no value.
  func first(by variable: Formula, _ stepScale: Double) -> DifferenceTable? {
    table(by: variable, count: count, scale: stepScale) { evaluate(into: $0) }
  }

  /// Second derivatives of a scalar with respect to x, which counts as the output, and then y.
  func second(by x: Formula, _ y: Formula, _ stepScale: Double) -> DifferenceTable? {
    guard count == 1, let length = point[x]?.count else { return nil }
    return table(by: y, count: length, scale: 4 * stepScale) { z in
      guard let inner = table(by: x, count: 1, scale: 4 * stepScale, { evaluate(into: $0) }) else {
        return false
      }
      for i in 0..<length { z[i] = inner.values[i] }
      return true
    }
  }

  /// Derivatives of every output entry along one direction of a variable; `nil` if they have no value.
  func along(_ direction: [Double], of variable: Formula, _ stepScale: Double) -> DifferenceTable? {
    guard let base = point[variable] else { return nil }
    guard let entries = workspace.inputPointer(variable) else {
      let zeros = Array(repeating: 0.0, count: count)
      return DifferenceTable(outputCount: count, values: zeros, errors: zeros, hasKink: false)
    }
    let difference = Difference.derivative(count: count, step: 0.005 * stepScale) { t, z in
      for (i, change) in direction.enumerated() { entries[i] = base.storage[i] + t * change }
      return evaluate(into: z)
    }
    for i in direction.indices { entries[i] = base.storage[i] }
    guard let difference else { return nil }
    return DifferenceTable(
      outputCount: count, values: difference.values, errors: difference.errors, hasKink: difference.hasKink,
      order: difference.order)
  }

  private func table(
    by variable: Formula, count: Int, scale: Double, _ evaluate: (UnsafeMutablePointer<Double>) -> Bool
  ) -> DifferenceTable? {
    guard let length = point[variable]?.count else { return nil }
    var result = DifferenceTable(outputCount: count, values: [], errors: [], hasKink: false)
    for i in 0..<length {
      guard let entries = workspace.inputPointer(variable) else {
        // The program does not depend on the variable.
        result.values += Array(repeating: 0, count: count)
        result.errors += Array(repeating: 0, count: count)
        continue
      }
      let base = entries[i]
      let step = 0.01 * scale * max(base.magnitude, 0.5)
      let difference = Difference.derivative(count: count, step: step) { t, z in
        entries[i] = base + t
        defer { entries[i] = base }
        return evaluate(z)
      }
      guard let difference else { return nil }
      result.values += difference.values
      result.errors += difference.errors
      result.hasKink = result.hasKink || difference.hasKink
      result.order = [result.order, difference.order].compactMap { $0 }.min()
    }
    return result
  }
}
