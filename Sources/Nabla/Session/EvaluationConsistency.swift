import NablaCompile
import NablaCore
import NablaLanguage
import NablaNumerics
import NablaVerify

/// Checks that formulas claimed to be equal have the same value on the data.
extension Evaluation {
  /// Relative size of perturbations that must not explain a difference: data have their properties only within 1e-8,
  /// and may lie on jumps.
  private static let change = 1e-8
  /// Relative differences below this are rounding.
  private static let tolerance = 1e-6

  /// The data if two formulas certainly differ on them; `nil` if they agree or have no value there.
  /// `presupposed` must have a value too. A difference counts only if the values are stable when the data move by 1e-8.
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

  /// Whether one of two values moves as far as their difference when the data move slightly.
  private func moves(_ program: CompiledProgram, _ outputs: [Matrix], by gap: Double) -> Bool {
    (1...8).contains { (seed: UInt64) in
      var generator = SplitMix64(seed: seed)
      var moved = values
      for variable in values.keys.sorted() {
        guard let value = values[variable] else { continue }
        // Zero entries move too: many jumps are there.
        let scale = Self.change * (value.maxAbs > 0 ? value.maxAbs : 1)
        moved[variable] = value.map { $0 + scale * generator.uniform(-1, 1) }
      }
      guard let others = try? program.run(moved) else { return true }
      return zip(outputs, others).prefix(2).contains { before, after in
        !((before - after).maxAbs <= 0.1 * gap)
      }
    }
  }

  /// The first step of a claim whose sides were found equal although they differ on the data.
  func contradiction(in question: TypedQuestion) -> Counterexample? {
    let answering = Answering(session, question)
    var sides: [ClaimSide] = []
    for claim in [question.expression] + question.otherSides {
      guard let side = try? answering.side(claim, isVerified: false) else { return nil }
      sides.append(side.0)
    }
    for (left, right) in zip(sides, sides.dropFirst()) {
      let presupposed = left.presupposed + right.presupposed
      let example = contradiction(
        closed(left.formula), closed(right.formula), presupposed: presupposed.map(closed))
      guard let example else { continue }
      let verdict = answering.check.verdict(
        on: .equality(left.formula, right.formula, presupposing: presupposed))
      if verdict.status == .verified { return example }
    }
    return nil
  }
}
