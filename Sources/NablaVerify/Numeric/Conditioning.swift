import NablaCompile
import NablaCore
import NablaNumerics
import NablaTypes

/// Estimates how much of a difference comes from rounding in the data.
package enum Conditioning {
  /// Relative size of the simulated rounding errors, a few thousand times the real ones.
  private static let change = 1e-12

  /// The values perturbed within rounding; discrete values are kept.
  package static func moved(_ values: [Formula: Matrix], seed: UInt64) -> [Formula: Matrix] {
    var generator = SplitMix64(seed: seed)
    var result = values
    for variable in values.keys.sorted() {
      let properties = variable.variable?.properties ?? []
      if properties.contains(.binary) || properties.contains(.signs) { continue }
      result[variable] = values[variable]?.map { $0 * (1 + change * generator.uniform(-1, 1)) }
    }
    return result
  }

  /// Whether the outputs of a program move as far as a difference when the data are perturbed within rounding: at a
  /// jump, near a singular matrix, or where everything cancels. Such a point does not show whether two formulas differ.
  package static func isRoundoff(
    _ difference: Double, _ program: CompiledProgram, _ values: [Formula: Matrix], _ outputs: [Matrix],
    checking places: [Int]
  ) -> Bool {
    moves(program, values, outputs) { place, size, _ in places.contains(place) && size > 0.1 * difference }
  }

  /// Whether the first output jumps when the data are perturbed within rounding, so it has no slope there.
  static func jumps(
    _ program: CompiledProgram, _ values: [Formula: Matrix], _ outputs: [Matrix]
  ) -> Bool {
    moves(program, values, outputs) { place, size, scale in place == 0 && size > 1e-6 * scale }
  }

  /// Whether some output moves far, judged by its index, its change and its magnitude.
  private static func moves(
    _ program: CompiledProgram, _ values: [Formula: Matrix], _ outputs: [Matrix],
    _ isFar: (Int, Double, Double) -> Bool
  ) -> Bool {
    for seed: UInt64 in 1...8 {
      guard let others = try? program.run(moved(values, seed: seed)) else { return true }
      for (place, (before, after)) in zip(outputs, others).enumerated() {
        if !after.isFinite || before.rows != after.rows || before.columns != after.columns {
          if isFar(place, .infinity, before.maxAbs) { return true }
        } else if isFar(place, (before - after).maxAbs, before.maxAbs) {
          return true
        }
      }
    }
    return false
  }
}

extension NumericCheck {
  /// Whether a formula has, at some point, a value that is not mere rounding noise.
  package func hasSteadyValue(_ formula: Formula) -> Bool {
    let variables = [formula].freeVariables
    var source = Sampler([formula], variables: variables, options: options, seed: seed)
    // max(-1/0, a) is a in doubles, but has no value.
    let parts = formula.nodesChildrenFirst.filter { part in
      !part.containsDifferential && part.variables.allSatisfy { $0.variable?.role != .index }
    }
    guard case .success(let (program, sizes)) = source.nextProgram([formula] + parts) else { return false }
    for _ in 0..<5 {
      guard let point = source.nextPoint(program, sizes) else { return false }
      if !Conditioning.jumps(program, point.values, point.outputs) { return true }
    }
    return false
  }
}
