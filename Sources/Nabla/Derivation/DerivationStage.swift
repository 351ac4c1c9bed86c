/// The parts of a derivation, in their order.
package enum DerivationStage: String, CaseIterable, Sendable {
  /// The differentials of the expression and of its named parts.
  case differential
  /// The factor of the differential after moving across the inner product: the derivative as the rules give it.
  case adjoint
  /// The simplest form.
  case plain
}

extension Derivation.Line {
  package var stage: DerivationStage {
    switch evidence {
    case .differentials: .differential
    case .adjoints, .insertion, .matrix, .vecMatrix: .adjoint
    case .rewrites, .zero, .transposed, .equality: .plain
    }
  }
}

extension Derivation {
  /// The lines of one stage. A derivation whose rules lead to the simplest form at once has its last line as that stage.
  package func only(_ stage: DerivationStage) -> Derivation {
    var lines = self.lines.filter { $0.stage == stage }
    if stage == .plain, lines.isEmpty, let last = self.lines.last { lines = [last] }
    return Derivation(lines: lines, result: result, surroundings: surroundings)
  }
}
