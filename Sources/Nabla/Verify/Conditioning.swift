import NablaNumerics

/// How much of a difference is no more than what rounding makes of the data.
enum Conditioning {
  /// Relative size of the changes that stand for rounding, a few thousand times its own.
  private static let change = 1e-12

  /// The same values, moved by no more than rounding could; what is discrete stays as it is.
  static func moved(_ values: [Formula: Matrix], seed: UInt64) -> [Formula: Matrix] {
    var generator = SplitMix64(seed: seed)
    var result = values
    for variable in values.keys.sorted() {
      let properties = variable.variable?.properties ?? []
      if properties.contains(.binary) || properties.contains(.signs) { continue }
      result[variable] = values[variable]?.map { $0 * (1 + change * generator.uniform(-1, 1)) }
    }
    return result
  }

  /// Whether outputs of a program move as far as a difference when the data move by rounding alone: at a jump, near
  /// a singular matrix, or where everything cancels. Such a point says nothing about whether two formulas differ.
  static func explains(
    _ difference: Double, _ program: CompiledProgram, _ values: [Formula: Matrix], _ outputs: [Matrix],
    checking places: [Int]
  ) -> Bool {
    for seed: UInt64 in 1...8 {
      guard let others = try? program.run(moved(values, seed: seed)) else { return true }
      for place in places {
        let (before, after) = (outputs[place], others[place])
        guard after.isFinite, before.rows == after.rows, before.columns == after.columns else { return true }
        if (before - after).maxAbs > 0.1 * difference { return true }
      }
    }
    return false
  }
}
