import NablaCompile
import NablaCore
import NablaLanguage
import NablaNumerics
import NablaVerify

/// Whether formulas that are said to be equal have the same value on the data.
extension Evaluation {
  /// Relative size of the changes to which a difference must not owe its existence: data have their properties
  /// within 1e-8, and lie on jumps.
  private static let change = 1e-8
  /// Relative differences below this are those of rounding.
  private static let tolerance = 1e-6

  /// The data where two formulas differ for certain; nil where they agree, or have no value there.
  ///
  /// `presupposed` must have a value as well. A difference counts only if the values hold still when the data move
  /// by 1e-8.
  func contradiction(
    _ left: Formula, _ right: Formula, presupposed: [Formula] = []
  ) -> Counterexample? {
    if left === right { return nil }
    let formulas = [left, right] + presupposed
    guard missing(formulas).isEmpty,
      let program = try? Compiler.program(for: formulas, sizes: sizes, options: options),
      let outputs = try? program.run(values), outputs.dropFirst(2).allSatisfy(\.isFinite)
    else { return nil }
    let correction = Correction(sizes: sizes, values: values, definitions: options.definitions)
    let (first, second) = (
      correction.corrected(outputs[0], left).value, correction.corrected(outputs[1], right).value
    )
    guard first.rows == second.rows, first.columns == second.columns, first.isFinite, second.isFinite else {
      return nil
    }
    let gap = (first - second).maxAbs
    guard gap > Self.tolerance * max(first.maxAbs, second.maxAbs), !moves(program, outputs, by: gap) else {
      return nil
    }
    return Counterexample(values, sizes: sizes, left: first, right: second, shape: left.shape)
  }

  /// Whether one of two values moves as far as their difference when the data move a little.
  private func moves(_ program: CompiledProgram, _ outputs: [Matrix], by gap: Double) -> Bool {
    (1...8).contains { (seed: UInt64) in
      var generator = SplitMix64(seed: seed)
      var moved = values
      for variable in values.keys.sorted() {
        guard let value = values[variable] else { continue }
        // Entries that are zero move too: many a jump lies there.
        let scale = Self.change * (value.maxAbs > 0 ? value.maxAbs : 1)
        moved[variable] = value.map { $0 + scale * generator.uniform(-1, 1) }
      }
      guard let others = try? program.run(moved) else { return true }
      return zip(outputs, others).prefix(2).contains { before, after in
        !((before - after).maxAbs <= 0.1 * gap)
      }
    }
  }

  /// The first step of a claim whose sides are found equal though they differ on the data.
  func contradiction(in question: TypedQuestion) -> Counterexample? {
    let answering = Answering(session, question)
    var sides: [ClaimSide] = []
    for claim in [question.expression] + question.otherSides {
      guard let side = try? answering.derivedSide(claim) else { return nil }
      sides.append(side)
    }
    for (left, right) in zip(sides, sides.dropFirst()) {
      let presupposed = left.presupposed + right.presupposed
      let example = contradiction(
        closed(left.formula), closed(right.formula), presupposed: presupposed.map(closed))
      guard let example else { continue }
      let verdict = answering.check.checkEqual(left.formula, right.formula, presupposing: presupposed)
      if verdict.status == .verified { return example }
    }
    return nil
  }
}
