import NablaCompile
import NablaCore
import NablaNumerics
import NablaTypes

/// A compiled objective with its derivatives, as a function of all entries of its variables in one vector.
final class CompiledObjective: DescentFunction {
  /// The range of a variable's entries in a point, in column-major order.
  struct Part {
    let variable: Formula
    let rows: Int
    let columns: Int
    let offset: Int
    var count: Int { rows * columns }
  }

  let parts: [Part]
  let count: Int
  private let slope: ProgramWorkspace
  /// The programs of the second derivatives, in one workspace; `nil` if there are none.
  private let curvature: ProgramWorkspace?

  /// Compiles for the data of all other variables; throws if something is missing or too large.
  init(
    _ objective: Formula, _ derivatives: ObjectiveDerivatives, parts: [Part], values: [Formula: Matrix],
    sizes: [String: Int], options: Compiler.Options
  ) throws(EvaluationError) {
    self.parts = parts
    count = parts.reduce(0) { $0 + $1.count }
    let own = Set(parts.map(\.variable))
    func workspace(_ formulas: [Formula]) throws(EvaluationError) -> ProgramWorkspace {
      let program = try Compiler.program(for: formulas, sizes: sizes, options: options)
      let workspace = program.makeWorkspace()
      for variable in program.variables where !own.contains(variable) {
        guard let value = values[variable] else {
          throw .missingValue(name: variable.name ?? "", shape: variable.shape)
        }
        _ = value.withPointer { workspace.setInput(variable, $0) }
      }
      return workspace
    }
    slope = try workspace([objective] + derivatives.gradients)
    curvature = derivatives.hessian.isEmpty ? nil : try workspace(derivatives.hessian.flatMap { $0 })
    // Failures that do not depend on the numbers occur here.
    do throws(RunError) {
      try slope.run()
      try curvature?.run()
    } catch {
      throw .failed(error)
    }
  }

  /// The values of the variables at a point.
  func values(at point: [Double]) -> [Formula: Matrix] {
    var result: [Formula: Matrix] = [:]
    for part in parts {
      let entries = Array(point[part.offset..<(part.offset + part.count)])
      result[part.variable] = Matrix(column: entries).reshaped(rows: part.rows, columns: part.columns)
    }
    return result
  }

  func value(at point: [Double], gradient: inout [Double]) -> Double {
    guard isInside(point) else { return .infinity }
    guard run(slope, at: point) else { return .nan }
    switch slope.precision {
    case .float64:
      for (index, part) in parts.enumerated() {
        let entries = slope.outputPointer(index + 1)
        for k in 0..<part.count { gradient[part.offset + k] = entries[k] }
      }
      return slope.outputPointer(0)[0]
    case .float32:
      for (index, part) in parts.enumerated() {
        let entries = slope.floatOutputPointer(index + 1)
        for k in 0..<part.count { gradient[part.offset + k] = Double(entries[k]) }
      }
      return Double(slope.floatOutputPointer(0)[0])
    }
  }

  func hessian(at point: [Double]) -> [Double]? {
    guard let curvature, run(curvature, at: point) else { return nil }
    var result = [Double](repeating: 0, count: count * count)
    var output = 0
    for i in parts.indices {
      for j in parts.indices[i...] {
        let block = curvature.output(output).storage
        output += 1
        for column in 0..<parts[j].count {
          for row in 0..<parts[i].count {
            let (a, b) = (parts[i].offset + row, parts[j].offset + column)
            let entry = block[row + column * parts[i].count]
            result[a + b * count] = entry
            // A block on the diagonal already has both triangles.
            if i != j { result[b + a * count] = entry }
          }
        }
      }
    }
    return result
  }

  private func run(_ workspace: ProgramWorkspace, at point: [Double]) -> Bool {
    point.withUnsafeBufferPointer { entries in
      guard let first = entries.baseAddress else { return }
      for part in parts { workspace.setInput(part.variable, first + part.offset) }
    }
    do throws(RunError) {
      try workspace.run()
      return true
    } catch {
      return false
    }
  }

  /// Whether the point has the declared signs, on which derivatives may rely.
  private func isInside(_ point: [Double]) -> Bool {
    for part in parts {
      let properties = part.variable.properties
      guard properties.contains(.nonnegative) || properties.contains(.nonzero) else { continue }
      let entries = point[part.offset..<(part.offset + part.count)]
      if properties.contains(.nonnegative), entries.contains(where: { $0 < 0 }) { return false }
      if properties.contains(.nonzero), entries.contains(0) { return false }
    }
    return true
  }
}
